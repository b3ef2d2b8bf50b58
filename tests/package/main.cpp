// What every consumer builds: it takes an id apart at compile time and needs the library for a
// Chat.
#include <FineTuning/FineTuning.hpp>

constexpr auto id =
    FineTuning::parse_model_id("ft:gpt-4-0613:myorg:legal:ft-123", FineTuning::providers::openai);
static_assert(id && id->base_model == "gpt-4-0613");

int main() { FineTuning::Chat chat; }
