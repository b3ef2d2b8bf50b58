// Evaluations: how cases are read, when an answer is as expected, and what a run asks, counts and
// keeps.

#include "evaluation/expectation.hpp"
#include "evaluation/fingerprint.hpp"
#include "support/catch.hpp"

#include <FineTuning/evaluate.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <cmath>
#include <limits>
#include <mutex>
#include <set>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

TestCase asks(std::string question, Expectation expectation, std::string id = "") {
  TestCase test{.id = std::move(id), .expectation = std::move(expectation)};
  test.messages.push_back(Message::user(std::move(question)));
  return test;
}

std::string question_of(const ChatRequest& request) {
  return std::get<std::string>(request.messages.back().parts.front());
}

/// Says the question back, and keeps who was asked for what.
struct Echo {
  std::mutex mutex{};
  std::vector<std::string> asked{};

  Responder responder() {
    return [this](const ChatRequest& request, const CallContext&) -> Result<ChatResponse> {
      const std::lock_guard lock(mutex);
      asked.push_back(question_of(request));
      return ChatResponse{.content = question_of(request), .model = "echo"};
    };
  }
};

Responder says(const ChatResponse& response) {
  return [response](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
    return response;
  };
}

Responder fails(const Error& error) {
  return [error](const ChatRequest&, const CallContext&) -> Result<ChatResponse> { return error; };
}

std::vector<Outcome> outcomes(const Evaluation& evaluation) {
  std::vector<Outcome> all;
  for (const CaseResult& result : evaluation.results) all.push_back(result.outcome);
  return all;
}

bool passes(const Expectation& expectation, const std::string& answer) {
  REQUIRE(check_expectation(expectation));
  return judge(expectation, {}, {.content = answer}).value().passed;
}

bool is_sentence(const std::string& text) {
  return !text.empty() && text.back() == '.' && text.find('\n') == std::string::npos;
}

}  // namespace

// Checks

TEST_CASE("an answer is as expected if its text is, white space around it aside", "[evaluate]") {
  const struct {
    const char* expected;
    const char* answer;
    bool passes;
  } cases[] = {
      {"Paris", "Paris", true},
      {"Paris", " \tParis\r\n", true},
      {" Paris\n", "Paris", true},
      {"Paris", "paris", false},
      {"Paris", "Paris.", false},
      {"a b", "a  b", false},
      {"", "", true},
      {"", " ", true},
      {"Paris", "", false},
      {"\xC3\xA9", "\xC3\xA9", true},
      {"x", "\xFFx", false},
  };
  for (const auto& [expected, answer, passed] : cases) {
    CAPTURE(expected, answer);
    CHECK(passes(ExpectedText{expected}, answer) == passed);
  }
}

TEST_CASE("an answer is as expected if it has all parts", "[evaluate]") {
  CHECK(passes(ExpectedParts{{"b", "a"}}, "a and b"));
  CHECK(passes(ExpectedParts{{"ab", "bc"}}, "abc"));
  CHECK(passes(ExpectedParts{{""}}, ""));
  CHECK_FALSE(passes(ExpectedParts{{"a", "b"}}, "a"));
  CHECK_FALSE(passes(ExpectedParts{{"A"}}, "a"));
}

TEST_CASE("an answer is as expected if its JSON has the same value", "[evaluate]") {
  const struct {
    const char* expected;
    const char* answer;
    bool passes;
  } cases[] = {
      {R"({"a":1,"b":[true,null]})", "{ \"b\" : [ true, null ],\n \"a\" : 1 }\n", true},
      {"1", "1.0", true},
      {"100", "1e2", true},
      {"0.5", "5E-1", true},
      {R"("é")", R"("\u00e9")", true},
      {"9007199254740993", "9007199254740992", false},
      {"18446744073709551615", "18446744073709551615", true},
      {"-1", "18446744073709551615", false},
      {R"({"a":[-1]})", R"({"a":[18446744073709551615]})", false},
      {R"({"a":[-1]})", R"({"a":[-1.0]})", true},
      {"1", "\"1\"", false},
      {"[1,2]", "[2,1]", false},
      {R"({"a":1})", R"({"a":1,"b":null})", false},
      {R"({"a":1})", R"({"a":2,"a":1})", true},
      {"0", "false", false},
      {"[1]", "```json\n[1]\n```", true},
      {"[1]", "  ```\n[1]```\n", true},
      {"[1]", "Here you are:\n```json\n[1]\n```", false},
      {"[1]", "```json\n[1]\n```\nHope that helps!", false},
      {"[1]", "``````", false},
      {"[1]", "```\n", false},
      {"[1]", "```json [1] ```", false},
      {"[1]", "[1] [1]", false},
      {"[1]", "[1", false},
      {"[1]", "", false},
      {"1e300", "1e999", false},
      {"\"x\"", "\"\xFF\"", false},
  };
  for (const auto& [expected, answer, passed] : cases) {
    CAPTURE(expected, answer);
    CHECK(passes(ExpectedJson{expected}, answer) == passed);
  }
  CHECK_FALSE(passes(ExpectedJson{"[[1]]"}, std::string(1'000'000, '[')));
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  CHECK_FALSE(passes(ExpectedJson{"[[1]]"}, deep));
}

