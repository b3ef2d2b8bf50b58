// Monitor: what is counted, under which name, and what a watched responder still is.

#include "figures/nearest_rank.hpp"
#include "support/canned_transport.hpp"
#include "support/catch.hpp"

#include <FineTuning/fallback.hpp>
#include <FineTuning/monitor.hpp>

#include <atomic>
#include <chrono>
#include <limits>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;
using namespace std::chrono_literals;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// A clock that stands still until a test moves it.
struct FakeClock {
  std::chrono::steady_clock::time_point now{};

  MonitorOptions options() {
    return {.clock = {.steady = [this] { return now; }}};
  }
};

ChatResponse answer(std::string id = "", std::optional<double> cost = {}) {
  return {.usage = {.input_tokens = 10, .output_tokens = 5, .total_tokens = 15, .known = true},
          .cost_usd = cost,
          .id = std::move(id)};
}

Responder says(ChatResponse response) {
  return [response = std::move(response)](const ChatRequest&, const CallContext&) {
    return Result<ChatResponse>(response);
  };
}

Responder fails_with(ErrorKind kind) {
  return [kind](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
    return Error{.kind = kind};
  };
}

/// Answers after a time of the clock.
Responder takes(FakeClock& clock, std::chrono::nanoseconds time) {
  return [&clock, time](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
    clock.now += time;
    return answer();
  };
}

Result<ChatResponse> ask(const Responder& responder, const std::string& model = "m") {
  CallContext context;
  return responder({.model = model}, context);
}

std::vector<std::string> models_of(const Monitor& monitor) {
  std::vector<std::string> models;
  for (const ModelStats& stats : monitor.stats()) models.push_back(stats.model);
  return models;
}

bool is_about(std::optional<double> value, double expected) {
  return value && *value > expected - 1e-12 && *value < expected + 1e-12;
}

}  // namespace

TEST_CASE("percentiles are those of the nearest-rank method", "[monitor]") {
  // The examples of https://en.wikipedia.org/wiki/Percentile, "The nearest-rank method".
  struct Case {
    std::vector<int> values;
    std::size_t percent;
    int expected;
  };
  const std::vector<int> five{15, 20, 35, 40, 50};
  const std::vector<int> ten{3, 6, 7, 8, 8, 10, 13, 15, 16, 20};
  const std::vector<int> eleven{3, 6, 7, 8, 8, 9, 10, 13, 15, 16, 20};
  const std::vector<Case> cases{
      {five, 5, 15},   {five, 30, 20},   {five, 40, 20},    {five, 50, 35},        {five, 100, 50},
      {ten, 25, 7},    {ten, 50, 8},     {ten, 75, 15},     {ten, 100, 20},        {eleven, 25, 7},
      {eleven, 50, 9}, {eleven, 75, 15}, {eleven, 100, 20}, {{20, 15, 35}, 50, 20}};
  for (auto [values, percent, expected] : cases) {
    CAPTURE(values, percent);
    CHECK(nearest_rank(values, percent) == expected);
  }
  std::vector<int> none;
  CHECK_FALSE(nearest_rank(none, 50));
}

TEST_CASE("a model that was never asked has no requests, and all else is unknown", "[monitor]") {
  const ModelStats stats = Monitor().stats("gpt-4o");
  CHECK(stats.model == "openai:gpt-4o");
  CHECK(stats.total.requests() == 0);
  CHECK_FALSE(stats.total.success_rate());
  CHECK_FALSE(stats.total.mean_latency());
  CHECK_FALSE(stats.total.mean_time_to_first_text());
  CHECK_FALSE(stats.total.usage.tokens.known);
  CHECK_FALSE(stats.total.usage.cost_usd());
  CHECK_FALSE(stats.total.mean_score());
  CHECK_FALSE(stats.latency.p50);
  CHECK_FALSE(stats.time_to_first_text.p99);
  CHECK(Monitor().stats().empty());
}

