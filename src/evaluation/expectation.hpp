#pragma once

// Whether one answer is what was expected.

#include <FineTuning/evaluate.hpp>

#include <optional>
#include <string>

namespace FineTuning::internal {

/// Why no answer can be checked so; empty where one can. Of kind unsupported where this build of
/// the library cannot, else where nobody can.
[[nodiscard]] std::optional<Error> fault_of(const Expectation& expectation);

/// What an answer is found to be.
struct Verdict {
  bool passed = false;
  std::optional<double> score{};  ///< Of an ExpectedScore.
};

/// Checks an answer against an expectation without fault. Fails where a scoring function says no
/// number from 0 to 1.
[[nodiscard]] Result<Verdict> judge(const Expectation& expectation, const ChatRequest& request,
                                    const ChatResponse& response);

/// The expectation in words, as a report shows it.
[[nodiscard]] std::string describe(const Expectation& expectation);

}  // namespace FineTuning::internal
