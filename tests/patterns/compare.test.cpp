// Comparisons: what is kept of both sides, what is subtracted, and what counts as known.

#include "patterns/batch.hpp"
#include "support/catch.hpp"

#include <FineTuning/compare.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <cmath>
#include <limits>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;
using namespace std::chrono_literals;
using Json = nlohmann::json;
using Moment = std::chrono::steady_clock::time_point;

namespace {

/// A clock of each thread's own, which stands still unless a responder takes its time: so that what
/// the other side does at the same time is not measured.
thread_local Moment thread_time{};

const CompareOptions with_fake_clock{.clock = {.steady = [] { return thread_time; }}};

Responder answers(const ChatResponse& response, std::chrono::milliseconds takes = 0ms) {
  return [response, takes](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
    thread_time += takes;
    return response;
  };
}

Responder fails(const Error& error) {
  return [error](const ChatRequest&, const CallContext&) -> Result<ChatResponse> { return error; };
}

/// Answers as often as the last user says, and that many tokens.
Result<ChatResponse> repeats(const ChatRequest& request, const CallContext& /*context*/) {
  const auto& prompt = std::get<std::string>(request.messages.back().parts.front());
  const std::uint64_t times = std::stoul(prompt);
  return ChatResponse{.content = std::string(times, 'x'),
                      .usage = {.total_tokens = times, .known = true}};
}

std::vector<ChatRequest> prompts(const std::vector<std::string>& texts) {
  std::vector<ChatRequest> requests(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) requests[i].messages = {Message::user(texts[i])};
  return requests;
}

bool is_near(std::optional<double> value, double expected) {
  return value && std::abs(*value - expected) <= 1e-9 * (1 + std::abs(expected));
}

/// An error that a side gives a number of times before it answers.
struct Reluctant {
  Error error;
  int refusals = 0;
  std::atomic<int> asked = 0;

  Responder responder() {
    return [this](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
      if (asked++ < refusals) return error;
      return ChatResponse{.content = "at last"};
    };
  }
};

}  // namespace

TEST_CASE("two answers are both there, and so is by how much they differ", "[compare]") {
  const Comparison both = compare_models(
      "Hello",
      answers({.content = "long", .usage = {.total_tokens = 9, .known = true}, .cost_usd = 0.5},
              30ms),
      answers({.content = "longer", .usage = {.total_tokens = 4, .known = true}, .cost_usd = 0.75},
              50ms),
      with_fake_clock);
  REQUIRE(both.a.result);
  REQUIRE(both.b.result);
  CHECK(both.a.result->content == "long");
  CHECK(both.b.result->content == "longer");
  CHECK(both.a.measures.latency_ms == 30);
  CHECK(both.difference.length == -2);
  CHECK(both.difference.latency_ms == -20);
  CHECK(both.difference.total_tokens == 5);
  CHECK(both.difference.cost_usd == -0.25);
  CHECK_FALSE(both.difference.score);
}

TEST_CASE("what one side does not know is not known of the difference", "[compare]") {
  const ChatResponse knows{.usage = {.total_tokens = 9, .known = true}, .cost_usd = 0.5};
  const ChatResponse does_not{.usage = {.total_tokens = 9}};
  const ChatResponse odd{.usage = {.known = true},
                         .cost_usd = std::numeric_limits<double>::quiet_NaN()};
  for (const auto& [a, b] : {std::pair(knows, does_not), std::pair(does_not, knows)}) {
    const Comparison both = compare_models("", answers(a), answers(b));
    CHECK(both.difference.length == 0);
    CHECK(both.difference.latency_ms);
    CHECK_FALSE(both.difference.total_tokens);
    CHECK_FALSE(both.difference.cost_usd);
  }
  CHECK_FALSE(compare_models("", answers(knows), answers(odd)).difference.cost_usd);
}

TEST_CASE("if one side fails, the answer of the other is there", "[compare]") {
  const Error error{.kind = ErrorKind::overloaded, .message = "Too much.", .attempts = 3};
  for (const bool a_fails : {true, false}) {
    const Responder good = answers({.content = "good"});
    const Comparison both =
        a_fails ? compare_models("", fails(error), good) : compare_models("", good, fails(error));
    const ComparedAnswer& failed = a_fails ? both.a : both.b;
    const ComparedAnswer& answered = a_fails ? both.b : both.a;
    REQUIRE_FALSE(failed.result);
    CHECK(failed.result.error().message == "Too much.");
    CHECK(failed.result.error().attempts == 3);
    CHECK(failed.asked);
    REQUIRE(answered.result);
    CHECK(answered.result->content == "good");
    CHECK(answered.measures.length == 4);
    for (const auto& [name, measure] : all_measures) {
      CAPTURE(name);
      CHECK_FALSE(failed.measures.*measure);
      CHECK_FALSE(both.difference.*measure);
    }
  }
}

