// What a Chat never does: let a text break out of its place, or let a secret be seen.

#include "support/canned_transport.hpp"
#include "support/catch.hpp"

#include <FineTuning/chat.hpp>
#include <FineTuning/providers.hpp>

#include <string>
#include <vector>

using namespace FineTuning;
using test::Answer;
using test::canned;
using test::canned_key;
using test::chat_on;

namespace {

const std::string tuned = "openai:ft:gpt-4o-mini-2024-07-18:acme::x";
const std::string whole_answer =
    R"({"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]})";

bool mentions(const std::string& text, std::string_view secret) {
  return text.find(secret) != std::string::npos;
}

}  // namespace

TEST_CASE("what could break out of its place is refused before anything is sent", "[chat]") {
  struct Case {
    ChatRequest request;
    ChatOptions options;
    ErrorKind kind;
  };
  const auto with_key = [](std::string key) -> ChatOptions {
    return {.accounts = {{"openai", {.api_key = std::move(key)}}}};
  };
  const auto with_url = [](std::string url) -> ChatOptions {
    return {.accounts = {{"openai", {.base_url = std::move(url)}}}};
  };
  const ChatOptions with_token{
      .accounts = {{"openai", {.access_token = [](bool) -> Result<std::string> {
                      return std::string("sk-secret\r\nX-Evil: 1");
                    }}}}};
  const std::vector<Case> cases{
      {{.model = tuned}, with_key("sk-secret\n"), ErrorKind::authentication},
      {{.model = tuned}, with_key("sk-secret\r\nX-Evil: 1"), ErrorKind::authentication},
      {{.model = tuned}, with_key("Bearer sk-secret"), ErrorKind::authentication},
      {{.model = tuned}, with_token, ErrorKind::authentication},
      {{.model = "openai:gpt\n-4"}, {}, ErrorKind::invalid_model},
      {{.model = std::string("openai:gpt\0", 11)}, {}, ErrorKind::invalid_model},
      {{.model = "openai:gpt 4"}, {}, ErrorKind::invalid_model},
      {{.model = "openai:" + std::string(100'000, 'x')}, {}, ErrorKind::invalid_model},
      {{.model = tuned, .extra_headers = {{"x-tag", "a\r\nX-Evil: 1"}}},
       {},
       ErrorKind::invalid_request},
      {{.model = tuned, .extra_headers = {{"x-tag\r\nX-Evil", "1"}}},
       {},
       ErrorKind::invalid_request},
      {{.model = tuned, .extra_headers = {{"Authorization", "Bearer sk-secret\n"}}},
       {},
       ErrorKind::invalid_request},
      {{.model = tuned, .extra_headers = {{"Host", "evil.com"}}}, {}, ErrorKind::invalid_request},
      {{.model = tuned},
       with_url("https://api.openai.com/\r\nX-Evil: 1"),
       ErrorKind::invalid_request},
      {{.model = tuned}, with_url("http://api.openai.com"), ErrorKind::invalid_request},
      {{.model = tuned}, with_url("http://127.0.0.1.evil.com"), ErrorKind::invalid_request},
      {{.model = tuned}, with_url("https://sk-secret@api.openai.com"), ErrorKind::invalid_request},
      {{.model = tuned},
       with_url("https://api.openai.com?key=sk-secret"),
       ErrorKind::invalid_request},
      {{.model = tuned}, with_url("ftp://127.0.0.1"), ErrorKind::invalid_request},
  };
  for (const Case& c : cases) {
    INFO(c.request.model.substr(0, 80));
    const auto transport = canned();
    const Result<ChatResponse> response = chat_on(transport, c.options).send(c.request);
    CHECK(transport->asked().empty());
    REQUIRE_FALSE(response);
    CHECK(to_string(response.error().kind) == to_string(c.kind));
    CHECK_FALSE(mentions(to_json(response.error()), "sk-secret"));
  }
}

TEST_CASE("plain http to other machines is an option", "[chat]") {
  const auto transport = canned({{.body = whole_answer}});
  CHECK(chat_on(transport, {.accounts = {{"openai", {.base_url = "http://10.0.0.5:8000"}}},
                            .allow_plain_http = true})
            .send(tuned, "Hi"));
  CHECK(transport->asked().at(0).url == "http://10.0.0.5:8000/chat/completions");
}

TEST_CASE("a provider of the caller's own shows its key over plain http no more than others",
          "[chat]") {
  const Provider mine{.name = "mine",
                      .title = "My service",
                      .dialect = Dialect::openai_chat,
                      .base_url = "http://my.example",
                      .chat_path = "/chat"};
  const auto transport = canned();
  Provider regional = mine;
  regional.addressing.base_url = [](const ModelId&, const Place&) {
    return Result<std::string>(std::string("http://my.example"));
  };
  for (const Provider& provider : {mine, regional})
    CHECK_FALSE(
        chat_on(transport, {.accounts = {{"mine", {.api_key = "key"}}}, .providers = {provider}})
            .send("mine:m", "Hi"));
  CHECK(transport->asked().empty());
}

TEST_CASE("a key is a secret whatever the name of its header", "[chat]") {
  const Provider mine{.name = "mine",
                      .title = "My service",
                      .dialect = Dialect::openai_chat,
                      .base_url = "https://my.example",
                      .chat_path = "/chat",
                      .key_header = {.name = "X-Pass", .prefix = ""}};
  const auto transport =
      canned({{.status = 400, .body = R"({"message":"of-call-secret is bad"})"}});
  const Chat chat = chat_on(transport, {.providers = {mine}});
  const ChatRequest request{.model = "mine:m", .extra_headers = {{"x-pass", "of-call-secret"}}};
  const Result<http::Exchange> preview = chat.preview(request);
  REQUIRE(preview);
  CHECK(http::find_header(preview->headers, "x-pass") == "[redacted]");
  const Result<ChatResponse> response = chat.send(request);
  REQUIRE_FALSE(response);
  CHECK(mentions(response.error().message, "[redacted] is bad"));
}

TEST_CASE("a token is sent as one, also if keys have a header of their own", "[chat]") {
  const auto transport = canned({{.status = 400}});
  const Chat chat = chat_on(transport, {.accounts = {{"google", {.access_token = [](bool) {
                                                        return Result<std::string>("ya29.token");
                                                      }}}}});
  CHECK_FALSE(chat.send("google:tunedModels/m", "Hi"));
  const http::Headers sent = transport->asked().at(0).headers;
  CHECK(http::find_header(sent, "Authorization") == "Bearer ya29.token");
  CHECK(http::find_header(sent, "x-goog-api-key").empty());
  const Result<http::Exchange> preview = chat.preview({.model = "google:tunedModels/m"});
  REQUIRE(preview);
  CHECK(http::find_header(preview->headers, "Authorization") == "Bearer [redacted]");
}

TEST_CASE("a model's id cannot leave its place in a URL", "[chat]") {
  struct Case {
    std::string spec;
    std::string url;  ///< Empty: refused.
  };
  const std::string google = "https://generativelanguage.googleapis.com/v1beta/";
  const std::string vertex = "https://us-central1-aiplatform.googleapis.com/v1/";
  const std::vector<Case> cases{
      {"google:a:streamGenerateContent",
       google + "models/a%3AstreamGenerateContent:generateContent"},
      {"google:a%2f..%2fb", google + "models/a%252f..%252fb:generateContent"},
      {"google:a/b", google + "models/a/b:generateContent"},
      {"google:a\\b", google + "models/a%5Cb:generateContent"},
      {"google:a;b=\"<>", google + "models/a%3Bb%3D%22%3C%3E:generateContent"},
      {"google:tunedModels/a@1", google + "tunedModels/a@1:generateContent"},
      {"google:..", ""},
      {"google:a/../b", ""},
      {"google:a//b", ""},
      {"google:/a", ""},
      {"google:./a", ""},
      {"google:a/.", ""},
      {"google:models/..", ""},
      {"google:tunedModels/../models/a", ""},
      {"google:a?key=1", ""},
      {"google:a#b", ""},
      {"google:a&b", ""},
      {"vertex:projects/p/locations/us-central1/endpoints/1%2f2",
       vertex + "projects/p/locations/us-central1/endpoints/1%252f2:generateContent"},
      {"vertex:projects/a%20b/locations/us-central1/endpoints/1",
       vertex + "projects/a%2520b/locations/us-central1/endpoints/1:generateContent"},
      {"vertex:projects/p/locations/us-central1/endpoints/..", ""},
      {"vertex:projects/../locations/us-central1/endpoints/1", ""},
      {"vertex:projects/p/locations/us-central1/models/..", ""},
      {"vertex:projects/p/locations/us-central1/endpoints/1?x", ""},
      {"vertex:projects/p/locations/us-central1/models/M#x", ""},
      {"vertex:projects/p/locations/evil.com/endpoints/1", ""},
      {"vertex:projects/p/locations/evil.com%2f/endpoints/1", ""},
      {"vertex:projects/p/locations/evil.com:443/endpoints/1", ""},
      {"vertex:projects/p/locations/x@evil.com/endpoints/1", ""},
      {"vertex:projects/p/locations/US/endpoints/1", ""},
      {"vertex:projects/p/locations/evil.com/models/M", ""},
  };
  for (const auto& [spec, url] : cases) {
    INFO(spec);
    const auto transport = canned({{.status = 400}});
    const ChatOptions options{
        .accounts = {{"vertex", {.project = "p", .location = "us-central1"}}}};
    const Result<ChatResponse> response = chat_on(transport, options).send(spec, "Hi");
    REQUIRE_FALSE(response);
    CHECK(transport->asked().size() == (url.empty() ? 0U : 1U));
    for (const http::Exchange& exchange : transport->asked()) CHECK(exchange.url == url);
    if (url.empty()) CHECK(to_string(response.error().kind) == "invalid_model");
  }
}

TEST_CASE("the location of the environment cannot become somebody else's host", "[chat]") {
  for (const std::string location :
       {"evil.com/", "evil.com#", "x@evil.com", "US", "a b", "../x", "-", "1us", "us-"}) {
    const auto transport = canned();
    const Result<ChatResponse> response =
        chat_on(transport, {.accounts = {{"vertex", {.project = "p", .location = location}}}})
            .send("vertex:gemini-2.5-flash", "Hi");
    CHECK_FALSE(response);
    CHECK(transport->asked().empty());
  }
}

TEST_CASE("the project of the environment stays in its place in a path", "[chat]") {
  for (const std::string project : {"a/b", "..", "p\n", "p?x", "P"}) {
    const auto transport = canned();
    CHECK_FALSE(
        chat_on(transport, {.accounts = {{"vertex", {.project = project, .location = "us"}}}})
            .send("vertex:gemini-2.5-flash", "Hi"));
    CHECK(transport->asked().empty());
  }
}

TEST_CASE("a redirect is not followed", "[chat]") {
  const auto transport =
      canned({{.status = 302, .headers = {{"Location", "https://evil.com"}}, .body = "moved"}});
  const Result<ChatResponse> response = chat_on(transport).send(tuned, "Hi");
  CHECK(transport->asked().size() == 1);
  REQUIRE_FALSE(response);
  CHECK(response.error().code == "redirected");
}

TEST_CASE("no secret is in a URL", "[chat]") {
  for (const std::string& spec : {tuned, std::string("google:m"), std::string("cohere:m")}) {
    const auto transport = canned({{.status = 400}});
    CHECK_FALSE(chat_on(transport).send(spec, "Hi"));
    CHECK_FALSE(mentions(transport->asked().at(0).url, canned_key));
    CHECK_FALSE(mentions(transport->asked().at(0).body, canned_key));
  }
}

TEST_CASE("no secret is in an error, even if the provider repeats it", "[chat]") {
  struct Case {
    std::string name;
    Answer answer;
  };
  const std::string text = "Bad sk-secret and of-header and of-cookie";
  const std::string event_error = R"(data: {"error":{"message":")" + text +
                                  R"(","code":"sk-secret"}})"
                                  "\n\n";
  const std::vector<Case> cases{
      {"JSON",
       {.status = 401,
        .headers = {{"x-request-id", "sk-secret"}},
        .body = R"({"error":{"message":")" + text + R"(","code":"sk-secret"}})"}},
      {"HTML", {.status = 502, .body = "<title>" + text + "</title>"}},
      {"text", {.status = 400, .body = text}},
      {"error event", {.body = event_error}},
      {"partial text",
       {.body = R"(data: {"choices":[{"delta":{"content":")" + text +
                R"("}}]})"
                "\n\n"}},
      {"network",
       {.status = 0, .failure = http::Failure{.may_have_reached_server = true, .message = text}}},
  };
  for (const auto& [name, answer] : cases) {
    INFO(name);
    const auto transport = canned({answer});
    const Chat chat = chat_on(transport, {.max_retries = 0});
    const Result<ChatResponse> response = chat.stream(
        tuned, "Hi", [](auto) { return true; },
        {.extra_headers = {{"X-Auth-Token", "Token of-header"}, {"Cookie", "of-cookie"}}});
    REQUIRE_FALSE(response);
    const std::string json = to_json(response.error());
    CHECK(mentions(json, "[redacted] and [redacted] and [redacted]"));
    for (const std::string_view secret : {"sk-secret", "of-header", "of-cookie"})
      CHECK_FALSE(mentions(json, secret));
  }
}

