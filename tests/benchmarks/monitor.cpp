// A call that a Monitor watches, beside the same call unwatched: a responder that answers at once,
// asked by one thread, and by eight for the same model. The time is the processor's, of all
// threads.

#include "measure.hpp"

#include <FineTuning/monitor.hpp>

#include <cstdlib>
#include <string>

namespace {

using namespace FineTuning;

Result<ChatResponse> answer_at_once(const ChatRequest& /*request*/,
                                    const CallContext& /*context*/) {
  return ChatResponse{
      .content = "The capital of France is Paris.",
      .finish_reason = FinishReason::stop,
      .usage = {.input_tokens = 30, .output_tokens = 8, .total_tokens = 38, .known = true},
      .cost_usd = 0.0000186,
      .model = "ft:gpt-4o-mini-2024-07-18:my-org:custom-suffix:7q8mpxmy",
      .id = "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
      .attempts = 1};
}

void ask(benchmark::State& state, const Responder& responder) {
  const ChatRequest request{.model =
                                "openai:ft:gpt-4o-mini-2024-07-18:my-org:custom-suffix:7q8mpxmy"};
  benchmarks::measure(state, 1, [&] {
    CallContext context;
    if (!responder(request, context)) std::abort();
  });
}

void unwatched(benchmark::State& state) { ask(state, answer_at_once); }

void watched(benchmark::State& state) {
  static const Responder responder = Monitor().watch(answer_at_once);
  ask(state, responder);
}

/// Only the run of one thread says what is allocated: the count is the program's.
void by_one_and_by_eight(benchmark::internal::Benchmark* benchmark) {
  benchmark->MeasureProcessCPUTime()->Threads(1)->Threads(8)->Apply(benchmarks::as_long_as_asked);
}

}  // namespace

BENCHMARK(unwatched)->Apply(by_one_and_by_eight);
BENCHMARK(watched)->Apply(by_one_and_by_eight);
BENCHMARK_MAIN();
