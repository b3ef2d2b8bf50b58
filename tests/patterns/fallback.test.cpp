// Fallback: who is asked next, and when nobody is.

#include "support/canned_transport.hpp"
#include "support/catch.hpp"

#include <FineTuning/chat.hpp>
#include <FineTuning/fallback.hpp>
#include <FineTuning/model.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

using namespace FineTuning;
using std::chrono::milliseconds;
using test::canned;
using test::chat_on;
using Time = std::chrono::steady_clock::time_point;

namespace {

const std::string tuned = "openai:ft:gpt-4o-mini-2024-07-18:acme::x";

/// Answers with a text.
Responder says(std::string text) {
  return [text = std::move(text)](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
    return ChatResponse{.content = text};
  };
}

/// Fails, after it has streamed a text.
Responder fails(Error error, std::string text = "") {
  return [error = std::move(error), text = std::move(text)](
             const ChatRequest&, const CallContext& context) -> Result<ChatResponse> {
    if (!text.empty() && context.on_event) context.on_event({.text = text});
    return error;
  };
}

Responder fails_with(std::string message) { return fails({.message = std::move(message)}); }

/// Keeps what it was asked for, and fails.
Responder keeps_model(std::vector<std::string>& models) {
  return [&models](const ChatRequest& request, const CallContext&) -> Result<ChatResponse> {
    models.push_back(request.model);
    return Error{.kind = ErrorKind::overloaded};
  };
}

/// Arms that keep who was asked, and a clock that stands still until it is moved.
struct Arms {
  Time now = Time(std::chrono::hours(1));
  std::string asked;                         ///< A letter for each arm that was asked: 'a', 'b', ..
  std::vector<std::optional<Error>> errors;  ///< What each arm says; nothing: it answers.

  explicit Arms(std::vector<std::optional<Error>> says) : errors(std::move(says)) {}

  Fallback fallback(FallbackOptions options = {}) {
    std::vector<Responder> arms;
    for (std::size_t arm = 0; arm < errors.size(); ++arm)
      arms.emplace_back(
          [this, arm](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
            asked += static_cast<char>('a' + arm);
            if (errors[arm]) return *errors[arm];
            return ChatResponse{};
          });
    options.clock.steady = [this] { return now; };
    return Fallback(std::move(arms), std::move(options));
  }

  /// Whom one call asks.
  std::string asks(const Fallback& fallback, const std::string& model = "") {
    asked.clear();
    CallContext context;
    (void)fallback({.model = model}, context);
    return asked;
  }
};

const Error busy{.kind = ErrorKind::overloaded, .message = "busy"};
const Error retired{.kind = ErrorKind::model_retired, .message = "retired"};

std::vector<std::string> messages(const std::vector<Error>& errors) {
  std::vector<std::string> texts;
  texts.reserve(errors.size());
  for (const Error& error : errors) texts.push_back(error.message);
  return texts;
}

}  // namespace

