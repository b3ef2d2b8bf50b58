// Batches: what is done, how often, in which order, and what ends them.

#include "patterns/batch.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <barrier>
#include <latch>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <stop_token>
#include <thread>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using Wait = std::optional<milliseconds>;
using Indices = std::vector<std::size_t>;

namespace {

Indices counted(std::size_t count) {
  Indices order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

/// Sleeps no time, and keeps how long it was to.
struct Sleeps {
  std::mutex mutex{};
  std::vector<milliseconds> waits{};

  BatchOptions options(BatchOptions others = {}) {
    others.sleep = [this](milliseconds wait, const std::stop_token&) {
      const std::lock_guard lock(mutex);
      waits.push_back(wait);
    };
    return others;
  }
};

/// Gives threads that should not run the time to run nevertheless.
void let_others_run() {
  for (int i = 0; i < 1000; ++i) std::this_thread::yield();
}

}  // namespace

TEST_CASE("one thread does the pieces in their order", "[batch]") {
  for (const std::size_t parallel : {0U, 1U}) {
    const auto caller = std::this_thread::get_id();
    Indices done;
    run_batch(Indices{7, 3, 5}, {.parallel = parallel}, {}, [&](std::size_t index, bool) -> Wait {
      CHECK(std::this_thread::get_id() == caller);
      done.push_back(index);
      return {};
    });
    CHECK(done == Indices{7, 3, 5});
  }
}

TEST_CASE("several threads do each piece once, as many at a time as they may", "[batch]") {
  std::array<std::atomic<int>, 40> done{};
  std::atomic<int> at_once = 0;
  std::atomic<bool> too_many = false;
  std::barrier four(4);  // hangs if fewer than four are done at once
  run_batch(counted(done.size()), {.parallel = 4}, {}, [&](std::size_t index, bool) -> Wait {
    if (++at_once > 4) too_many = true;
    four.arrive_and_wait();
    ++done.at(index);
    --at_once;
    return {};
  });
  CHECK_FALSE(too_many);
  CHECK(std::all_of(done.begin(), done.end(), [](const auto& times) { return times == 1; }));
}

TEST_CASE("a batch of nothing is done", "[batch]") {
  run_batch({}, {}, {}, [](std::size_t, bool) -> Wait { throw std::logic_error("no piece"); });
}

TEST_CASE("a piece that wants to wait is done again after that wait", "[batch]") {
  Sleeps sleeps;
  Indices done;
  const std::vector<Wait> answers{2s, 5s, {}, {}};
  run_batch(counted(2), sleeps.options({.parallel = 1}), {}, [&](std::size_t index, bool) {
    done.push_back(index);
    return answers.at(done.size() - 1);
  });
  CHECK(done == Indices{0, 0, 0, 1});
  CHECK(sleeps.waits == std::vector<milliseconds>{2s, 5s});
}

TEST_CASE("a piece that never stops waiting is given up after its last try", "[batch]") {
  Sleeps sleeps;
  Indices done;
  std::vector<bool> last_tries;
  run_batch(counted(2), sleeps.options({.parallel = 1, .max_waits = 2}), {},
            [&](std::size_t index, bool is_last_try) -> Wait {
              done.push_back(index);
              last_tries.push_back(is_last_try);
              return 1s;
            });
  CHECK(done == Indices{0, 0, 0, 1, 1, 1});
  CHECK(last_tries == std::vector{false, false, true, false, false, true});
  CHECK(sleeps.waits.size() == 4);
}

TEST_CASE("while a piece waits, nothing is started", "[batch]") {
  std::barrier four(4);
  std::latch sleeping(1);
  std::atomic<int> finished = 0;
  std::atomic<bool> awake = false;
  std::atomic<bool> has_waited = false;
  std::atomic<int> started_asleep = 0;
  const BatchOptions options{.parallel = 4, .sleep = [&](milliseconds, const std::stop_token&) {
                               sleeping.count_down();
                               while (finished < 3) std::this_thread::yield();
                               let_others_run();  // who have nothing under way now
                               awake = true;
                             }};
  run_batch(counted(20), options, {}, [&](std::size_t index, bool) -> Wait {
    if (index > 3 && !awake) ++started_asleep;
    if (index > 3) return {};
    if (index == 0 && has_waited) return {};
    four.arrive_and_wait();
    if (index == 0) {
      has_waited = true;
      return 1s;
    }
    sleeping.wait();
    ++finished;
    return {};
  });
  CHECK(started_asleep == 0);
  CHECK(awake);
}

TEST_CASE("an exception stops a batch and reaches the caller once nothing is under way",
          "[batch]") {
  std::latch both(2);
  std::atomic<int> started = 0;
  std::atomic<bool> ended = false;
  const auto work = [&](std::size_t index, bool) -> Wait {
    ++started;
    both.arrive_and_wait();
    if (index == 0) throw std::runtime_error("broken");
    let_others_run();
    ended = true;
    return 1h;  // which nobody sleeps
  };
  CHECK_THROWS_WITH(run_batch(counted(2), {.parallel = 2}, {}, work), "broken");
  CHECK(ended);
  CHECK(started == 2);

  int tried = 0;
  CHECK_THROWS_AS(run_batch(counted(9), {.parallel = 1}, {},
                            [&](std::size_t, bool) -> Wait {
                              ++tried;
                              throw std::runtime_error("broken");
                            }),
                  std::runtime_error);
  CHECK(tried == 1);
}

TEST_CASE("a stop starts nothing more and ends waits at once", "[batch]") {
  std::stop_source source;
  Indices done;
  run_batch(counted(9), {.parallel = 1}, source.get_token(), [&](std::size_t index, bool) -> Wait {
    done.push_back(index);
    if (index == 1) source.request_stop();
    return {};
  });
  CHECK(done == Indices{0, 1});

  run_batch(counted(9), {}, source.get_token(),
            [](std::size_t, bool) -> Wait { throw std::logic_error("stopped before it began"); });

  std::stop_source later;
  std::latch started(1);
  const std::jthread stops([&] {
    started.wait();
    let_others_run();
    later.request_stop();
  });
  std::atomic<int> times = 0;
  run_batch(counted(9), {.parallel = 3}, later.get_token(), [&](std::size_t, bool) -> Wait {
    if (times++ == 0) started.count_down();
    return 24h;  // really slept, until the stop
  });
  CHECK(times <= 3);
}

TEST_CASE("a shuffle is the same everywhere", "[batch]") {
  // From an implementation of MT19937-64 and of the shuffle of its own, in another language, that
  // gives the 10,000th number that the C++ standard states ([rand.predef]).
  CHECK(shuffled_order(10, 0) == Indices{7, 2, 0, 8, 3, 9, 6, 1, 5, 4});
  CHECK(shuffled_order(10, 1) == Indices{1, 7, 3, 9, 4, 0, 5, 2, 6, 8});
  CHECK(shuffled_order(10, 2026) == Indices{4, 5, 3, 8, 7, 2, 0, 9, 6, 1});
  CHECK(shuffled_order(0, 1).empty());
  CHECK(shuffled_order(1, 1) == Indices{0});
}

TEST_CASE("a shuffle is fair", "[batch]") {
  std::array<std::array<int, 4>, 4> times{};  // of a number at a place
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    const Indices order = shuffled_order(4, seed);
    for (std::size_t place = 0; place < 4; ++place) ++times.at(order[place]).at(place);
  }
  for (const auto& row : times)
    for (const int count : row) {
      CHECK(count > 870);  // expected 1000, standard deviation 27
      CHECK(count < 1130);
    }
}

TEST_CASE("a batch waits after a rate limit and an overload, and after nothing else", "[batch]") {
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::other); ++kind) {
    const Error error{.kind = static_cast<ErrorKind>(kind), .retry_after = 2s};
    INFO(to_string(error.kind));
    const bool waits = error.kind == ErrorKind::rate_limited || error.kind == ErrorKind::overloaded;
    CHECK(batch_wait(error) == (waits ? Wait(2s) : Wait()));
  }
  CHECK(batch_wait({.kind = ErrorKind::rate_limited}) == 8s);
  CHECK(batch_wait({.kind = ErrorKind::rate_limited, .retry_after = 120s}) == 120s);
  CHECK_FALSE(batch_wait({.kind = ErrorKind::rate_limited, .retry_after = 121s}));
  CHECK_FALSE(batch_wait({.kind = ErrorKind::overloaded, .outcome_unknown = true}));
}
