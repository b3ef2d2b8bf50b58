// Why a model does not do what it should: is its name a fine-tune's, has it ended, which base is it
// made from, and what can that not do?

#include <FineTuning/days.hpp>
#include <FineTuning/facts.hpp>

#include <iostream>

using namespace FineTuning;

int main(int count, char** words) {
  const Result<Model> model =
      Model::from(count > 1 ? words[1] : "openai:ft:gpt-4-0613:myorg:legal:ft-123");
  if (!model) {  // not the name of a model, or one that does not say whose it is
    std::cerr << model.error().code << ": " << model.error().message << '\n';
    return 1;
  }
  const Result<std::string> base = get_base_model(*model);
  if (!base) {  // "invalid_format" if the name is not written as the provider's fine-tunes are
    std::cerr << base.error().code << ": " << base.error().message << '\n';
    return 1;
  }
  std::cout << "base model     " << *base << '\n';
  const auto end = ends_on(*model);
  std::cout << "ends           " << (end ? day_text(*end) : "unknown") << '\n';
  for (const Capability capability : all_capabilities) {
    const Support known = support(*model, capability);
    if (known != Support::yes)
      std::cout << "  " << to_string(capability) << ": " << to_string(known) << '\n';
  }
}
