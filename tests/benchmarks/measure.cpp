// Counts what operator new gives, and reads how long a run is to be.

#include "measure.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::uint64_t> count{0};
std::atomic<std::uint64_t> bytes{0};

}  // namespace

void* operator new(std::size_t size) {
  count.fetch_add(1, std::memory_order_relaxed);
  bytes.fetch_add(size, std::memory_order_relaxed);
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }

namespace benchmarks {

Allocations allocations() { return {.count = count.load(), .bytes = bytes.load()}; }

void as_long_as_asked(benchmark::internal::Benchmark* benchmark) {
  if (const char* iterations = std::getenv("ITERATIONS"))
    benchmark->Iterations(std::strtoll(iterations, nullptr, 10));
}

}  // namespace benchmarks
