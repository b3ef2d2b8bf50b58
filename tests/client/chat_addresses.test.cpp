// Where a Chat sends its calls, and with whose key: options, environment, and the clouds that write
// the model into the URL.

#include "support/canned_transport.hpp"
#include "support/catch.hpp"
#include "support/sample.hpp"

#include <FineTuning/chat.hpp>
#include <FineTuning/providers.hpp>

#include <string>
#include <vector>

using namespace FineTuning;
using test::Answer;
using test::canned;
using test::CannedTransport;
using test::chat_on;
using test::Environment;
using test::sample;

namespace {

const std::string tuned = "openai:ft:gpt-4o-mini-2024-07-18:acme::x";
const std::string whole_answer =
    R"({"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]})";
const std::string registered = "vertex:projects/p/locations/us-central1/models/M";

Answer answer_of_google() { return {.body = sample("google/response.json")}; }

Answer deployed_at(const std::string& endpoint) {
  return {.body = R"({"deployedModels":[{"endpoint":")" + endpoint + R"("}]})"};
}

/// The URLs that were asked, in their order.
std::vector<std::string> urls(const CannedTransport& transport) {
  std::vector<std::string> all;
  for (const http::Exchange& exchange : transport.asked()) all.push_back(exchange.url);
  return all;
}

}  // namespace

TEST_CASE("a prefix that a router wants is not part of a URL", "[chat]") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"vertex:vertex_ai/projects/p/locations/us-central1/endpoints/7",
       "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/"
       "endpoints/"
       "7:generateContent"},
      {"google:gemini/tunedModels/m",
       "https://generativelanguage.googleapis.com/v1beta/tunedModels/m:generateContent"},
  };
  for (const auto& [spec, url] : cases) {
    const auto transport = canned({answer_of_google()});
    CHECK(chat_on(transport).send(spec, "Hi"));
    CHECK(urls(*transport) == std::vector{url});
  }
}

// ---- precedence

TEST_CASE("a key comes from the call, then the options, then the environment", "[chat]") {
  struct Case {
    std::string environment;
    std::string option;
    http::Headers call;
    std::string sent;
  };
  const std::vector<Case> cases{
      {"of-environment", "", {}, "Bearer of-environment"},
      {"of-environment", "of-option", {}, "Bearer of-option"},
      {"of-environment", "of-option", {{"authorization", "Bearer of-call"}}, "Bearer of-call"},
      {"", "", {{"Authorization", "Bearer of-call"}}, "Bearer of-call"},
  };
  for (const auto& [environment, option, call, sent] : cases) {
    const auto transport = canned({{.body = whole_answer}});
    const Environment variables{{{"OPENAI_API_KEY", environment}}};
    const Chat chat({.accounts = {{"openai", {.api_key = option}}}, .transport = transport});
    CHECK(chat.send(tuned, "Hi", {.extra_headers = call}));
    const http::Headers headers = transport->asked().at(0).headers;
    CHECK(headers.size() == 2);
    CHECK(http::find_header(headers, "Authorization") == sent);
  }
}

TEST_CASE("a token goes before a key, and the call's own before both", "[chat]") {
  const auto transport = canned({{.body = whole_answer}, {.status = 401}});
  int asked = 0;
  const Account account{.api_key = "of-option", .access_token = [&](bool) -> Result<std::string> {
                          ++asked;
                          return std::string("token");
                        }};
  const Chat chat = chat_on(transport, {.accounts = {{"openai", account}}});
  CHECK(chat.send(tuned, "Hi"));
  CHECK(http::find_header(transport->asked()[0].headers, "Authorization") == "Bearer token");
  CHECK(asked == 1);
  CHECK_FALSE(chat.send(tuned, "Hi", {.extra_headers = {{"Authorization", "Bearer of-call"}}}));
  CHECK(http::find_header(transport->asked()[1].headers, "Authorization") == "Bearer of-call");
  CHECK(asked == 1);
}

TEST_CASE("a token of the call replaces a key that goes by another header", "[chat]") {
  const auto transport = canned({answer_of_google()});
  CHECK(chat_on(transport).send("google:tunedModels/m", "Hi",
                                {.extra_headers = {{"Authorization", "Bearer of-call"}}}));
  const http::Headers headers = transport->asked().at(0).headers;
  CHECK(http::find_header(headers, "x-goog-api-key").empty());
  CHECK(http::find_header(headers, "Authorization") == "Bearer of-call");
}

