// The life of any call: requests of every method, bodies from a source, further exchanges. That of
// a chat is in tests/client/chat_call.test.cpp.

#include "call/call.hpp"

#include "call/download.hpp"
#include "support/call_life.hpp"
#include "support/catch.hpp"

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;
using namespace std::chrono_literals;
using test::Answer;
using test::call_start;
using test::CallDriver;
using test::failing;
using test::Life;
using test::sends;
using test::Steps;
using FailureKind = http::Failure::Kind;
using Phase = http::Phase;

namespace {

const Provider service{.name = "acme",
                       .title = "Acme",
                       .accent = {.request_id_header = "x-id"},
                       .key_variable = "KEY",
                       .key_header = {.name = "x-acme", .prefix = ""}};

class Refusals final : public RefusalReader {
 public:
  [[nodiscard]] Error explain(int status, std::string_view body) const override {
    const ErrorKind kind = status == 401   ? ErrorKind::authentication
                           : status >= 500 ? ErrorKind::server_error
                                           : ErrorKind::invalid_request;
    return {.kind = kind, .message = std::string(body), .http_status = status};
  }
  [[nodiscard]] std::string advise(Error& error, std::chrono::year_month_day) const override {
    return general_advice_on(error, service);
  }
};
const Refusals refusals;

/// Keeps the text of an answer.
class Text : public WholeAnswer {
 public:
  std::string text{};

