// OpenAI's ids: the current form, its checkpoints, and the form of 2021 to 2023.

#include "support/id_cases.hpp"

using namespace FineTuning;

namespace {

constexpr bool reads(std::string_view text, std::string_view base_model,
                     std::string_view organization, std::string_view suffix,
                     std::string_view fine_tune_id) {
  const auto id = parse_model_id(text, providers::openai);
  return id && id->provider == "openai" && id->base_model == base_model &&
         id->organization == organization && id->suffix == suffix &&
         id->fine_tune_id == fine_tune_id;
}

constexpr bool refuses(std::string_view text, IdError why) {
  const auto id = parse_model_id(text, providers::openai);
  return !id && id.error() == why;
}

// The contract's examples.
constexpr auto legal = parse_model_id("ft:gpt-4-0613:myorg:legal:ft-123", providers::openai);
static_assert(legal && legal->base_model == "gpt-4-0613" && legal->organization == "myorg" &&
              legal->suffix == "legal" && legal->fine_tune_id == "ft-123");
static_assert(reads("ft:gpt-4-0613:myorg:custom:abc123", "gpt-4-0613", "myorg", "custom",
                    "abc123"));
static_assert(reads("ft:gpt-4:org:id", "gpt-4", "org", "", "id"));
static_assert(refuses("ft:gpt-4:org:suffix:id@#$%", IdError::invalid_characters));
static_assert(refuses("ft:invalid", IdError::invalid_format));

// The guide's examples.
static_assert(is_fine_tuned("ft:gpt-4-0613:myorg:custom:abc123"));
static_assert(!is_fine_tuned("gpt-4") && !is_fine_tuned("gpt-4", providers::openai));
static_assert(reads("ft:gpt-4-0613:org:suffix:id", "gpt-4-0613", "org", "suffix", "id"));
static_assert(reads("ft:gpt-4-0613:myorg:legal-assistant:abc123", "gpt-4-0613", "myorg",
                    "legal-assistant", "abc123"));
static_assert(reads("ft:gpt-4:org:legal:id1", "gpt-4", "org", "legal", "id1"));
static_assert(reads("ft:gpt-4:org:medical:id2", "gpt-4", "org", "medical", "id2"));
static_assert(reads("ft:gpt-3.5:org:support:id3", "gpt-3.5", "org", "support", "id3"));
static_assert(reads("ft:gpt-4:org:legal-v3:id3", "gpt-4", "org", "legal-v3", "id3"));
static_assert(reads("ft:gpt-4:org:legal-v2:id2", "gpt-4", "org", "legal-v2", "id2"));
static_assert(reads("ft:gpt-4:org:legal-v1:id1", "gpt-4", "org", "legal-v1", "id1"));
static_assert(reads("ft:gpt-3.5:org:support-v2:id2", "gpt-3.5", "org", "support-v2", "id2"));
static_assert(reads("ft:gpt-3.5:org:support-v1:id1", "gpt-3.5", "org", "support-v1", "id1"));
static_assert(reads("ft:gpt-4:org:custom:id", "gpt-4", "org", "custom", "id"));
static_assert(reads("ft:gpt-4:myorg:legal-contract-review:v1", "gpt-4", "myorg",
                    "legal-contract-review", "v1"));
static_assert(reads("ft:gpt-3.5:myorg:customer-support-es:v2", "gpt-3.5", "myorg",
                    "customer-support-es", "v2"));
static_assert(reads("ft:gpt-4:myorg:model1:abc", "gpt-4", "myorg", "model1", "abc"));
static_assert(reads("ft:gpt-4:myorg:test:xyz", "gpt-4", "myorg", "test", "xyz"));
static_assert(reads("ft:gpt-3.5:org:simple:id", "gpt-3.5", "org", "simple", "id"));
static_assert(reads("ft:gpt-4:org:complex:id", "gpt-4", "org", "complex", "id"));
static_assert(reads("ft:BASE:ORG:SUFFIX:ID", "BASE", "ORG", "SUFFIX", "ID"));

}  // namespace