TEST_CASE("a side that is empty is an error, and the other answers", "[compare]") {
  const Comparison both = compare_models("", Responder{}, answers({}));
  REQUIRE_FALSE(both.a.result);
  CHECK(both.a.result.error().kind == ErrorKind::invalid_request);
  CHECK(both.b.result);
}

TEST_CASE("both sides are asked at once", "[compare]") {
  std::barrier two(2);  // hangs if one is asked after the other
  const Responder meets = [&](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
    two.arrive_and_wait();
    return ChatResponse{};
  };
  CHECK(compare_models("", meets, meets).b.result);
  const auto requests = prompts({"1", "2", "3"});
  CHECK(compare_models(requests, meets, meets, {.parallel = 1}).failures_b == 0);
}

TEST_CASE("both sides have the request, the stop and nothing that streams", "[compare]") {
  std::stop_source source;
  std::mutex mutex;
  std::vector<std::string> models;
  const Responder side = [&](const ChatRequest& request,
                             const CallContext& context) -> Result<ChatResponse> {
    const std::lock_guard lock(mutex);
    models.push_back(request.model);
    CHECK(request.key == "ann");
    CHECK(context.stop == source.get_token());
    CHECK_FALSE(context.on_event);
    CHECK_FALSE(context.deadline);
    return ChatResponse{};
  };
  const ChatRequest request{.model = "as it is", .key = "ann"};
  (void)compare_models(request, with_model("first", side), side, {.stop = source.get_token()});
  std::sort(models.begin(), models.end());
  CHECK(models == std::vector<std::string>{"as it is", "first"});
}

TEST_CASE("a length is that of the text in code points", "[compare]") {
  const struct {
    std::string text;
    double length;
  } cases[] = {{"", 0},
               {"abc", 3},
               {"na\xC3\xAFve", 5},
               {"\xE2\x82\xAC\xF0\x9F\x98\x80", 2},
               {"e\xCC\x81", 2},  // with a combining accent
               {"a\xFF\xFE"
                "b",
                4}};  // no UTF-8
  for (const auto& [text, length] : cases) {
    CAPTURE(text);
    const Comparison both = compare_models("", answers({.content = text}), answers({}));
    CHECK(both.difference.length == length);
  }
}

TEST_CASE("a score is a measure like another", "[compare]") {
  const auto score = [](const ChatRequest& request,
                        const ChatResponse& response) -> std::optional<double> {
    if (response.content == "none" || request.task != "rhyme") return {};
    return response.content == "odd" ? std::numeric_limits<double>::infinity()
                                     : static_cast<double>(response.content.size());
  };
  const auto difference_to = [&](const std::string& content) {
    return compare_models(ChatRequest{.task = "rhyme"}, answers({.content = "abc"}),
                          answers({.content = content}), {.score = score})
        .difference.score;
  };
  CHECK(difference_to("a") == 2);
  CHECK_FALSE(difference_to("none"));
  CHECK_FALSE(difference_to("odd"));
}