TEST_CASE("a watched responder returns what it returned, an error too", "[monitor]") {
  const Monitor monitor;
  const Result<ChatResponse> response = ask(monitor.watch(says(answer("id-1", 0.25))));
  REQUIRE(response);
  CHECK(response->id == "id-1");
  CHECK(response->cost_usd == 0.25);

  const Result<ChatResponse> failed =
      ask(monitor.watch([](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
        return Error{.kind = ErrorKind::rate_limited,
                     .message = "Wait.",
                     .retry_after = 3s,
                     .causes = {Error{.message = "Before."}}};
      }));
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message == "Wait.");
  CHECK(failed.error().retry_after == 3s);
  CHECK(failed.error().causes.at(0).message == "Before.");

  CHECK(ask(monitor.watch(Responder{})).error().kind == ErrorKind::invalid_request);
}

TEST_CASE(
    "a watched responder hears the request, the stop, the deadline and the trace of its caller",
    "[monitor]") {
  std::stop_source source;
  const auto deadline = std::chrono::steady_clock::now();
  const Monitor monitor;
  for (const bool streams : {false, true}) {
    int traced = 0;
    std::string heard;
    CallContext context{.stop = source.get_token(),
                        .deadline = deadline,
                        .trace = [&](const TraceEvent&) { ++traced; }};
    if (streams)
      context.on_event = [&](const StreamEvent& event) {
        heard += event.text;
        return heard != "Hel";
      };
    const ChatRequest request{.model = "m", .task = "law", .key = "user"};
    const Responder watched = monitor.watch(
        [&](const ChatRequest& asked, const CallContext& given) -> Result<ChatResponse> {
          CHECK(&asked == &request);
          CHECK(given.stop == source.get_token());
          CHECK(given.deadline == deadline);
          given.trace({});
          CHECK(static_cast<bool>(given.on_event) == streams);
          if (streams) {
            CHECK_FALSE(given.on_event({.text = "Hel"}));
            CHECK(given.on_event({.text = "lo"}));
          }
          return answer();
        });
    CHECK(watched(request, context));
    CHECK(traced == 1);
    CHECK(heard == (streams ? "Hello" : ""));
  }
}

TEST_CASE("if nothing is streamed, the responder has its caller's own context", "[monitor]") {
  CallContext context;
  const CallContext* given = nullptr;
  CHECK(Monitor().watch([&](const ChatRequest&, const CallContext& inner) -> Result<ChatResponse> {
    given = &inner;
    return answer();
  })({}, context));
  CHECK(given == &context);
}

TEST_CASE("calls count under the spec of the model, however it is written", "[monitor]") {
  const Monitor monitor;
  const Responder watched = monitor.watch(says(answer()));
  for (int round = 0; round < 2; ++round)
    for (const char* model : {"gpt-4o", "openai:gpt-4o", "google:projects/p/locations/l/models/1",
                              "vertex:projects/p/locations/l/models/1", "nobody knows this", ""})
      CHECK(ask(watched, model));
  CHECK(models_of(monitor) == std::vector<std::string>{"", "nobody knows this", "openai:gpt-4o",
                                                       "vertex:projects/p/locations/l/models/1"});
  CHECK(monitor.stats("gpt-4o").total.requests() == 4);
  CHECK(monitor.stats("openai:gpt-4o").total.requests() == 4);
  CHECK(monitor.stats("nobody knows this").total.requests() == 2);
}

TEST_CASE("calls can count under a name, and watched responders that nest each count",
          "[monitor]") {
  const Monitor monitor;
  const Fallback both({monitor.watch(fails_with(ErrorKind::overloaded), "first"),
                       monitor.watch(says(answer()), "second")});
  CHECK(ask(monitor.watch(both, "both"), "gpt-4o"));
  CHECK(models_of(monitor) == std::vector<std::string>{"both", "first", "second"});
  CHECK(monitor.stats("first").total.failed == 1);
  CHECK(monitor.stats("second").total.succeeded == 1);
  CHECK(monitor.stats("both").total.succeeded == 1);

  CHECK(ask(monitor.watch(says(answer()), "gpt-4o")));
  CHECK(monitor.stats("gpt-4o").model == "gpt-4o");
  CHECK(monitor.stats("gpt-4o").total.requests() == 1);
}