TEST_CASE("a scoring function decides from a score on", "[evaluate]") {
  const auto scores = [](std::optional<double> score, double pass_score = 0.5) {
    return judge(
        ExpectedScore{"tone", [score](const auto&, const auto&) { return score; }, pass_score}, {},
        {});
  };
  CHECK(scores(0.5).value().passed);
  CHECK(scores(0.5).value().score == 0.5);
  CHECK_FALSE(scores(0.49).value().passed);
  CHECK(scores(0, 0).value().passed);
  CHECK_FALSE(scores(0.99, 1).value().passed);
  for (const std::optional<double> none :
       {std::optional<double>(), std::optional(-0.1), std::optional(1.1),
        std::optional(std::numeric_limits<double>::quiet_NaN())}) {
    const Result<Verdict> verdict = scores(none);
    REQUIRE_FALSE(verdict);
    CHECK(is_sentence(verdict.error().message));
  }
}

TEST_CASE("an expectation that cannot be met by checking has a fault", "[evaluate]") {
  const std::string deep = std::string(1000, '[') + std::string(1000, ']');
  for (const Expectation& expectation :
       {Expectation(ExpectedParts{}), Expectation(ExpectedJson{"{"}), Expectation(ExpectedJson{""}),
        Expectation(ExpectedJson{"1e999"}), Expectation(ExpectedJson{deep}),
        Expectation(ExpectedScore{.name = "tone"})}) {
    CAPTURE(describe(expectation));
    const Result<void> checked = check_expectation(expectation);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().kind == ErrorKind::invalid_request);
    CHECK(is_sentence(checked.error().message));
  }
}

#ifdef FINETUNING_RE2

TEST_CASE("an answer is as expected if a part of it matches the pattern", "[evaluate]") {
  const struct {
    const char* pattern;
    const char* answer;
    bool passes;
  } cases[] = {
      {"pattern1", "has pattern1 in it", true},
      {"^yes$", "yes", true},
      {"^yes$", "yes\n", false},
      {"(?m)^yes$", "no\nyes\n", true},
      {"(?i)\\bYES\\b", "Oh yes!", true},
      {"^.$", "\xC3\xA9", true},
      {"\\p{Greek}", "\xCE\xB1", true},
      {"", "", true},
      {"a", "", false},
      {"a.b",
       "a\xFF"
       "b",
       false},
  };
  for (const auto& [pattern, answer, passed] : cases) {
    CAPTURE(pattern, answer);
    CHECK(passes(ExpectedPattern{pattern}, answer) == passed);
  }
}

TEST_CASE("a pattern that would take exponential time elsewhere takes none here", "[evaluate]") {
  const std::string long_answer(1'000'000, 'a');
  CHECK_FALSE(passes(ExpectedPattern{"^(a+)+$"}, long_answer + "b"));
  CHECK_FALSE(passes(ExpectedPattern{"(a|a)*b$"}, long_answer));
}

TEST_CASE("a pattern that is refused says why", "[evaluate]") {
  for (const char* pattern : {"(a)\\1", "a(?=b)", "(", "[z-a]", "a{1001}", "((a{100}){100}){100}",
                              "\xFF", "*", "(\n\x1B[31m"}) {
    CAPTURE(pattern);
    const Result<void> checked = check_expectation(ExpectedPattern{pattern});
    REQUIRE_FALSE(checked);
    CHECK(checked.error().kind == ErrorKind::invalid_request);
    CHECK(checked.error().code == "invalid_pattern");
    CHECK(is_sentence(checked.error().message));
  }
}

#else

TEST_CASE("without an engine a case with a pattern is not run, and says why", "[evaluate]") {
  Echo echo;
  const std::vector<TestCase> cases{asks("a", ExpectedPattern{"a"}), asks("b", ExpectedText{"b"})};
  const Evaluation evaluation = evaluate(cases, echo.responder());
  CHECK(outcomes(evaluation) == std::vector{Outcome::not_run, Outcome::passed});
  CHECK(evaluation.results[0].error.value().code == "no_pattern_engine");
  CHECK(echo.asked == std::vector<std::string>{"b"});
  CHECK_FALSE(evaluation.threshold_met());
}

#endif

// Cases

TEST_CASE("a byte order mark before the first case is not part of it", "[evaluate]") {
  const std::string text = "{\"input\":\"q\",\"expected\":\"a\"}";
  CHECK(parse_cases("\xEF\xBB\xBF" + text).value().size() == 1);
  CHECK_FALSE(parse_cases(text + "\n\xEF\xBB\xBF" + text));
}

