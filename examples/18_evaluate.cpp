// Asks a fine-tune test cases, and fails if too few answers are as expected.

#include <FineTuning/FineTuning.hpp>

#include <fmt/format.h>

using namespace FineTuning;

constexpr std::string_view lines = R"(
{"id":"clause","input":"Does a clause apply?","expected_pattern":"(?i)\\bclause [0-9]+\\b"}
{"id":"facts","input":"Is the contract valid?","expected_parts":["contract","Clause"],"tags":["law"]}
{"id":"brief","input":"Is it valid? Say yes or no.","expected":"Yes","tags":["law"]}
)";

int main(int count, char** words) {
  const Result<std::vector<TestCase>> cases = parse_cases(lines);
  if (!cases) {
    fmt::print(stderr, "{}\n", cases.error().message);
    return 1;
  }
  const EvaluateOptions options{
      .request = {.model = count > 1 ? words[1] : "openai:ft:gpt-4o-mini-2024-07-18:acme::abc123",
                  .temperature = 0},
      .threshold = 0.9};
  const Evaluation evaluation = evaluate(*cases, Chat(), options);
  for (const CaseResult& result : evaluation.results)
    if (result.outcome != Outcome::passed)
      fmt::print("{} {}: expected {}, got {}\n", result.id, to_string(result.outcome),
                 result.expected,
                 result.error ? result.error->message : result.answer.value_or(""));
  const auto accuracy = evaluation.total.accuracy();
  const auto interval = evaluation.total.interval();
  if (accuracy && interval)
    fmt::print("accuracy {:.2f}, 95 % interval {:.2f} to {:.2f}\n", *accuracy, interval->low,
               interval->high);
  return evaluation.threshold_met() ? 0 : 1;
}
