// The life of a chat, whole, streamed and with a look-up before it, driven step by step.

#include "accounts/accounts.hpp"
#include "client/chat_answer.hpp"
#include "client/chat_refusals.hpp"
#include "client/look_up.hpp"
#include "client/planner.hpp"
#include "support/call_life.hpp"
#include "support/canned_transport.hpp"
#include "support/catch.hpp"

#include <FineTuning/providers.hpp>

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using test::Answer;
using test::call_start;
using test::failing;
using test::Steps;
using FailureKind = http::Failure::Kind;
using Phase = http::Phase;

namespace {

const std::string whole_answer =
    R"({"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]})";
const std::string first_event = "data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\n";
const std::string last_events =
    "data: {\"choices\":[{\"delta\":{\"content\":\"lo\"},\"finish_reason\":\"stop\"}]}\n\n"
    "data: [DONE]\n\n";

/// A chat that is planned, and what a Chat's options say of it.
struct Plan {
  ChatPlan chat;
  Limits limits{.max_retries = 2};
  Catalog catalog{};
  bool key_is_refreshable = false;
  std::optional<std::chrono::steady_clock::time_point> deadline{};
};

Plan plan_for(std::string_view spec) {
  Model model = Model::from(spec).value();
  const DialectFunctions* dialect = functions_of(model.provider().dialect);
  return {.chat = {.model = std::move(model),
                   .dialect = dialect,
                   .chat = {.exchange = {.url = "https://host/chat"}}}};
}

Plan plain() { return plan_for("openai:ft:gpt-4o-mini-2024-07-18:acme::x"); }

Plan streamed() {
  Plan plan = plain();
  plan.chat.stream = true;
  return plan;
}

Plan looked_up() {
  Plan plan = plan_for("vertex:projects/p/locations/us-central1/models/M");
  plan.chat.chat.exchange.url.clear();
  plan.chat.lookup = Request{.exchange = {.method = "GET", .url = "https://host/model"},
                             .may_be_repeated = true,
                             .is_lookup = true};
  return plan;
}

const std::string endpoint = "projects/p/locations/us-central1/endpoints/1";
const std::string deployed = R"({"deployedModels":[{"endpoint":")" + endpoint + R"("}]})";
const std::string gemini_answer =
    R"({"candidates":[{"content":{"parts":[{"text":"Hello"}]},"finishReason":"STOP"}]})";

/// What became of a chat.
struct Life : test::Life {
  std::string text{};  ///< What was delivered.
  Result<ChatResponse> result = Error{};
  std::string remembered{};  ///< The endpoint that was found.
};

/// Drives a chat through what is to become of its exchanges.
struct Driver {
  std::vector<Answer> answers{};
  double dice = 0;
  milliseconds exchange_takes = 1s;
  Result<http::Headers> key = http::Headers{{"Authorization", "Bearer sk-secret"}};
  std::string stop_after{};       ///< A step after which the caller wants no more.
  std::string refused_piece{};    ///< A piece that the caller answers with false.
  std::string error_waited_on{};  ///< What the last wait followed.

  Life live(Plan plan) {
    Life life;
    const CallContext context{.on_event = [&](const StreamEvent& event) {
      life.text += event.text;
      return event.text != refused_piece;
    }};
    if (plan.chat.stream) {
      StreamedChatAnswer reader(plan.chat, context);
      run(plan, reader, life);
    } else {
      ChatAnswer reader(plan.chat);
      run(plan, reader, life);
    }
    error_waited_on = life.error_waited_on;
    return life;
  }

 private:
  void run(Plan& plan, ChatAnswer& reader, Life& life) const {
    const test::Environment nothing;
    const Accounts accounts({{"vertex", {.base_url = "https://host"}}}, {}, false);
    const Planner planner(accounts, {});
    Endpoints endpoints;
    LookUp look_up(plan.chat, planner, endpoints, reader);
    const ChatRefusals refusals(plan.chat, plan.catalog);
    const bool is_lookup = plan.chat.lookup.has_value();
    const test::CallDriver driver{.answers = answers,
                                  .dice = dice,
                                  .exchange_takes = exchange_takes,
                                  .key = key,
                                  .stop_after = stop_after};
    static_cast<test::Life&>(life) =
        driver.live({.provider = &plan.chat.model.provider(),
                     .refusals = &refusals,
                     .request = is_lookup ? *plan.chat.lookup : plan.chat.chat,
                     .limits = plan.limits,
                     .key_is_refreshable = plan.key_is_refreshable,
                     .deadline = plan.deadline,
                     .secrets = plan.chat.secrets},
                    is_lookup ? static_cast<AnswerReader&>(look_up) : reader);
    life.result = life.test::Life::result.transform(
        [&](const Success& success) { return reader.take(success, plan.catalog); });
    life.remembered = endpoints.find(plan.chat.model);
  }
};

}  // namespace

// ---- retries

TEST_CASE("an answer ends the call", "[chat_call]") {
  Driver driver{.answers = {{.headers = {{"x-request-id", "req_1"}}, .body = whole_answer}},
                .exchange_takes = 250ms};
  const Life life = driver.live(plain());
  CHECK(life.steps == Steps{"authorize", "send 1"});
  REQUIRE(life.result);
  CHECK(life.result->content == "Hello");
  CHECK(life.result->raw == whole_answer);
  CHECK(life.result->request_id == "req_1");
  CHECK(life.result->attempts == 1);
  CHECK(life.result->latency == 250ms);
  CHECK(life.text.empty());
}