TEST_CASE("cases are read from lines of JSON", "[evaluate]") {
  const auto cases = parse_cases(
      "{\"input\":\"2 + 2?\",\"expected_pattern\":\"\\\\b4\\\\b\"}\r\n"
      "\n  \t\n"
      R"({"id":"capital","system":"Be brief.","input":"France?","expected":"Paris","tags":["a","b"]})"
      "\n"
      R"({"messages":[{"role":"system","content":"s"},{"role":"user","content":"u"},)"
      R"({"role":"assistant","content":"a"},{"role":"user","content":"v"}],"expected_parts":["x","y"]})"
      "\n"
      R"({"input":"","expected_parts":"one"})"
      "\n"
      R"({"input":"q","expected_json":{"b":1.0,"a":[null]}})");
  REQUIRE(cases);
  REQUIRE(cases->size() == 5);
  CHECK(cases->at(0).id == "line 1");
  CHECK(std::get<ExpectedPattern>(cases->at(0).expectation).pattern == "\\b4\\b");
  CHECK(cases->at(1).id == "capital");
  CHECK(cases->at(1).tags == std::vector<std::string>{"a", "b"});
  CHECK(std::get<ExpectedText>(cases->at(1).expectation).text == "Paris");
  REQUIRE(cases->at(1).messages.size() == 2);
  CHECK(cases->at(1).messages[0].role == Role::system);
  CHECK(cases->at(1).messages[1].role == Role::user);
  REQUIRE(cases->at(2).messages.size() == 4);
  CHECK(cases->at(2).messages[2].role == Role::assistant);
  CHECK(std::get<std::string>(cases->at(2).messages[3].parts.at(0)) == "v");
  CHECK(std::get<ExpectedParts>(cases->at(2).expectation).parts ==
        std::vector<std::string>{"x", "y"});
  CHECK(std::get<ExpectedParts>(cases->at(3).expectation).parts == std::vector<std::string>{"one"});
  CHECK(cases->at(4).id == "line 7");
  CHECK(Json::parse(std::get<ExpectedJson>(cases->at(4).expectation).json) ==
        Json::parse(R"({"a":[null],"b":1})"));
}

TEST_CASE("a line that is not a case is refused, with its number and what is wrong", "[evaluate]") {
  const std::string good = R"({"id":"one","input":"q","expected":"a"})";
  const struct {
    std::string line;
    const char* says;
  } cases[] = {
      {"{", "it is not JSON"},
      {"[]", "it is not an object"},
      {"\"x\"", "it is not an object"},
      {R"({"input":"q","expected_json":1e999})",
       "expected_json is not a value whose numbers a double can hold"},
      {"{\"input\":\"\xFF\",\"expected\":\"a\"}", "it is not JSON"},
      {R"({"input":"q","expectd":"a"})", "expectd is not a known member; correct it"},
      {R"({"input":1,"expected":"a"})", "input is not a text"},
      {R"({"input":"q","expected":null})", "has to expect one thing"},
      {R"({"input":"q","expected_parts":[]})", "expected_parts is empty; write a text"},
      {R"({"input":"q","expected_parts":["a",1]})", "expected_parts[1] is not a text"},
      {R"({"input":"q","expected":"a","tags":"x"})", "tags is not an array"},
      {R"({"messages":[],"expected":"a"})", "messages is empty; write a message"},
      {R"({"messages":[{"role":"tool","content":"x"}],"expected":"a"})",
       "messages[0].role is not system, user or assistant"},
      {R"({"messages":[{"role":"user"}],"expected":"a"})",
       "messages[0].content is missing; write a text"},
      {R"({"messages":[{"role":"user","content":"x","name":"y"}],"expected":"a"})",
       "messages[0].name is not a known member"},
      {R"({"expected":"a"})", "has to ask one thing"},
      {R"({"system":"s","expected":"a"})", "has to ask one thing"},
      {R"({"input":"q","messages":[{"role":"user","content":"x"}],"expected":"a"})",
       "has to ask one thing"},
      {R"({"input":"q"})", "has to expect one thing"},
      {R"({"input":"q","expected":"a","expected_json":1})", "has to expect one thing"},
      {R"({"input":"q","expected":"a","expected":"b"})", "expected appears twice"},
      {R"({"messages":[{"role":"user","content":"x","content":"y"}],"expected":"a"})",
       "messages[0].content appears twice"},
      {R"({"input":"q","expected_json":[{"a":{"b":1},"a":2}]})",
       "expected_json[0].a appears twice"},
      {good, "has the id \"one\", like an earlier line"},
  };
  for (const auto& [line, says] : cases) {
    CAPTURE(line);
    const auto read = parse_cases(good + "\n\n" + line + "\n");
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::invalid_request);
    CAPTURE(read.error().message);
    CHECK(read.error().message.starts_with("Line 3 of the cases "));
    CHECK(read.error().message.find(says) != std::string::npos);
    CHECK(is_sentence(read.error().message));
  }
  for (const char* nothing : {"", "\n\n", " "}) CHECK_FALSE(parse_cases(nothing));
}

// Runs

TEST_CASE("every case is asked once, in order, and judged", "[evaluate]") {
  Echo echo;
  const std::vector<TestCase> cases{asks("a", ExpectedText{"a"}, "first"),
                                    asks("b", ExpectedText{"x"}, "second"),
                                    asks("c", ExpectedParts{{"c"}}, "third")};
  const Evaluation evaluation =
      evaluate(cases, echo.responder(), {.request = {.model = "m"}, .parallel = 1});
  CHECK(echo.asked == std::vector<std::string>{"a", "b", "c"});
  CHECK(outcomes(evaluation) == std::vector{Outcome::passed, Outcome::failed, Outcome::passed});
  CHECK(evaluation.model == "m");
  CHECK(evaluation.total.passed == 2);
  CHECK(evaluation.total.failed == 1);
  CHECK(evaluation.reused == 0);
  const CaseResult& second = evaluation.results[1];
  CHECK(second.id == "second");
  CHECK(second.input == "b");
  CHECK(second.expected == "is: x");
  CHECK(second.answer == "b");
  CHECK(second.model == "echo");
  CHECK_FALSE(second.error);
}