TEST_CASE("every error is a failure of its kind but a cancellation, which counts apart",
          "[monitor]") {
  const Monitor monitor;
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::other); ++kind)
    CHECK_FALSE(ask(monitor.watch(fails_with(static_cast<ErrorKind>(kind)))));
  CHECK(ask(monitor.watch(says(answer()))));
  const Figures figures = monitor.stats("m").total;
  CHECK(figures.requests() == 23);
  CHECK(figures.succeeded == 1);
  CHECK(figures.failed == 21);
  CHECK(figures.cancelled == 1);
  CHECK(figures.errors.size() == 21);
  CHECK(figures.errors.count(ErrorKind::cancelled) == 0);
  CHECK(figures.errors.at(ErrorKind::timed_out) == 1);
  CHECK(is_about(figures.success_rate(), 1.0 / 22));
}

TEST_CASE("a call without an answer that may be billed all the same is unpriced", "[monitor]") {
  struct Case {
    Error error;
    std::uint64_t unpriced;
  };
  const std::vector<Case> cases{
      {{.kind = ErrorKind::rate_limited, .http_status = 429}, 0},
      {{.kind = ErrorKind::network}, 0},
      {{.kind = ErrorKind::cancelled}, 0},
      {{.kind = ErrorKind::cancelled, .http_status = 200, .partial = "Hel"}, 1},
      {{.kind = ErrorKind::cancelled, .outcome_unknown = true}, 1},
      {{.kind = ErrorKind::timed_out, .outcome_unknown = true}, 1},
      {{.kind = ErrorKind::malformed_response, .http_status = 200}, 1}};
  for (const auto& [error, unpriced] : cases) {
    CAPTURE(to_json(error));
    const Monitor monitor;
    CHECK_FALSE(ask(monitor.watch([given = error](const ChatRequest&, const CallContext&)
                                      -> Result<ChatResponse> { return given; })));
    const Figures figures = monitor.stats("m").total;
    CHECK(figures.usage.unpriced == unpriced);
    CHECK(figures.usage.unknown == unpriced);
    CHECK_FALSE(figures.usage.cost_usd());
  }
}

TEST_CASE("a rate is unknown if calls were only cancelled", "[monitor]") {
  const Monitor monitor;
  CHECK_FALSE(ask(monitor.watch(fails_with(ErrorKind::cancelled))));
  CHECK_FALSE(monitor.stats("m").total.success_rate());
}

TEST_CASE("an exception counts as a failure and goes on", "[monitor]") {
  std::vector<CallRecord> heard;
  const Monitor monitor({.on_call = [&](const CallRecord& call) {
    heard.push_back(call);
    throw std::runtime_error("the log is full");
  }});
  const Responder watched =
      monitor.watch([](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
        throw std::logic_error("a sink's own");
      });
  CHECK_THROWS_AS(ask(watched), std::logic_error);
  CHECK(monitor.stats("m").total.errors.at(ErrorKind::other) == 1);
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].error == ErrorKind::other);
  CHECK(heard[0].may_be_billed);

  CHECK_THROWS_AS(ask(monitor.watch(says(answer()))), std::runtime_error);
  CHECK(monitor.stats("m").total.succeeded == 1);
  CHECK(heard.size() == 2);
}

TEST_CASE("latency is that of the answers, as the caller waited for them", "[monitor]") {
  FakeClock clock;
  const Monitor monitor(clock.options());
  for (const auto time : {40ms, 15ms, 50ms, 20ms, 35ms})
    CHECK(ask(monitor.watch(takes(clock, time))));
  const Responder slow = [&](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
    clock.now += 60s;
    return Error{.kind = ErrorKind::timed_out};
  };
  CHECK_FALSE(ask(monitor.watch(slow)));
  const ModelStats stats = monitor.stats("m");
  CHECK(stats.total.mean_latency() == 32ms);
  CHECK(stats.recent.mean_latency() == 32ms);
  CHECK(stats.latency.p50 == 35ms);
  CHECK(stats.latency.p95 == 50ms);
  CHECK(stats.latency.p99 == 50ms);
  CHECK_FALSE(stats.time_to_first_text.p50);

  CHECK_FALSE(ask(monitor.watch(slow, "always fails")));
  CHECK_FALSE(monitor.stats("always fails").total.mean_latency());
  CHECK_FALSE(monitor.stats("always fails").latency.p50);
}

