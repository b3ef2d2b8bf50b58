#pragma once

// The key by which a result is recognised when a run is resumed.

#include <FineTuning/expectation.hpp>

#include <string>

namespace FineTuning::internal {

/// A hash, as 16 hexadecimal digits, of what is asked and of what is expected of the answer: equal
/// if both are, and different if they are not, but for a chance of one in 2^64. The request's
/// headers are left out, because a new key does not change an answer. Of a score the name is
/// hashed, not what the function does.
[[nodiscard]] std::string fingerprint(const ChatRequest& request, const Expectation& expectation);

}  // namespace FineTuning::internal
