// Reading ids: why one is refused, whose it is when nobody says, and that nothing is made up.

#include "support/id_cases.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

using namespace FineTuning;

namespace {

constexpr bool refuses(std::string_view text, const Provider& provider, IdError why) {
  const auto id = parse_model_id(text, provider);
  return !id && id.error() == why;
}

static_assert(refuses("", providers::openai, IdError::empty_model_id));
static_assert(refuses("ft:gpt-4 :org:id", providers::openai, IdError::invalid_characters));
static_assert(refuses("ft:invalid", providers::openai, IdError::invalid_format));
static_assert(refuses("gpt-4", providers::openai, IdError::not_fine_tuned));

static_assert(to_string(IdError::empty_model_id) == "empty_model_id");
static_assert(to_string(IdError::model_id_too_long) == "model_id_too_long");
static_assert(to_string(IdError::invalid_characters) == "invalid_characters");
static_assert(to_string(IdError::invalid_format) == "invalid_format");
static_assert(to_string(IdError::not_fine_tuned) == "not_fine_tuned");
static_assert(to_string(ModelId::Kind::base) == "base");
static_assert(to_string(ModelId::Kind::fine_tuned) == "fine_tuned");
static_assert(to_string(ModelId::Kind::checkpoint) == "checkpoint");
static_assert(to_string(ModelId::Kind::unknown) == "unknown");
static_assert(to_string(ModelId::BaseSource::id) == "id");
static_assert(to_string(ModelId::BaseSource::table) == "table");
static_assert(to_string(ModelId::BaseSource::assumed) == "assumed");

// Routing prefixes, and names that gateways put in front.
static_assert(classify("openai/ft:gpt-4o:org::id").base_model == "gpt-4o");
static_assert(classify("gateway_2::ft:gpt-4o:org::id").kind == ModelId::Kind::unknown);
static_assert(classify("gateway::ft:gpt-4o:org::id").text == "gateway::ft:gpt-4o:org::id");
static_assert(classify("gateway::gateway::ft:gpt-4o:org::id").kind == ModelId::Kind::unknown);

// Equal if all parts are.
static_assert(classify("ft:gpt-4o:org::id") ==
              *parse_model_id("ft:gpt-4o:org::id", providers::openai));
static_assert(classify("gpt-4o") != ModelId{.text = "gpt-4o", .provider = "openai"});

static_assert(find_provider("vertex") == &providers::vertex);
static_assert(find_provider("Vertex") == nullptr && find_provider("") == nullptr);

bool is_slice(std::string_view part, std::string_view text) {
  const std::less_equal<> before;  // the pointers may be of different arrays
  return before(text.data(), part.data()) &&
         before(part.data() + part.size(), text.data() + text.size());
}

/// An id of each form.
constexpr std::array forms{
    "ft:gpt-4o-mini-2024-07-18:acme:support:AbC123:ckpt-step-88",
    "openai/ft:gpt-4o-mini:org::id",
    "ada:ft-your-org:custom-model-name-2022-02-15-04-21-04",
    "gpt-4.1-mini-2025-04-14.ft-071a9d9c59ec4d088d1a3e56707d7361-name:ckpt-step-9",
    "ftchkpt-e559c011ecc04fc68eaa339d8227d02d",
    "projects/p/locations/l/models/my-gemini-2.5-flash-x@3",
    "projects/p/locations/l/endpoints/123",
    "tunedModels/my-model",
    "acb944bb-fb49-4c29-a15b-e6a245a7bdf9-ft",
    "together_ai/acct/Qwen3-8B-suffix-9cbbd9b3-1119df65",
    "acct/model:suffix:ft-1",
    "someone@example.com/meta-llama/Llama-3-70b-chat-hf-x-2024-06-04-23-20-24-4c9b70b7-adapter",
    "together_ai/acct/Qwen/Qwen3-8B:suffix:ft-1",
    "davinci:ft-acme:name",
    "vertex_ai/gemini/4965075652664360960",
    "ft:classifier:ministral-3b-latest:2bec22ef:20250702:name:a2707cf5",
    "accounts/acct/models/out#acct/dep",
    "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-lite-v1:0:300k/abcdefghijkl",
};

}  // namespace

