// What a chat request becomes, before anything is done about it.

#include "client/planner.hpp"

#include "support/catch.hpp"
#include "support/environment.hpp"

#include <FineTuning/providers.hpp>

#include <string>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;

namespace {

const Accounts& accounts() {
  static const Accounts all = [] {
    const test::Environment nothing;
    return Accounts({{"local", {.base_url = "http://localhost:8080/v1"}},
                     {"vertex", {.project = "p", .location = "us-central1"}}},
                    {}, false);
  }();
  return all;
}

Result<ChatPlan> planned(const ChatRequest& request, bool stream = false) {
  return Planner(accounts(), {}).plan(request, stream);
}

const std::string vertex =
    "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/"
    "us-central1/";
const std::string registered = "vertex:projects/p/locations/us-central1/models/M";

}  // namespace

TEST_CASE("a request becomes an exchange", "[planner]") {
  struct Case {
    std::string spec;
    bool stream;
    std::string url;
    std::string body_begin;
    std::string body_end;
  };
  const std::string google = "https://generativelanguage.googleapis.com/v1beta/models/m";
  const std::vector<Case> cases{
      {"openai:m", false, "https://api.openai.com/v1/chat/completions", R"({"model":"m",)",
       R"("content":"Hi"}]})"},
      {"openai:m", true, "https://api.openai.com/v1/chat/completions", R"({"model":"m",)",
       R"("stream":true,"stream_options":{"include_usage":true}})"},
      {"local:m", false, "http://localhost:8080/v1/chat/completions", R"({"model":"m",)", "}"},
      {"google:m", false, google + ":generateContent", R"({"contents":)", "}"},
      {"google:m", true, google + ":streamGenerateContent?alt=sse", R"({"contents":)", "}"},
      {"google:gemini/models/m", false, google + ":generateContent", R"({"contents":)", "}"},
      {"vertex:endpoints/1", false, vertex + "endpoints/1:generateContent", R"({"contents":)", "}"},
      {"vertex:endpoints/1", true, vertex + "endpoints/1:streamGenerateContent?alt=sse",
       R"({"contents":)", "}"},
      {"cohere:m", false, "https://api.cohere.com/v2/chat", R"({"model":"m",)", "}"},
  };
  for (const Case& c : cases) {
    INFO(c.spec << (c.stream ? ", streamed" : ""));
    const Result<ChatPlan> plan =
        planned({.model = c.spec, .messages = {Message::user("Hi")}}, c.stream);
    REQUIRE(plan);
    CHECK(plan->stream == c.stream);
    CHECK(plan->model.spec() == c.spec);
    CHECK_FALSE(plan->lookup);
    const http::Exchange& exchange = plan->chat.exchange;
    CHECK(exchange.method == "POST");
    CHECK(exchange.url == c.url);
    CHECK(exchange.headers == http::Headers{{"Content-Type", "application/json"}});
    CHECK(exchange.body.starts_with(c.body_begin));
    CHECK(exchange.body.ends_with(c.body_end));
    CHECK_FALSE(plan->chat.may_be_repeated);
    CHECK_FALSE(plan->chat.is_lookup);
    CHECK(plan->chat.credential == Credential::account);
    CHECK(plan->secrets.empty());
  }
}

TEST_CASE("a model that cannot be called is looked up first", "[planner]") {
  const ChatRequest request{.model = registered, .extra_headers = {{"x-tag", "a"}}};
  const Result<ChatPlan> plan = planned(request, true);
  REQUIRE(plan);
  REQUIRE(plan->lookup);
  CHECK(plan->lookup->exchange.method == "GET");
  CHECK(plan->lookup->exchange.url == vertex + "models/M");
  CHECK(plan->lookup->exchange.headers == http::Headers{{"x-tag", "a"}});
  CHECK(plan->lookup->exchange.body.empty());
  CHECK(plan->lookup->may_be_repeated);
  CHECK(plan->lookup->is_lookup);
  CHECK(plan->chat.exchange.url.empty());
  CHECK_FALSE(plan->chat.exchange.body.empty());

  const Planner planner(accounts(), {});
  CHECK(planner.endpoint_url(*plan, "projects/p/locations/eu/endpoints/1").value() ==
        "https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu/endpoints/"
        "1:streamGenerateContent?alt=sse");
  for (const std::string_view name :
       {"", "x", "models/M", "https://evil.com", "projects/p/locations/us-central1/models/M"}) {
    INFO(name);
    const Result<std::string> url = planner.endpoint_url(*plan, name);
    REQUIRE_FALSE(url);
    CHECK(url.error().kind == ErrorKind::malformed_response);
    CHECK(url.error().message ==
          "What Vertex AI named as the endpoint of the model is not one; call the endpoint itself "
          "by its name.");
  }
}

