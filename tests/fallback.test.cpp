// Fallback: who is asked next, and when nobody is.

#include "support/canned_transport.hpp"
#include "support/catch.hpp"

#include <FineTuning/chat.hpp>
#include <FineTuning/fallback.hpp>

#include <chrono>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

using namespace FineTuning;
using test::canned;
using test::chat_on;

namespace {

const std::string tuned = "openai:ft:gpt-4o-mini-2024-07-18:acme::x";

/// Answers with a text.
Responder says(std::string text) {
  return [text = std::move(text)](const ChatRequest&, CallContext&) -> Result<ChatResponse> {
    return ChatResponse{.content = text};
  };
}

/// Fails, after it has streamed a text.
Responder fails(Error error, std::string text = "") {
  return [error = std::move(error), text = std::move(text)](
             const ChatRequest&, CallContext& context) -> Result<ChatResponse> {
    if (!text.empty() && context.on_event) context.on_event({.text = text});
    return error;
  };
}

Responder fails_with(std::string message) { return fails({.message = std::move(message)}); }

/// Keeps what it was asked for, and fails.
Responder keeps_model(std::vector<std::string>& models) {
  return [&models](const ChatRequest& request, CallContext&) -> Result<ChatResponse> {
    models.push_back(request.model);
    return Error{.kind = ErrorKind::overloaded};
  };
}

}  // namespace

TEST_CASE("the first answer counts, and nobody is asked behind it", "[fallback]") {
  std::vector<std::string> models;
  CallContext context;
  const Result<ChatResponse> response = Fallback({says("first"), keeps_model(models)})({}, context);
  REQUIRE(response);
  CHECK(response->content == "first");
  CHECK(models.empty());
}

TEST_CASE("after any error but a cancellation the next one is asked", "[fallback]") {
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::other); ++kind) {
    const Error error{.kind = static_cast<ErrorKind>(kind)};
    INFO(to_string(error.kind));
    CallContext context;
    const Result<ChatResponse> response = Fallback({fails(error), says("second")})({}, context);
    CHECK(response.has_value() == (error.kind != ErrorKind::cancelled));
  }
}

TEST_CASE("after an unknown outcome the next one is asked only if an option allows it",
          "[fallback]") {
  const std::vector<Responder> arms{fails({.kind = ErrorKind::network, .outcome_unknown = true}),
                                    says("second")};
  CallContext context;
  const Result<ChatResponse> response = Fallback(arms)({}, context);
  REQUIRE_FALSE(response);
  CHECK(response.error().outcome_unknown);
  CHECK(Fallback(arms, {.after_unknown_outcome = true})({}, context));
}

TEST_CASE("nobody is asked once a piece of an answer has reached the caller", "[fallback]") {
  const std::vector<Responder> arms{fails({.kind = ErrorKind::server_error}, "Hel"),
                                    says("second")};
  std::string seen;
  CallContext watched{.on_event = [&](const StreamEvent& event) {
    seen += event.text;
    return true;
  }};
  const Result<ChatResponse> response = Fallback(arms)({}, watched);
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::server_error);
  CHECK(seen == "Hel");

  CallContext unwatched;
  CHECK(Fallback(arms)({}, unwatched));
}

TEST_CASE("the last error carries those before it, oldest first", "[fallback]") {
  CallContext context;
  const Result<ChatResponse> response =
      Fallback({fails_with("one"), fails_with("two"), fails_with("three")})({}, context);
  REQUIRE_FALSE(response);
  CHECK(response.error().message == "three");
  REQUIRE(response.error().causes.size() == 2);
  CHECK(response.error().causes[0].message == "one");
  CHECK(response.error().causes[1].message == "two");
}

TEST_CASE("what the earlier arms said is moved into the last error", "[fallback]") {
  const std::string long_message(200, 'x');
  std::vector<const char*> said;
  CallContext context{
      .trace = [&](const TraceEvent& event) { said.push_back(event.error->message.data()); }};
  const std::vector<Responder> arms(3, fails_with(long_message));
  const Result<ChatResponse> response = Fallback(arms)({}, context);
  REQUIRE_FALSE(response);
  std::vector<const char*> kept;
  for (const Error& cause : response.error().causes) kept.push_back(cause.message.data());
  CHECK(kept == said);
}

TEST_CASE("fallbacks nest, and so do their causes", "[fallback]") {
  CallContext context;
  const Fallback inner({fails_with("inner one"), fails_with("inner two")});
  const Result<ChatResponse> last = Fallback({fails_with("outer"), inner})({}, context);
  REQUIRE_FALSE(last);
  CHECK(last.error().message == "inner two");
  REQUIRE(last.error().causes.size() == 2);
  CHECK(last.error().causes[0].message == "outer");
  CHECK(last.error().causes[1].message == "inner one");

  const Result<ChatResponse> first = Fallback({inner, fails_with("outer")})({}, context);
  REQUIRE_FALSE(first);
  REQUIRE(first.error().causes.size() == 1);
  CHECK(first.error().causes[0].message == "inner two");
  REQUIRE(first.error().causes[0].causes.size() == 1);
  CHECK(first.error().causes[0].causes[0].message == "inner one");
}

