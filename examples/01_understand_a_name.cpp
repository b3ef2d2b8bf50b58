// Takes the id of a fine-tuned model apart. All of it can happen at compile time, and nothing is
// linked.

#include <FineTuning/model.hpp>

#include <iostream>

using namespace FineTuning;

constexpr auto id = parse_model_id("ft:gpt-4-0613:myorg:legal:ft-123", providers::openai);
static_assert(id && id->base_model == "gpt-4-0613" && id->organization == "myorg");
static_assert(is_fine_tuned("ft:gpt-4-0613:myorg:custom:abc123") && !is_fine_tuned("gpt-4"));

int main(int count, char** words) {
  const std::string_view text =
      count > 1 ? words[1] : "together:acme/Llama-3.3-70B-Instruct-Reference-law-38d369c4-c55e4fcf";
  const Result<Model> model = Model::from(text);
  if (!model) {
    std::cerr << model.error().message << '\n';
    return 1;
  }
  const ModelId parts = model->parts();
  std::cout << "provider      " << parts.provider << "\nkind          " << to_string(parts.kind)
            << "\nbase model    " << parts.base_model << "\norganization  " << parts.organization
            << "\nsuffix        " << parts.suffix << "\nfine-tune id  " << parts.fine_tune_id
            << '\n';
}
