// Tells names that say what a model is for from names that do not.

#include <FineTuning/FineTuning.hpp>

#include <fmt/format.h>

#include <string>
#include <vector>

using namespace FineTuning;

int main(int count, char** words) {
  const std::vector<std::string> names =
      count > 1 ? std::vector<std::string>(words + 1, words + count)
                : std::vector<std::string>{"ft:gpt-4:myorg:legal-contract-review:v1",
                                           "ft:gpt-3.5:myorg:customer-support-es:v2",
                                           "ft:gpt-4:myorg:model1:abc", "ft:gpt-4:myorg:test:xyz"};
  int status = 0;
  for (const std::string& name : names) {
    const auto advice = advice_on_name(name);
    fmt::print("{}: {}\n", name, advice.value_or("A good name."));
    if (advice) status = 1;
  }
  return status;
}