TEST_CASE("a missing key says what to set", "[chat]") {
  struct Case {
    std::string spec;
    std::string message;
  };
  const std::vector<Case> cases{
      {tuned, "There is no key for OpenAI: set OPENAI_API_KEY or Account::api_key."},
      {"google:gemini-2.5-flash",
       "There is no key for Google (Gemini API): set GEMINI_API_KEY or Account::api_key."},
      {registered, "There is no key for Vertex AI: set GOOGLE_ACCESS_TOKEN or Account::api_key."},
      {"cohere:command-r-plus",
       "There is no key for Cohere: set COHERE_API_KEY or Account::api_key."},
      {"together:acme/x-38d369c4",
       "There is no key for Together AI: set TOGETHER_API_KEY or Account::api_key."},
      {"groq:llama-3.3-70b-versatile",
       "There is no key for Groq: set GROQ_API_KEY or Account::api_key."},
  };
  const Environment nothing;
  for (const auto& [spec, message] : cases) {
    const auto transport = canned();
    const Result<ChatResponse> response = Chat({.transport = transport}).send(spec, "Hi");
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == ErrorKind::authentication);
    CHECK(response.error().message == message);
    CHECK(transport->asked().empty());
  }
}

TEST_CASE("every provider's key is read from its own variable", "[chat]") {
  const Environment variables{{{"OPENAI_API_KEY", "key-openai"},
                               {"GEMINI_API_KEY", "key-google"},
                               {"GOOGLE_ACCESS_TOKEN", "key-vertex"},
                               {"COHERE_API_KEY", "key-cohere"},
                               {"TOGETHER_API_KEY", "key-together"},
                               {"GROQ_API_KEY", "key-groq"},
                               {"LOCAL_API_KEY", "key-local"},
                               {"LOCAL_BASE_URL", "http://localhost:1"}}};
  const auto transport = canned(std::vector<Answer>(7, {.status = 400}));
  const Chat chat({.transport = transport});
  for (const std::string spec :
       {"openai:m", "google:m", "vertex:projects/p/locations/us-central1/endpoints/1", "cohere:m",
        "together:m", "groq:m", "local:m"}) {
    CHECK_FALSE(chat.send(spec, "Hi"));
    const http::Headers headers = transport->asked().back().headers;
    const std::string key = "key-" + spec.substr(0, spec.find(':'));
    CHECK(http::find_header(headers, spec == "google:m" ? "x-goog-api-key" : "Authorization") ==
          (spec == "google:m" ? key : "Bearer " + key));
  }
}