TEST_CASE("the caller's headers replace the library's, and their secrets are kept apart",
          "[planner]") {
  struct Case {
    http::Headers extra;
    http::Headers sent;
    Credential credential;
    std::vector<std::string> secrets;
  };
  const std::pair<std::string, std::string> json{"Content-Type", "application/json"};
  const std::vector<Case> cases{
      {{{"x-tag", "a"}}, {json, {"x-tag", "a"}}, Credential::account, {}},
      {{{"content-type", "text/plain"}}, {{"Content-Type", "text/plain"}}, Credential::account, {}},
      {{{"authorization", "Bearer mine"}},
       {json, {"authorization", "Bearer mine"}},
       Credential::caller,
       {"Bearer mine", "mine"}},
      {{{"Cookie", "c"}}, {json, {"Cookie", "c"}}, Credential::account, {"c", "c"}},
  };
  for (const auto& [extra, sent, credential, secrets] : cases) {
    const Result<ChatPlan> plan = planned({.model = "openai:m", .extra_headers = extra});
    REQUIRE(plan);
    CHECK(plan->chat.exchange.headers == sent);
    CHECK(plan->chat.credential == credential);
    CHECK(plan->secrets == secrets);
  }
  // A look-up is asked as the chat is.
  const Result<ChatPlan> plan =
      planned({.model = registered, .extra_headers = {{"Authorization", "Bearer mine"}}});
  REQUIRE(plan);
  CHECK(plan->lookup->credential == Credential::caller);
}

TEST_CASE("what cannot be planned says why", "[planner]") {
  struct Case {
    ChatRequest request;
    ErrorKind kind;
    std::string message;
  };
  const std::vector<Case> cases{
      {{.model = ""}, ErrorKind::invalid_model, "The model id is empty; name a model."},
      {{.model = "mistral:ft:open-mistral-7b:587a6b29:20240514:7e773925"},
       ErrorKind::unsupported,
       "Mistral is known by its model ids only: FineTuning cannot talk to it."},
      {{.model = "openai:m", .documents = {{.content = "text"}}},
       ErrorKind::unsupported,
       "OpenAI takes no documents; put their text into a message."},
      {{.model = "cohere:m", .documents = {{.content = ""}}},
       ErrorKind::invalid_request,
       "Document 1 of 1 is empty; leave it out or give its content."},
      {{.model = "openai:m", .extra_headers = {{"a b", "c"}}},
       ErrorKind::invalid_request,
       "The name of an extra header is not an HTTP token; correct it."},
      {{.model = "openai:m", .extra_headers = {{"Host", "evil.com"}}},
       ErrorKind::invalid_request,
       "The header Host is written by the library; leave it out."},
      {{.model = "openai:m", .extra = "[]"},
       ErrorKind::invalid_request,
       "ChatRequest::extra is not a JSON object of at most 128 levels; correct it."},
  };
  for (const auto& [request, kind, message] : cases) {
    const Result<ChatPlan> plan = planned(request);
    REQUIRE_FALSE(plan);
    CHECK(plan.error().kind == kind);
    CHECK(plan.error().message == message);
  }
  const test::Environment nothing;
  const Accounts wrong({{"opnai", {}}}, {}, false);
  CHECK(Planner(wrong, {}).plan({.model = "openai:m"}, false).error().code == "unknown_provider");
}

TEST_CASE("a provider of the caller's own is planned for like one of the library's", "[planner]") {
  const Provider mine{.name = "mine",
                      .title = "My service",
                      .dialect = Dialect::openai_chat,
                      .base_url = "https://my.example/api",
                      .chat_path = "/chat"};
  const test::Environment nothing;
  const Accounts own({}, {&mine, 1}, false);
  const Result<ChatPlan> plan = Planner(own, {&mine, 1}).plan({.model = "mine:m"}, false);
  REQUIRE(plan);
  CHECK(plan->chat.exchange.url == "https://my.example/api/chat");
}
