// The names headers promise to need no library: this program includes them and links nothing.
#include <FineTuning/capability.hpp>
#include <FineTuning/facts.hpp>
#include <FineTuning/model.hpp>
#include <FineTuning/model_id.hpp>
#include <FineTuning/provider.hpp>
#include <FineTuning/providers.hpp>

int main() {
  const auto model = FineTuning::Model::from("openai:ft:gpt-4-0613:myorg:legal:ft-123");
  if (!model || model->parts().base_model != "gpt-4-0613") return 1;
  return FineTuning::facts(*model) && FineTuning::ends_on(*model) ? 0 : 1;
}
