// Together's ids: three forms, and the guide's. The table of bases finds where a base's name ends.

#include "support/id_cases.hpp"

#include <FineTuning/facts.hpp>

#include <string>
#include <string_view>

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

bool refuses_as_base(std::string_view text) {
  const auto id = parse_model_id(text, providers::together);
  return !id && id.error() == IdError::not_fine_tuned;
}

}  // namespace

TEST_CASE("Together's issued ids are read", "[together]") {
  check_read(
      providers::together,
      {
          // Two slashes: the base's publisher is kept.
          {"mynamespace/meta-llama/Llama-2-7b-hf-32162631", "meta-llama/Llama-2-7b-hf",
           "mynamespace", "", "32162631", "", "", table},
          {"acct/meta-llama/Llama-3-70b-chat-hf-6f9ad551", "meta-llama/Llama-3-70b-chat-hf", "acct",
           "", "6f9ad551", "", "", table},
          {"acct/NousResearch/Nous-Hermes-2-Mixtral-8x7B-DPO-aabbccdd",
           "NousResearch/Nous-Hermes-2-Mixtral-8x7B-DPO", "acct", "", "aabbccdd", "", "", table},
          {"acct/Qwen/Qwen9-new-aabbccdd", "Qwen/Qwen9-new", "acct", "", "aabbccdd"},
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

          // Bases that nothing but the name is known of.
          {"acct/Llama-3-8b-chat-hf-x-aabbccdd", "Llama-3-8b-chat-hf", "acct", "x", "aabbccdd", "",
           "", table},
          {"acct/gemma-2-9b-it-x-aabbccdd", "gemma-2-9b-it", "acct", "x", "aabbccdd", "", "",
           table},
          {"acct/Meta-Llama-3.1-8B-Instruct-x-aabbccdd", "Meta-Llama-3.1-8B-Instruct", "acct", "x",
           "aabbccdd", "", "", table},
          {"acct/Qwen3-VL-8B-Instruct-x-aabbccdd", "Qwen3-VL-8B-Instruct", "acct", "x", "aabbccdd",
           "", "", table},
          {"acct/Qwen3.5-35B-A3B-Base-x-aabbccdd", "Qwen3.5-35B-A3B-Base", "acct", "x", "aabbccdd",
           "", "", table},
          {"acct/Llama-4-Scout-17B-16E-Instruct-VLM-x-aabbccdd",
           "Llama-4-Scout-17B-16E-Instruct-VLM", "acct", "x", "aabbccdd", "", "", table},

          // In letters of another case.
          {"acct/meta-llama-3.1-8b-instruct-reference-x-aabbccdd",
           "meta-llama-3.1-8b-instruct-reference", "acct", "x", "aabbccdd", "", "", table},
          {"acct/QWEN/qwen3-8b-x-aabbccdd", "QWEN/qwen3-8b", "acct", "x", "aabbccdd", "", "",
           table},

          // A known base goes on as another model's name, so it is not that base.
          {"acct/Qwen2.5-14B-Instruct-1M-x-aabbccdd", "Qwen2.5-14B-Instruct-1M-x", "acct", "",
           "aabbccdd"},
          {"acct/DeepSeek-V3.1-Terminus-aabbccdd", "DeepSeek-V3.1-Terminus", "acct", "",
           "aabbccdd"},
          {"acct/Qwen3-8B-Thinking-x-aabbccdd", "Qwen3-8B-Thinking-x", "acct", "", "aabbccdd"},
          {"acct/Qwen3-235B-A22B-FP8-aabbccdd", "Qwen3-235B-A22B-FP8", "acct", "", "aabbccdd"},
          {"acct/Llama-3.2-1B-Instruct-Turbo-x-aabbccdd", "Llama-3.2-1B-Instruct-Turbo-x", "acct",
           "", "aabbccdd"},
          {"acct/DeepSeek-R1-Distill-Qwen-3B-aabbccdd", "DeepSeek-R1-Distill-Qwen-3B", "acct", "",
           "aabbccdd"},
          {"acct/gemma-4-26B-A4B-it-VLM-aabbccdd", "gemma-4-26B-A4B-it-VLM", "acct", "",
           "aabbccdd"},
          {"acct/Llama-3.3-70B-Instruct-Reference-chat-v1-aabbccdd",
           "Llama-3.3-70B-Instruct-Reference", "acct", "chat-v1", "aabbccdd", "", "", table},

          // Digits alone are a hash behind a known base or beside another; a date before a hash
          // is of the suffix.
          {"acct/Qwen3-32B-11223344", "Qwen3-32B", "acct", "", "11223344", "", "", table},
          {"acct/new-model-11223344-aabbccdd", "new-model", "acct", "", "11223344"},
          {"acct/gpt-oss-120b-20250901-aabbccdd", "gpt-oss-120b", "acct", "20250901", "aabbccdd",
           "", "", table},
          {"acct/new-model-20250901-aabbccdd", "new-model-20250901", "acct", "", "aabbccdd"},

          // The adapter alone.
          {"acct/Qwen3-8B-x-aabbccdd-adapter", "Qwen3-8B", "acct", "x", "aabbccdd", "", "", table},
          {"acct/Qwen3-8B-aabbccdd-11223344-adapter", "Qwen3-8B", "acct", "", "aabbccdd", "", "",
           table},

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
          {"together::acct/Qwen3-8B-tone-aabbccdd", "Qwen3-8B", "acct", "tone", "aabbccdd", "", "",
           table},
      });
}

