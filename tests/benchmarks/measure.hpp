#pragma once

// What every benchmark reports beside its time: what it allocated for each item.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>

namespace benchmarks {

/// What the program has allocated by operator new so far.
struct Allocations {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
};
[[nodiscard]] Allocations allocations();

/// Runs `work`, which does `items` of what is measured, and reports per item.
template <class F>
void measure(benchmark::State& state, std::size_t items, F work) {
  const Allocations before = allocations();
  for ([[maybe_unused]] auto _ : state) work();
  const Allocations after = allocations();
  const std::size_t all = static_cast<std::size_t>(state.iterations()) * items;
  const auto each = [all](std::uint64_t sum) {
    return static_cast<double>(sum) / static_cast<double>(all);
  };
  state.SetItemsProcessed(static_cast<std::int64_t>(all));
  state.counters["allocations"] = each(after.count - before.count);
  state.counters["bytes"] = each(after.bytes - before.bytes);
  state.counters["items"] = static_cast<double>(items);
}

/// For the instructions of one iteration, tests/benchmarks/run takes the difference of two runs:
/// ITERATIONS says how long this one is. Without it Google Benchmark decides.
void as_long_as_asked(benchmark::internal::Benchmark* benchmark);

}  // namespace benchmarks