TEST_CASE("an answer says what it cost if its usage and its prices are known", "[chat_call]") {
  const std::string body =
      R"({"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}],)"
      R"("usage":{"prompt_tokens":1000,"completion_tokens":500,"total_tokens":1500}})";
  const auto cost_of = [](const std::string& answer, Plan plan) {
    return Driver{.answers = {{.body = answer}}}.live(std::move(plan)).result.value().cost_usd;
  };
  CHECK(std::abs(cost_of(body, plain()).value() - 0.0009) < 1e-12);  // 0.30 and 1.20 a million
  CHECK_FALSE(cost_of(whole_answer, plain()));
  CHECK_FALSE(cost_of(body, plan_for("openai:nobody-knows-this")));
  Plan own = plan_for("openai:nobody-knows-this");
  own.catalog = parse_catalog(R"([{"provider":"openai","model_id":"nobody-knows-this",)"
                              R"("input_usd_per_mtok":2,"output_usd_per_mtok":4}])")
                    .value();
  CHECK(std::abs(cost_of(body, own).value() - 0.004) < 1e-12);
}

TEST_CASE("two retries are three sends, each with a key of its own", "[chat_call]") {
  Driver driver{.answers = std::vector<Answer>(3, {.status = 500})};
  const Life life = driver.live(plain());
  CHECK(life.steps == Steps{"authorize", "send 1", "wait 500 ms", "authorize", "send 2", "wait 1 s",
                            "authorize", "send 3"});
  REQUIRE_FALSE(life.result);
  CHECK(life.result.error().kind == ErrorKind::server_error);
  CHECK(life.result.error().attempts == 3);

  Driver lucky{.answers = std::vector<Answer>(3, {.status = 500}), .dice = 1};
  CHECK(lucky.live(plain()).steps == Steps{"authorize", "send 1", "wait 375 ms", "authorize",
                                           "send 2", "wait 750 ms", "authorize", "send 3"});
}

TEST_CASE("an answer after a retry is an answer, and counts its attempts", "[chat_call]") {
  Driver driver{.answers = {{.status = 503}, {.body = whole_answer}}};
  const Life life = driver.live(plain());
  REQUIRE(life.result);
  CHECK(life.result->attempts == 2);
  CHECK(life.result->latency == 2500ms);
}

TEST_CASE("a refused request is sent again if the refusal may pass", "[chat_call]") {
  struct Case {
    int status;
    std::string body;
    http::Headers headers;
    ErrorKind kind;
    std::size_t sends;
  };
  const std::string quota = R"({"error":{"message":"No credit","code":"insufficient_quota"}})";
  const std::string limited = R"({"error":{"message":"Slow","code":"rate_limit_exceeded"}})";
  const std::vector<Case> cases{
      {408, "", {}, ErrorKind::timed_out, 3},
      {409, "", {}, ErrorKind::invalid_request, 3},
      {429, limited, {}, ErrorKind::rate_limited, 3},
      {500, "", {}, ErrorKind::server_error, 3},
      {503, "<html>", {}, ErrorKind::overloaded, 3},
      {400, "", {}, ErrorKind::invalid_request, 1},
      {401, "", {}, ErrorKind::authentication, 1},
      {403, "", {}, ErrorKind::permission_denied, 1},
      {404, "", {}, ErrorKind::not_found, 1},
      {422, "", {}, ErrorKind::invalid_request, 1},
      {307, "", {}, ErrorKind::invalid_request, 1},
      {429, quota, {}, ErrorKind::quota_exhausted, 1},
      {429, quota, {{"x-should-retry", "true"}}, ErrorKind::quota_exhausted, 1},
      {400, "", {{"x-should-retry", "true"}}, ErrorKind::invalid_request, 3},
      {500, "", {{"x-should-retry", "false"}}, ErrorKind::server_error, 1},
  };
  for (const Case& c : cases) {
    INFO(c.status << ' ' << c.body);
    Driver driver{.answers = std::vector<Answer>(
                      3, {.status = c.status, .headers = c.headers, .body = c.body})};
    const Life life = driver.live(plain());
    CHECK(sends(life) == c.sends);
    REQUIRE_FALSE(life.result);
    CHECK(to_string(life.result.error().kind) == to_string(c.kind));
    CHECK(life.result.error().http_status == c.status);
    CHECK(life.result.error().attempts == static_cast<int>(c.sends));
    CHECK_FALSE(life.result.error().outcome_unknown);
  }
}

TEST_CASE("the number of retries is the caller's", "[chat_call]") {
  for (const int retries : {0, 1, 5, -1}) {
    Plan plan = plain();
    plan.limits.max_retries = retries;
    Driver driver{.answers = std::vector<Answer>(6, {.status = 500})};
    CHECK(sends(driver.live(std::move(plan))) ==
          static_cast<std::size_t>(std::max(retries, 0) + 1));
  }
}