TEST_CASE("over many requests the differences are paired", "[compare]") {
  // 10-9, 20-18 and 30-27: the mean of 1, 2 and 3 is 2, its standard error 1 / sqrt(3), and
  // Student's t of two degrees of freedom at 95 % is 0.95 / sqrt(2 * 0.975 * 0.025).
  const Responder less = [](const ChatRequest& request,
                            const CallContext& context) -> Result<ChatResponse> {
    Result<ChatResponse> response = repeats(request, context);
    response->content.resize(response->content.size() / 10 * 9);
    return response;
  };
  const auto requests = prompts({"10", "20", "30"});
  const ComparisonReport report = compare_models(requests, repeats, less, {.seed = 4});
  CHECK(report.seed == 4);
  CHECK(report.failures_a == 0);
  CHECK(report.failures_b == 0);
  CHECK(report.not_asked == 0);
  REQUIRE(report.comparisons.size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(report.comparisons[i].a.measures.length == static_cast<double>(10 * (i + 1)));

  const PairedDifference length = paired_difference(report.comparisons, &Measures::length);
  CHECK(length.pairs == 3);
  CHECK(length.left_out == 0);
  CHECK(length.mean_a == 20);
  CHECK(length.mean_b == 18);
  CHECK(length.mean == 2);
  REQUIRE(length.interval);
  const double half = 0.95 / std::sqrt(2 * 0.975 * 0.025) / std::sqrt(3.0);
  CHECK(is_near(length.interval->low, 2 - half));
  CHECK(is_near(length.interval->high, 2 + half));

  const PairedDifference tokens = paired_difference(report.comparisons, &Measures::total_tokens);
  CHECK(tokens.mean == 0);
  const PairedDifference cost = paired_difference(report.comparisons, &Measures::cost_usd);
  CHECK(cost.pairs == 0);
  CHECK(cost.left_out == 3);
  CHECK_FALSE(cost.mean);
  CHECK_FALSE(cost.mean_a);
  CHECK_FALSE(cost.interval);
}

TEST_CASE("pairs in which one side is unknown are left out and counted", "[compare]") {
  const Responder sometimes = [](const ChatRequest& request,
                                 const CallContext& context) -> Result<ChatResponse> {
    Result<ChatResponse> response = repeats(request, context);
    if (response->content.size() == 2) return Error{.message = "No two."};
    if (response->content.size() == 3) response->usage.known = false;
    return response;
  };
  const auto requests = prompts({"1", "2", "3", "4"});
  const ComparisonReport report = compare_models(requests, repeats, sometimes);
  CHECK(report.failures_a == 0);
  CHECK(report.failures_b == 1);
  const PairedDifference length = paired_difference(report.comparisons, &Measures::length);
  CHECK(length.pairs == 3);
  CHECK(length.left_out == 1);
  CHECK(is_near(length.mean_a, 8.0 / 3));
  const PairedDifference tokens = paired_difference(report.comparisons, &Measures::total_tokens);
  CHECK(tokens.pairs == 2);
  CHECK(tokens.left_out == 2);
}

TEST_CASE("requests are asked in an order that the seed draws", "[compare]") {
  const std::vector<std::string> texts{"0", "1", "2", "3", "4", "5", "6", "7"};
  const auto requests = prompts(texts);
  for (const std::uint64_t seed : {0U, 1U, 99U}) {
    std::vector<std::size_t> order;  // as the side a is asked, one request at a time
    const Responder side = [&](const ChatRequest& request,
                               const CallContext& context) -> Result<ChatResponse> {
      Result<ChatResponse> response = repeats(request, context);
      order.push_back(response->content.size());
      return response;
    };
    (void)compare_models(requests, side, repeats, {.parallel = 1, .seed = seed});
    CHECK(order == shuffled_order(texts.size(), seed));
  }
}

TEST_CASE("a side that is refused for a rate limit is asked again, alone", "[compare]") {
  const Error refusal{.kind = ErrorKind::rate_limited, .retry_after = 0ms};
  Reluctant a{.error = refusal, .refusals = 2};
  Reluctant b{.error = refusal};
  const auto requests = prompts({"1"});
  const ComparisonReport report = compare_models(requests, a.responder(), b.responder());
  CHECK(a.asked == 3);
  CHECK(b.asked == 1);
  CHECK(report.failures_a == 0);
  CHECK(report.comparisons.at(0).difference.length == 0);

  Reluctant never{.error = refusal, .refusals = 100};
  const ComparisonReport failed = compare_models(requests, never.responder(), repeats);
  CHECK(never.asked == 6);
  CHECK(failed.failures_a == 1);
  CHECK(failed.comparisons.at(0).a.result.error().kind == ErrorKind::rate_limited);
  CHECK(failed.comparisons.at(0).b.result);

  Reluctant broken{.error = {.kind = ErrorKind::server_error}, .refusals = 1};
  CHECK(compare_models(requests, broken.responder(), repeats).failures_a == 1);
  CHECK(broken.asked == 1);
}

TEST_CASE("a stop leaves the rest unasked, and says so", "[compare]") {
  std::stop_source source;
  std::atomic<int> times = 0;
  const Responder stops = [&](const ChatRequest& request,
                              const CallContext& context) -> Result<ChatResponse> {
    if (++times == 3) source.request_stop();
    return repeats(request, context);
  };
  const auto requests = prompts({"1", "2", "3", "4", "5", "6"});
  const ComparisonReport report =
      compare_models(requests, stops, repeats, {.parallel = 1, .stop = source.get_token()});
  CHECK(times == 3);
  CHECK(report.failures_a == 0);
  CHECK(report.failures_b == 0);
  CHECK(report.not_asked >= 3);  // the third one's b may come too late
  CHECK(report.not_asked <= 4);
  std::size_t unasked = 0;
  for (const Comparison& comparison : report.comparisons) {
    if (comparison.a.asked) continue;
    ++unasked;
    CHECK(comparison.a.result.error().kind == ErrorKind::cancelled);
    CHECK(comparison.a.result.error().message ==
          "The comparison was stopped before this was asked; start it again for the answer.");
  }
  CHECK(unasked == 3);
}

TEST_CASE("progress is reported once a request", "[compare]") {
  std::vector<std::size_t> heard;
  Reluctant a{.error = {.kind = ErrorKind::overloaded, .retry_after = 0ms}, .refusals = 2};
  const auto requests = prompts({"1", "2", "3", "4", "5"});
  (void)compare_models(requests, a.responder(), repeats,
                       {.on_progress = [&](std::size_t asked, std::size_t of) {
                         CHECK(of == 5);
                         heard.push_back(asked);
                       }});
  CHECK(heard == std::vector<std::size_t>{1, 2, 3, 4, 5});
}

TEST_CASE("what the caller's functions throw reaches the caller", "[compare]") {
  const auto requests = prompts({"1", "2", "3"});
  const Responder throws = [](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
    throw std::runtime_error("a broken arm");
  };
  CHECK_THROWS_WITH(compare_models("1", throws, repeats), "a broken arm");
  CHECK_THROWS_WITH(compare_models(requests, repeats, throws), "a broken arm");
  const CompareOptions bad_score{
      .score = [](const ChatRequest&, const ChatResponse&) -> std::optional<double> {
        throw std::runtime_error("a broken scorer");
      }};
  CHECK_THROWS_WITH(compare_models(requests, repeats, repeats, bad_score), "a broken scorer");
  const CompareOptions bad_listener{.on_progress = [](std::size_t, std::size_t) {
    throw std::runtime_error("a broken listener");
  }};
  CHECK_THROWS_WITH(compare_models(requests, repeats, repeats, bad_listener), "a broken listener");
}

TEST_CASE("eight requests at once are asked of both from several threads", "[compare]") {
  std::vector<std::string> texts(200);
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = std::to_string(i);
  const auto requests = prompts(texts);
  const ComparisonReport report = compare_models(requests, repeats, repeats, {.parallel = 8});
  CHECK(report.failures_a + report.failures_b + report.not_asked == 0);
  const PairedDifference length = paired_difference(report.comparisons, &Measures::length);
  CHECK(length.pairs == 200);
  CHECK(length.mean_a == 99.5);
  CHECK(length.mean == 0);
}

TEST_CASE("no requests are a report of nothing", "[compare]") {
  const ComparisonReport report = compare_models(std::vector<ChatRequest>{}, repeats, repeats);
  CHECK(report.comparisons.empty());
  CHECK(Json::parse(to_json(report))["requests"] == 0);
}

TEST_CASE("a comparison is one JSON object", "[compare]") {
  const Comparison both =
      compare_models("Hello",
                     answers({.content = "bad byte \xFF",
                              .finish_reason = FinishReason::length,
                              .cost_usd = 0.5,
                              .model = "m-1"},
                             30ms),
                     answers({.content = "x", .cost_usd = 0.25}, 20ms), with_fake_clock);
  CHECK(to_json(both) ==
        "{\"a\":{\"content\":\"bad byte \xEF\xBF\xBD\",\"finish_reason\":\"length\",\"model\":"
        "\"m-1\",\"length\":10.0,\"latency_ms\":30.0,\"total_tokens\":null,\"cost_usd\":0.5,"
        "\"score\":null},"
        "\"b\":{\"content\":\"x\",\"finish_reason\":\"other\",\"model\":\"\",\"length\":1.0,"
        "\"latency_ms\":20.0,\"total_tokens\":null,\"cost_usd\":0.25,\"score\":null},"
        "\"difference\":{\"length\":9.0,\"latency_ms\":10.0,\"total_tokens\":null,\"cost_usd\":"
        "0.25,\"score\":null}}");

  const Json failed = Json::parse(
      to_json(compare_models("", fails({.kind = ErrorKind::tls, .message = "Oh."}), answers({}))));
  CHECK(failed["a"]["error"]["kind"] == "tls");
  CHECK(failed["b"]["length"] == 0);
  CHECK(failed["difference"]["length"].is_null());
}

TEST_CASE("a report is one JSON object, with an interval if there is one", "[compare]") {
  const auto requests = prompts({"1", "3"});
  const ComparisonReport report =
      compare_models(requests, repeats, answers({.content = "x"}), {.seed = 7});
  const Json json = Json::parse(to_json(report, 0.9));
  CHECK(json["requests"] == 2);
  CHECK(json["seed"] == 7);
  CHECK(json["confidence"] == 0.9);
  CHECK(json["failures"] == Json({{"a", 0}, {"b", 0}}));
  CHECK(json["not_asked"] == 0);
  CHECK(json["comparisons"].size() == 2);
  CHECK(json["comparisons"][1]["a"]["content"] == "xxx");
  const Json& length = json["differences"]["length"];
  CHECK(length["pairs"] == 2);
  CHECK(length["mean"] == 1);
  CHECK(is_near(length["low"].get<double>(), 1 - std::tan(std::acos(-1) * 0.45)));
  const Json& cost = json["differences"]["cost_usd"];
  CHECK(cost["left_out"] == 2);
  for (const char* unknown : {"mean_a", "mean_b", "mean", "low", "high"})
    CHECK(cost[unknown].is_null());
}