 private:
  Reading read_whole(std::string body) override {
    text = std::move(body);
    return Answered{};
  }
};

Request request_of(std::string method) {
  const bool may_be_repeated = method != "POST";
  return {.exchange = {.method = std::move(method), .url = "https://host/thing"},
          .may_be_repeated = may_be_repeated};
}

CallPlan plan_of(Request request) {
  return {.provider = &service,
          .refusals = &refusals,
          .request = std::move(request),
          .limits = {.max_retries = 2}};
}

/// A body that counts how often it is read from its beginning.
class Source final : public http::BodySource {
 public:
  explicit Source(int most_rewinds = 1'000) : most_rewinds_(most_rewinds) {}
  [[nodiscard]] std::uint64_t size() const noexcept override { return 0; }
  [[nodiscard]] bool rewind() noexcept override { return ++rewinds <= most_rewinds_; }
  [[nodiscard]] std::optional<std::size_t> read(std::span<char>) noexcept override { return 0; }

  int rewinds = 0;

 private:
  int most_rewinds_;
};

Request upload_of(std::shared_ptr<Source> source) {
  Request request = request_of("PUT");
  request.exchange.source = std::move(source);
  return request;
}

}  // namespace

// ---- what may be repeated

TEST_CASE("a request that may be repeated is sent again whatever became of it", "[call]") {
  struct Case {
    std::string method;
    std::size_t sends;
    bool outcome_unknown;
    std::string end;  ///< Of the message.
  };
  const std::vector<Case> cases{
      {"GET", 3, false, "while waiting for an answer: it broke."},
      {"PUT", 3, true, " The request may have been carried out; it is safe to send it again."},
      {"DELETE", 3, true, " The request may have been carried out; it is safe to send it again."},
      {"POST", 1, true,
       " The request may have been carried out, and billed; look before it is sent again."},
  };
  for (const Case& c : cases) {
    INFO(c.method);
    const CallDriver broken{
        .answers = std::vector<Answer>(3, failing(FailureKind::network, Phase::waiting, true))};
    Text reader;
    const Life life = broken.live(plan_of(request_of(c.method)), reader);
    CHECK(sends(life) == c.sends);
    CHECK(life.sent.front().method == c.method);
    REQUIRE_FALSE(life.result);
    CHECK(life.result.error().kind == ErrorKind::network);
    CHECK(life.result.error().outcome_unknown == c.outcome_unknown);
    CHECK(life.result.error().message.ends_with(c.end));

    const CallDriver slow{
        .answers = std::vector<Answer>(3, failing(FailureKind::timed_out, Phase::receiving, true))};
    CHECK(sends(slow.live(plan_of(request_of(c.method)), reader)) == c.sends);
  }
}

TEST_CASE("who may repeat a request is told by the request, not by its method", "[call]") {
  const CallDriver driver{
      .answers = {failing(FailureKind::network, Phase::waiting, true), {.body = "done"}}};
  Request part = request_of("POST");
  part.may_be_repeated = true;
  Text reader;
  CHECK(driver.live(plan_of(part), reader).result);
  CHECK(reader.text == "done");
  Request once = request_of("PUT");
  once.may_be_repeated = false;
  CHECK_FALSE(driver.live(plan_of(once), reader).result);
}

TEST_CASE("what does not pass is not repeated", "[call]") {
  Text reader;
  for (const FailureKind kind : {FailureKind::tls, FailureKind::stopped}) {
    const CallDriver driver{.answers = {failing(kind, Phase::waiting, true)}};
    CHECK(sends(driver.live(plan_of(request_of("GET")), reader)) == 1);
  }
  for (const int status : {400, 403, 404, 410, 422}) {
    const CallDriver driver{.answers = {{.status = status}}};
    CHECK(sends(driver.live(plan_of(request_of("DELETE")), reader)) == 1);
  }
}

TEST_CASE("an answer has nothing of the attempts before it", "[call]") {
  const CallDriver driver{
      .answers = {{.status = 503, .headers = {{"x-id", "1"}}, .body = "busy"},
                  failing(FailureKind::network, Phase::receiving, true, "half of it"),
                  {.headers = {{"x-id", "3"}}, .body = "whole"}}};
  Text reader;
  const Life life = driver.live(plan_of(request_of("GET")), reader);
  CHECK(life.steps == Steps{"authorize", "send 1", "wait 500 ms", "authorize", "send 2", "wait 1 s",
                            "authorize", "send 3"});
  REQUIRE(life.result);
  CHECK(life.result->attempts == 3);
  CHECK(life.result->request_id == "3");
  CHECK(life.result->latency == 4500ms);
  CHECK(reader.text == "whole");
}

// ---- time and size

TEST_CASE("an exchange has the limits of its call", "[call]") {
  CallPlan plan = plan_of(request_of("GET"));
  plan.limits.connect_timeout = 1ms;
  plan.limits.first_byte_timeout = 2ms;
  plan.limits.idle_timeout = 3ms;
  plan.limits.total_timeout = 10s;
  Text reader;
  const CallDriver driver{.answers = {{.status = 500}, {}}, .exchange_takes = 4s};
  const Life life = driver.live(plan, reader);
  REQUIRE(life.sent.size() == 2);
  for (const http::Exchange& exchange : life.sent) {
    CHECK(exchange.connect_timeout == 1ms);
    CHECK(exchange.first_byte_timeout == 2ms);
    CHECK(exchange.idle_timeout == 3ms);
  }
  CHECK(life.sent[0].total_timeout == 10s);
  CHECK(life.sent[1].total_timeout == 5500ms);

  plan.deadline = call_start.steady + 7s;
  CHECK(driver.live(plan, reader).sent[1].total_timeout == 2500ms);
  plan.limits.total_timeout = 0ms;
  plan.deadline.reset();
  CHECK(driver.live(plan, reader).sent[1].total_timeout == 0ms);
}

TEST_CASE("time that runs out between attempts says what the last one said", "[call]") {
  CallPlan plan = plan_of(request_of("GET"));
  plan.deadline = call_start.steady + 2s;
  Text reader;
  Call call(plan, reader, call_start);
  static_cast<void>(call.next(call_start));
  call.authorized(http::Headers{});
  static_cast<void>(call.next(call_start));
  call.heard(http::Head{503, {}});
  call.exchanged({}, call_start, 0);
  CHECK(std::holds_alternative<Call::Wait>(call.next(call_start)));
  call.waited();
  // No key is asked for any more.
  CHECK(std::holds_alternative<Call::Done>(call.next({call_start.steady + 2s, call_start.wall})));
  const Result<Success> result = std::move(call).result(call_start);
  CHECK(result.error().kind == ErrorKind::timed_out);
  REQUIRE(result.error().causes.size() == 1);
  CHECK(result.error().causes[0].http_status == 503);
}

TEST_CASE("an error tells of its own attempt", "[call]") {
  Text reader;
  Call call(plan_of(request_of("GET")), reader, call_start);
  static_cast<void>(call.next(call_start));
  call.authorized(http::Headers{});
  static_cast<void>(call.next(call_start));
  call.heard(http::Head{503, {{"x-id", "req_503"}}});
  call.exchanged({}, call_start, 0);
  CHECK(std::holds_alternative<Call::Wait>(call.next(call_start)));
  call.waited();
  static_cast<void>(call.next(call_start));
  call.authorized(Error{.kind = ErrorKind::permission_denied, .message = "No token."});
  const Result<Success> result = std::move(call).result(call_start);
  CHECK(result.error().http_status == 0);
  CHECK(result.error().request_id.empty());
  REQUIRE(result.error().causes.size() == 1);
  CHECK(result.error().causes[0].request_id == "req_503");
}

TEST_CASE("what an earlier attempt may have done is not forgotten", "[call]") {
  const Answer lost = failing(FailureKind::network, Phase::waiting, true);
  const Answer unreachable = failing(FailureKind::network, Phase::connecting, false);
  struct Case {
    std::vector<Answer> answers;
    std::string stop_after;
    ErrorKind kind;
    bool outcome_unknown;
  };
  const std::vector<Case> cases{
      {{lost, {.status = 400}}, "", ErrorKind::invalid_request, true},
      {{lost, unreachable, unreachable}, "", ErrorKind::network, true},
      {{lost}, "wait 500 ms", ErrorKind::cancelled, true},
      {{unreachable, {.status = 400}}, "", ErrorKind::invalid_request, false},
  };
  for (const Case& c : cases) {
    INFO(to_string(c.kind));
    CallPlan plan = plan_of(request_of("POST"));
    plan.limits.retry_unknown_outcomes = true;
    Text reader;
    const CallDriver driver{.answers = c.answers, .stop_after = c.stop_after};
    const Life life = driver.live(plan, reader);
    REQUIRE_FALSE(life.result);
    const Error& error = life.result.error();
    CHECK(error.kind == c.kind);
    CHECK(error.outcome_unknown == c.outcome_unknown);
    CHECK(error.message.ends_with(
              " An earlier attempt may have been carried out, and billed; look before it is sent "
              "again.") == c.outcome_unknown);
  }
}

TEST_CASE("a server that has begun its answer had the request, whatever the transport says",
          "[call]") {
  Text reader;
  const CallDriver driver{.answers = {failing(FailureKind::network, Phase::receiving, false)}};
  const Life life = driver.live(plan_of(request_of("POST")), reader);
  CHECK(sends(life) == 1);
  REQUIRE_FALSE(life.result);
  CHECK(life.result.error().outcome_unknown);
}

TEST_CASE("of a refusal its beginning is read, and no more", "[call]") {
  Text reader;
  Call call(plan_of(request_of("GET")), reader, call_start);
  static_cast<void>(call.next(call_start));
  call.authorized(http::Headers{});
  static_cast<void>(call.next(call_start));
  call.heard(http::Head{400, {}});
  const std::string piece(1 << 16, 'x');
  int pieces = 1;
  while (call.heard(piece) == http::Flow::go_on && pieces < 1'000) ++pieces;
  CHECK(pieces == 16);
}

TEST_CASE("an answer that is kept in memory has a limit of size", "[call]") {
  CallPlan plan = plan_of(request_of("GET"));
  plan.limits.max_response_bytes = 10;
  Text reader;
  const Life life = CallDriver{.answers = {{.body = "0123456789+"}}}.live(plan, reader);
  REQUIRE_FALSE(life.result);
  CHECK(life.result.error().kind == ErrorKind::malformed_response);
  CHECK(CallDriver{.answers = {{.body = "0123456789"}}}.live(plan, reader).result);
}

// ---- bodies from a source

TEST_CASE("a source is read from its beginning before every attempt", "[call]") {
  const auto source = std::make_shared<Source>();
  CallPlan plan = plan_of(upload_of(source));
  plan.key_is_refreshable = true;
  Text reader;
  const CallDriver driver{.answers = {failing(FailureKind::network, Phase::sending, true),
                                      {.status = 401},
                                      {.status = 503},
                                      {.body = "{}"}}};
  const Life life = driver.live(plan, reader);
  CHECK(life.steps == Steps{"authorize", "send 1", "wait 500 ms", "authorize", "send 2", "refresh",
                            "send 3", "wait 1 s", "authorize", "send 4"});
  CHECK(life.result);
  CHECK(source->rewinds == 4);
  for (const http::Exchange& exchange : life.sent) CHECK(exchange.source == source);
}

TEST_CASE("a source that cannot be read from its beginning is not sent", "[call]") {
  const std::string message =
      "The request to Acme cannot be sent, because the body cannot be read from its beginning; see "
      "that it is still there.";
  Text reader;
  const Life never = CallDriver{}.live(plan_of(upload_of(std::make_shared<Source>(0))), reader);
  CHECK(never.steps == Steps{"authorize"});
  REQUIRE_FALSE(never.result);
  CHECK(never.result.error().kind == ErrorKind::invalid_request);
  CHECK(never.result.error().code == "unreadable_body");
  CHECK(never.result.error().message == message);
  CHECK(never.result.error().attempts == 0);

  const CallDriver busy{.answers = {{.status = 503, .body = "Busy"}}};
  const Life once = busy.live(plan_of(upload_of(std::make_shared<Source>(1))), reader);
  CHECK(once.steps == Steps{"authorize", "send 1", "wait 500 ms", "authorize"});
  REQUIRE_FALSE(once.result);
  CHECK(once.result.error().message == message);
  REQUIRE(once.result.error().causes.size() == 1);
  CHECK(once.result.error().causes[0].message == "Acme answered 503: Busy. Send it again later.");
}

TEST_CASE("a body from a source takes as long as it takes, or as its caller allows", "[call]") {
  CallPlan plan = plan_of(upload_of(std::make_shared<Source>()));
  plan.limits.total_timeout = 600s;
  plan.limits.idle_timeout = 60s;
  Text reader;
  const CallDriver driver{.answers = {{.status = 503}, {}}, .exchange_takes = 2h};
  const Life life = driver.live(plan, reader);
  CHECK(life.result);
  REQUIRE(life.sent.size() == 2);
  CHECK(life.sent[1].total_timeout == 0ms);
  CHECK(life.sent[1].idle_timeout == 60s);

  plan.deadline = call_start.steady + 3h;
  const Life late = driver.live(plan, reader);
  REQUIRE(late.sent.size() == 2);
  CHECK(late.sent[0].total_timeout == 3h);
  CHECK(late.sent[1].total_timeout == 1h - 500ms);
}

// ---- further exchanges

namespace {

/// Sends a body where a redirect points, and reads what is answered there.
class Redirected final : public Text {
 public:
  explicit Redirected(std::shared_ptr<Source> source) : source_(std::move(source)) {}

  bool begin(const http::Head& head) override {
    location_ = head.status == 302 ? http::find_header(head.headers, "Location") : "";
    return !location_.empty() || Text::begin(head);
  }
  Reading end(bool is_whole) override {
    if (location_.empty() || !is_whole) return Text::end(is_whole);
    Request request = upload_of(source_);
    request.exchange.url = location_;
    request.exchange.headers = {{"Authorization", "Bearer sk-mine"},
                                {"Cookie", "a=b"},
                                {"x-acme", "sk-acme"},
                                {"Content-Type", "text/plain"}};
    return Further{.request = std::move(request)};
  }

 private:
  std::shared_ptr<Source> source_;
  std::string location_;
};

Answer moved_to(std::string location) {
  return {.status = 302, .headers = {{"Location", std::move(location)}}, .body = "over there"};
}
const Answer moved = moved_to("https://store/x?X-Signature=0123456789%2Babcdef");

}  // namespace

TEST_CASE("a reader may follow a redirect, and no credentials do", "[call]") {
  const auto source = std::make_shared<Source>();
  Redirected reader(source);
  const CallDriver driver{
      .answers = {moved, failing(FailureKind::network, Phase::sending, true), {.body = "stored"}}};
  const Life life = driver.live(plan_of(request_of("POST")), reader);
  CHECK(life.steps == Steps{"authorize", "send 1", "send 2", "wait 500 ms", "send 3"});
  REQUIRE(life.result);
  CHECK(reader.text == "stored");
  CHECK(source->rewinds == 2);
  CHECK(life.sent[1].method == "PUT");
  CHECK(life.sent[1].url == "https://store/x?X-Signature=0123456789%2Babcdef");
  CHECK(life.sent[1].headers == http::Headers{{"Content-Type", "text/plain"}});
  CHECK(life.sent[2].headers == life.sent[1].headers);
}

TEST_CASE("a redirect to where others can read, or from elsewhere to this machine, is not followed",
          "[call]") {
  struct Case {
    std::string from, to;
    bool is_followed;
  };
  const std::vector<Case> cases{{"https://host/thing", "https://store/x", true},
                                {"https://host/thing", "http://store/x", false},
                                {"https://host/thing", "HTTP://store/x", false},
                                {"https://host/thing", "ftp://store/x", false},
                                {"https://host/thing", "//store/x", false},
                                {"https://host/thing", "/x", false},
                                {"https://host/thing", "http://localhost:1/x", false},
                                {"https://host/thing", "https://127.0.0.1/x", false},
                                {"http://localhost:1/thing", "http://127.0.0.1:2/x", true}};
  for (const auto& [from, to, is_followed] : cases) {
    INFO(from << " to " << to);
    Redirected reader(std::make_shared<Source>());
    CallPlan plan = plan_of(request_of("POST"));
    plan.request.exchange.url = from;
    const CallDriver driver{.answers = {moved_to(to), {.body = "stored"}}};
    const Life life = driver.live(plan, reader);
    CHECK(life.sent.size() == (is_followed ? 2U : 1U));
    CHECK(life.result.has_value() == is_followed);
    if (is_followed) continue;
    CHECK(life.result.error().code == "redirected");
    CHECK(life.result.error().http_status == 302);
  }
}

TEST_CASE("a signed URL is a secret", "[call]") {
  Redirected reader(std::make_shared<Source>());
  CallPlan plan = plan_of(request_of("POST"));
  plan.key_is_refreshable = true;
  const CallDriver driver{
      .answers = {moved, {.status = 401, .body = "0123456789+abcdef, 0123456789%2Babcdef"}}};
  const Life life = driver.live(plan, reader);
  CHECK(life.steps == Steps{"authorize", "send 1", "send 2"});  // no key that could be refreshed
  CHECK(life.logged == std::vector<std::string>{"https://host/thing", "https://store/x"});
  REQUIRE_FALSE(life.result);
  CHECK(life.result.error().message ==
        "Acme answered 401: [redacted], [redacted]. The signed URL may have expired; ask for a new "
        "one.");
}

TEST_CASE("a key that a service names is in no URL that is shown", "[call]") {
  Redirected reader(std::make_shared<Source>());
  const CallDriver driver{.answers = {moved_to("https://store/sk-secret/x?y"), {.body = "stored"}}};
  const Life life = driver.live(plan_of(request_of("POST")), reader);
  CHECK(life.result);
  CHECK(life.logged.back() == "https://store/[redacted]/x");
}

TEST_CASE("a redirect that no reader expects is an error", "[call]") {
  Text reader;
  const Life life = CallDriver{.answers = {moved}}.live(plan_of(request_of("GET")), reader);
  REQUIRE_FALSE(life.result);
  CHECK(life.result.error().code == "redirected");
  CHECK(life.result.error().http_status == 302);
  CHECK(reader.text.empty());
}

namespace {

/// Reads pages that each name the next one.
class Pages final : public WholeAnswer {
 public:
  std::string text{};

 private:
  Reading read_whole(std::string body) override {
    const std::size_t next = body.find('>');
    text += body.substr(0, next);
    if (next == std::string::npos) return Answered{};
    Request request = request_of("GET");
    request.exchange.url = "https://host/" + body.substr(next + 1);
    return Further{.request = std::move(request)};
  }
};

}  // namespace

TEST_CASE("pages are followed by one reader, each with a key and retries of its own", "[call]") {
  Pages reader;
  CallPlan plan = plan_of(request_of("GET"));
  plan.limits.max_retries = 1;
  plan.key_is_refreshable = true;
  const CallDriver driver{.answers = {{.status = 503},
                                      {.body = "a>2"},
                                      {.status = 401},
                                      {.status = 503},
                                      {.body = "b>3"},
                                      {.body = "c"}}};
  const Life life = driver.live(plan, reader);
  CHECK(life.steps == Steps{"authorize", "send 1", "wait 500 ms", "authorize", "send 2",
                            "authorize", "send 3", "refresh", "send 4", "wait 500 ms", "authorize",
                            "send 5", "authorize", "send 6"});
  CHECK(life.result);
  CHECK(reader.text == "abc");
  CHECK(life.sent.back().url == "https://host/3");

  // A key is refreshed once a call.
  Pages other;
  const CallDriver twice{.answers = {{.status = 401}, {.body = "a>2"}, {.status = 401}}};
  CHECK_FALSE(twice.live(plan, other).result);
}

TEST_CASE("further exchanges have what is left of the time of the call", "[call]") {
  CallPlan plan = plan_of(request_of("GET"));
  plan.limits.total_timeout = 10s;
  Pages reader;
  const CallDriver driver{.answers = {{.body = "a>2"}, {.body = "b"}}, .exchange_takes = 6s};
  const Life life = driver.live(plan, reader);
  REQUIRE(life.sent.size() == 2);
  CHECK(life.sent[1].total_timeout == 4s);

  Redirected upload(std::make_shared<Source>());  // its body may take longer
  plan.request = request_of("POST");
  const CallDriver moves{.answers = {moved, {}}, .exchange_takes = 6s};
  CHECK(moves.live(plan, upload).sent.at(1).total_timeout == 0ms);
}

TEST_CASE("a reader may take any status for an answer", "[call]") {
  struct Gone final : Text {
    bool begin(const http::Head& head) override { return head.status == 404 || Text::begin(head); }
  };
  Gone reader;
  CHECK(CallDriver{.answers = {{.status = 404, .body = "gone"}}}
            .live(plan_of(request_of("DELETE")), reader)
            .result);
  CHECK(reader.text == "gone");
}

// ---- what readers say

namespace {

/// Returns the outcomes that it was given.
class Scripted final : public AnswerReader {
 public:
  explicit Scripted(std::vector<Reading> outcomes) : outcomes_(outcomes.begin(), outcomes.end()) {}

  http::Flow read(std::string_view piece) override {
    text += piece;
    return flow;
  }
  Reading end(bool /*is_whole*/) override {
    Reading outcome = std::move(outcomes_.front());
    outcomes_.pop_front();
    return outcome;
  }
  [[nodiscard]] bool restart() override { return may_restart; }
  void complete(Error& error) override { error.partial = text; }

  http::Flow flow = http::Flow::go_on;
  bool may_restart = true;
  std::string text{};

 private:
  std::deque<Reading> outcomes_;
};

Reading busy(bool may_pass = true) {
  return Unusable{.error = {.kind = ErrorKind::overloaded, .message = "Busy"},
                  .opening = "Acme said",
                  .may_pass = may_pass};
}

}  // namespace

TEST_CASE("an unusable answer is asked for again if it may pass and its parts can be taken back",
          "[call]") {
  struct Case {
    bool may_pass;
    bool may_restart;
    http::Headers headers;
    std::size_t sends;
  };
  const std::vector<Case> cases{{true, true, {}, 2},
                                {false, true, {}, 1},
                                {true, false, {}, 1},
                                {true, true, {{"x-should-retry", "false"}}, 1},
                                {false, true, {{"x-should-retry", "true"}}, 1}};
  for (const auto& [may_pass, may_restart, headers, expected] : cases) {
    Scripted reader({busy(may_pass), Answered{}});
    reader.may_restart = may_restart;
    const CallDriver driver{.answers =
                                std::vector<Answer>(2, {.headers = headers, .body = "part"})};
    const Life life = driver.live(plan_of(request_of("POST")), reader);
    CHECK(sends(life) == expected);
    if (expected == 2) continue;
    REQUIRE_FALSE(life.result);
    CHECK(life.result.error().message == "Acme said: Busy. Send it again later.");
    CHECK(life.result.error().http_status == 200);
    CHECK(life.result.error().partial == "part");
  }
}

TEST_CASE("an answer whose reader misses its end is cut, however it ended", "[call]") {
  Scripted reader({Incomplete{}});
  const Life life = CallDriver{.answers = {{}}}.live(plan_of(request_of("POST")), reader);
  REQUIRE_FALSE(life.result);
  CHECK(life.result.error().message ==
        "The connection to Acme broke while receiving the answer: the answer ended too early. The "
        "request may have been carried out, and billed; look before it is sent again.");
}

TEST_CASE("a reader that has enough reads no more", "[call]") {
  for (const http::Flow flow : {http::Flow::finish, http::Flow::stop}) {
    Scripted reader({Answered{}});
    reader.flow = flow;
    CallPlan plan = plan_of(request_of("GET"));
    plan.limits.max_response_bytes = 5;
    CHECK(CallDriver{.answers = {{.body = "a long answer"}}}.live(plan, reader).result);
    CHECK(reader.text == "a lon");
  }
}

// ---- downloads

namespace {

/// Keeps what is written.
class Sink final : public BodySink {
 public:
  [[nodiscard]] Result<void> write(std::string_view piece) override {
    text += piece;
    if (text.size() > room) return Error{.message = "There is no room.", .code = "full"};
    return {};
  }
  [[nodiscard]] Result<void> finish() override {
    if (text.size() == room) return Error{.message = "It cannot be closed.", .code = "full"};
    is_finished = true;
    return {};
  }
  [[nodiscard]] bool restart() override {
    if (may_restart) text.clear();
    return may_restart;
  }

  std::string text{};
  bool is_finished = false;
  std::size_t room = 1'000'000;
  bool may_restart = true;
};

}  // namespace

TEST_CASE("a download goes to its sink, without limits of size and time", "[call]") {
  Sink sink;
  Download reader(sink);
  CallPlan plan = plan_of(request_of("GET"));
  plan.limits.max_response_bytes = 10;
  plan.limits.total_timeout = 600s;
  const std::string body(100'000, 'x');
  const CallDriver driver{.answers = {{.body = body}}, .exchange_takes = 2h};
  const Life life = driver.live(plan, reader);
  CHECK(life.result);
  CHECK(sink.text == body);
  CHECK(sink.is_finished);
  CHECK(life.sent[0].total_timeout == 0ms);
  plan.deadline = call_start.steady + 3h;
  CHECK(driver.live(plan, reader).sent[0].total_timeout == 3h);
}

TEST_CASE("a download that breaks begins again, if its sink can", "[call]") {
  const CallDriver driver{
      .answers = {{.status = 503, .body = "a refusal is not for the sink"},
                  failing(FailureKind::network, Phase::receiving, true, "01234"),
                  {.body = "0123456789"}}};
  Sink sink;
  Download reader(sink);
  const Life life = driver.live(plan_of(request_of("GET")), reader);
  CHECK(sends(life) == 3);
  CHECK(life.result);
  CHECK(sink.text == "0123456789");

  Sink pipe;
  pipe.may_restart = false;
  Download into_pipe(pipe);
  const CallDriver cut{
      .answers = {failing(FailureKind::network, Phase::receiving, true, "01234"), {}}};
  const Life once = cut.live(plan_of(request_of("GET")), into_pipe);
  CHECK(sends(once) == 1);
  REQUIRE_FALSE(once.result);
  CHECK(once.result.error().kind == ErrorKind::network);
  CHECK(pipe.text == "01234");
  CHECK_FALSE(pipe.is_finished);
}

TEST_CASE("a download that cannot be written ends with the error of its sink", "[call]") {
  Sink sink;
  sink.room = 5;
  Download reader(sink);
  const Life life =
      CallDriver{.answers = {{.body = "0123456789abcde"}}}.live(plan_of(request_of("GET")), reader);
  CHECK(sends(life) == 1);
  REQUIRE_FALSE(life.result);
  CHECK(life.result.error().code == "full");
  CHECK(life.result.error().message == "There is no room.");
  CHECK(life.result.error().http_status == 200);
  CHECK(sink.text.size() == 10);  // the piece that did not fit, and none after it

  Sink unfinished;
  unfinished.room = 10;
  Download other(unfinished);
  const CallDriver driver{.answers = {{.body = "0123456789"}}};
  CHECK(driver.live(plan_of(request_of("GET")), other).result.error().message ==
        "It cannot be closed.");
}

TEST_CASE("a body without a head is not an answer, and the server had the request", "[call]") {
  Sink sink;
  Download reader(sink);
  CallPlan plan = plan_of(request_of("POST"));
  Call call(plan, reader, call_start);
  static_cast<void>(call.next(call_start));
  call.authorized(http::Headers{});
  static_cast<void>(call.next(call_start));
  CHECK(call.heard("a body") == http::Flow::stop);
  call.exchanged({}, call_start, 0);
  const Result<Success> result = std::move(call).result(call_start);
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::network);
  CHECK(result.error().outcome_unknown);
  CHECK(sink.text.empty());
  CHECK_FALSE(sink.is_finished);
}

TEST_CASE("only a whole answer is downloaded", "[call]") {
  for (const int status : {201, 204, 206}) {
    Sink sink;
    Download reader(sink);
    const CallDriver driver{.answers = {{.status = status, .body = "abc"}}};
    CHECK_FALSE(driver.live(plan_of(request_of("GET")), reader).result);
    CHECK(sink.text.empty());
    CHECK_FALSE(sink.is_finished);
  }
}

// ---- stopping

TEST_CASE("a call that is stopped does nothing more, whatever it asks for", "[call]") {
  for (const std::string step : {"authorize", "send 1", "wait 500 ms"}) {
    const auto source = std::make_shared<Source>();
    Text reader;
    const CallDriver driver{.answers = {{.status = 503}}, .stop_after = step};
    const Life life = driver.live(plan_of(upload_of(source)), reader);
    CHECK(life.steps.back() == step);
    REQUIRE_FALSE(life.result);
    CHECK(life.result.error().kind == ErrorKind::cancelled);
    CHECK(source->rewinds == static_cast<int>(sends(life)));
  }
}

TEST_CASE("a call that is stopped while it is sent may have been carried out", "[call]") {
  for (const bool is_answered : {false, true}) {
    Text reader;
    Call call(plan_of(request_of("POST")), reader, call_start);
    static_cast<void>(call.next(call_start));
    call.authorized(http::Headers{});
    static_cast<void>(call.next(call_start));
    call.stop();
    if (is_answered) call.heard(http::Head{200, {}});
    call.exchanged({}, call_start, 0);
    const Result<Success> result = std::move(call).result(call_start);
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::cancelled);
    CHECK(result.error().outcome_unknown);
  }
}