TEST_CASE("OpenAI's ids are read with and without suffix and checkpoint", "[openai]") {
  check_read(
      providers::openai,
      {
          {"ft:gpt-4o-mini:openai:custom-model-name:7p4lURel", "gpt-4o-mini", "openai",
           "custom-model-name", "7p4lURel"},
          {"ft:gpt-4o-mini:openai::7p4lURel", "gpt-4o-mini", "openai", "", "7p4lURel"},
          {"ft:davinci-002:my-org:custom_suffix:7q8mpxmy", "davinci-002", "my-org", "custom_suffix",
           "7q8mpxmy"},
          {"ft:gpt-4o-mini-2024-07-18:org:weather:B7R9VjQd", "gpt-4o-mini-2024-07-18", "org",
           "weather", "B7R9VjQd"},
          {"ft:gpt-4o-mini:acemeco:suffix:abc123", "gpt-4o-mini", "acemeco", "suffix", "abc123"},
          {"ft:gpt-4o-mini-2024-07-18:my-org:custom-suffix:96olL566:ckpt-step-2000",
           "gpt-4o-mini-2024-07-18", "my-org", "custom-suffix", "96olL566", "ckpt-step-2000"},
          {"ft:gpt-4o-mini-2024-07-18:my-org:custom-suffix:7q8mpxmy:ckpt-step-1000",
           "gpt-4o-mini-2024-07-18", "my-org", "custom-suffix", "7q8mpxmy", "ckpt-step-1000"},
          {"ft:gpt-4o-mini-2024-07-18:my-org:custom_suffix:9ABel2dg:ckpt-step-88",
           "gpt-4o-mini-2024-07-18", "my-org", "custom_suffix", "9ABel2dg", "ckpt-step-88"},
          {"ft:gpt-4o-mini-2024-07-18:personal::AZtikUfb:ckpt-step-70", "gpt-4o-mini-2024-07-18",
           "personal", "", "AZtikUfb", "ckpt-step-70"},
          {"ft:gpt-4o-mini-2024-07-18:personal::AZtikEzM:ckpt-step-140", "gpt-4o-mini-2024-07-18",
           "personal", "", "AZtikEzM", "ckpt-step-140"},
          {"ft:gpt-3.5-turbo-0613:personal::7zuPTNEA", "gpt-3.5-turbo-0613", "personal", "",
           "7zuPTNEA"},
          {"ft:gpt-4o-2024-08-06:personal::AEk9daX3:ckpt-step-1956", "gpt-4o-2024-08-06",
           "personal", "", "AEk9daX3", "ckpt-step-1956"},
          {"ft:gpt-4.1-2025-04-14:personal:sharp-pluckability:CZtsdFlR:ckpt-step-16",
           "gpt-4.1-2025-04-14", "personal", "sharp-pluckability", "CZtsdFlR", "ckpt-step-16"},
          {"ft:o4-mini-2025-04-16:openai::BTz2REMH", "o4-mini-2025-04-16", "openai", "",
           "BTz2REMH"},
          {"ft:babbage-002:personal:simple-heta:9am9znES", "babbage-002", "personal", "simple-heta",
           "9am9znES"},
          {"ft:gpt-3.5-turbo-0613:personal::8LcRd7Sc", "gpt-3.5-turbo-0613", "personal", "",
           "8LcRd7Sc"},

          // Four fields: the suffix is left out with its colon.
          {"ft:gpt-4o-mini-2024-07-18:personal:AadYwWBS", "gpt-4o-mini-2024-07-18", "personal", "",
           "AadYwWBS"},
          {"ft:gpt-4o-mini-2024-07-18:personal:AadYwWBS:ckpt-step-70", "gpt-4o-mini-2024-07-18",
           "personal", "", "AadYwWBS", "ckpt-step-70"},

          // Odd ones: the skeleton is right, so they are what they say.
          {"ft:gpt-4.1-mini-2025-04-14:my-team:ft-sft-gpt41mini-ds-v9-prompt-v5-methodfix-eval-"
           "v1-20260412-1257:DTgUbJH",
           "gpt-4.1-mini-2025-04-14", "my-team",
           "ft-sft-gpt41mini-ds-v9-prompt-v5-methodfix-eval-v1-20260412-1257", "DTgUbJH"},
          {"ft:GPT-4o:ACME:My.Suffix+v2/(final):AbC", "GPT-4o", "ACME", "My.Suffix+v2/(final)",
           "AbC"},
          {"ft:gpt-4o-2024-08-06:123456:20241226:Aia7iefG", "gpt-4o-2024-08-06", "123456",
           "20241226", "Aia7iefG"},
          {"ft:gpt-4o:org:x.ft-0ab3f80e4f2242929258fff45b56a9ce:id", "gpt-4o", "org",
           "x.ft-0ab3f80e4f2242929258fff45b56a9ce", "id"},
          {"ft:gpt-4o:org:accounts/a/models/b:id", "gpt-4o", "org", "accounts/a/models/b", "id"},
          {"ft:gpt-99:org:custom:abc123", "gpt-99", "org", "custom", "abc123"},
          {"ft:gpt-4o:org:ckpt-step-5:id", "gpt-4o", "org", "ckpt-step-5", "id"},
          {"ft:gpt-4o:org:a:id:ckpt-step-000000000000000000001", "gpt-4o", "org", "a", "id",
           "ckpt-step-000000000000000000001"},

          {"openai/ft:gpt-4o-mini:org::id", "gpt-4o-mini", "org", "", "id"},
          {"openai/ft:gpt-4o-mini:org:s:id:ckpt-step-8", "gpt-4o-mini", "org", "s", "id",
           "ckpt-step-8"},
          {"openai::ft:gpt-4.1-mini-2025-04-14:xxxxxxxx::xxxxxxxx", "gpt-4.1-mini-2025-04-14",
           "xxxxxxxx", "", "xxxxxxxx"},
          {"text-completion-openai/ft:davinci-002:my-org:custom_suffix:7q8mpxmy", "davinci-002",
           "my-org", "custom_suffix", "7q8mpxmy"},
          {"ft:gpt-4.1-mini-2025-04-14:personal:friendly-advice-01092026:CwGsaVcA",
           "gpt-4.1-mini-2025-04-14", "personal", "friendly-advice-01092026", "CwGsaVcA"},
          {"ft:gpt-4.1-2025-04-14:acme:exp-0723-002:BwRgAyL5:ckpt-step-194", "gpt-4.1-2025-04-14",
           "acme", "exp-0723-002", "BwRgAyL5", "ckpt-step-194"},
          {"ft:gpt-4.1-2025-04-14:acme:ckpt-test:AbC12345", "gpt-4.1-2025-04-14", "acme",
           "ckpt-test", "AbC12345"},
          {"ft:gpt-3.5-turbo-0125:your-org:your-model-name", "gpt-3.5-turbo-0125", "your-org", "",
           "your-model-name"},
          {"ft:Qwen/Qwen3-0.6B-2026-09-30:org_placeholder:suffix:IDPlaceholder:ckpt-step-8",
           "Qwen/Qwen3-0.6B-2026-09-30", "org_placeholder", "suffix", "IDPlaceholder",
           "ckpt-step-8"},
      });
}