TEST_CASE("a base URL comes from the options, then the environment, then the provider", "[chat]") {
  struct Case {
    std::string spec;
    std::string environment;
    std::string option;
    std::string url;
  };
  const std::vector<Case> cases{
      {"openai:m", "", "", "https://api.openai.com/v1/chat/completions"},
      {"openai:m", "https://env.example/v1", "", "https://env.example/v1/chat/completions"},
      {"openai:m", "https://env.example/v1", "https://option.example//",
       "https://option.example/chat/completions"},
      {"google:m", "https://env.example", "",
       "https://env.example/v1beta/models/m:generateContent"},
      {"vertex:projects/p/locations/us-central1/endpoints/1", "", "http://localhost:8080/",
       "http://localhost:8080/v1/projects/p/locations/us-central1/endpoints/1:generateContent"},
      {registered, "https://env.example", "",
       "https://env.example/v1/projects/p/locations/us-central1/models/M"},
      {"cohere:m", "https://env.example", "", "https://env.example/v2/chat"},
      {"together:m", "https://env.example", "", "https://env.example/chat/completions"},
      {"groq:m", "https://env.example", "", "https://env.example/chat/completions"},
      {"local:m", "http://[::1]:8080/v1", "", "http://[::1]:8080/v1/chat/completions"},
  };
  for (const auto& [spec, environment, option, url] : cases) {
    const std::string provider = spec.substr(0, spec.find(':'));
    std::string variable = provider + "_BASE_URL";
    std::transform(variable.begin(), variable.end(), variable.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    const auto transport = canned({{.status = 400}});
    const Environment variables{{{variable, environment}}};
    const Chat chat(
        {.accounts = {{provider, {.api_key = "key", .base_url = option}}}, .transport = transport});
    CHECK_FALSE(chat.send(spec, "Hi"));
    CHECK(urls(*transport) == std::vector<std::string>{url});
  }
}

TEST_CASE("the environment is read once", "[chat]") {
  const auto transport = canned({{.body = whole_answer}});
  std::optional<Chat> chat;
  {
    const Environment variables{{{"OPENAI_API_KEY", "of-then"}}};
    chat.emplace(ChatOptions{.transport = transport});
  }
  const Environment variables{{{"OPENAI_API_KEY", "of-now"}}};
  CHECK(chat->send(tuned, "Hi"));
  CHECK(http::find_header(transport->asked()[0].headers, "Authorization") == "Bearer of-then");
}

TEST_CASE("a local server needs an address and no key", "[chat]") {
  const Environment nothing;
  const auto transport = canned({{.body = whole_answer}});
  const Result<ChatResponse> nowhere = Chat({.transport = transport}).send("local:m", "Hi");
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().kind == ErrorKind::invalid_request);
  CHECK(nowhere.error().message ==
        "Local server has no address: set LOCAL_BASE_URL or Account::base_url.");
  CHECK(Chat({.accounts = {{"local", {.base_url = "http://localhost:1"}}}, .transport = transport})
            .send("local:m", "Hi"));
  CHECK(transport->asked().at(0).headers == http::Headers{{"Content-Type", "application/json"}});
}

// ---- providers of the caller's own

TEST_CASE("a provider of the caller's own is asked like one of the library's", "[chat]") {
  const Provider mine{.name = "mine",
                      .title = "My service",
                      .dialect = Dialect::openai_chat,
                      .accent = {.request_id_header = "x-my-id"},
                      .base_url = "https://my.example/api",
                      .chat_path = "/chat",
                      .key_variable = "MY_KEY",
                      .key_header = {.name = "api-key", .prefix = ""}};
  const auto transport =
      canned({{.headers = {{"x-my-id", "req_1"}}, .body = whole_answer}, {.status = 401}});
  const Chat chat(
      {.accounts = {{"mine", {.api_key = "key"}}}, .providers = {mine}, .transport = transport});
  const Result<ChatResponse> response = chat.send("mine:some/model", "Hi");
  REQUIRE(response);
  CHECK(response->request_id == "req_1");
  CHECK(transport->asked()[0].url == "https://my.example/api/chat");
  CHECK(transport->asked()[0].headers ==
        http::Headers{{"Content-Type", "application/json"}, {"api-key", "key"}});
  const Result<ChatResponse> refused = chat.send("mine:some/model", "Hi");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message ==
        "My service answered 401: nothing. Check the key in MY_KEY or Account::api_key.");
}

TEST_CASE("a provider of the caller's own may stand in for one of the library's", "[chat]") {
  Provider mine = providers::openai;
  mine.base_url = "https://gateway.example/v1";
  mine.key_is_optional = true;
  const auto transport = canned({{.body = whole_answer}});
  const Environment nothing;
  CHECK(Chat({.providers = {mine}, .transport = transport}).send(tuned, "Hi"));
  CHECK(urls(*transport) ==
        std::vector<std::string>{"https://gateway.example/v1/chat/completions"});
}

TEST_CASE("what a provider of the caller's own lacks is said", "[chat]") {
  const Provider mine{.name = "mine", .title = "My service", .dialect = Dialect::openai_chat};
  Provider keyless = mine;
  keyless.base_url = "https://my.example";
  const Environment nothing;
  struct Case {
    Provider provider;
    std::string message;
  };
  for (const auto& [provider, message] :
       {Case{mine, "My service has no address: set MINE_BASE_URL or Account::base_url."},
        Case{keyless, "There is no key for My service: set Account::api_key."}}) {
    const Result<ChatResponse> response =
        Chat({.providers = {provider}, .transport = canned()}).send("mine:m", "Hi");
    REQUIRE_FALSE(response);
    CHECK(response.error().message == message);
  }
}

// ---- Gemini API and Vertex AI

