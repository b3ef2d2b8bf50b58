// Together's ids: three forms, and the guide's. The table of bases finds where a base's name ends.

#include "support/id_cases.hpp"

using namespace FineTuning;

namespace {

constexpr auto table = ModelId::BaseSource::table;

// The contract's example, which is the guide's.
constexpr auto llama = parse_model_id("myorg/fine-tuned-llama-70b", providers::together);
static_assert(llama && llama->provider == "together" &&
              llama->base_model == "fine-tuned-llama-70b" &&
              llama->base_source == ModelId::BaseSource::id && llama->organization == "myorg" &&
              llama->suffix.empty() && llama->fine_tune_id == "myorg/fine-tuned-llama-70b");
static_assert(is_fine_tuned("org/model-name", providers::together));
static_assert(is_fine_tuned("ORG/MODEL", providers::together));
static_assert(!is_fine_tuned("myorg/fine-tuned-llama-70b"));  // a base model's name elsewhere

}  // namespace

TEST_CASE("Together's issued ids are read", "[together]") {
  check_read(
      providers::together,
      {
          // Two slashes: the base's publisher is kept.
          {"mynamespace/meta-llama/Llama-2-7b-hf-32162631", "meta-llama/Llama-2-7b-hf",
           "mynamespace", "", "32162631"},
          {"acct/Qwen/Qwen2.5-7B-Instruct-32162631", "Qwen/Qwen2.5-7B-Instruct", "acct", "",
           "32162631", "", "", table},
          {"acct/Qwen/Qwen2.5-7B-Instruct-my-name-32162631", "Qwen/Qwen2.5-7B-Instruct", "acct",
           "my-name", "32162631", "", "", table},

          // One slash, one or two hashes: the table knows the base.
          {"acct_a03a/Llama-3.3-70B-Instruct-Reference-8b98da31-79f56385",
           "Llama-3.3-70B-Instruct-Reference", "acct_a03a", "", "8b98da31", "", "", table},
          {"acct_a03a/Llama-4-Scout-17B-16E-70144409-1afad6eb", "Llama-4-Scout-17B-16E",
           "acct_a03a", "", "70144409", "", "", table},
          {"acct_24ae/Meta-Llama-3.1-8B-Instruct-Reference-ft-myfinetune-417bfc68",
           "Meta-Llama-3.1-8B-Instruct-Reference", "acct_24ae", "ft-myfinetune", "417bfc68", "", "",
           table},
          {"acct/Meta-Llama-3.1-70B-Instruct-Reference-multiwoz-us-dial-it1-c40bfde9-1119df65",
           "Meta-Llama-3.1-70B-Instruct-Reference", "acct", "multiwoz-us-dial-it1", "c40bfde9", "",
           "", table},
          {"acct/Llama-3.3-70B-Instruct-Reference-name-38d369c4-c55e4fcf",
           "Llama-3.3-70B-Instruct-Reference", "acct", "name", "38d369c4", "", "", table},
          {"a.b-c/Meta-Llama-3.1-8B-131k-Reference-9cbbd9b3", "Meta-Llama-3.1-8B-131k-Reference",
           "a.b-c", "", "9cbbd9b3", "", "", table},
          {"acct/Qwen3-30B-A3B-Base-v2-9cbbd9b3", "Qwen3-30B-A3B-Base", "acct", "v2", "9cbbd9b3",
           "", "", table},
          {"acct/Qwen3-30B-A3B-Basement-9cbbd9b3", "Qwen3-30B-A3B", "acct", "Basement", "9cbbd9b3",
           "", "", table},

          // The table does not: all before the hash is the base.
          {"acct/some-new-model-12B-9cbbd9b3", "some-new-model-12B", "acct", "", "9cbbd9b3"},
          {"acct/some-new-model-12B-9cbbd9b3-1119df65", "some-new-model-12B", "acct", "",
           "9cbbd9b3"},

          // No hash, but only Together has -Reference bases.
          {"acct/Meta-Llama-3.1-8B-Instruct-Reference-collaborative-v2",
           "Meta-Llama-3.1-8B-Instruct-Reference", "acct", "collaborative-v2", "", "", "", table},

          {"together_ai/acct/Meta-Llama-3.1-70B-Instruct-Reference-it2-7d06c9f1-6710a3db",
           "Meta-Llama-3.1-70B-Instruct-Reference", "acct", "it2", "7d06c9f1", "", "", table},
          {"together/acct/gpt-oss-120b-fold1_120b_lora-8ce034e1-681def9c", "gpt-oss-120b", "acct",
           "fold1_120b_lora", "8ce034e1", "", "", table},
      });
}

TEST_CASE("two colons behind the slash are Together's third form", "[together]") {
  check_read(
      providers::together,
      {
          {"acct/new-model:my-suffix:ft-c66a5c18-1d6d-43c9-94bd-32d756425b4b", "new-model", "acct",
           "my-suffix", "ft-c66a5c18-1d6d-43c9-94bd-32d756425b4b"},
          {"acct/new-model::ft-1", "new-model", "acct", "", "ft-1"},
          {"acct/Qwen2.5-7B-Instruct:s:ft-1", "Qwen2.5-7B-Instruct", "acct", "s", "ft-1", "", "",
           table},
          {"acct/Qwen2.5-7B-Instruct-x:s:ft-1", "Qwen2.5-7B-Instruct-x", "acct", "s", "ft-1"},
          {"together_ai/acct/new-model:s:ft-1", "new-model", "acct", "s", "ft-1"},
      });
}

TEST_CASE("an id of account and name alone is told apart by the whole of it", "[together]") {
  check_parsed(
      providers::together,
      {
          {"acct/gpt-oss-20b", "gpt-oss-20b", "acct", "", "acct/gpt-oss-20b", "", "", table},
          {"together_ai/myorg/fine-tuned-llama-70b", "fine-tuned-llama-70b", "myorg", "",
           "myorg/fine-tuned-llama-70b"},
      });
}

TEST_CASE("what Together's publishers have is never a fine-tune", "[together]") {
  check_refused(providers::together,
                {
                    {"meta-llama/Llama-3.3-70B-Instruct-Turbo", IdError::not_fine_tuned},
                    {"meta-llama/Llama-3.3-70B-Instruct-Reference", IdError::not_fine_tuned},
                    {"meta-llama/Llama-2-7b-hf-32162631", IdError::not_fine_tuned},
                    {"Meta-Llama/llamaguard-2-8B", IdError::not_fine_tuned},
                    {"deepseek-ai/DeepSeek-R1-a32b82a1", IdError::not_fine_tuned},
                    {"Qwen/anything:at:all", IdError::not_fine_tuned},
                    {"qwen/qwen3-32b", IdError::not_fine_tuned},
                    {"openai/gpt-oss-20b", IdError::not_fine_tuned},
                    {"google/gemma-4-31b-it:free", IdError::not_fine_tuned},
                    {"together_ai/Qwen/Qwen3.5-9B", IdError::not_fine_tuned},
                    {"no-slash", IdError::not_fine_tuned},
                    {"/model", IdError::invalid_format},
                    {"acct/", IdError::invalid_format},
                    {"acct/model/", IdError::invalid_format},
                    {"acct/model:free", IdError::invalid_format},
                    {"acct/model:a:b:c", IdError::invalid_format},
                    {"acct/:a:b", IdError::invalid_format},
                    {"acct/model:a:", IdError::invalid_format},
                    {"acct/mo del", IdError::invalid_characters},
                    {"acct/model#1", IdError::invalid_characters},
                });
}