TEST_CASE("every token that was used is a secret", "[chat]") {
  const auto transport = canned(
      {{.status = 401}, {.status = 400, .body = R"({"message":"token-1 and token-2 are bad"})"}});
  int tokens = 0;
  const Account account{.access_token = [&](bool) -> Result<std::string> {
    return "token-" + std::to_string(++tokens);
  }};
  const Result<ChatResponse> response =
      chat_on(transport, {.accounts = {{"openai", account}}}).send(tuned, "Hi");
  REQUIRE_FALSE(response);
  CHECK(mentions(response.error().message, "[redacted] and [redacted] are bad"));
}

TEST_CASE("a trace holds no secret and no content", "[chat]") {
  const auto transport = canned({{.status = 503,
                                  .headers = {{"retry-after-ms", "1"}},
                                  .body = R"({"error":{"message":"sk-secret is busy"}})"},
                                 {.body = whole_answer}});
  std::string traced;
  CallContext context{.trace = [&](const TraceEvent& event) {
    traced.append(event.model).append(event.url);
    if (event.error != nullptr) traced += to_json(*event.error);
  }};
  CHECK(chat_on(transport)({.model = tuned, .messages = {Message::user("my prompt")}}, context));
  CHECK(mentions(traced, "[redacted] is busy"));
  CHECK_FALSE(mentions(traced, "sk-secret"));
  CHECK_FALSE(mentions(traced, "my prompt"));
  CHECK_FALSE(mentions(traced, "Hello"));
}

