// Many pieces of work on a few threads.

#include "patterns/batch.hpp"

#include "time/limits.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <numeric>
#include <random>
#include <system_error>
#include <thread>
#include <utility>

namespace FineTuning::internal {
namespace {

/// What the threads of one batch share.
class Batch {
 public:
  Batch(std::span<const std::size_t> order, const BatchOptions& options, const BatchWork& work)
      : order_(order), options_(options), work_(work) {}

  void stop() { stop_.request_stop(); }

  /// What each thread does.
  void take_part() {
    try {
      while (const std::optional<std::size_t> index = take_next()) finish(*index);
    } catch (...) {
      store_exception(std::current_exception());
      stop();
    }
  }

  void rethrow() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  std::optional<std::size_t> take_next() {
    std::unique_lock lock(mutex_);
    if (!wait_until_open(lock) || next_ == order_.size()) return {};
    return order_[next_++];
  }

  void finish(std::size_t index) {
    for (std::size_t waits = 0;; ++waits) {
      const bool is_last_try = waits == options_.max_waits;
      const std::optional<std::chrono::milliseconds> wait = work_(index, is_last_try);
      if (!wait || is_last_try || !pause(*wait)) return;
    }
  }

  /// Holds all threads up for a while. False if the batch was stopped.
  bool pause(std::chrono::milliseconds wait) {
    {
      const std::lock_guard lock(mutex_);
      ++pauses_;
    }
    options_.sleep(wait, stop_.get_token());
    std::unique_lock lock(mutex_);
    --pauses_;
    opened_.notify_all();
    return wait_until_open(lock);
  }

  /// Waits for the pauses of all threads to end. False if the batch was stopped.
  bool wait_until_open(std::unique_lock<std::mutex>& lock) {
    opened_.wait(lock, stop_.get_token(), [this] { return pauses_ == 0; });
    return !stop_.stop_requested();
  }

  void store_exception(const std::exception_ptr& thrown) {
    const std::lock_guard lock(mutex_);
    if (!thrown_) thrown_ = thrown;
  }

  const std::span<const std::size_t> order_;
  const BatchOptions& options_;
  const BatchWork& work_;
  std::stop_source stop_;
  std::mutex mutex_;
  std::condition_variable_any opened_;
  std::size_t next_ = 0;
  std::size_t pauses_ = 0;
  std::exception_ptr thrown_;
};

/// A number less than `limit`, each as likely as the others.
std::uint64_t uniform_below(std::uint64_t limit, std::mt19937_64& generator) {
  const std::uint64_t uneven = (0 - limit) % limit;  // 2^64 modulo limit: how many to reject
  std::uint64_t drawn = generator();
  while (drawn < uneven) drawn = generator();
  return drawn % limit;
}

}  // namespace

void run_batch(std::span<const std::size_t> order, const BatchOptions& options,
               const std::stop_token& stop, const BatchWork& work) {
  Batch batch(order, options, work);
  const std::stop_callback stops_batch(stop, [&batch] { batch.stop(); });
  {
    std::vector<std::jthread> others;  // joined at the end of this block
    try {
      for (std::size_t thread = 1; thread < std::min(options.parallel, order.size()); ++thread)
        others.emplace_back([&batch] { batch.take_part(); });
    } catch (const std::system_error&) {
      // The system has no more threads to give: those that there are do the work.
    }
    batch.take_part();
  }
  batch.rethrow();
}

std::vector<std::size_t> shuffled_order(std::size_t count, std::uint64_t seed) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937_64 generator(seed);
  for (std::size_t left = count; left > 1; --left)  // Fisher and Yates, from the back
    std::swap(order[left - 1], order[uniform_below(left, generator)]);
  return order;
}

std::optional<std::chrono::milliseconds> batch_wait(const Error& error) {
  constexpr std::chrono::milliseconds default_wait = std::chrono::seconds(8);
  const bool is_temporary =
      error.kind == ErrorKind::rate_limited || error.kind == ErrorKind::overloaded;
  const std::chrono::milliseconds wait = error.retry_after.value_or(default_wait);
  if (!is_temporary || error.outcome_unknown || wait > longest_retry_wait) return {};
  return wait;
}

}  // namespace FineTuning::internal