TEST_CASE("the time to the first text is that of the first piece of a streamed answer",
          "[monitor]") {
  FakeClock clock;
  const Monitor monitor(clock.options());
  const Responder streams =
      monitor.watch([&](const ChatRequest&, const CallContext& context) -> Result<ChatResponse> {
        for (int piece = 0; piece < 3; ++piece) {
          clock.now += 7ms;
          if (context.on_event) context.on_event({.text = "Hello"});
        }
        return answer();
      });
  CallContext streamed{.on_event = [](const StreamEvent&) { return true; }};
  CHECK(streams({.model = "m"}, streamed));
  CHECK(ask(streams));
  const ModelStats stats = monitor.stats("m");
  CHECK(stats.total.first_texts == 1);
  CHECK(stats.total.mean_time_to_first_text() == 7ms);
  CHECK(stats.time_to_first_text.p50 == 7ms);
  CHECK(stats.total.mean_latency() == 21ms);
}

TEST_CASE("tokens and costs are summed if they are known, and counted if they are not",
          "[monitor]") {
  const Monitor monitor;
  CHECK(ask(monitor.watch(says({.usage = {.input_tokens = 100,
                                          .output_tokens = 20,
                                          .total_tokens = 120,
                                          .cached_input_tokens = 64,
                                          .reasoning_tokens = 8,
                                          .known = true},
                                .cost_usd = 0.5}))));
  CHECK(ask(monitor.watch(says(answer("", 0.25)))));
  CHECK(ask(monitor.watch(says(answer()))));
  CHECK(ask(monitor.watch(says({}))));
  CHECK_FALSE(ask(monitor.watch(fails_with(ErrorKind::network))));
  const Figures figures = monitor.stats("m").total;
  CHECK(figures.usage.tokens.known);
  CHECK(figures.usage.tokens.input_tokens == 120);
  CHECK(figures.usage.tokens.output_tokens == 30);
  CHECK(figures.usage.tokens.total_tokens == 150);
  CHECK(figures.usage.tokens.cached_input_tokens == 64);
  CHECK(figures.usage.tokens.reasoning_tokens == 8);
  CHECK(figures.usage.unknown == 1);
  CHECK(figures.usage.cost_usd() == 0.75);
  CHECK(figures.usage.priced == 2);
  CHECK(figures.usage.unpriced == 2);

  CHECK(ask(monitor.watch(says({}), "unpriced")));
  CHECK_FALSE(monitor.stats("unpriced").total.usage.cost_usd());
  CHECK_FALSE(monitor.stats("unpriced").total.usage.tokens.known);
}

TEST_CASE("a Chat's answers are priced by its catalog", "[monitor]") {
  const auto transport = test::canned(
      {{.body = R"({"id":"chatcmpl-1","model":"gpt-4o-mini-2024-07-18","choices":[{"message":)"
                R"({"content":"Hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,)"
                R"("completion_tokens":0,"total_tokens":1000}})"}});
  const Monitor monitor;
  CHECK(ask(monitor.watch(test::chat_on(transport)), "gpt-4o-mini-2024-07-18"));
  const Figures figures = monitor.stats("openai:gpt-4o-mini-2024-07-18").total;
  CHECK(figures.usage.priced == 1);
  CHECK(is_about(figures.usage.cost_usd(), 0.15e-3));
}

TEST_CASE("sums stay at their greatest value, and what is not an amount is unknown", "[monitor]") {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  Figures figures;
  for (const std::uint64_t tokens : {most - 1, std::uint64_t{5}})
    figures.add({.latency = std::chrono::nanoseconds::max() - 1ns,
                 .time_to_first_text = std::chrono::nanoseconds::max(),
                 .usage = {.input_tokens = tokens, .known = true},
                 .cost_usd = -1.0,
                 .score = 1.5});
  figures.add({.latency = -5s, .cost_usd = not_a_number, .score = not_a_number});
  figures.add({.cost_usd = std::numeric_limits<double>::infinity()});
  CHECK(figures.usage.tokens.input_tokens == most);
  CHECK(figures.total_latency == std::chrono::nanoseconds::max());
  CHECK(figures.total_time_to_first_text == std::chrono::nanoseconds::max());
  CHECK(figures.usage.unpriced == 4);
  CHECK_FALSE(figures.usage.cost_usd());
  CHECK(figures.scores == 0);
}

