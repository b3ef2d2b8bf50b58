// Watches what a model costs, how fast it is and what fails; keeps it in a log that outlives it.

#include <FineTuning/FineTuning.hpp>

#include <fmt/ostream.h>

#include <chrono>
#include <fstream>

using namespace FineTuning;

int main(int count, char** words) {
  const std::string model =
      count > 1 ? words[1] : "openai:ft:gpt-4o-mini-2024-07-18:myorg:legal:abc123";
  std::ofstream log(count > 2 ? words[2] : "calls.jsonl", std::ios::app);
  if (!log) {
    fmt::print(stderr, "The log cannot be written; name another one.\n");
    return 1;
  }
  const Monitor monitor({.on_call = [&log](const CallRecord& call) {
    log << to_json(call) + '\n' << std::flush;
  }});

  const Responder answer = monitor.watch(Chat());
  for (const char* prompt : {"Review this contract: ...", "And this one: ..."}) {
    const Result<ChatResponse> response =
        answer({.model = model, .messages = {Message::user(prompt)}}, {});
    if (!response)
      fmt::print(stderr, "{}\n", response.error().message);
    else if (!monitor.feedback(response->id, 1))  // a user liked it
      fmt::print(stderr, "This answer has no id, so it takes no feedback.\n");
  }
  const Figures figures = monitor.stats(model).total;
  fmt::print("{} of {} calls succeeded\n", figures.succeeded, figures.requests());
  if (const auto latency = figures.mean_latency())
    fmt::print("they took {:.3f} s each\n", std::chrono::duration<double>(*latency).count());
  if (const auto cost = figures.usage.cost_usd()) fmt::print("they cost {:.6f} USD\n", *cost);
  fmt::print("\n{}", to_prometheus(monitor.stats()));
}