TEST_CASE("OpenAI's ids of 2021 to 2023 end in a stamp", "[openai]") {
  check_read(
      providers::openai,
      {
          {"davinci:ft-personal-2023-04-28-18-40-02", "davinci", "personal", "",
           "2023-04-28-18-40-02"},
          {"curie:ft-acmeco-2021-03-03-21-44-20", "curie", "acmeco", "", "2021-03-03-21-44-20"},
          {"curie:ft-user-rmthqi0lasncm4lzz0f1e9ob-2021-07-31-02-45-37", "curie",
           "user-rmthqi0lasncm4lzz0f1e9ob", "", "2021-07-31-02-45-37"},
          {"ada:ft-your-org:custom-model-name-2022-02-15-04-21-04", "ada", "your-org",
           "custom-model-name", "2022-02-15-04-21-04"},
          {"davinci:ft-personal:sup-v2p1-lr0-1-epcs100-dv-2023-03-02-18-39-57", "davinci",
           "personal", "sup-v2p1-lr0-1-epcs100-dv", "2023-03-02-18-39-57"},
          {"curie:ft-calvin-university-data-science-2021-10-28-20-25-05", "curie",
           "calvin-university-data-science", "", "2021-10-28-20-25-05"},
          {"babbage:ft-a:2023-02-28-08-37-45-2023-02-28-08-37-45", "babbage", "a",
           "2023-02-28-08-37-45", "2023-02-28-08-37-45"},
          {"openai/davinci:ft-personal-2023-04-11-08-35-06", "davinci", "personal", "",
           "2023-04-11-08-35-06"},
          {"davinci:ft-acme-growth:gc-model-v6-lr0-05-epcs30-nb-f-2023-03-02-18-39-57", "davinci",
           "acme-growth", "gc-model-v6-lr0-05-epcs30-nb-f", "2023-03-02-18-39-57"},
      });
}