TEST_CASE("the wait that the server asks for is obeyed, or reported if it is too long",
          "[chat_call]") {
  struct Case {
    http::Headers headers;
    std::string wait;
    std::optional<milliseconds> reported;
  };
  const std::vector<Case> cases{
      {{{"retry-after", "20"}}, "wait 20 s", 20s},
      {{{"retry-after", "120"}}, "wait 120 s", 120s},
      {{{"retry-after-ms", "30"}, {"retry-after", "20"}}, "wait 30 ms", 30ms},
      {{{"retry-after", "Sun, 22 Nov 2026 12:00:20 GMT"}}, "wait 20 s", 20s},
      {{{"retry-after", "soon"}}, "wait 500 ms", {}},
      {{{"retry-after", "121"}}, "", 121s},
      {{{"retry-after", "1209600"}}, "", 1'209'600s},
  };
  for (const auto& [headers, wait, reported] : cases) {
    Driver driver{.answers = std::vector<Answer>(2, {.status = 429, .headers = headers}),
                  .exchange_takes = 0ms};
    Plan plan = plain();
    plan.limits.max_retries = 1;
    const Life life = driver.live(std::move(plan));
    Steps expected{"authorize", "send 1"};
    if (!wait.empty()) expected.insert(expected.end(), {wait, "authorize", "send 2"});
    CHECK(life.steps == expected);
    REQUIRE_FALSE(life.result);
    CHECK(life.result.error().retry_after == reported);
  }
}

TEST_CASE("the wait may be in the body", "[chat_call]") {
  const std::string body =
      R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"Slow","details":[)"
      R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.4s"}]}})";
  Driver driver{.answers = {{.status = 429, .body = body}, {.body = gemini_answer}}};
  const Life life = driver.live(plan_for("google:tunedModels/m"));
  CHECK(life.steps == Steps{"authorize", "send 1", "wait 34.4 s", "authorize", "send 2"});
  CHECK(life.result);
}

TEST_CASE("a wait that reaches the deadline is not waited", "[chat_call]") {
  Plan plan = plain();
  plan.deadline = call_start.steady + 21s;
  Driver driver{.answers = {{.status = 429, .headers = {{"retry-after", "20"}}}}};
  const Life life = driver.live(plan);
  CHECK(life.steps == Steps{"authorize", "send 1"});
  REQUIRE_FALSE(life.result);
  CHECK(life.result.error().kind == ErrorKind::rate_limited);
  CHECK(life.result.error().retry_after == 20s);

  plan.deadline = *plan.deadline + 1ms;
  Driver in_time{
      .answers = {{.status = 429, .headers = {{"retry-after", "20"}}}, {.body = whole_answer}}};
  CHECK(in_time.live(std::move(plan)).result);
}

TEST_CASE("the time of a call is that of all of its attempts", "[chat_call]") {
  Plan plan = plain();
  plan.deadline = call_start.steady + 10s;
  Driver driver{.answers = std::vector<Answer>(3, {.status = 500}), .exchange_takes = 4s};
  const Life life = driver.live(std::move(plan));
  CHECK(life.steps == Steps{"authorize", "send 1", "wait 500 ms", "authorize", "send 2", "wait 1 s",
                            "authorize", "send 3"});
  REQUIRE(life.sent.size() == 3);
  CHECK(life.sent[0].total_timeout == 10s);
  CHECK(life.sent[1].total_timeout == 5500ms);
  CHECK(life.sent[2].total_timeout == 500ms);
}

TEST_CASE("nothing is sent after the deadline, however far away it is", "[chat_call]") {
  using TimePoint = std::chrono::steady_clock::time_point;
  for (const TimePoint deadline : {call_start.steady, call_start.steady - 1h, TimePoint::min()}) {
    Plan plan = plain();
    plan.deadline = deadline;
    const Life life = Driver{}.live(std::move(plan));
    CHECK(life.sent.empty());
    REQUIRE_FALSE(life.result);
    CHECK(life.result.error().kind == ErrorKind::timed_out);
    CHECK(life.result.error().attempts == 0);
  }
  Plan endless = plain();
  endless.deadline = TimePoint::max();
  CHECK(Driver{.answers = {{.body = whole_answer}}}.live(std::move(endless)).result);
}

// ---- unknown outcomes

TEST_CASE("what may have reached the server is not sent again unless that is allowed",
          "[chat_call]") {
  struct Case {
    FailureKind kind;
    Phase phase;
    bool reached;
    ErrorKind error;
    std::size_t sends;
    std::size_t sends_where_allowed;
  };
  const std::vector<Case> cases{
      {FailureKind::network, Phase::resolving, false, ErrorKind::network, 3, 3},
      {FailureKind::network, Phase::connecting, false, ErrorKind::network, 3, 3},
      {FailureKind::network, Phase::tls, false, ErrorKind::network, 3, 3},
      {FailureKind::network, Phase::sending, false, ErrorKind::network, 3, 3},
      {FailureKind::network, Phase::sending, true, ErrorKind::network, 1, 3},
      {FailureKind::network, Phase::waiting, true, ErrorKind::network, 1, 3},
      {FailureKind::network, Phase::receiving, true, ErrorKind::network, 1, 3},
      {FailureKind::timed_out, Phase::connecting, false, ErrorKind::timed_out, 3, 3},
      {FailureKind::timed_out, Phase::waiting, true, ErrorKind::timed_out, 1, 3},
      {FailureKind::timed_out, Phase::receiving, true, ErrorKind::timed_out, 1, 3},
      {FailureKind::request, Phase::sending, false, ErrorKind::other, 1, 1},
      {FailureKind::tls, Phase::tls, false, ErrorKind::tls, 1, 1},
      {FailureKind::stopped, Phase::waiting, true, ErrorKind::cancelled, 1, 1},
  };
  for (const Case& c : cases) {
    INFO(to_string(c.error) << " in phase " << static_cast<int>(c.phase));
    const std::vector<Answer> answers(3, failing(c.kind, c.phase, c.reached));
    const Life life = Driver{.answers = answers}.live(plain());
    CHECK(sends(life) == c.sends);
    REQUIRE_FALSE(life.result);
    CHECK(to_string(life.result.error().kind) == to_string(c.error));
    CHECK(life.result.error().outcome_unknown == c.reached);

    Plan bold = plain();
    bold.limits.retry_unknown_outcomes = true;
    CHECK(sends(Driver{.answers = answers}.live(std::move(bold))) == c.sends_where_allowed);
  }
}