TEST_CASE("Together's ids of 2023 and 2024 have mail addresses and time stamps", "[together]") {
  check_read(
      providers::together,
      {
          {"someone@example.com/Llama-2-7B-32K-Instruct-test_510k-2024-02-17-20-30-12",
           "Llama-2-7B-32K-Instruct", "someone@example.com", "test_510k", "2024-02-17-20-30-12", "",
           "", table},
          {"someone@example.com/llama-2-7b-chat-2023-10-28-11-55-42", "llama-2-7b-chat",
           "someone@example.com", "", "2023-10-28-11-55-42", "", "", table},
          {"someone@example.com/llama-2-7b-post_task_1_ft-2024-03-14-11-29-51", "llama-2-7b",
           "someone@example.com", "post_task_1_ft", "2024-03-14-11-29-51", "", "", table},
          {"some.one@mail.example.org/"
           "Mistral-7B-Instruct-v0.2-finetune-example-2024-01-14-03-07-26",
           "Mistral-7B-Instruct-v0.2", "some.one@mail.example.org", "finetune-example",
           "2024-01-14-03-07-26", "", "", table},
          {"someone@example.com/Meta-Llama-3-8B-2024-06-04-23-20-24-4c9b70b7", "Meta-Llama-3-8B",
           "someone@example.com", "", "4c9b70b7", "", "", table},
          {"someone@example.com/Meta-Llama-3.1-8B-Instruct-Reference-3.1-MathInstruct-261k-"
           "2024-07-23-22-06-02-bf3f37b7",
           "Meta-Llama-3.1-8B-Instruct-Reference", "someone@example.com", "3.1-MathInstruct-261k",
           "bf3f37b7", "", "", table},
          {"someone@example.com/meta-llama/Llama-3-70b-chat-hf-26ee936b",
           "meta-llama/Llama-3-70b-chat-hf", "someone@example.com", "", "26ee936b", "", "", table},
          {"someone@example.com/new-model-2024-01-14-03-07-26", "new-model", "someone@example.com",
           "", "2024-01-14-03-07-26"},
          {"someone@example.com/new-model-11223344", "new-model", "someone@example.com", "",
           "11223344"},
          {"acct/Meta-Llama-3.1-8B-Instruct-Reference-2024-08-11-16-13-33-bbac2fc3",
           "Meta-Llama-3.1-8B-Instruct-Reference", "acct", "", "bbac2fc3", "", "", table},
          {"acct/Qwen3-8B-2024-08-11-16-13-33", "Qwen3-8B", "acct", "", "2024-08-11-16-13-33", "",
           "", table},
          {"acct/new-model-2024-08-11-16-13-33-bbac2fc3", "new-model", "acct", "", "bbac2fc3"},
      });
}

