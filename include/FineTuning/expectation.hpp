#pragma once

// What the answer to a test case is expected to be.

#include <FineTuning/message.hpp>

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace FineTuning {

/// A regular expression that has to match some part of the answer, in the syntax of RE2, so that no
/// pattern takes more than linear time. If the library was built without RE2, the case is not run.
struct ExpectedPattern {
  std::string pattern{};  ///< As in "(?i)\\byes\\b".
};

/// What the answer has to be, apart from white space around either of them.
struct ExpectedText {
  std::string text{};  ///< Compared byte by byte.
};

/// What the answer has to contain, in any order.
struct ExpectedParts {
  std::vector<std::string> parts{};  ///< All of them, byte by byte.
};

/// The JSON value that the answer has to be. It may be written in another way (spaces, the order of
/// members, 1.0 for 1), and the whole answer may be inside one Markdown fence (```json).
struct ExpectedJson {
  std::string json{};  ///< Numbers that are not 64-bit integers are compared as doubles.
};

/// A function that says how good an answer is.
struct ExpectedScore {
  /// Tells results of different functions apart when a run is resumed: change it with the function.
  std::string name{};
  /// Returns a number from 0 to 1, or nothing if it cannot judge the answer; that, and any other
  /// number, is an error of the case. Called on several threads at once. If it throws, the run ends
  /// and the exception reaches the caller.
  std::function<std::optional<double>(const ChatRequest&, const ChatResponse&)> score{};
  double pass_score = 0.5;  ///< The lowest score that passes.
};

/// What is expected of an answer.
using Expectation =
    std::variant<ExpectedPattern, ExpectedText, ExpectedParts, ExpectedJson, ExpectedScore>;

}  // namespace FineTuning