TEST_CASE("a failure says what happened, when, and what that means", "[chat_call]") {
  struct Case {
    Answer answer;
    std::string message;
  };
  const std::vector<Case> cases{
      {failing(FailureKind::network, Phase::resolving, false),
       "OpenAI could not be reached while looking up the host: it broke."},
      {failing(FailureKind::network, Phase::waiting, true),
       "The connection to OpenAI broke while waiting for an answer: it broke. The request may have "
       "been carried out, and billed; look before it is sent again."},
      {failing(FailureKind::timed_out, Phase::receiving, true),
       "OpenAI took too long: time ran out while receiving the answer (it broke); allow more. The "
       "request may have been "
       "carried out, and billed; look before it is sent again."},
      {failing(FailureKind::request, Phase::sending, true),
       "The request to OpenAI was not sent whole: it broke. Correct it, and send it again."},
      {failing(FailureKind::tls, Phase::tls, false),
       "There is no safe connection to OpenAI, so nothing was sent: it broke. If the server "
       "is yours, name its authority in the option ca_file."},
  };
  for (const auto& [answer, message] : cases) {
    Plan plan = plain();
    plan.limits.max_retries = 0;
    const Life life = Driver{.answers = {answer}}.live(std::move(plan));
    REQUIRE_FALSE(life.result);
    CHECK(life.result.error().message == message);
  }
}

// ---- keys

TEST_CASE("a key that was refused is refreshed once", "[chat_call]") {
  Plan plan = plain();
  plan.key_is_refreshable = true;
  plan.limits.max_retries = 1;
  Driver driver{.answers = {{.status = 401}, {.status = 500}, {.status = 401}}};
  const Life life = driver.live(plan);
  CHECK(life.steps ==
        Steps{"authorize", "send 1", "refresh", "send 2", "wait 500 ms", "authorize", "send 3"});
  REQUIRE_FALSE(life.result);
  CHECK(life.result.error().kind == ErrorKind::authentication);
  CHECK(life.result.error().attempts == 3);

  plan.limits.max_retries = 0;
  Driver once{.answers = {{.status = 401}, {.body = whole_answer}}};
  CHECK(once.live(std::move(plan)).result);
}

TEST_CASE("without a key nothing is sent, and the reason is passed on", "[chat_call]") {
  Driver driver{.key = Error{.kind = ErrorKind::permission_denied, .message = "Log in first."}};
  const Life life = driver.live(plain());
  CHECK(life.steps == Steps{"authorize"});
  REQUIRE_FALSE(life.result);
  CHECK(life.result.error().message == "Log in first.");
  CHECK(life.result.error().attempts == 0);
}

TEST_CASE("a request that brings its key is not asked for one, nor for a fresh one",
          "[chat_call]") {
  Plan plan = plain();
  plan.chat.chat.credential = Credential::caller;
  plan.key_is_refreshable = true;
  plan.chat.chat.exchange.headers = {{"authorization", "Bearer mine"}};
  const Life life = Driver{.answers = {{.status = 401}}}.live(std::move(plan));
  CHECK(life.steps == Steps{"send 1"});
  CHECK(life.sent[0].headers == http::Headers{{"authorization", "Bearer mine"}});
}

TEST_CASE("the key is in the request and in no error", "[chat_call]") {
  const std::string body = R"({"error":{"message":"sk-secret is wrong","code":"sk-secret"}})";
  Driver driver{.answers = std::vector<Answer>(
                    3, {.status = 500, .headers = {{"x-request-id", "sk-secret"}}, .body = body})};
  const Life life = driver.live(plain());
  CHECK(http::find_header(life.sent[0].headers, "Authorization") == "Bearer sk-secret");
  CHECK(driver.error_waited_on ==
        "OpenAI answered 500 ([redacted]): [redacted] is wrong. Send it again later.");
  REQUIRE_FALSE(life.result);
  CHECK(life.result.error().message == driver.error_waited_on);
  CHECK(life.result.error().code == "[redacted]");
  CHECK(life.result.error().request_id == "[redacted]");
}

// ---- look-ups

TEST_CASE("a look-up comes first, and is counted apart", "[chat_call]") {
  Driver driver{.answers = {{.status = 500},
                            {.status = 500},
                            {.body = deployed},
                            {.status = 500},
                            {.status = 500},
                            {.body = gemini_answer}}};
  const Life life = driver.live(looked_up());
  CHECK(life.steps == Steps{"authorize", "look up", "wait 500 ms", "authorize", "look up",
                            "wait 1 s", "authorize", "look up", "authorize", "send 1",
                            "wait 500 ms", "authorize", "send 2", "wait 1 s", "authorize",
                            "send 3"});
  CHECK(life.sent[2].url == "https://host/model");
  CHECK(life.sent[3].url == "https://host/v1/" + endpoint + ":generateContent");
  CHECK_FALSE(http::find_header(life.sent[3].headers, "Authorization").empty());
  REQUIRE(life.result);
  CHECK(life.result->attempts == 3);
}