TEST_CASE("millions of small costs add up", "[monitor]") {
  Figures figures;
  const CallRecord call{.cost_usd = 0.1e-4};
  for (int n = 0; n < 1'000'000; ++n) figures.add(call);
  REQUIRE(figures.usage.cost_usd());
  CHECK(*figures.usage.cost_usd() > 10.0 * (1 - 1e-10));
  CHECK(*figures.usage.cost_usd() < 10.0 * (1 + 1e-10));
}

TEST_CASE("recent figures and percentiles are of the last 1000 calls, totals of all", "[monitor]") {
  FakeClock clock;
  const Monitor monitor(clock.options());
  CHECK_FALSE(ask(monitor.watch(fails_with(ErrorKind::network))));
  for (int n = 0; n < 500; ++n) CHECK(ask(monitor.watch(takes(clock, 1ms))));
  CHECK(monitor.stats("m").recent.failed == 1);
  for (int n = 0; n < 1000; ++n) CHECK(ask(monitor.watch(takes(clock, 3ms))));
  const ModelStats stats = monitor.stats("m");
  CHECK(stats.total.requests() == 1501);
  CHECK(stats.total.failed == 1);
  CHECK(stats.recent.requests() == 1000);
  CHECK(stats.recent.failed == 0);
  CHECK(stats.recent.mean_latency() == 3ms);
  CHECK(stats.latency.p50 == 3ms);
}

TEST_CASE("feedback is part of the figures, and a second score replaces the first", "[monitor]") {
  const Monitor monitor;
  const auto watched = [&](const char* id) { return monitor.watch(says(answer(id))); };
  for (const char* id : {"a", "b", "c"}) CHECK(ask(watched(id)));
  CHECK(monitor.feedback("a", 1).value() == 1);
  CHECK(monitor.feedback("b", 0).value() == 1);
  CHECK(is_about(monitor.stats("m").total.mean_score(), 0.5));
  CHECK(monitor.feedback("b", 0.8).value() == 1);
  for (const Figures& figures : {monitor.stats("m").total, monitor.stats("m").recent}) {
    CHECK(figures.scores == 2);
    CHECK(is_about(figures.mean_score(), 0.9));
  }
}

TEST_CASE("every model that counts a call takes its feedback", "[monitor]") {
  const Monitor monitor;
  CHECK(ask(monitor.watch(monitor.watch(says(answer("a"))), "all")));
  CHECK(monitor.feedback("a", 1).value() == 2);
  CHECK(monitor.stats("m").total.scores == 1);
  CHECK(monitor.stats("all").total.scores == 1);
}

TEST_CASE("feedback that no kept call can take is an error", "[monitor]") {
  const Monitor monitor;
  CHECK(ask(monitor.watch(says(answer("old")))));
  CHECK(ask(monitor.watch(says(answer()))));
  for (const double score : {-0.1, 1.1, not_a_number})
    CHECK(monitor.feedback("old", score).error().kind == ErrorKind::invalid_request);
  const auto unknown = monitor.feedback("never given", 1);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().kind == ErrorKind::not_found);
  CHECK(unknown.error().message ==
        "No kept call has the id \"never given\"; give the one of an answer that is not older than "
        "the last calls of its model.");
  CHECK(monitor.feedback("", 1).error().kind == ErrorKind::not_found);
  for (std::size_t n = 1; n < Monitor::kept_calls; ++n) {
    if (n + 1 == Monitor::kept_calls) CHECK(monitor.feedback("old", 1));
    CHECK(ask(monitor.watch(says(answer("new")))));
  }
  CHECK(monitor.feedback("old", 0).error().kind == ErrorKind::not_found);
  CHECK(monitor.stats("m").total.scores == 1);
  CHECK(monitor.stats("m").recent.scores == 0);
}

TEST_CASE("an id that comes again means the newest call", "[monitor]") {
  const Monitor monitor;
  for (std::size_t n = 0; n < Monitor::kept_calls + 3; ++n)
    CHECK(ask(monitor.watch(says(answer("same")))));
  CHECK(monitor.feedback("same", 1).value() == 1);
  CHECK(monitor.stats("m").recent.scores == 1);
  CHECK_FALSE(ask(monitor.watch(fails_with(ErrorKind::network))));
  for (std::size_t n = 2; n < Monitor::kept_calls; ++n) CHECK(ask(monitor.watch(says(answer()))));
  CHECK(monitor.stats("m").recent.scores == 1);
  CHECK(ask(monitor.watch(says(answer()))));
  CHECK(monitor.stats("m").recent.scores == 0);
}