TEST_CASE("a case is asked with what the options say, and its own messages last", "[evaluate]") {
  TestCase test = asks("question", ExpectedText{});
  test.messages.insert(test.messages.begin(), Message::system("second"));
  const auto check = [](const ChatRequest& request,
                        const CallContext& context) -> Result<ChatResponse> {
    CHECK(request.model == "m");
    CHECK(request.temperature == 0.0);
    CHECK(request.messages.size() == 3);
    CHECK(std::get<std::string>(request.messages.front().parts.front()) == "first");
    CHECK(question_of(request) == "question");
    CHECK_FALSE(context.on_event);
    return ChatResponse{};
  };
  const EvaluateOptions options{
      .request = {.model = "m", .messages = {Message::system("first")}, .temperature = 0.0}};
  CHECK(evaluate(std::vector{test}, check, options).total.passed == 1);
}

TEST_CASE("accuracy is of what was judged, and its interval is Wilson's", "[evaluate]") {
  // 81 of 263: 0.2553 to 0.3662, R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I,
  // method 3.
  Tally tally{.passed = 81, .failed = 182, .errors = 5, .not_run = 7};
  CHECK(tally.cases() == 275);
  CHECK(tally.accuracy() == 81.0 / 263);
  REQUIRE(tally.interval());
  CHECK(std::abs(tally.interval()->low - 0.2553) < 0.00005);
  CHECK(std::abs(tally.interval()->high - 0.3662) < 0.00005);
  CHECK_FALSE(Tally{.errors = 3}.accuracy());
  CHECK_FALSE(Tally{.errors = 3}.interval());
}

TEST_CASE("the threshold is met if every case has a verdict and enough have passed", "[evaluate]") {
  const struct {
    Tally total;
    double threshold;
    bool met;
  } cases[] = {
      {{.passed = 9, .failed = 1}, 0.9, true},
      {{.passed = 899, .failed = 101}, 0.9, false},
      {{.passed = 7, .failed = 3}, 0.7, true},
      {{.passed = 10}, 1, true},
      {{.passed = 10, .errors = 1}, 0.5, false},
      {{.passed = 10, .not_run = 1}, 0.5, false},
      {{.failed = 1}, 0, true},
      {{}, 0, false},
  };
  for (const auto& [total, threshold, met] : cases) {
    CAPTURE(total.passed, total.failed, total.errors, total.not_run, threshold);
    CHECK(Evaluation{.threshold = threshold, .total = total}.threshold_met() == met);
  }
  CHECK_FALSE(evaluate({}, fails({})).threshold_met());
}

TEST_CASE("tokens, cost and time are summed if they are known", "[evaluate]") {
  Tally tally;
  CHECK_FALSE(tally.usage.cost_usd());
  tally.add({.outcome = Outcome::error, .error = Error{}, .usage = {.total_tokens = 99}});
  tally.add({.outcome = Outcome::failed, .answer = "", .usage = {.total_tokens = 99}});
  CHECK_FALSE(tally.usage.tokens.known);
  CHECK_FALSE(tally.usage.cost_usd());
  for (const double cost : {0.5, 0.25})
    tally.add({.outcome = Outcome::passed,
               .answer = "",
               .usage = {.input_tokens = 1, .output_tokens = 2, .total_tokens = 3, .known = true},
               .cost_usd = cost,
               .latency = 20ms});
  CHECK(tally.answered == 3);
  CHECK(tally.usage.tokens.known);
  CHECK(tally.usage.tokens.total_tokens == 6);
  CHECK(tally.usage.unknown == 1);
  CHECK(tally.usage.cost_usd() == 0.75);
  CHECK(tally.usage.unpriced == 1);
  CHECK(tally.total_latency == 40ms);
}

TEST_CASE("the sum of latencies stays at its greatest value", "[evaluate]") {
  Tally tally;
  for (const auto latency : {std::chrono::nanoseconds::max() - 1ns, 5ns, -5ns})
    tally.add({.outcome = Outcome::passed, .answer = "", .latency = latency});
  CHECK(tally.total_latency == std::chrono::nanoseconds::max());
}

TEST_CASE("latency is what the clock says around the answer", "[evaluate]") {
  std::chrono::steady_clock::time_point time{};
  const Responder slow = [&time](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
    time += 1500us;
    return ChatResponse{.cost_usd = std::numeric_limits<double>::infinity()};
  };
  const Evaluation evaluation = evaluate(std::vector{asks("q", ExpectedText{})}, slow,
                                         {.clock = {.steady = [&time] { return time; }}});
  CHECK(evaluation.results[0].latency == 1500us);
  CHECK(Json::parse(to_json(evaluation))["total"]["latency_ms"] == 2);
  CHECK_FALSE(evaluation.results[0].cost_usd);
}

