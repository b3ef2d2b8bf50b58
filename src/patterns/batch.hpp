#pragma once

// Many pieces of work on a few threads, for what asks a model many questions: it knows rate limits,
// stops and exceptions, and not what the pieces are.

#include "time/wait.hpp"

#include <FineTuning/error.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

namespace FineTuning::internal {

/// How a batch is run.
struct BatchOptions {
  std::size_t parallel = 4;   ///< Threads at most, the caller's included; 0 is taken as 1.
  std::size_t max_waits = 5;  ///< Of one piece; then it is left as it is.
  /// Sleeps for that long or until the stop; called from several threads at once.
  std::function<void(std::chrono::milliseconds, const std::stop_token&)> sleep = wait_for;
};

/// Does one piece, named by its index. Returns nothing when it is done, or how long to wait before
/// it is done again. Called from several threads at once, never twice at once for one index.
using BatchWork = std::function<std::optional<std::chrono::milliseconds>(std::size_t index)>;

/// Does all pieces that `order` names, in that order, and returns when none is under way. While one
/// waits, no piece is started or repeated. After a stop, and after an exception of `work`, none is
/// either, and waits end at once; the first exception then reaches the caller. Threads that cannot
/// be had are done without: the caller's own works too.
void run_batch(std::span<const std::size_t> order, const BatchOptions& options,
               const std::stop_token& stop, const BatchWork& work);

/// The numbers from 0 up to `count`, shuffled: the same for a seed on every machine and with every
/// standard library (std::shuffle is not).
[[nodiscard]] std::vector<std::size_t> shuffled_order(std::size_t count, std::uint64_t seed);

/// How long a batch waits before it asks again for what failed so: after a rate limit or an
/// overload what the provider asks for, else eight seconds. Empty after any other error, where the
/// call may have been carried out (and billed), and for a wait of more than two minutes.
[[nodiscard]] std::optional<std::chrono::milliseconds> batch_wait(const Error& error);

}  // namespace FineTuning::internal
