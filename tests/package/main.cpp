// What every consumer builds: it takes an id apart at compile time, and needs the library and all
// that it links (a pattern needs RE2).
#include <FineTuning/FineTuning.hpp>

constexpr auto id =
    FineTuning::parse_model_id("ft:gpt-4-0613:myorg:legal:ft-123", FineTuning::providers::openai);
static_assert(id && id->base_model == "gpt-4-0613");

int main() {
  const std::vector<FineTuning::TestCase> cases{
      {.messages = {FineTuning::Message::user("2 + 2?")},
       .expectation = FineTuning::ExpectedPattern{"(unclosed"}}};
  const auto evaluation = FineTuning::evaluate(cases, FineTuning::Chat());
  return evaluation.results.at(0).error ? 0 : 1;
}
