#pragma once

// Whether one answer is what was expected.

#include <FineTuning/expectation.hpp>

#include <optional>
#include <string>

namespace FineTuning::internal {

/// Whether an answer can be checked against this. Fails with unsupported if this build of the
/// library cannot do it, and with invalid_request if the expectation is wrong as written.
[[nodiscard]] Result<void> check_expectation(const Expectation& expectation);

/// What is found of an answer.
struct Verdict {
  bool passed = false;
  std::optional<double> score{};  ///< Of an ExpectedScore.
};

/// Checks an answer against an expectation that check_expectation() accepts. Fails if a scoring
/// function does not return a number from 0 to 1.
[[nodiscard]] Result<Verdict> judge(const Expectation& expectation, const ChatRequest& request,
                                    const ChatResponse& response);

/// The expectation in words, as a report shows it.
[[nodiscard]] std::string describe(const Expectation& expectation);

}  // namespace FineTuning::internal