TEST_CASE("a case without an answer is an error, which is kept", "[evaluate]") {
  const Error error{
      .kind = ErrorKind::timed_out, .message = "No answer came.", .code = "late", .attempts = 3};
  const Evaluation evaluation =
      evaluate(std::vector{asks("q", ExpectedText{})}, fails(error), {.threshold = 0});
  const CaseResult& result = evaluation.results[0];
  CHECK(result.outcome == Outcome::error);
  CHECK(result.error.value().kind == ErrorKind::timed_out);
  CHECK(result.error.value().code == "late");
  CHECK(result.error.value().attempts == 3);
  CHECK_FALSE(result.answer);
  CHECK_FALSE(result.latency);
  CHECK(evaluation.total.answered == 0);
  CHECK_FALSE(evaluation.threshold_met());
  CHECK(evaluate(std::vector{asks("q", ExpectedText{})}, Responder()).total.errors == 1);
}

TEST_CASE("an answer without a score is an error that keeps the answer", "[evaluate]") {
  const ExpectedScore unsure{"tone", [](const auto&, const auto&) { return std::optional(2.0); }};
  const Evaluation evaluation =
      evaluate(std::vector{asks("q", unsure)}, says({.content = "a", .cost_usd = 0.5}));
  CHECK(evaluation.results[0].outcome == Outcome::error);
  CHECK(evaluation.results[0].answer == "a");
  CHECK(evaluation.results[0].error);
  CHECK(evaluation.total.usage.cost_usd() == 0.5);
}

TEST_CASE("a scoring function sees the request and the response", "[evaluate]") {
  const ExpectedScore by_length{
      "length", [](const ChatRequest& request, const ChatResponse& response) {
        return question_of(request) == response.content ? std::optional(0.75) : std::nullopt;
      }};
  Echo echo;
  const Evaluation evaluation = evaluate(std::vector{asks("q", by_length)}, echo.responder());
  CHECK(evaluation.results[0].outcome == Outcome::passed);
  CHECK(evaluation.results[0].score == 0.75);
}

TEST_CASE("what is wrong with a case is found before anything is asked", "[evaluate]") {
  Echo echo;
  const std::vector<TestCase> cases{asks("a", ExpectedText{"a"}), asks("b", ExpectedParts{})};
  bool was_asked = false;
  const Evaluation evaluation = evaluate(
      cases, echo.responder(), {.on_result = [&](const CaseResult& result, auto ended, auto of) {
        was_asked = true;
        CHECK(result.input == "a");
        CHECK(ended == 2);
        CHECK(of == 2);
      }});
  CHECK(was_asked);
  CHECK(outcomes(evaluation) == std::vector{Outcome::passed, Outcome::error});
  CHECK(evaluation.results[1].error.value().code == "invalid_expectation");
  CHECK(echo.asked == std::vector<std::string>{"a"});
}

TEST_CASE("as many cases are asked at once as may be, and are reported one at a time",
          "[evaluate]") {
  std::vector<TestCase> cases;
  for (int i = 0; i < 40; ++i)
    cases.push_back(asks(std::to_string(i), ExpectedText{std::to_string(i)}));
  std::barrier four(4);  // hangs if fewer than four are asked at once
  std::atomic<int> at_once = 0;
  std::atomic<bool> too_many = false;
  const Responder echo = [&](const ChatRequest& request,
                             const CallContext&) -> Result<ChatResponse> {
    if (++at_once > 4) too_many = true;
    four.arrive_and_wait();
    --at_once;
    return ChatResponse{.content = question_of(request)};
  };
  std::vector<std::size_t> ended;  // without a lock: TSan sees two at a time
  const Evaluation evaluation = evaluate(
      cases, echo,
      {.parallel = 4, .on_result = [&](const CaseResult& result, std::size_t so_far, auto) {
         CHECK(result.outcome == Outcome::passed);
         ended.push_back(so_far);
       }});
  CHECK(evaluation.total.passed == 40);
  CHECK_FALSE(too_many);
  CHECK(ended.size() == 40);
  CHECK(std::is_sorted(ended.begin(), ended.end()));
  CHECK(ended.back() == 40);
  CHECK(evaluation.results[17].answer == "17");
}

TEST_CASE("a case that is refused for a rate limit is asked again, a few times", "[evaluate]") {
  const Error busy{.kind = ErrorKind::rate_limited, .message = "Busy.", .retry_after = 0ms};
  const struct {
    int refusals;
    Outcome outcome;
    int asked;
  } cases[] = {{1, Outcome::passed, 2}, {5, Outcome::passed, 6}, {99, Outcome::error, 6}};
  for (const auto& [refusals, outcome, times] : cases) {
    CAPTURE(refusals);
    int asked = 0;
    int heard = 0;
    const Responder reluctant = [&, most = refusals](const ChatRequest&,
                                                     const CallContext&) -> Result<ChatResponse> {
      if (asked++ < most) return busy;
      return ChatResponse{};
    };
    const Evaluation evaluation =
        evaluate(std::vector{asks("q", ExpectedText{})}, reluctant,
                 {.on_result = [&](const CaseResult&, auto, auto) { ++heard; }});
    CHECK(outcomes(evaluation) == std::vector{outcome});
    CHECK(asked == times);
    CHECK(heard == 1);
    CHECK(evaluation.results[0].error.has_value() == (outcome == Outcome::error));
  }
}