TEST_CASE("the hook hears of each watched call, with nothing of what was said", "[monitor]") {
  std::vector<CallRecord> heard;
  FakeClock clock;
  MonitorOptions options = clock.options();
  options.on_call = [&](const CallRecord& call) { heard.push_back(call); };
  options.clock.wall = [] { return std::chrono::system_clock::time_point(1234s); };
  const Monitor monitor(options);
  ChatResponse response = answer("id-1", 0.5);
  response.model = "gpt-4o-2024-08-06";
  response.finish_reason = FinishReason::length;
  response.attempts = 2;
  CallContext context{.on_event = [](const StreamEvent&) { return true; }};
  CHECK(monitor.watch([&](const ChatRequest&, const CallContext& given) -> Result<ChatResponse> {
    clock.now += 4ms;
    given.on_event({.text = "Hello"});
    clock.now += 5ms;
    return response;
  })({.model = "gpt-4o"}, context));
  CHECK_FALSE(ask(monitor.watch([](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
    return Error{.kind = ErrorKind::overloaded, .attempts = 3};
  })));

  REQUIRE(heard.size() == 2);
  const CallRecord& call = heard[0];
  CHECK(call.model == "openai:gpt-4o");
  CHECK(call.response_model == "gpt-4o-2024-08-06");
  CHECK(call.id == "id-1");
  CHECK(call.started == std::chrono::system_clock::time_point(1234s));
  CHECK(call.latency == 9ms);
  CHECK(call.streamed);
  CHECK(call.time_to_first_text == 4ms);
  CHECK_FALSE(call.error);
  CHECK(call.finish_reason == FinishReason::length);
  CHECK(call.usage.input_tokens == 10);
  CHECK(call.cost_usd == 0.5);
  CHECK(call.attempts == 2);
  CHECK(heard[1].model == "m");
  CHECK(heard[1].error == ErrorKind::overloaded);
  CHECK(heard[1].attempts == 3);
  CHECK_FALSE(heard[1].streamed);
  CHECK_FALSE(heard[1].finish_reason);
  CHECK_FALSE(heard[1].usage.known);
}

TEST_CASE("the hook may ask the monitor", "[monitor]") {
  std::optional<Monitor> monitor;
  std::uint64_t seen = 0;
  monitor.emplace(MonitorOptions{.on_call = [&](const CallRecord& call) {
    seen = monitor->stats(call.model).total.requests();
    CHECK(monitor->feedback(call.id, 1));
  }});
  CHECK(ask(monitor->watch(says(answer("a")))));
  CHECK(seen == 1);
}

TEST_CASE("a record that is written over leaves nothing of the call before", "[monitor]") {
  std::vector<CallRecord> heard;
  const Monitor monitor({.on_call = [&](const CallRecord& call) { heard.push_back(call); }});
  CallContext context{.on_event = [](const StreamEvent&) { return true; }};
  const Responder streams =
      monitor.watch([](const ChatRequest&, const CallContext& given) -> Result<ChatResponse> {
        given.on_event({.text = "Hello"});
        return answer("id", 1);
      });
  for (std::size_t n = 0; n < Monitor::kept_calls; ++n) CHECK(streams({.model = "m"}, context));
  CHECK(monitor.feedback("id", 1));
  for (std::size_t n = 0; n < Monitor::kept_calls; ++n)
    CHECK_FALSE(ask(monitor.watch(fails_with(ErrorKind::network))));
  const CallRecord& last = heard.back();
  CHECK(last.id.empty());
  CHECK_FALSE(last.streamed);
  CHECK_FALSE(last.time_to_first_text);
  CHECK_FALSE(last.finish_reason);
  CHECK_FALSE(last.cost_usd);
  CHECK_FALSE(last.usage.known);
  CHECK_FALSE(last.may_be_billed);
  CHECK(monitor.stats("m").recent.scores == 0);
  CHECK(monitor.stats("m").total.scores == 1);
}

