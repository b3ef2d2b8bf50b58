#pragma once

// What the reports of an evaluation share.

#include <FineTuning/evaluate.hpp>

#include <fmt/format.h>

#include <map>
#include <string>

namespace FineTuning {

/// The results with each tag, counted; one with several tags counts with each.
[[nodiscard]] inline std::map<std::string, Tally> tally_by_tag(const Evaluation& evaluation) {
  std::map<std::string, Tally> tallies;
  for (const CaseResult& result : evaluation.results)
    for (const std::string& tag : result.tags) tallies[tag].add(result);
  return tallies;
}

/// What came of a case in place of what was expected: the answer, or why there is no verdict.
[[nodiscard]] inline std::string came(const CaseResult& result) {
  if (result.outcome != Outcome::failed) return result.error ? result.error->message : "";
  const std::string answer = result.answer.value_or("");
  return result.score ? fmt::format("(score {}) {}", *result.score, answer) : answer;
}

}  // namespace FineTuning
