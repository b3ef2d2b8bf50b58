#pragma once

// What the reports of an evaluation share.

#include <FineTuning/evaluate.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace FineTuning::internal {

/// A latency as reports write it.
[[nodiscard]] inline std::int64_t whole_milliseconds(std::chrono::nanoseconds time) {
  return std::chrono::round<std::chrono::milliseconds>(time).count();
}

/// Tallies of the results with each tag; a result with several tags counts for each.
[[nodiscard]] inline std::map<std::string, Tally> tally_by_tag(const Evaluation& evaluation) {
  std::map<std::string, Tally> tallies;
  for (const CaseResult& result : evaluation.results)
    for (const std::string& tag : result.tags) tallies[tag].add(result);
  return tallies;
}

/// The models that answered, as they name themselves, and how many cases each answered: a fallback
/// or a router asks several. An answer that does not name its model is not counted.
[[nodiscard]] inline std::map<std::string, std::size_t> answers_by_model(
    const Evaluation& evaluation) {
  std::map<std::string, std::size_t> counts;
  for (const CaseResult& result : evaluation.results)
    if (!result.model.empty()) ++counts[result.model];
  return counts;
}

/// What a case has in place of what was expected: the answer, or why there is no verdict.
[[nodiscard]] inline std::string actual_text(const CaseResult& result) {
  if (result.outcome != Outcome::failed) return result.error ? result.error->message : "";
  const std::string answer = result.answer.value_or("");
  return result.score ? fmt::format("(score {}) {}", *result.score, answer) : answer;
}

}  // namespace FineTuning::internal
