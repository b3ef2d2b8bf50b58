#pragma once

// Many pieces of work on a few threads, for what asks a model many questions. Handles rate limits,
// stops and exceptions; does not know what the pieces are.

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
  std::size_t max_waits = 5;  ///< Of one piece; then it is given up.
  /// Sleeps for that long or until the stop; called from several threads at once.
  std::function<void(std::chrono::milliseconds, const std::stop_token&)> sleep = wait_for;
};

/// Does one piece, named by its index. Returns nothing when it is done, or how long to wait before
/// it is done again; after the last try it is given up instead. Called from several threads at
/// once, never twice at once for one index.
using BatchWork =
    std::function<std::optional<std::chrono::milliseconds>(std::size_t index, bool is_last_try)>;

/// Does all pieces that `order` names, in that order, and returns when none is under way. While one
/// waits, none is started or repeated. The same holds after a stop, and after an exception of
/// `work`: waits end at once, and the first exception reaches the caller. If the system has no more
/// threads to give, the others do the work; the caller's own is one of them.
void run_batch(std::span<const std::size_t> order, const BatchOptions& options,
               const std::stop_token& stop, const BatchWork& work);

/// The numbers from 0 up to `count`, shuffled: the same for a seed on every machine and with every
/// standard library (std::shuffle is not).
[[nodiscard]] std::vector<std::size_t> shuffled_order(std::size_t count, std::uint64_t seed);

/// How long a batch waits before it asks again after this error: after a rate limit or an overload
/// as long as the provider asks for, or else eight seconds. Empty after any other error, if the
/// call may have been carried out (and billed), and for a wait of more than two minutes.
[[nodiscard]] std::optional<std::chrono::milliseconds> batch_wait(const Error& error);

}  // namespace FineTuning::internal