TEST_CASE("a stop leaves the rest not run and keeps what there is", "[evaluate]") {
  std::stop_source source;
  const std::vector<TestCase> cases{asks("a", ExpectedText{"a"}), asks("b", ExpectedText{"b"}),
                                    asks("c", ExpectedText{"c"})};
  const Responder stops = [&](const ChatRequest& request,
                              const CallContext& context) -> Result<ChatResponse> {
    if (question_of(request) == "a") return ChatResponse{.content = "a"};
    source.request_stop();
    CHECK(context.stop.stop_requested());
    return Error{.kind = ErrorKind::cancelled, .message = "It was stopped."};
  };
  int heard = 0;
  const Evaluation evaluation =
      evaluate(cases, stops,
               {.parallel = 1,
                .on_result = [&](const CaseResult&, auto, auto) { ++heard; },
                .stop = source.get_token()});
  CHECK(outcomes(evaluation) == std::vector{Outcome::passed, Outcome::not_run, Outcome::not_run});
  CHECK(heard == 1);
  CHECK(evaluation.results[1].error.value().message == "It was stopped.");
  CHECK(is_sentence(evaluation.results[2].error.value().message));
  CHECK_FALSE(evaluation.threshold_met());

  // A stop while a case waits to be asked again.
  std::stop_source later;
  const Responder busy = [&](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
    later.request_stop();
    return Error{.kind = ErrorKind::overloaded, .message = "Busy.", .retry_after = 100s};
  };
  CHECK(evaluate(cases, busy, {.parallel = 1, .stop = later.get_token()}).total.not_run == 3);
}

TEST_CASE("a cancellation that nobody asked for is an error", "[evaluate]") {
  const Error cancelled{.kind = ErrorKind::cancelled, .message = "It was stopped."};
  CHECK(evaluate(std::vector{asks("q", ExpectedText{})}, fails(cancelled)).total.errors == 1);
}

TEST_CASE("what a responder, a scoring function or a listener throws reaches the caller",
          "[evaluate]") {
  const std::vector<TestCase> cases{asks("q", ExpectedText{}), asks("r", ExpectedText{})};
  const Responder throws = [](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
    throw std::runtime_error("responder");
  };
  CHECK_THROWS_WITH(evaluate(cases, throws), "responder");
  const ExpectedScore scores{"s", [](const auto&, const auto&) -> std::optional<double> {
                               throw std::runtime_error("score");
                             }};
  CHECK_THROWS_WITH(evaluate(std::vector{asks("q", scores)}, says({})), "score");
  const EvaluateOptions options{
      .on_result = [](const CaseResult&, auto, auto) { throw std::runtime_error("listener"); }};
  CHECK_THROWS_WITH(evaluate(cases, says({}), options), "listener");
}

// Resuming

TEST_CASE("a case that is unchanged and was judged is not asked again", "[evaluate]") {
  const std::vector<TestCase> cases{asks("a", ExpectedText{"a"}, "one"),
                                    asks("b", ExpectedText{"x"}, "two")};
  Echo first;
  const EvaluateOptions options{.request = {.model = "m"}};
  const Evaluation before = evaluate(cases, first.responder(), options);

  struct Change {
    const char* what;
    std::vector<TestCase> cases;
    ChatRequest request;
    std::vector<std::string> asked;
  };
  std::vector<TestCase> renamed = cases;
  renamed[0].id = "other";
  renamed[0].tags = {"t"};
  const std::vector<Change> changes{
      {"nothing", cases, {.model = "m"}, {}},
      {"names and tags", renamed, {.model = "m"}, {}},
      {"the order", {cases[1], cases[0]}, {.model = "m"}, {}},
      {"a question", {asks("c", ExpectedText{"a"}), cases[1]}, {.model = "m"}, {"c"}},
      {"an expectation", {asks("a", ExpectedText{"b"}), cases[1]}, {.model = "m"}, {"a"}},
      {"the model", cases, {.model = "n"}, {"a", "b"}},
      {"a setting", cases, {.model = "m", .temperature = 0.0}, {"a", "b"}},
      {"one case twice", {cases[0], cases[0]}, {.model = "m"}, {"a"}},
  };
  for (const Change& change : changes) {
    CAPTURE(change.what);
    Echo echo;
    const Evaluation after =
        evaluate(change.cases, echo.responder(),
                 {.request = change.request, .parallel = 1, .earlier = before.results});
    CHECK(echo.asked == change.asked);
    CHECK(after.reused == change.cases.size() - change.asked.size());
    for (std::size_t i = 0; i < change.cases.size(); ++i) {
      CHECK(after.results[i].id == change.cases[i].id);
      CHECK(after.results[i].tags == change.cases[i].tags);
      CHECK(after.results[i].input == question_of({.messages = change.cases[i].messages}));
    }
  }
}

