#pragma once

// Sums of times.

#include <algorithm>
#include <chrono>

namespace FineTuning::internal {

/// Adds a time to a sum, a negative one as zero. The sum stays at its greatest value if it would
/// overflow.
inline void add_time(std::chrono::nanoseconds& sum, std::chrono::nanoseconds time) {
  constexpr std::chrono::nanoseconds most = std::chrono::nanoseconds::max();
  time = std::max(time, std::chrono::nanoseconds::zero());
  sum = time > most - sum ? most : sum + time;
}

}  // namespace FineTuning::internal