TEST_CASE("a call that ended elsewhere is counted as it is, and the hook does not hear of it",
          "[monitor]") {
  const Monitor monitor({.on_call = [](const CallRecord&) { FAIL("heard"); }});
  monitor.record({.model = "gpt-4o", .id = "a", .latency = 5ms, .cost_usd = 2, .score = 0.5});
  monitor.record(
      {.model = "gpt-4o", .latency = -5ms, .time_to_first_text = -1ms, .score = not_a_number});
  monitor.record({.model = "gpt-4o", .error = ErrorKind::tls});
  const ModelStats stats = monitor.stats("gpt-4o");
  CHECK(stats.model == "gpt-4o");
  CHECK(stats.total.requests() == 3);
  CHECK(stats.total.usage.cost_usd() == 2);
  CHECK(stats.total.mean_score() == 0.5);
  CHECK(stats.latency.p99 == 5ms);
  CHECK(stats.latency.p50 == 0ms);
  CHECK(stats.time_to_first_text.p50 == 0ms);
  CHECK(monitor.feedback("a", 1));
  CHECK(monitor.stats("gpt-4o").total.mean_score() == 1);
}

TEST_CASE("models beyond the thousandth, and names that are none, count under other", "[monitor]") {
  const Monitor monitor;
  const Responder watched = monitor.watch(says(answer()));
  CHECK(ask(watched, std::string(3000, 'x')));
  CHECK(ask(watched, "\xFF"));
  CHECK(ask(watched, "two\nlines"));
  CHECK(ask(monitor.watch(says(answer()), std::string(3000, 'x'))));
  CHECK(models_of(monitor) == std::vector<std::string>{"other"});
  for (std::size_t n = 1; n < 6 * Monitor::max_models; ++n)
    CHECK(ask(watched, "model-" + std::to_string(n)));
  CHECK(monitor.stats().size() == Monitor::max_models);
  CHECK(monitor.stats("model-999").total.requests() == 1);
  CHECK(monitor.stats("model-1000").total.requests() == 0);
  CHECK(monitor.stats("other").total.requests() == 4 + 5 * Monitor::max_models);
}

TEST_CASE("copies and watched responders share what is counted, and may outlive the monitor",
          "[monitor]") {
  Responder watched;
  std::optional<Monitor> copy;
  {
    const Monitor monitor;
    copy = monitor;
    watched = monitor.watch(says(answer()));
    CHECK(ask(copy->watch(says(answer()), "m")));
    CHECK(monitor.stats("m").total.requests() == 1);
  }
  CHECK(ask(watched));
  CHECK(copy->stats("m").total.requests() == 2);
  copy.reset();
  CHECK(ask(watched));
}

TEST_CASE("eight threads lose no call, while others look and give feedback", "[monitor]") {
  constexpr int threads = 8;
  constexpr int calls = 500;
  std::atomic<int> heard{0};
  const Monitor monitor({.on_call = [&](const CallRecord&) { ++heard; }});
  const Responder watched = monitor.watch(says(answer("id", 0.25)));
  const Responder named = monitor.watch(fails_with(ErrorKind::overloaded), "named");
  std::atomic<bool> failed{false};
  {
    std::vector<std::jthread> workers;
    for (int worker = 0; worker < threads; ++worker)
      workers.emplace_back([&, worker] {
        for (int n = 0; n < calls; ++n) {
          if (!ask(watched, n % 2 == 0 ? "shared" : "own-" + std::to_string(worker))) failed = true;
          if (ask(named)) failed = true;
          if (n % 50 == 0 && !monitor.feedback("id", 1)) failed = true;
          if (n % 50 == 25) {
            failed = failed || to_json(monitor.stats()).empty();
            failed = failed || to_prometheus(monitor.stats()).empty();
          }
        }
      });
  }
  CHECK_FALSE(failed);
  CHECK(heard == 2 * threads * calls);
  CHECK(monitor.stats("shared").total.succeeded == threads * calls / 2);
  CHECK(monitor.stats("shared").total.usage.cost_usd() == 0.25 * threads * calls / 2);
  CHECK(monitor.stats("named").total.failed == threads * calls);
  CHECK(monitor.stats("own-3").total.succeeded == calls / 2);
}