TEST_CASE("a look-up may be sent again whatever became of it, and bills nothing", "[chat_call]") {
  for (const Phase phase : {Phase::connecting, Phase::waiting, Phase::receiving}) {
    const std::vector<Answer> answers(3, failing(FailureKind::network, phase, true));
    const Life life = Driver{.answers = answers}.live(looked_up());
    CHECK(life.sent.size() == 3);
    REQUIRE_FALSE(life.result);
    CHECK(life.result.error().kind == ErrorKind::network);
    CHECK_FALSE(life.result.error().outcome_unknown);
    CHECK(life.result.error().attempts == 0);
  }
}

TEST_CASE("a look-up that leads nowhere says why", "[chat_call]") {
  struct Case {
    Answer answer;
    ErrorKind kind;
    std::string message;
  };
  const std::vector<Case> cases{
      {{.body = R"({"name":"M"})"},
       ErrorKind::model_not_found,
       "The model projects/p/locations/us-central1/models/M exists at Vertex AI, but it is not "
       "deployed to an endpoint; deploy it first, then ask again."},
      {{.body = R"({"deployedModels":[{"endpoint":"evil"}]})"},
       ErrorKind::malformed_response,
       "What Vertex AI named as the endpoint of the model is not one; call the endpoint itself by "
       "its name."},
      {{.body = "<html>"},
       ErrorKind::malformed_response,
       "Vertex AI answered what is not its protocol: The description of the model is not a JSON "
       "object. Check the base URL."},
      {{.status = 404, .body = R"({"error":{"status":"NOT_FOUND","message":"No model"}})"},
       ErrorKind::model_not_found,
       "Vertex AI answered 404 (NOT_FOUND): No model. Check that the id is whole, that its "
       "fine-tuning job has finished, and that the key belongs to the organisation or project that "
       "owns it."},
  };
  for (const auto& [answer, kind, message] : cases) {
    const Life life = Driver{.answers = {answer}}.live(looked_up());
    CHECK(life.steps == Steps{"authorize", "look up"});
    REQUIRE_FALSE(life.result);
    CHECK(life.result.error().kind == kind);
    CHECK(life.result.error().message == message);
  }
}

// ---- streams

TEST_CASE("a stream ends well or says how it ended, with the text so far", "[chat_call]") {
  struct Case {
    std::string name;
    Answer answer;
    std::optional<ErrorKind> kind;  ///< Empty: an answer.
    std::string text;
    bool outcome_unknown = false;
  };
  const http::Failure cut{.phase = Phase::receiving, .may_have_reached_server = true};
  const http::Failure stall{
      .kind = FailureKind::timed_out, .phase = Phase::receiving, .may_have_reached_server = true};
  const std::string event_error =
      "data: {\"error\":{\"message\":\"Busy\",\"code\":\"server_error\"}}\n\n";
  const std::vector<Case> cases{
      {"whole", {.body = first_event + last_events}, {}, "Hello"},
      {"failure after the terminator",
       {.body = first_event + last_events, .failure = cut},
       {},
       "Hello"},
      {"failure before the terminator's blank line",
       {.body = first_event + last_events.substr(0, last_events.size() - 1), .failure = cut},
       {},
       "Hello"},
      {"junk after the terminator",
       {.body = first_event + last_events + "data: {oops\n\n" + event_error},
       {},
       "Hello"},
      {"no terminator", {.body = first_event}, ErrorKind::interrupted_stream, "Hel", true},
      {"cut in a line",
       {.body = first_event + last_events.substr(0, 20)},
       ErrorKind::interrupted_stream,
       "Hel",
       true},
      {"cut connection",
       {.body = first_event, .failure = cut},
       ErrorKind::interrupted_stream,
       "Hel",
       true},
      {"nothing at all", {}, ErrorKind::interrupted_stream, "", true},
      {"stall", {.body = first_event, .failure = stall}, ErrorKind::timed_out, "Hel", true},
      {"error event", {.body = first_event + event_error}, ErrorKind::server_error, "Hel"},
      {"not JSON",
       {.body = first_event + "data: {oops\n\n" + last_events},
       ErrorKind::malformed_response,
       "Hel"},
      {"text after the terminator", {.body = first_event + last_events + first_event}, {}, "Hello"},
      {"a page instead of a stream",
       {.headers = {{"content-type", "text/html; charset=utf-8"}}, .body = "<html></html>"},
       ErrorKind::malformed_response,
       ""},
      {"an error event that is a text",
       {.body = first_event + "event: error\ndata: Busy\n\n"},
       ErrorKind::server_error,
       "Hel"},
      {"a tool call that cannot be",
       {.body = first_event +
                "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":4294967296}]}}]}\n\n"},
       ErrorKind::malformed_response,
       "Hel"},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    const Life life = Driver{.answers = {c.answer}}.live(streamed());
    CHECK(life.steps == Steps{"authorize", "send 1"});
    CHECK(life.text == c.text);
    CHECK(life.result.has_value() == !c.kind);
    if (life.result) {
      CHECK(life.result->content == c.text);
      CHECK(life.result->finish_reason == FinishReason::stop);
    } else {
      CHECK(to_string(life.result.error().kind) == to_string(c.kind.value_or(ErrorKind::other)));
      CHECK(life.result.error().partial == c.text);
      CHECK(life.result.error().outcome_unknown == c.outcome_unknown);
      CHECK(life.result.error().http_status == 200);
    }
  }
}