TEST_CASE("a fallback without arms says so", "[fallback]") {
  CallContext context;
  const Result<ChatResponse> response = Fallback({})({}, context);
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::invalid_request);
  CHECK(response.error().message ==
        "The fallback has no arm to ask; give it at least one responder.");
}

TEST_CASE("an empty responder is an error like another", "[fallback]") {
  CallContext context;
  const Result<ChatResponse> alone = Fallback({Responder{}})({}, context);
  REQUIRE_FALSE(alone);
  CHECK(alone.error().kind == ErrorKind::invalid_request);
  CHECK(alone.error().message ==
        "The responder is empty; give a Chat or another function that answers.");
  CHECK_FALSE(with_model("m", Responder{})({}, context));
  CHECK(Fallback({Responder{}, says("second")})({}, context));
}

TEST_CASE("every arm has the request and the context of the caller", "[fallback]") {
  std::stop_source source;
  const auto deadline = std::chrono::steady_clock::now();
  int asked = 0;
  const Responder arm = [&](const ChatRequest& request,
                            CallContext& context) -> Result<ChatResponse> {
    ++asked;
    CHECK(request.model == tuned);
    CHECK(context.stop == source.get_token());
    CHECK(context.deadline == deadline);
    CHECK(context.on_event);
    return Error{};
  };
  std::vector<std::string> traced;
  CallContext context{.on_event = [](const StreamEvent&) { return true; },
                      .stop = source.get_token(),
                      .deadline = deadline,
                      .trace =
                          [&](const TraceEvent& event) {
                            CHECK(event.kind == TraceEvent::Kind::next_arm);
                            traced.push_back(std::string(event.model) + ' ' +
                                             std::to_string(event.attempt) + ' ' +
                                             std::string(to_string(event.error->kind)));
                          }};
  CHECK_FALSE(Fallback({arm, arm, arm})({.model = tuned}, context));
  CHECK(asked == 3);
  CHECK(traced == std::vector<std::string>{tuned + " 2 other", tuned + " 3 other"});
}

TEST_CASE("a responder can be asked for another model", "[fallback]") {
  std::vector<std::string> models;
  CallContext context;
  const ChatRequest request{.model = "first"};
  CHECK_FALSE(with_model("second", keeps_model(models))(request, context));
  CHECK(models == std::vector<std::string>{"second"});
  CHECK(request.model == "first");
}

TEST_CASE("a fine-tune is paired with its base, and what has no base answers alone", "[fallback]") {
  struct Case {
    std::string spec;
    std::vector<std::string> asked;
  };
  const std::vector<Case> cases{
      {tuned, {tuned, "openai:gpt-4o-mini-2024-07-18"}},
      {"openai:gpt-4o", {"openai:gpt-4o"}},
      {"google:tunedModels/my-model", {"google:tunedModels/my-model"}},
  };
  for (const auto& [spec, asked] : cases) {
    std::vector<std::string> models;
    CallContext context;
    CHECK_FALSE(with_base(Model::from(spec).value(), keeps_model(models))({}, context));
    CHECK(models == asked);
  }
}

TEST_CASE("a Chat falls back from a failing fine-tune to its base", "[fallback]") {
  const auto transport = canned(
      {{.status = 404, .body = R"({"error":{"message":"No such model","code":"model_not_found"}})"},
       {.body = R"({"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]})"}});
  const Fallback pair = with_base(Model::from(tuned).value(), chat_on(transport));
  CallContext context;
  const Result<ChatResponse> response = pair({.messages = {Message::user("Hi")}}, context);
  REQUIRE(response);
  CHECK(response->content == "Hello");
  CHECK(transport->asked().at(1).body.find(R"("model":"gpt-4o-mini-2024-07-18")") !=
        std::string::npos);
}

TEST_CASE("a Chat falls back after an error that comes before the text of a stream", "[fallback]") {
  const auto transport =
      canned({{.body = "data: {\"error\":{\"message\":\"Oh\",\"code\":\"server_error\"}}\n\n"},
              {.body = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"},"
                       "\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"}});
  const Fallback pair =
      with_base(Model::from(tuned).value(), chat_on(transport, {.max_retries = 0}));
  std::string seen;
  CallContext context{.on_event = [&](const StreamEvent& event) {
    seen += event.text;
    return true;
  }};
  CHECK(pair({}, context));
  CHECK(seen == "Hello");
}

TEST_CASE("a caller who stops a stream is not asked to hear another", "[fallback]") {
  const auto transport =
      canned({{.body = "data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\n"}});
  const Fallback pair = with_base(Model::from(tuned).value(), chat_on(transport));
  CallContext context{.on_event = [](const StreamEvent&) { return false; }};
  const Result<ChatResponse> response = pair({}, context);
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::cancelled);
  CHECK(transport->asked().size() == 1);
}
