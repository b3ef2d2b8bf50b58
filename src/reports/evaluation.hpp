#pragma once

// What the reports of an evaluation share.

#include <FineTuning/evaluate.hpp>

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

}  // namespace FineTuning
