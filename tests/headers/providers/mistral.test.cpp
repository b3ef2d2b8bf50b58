// Mistral's ids, which begin as OpenAI's do.

#include "support/id_cases.hpp"

using namespace FineTuning;

namespace {

constexpr auto tuned =
    parse_model_id("ft:open-mistral-7b:587a6b29:20240514:7e773925", providers::mistral);
static_assert(tuned && tuned->base_model == "open-mistral-7b" && tuned->suffix.empty() &&
              tuned->organization == "587a6b29" && tuned->fine_tune_id == "7e773925");
static_assert(classify("ft:open-mistral-7b:587a6b29:20240514:7e773925").provider == "mistral");
static_assert(classify("ft:gpt-4o:org:suffix:id").provider == "openai");

}  // namespace

TEST_CASE("Mistral's ids are read with and without classifier and suffix", "[mistral]") {
  check_read(
      providers::mistral,
      {
          {"ft:open-mistral-7b:57d37e6c:20240531:2813b7e6", "open-mistral-7b", "57d37e6c", "",
           "2813b7e6"},
          {"ft:open-mistral-7b:daf5e488:20240430:c1bed559", "open-mistral-7b", "daf5e488", "",
           "c1bed559"},
          {"ft:mistral-small-latest:7e530b29:20250708:d2bd4879", "mistral-small-latest", "7e530b29",
           "", "d2bd4879"},
          {"ft:open-mistral-7b:5389c2d2:20250321:398b5c3a", "open-mistral-7b", "5389c2d2", "",
           "398b5c3a"},
          {"ft:open-mistral-7b:abcd1234:20260101:my-great-model:efgh5678", "open-mistral-7b",
           "abcd1234", "my-great-model", "efgh5678"},
          {"ft:open-mistral-7b:my-great-model:587a6b29:20240514:7e773925", "open-mistral-7b",
           "587a6b29", "my-great-model", "7e773925"},
          {"ft:classifier:ministral-3b-latest:XXX:20250401:XXX", "ministral-3b-latest", "XXX", "",
           "XXX"},
          {"ft:classifier:ministral-3b-latest:2bec22ef:20250702:tone.v2@eu#1:a2707cf5",
           "ministral-3b-latest", "2bec22ef", "tone.v2@eu#1", "a2707cf5"},
          {"mistral::ft:codestral-latest:2d70bb8d:20250227:34918562", "codestral-latest",
           "2d70bb8d", "", "34918562"},
          {"mistral/ft:pixtral-12b-latest:d42144c7:20250912:f7d61150", "pixtral-12b-latest",
           "d42144c7", "", "f7d61150"},

          {"gateway::ft:ministral-8b-latest:5d5f2efb:20250902:79156560", "ministral-8b-latest",
           "5d5f2efb", "", "79156560"},
          {"ft:open-mistral-nemo-2407:0834440f:20250812:43c81adb", "open-mistral-nemo-2407",
           "0834440f", "", "43c81adb"},
          {"ft:classifier:ministral-8b-latest:aabbccdd:20250401:sentiment:11223344",
           "ministral-8b-latest", "aabbccdd", "sentiment", "11223344"},
          {"ft:magistral-small-2506:aabbccdd:20250701:11223344", "magistral-small-2506", "aabbccdd",
           "", "11223344"},
          {"ft:devstral-small-2505:audit-v1:aabbccdd:20250701:11223344", "devstral-small-2505",
           "aabbccdd", "audit-v1", "11223344"},

          // A base that is not known by its name: a date next to a hash tells.
          {"ft:open-codestral-mamba:abcd1234:20240514:7e773925", "open-codestral-mamba", "abcd1234",
           "", "7e773925"},
          {"ft:newstral-small:audit-v1:aabbccdd:20250701:11223344", "newstral-small", "aabbccdd",
           "audit-v1", "11223344"},
          {"ft:newstral-small:XXX:20250701:11223344", "newstral-small", "XXX", "", "11223344"},
          {"ft:newstral-small:aabbccdd:20250701:tone:XXX", "newstral-small", "aabbccdd", "tone",
           "XXX"},

          // Without the date, as documents show them.
          {"ft:pixtral-12b-latest:your-org:helpstral:abc123", "pixtral-12b-latest", "your-org",
           "helpstral", "abc123"},
          {"ft:open-mistral-7b:my-great-model:abc123", "open-mistral-7b", "", "my-great-model",
           "abc123"},
          {"ft:open-mistral-7b:587a6b29:abc123", "open-mistral-7b", "587a6b29", "", "abc123"},
          {"ft:open-mixtral-8x7b:abc123", "open-mixtral-8x7b", "", "", "abc123"},
      });
}

TEST_CASE("an id with an unknown base and no date next to a hash is OpenAI's", "[mistral]") {
  for (const std::string_view text :
       {"ft:gpt-4o-2024-08-06:ipevo-corp:20241226:Aia7iefG", "ft:open-llama:acme:mistral:7e773925",
        "ft:gpt-4o:abcd1234:20249999:7e773925", "ft:gpt-4o:abcd1234:x20240514:7e773925",
        "ft:gpt-4o:20240514:tone:7e773925", "ft:gpt-4o-2024-08-06:acme:20241226:Aia7iefG"}) {
    INFO(text);
    CHECK(classify(text).provider == "openai");
  }
}

TEST_CASE("a Mistral id that is broken or no fine-tune is refused by name", "[mistral]") {
  check_refused(providers::mistral,
                {
                    {"open-mistral-nemo", IdError::not_fine_tuned},
                    {"ministral-8b-latest", IdError::not_fine_tuned},
                    {"ag_abc123", IdError::not_fine_tuned},
                    {"ft:open-mistral-7b", IdError::invalid_format},
                    {"ft:open-mistral-7b:", IdError::invalid_format},
                    {"ft::587a6b29:20240514:7e773925", IdError::invalid_format},
                    {"ft:classifier:", IdError::invalid_format},
                    {"ft:open-mistral-7b:a:20240514:b:c:d", IdError::invalid_format},
                    {"ft:open-mistral-7b:a b:20240514:c", IdError::invalid_characters},
                });
}