TEST_CASE("a Gemini API model is called by its resource name", "[chat]") {
  struct Case {
    std::string spec;
    std::string path;
  };
  for (const auto& [spec, path] :
       {Case{"google:tunedModels/my-model", "tunedModels/my-model"},
        Case{"google:models/gemini-2.5-flash", "models/gemini-2.5-flash"},
        Case{"google:gemini-2.5-flash", "models/gemini-2.5-flash"},
        Case{"tunedModels/my-model", "tunedModels/my-model"}}) {
    const Result<http::Exchange> preview = chat_on(canned()).preview({.model = spec});
    REQUIRE(preview);
    CHECK(preview->url ==
          "https://generativelanguage.googleapis.com/v1beta/" + path + ":generateContent");
  }
}

TEST_CASE("a Vertex endpoint is called in its region", "[chat]") {
  struct Case {
    std::string location;
    std::string host;
  };
  for (const auto& [location, host] :
       {Case{"us-central1", "us-central1-aiplatform.googleapis.com"},
        Case{"europe-west4", "europe-west4-aiplatform.googleapis.com"},
        Case{"global", "aiplatform.googleapis.com"}, Case{"us", "aiplatform.us.rep.googleapis.com"},
        Case{"eu", "aiplatform.eu.rep.googleapis.com"}})
    for (const std::string prefix : {"vertex:", "google:", ""}) {
      const std::string name = "projects/p/locations/" + location + "/endpoints/1234";
      const Result<http::Exchange> preview = chat_on(canned()).preview({.model = prefix + name});
      REQUIRE(preview);
      CHECK(preview->url == "https://" + host + "/v1/" + name + ":generateContent");
    }
}

TEST_CASE("a bare Vertex name takes its project and location from the options or the environment",
          "[chat]") {
  struct Case {
    std::string spec;
    std::string path;
  };
  const std::vector<Case> cases{
      {"vertex:gemini-2.5-flash", "publishers/google/models/gemini-2.5-flash"},
      {"vertex:publishers/meta/models/llama-4", "publishers/meta/models/llama-4"},
      {"vertex:endpoints/1234", "endpoints/1234"},
      {"vertex:4095574160837705728", "endpoints/4095574160837705728"},
  };
  const Environment variables{
      {{"GOOGLE_CLOUD_PROJECT", "env-p"}, {"GOOGLE_CLOUD_LOCATION", "us-east1"}}};
  for (const auto& [spec, path] : cases) {
    const Result<http::Exchange> by_environment =
        Chat({.transport = canned()}).preview({.model = spec});
    REQUIRE(by_environment);
    CHECK(by_environment->url ==
          "https://us-east1-aiplatform.googleapis.com/v1/projects/env-p/"
          "locations/us-east1/" +
              path + ":generateContent");
    const Result<http::Exchange> by_option =
        Chat({.accounts = {{"vertex", {.project = "p", .location = "eu"}}}, .transport = canned()})
            .preview({.model = spec}, true);
    REQUIRE(by_option);
    CHECK(by_option->url == "https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu/" +
                                path + ":streamGenerateContent?alt=sse");
  }
}

TEST_CASE("a bare Vertex name without a project and a location says what to set", "[chat]") {
  const Result<http::Exchange> preview =
      chat_on(canned()).preview({.model = "vertex:gemini-2.5-flash"});
  REQUIRE_FALSE(preview);
  CHECK(preview.error().kind == ErrorKind::invalid_request);
  CHECK(
      preview.error().message ==
      "This model name has no project and location: set GOOGLE_CLOUD_PROJECT and "
      "GOOGLE_CLOUD_LOCATION, or write the whole name (projects/PROJECT/locations/LOCATION/...).");
}