TEST_CASE("OpenAI's ids of 2021 to 2023 are read without their stamp too", "[openai]") {
  check_read(providers::openai,
             {
                 {"davinci:ft-your-custom-model", "davinci", "your-custom-model"},
                 {"curie:ft-acmeco", "curie", "acmeco"},
                 {"davinci:ft-personal", "davinci", "personal"},
                 {"ada:ft-personal:my-model", "ada", "personal", "my-model"},
                 {"davinci:ft-your-organization-name-2024-xx-xx", "davinci",
                  "your-organization-name-2024-xx-xx"},
                 {"ada:ft-x-2023-04-28-18-40-0a", "ada", "x-2023-04-28-18-40-0a"},
                 {"ada:ft-x2023-04-28-18-40-02", "ada", "x2023-04-28-18-40-02"},
                 {"davinci-002:ft-acme", "davinci-002", "acme"},
             });
}

TEST_CASE("what only begins as OpenAI's old bases do is somebody else's", "[openai]") {
  for (const std::string_view text :
       {"adarsh/llama3.1:ft-q4", "ada-labs/model:ft-q4", "curie-bio/x:y:ft-1", "adapter:ft-q4",
        "davincii:ft-personal-2023-04-28-18-40-02", "my-ada:ft-x"}) {
    INFO(text);
    CHECK(classify(text).provider != "openai");
    CHECK_FALSE(is_fine_tuned(text, providers::openai));
  }
}

TEST_CASE("an OpenAI id that is broken or no fine-tune is refused by name", "[openai]") {
  check_refused(providers::openai,
                {
                    {"ft:", IdError::invalid_format},
                    {"ft:gpt-4o", IdError::invalid_format},
                    {"ft:gpt-3.5-turbo-0125", IdError::invalid_format},
                    {"ft:gpt-4o:org", IdError::invalid_format},
                    {"ft:gpt-4o:org:", IdError::invalid_format},
                    {"ft:gpt-4o:org::", IdError::invalid_format},
                    {"ft:gpt-4o::suffix:id", IdError::invalid_format},
                    {"ft::org:suffix:id", IdError::invalid_format},
                    {"ft:gpt-4o:org:ckpt-step-7", IdError::invalid_format},
                    {"ft:gpt-4o:org:s:t:id", IdError::invalid_format},
                    {"ft:gpt-4o:org:s:t:id:ckpt-step-7", IdError::invalid_format},
                    {"::::", IdError::not_fine_tuned},
                    {"ada:ft-", IdError::invalid_format},
                    {"ada:ft-:suffix", IdError::invalid_format},
                    {"ada:ft-2023-04-28-18-40-02", IdError::invalid_format},
                    {"ft:gpt-4o:my org::id", IdError::invalid_characters},
                    {"ft:gpt-4o:org:espa\xC3\xB1ol:id", IdError::invalid_characters},
                    {"gpt-4o", IdError::not_fine_tuned},
                    {"ftjob-abc123", IdError::not_fine_tuned},
                });
}
