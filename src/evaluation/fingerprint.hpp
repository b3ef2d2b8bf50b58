#pragma once

// By what a result is recognised when a run is resumed.

#include <FineTuning/evaluate.hpp>

#include <string>

namespace FineTuning::internal {

/// A hash, as 16 hexadecimal digits, of what is asked and of what is expected of the answer: equal
/// where both are, and, but for a chance of one in 2^64, nowhere else. The headers of the request
/// are left out, because a new key does not change an answer; of a score its name is in it, not
/// what the function does.
[[nodiscard]] std::string fingerprint(const ChatRequest& request, const Expectation& expectation);

}  // namespace FineTuning::internal
