#pragma once

// Limits of waiting that several rooms keep.

#include <chrono>

namespace FineTuning::internal {

/// Waits longer than this, before something is tried again, are the caller's to decide.
inline constexpr std::chrono::milliseconds longest_retry_wait = std::chrono::seconds(120);

/// Practically never: far beyond what anybody waits for, near enough to be added to any time, and
/// in the range of the 32 bits that libcurl has for milliseconds.
inline constexpr std::chrono::milliseconds practically_never = std::chrono::hours(24 * 20);

}  // namespace FineTuning::internal
