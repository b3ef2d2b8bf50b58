// What is known of a fine-tuned model: inherited from its base, with prices and days of its own.

#include <FineTuning/days.hpp>
#include <FineTuning/facts.hpp>

#include <iostream>

using namespace FineTuning;
using namespace std::chrono_literals;

int main(int count, char** words) {
  const Result<Model> model =
      Model::from(count > 1 ? words[1] : "openai:ft:gpt-4o-mini-2024-07-18:acme:legal:abc123");
  const Result<Facts> known = model.and_then([](const Model& each) { return facts(each); });
  if (!known) {
    std::cerr << known.error().message << '\n';
    return 1;
  }
  std::cout << "known from  " << to_string(known->source) << " " << known->model_id << '\n';
  for (const Capability capability : all_capabilities)
    std::cout << "  " << to_string(capability) << ": " << to_string(known->capabilities[capability])
              << '\n';
  if (known->input_usd_per_mtok && known->output_usd_per_mtok)
    std::cout << "costs       " << *known->input_usd_per_mtok << " USD in, "
              << *known->output_usd_per_mtok << " USD out per million tokens\n";
  else
    std::cout << "costs       unknown\n";
  const auto end = ends_on(*model);
  std::cout << "ends        " << (end ? day_text(*end) : "unknown") << '\n'
            << "has ended   " << (is_retired(*model, 2027y / 2 / 1) ? "yes" : "no, or unknown")
            << ", asked for 2027-02-01\n";
}