TEST_CASE("a Gemini stream is read to its end, whatever its chunks say of finishing",
          "[chat_call]") {
  const auto chunk = [](const std::string& text) {
    return R"(data: {"candidates":[{"content":{"parts":[{"text":")" + text +
           R"("}]},"finishReason":"STOP"}]})" + "\n\n";
  };
  Plan plan = plan_for("google:tunedModels/m");
  plan.chat.stream = true;
  const Life whole = Driver{.answers = {{.body = chunk("Hel") + chunk("lo")}}}.live(plan);
  REQUIRE(whole.result);
  CHECK(whole.result->content == "Hello");

  // A reason to finish is the only terminator that there is.
  for (const FailureKind kind : {FailureKind::network, FailureKind::timed_out}) {
    const Answer left_open = failing(kind, Phase::receiving, true, chunk("Hello"));
    const Life life = Driver{.answers = {left_open}}.live(plan);
    REQUIRE(life.result);
    CHECK(life.result->content == "Hello");
  }
}

TEST_CASE("a refusal is read in its beginning, however long it is", "[chat_call]") {
  Plan plan = plain();
  plan.limits.max_response_bytes = 100;
  const std::string body = R"({"error":{"message":"Busy."}})" + std::string(2'000'000, ' ');
  const Life life =
      Driver{.answers = std::vector<Answer>(3, {.status = 503, .body = body})}.live(plan);
  CHECK(sends(life) == 3);
  REQUIRE_FALSE(life.result);
  CHECK(life.result.error().kind == ErrorKind::overloaded);
  CHECK(life.result.error().message.find("Busy.") != std::string::npos);
}

TEST_CASE("what heads say of trying again counts for an error in a stream too", "[chat_call]") {
  const std::string body = "data: {\"error\":{\"message\":\"Oh.\"}}\n\n";
  const auto answer_with = [&body](http::Headers headers) {
    return std::vector<Answer>(3, {.headers = std::move(headers), .body = body});
  };
  CHECK(sends(Driver{.answers = answer_with({{"x-should-retry", "false"}})}.live(streamed())) == 1);
  CHECK(Driver{.answers = answer_with({{"retry-after", "7"}})}.live(streamed()).steps.at(2) ==
        "wait 7 s");
}

TEST_CASE(
    "a tool call of which nothing was said, because a later one made room for it, is left out",
    "[chat_call]") {
  const std::string body =
      R"(data: {"choices":[{"delta":{"tool_calls":[{"index":1,"id":"a","function":{"arguments":"{}"}}]}}]})"
      "\n\ndata: [DONE]\n\n";
  const Life life = Driver{.answers = {{.body = body}}}.live(streamed());
  REQUIRE(life.result);
  REQUIRE(life.result->tool_calls.size() == 1);
  CHECK(life.result->tool_calls[0].id == "a");
}

TEST_CASE("what a provider said is fit for a sentence: no secret, one line, not endless",
          "[chat_call]") {
  const std::string body = R"({"error":{"message":")" + std::string(590, 'x') +
                           R"( sk-secret","code":"a\nb\u001b[31m\u0085\u202e\u2066)" +
                           std::string(1'000, 'y') + R"("}})";
  const Life life = Driver{.answers = {{.status = 400, .body = body}}}.live(plain());
  REQUIRE_FALSE(life.result);
  const Error& error = life.result.error();
  CHECK(error.message.find("sk-") == std::string::npos);
  CHECK(error.message.size() < 900);
  CHECK(error.code.starts_with("a b [31m yyy"));
  CHECK(error.code.size() < 110);
  CHECK(error.message.find_first_of("\n\x1b") == std::string::npos);
}

TEST_CASE("what may be wrong with a provider's fine-tunes alone is said of them alone",
          "[chat_call]") {
  const auto message_of = [](std::string_view spec, int status) {
    Plan plan = plan_for(spec);
    plan.limits.max_retries = 0;
    return Driver{.answers = {{.status = status}}}.live(plan).result.error().message;
  };
  CHECK(message_of("together:acme/Llama-3-8b-x-12345678", 503).ends_with("deploy it to one."));
  CHECK(message_of("google:tunedModels/m", 403).ends_with("Account::access_token."));
  CHECK_FALSE(message_of("together:acme/Llama-3-8b-x-12345678", 400).ends_with("to one."));
  CHECK_FALSE(message_of("together:meta-llama/Llama-3-8b", 503).ends_with("to one."));
  CHECK_FALSE(message_of("openai:ft:gpt-4o:acme::x", 503).ends_with("to one."));
}

TEST_CASE("the request id that was part of a stream is in its error", "[chat_call]") {
  const std::string body =
      "data: {\"x_groq\":{\"id\":\"req_9\"},\"choices\":[]}\n\n"
      "data: {\"error\":{\"message\":\"Oh.\"}}\n\n";
  Plan plan = plan_for("groq:llama-3.1-8b-instant");
  plan.chat.stream = true;
  plan.limits.max_retries = 0;
  const Life life = Driver{.answers = {{.body = body}}}.live(plan);
  REQUIRE_FALSE(life.result);
  CHECK(life.result.error().request_id == "req_9");
}