TEST_CASE("errors and what was not run are asked again", "[evaluate]") {
  const std::vector<TestCase> cases{asks("a", ExpectedText{"a"}), asks("b", ExpectedText{"x"})};
  for (const Outcome outcome :
       {Outcome::passed, Outcome::failed, Outcome::error, Outcome::not_run}) {
    CAPTURE(to_string(outcome));
    std::vector<CaseResult> earlier;
    for (const TestCase& test : cases)
      earlier.push_back({.fingerprint = fingerprint({.messages = test.messages}, test.expectation),
                         .outcome = outcome});
    Echo echo;
    CHECK(evaluate(cases, echo.responder(), {.earlier = earlier}).total.cases() == 2);
    const bool was_judged = outcome == Outcome::passed || outcome == Outcome::failed;
    CHECK(echo.asked.size() == (was_judged ? 0 : 2));
  }
}

TEST_CASE("fingerprints are the same everywhere", "[evaluate]") {
  // Computed apart from the library: the hash of "q1:m1;m1;1;t1:q0;0:0:0:---0;-0;--0;0:0:0:x1:a".
  // One that differs asks everybody's cases again.
  const ChatRequest request{.model = "m", .messages = {Message::user("q")}};
  CHECK(fingerprint(request, ExpectedText{"a"}) == "eddc30d6a1d70242");
  ChatRequest with_key = request;
  with_key.extra_headers = {{"Authorization", "secret"}};
  CHECK(fingerprint(with_key, ExpectedText{"a"}) == fingerprint(request, ExpectedText{"a"}));
}

TEST_CASE("whatever an answer depends on changes the fingerprint", "[evaluate]") {
  const ChatRequest plain{.model = "m", .messages = {Message::user("q")}};
  std::vector<ChatRequest> requests(1, plain);
  const auto changed = [&](auto change) {
    requests.push_back(plain);
    change(requests.back());
  };
  changed([](ChatRequest& r) { r.model = "n"; });
  changed([](ChatRequest& r) { r.messages = {}; });
  changed([](ChatRequest& r) { r.messages[0].role = Role::system; });
  changed([](ChatRequest& r) { r.messages = {Message::user("q"), Message::user("")}; });
  changed([](ChatRequest& r) { r.messages[0].parts = {Image{.url = "q"}}; });
  changed([](ChatRequest& r) { r.messages[0].parts = {Image{.bytes = "q"}}; });
  changed([](ChatRequest& r) { r.messages[0].parts.emplace_back(""); });
  changed([](ChatRequest& r) { r.messages[0].tool_calls = {{.name = "t"}}; });
  changed([](ChatRequest& r) { r.messages[0].tool_call_id = "t"; });
  changed([](ChatRequest& r) { r.messages[0].tool_name = "t"; });
  changed([](ChatRequest& r) { r.messages[0].signature = "t"; });
  changed([](ChatRequest& r) { r.temperature = 0; });
  changed([](ChatRequest& r) { r.temperature = 1; });
  changed([](ChatRequest& r) { r.top_p = 0; });
  changed([](ChatRequest& r) { r.max_tokens = 0; });
  changed([](ChatRequest& r) { r.stop = {"t"}; });
  changed([](ChatRequest& r) { r.seed = 0; });
  changed([](ChatRequest& r) { r.seed = -1; });
  changed([](ChatRequest& r) { r.tools = {{.name = "t"}}; });
  changed([](ChatRequest& r) { r.tool_choice = ToolChoice{}; });
  changed([](ChatRequest& r) { r.tool_choice = ToolChoice{.mode = ToolChoice::Mode::none}; });
  changed([](ChatRequest& r) { r.response_format = ResponseFormat{}; });
  changed([](ChatRequest& r) { r.documents = {{.content = "t"}}; });
  changed([](ChatRequest& r) { r.documents = {{.title = "t"}}; });
  changed([](ChatRequest& r) { r.documents = {{.metadata = {{"t", ""}}}}; });
  changed([](ChatRequest& r) { r.extra = "{}"; });
  changed([](ChatRequest& r) { r.task = "t"; });
  changed([](ChatRequest& r) { r.key = "t"; });
  std::set<std::string> fingerprints;
  for (const ChatRequest& request : requests)
    fingerprints.insert(fingerprint(request, ExpectedText{"a"}));
  CHECK(fingerprints.size() == requests.size());

  const std::vector<Expectation> expectations{ExpectedPattern{"a"},
                                              ExpectedText{"a"},
                                              ExpectedText{"b"},
                                              ExpectedParts{{"a"}},
                                              ExpectedParts{{"a", ""}},
                                              ExpectedJson{"a"},
                                              ExpectedScore{.name = "a"},
                                              ExpectedScore{.name = "b"},
                                              ExpectedScore{.name = "a", .pass_score = 1}};
  fingerprints.clear();
  for (const Expectation& expectation : expectations)
    fingerprints.insert(fingerprint(plain, expectation));
  CHECK(fingerprints.size() == expectations.size());
}