TEST_CASE("an id is refused for the first of the reasons that hold", "[model_id]") {
  const std::string long_id(513, '@');
  const std::string longest = "ft:gpt-4:org::" + std::string(512 - 14, 'x');
  for (const Provider* provider : providers::all) {
    INFO(provider->name);
    CHECK(refuses("", *provider, IdError::empty_model_id));
    const std::string beyond(provider->max_id_length + 1, '\n');
    CHECK(refuses(beyond, *provider, IdError::model_id_too_long));
    CHECK(refuses(beyond.substr(1), *provider, IdError::invalid_characters));
    for (const std::string_view bad : {" ", "a b", "a\tb", "a\nb",
                                       "a\x7F"
                                       "b",
                                       "a\x80", "\xFF", "\xC3\xA9"})
      CHECK(refuses(bad, *provider, IdError::invalid_characters));
    CHECK(refuses(std::string_view("a\0b", 3), *provider, IdError::invalid_characters));
    CHECK(refuses("x", *provider, IdError::not_fine_tuned));
  }
  CHECK(refuses(long_id, providers::openai, IdError::model_id_too_long));
  CHECK(refuses(long_id.substr(1), providers::openai, IdError::invalid_characters));
  CHECK(refuses("ft:@", providers::openai, IdError::invalid_characters));
  CHECK(is_fine_tuned(longest, providers::openai));
  CHECK(refuses(longest + 'x', providers::openai, IdError::model_id_too_long));
}

TEST_CASE("every part of an id is a slice of it, and the whole text is kept", "[model_id]") {
  for (const char* const form : forms) {
    INFO(form);
    const std::string text = form;
    const ModelId id = classify(text);
    REQUIRE(id.is_fine_tuned());
    CHECK(id.text.data() == text.data());
    CHECK(id.text.size() == text.size());
    for (const std::string_view part :
         {id.base_model, id.organization, id.suffix, id.fine_tune_id, id.checkpoint, id.location})
      CHECK((part.empty() || is_slice(part, text)));
  }
}

TEST_CASE("no cut of an id is read beyond its end", "[model_id]") {
  for (const std::string_view form : forms)
    for (std::size_t size = 0; size <= form.size(); ++size) {
      // In memory of just its size, without a terminator, so that a sanitizer sees.
      const std::vector<char> memory(form.begin(), form.begin() + size);
      const std::string_view text(memory.data(), memory.size());
      for (const Provider* provider : providers::all) {
        const auto id = parse_model_id(text, *provider);
        if (id) CHECK(id->text == text);
      }
      CHECK(classify(text).text == text);
    }
}