TEST_CASE("a stream is sent again only while nothing of it has been delivered", "[chat_call]") {
  struct Case {
    std::string name;
    Answer answer;
    std::size_t sends;
    std::size_t sends_where_unknown_is_allowed;
  };
  const http::Failure cut{.phase = Phase::receiving, .may_have_reached_server = true};
  const auto event_error = [](std::string_view code) {
    return fmt::format(R"(data: {{"error":{{"message":"Oh","code":"{}"}}}})", code) + "\n\n";
  };
  const std::string reasoning = "data: {\"choices\":[{\"delta\":{\"reasoning\":\"Hm\"}}]}\n\n";
  const std::string tool =
      "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":"
      "{\"name\":\"f\",\"arguments\":\"\"}}]}}]}\n\n";
  const std::vector<Case> cases{
      {"refused", {.status = 503}, 3, 3},
      {"error that may pass", {.body = event_error("server_error")}, 3, 3},
      {"rate limit", {.body = event_error("rate_limit_exceeded")}, 3, 3},
      {"error that stays", {.body = event_error("context_length_exceeded")}, 1, 1},
      {"quota", {.body = event_error("insufficient_quota")}, 1, 1},
      {"not JSON", {.body = "data: {oops\n\n"}, 1, 1},
      {"empty", {}, 1, 3},
      {"cut", {.failure = cut}, 1, 3},
      {"error after text", {.body = first_event + event_error("server_error")}, 1, 1},
      {"error after reasoning", {.body = reasoning + event_error("server_error")}, 1, 1},
      {"error after a tool call", {.body = tool + event_error("server_error")}, 1, 1},
      {"cut after text", {.body = first_event, .failure = cut}, 1, 1},
      {"end after text", {.body = first_event}, 1, 1},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    const std::vector<Answer> answers(3, c.answer);
    CHECK(sends(Driver{.answers = answers}.live(streamed())) == c.sends);
    Plan bold = streamed();
    bold.limits.retry_unknown_outcomes = true;
    CHECK(sends(Driver{.answers = answers}.live(std::move(bold))) ==
          c.sends_where_unknown_is_allowed);
  }
}

TEST_CASE("a second attempt begins with nothing of the first", "[chat_call]") {
  const std::string id = "data: {\"id\":\"first\",\"choices\":[]}\n\n";
  const std::string error = "data: {\"error\":{\"message\":\"Oh\",\"code\":\"server_error\"}}\n\n";
  Driver driver{
      .answers = {{.headers = {{"x-request-id", "req_1"}}, .body = id + error + "data: {"},
                  {.body = first_event + last_events}}};
  const Life life = driver.live(streamed());
  REQUIRE(life.result);
  CHECK(life.result->id.empty());
  CHECK(life.result->request_id.empty());
  CHECK(life.result->content == "Hello");
  CHECK(life.text == "Hello");
}

TEST_CASE("a refusal of a stream is read as one", "[chat_call]") {
  const std::string body = R"({"error":{"message":"Wrong","code":"invalid_api_key"}})";
  const Life life = Driver{.answers = {{.status = 401, .body = body}}}.live(streamed());
  REQUIRE_FALSE(life.result);
  CHECK(life.result.error().kind == ErrorKind::authentication);
  CHECK(life.result.error().code == "invalid_api_key");
  CHECK(life.text.empty());
}

// ---- models that are not there

TEST_CASE("a model that is not found says what to check, or when it ended", "[chat_call]") {
  struct Case {
    std::string spec;
    std::string body;
    ErrorKind kind;
    std::string message;
    std::string catalog = "[]";
  };
  const std::string openai = R"({"error":{"message":"No such model","code":"model_not_found"}})";
  const std::string cohere = R"({"message":"model 'x' not found"})";
  const std::string of_fine_tunes =
      "Check that the id is whole, that its fine-tuning job has finished, and that the key belongs "
      "to the organisation or project that owns it.";
  const std::vector<Case> cases{
      {"openai:ft:gpt-4o-mini-2024-07-18:acme::x", openai, ErrorKind::model_not_found,
       "OpenAI answered 404 (model_not_found): No such model. " + of_fine_tunes},
      {"openai:gpt-4o-minni", openai, ErrorKind::model_not_found,
       "OpenAI answered 404 (model_not_found): No such model. Check how the model is spelt, and "
       "that the key may use it."},
      {"openai:ft:gpt-4o-mini-2024-07-18:acme::x", "<html><title>Not here</title></html>",
       ErrorKind::not_found,
       "OpenAI answered 404: an HTML page instead of JSON, titled \"Not here\". Check the base "
       "URL."},
      {"openai:ft:gpt-4o-mini-2024-07-18:acme::x", "", ErrorKind::not_found,
       "OpenAI answered 404: nothing. Check the base URL."},
      {"openai:ft:gpt-3.5-turbo-0125:acme::x", openai, ErrorKind::model_retired,
       "OpenAI answered 404 (model_not_found): No such model. ft:gpt-3.5-turbo-0125:acme::x ended "
       "on 2026-10-23; move to another model."},
      {"openai:gpt-3.5-turbo-0613", openai, ErrorKind::model_retired,
       "OpenAI answered 404 (model_not_found): No such model. gpt-3.5-turbo-0613 ended on "
       "2024-09-13; move to another model."},
      {"cohere:custom-rag-assistant", cohere, ErrorKind::model_retired,
       "Cohere answered 404: model 'x' not found. custom-rag-assistant ended on 2025-09-15; move "
       "to "
       "another model."},
      {"cohere:command-nothing", cohere, ErrorKind::model_not_found,
       "Cohere answered 404: model 'x' not found. Check how the model is spelt, and that the key "
       "may use it."},
      {"openai:ft:gpt-3.5-turbo-0125:acme::x", openai, ErrorKind::model_not_found,
       "OpenAI answered 404 (model_not_found): No such model. " + of_fine_tunes,
       R"([{"provider":"openai","model_id":"gpt-3.5-turbo-0125","retired_on":"2027-05-01"}])"},
      {"openai:ft:gpt-4o-mini-2024-07-18:acme::x", openai, ErrorKind::model_retired,
       "OpenAI answered 404 (model_not_found): No such model. ft:gpt-4o-mini-2024-07-18:acme::x "
       "ended on 2026-11-22; move to gpt-5-mini.",
       R"([{"provider":"openai","model_id":"ft:gpt-4o-mini-2024-07-18:acme::x",
            "retired_on":"2026-11-22","replacement":"gpt-5-mini"}])"},
  };
  for (const Case& c : cases) {
    INFO(c.spec);
    Plan plan = plan_for(c.spec);
    plan.catalog = parse_catalog(c.catalog).value();
    const Life life = Driver{.answers = {{.status = 404, .body = c.body}}}.live(std::move(plan));
    CHECK(sends(life) == 1);
    REQUIRE_FALSE(life.result);
    CHECK(to_string(life.result.error().kind) == to_string(c.kind));
    CHECK(life.result.error().message == c.message);
  }
}

