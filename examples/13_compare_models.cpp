// Asks a fine-tune and its base the same, and shows by how much their answers differ.

#include <FineTuning/FineTuning.hpp>

#include <fmt/format.h>

using namespace FineTuning;

int main(int count, char** words) {
  const Chat chat;
  const Responder tuned = with_model(
      count > 1 ? words[1] : "openai:ft:gpt-4o-mini-2024-07-18:myorg:legal:abc123", chat);
  const Responder base = with_model("openai:gpt-4o-mini-2024-07-18", chat);

  const std::vector<ChatRequest> requests{
      {.messages = {Message::user("Which clause limits what the supplier owes?")}},
      {.messages = {Message::user("May the tenant sublet?")}},
      {.messages = {Message::user("When does the warranty end?")}}};
  const ComparisonReport report = compare_models(requests, tuned, base, {.seed = 1});

  for (const auto& [a, b, difference] : report.comparisons)
    for (const ComparedAnswer* answer : {&a, &b})
      if (!answer->result) fmt::print(stderr, "{}\n", answer->result.error().message);

  for (const auto& [name, measure] : all_measures) {
    const PairedDifference paired = paired_difference(report.comparisons, measure);
    if (paired.interval)
      fmt::print("{}: the fine-tune has {:+g} on average, from {:+g} to {:+g} at 95 %, {} pairs\n",
                 name, *paired.mean, paired.interval->low, paired.interval->high, paired.pairs);
    else
      fmt::print("{}: unknown\n", name);
  }
  return report.failures_a + report.failures_b == 0 ? 0 : 1;
}