TEST_CASE("a form tells its provider", "[model_id]") {
  struct Case {
    std::string_view text;
    std::string_view provider;
    ModelId::Kind kind;
  };
  using Kind = ModelId::Kind;
  for (const Case& expected : {
           // In the order of the questions; each text but the first has something of a later form.
           Case{"arn:aws:bedrock:us-east-1:1:custom-model/a.b/projects", "bedrock",
                Kind::fine_tuned},
           Case{"arn:aws:bedrock:us-east-1::foundation-model/a.b", "bedrock", Kind::base},
           Case{"arn:aws:bedrock:us-east-1:1:provisioned-model/x", "bedrock", Kind::unknown},
           Case{"projects/p/locations/l/models/ft:x", "vertex", Kind::fine_tuned},
           Case{"projects/p/locations/l/endpoints/accounts-12345678", "vertex", Kind::fine_tuned},
           Case{"projects/p/locations/l/publishers/google/models/x", "vertex", Kind::base},
           Case{"projects/p/locations/l/tuningJobs/1", "vertex", Kind::unknown},
           Case{"endpoints/x-0123abcd", "vertex", Kind::fine_tuned},
           Case{"publishers/google/models/gemini-2.5-flash", "vertex", Kind::base},
           Case{"tunedModels/x-0123abcd", "google", Kind::fine_tuned},
           Case{"models/x-0123abcd", "google", Kind::base},
           Case{"accounts/a/models/x-0123abcd", "fireworks", Kind::fine_tuned},
           Case{"accounts/fireworks/models/x", "fireworks", Kind::base},
           Case{"accounts/a/deployments/x", "fireworks", Kind::unknown},
           Case{"ft:mistral-small-latest:7e530b29:20250708:d2bd4879", "mistral", Kind::fine_tuned},
           Case{"ft:gpt-4o:org:a/b-0123abcd:id", "openai", Kind::fine_tuned},
           Case{"ft:gpt-4o:org:.ft-x:id:ckpt-step-1", "openai", Kind::checkpoint},
           Case{"ft:invalid", "openai", Kind::unknown},
           Case{"davinci.ft-b044a9d3cf9c4228b5d393567f693b83", "azure", Kind::fine_tuned},
           Case{"davinci:ft-personal-2023-04-28-18-40-02", "openai", Kind::fine_tuned},
           Case{"acb944bb-fb49-4c29-a15b-e6a245a7bdf9-ft", "cohere", Kind::fine_tuned},
           Case{"acct/model-0123abcd", "together", Kind::fine_tuned},
           Case{"acct/model:suffix:job", "together", Kind::fine_tuned},
           Case{"ada/model:suffix:ft-job", "together", Kind::fine_tuned},
           Case{"vertex_ai/models/gemini-2.5-flash", "vertex", Kind::base},

           // No form, but a table has it: the first in the order of the list.
           Case{"gpt-4o", "openai", Kind::base},
           Case{"gpt-4o-mini", "openai", Kind::base},
           Case{"gemini-2.5-flash", "google", Kind::base},
           Case{"chat-bison@002", "vertex", Kind::base},
           Case{"command-r", "cohere", Kind::base},
           Case{"openai/gpt-oss-20b", "together", Kind::base},
           Case{"llama-3.1-8b-instant", "groq", Kind::base},
       }) {
    INFO(expected.text);
    const ModelId id = classify(expected.text);
    CHECK(id.provider == expected.provider);
    CHECK(to_string(id.kind) == to_string(expected.kind));
    CHECK(is_fine_tuned(expected.text) == id.is_fine_tuned());
  }
}