TEST_CASE("a redirect is not followed, and says what to correct", "[chat_call]") {
  Driver driver{.answers = {{.status = 308, .headers = {{"Location", "https://evil.com"}}}}};
  const Life life = driver.live(plain());
  CHECK(sends(life) == 1);
  REQUIRE_FALSE(life.result);
  CHECK(life.result.error().kind == ErrorKind::invalid_request);
  CHECK(life.result.error().code == "redirected");
  CHECK(life.result.error().message ==
        "OpenAI answered 308, a redirect; it is not followed, so that the key goes nowhere else. "
        "Correct the base URL.");
}

// ---- what is not an answer

TEST_CASE("what is not an answer says so", "[chat_call]") {
  for (const std::string_view body :
       {"", "<html>Welcome</html>", "null", "[]", R"({"choices":[]})", R"({"choices":null})"}) {
    INFO(body);
    const Life life = Driver{.answers = {{.body = std::string(body)}}}.live(plain());
    CHECK(sends(life) == 1);
    REQUIRE_FALSE(life.result);
    CHECK(life.result.error().kind == ErrorKind::malformed_response);
    CHECK(life.result.error().http_status == 200);
    CHECK(life.result.error().message.starts_with("OpenAI answered what is not its protocol: "));
    CHECK(life.result.error().message.ends_with(" Check the base URL."));
  }
}

TEST_CASE("an error under a good status is that error", "[chat_call]") {
  const std::string body = R"([{"error":{"code":503,"status":"UNAVAILABLE","message":"Busy."}}])";
  const Life life = Driver{.answers = {{.body = body}}}.live(plan_for("google:tunedModels/m"));
  REQUIRE_FALSE(life.result);
  CHECK(life.result.error().kind == ErrorKind::overloaded);
  CHECK(
      life.result.error().message ==
      "Google (Gemini API) answered an error as if it were an answer (UNAVAILABLE): Busy. Send it "
      "again later.");
}

TEST_CASE("an answer that is too large ends the call and says what to raise", "[chat_call]") {
  for (const bool stream : {false, true}) {
    Plan plan = stream ? streamed() : plain();
    plan.limits.max_response_bytes = first_event.size() + 10;
    const std::string body = stream ? first_event + last_events : std::string(1'000, ' ');
    const Life life = Driver{.answers = {{.body = body}}}.live(plan);
    CHECK(sends(life) == 1);
    REQUIRE_FALSE(life.result);
    CHECK(life.result.error().kind == ErrorKind::malformed_response);
    CHECK(life.result.error().message ==
          fmt::format("The answer of OpenAI is larger than the {} bytes that the "
                      "option max_response_bytes allows; raise it.",
                      plan.limits.max_response_bytes));
    CHECK(life.result.error().partial == (stream ? "Hel" : ""));

    plan.limits.max_response_bytes = body.size();
    const std::string fitting = stream ? body : whole_answer;
    CHECK(Driver{.answers = {{.body = fitting}}}.live(std::move(plan)).result);
  }
}

// ---- cancellation

TEST_CASE("a call that is stopped does nothing more", "[chat_call]") {
  struct Case {
    std::string stop_after;
    Steps steps;
  };
  const std::vector<Case> cases{
      {"authorize", {"authorize"}},
      {"send 1", {"authorize", "send 1"}},
      {"wait 500 ms", {"authorize", "send 1", "wait 500 ms"}},
      {"send 2", {"authorize", "send 1", "wait 500 ms", "authorize", "send 2"}},
  };
  for (const auto& [stop_after, steps] : cases) {
    INFO(stop_after);
    Driver driver{.answers = std::vector<Answer>(3, {.status = 500}), .stop_after = stop_after};
    const Life life = driver.live(plain());
    CHECK(life.steps == steps);
    REQUIRE_FALSE(life.result);
    CHECK(life.result.error().kind == ErrorKind::cancelled);
    CHECK(life.result.error().attempts == static_cast<int>(sends(life)));
  }
}

TEST_CASE("a stream whose caller wants no more is cancelled, with the text so far", "[chat_call]") {
  Driver driver{.answers = {{.body = first_event + last_events}}, .refused_piece = "Hel"};
  const Life life = driver.live(streamed());
  CHECK(life.text == "Hel");
  REQUIRE_FALSE(life.result);
  CHECK(life.result.error().kind == ErrorKind::cancelled);
  CHECK(life.result.error().partial == "Hel");
}

TEST_CASE("an answer that arrived before the stop is not thrown away", "[chat_call]") {
  Driver driver{.answers = {{.body = whole_answer}}, .stop_after = "send 1"};
  CHECK(driver.live(plain()).result);
}