TEST_CASE("a preview shows what would be sent, and no secret", "[chat]") {
  const auto transport = canned();
  const Chat chat = chat_on(transport);
  const Result<http::Exchange> preview =
      chat.preview({.model = tuned,
                    .messages = {Message::user("Hi")},
                    .extra_headers = {{"x-tag", "a"}, {"x-session-token", "of-header"}}},
                   true);
  REQUIRE(preview);
  CHECK(preview->method == "POST");
  CHECK(preview->url == "https://api.openai.com/v1/chat/completions");
  CHECK(preview->headers == http::Headers{{"Content-Type", "application/json"},
                                          {"x-tag", "a"},
                                          {"x-session-token", "[redacted]"},
                                          {"Authorization", "Bearer [redacted]"}});
  CHECK(preview->body.ends_with(R"("stream":true,"stream_options":{"include_usage":true}})"));

  const Result<http::Exchange> google = chat.preview({.model = "google:m"});
  REQUIRE(google);
  CHECK(http::find_header(google->headers, "x-goog-api-key") == "[redacted]");

  const Result<http::Exchange> look_up =
      chat.preview({.model = "vertex:projects/p/locations/us-central1/models/M"});
  REQUIRE(look_up);
  CHECK(look_up->method == "GET");

  const Result<http::Exchange> own =
      chat.preview({.model = tuned, .extra_headers = {{"authorization", "Bearer of-call"}}});
  REQUIRE(own);
  CHECK(own->headers ==
        http::Headers{{"Content-Type", "application/json"}, {"authorization", "[redacted]"}});
  CHECK(transport->asked().empty());
}

TEST_CASE("a preview needs no key, and says what cannot be sent", "[chat]") {
  const test::Environment nothing;
  const Chat chat({.transport = canned()});
  CHECK(chat.preview({.model = tuned}));
  CHECK_FALSE(chat.preview({.model = "openai:a b"}));
  CHECK_FALSE(chat.preview({.model = "local:m"}));
}