TEST_CASE("the first answer counts, and no arm after it is asked", "[fallback]") {
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

TEST_CASE("no arm is asked once a piece of an answer has reached the caller", "[fallback]") {
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
                            const CallContext& context) -> Result<ChatResponse> {
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

TEST_CASE("an arm that has failed cools down, and then is asked again", "[fallback]") {
  Arms arms({busy, {}});
  const Fallback fallback = arms.fallback();
  CHECK(arms.asks(fallback) == "ab");
  CHECK(arms.asks(fallback) == "b");
  arms.now += milliseconds(4999);
  CHECK(arms.asks(fallback) == "b");
  arms.now += milliseconds(1);
  CHECK(arms.asks(fallback) == "ab");
}

TEST_CASE("an arm cools down after its own failures, not after what is wrong with a request",
          "[fallback]") {
  // A table of every kind, so that a new one has to be decided upon.
  const std::vector<std::pair<ErrorKind, bool>> kinds{
      {ErrorKind::authentication, true},
      {ErrorKind::permission_denied, true},
      {ErrorKind::model_not_found, true},
      {ErrorKind::model_retired, true},
      {ErrorKind::quota_exhausted, true},
      {ErrorKind::rate_limited, true},
      {ErrorKind::context_length_exceeded, false},
      {ErrorKind::content_filtered, false},
      {ErrorKind::invalid_request, false},
      {ErrorKind::invalid_model, false},
      {ErrorKind::not_fine_tuned, false},
      {ErrorKind::not_found, false},
      {ErrorKind::overloaded, true},
      {ErrorKind::server_error, true},
      {ErrorKind::timed_out, true},
      {ErrorKind::network, true},
      {ErrorKind::tls, true},
      {ErrorKind::cancelled, false},
      {ErrorKind::malformed_response, true},
      {ErrorKind::interrupted_stream, true},
      {ErrorKind::unsupported, false},
      {ErrorKind::other, false},
  };
  REQUIRE(kinds.size() == static_cast<std::size_t>(ErrorKind::other) + 1);
  for (const auto& [kind, cools_down] : kinds) {
    INFO(to_string(kind));
    Arms arms({Error{.kind = kind}, {}});
    const Fallback fallback = arms.fallback();
    (void)arms.asks(fallback);
    CHECK((arms.asks(fallback).front() == 'b') == cools_down);
  }
}

TEST_CASE("an arm cools down as long as it asks for, and at least the cooldown", "[fallback]") {
  struct Case {
    milliseconds cooldown;
    std::optional<milliseconds> retry_after;
    milliseconds expected;
  };
  const std::vector<Case> cases{
      {milliseconds(5000), {}, milliseconds(5000)},
      {milliseconds(5000), milliseconds(60000), milliseconds(60000)},
      {milliseconds(5000), milliseconds(1000), milliseconds(5000)},
      {milliseconds(5000), milliseconds(-1), milliseconds(5000)},
      {milliseconds(1), {}, milliseconds(1)},
  };
  for (const auto& [cooldown, retry_after, expected] : cases) {
    CAPTURE(cooldown.count(), expected.count());
    Arms arms({Error{.kind = ErrorKind::rate_limited, .retry_after = retry_after}, {}});
    const Fallback fallback = arms.fallback({.cooldown = cooldown});
    CHECK(arms.asks(fallback) == "ab");
    arms.now += expected - milliseconds(1);
    CHECK(arms.asks(fallback) == "b");
    arms.now += milliseconds(1);
    CHECK(arms.asks(fallback) == "ab");
  }
}

TEST_CASE("without a cooldown every arm is asked, but a retired one stays away", "[fallback]") {
  for (const auto cooldown : {milliseconds(0), milliseconds(-1), milliseconds::min()}) {
    Arms arms(
        {Error{.kind = ErrorKind::rate_limited, .retry_after = milliseconds(60000)}, retired, {}});
    const Fallback fallback = arms.fallback({.cooldown = cooldown});
    CHECK(arms.asks(fallback) == "abc");
    CHECK(arms.asks(fallback) == "ac");
  }
}

TEST_CASE("a wait that no clock can count is a long one", "[fallback]") {
  for (const Time start : {Time(std::chrono::hours(1)), Time(std::chrono::hours(-1))}) {
    Arms arms({Error{.kind = ErrorKind::rate_limited, .retry_after = milliseconds::max()}, {}});
    arms.now = start;
    const Fallback fallback = arms.fallback({.cooldown = milliseconds::max()});
    CHECK(arms.asks(fallback) == "ab");
    arms.now += std::chrono::hours(24 * 365 * 200);
    CHECK(arms.asks(fallback) == "b");
    arms.errors[1] = busy;
    CHECK(arms.asks(fallback) == "ba");  // a long cooldown is not a retirement
  }
}

TEST_CASE("of two cooldowns the longer one counts", "[fallback]") {
  Arms arms({Error{.kind = ErrorKind::rate_limited, .retry_after = milliseconds(60000)}, busy});
  const Fallback fallback = arms.fallback();
  CHECK(arms.asks(fallback) == "ab");
  arms.errors[0] = busy;
  arms.now += milliseconds(5000);
  CHECK(arms.asks(fallback) == "ba");  // b is ready, fails, and a is the last resort
  arms.errors[1] = std::nullopt;
  arms.now += milliseconds(54999);
  CHECK(arms.asks(fallback) == "b");
  arms.now += milliseconds(1);
  CHECK(arms.asks(fallback) == "ab");
}

TEST_CASE("when all cool down, the one that is ready first is asked, and only that", "[fallback]") {
  Arms arms({Error{.kind = ErrorKind::rate_limited, .retry_after = milliseconds(60000)}, busy,
             Error{.kind = ErrorKind::rate_limited, .retry_after = milliseconds(30000)}});
  const Fallback fallback = arms.fallback();
  CHECK(arms.asks(fallback) == "abc");
  CHECK(arms.asks(fallback) == "b");
  arms.errors[1] = Error{.kind = ErrorKind::rate_limited, .retry_after = milliseconds(90000)};
  CHECK(arms.asks(fallback) == "b");
  CHECK(arms.asks(fallback) == "c");
}

TEST_CASE("one that cools down is the last resort if those that do not have failed", "[fallback]") {
  Arms arms({busy, {}});
  const Fallback fallback = arms.fallback();
  CHECK(arms.asks(fallback) == "ab");
  arms.errors = {std::nullopt, Error{.kind = ErrorKind::invalid_request}};
  CHECK(arms.asks(fallback) == "ba");
}

TEST_CASE("an answer ends a cooldown", "[fallback]") {
  Arms arms({Error{.kind = ErrorKind::rate_limited, .retry_after = milliseconds(60000)}, busy});
  const Fallback fallback = arms.fallback();
  CHECK(arms.asks(fallback) == "ab");
  arms.errors[1] = std::nullopt;
  CHECK(arms.asks(fallback) == "b");
  arms.errors[1] = busy;
  CHECK(arms.asks(fallback) == "ba");  // b does not cool down, so a is there as the last resort
}

TEST_CASE("an answer ends neither a cooldown that began after its call nor a retirement",
          "[fallback]") {
  struct Case {
    Error error;
    milliseconds later;
  };
  // The second call is made, and fails, while the first one is under way.
  for (const Case& one : {Case{busy, milliseconds(1)}, Case{retired, milliseconds(0)}}) {
    INFO(one.error.message);
    Time now{};
    std::optional<Fallback> fallback;
    std::string asked;
    const Responder first = [&](const ChatRequest&,
                                const CallContext& context) -> Result<ChatResponse> {
      asked += 'a';
      if (asked.size() > 1) return one.error;
      now += one.later;
      CHECK((*fallback)({}, context));
      return ChatResponse{};
    };
    const Responder second = [&](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
      asked += 'b';
      return ChatResponse{};
    };
    fallback.emplace(std::vector<Responder>{first, second},
                     FallbackOptions{.clock = {.steady = [&] { return now; }}});
    CallContext context;
    CHECK((*fallback)({}, context));
    CHECK((*fallback)({}, context));
    CHECK(asked == "aabb");
  }
}

TEST_CASE("an arm that is retired while a call to it is under way stays so", "[fallback]") {
  std::optional<Fallback> fallback;
  int calls = 0;
  const Responder arm = [&](const ChatRequest&,
                            const CallContext& context) -> Result<ChatResponse> {
    if (++calls > 1) return retired;
    CHECK_FALSE((*fallback)({}, context));
    return busy;
  };
  fallback.emplace(std::vector<Responder>{arm});
  CallContext context;
  CHECK((*fallback)({}, context).error().message == "busy");
  const Error error = (*fallback)({}, context).error();
  CHECK(calls == 2);
  CHECK(error.kind == ErrorKind::model_retired);
  CHECK(messages(error.causes) == std::vector<std::string>{"retired"});
}

TEST_CASE("a retired model is never asked again", "[fallback]") {
  Arms arms({retired, {}});
  const Fallback fallback = arms.fallback();
  CHECK(arms.asks(fallback) == "ab");
  arms.now += std::chrono::hours(24 * 365);
  CHECK(arms.asks(fallback) == "b");
  arms.errors = {std::nullopt, busy};
  CHECK(arms.asks(fallback) == "b");
  CHECK(arms.asks(fallback) == "b");
}

TEST_CASE("when the models of all arms are retired, the error says so", "[fallback]") {
  Arms arms({retired, retired});
  const Fallback fallback = arms.fallback();
  CHECK(arms.asks(fallback) == "ab");
  CallContext context;
  arms.asked.clear();
  const Result<ChatResponse> response = fallback({}, context);
  CHECK(arms.asked.empty());
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::model_retired);
  CHECK(response.error().message ==
        "The model of every arm of the fallback is retired, so none is asked; give it an arm with "
        "a model that is not.");
  CHECK(messages(response.error().causes) == std::vector<std::string>{"retired", "retired"});
}

TEST_CASE("an arm of several models is retired once all of them are", "[fallback]") {
  Arms inner({busy, retired});
  std::string outer_asked;
  const Fallback fallback({inner.fallback(),
                           [&](const ChatRequest&, const CallContext&) {
                             outer_asked += 'z';
                             return Result<ChatResponse>(ChatResponse{});
                           }},
                          {.clock = {.steady = [&] { return inner.now; }}});
  CHECK(inner.asks(fallback) == "ab");
  inner.now += milliseconds(5000);
  CHECK(inner.asks(fallback) == "a");  // its second arm is retired, its first may come back
  inner.errors[0] = retired;
  inner.now += milliseconds(5000);
  CHECK(inner.asks(fallback) == "a");
  inner.now += milliseconds(5000);
  CHECK(inner.asks(fallback).empty());
  CHECK(outer_asked == "zzzz");
}

TEST_CASE("arms cool down for one model, and copies of a fallback know it", "[fallback]") {
  Arms arms({busy, {}});
  const Fallback fallback = arms.fallback();
  const Fallback copy = fallback;  // NOLINT(performance-unnecessary-copy-initialization)
  CHECK(arms.asks(fallback, "m") == "ab");
  CHECK(arms.asks(copy, "m") == "b");
  CHECK(arms.asks(copy, "n") == "ab");
}

TEST_CASE("what is remembered has a bound, and the longest cooldowns stay", "[fallback]") {
  Arms arms({retired, {}});
  const Fallback fallback = arms.fallback();
  CHECK(arms.asks(fallback, "retired") == "ab");
  arms.errors[0] = busy;
  for (int i = 0; i < 1023; ++i) (void)arms.asks(fallback, std::to_string(i));
  CHECK(arms.asks(fallback, "0") == "b");
  arms.now += milliseconds(1);
  CHECK(arms.asks(fallback, "one more") == "ab");
  CHECK(arms.asks(fallback, "one more") == "b");
  CHECK(arms.asks(fallback, "retired") == "b");
  arms.errors[0] = std::nullopt;
  int forgotten = 0;
  for (int i = 0; i < 1023; ++i)
    if (arms.asks(fallback, std::to_string(i)) == "a") ++forgotten;
  CHECK(forgotten == 1);
}

TEST_CASE("a time-out at the caller's own deadline is not the arm's failure", "[fallback]") {
  Arms arms({Error{.kind = ErrorKind::timed_out}, {}});
  const Fallback fallback = arms.fallback();
  CallContext hurried{.deadline = arms.now};
  CHECK(fallback({}, hurried));
  CHECK(arms.asks(fallback) == "ab");
  CallContext patient{.deadline = arms.now + milliseconds(1)};
  arms.now += milliseconds(5000);
  patient.deadline = arms.now + milliseconds(1);
  CHECK(fallback({}, patient));
  CHECK(arms.asks(fallback) == "b");
}

TEST_CASE("what an arm said that is passed over is among the causes, without its text",
          "[fallback]") {
  Error broken{.kind = ErrorKind::server_error,
               .message = "broken",
               .partial = "Hel",
               .causes = {Error{.message = "before", .partial = "H"}}};
  Arms arms({broken, busy, {}});
  const Fallback fallback = arms.fallback();
  CHECK(arms.asks(fallback) == "abc");
  arms.errors[2] = Error{.kind = ErrorKind::cancelled, .message = "stopped"};

  std::vector<std::string> traced;
  CallContext context{.trace = [&](const TraceEvent& event) {
    CHECK(event.kind == TraceEvent::Kind::next_arm);
    traced.push_back(std::to_string(event.attempt) + ' ' + event.error->message);
  }};
  const Error error = fallback({}, context).error();
  CHECK(error.message == "stopped");
  CHECK(messages(error.causes) == std::vector<std::string>{"broken", "busy"});
  CHECK(error.causes[0].partial.empty());
  CHECK(messages(error.causes[0].causes) == std::vector<std::string>{"before"});
  CHECK(error.causes[0].causes[0].partial.empty());
  CHECK(traced == std::vector<std::string>{"3 broken", "3 busy"});

  // The last resort speaks for itself.
  arms.errors = {Error{.message = "again"}, busy, Error{.message = "odd"}};
  traced.clear();
  const Error last = fallback({}, context).error();
  CHECK(last.message == "again");
  CHECK(messages(last.causes) == std::vector<std::string>{"busy", "odd"});
  CHECK(traced == std::vector<std::string>{"3 broken", "3 busy", "1 odd"});

  // Each is traced once.
  arms.errors = {broken, Error{.message = "odd"}, std::nullopt};
  arms.now += milliseconds(5000);
  CHECK(arms.asks(fallback) == "abc");
  traced.clear();
  CHECK(fallback({}, context));
  CHECK(traced == std::vector<std::string>{"2 broken", "3 odd"});
}

TEST_CASE("an exception of an arm leaves what is remembered as it was", "[fallback]") {
  Arms arms({busy, {}});
  bool throws = false;
  const Fallback fallback({arms.fallback({.cooldown = milliseconds(0)}),
                           [&](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
                             if (throws) throw std::runtime_error("arm");
                             return ChatResponse{};
                           }},
                          {.clock = {.steady = [&] { return arms.now; }}});
  arms.errors = {busy, busy};
  CHECK(arms.asks(fallback) == "ab");
  throws = true;
  CallContext context;
  CHECK_THROWS_AS(fallback({}, context), std::runtime_error);
  throws = false;
  CHECK(arms.asks(fallback).empty());
}