TEST_CASE("a Vertex model is looked up once, by all the copies of a Chat", "[chat]") {
  const std::string suffix = GENERATE("", "@v2");
  const std::string model = "/v1/projects/p/locations/us-central1/models/M" + suffix;
  const std::string host = "https://us-central1-aiplatform.googleapis.com";
  const std::string endpoint =
      host + "/v1/projects/123456789012/locations/us-central1/endpoints/4095574160837705728";
  const auto transport = canned({{.body = sample("vertex/model.json")},
                                 answer_of_google(),
                                 answer_of_google(),
                                 {.body = sample("vertex/text.stream.sse")}});
  const Chat chat = chat_on(transport);
  const Chat copy = chat;
  const Result<ChatResponse> response = chat.send(registered + suffix, "Hi");
  REQUIRE(response);
  CHECK(response->attempts == 1);
  CHECK(copy.send("google:projects/p/locations/us-central1/models/M" + suffix, "Hi"));
  CHECK(copy.stream(registered + suffix, "Hi", [](auto) { return true; }));
  CHECK(urls(*transport) == std::vector<std::string>{host + model, endpoint + ":generateContent",
                                                     endpoint + ":generateContent",
                                                     endpoint + ":streamGenerateContent?alt=sse"});
  const http::Exchange look_up = transport->asked()[0];
  CHECK(look_up.method == "GET");
  CHECK(look_up.body.empty());
  CHECK(look_up.headers == http::Headers{{"Authorization", "Bearer sk-secret"}});
  CHECK(look_up.connect_timeout == std::chrono::seconds(10));
}

TEST_CASE("an endpoint that is gone is looked up anew by the next call", "[chat]") {
  const std::string first = "projects/p/locations/us-central1/endpoints/1";
  const std::string second = "projects/p/locations/us-central1/endpoints/2";
  const std::string body = GENERATE("<html>", R"({"error":{"status":"NOT_FOUND"}})");
  const auto transport = canned(
      {deployed_at(first), {.status = 404, .body = body}, deployed_at(second), answer_of_google()});
  const Chat chat = chat_on(transport);
  CHECK_FALSE(chat.send(registered, "Hi"));
  CHECK(chat.send(registered, "Hi"));
  CHECK(transport->asked().at(3).url.find("endpoints/2:") != std::string::npos);
}

TEST_CASE("an endpoint in another region is called there", "[chat]") {
  const auto transport =
      canned({deployed_at("projects/p/locations/europe-west4/endpoints/1"), answer_of_google()});
  CHECK(chat_on(transport).send(registered, "Hi"));
  CHECK(urls(*transport).at(1) ==
        "https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/"
        "endpoints/1:generateContent");
}

TEST_CASE("a Vertex model without an endpoint has to be deployed first", "[chat]") {
  for (const std::string body : {"{}", R"({"deployedModels":[]})", R"({"deployedModels":null})"}) {
    const auto transport = canned({{.body = body}});
    const Result<ChatResponse> response = chat_on(transport).send(registered, "Hi");
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == ErrorKind::model_not_found);
    CHECK(response.error().code == "not_deployed");
    CHECK(response.error().message.find("deploy it first") != std::string::npos);
  }
}

TEST_CASE("what is not the name of an endpoint is not called", "[chat]") {
  for (const std::string endpoint :
       {"https://evil.com/x", "projects/p/locations/evil.com#/endpoints/1",
        "projects/p/locations/evil.com%2f/endpoints/1", "projects/p/locations/e.vil/endpoints/1",
        "projects/p/locations/us-central1/endpoints/..", "projects/./locations/us/endpoints/1",
        "projects/../locations/us-central1/endpoints/1", "projects//locations/us/endpoints/1",
        "projects/p/locations/us-central1/endpoints/1?x=1",
        "projects/p/locations/us-central1/endpoints/1/../../2",
        "projects/p/locations/us-central1/models/M", "models/gemini-2.5-flash", "..", "x",
        "projects/p/locations/us-central1/endpoints/1 HTTP/1.1"}) {
    INFO(endpoint);
    const auto transport = canned({deployed_at(endpoint)});
    const Result<ChatResponse> response = chat_on(transport).send(registered, "Hi");
    CHECK(transport->asked().size() == 1);
    CHECK_FALSE(response);
  }
}

TEST_CASE("the call's own key is used for the look-up too", "[chat]") {
  const Environment nothing;
  const auto transport =
      canned({deployed_at("projects/p/locations/us-central1/endpoints/1"), answer_of_google()});
  CHECK(Chat({.transport = transport})
            .send(registered, "Hi", {.extra_headers = {{"Authorization", "Bearer of-call"}}}));
  for (const http::Exchange& exchange : transport->asked())
    CHECK(http::find_header(exchange.headers, "Authorization") == "Bearer of-call");
}