TEST_CASE("a result that is written can be read back", "[evaluate]") {
  const std::vector<CaseResult> results{
      {.fingerprint = "0123456789abcdef",
       .id = "one \"two\"\n",
       .tags = {"a", "\xC3\xA9"},
       .input = "question",
       .expected = "is: x",
       .outcome = Outcome::failed,
       .answer = "",
       .score = 0.1,
       .model = "m",
       .usage = {.input_tokens = 1,
                 .output_tokens = 2,
                 .total_tokens = 3,
                 .cached_input_tokens = 4,
                 .reasoning_tokens = 5,
                 .known = true},
       .cost_usd = 1e-7,
       .latency = 1234ms},
      {.outcome = Outcome::error,
       .error = Error{.kind = ErrorKind::rate_limited,
                      .message = "Busy.",
                      .http_status = 429,
                      .code = "busy"}},
  };
  std::string text;
  for (const CaseResult& result : results) {
    const std::string line = to_json(result);
    CHECK(line.find('\n') == std::string::npos);
    text += line + "\n";
  }
  const Result<StoredResults> stored = parse_results(text);
  REQUIRE(stored);
  CHECK(stored->torn_bytes == 0);
  REQUIRE(stored->results.size() == 2);
  const CaseResult& one = stored->results[0];
  CHECK(one.fingerprint == results[0].fingerprint);
  CHECK(one.id == results[0].id);
  CHECK(one.tags == results[0].tags);
  CHECK(one.input == "question");
  CHECK(one.expected == "is: x");
  CHECK(one.outcome == Outcome::failed);
  CHECK(one.answer == "");
  CHECK(one.score == 0.1);
  CHECK_FALSE(one.error);
  CHECK(one.model == "m");
  CHECK(one.usage.known);
  CHECK(one.usage.reasoning_tokens == 5);
  CHECK(one.cost_usd == 1e-7);
  CHECK(one.latency == 1234ms);
  const CaseResult& two = stored->results[1];
  CHECK_FALSE(two.answer);
  CHECK_FALSE(two.score);
  CHECK_FALSE(two.usage.known);
  CHECK_FALSE(two.cost_usd);
  CHECK_FALSE(two.latency);
  CHECK(two.error.value().kind == ErrorKind::rate_limited);
  CHECK(two.error.value().message == "Busy.");
  CHECK(two.error.value().http_status == 429);
  CHECK(two.error.value().code == "busy");
  CHECK(to_json(one) == to_json(results[0]));
}

TEST_CASE("a last line that is torn anywhere is dropped and counted", "[evaluate]") {
  const std::string whole =
      to_json(CaseResult{.fingerprint = "f", .outcome = Outcome::passed, .answer = "\xC3\xA9"}) +
      "\n";
  for (std::size_t kept = 0; kept < whole.size(); ++kept) {
    CAPTURE(kept);
    const Result<StoredResults> stored = parse_results(whole + whole.substr(0, kept));
    REQUIRE(stored);
    CHECK(stored->results.size() == 1);
    CHECK(stored->torn_bytes == kept);
  }
}

TEST_CASE("a text that holds no results is refused, lest it be overwritten", "[evaluate]") {
  const std::string good = to_json(CaseResult{}) + "\n";
  for (const std::string& text :
       {std::string(R"({"id":"one","input":"q","expected":"a"})"), good + "x", good + "{}\n",
        good + "\n{\"fingerprint\":\"f\",\"outcome\":\"good\"}\n", good + "{\"fingerprint\":\"\n",
        std::string("{\"fingerprint\":1,\"outcome\":\"passed\"}\n"), std::string(5, '\0')}) {
    CAPTURE(text);
    const Result<StoredResults> stored = parse_results(text);
    REQUIRE_FALSE(stored);
    CHECK(is_sentence(stored.error().message));
  }
  CHECK(parse_results("").value().results.empty());
  CHECK(parse_results("{\"fingerprint\":\"f\",\"outcome\":\"passed\",\"later\":{}}\n"));
}

TEST_CASE("a result with a member that is wrong is refused, and the member is named",
          "[evaluate]") {
  const std::pair<std::string, std::string> cases[] = {
      {R"("latency_ms":99999999999999999999)",
       "latency_ms is not a whole number from 0 to 1000000000"},
      {R"("cost_usd":1e999)", "cost_usd is not a number"},
      {R"("tags":3)", "tags is not an array"},
      {R"("answer":7)", "answer is not a text"},
      {R"("error":{"http_status":1e17})", "error.http_status is not a whole number from 0 to 999"},
      {R"("usage":{"input_tokens":-1})",
       "usage.input_tokens is not a whole number from 0 to 18446744073709551615"},
      {R"("id":"a","id":"b")", "id appears twice"}};
  for (const auto& [member, says] : cases) {
    CAPTURE(member);
    const Result<StoredResults> stored =
        parse_results("\n{\"fingerprint\":\"f\",\"outcome\":\"passed\"," + member + "}\n");
    REQUIRE_FALSE(stored);
    CHECK(stored.error().message.starts_with("Line 2 of the results is wrong: " + says));
    CHECK(is_sentence(stored.error().message));
  }
}

TEST_CASE("outcomes have names", "[evaluate]") {
  CHECK(to_string(Outcome::passed) == "passed");
  CHECK(to_string(Outcome::not_run) == "not_run");
}
