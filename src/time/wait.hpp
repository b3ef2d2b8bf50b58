#pragma once

// Sleeping that can be ended.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace FineTuning::internal {

/// Sleeps for that long; false if `stop` ended it.
inline bool wait_for(std::chrono::milliseconds duration, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never_notified;
  std::unique_lock lock(mutex);
  never_notified.wait_for(lock, stop, duration, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace FineTuning::internal