TEST_CASE("what others' names end in, too, is not a mark of Together", "[together]") {
  for (const std::string_view text :
       {"acct/checkpoint-00001000", "acct/autonlp-text-36789092", "acct/run-2024-08-11-16-13-33",
        "acct/model-20250901", "acct/x-20250901-11223344", "acct/sdxl:aabbccdd",
        "registry.example.com:5000/acme/model-1a2b3c4d", "acct/other/model-aabbccdd",
        "acct/model@v1-aabbccdd", "anthropic/claude-3-haiku-aabbccdd",
        "HuggingFaceH4/zephyr:a:b"}) {
    INFO(text);
    CHECK_FALSE(is_fine_tuned(text));
  }
}

TEST_CASE("a base that only its name is known of has no facts", "[together]") {
  CHECK_FALSE(find_facts(classify("acct/Qwen3.5-4B-x-aabbccdd")));
  CHECK_FALSE(find_facts(classify("acct/Llama-3.3-70B-Instruct-Turbo-FP8-x-aabbccdd")));
  CHECK(find_facts(classify("acct/Qwen3.5-9B-x-aabbccdd"))->model_id == "Qwen/Qwen3.5-9B");
}

TEST_CASE("the name of every base is found, with its publisher and without", "[together]") {
  using providers::together_facts::bases;
  using providers::together_facts::known_base;
  for (const auto& base : bases) {
    const std::string whole = std::string(base.publisher) + '/' + std::string(base.name);
    INFO(whole);
    CHECK(known_base(base.name) == base.name);
    CHECK(known_base(whole + "-my-suffix") == whole);
    CHECK(providers::together_facts::is_publisher(base.publisher));
    CHECK(refuses_as_base(whole));
  }
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
          {"ada-labs/Qwen2.5-7B-Instruct:s:ft-c66a5c18-1d6d-43c9-94bd-32d756425b4b",
           "Qwen2.5-7B-Instruct", "ada-labs", "s", "ft-c66a5c18-1d6d-43c9-94bd-32d756425b4b", "",
           "", table},

          // With the base's publisher in front.
          {"acct/meta-llama/Meta-Llama-3.1-8B-Instruct-Reference:s:ft-1",
           "meta-llama/Meta-Llama-3.1-8B-Instruct-Reference", "acct", "s", "ft-1", "", "", table},
          {"acct/Qwen/new-model:s:ft-1", "Qwen/new-model", "acct", "s", "ft-1"},
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
                    {"acct/model:free", IdError::not_fine_tuned},
                    {"acct/model:thinking", IdError::not_fine_tuned},
                    {"NousResearch/Hermes-3-Llama-3.1-405B-Turbo", IdError::not_fine_tuned},
                    {"nousresearch/hermes-4-405b", IdError::not_fine_tuned},
                    {"microsoft/phi-2", IdError::not_fine_tuned},
                    {"black-forest-labs/FLUX.1-schnell-Free", IdError::not_fine_tuned},
                    {"x-ai/grok-4", IdError::not_fine_tuned},
                    {"stepfun-ai/Step-3", IdError::not_fine_tuned},
                    {"https://api.together.ai/v1/models", IdError::not_fine_tuned},
                    {"acct/model:a:b:c", IdError::invalid_format},
                    {"acct/:a:b", IdError::invalid_format},
                    {"acct/model:a:", IdError::invalid_format},
                    {"acct/mo del", IdError::invalid_characters},
                    {"acct/model#1", IdError::invalid_characters},
                    {"acct/model@1", IdError::invalid_characters},
                    {"someone@example.com", IdError::invalid_characters},
                });
}