TEST_CASE("what looks like no form is unknown", "[model_id]") {
  for (const std::string_view text : {
           "",
           "x",
           "my-deployment",
           "custom-rag-assistant",
           "myorg/fine-tuned-llama-70b",

           // Names of jobs, events, checkpoints, permissions, files and organisations.
           "ftjob-abc123",
           "ft-AF1WoRqd3aJAHsqc9NY7iL8F",
           "ft-event-abc",
           "ftevent-abc",
           "ftckpt_zc4Q7MP6XxulcVzj4MZdwsAB",
           "cp_zc4Q7MP6XxulcVzj4MZdwsAB",
           "file-abc123",
           "org-abc123",
           "ft-c66a5c18-1d6d-43c9-94bd-32d756425b4b",
           "fee37446-7fc7-42f9-a026-c6ba2fcc422d",
           "draft:classifier:new",

           // Repositories of models, models of routers, and of local servers.
           "OpenPipe/mistral-ft-optimized-1227",
           "Qwen/Qwen2.5-7B-Instruct-GGUF",
           "calibration-tuning/Mistral-7B-Instruct-v0.2-20k-oe",
           "unsloth/gpt-oss-20b-unsloth-bnb-4bit",
           "acme/gpt2-finetuned-wikitext2",
           "user/llama-2-7b-ft",
           "user/name-0123abc",
           "user/name-0123ABCD",
           "user/0123abcd",
           "a/b/name-0123abcd",
           "deepseek-ai/DeepSeek-R1-a32b82a1",
           "meta-llama/Llama-2-7b-chat-hf:fireworks-ai",
           "cohere/north-mini-code:free",
           "google/gemini-2.5-flash:batch",
           "google/gemma-4-31b-it:free",
           "openai/gpt-4o:extended",
           "anthropic/claude-3-5-sonnet-20241022",
           "anthropic/claude-3.7-sonnet:thinking",
           "hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M",
           "qwen2.5-coder:32b",
           "@cf/meta/llama-2-7b-chat-fp16",
           "gpt-4o@2024-08-06",
           "./out/llama-7b-deadbeef",
           "/models/llama-7b-12345678",
           "runs/exp1/checkpoint-00001000",
           "s3://bucket/models/llama-12345678",
           "https://api.openai.com/v1/models/ft:gpt-4o:org::id",
           "arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint",
           "acct/autonlp-text-hateful-memes-36789092",
           "stability-ai/sdxl:39ed52f2a78e934b3ba6e2a89f5b1c712de7dfea535525255b1aa35c5565e08b",
           "docker.io/acme/llama:v1-1a2b3c4d",
           "acme/some-model-20240115",
           "meta-llama/llama:a:b",
           "gemma4:31b",
           "llama3:8b",
           "openai/gpt-4o",

           // A routing prefix before no form.
           "together_ai/Qwen/Qwen3.5-9B",
           "azure/my-deployment",
           "bedrock/us.amazon.nova-lite-v1:0",
       }) {
    INFO(text);
    const ModelId id = classify(text);
    CHECK(to_string(id.kind) == "unknown");
    CHECK(id.provider.empty());
    CHECK_FALSE(is_fine_tuned(text));
  }
}

TEST_CASE("classify takes ids: a spec is one of no provider", "[model_id]") {
  static_assert(classify("gpt-4o").kind == ModelId::Kind::base);
  static_assert(classify("openai:gpt-4o").kind == ModelId::Kind::unknown);
  CHECK(classify("openai:ft:gpt-4:org::id").kind == ModelId::Kind::unknown);
}

TEST_CASE("a provider's id is classified, and is unknown if it cannot be parsed", "[model_id]") {
  struct Case {
    const Provider& provider;
    std::string_view text;
    std::string_view kind;
  };
  for (const Case& expected : {
           Case{providers::openai, "ft:gpt-4:org::id", "fine_tuned"},
           Case{providers::openai, "ft:gpt-4:org::id:ckpt-step-8", "checkpoint"},
           Case{providers::openai, "gpt-4", "base"},
           Case{providers::openai, "anything-else", "base"},
           Case{providers::openai, "ft:invalid", "unknown"},
           Case{providers::openai, "a b", "unknown"},
           Case{providers::openai, "", "unknown"},
           Case{providers::google, "projects/p/locations/l/models/m", "fine_tuned"},
           Case{providers::google, "projects/p/locations/l/tuningJobs/1", "unknown"},
           Case{providers::together, "ft:gpt-4:org::id", "base"},
       }) {
    INFO(expected.provider.name << ' ' << expected.text);
    const ModelId id = classify(expected.text, expected.provider);
    CHECK(to_string(id.kind) == expected.kind);
    CHECK(id.text == expected.text);
    CHECK(id.provider == expected.provider.name);
  }
}

TEST_CASE("every row of a table is a base model of its provider", "[model_id]") {
  for (const Provider* provider : providers::all)
    for (const ModelRow& row : provider->models)
      for (const std::string_view name : {row.model_id, row.alias}) {
        if (name.empty()) continue;
        INFO(provider->name << ' ' << name);
        CHECK_FALSE(is_fine_tuned(name));
        CHECK(classify(name).kind == ModelId::Kind::base);
        CHECK(refuses(name, *provider, IdError::not_fine_tuned));
        // No name is there twice.
        CHECK(internal::find_row(name, provider->models)->model_id == row.model_id);
      }
}
