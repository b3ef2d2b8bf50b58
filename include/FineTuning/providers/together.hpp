#pragma once

// Together AI: https://api.together.ai/v1. A tuned id has lost the publisher of its base, and
// nothing marks where the base's name ends: it takes the table of bases to find out.

#include <FineTuning/models/together.hpp>
#include <FineTuning/provider.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string_view>

namespace FineTuning::providers {
namespace together_facts {

/// Bases without a row: nothing but the name is known, and names are what ids divide by.
inline constexpr std::string_view other_models[] = {
    // Listed as tunable, or as once tunable (docs.together.ai: docs/fine-tuning/supported-models,
    // docs/fine-tuning/vision and docs/deprecations, as of August 2026).
    "deepseek-ai/DeepSeek-V4-Flash",
    "google/gemma-3-4b-it-VLM",
    "google/gemma-3-12b-it-VLM",
    "google/gemma-3-27b-it-VLM",
    "google/gemma-4-26B-A4B-it",
    "google/gemma-4-31B-it-VLM",
    "meta-llama/Llama-4-Maverick-17B-128E-Instruct-VLM",
    "meta-llama/Llama-4-Scout-17B-16E-Instruct-VLM",
    "meta-llama/Meta-Llama-3.1-405B-10k-Instruct-Reference",
    "meta-llama/Meta-Llama-3.1-405B-10k-Reference",
    "meta-llama/Meta-Llama-3.1-405B-8k-Instruct-Reference",
    "meta-llama/Meta-Llama-3.1-405B-8k-Reference",
    "meta-llama/Meta-Llama-3.1-405B-Instruct-Reference",
    "meta-llama/Meta-Llama-3.1-405B-Reference",
    "nvidia/Nemotron-3-Nano-Omni-30B-A3B-Reasoning-BF16",
    "nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-BF16",
    "nvidia/NVIDIA-Nemotron-Nano-9B-v2",
    "Qwen/Qwen3-VL-235B-A22B-Instruct",
    "Qwen/Qwen3-VL-30B-A3B-Instruct",
    "Qwen/Qwen3-VL-32B-Instruct",
    "Qwen/Qwen3-VL-8B-Instruct",
    "Qwen/Qwen3.5-0.8B",
    "Qwen/Qwen3.5-122B-A10B",
    "Qwen/Qwen3.5-27B",
    "Qwen/Qwen3.5-2B",
    "Qwen/Qwen3.5-35B-A3B",
    "Qwen/Qwen3.5-35B-A3B-Base",
    "Qwen/Qwen3.5-4B",
    "Qwen/Qwen3.6-27B",
    "Qwen/Qwen3.6-35B-A3B",

    // Not listed as such: served once (docs/deprecations), or inside ids found in public code.
    "deepseek-ai/DeepSeek-R1-Distill-Llama-8B",
    "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B",
    "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B",
    "google/gemma-2-27b-it",
    "google/gemma-2-9b-it",
    "meta-llama/Llama-2-13b-chat-hf",
    "meta-llama/Llama-2-70b-chat-hf",
    "meta-llama/Llama-2-7b-chat-hf",
    "meta-llama/Llama-2-7b-hf",
    "meta-llama/Llama-3-70b-chat-hf",
    "meta-llama/Llama-3-70b-hf",
    "meta-llama/Llama-3-8b-chat-hf",
    "meta-llama/Llama-3-8b-hf",
    "meta-llama/Meta-Llama-3.1-405B-Instruct",
    "meta-llama/Meta-Llama-3.1-70B-Instruct",
    "meta-llama/Meta-Llama-3.1-8B-Instruct",
    "mistralai/Mistral-7B-Instruct-v0.3",
    "NousResearch/Nous-Hermes-2-Mixtral-8x7B-DPO",
    "Qwen/Qwen2-VL-72B-Instruct",
    "Qwen/Qwen3-30B-A3B-Thinking-2507",
    "Qwen/Qwen3-4B-Instruct-2507",
    "togethercomputer/llama-2-13b-chat",
    "togethercomputer/llama-2-70b-chat",
    "togethercomputer/llama-2-7b",
    "togethercomputer/LLaMA-2-7B-32K",
    "togethercomputer/LLaMA-2-7B-32K-Instruct",
};

/// Others who publish base models on this and like services.
inline constexpr std::string_view other_publishers[] = {
    "ai21labs",
    "Alibaba-NLP",
    "allenai",
    "anthropic",
    "arcee-ai",
    "arcee_ai",
    "Austism",
    "BAAI",
    "baichuan-inc",
    "baidu",
    "bigcode",
    "bigscience",
    "black-forest-labs",
    "ByteDance-Seed",
    "cartesia",
    "cognitivecomputations",
    "CohereForAI",
    "CohereLabs",
    "databricks",
    "deepseek",
    "defog",
    "DiscoResearch",
    "EleutherAI",
    "garage-bAInd",
    "Gryphe",
    "hazyresearch",
    "hexgrad",
    "HiDream-ai",
    "HuggingFaceH4",
    "huggyllama",
    "ibm-granite",
    "ideogram",
    "inception",
    "inclusionAI",
    "internlm",
    "intfloat",
    "kwaivgI",
    "lgai",
    "LGAI-EXAONE",
    "lmsys",
    "Lykon",
    "marin-community",
    "meta",
    "microsoft",
    "minimax",
    "mixedbread-ai",
    "mosaicml",
    "Nexusflow",
    "Open-Orca",
    "openchat",
    "perplexity-ai",
    "Phind",
    "prompthero",
    "rhymes-ai",
    "RunDiffusion",
    "runwayml",
    "Salesforce",
    "sao10k",
    "sarvamai",
    "scb10x",
    "sentence-transformers",
    "ServiceNow-AI",
    "SG161222",
    "snorkelai",
    "Snowflake",
    "stabilityai",
    "stepfun-ai",
    "swiss-ai",
    "tencent",
    "THUDM",
    "tiiuae",
    "tngtech",
    "Undi95",
    "unsloth",
    "upstage",
    "vidu",
    "Virtue-AI",
    "Wan-AI",
    "wavymulder",
    "WhereIsAI",
    "WizardLM",
    "x-ai",
    "xai-org",
    "z-ai",
    "zero-one-ai",
};

struct Base {
  std::string_view publisher;
  std::string_view name;
};

/// Every base that is known by name. (The slash is looked for by hand, because find() takes
/// compilers a fifth of a second here.)
inline constexpr auto bases = [] {
  std::array<Base, std::size(models) + std::size(other_models)> all{};
  std::size_t count = 0;
  const auto add = [&](std::string_view name) {
    const char* slash = name.data();
    while (*slash != '/') ++slash;
    const auto size = static_cast<std::size_t>(slash - name.data());
    all[count++] = {.publisher = {name.data(), size}, .name = {slash + 1, name.size() - size - 1}};
  };
  for (const ModelRow& row : models) add(row.model_id);
  for (const std::string_view name : other_models) add(name);
  return all;
}();

/// Every publisher of base models; the rest of the array is empty.
inline constexpr auto publishers = [] {
  std::array<std::string_view, 128> all{};
  std::size_t count = 0;
  const auto add = [&](std::string_view name) {
    if (std::find(all.begin(), all.end(), name) == all.end()) all[count++] = name;
  };
  for (const std::string_view name : other_publishers) add(name);
  for (const Base& base : bases)
    if (base.publisher != all[count - 1]) add(base.publisher);  // most stand by their own
  return all;
}();

/// Whether the account's models are base models, never somebody's fine-tunes; "together" and
/// "together_ai" are routers' prefixes.
constexpr bool is_publisher(std::string_view account) {
  return account == "together" || account == "together_ai" ||
         std::any_of(publishers.begin(), publishers.end(), [account](std::string_view publisher) {
           return internal::equal_ignoring_case(account, publisher);
         });
}

/// Whether what follows a base's name makes it the name of another model, as in Qwen3-8B-Base or
/// Llama-3.2-3B-Instruct-Turbo.
constexpr bool names_another_model(std::string_view rest) {
  constexpr std::array<std::string_view, 36> words{
      "131k",      "1M",        "32k",      "Air",      "AWQ",  "Base",  "BF16",    "Chat", "Code",
      "Coder",     "Distill",   "Exp",      "Flash",    "FP8",  "Free",  "GGUF",    "GPTQ", "hf",
      "Instruct",  "it",        "Lite",     "Llama",    "Math", "Omni",  "Preview", "pt",   "Qwen3",
      "Reasoning", "Reference", "Terminus", "Thinking", "tput", "Turbo", "Vision",  "VL",   "VLM"};
  if (!internal::take_prefix(rest, "-")) return false;
  const std::string_view word = internal::take_until(rest, '-');
  return std::any_of(words.begin(), words.end(), [word](std::string_view other) {
    return internal::equal_ignoring_case(word, other);
  });
}

/// Only this service has bases of such names; whatever follows is a suffix.
constexpr bool is_reference(std::string_view base) {
  return internal::equal_ignoring_case(internal::after_last(base, '-'), "Reference");
}

/// The front of `name` that is the name of a known base, with its publisher or without, the longest
/// one; else empty.
constexpr std::string_view known_base(std::string_view name) {
  std::string_view model = name;
  const bool is_whole = name.find('/') != std::string_view::npos;
  const std::string_view publisher = is_whole ? internal::take_until(model, '/') : "";
  std::size_t longest = 0;
  for (const Base& base : bases) {
    const std::size_t size = base.name.size();
    if (size <= longest || size > model.size()) continue;
    if (size < model.size() && model[size] != '-') continue;
    if (is_whole && !internal::equal_ignoring_case(publisher, base.publisher)) continue;
    if (internal::equal_ignoring_case(model.substr(0, size), base.name)) longest = size;
  }
  const std::string_view base = name.substr(0, name.size() - model.size() + longest);
  if (longest == 0 || (names_another_model(model.substr(longest)) && !is_reference(base)))
    return {};
  return base;
}

/// Cuts "-HASH" off the end.
constexpr std::string_view take_last_hash(std::string_view& rest) {
  return internal::take_last_group(
      rest, 8, [](std::string_view group) { return internal::is_hex_of(group, 8); });
}

/// Cuts "[-STAMP]-HASH[-HASH][-adapter]" or "-STAMP[-adapter]" off the end and returns what tells
/// the job: the first hash, else the stamp. Empty, with `rest` as it was, if there is neither; a
/// stamp alone, or a hash of digits alone, which may be any number, counts only if the id
/// `is_ours`.
constexpr std::string_view take_job(std::string_view& rest, bool is_ours) {
  constexpr std::string_view adapter = "-adapter";
  std::string_view before = rest;
  if (before.ends_with(adapter)) before.remove_suffix(adapter.size());
  std::string_view job = take_last_hash(before);
  std::string_view shorter = before;
  const std::string_view first = take_last_hash(shorter);
  if (!first.empty() && !internal::is_date(first)) {  // a date is the end of the suffix
    job = first;
    before = shorter;
  } else if (internal::all_digits(job) && !is_ours) {
    return {};
  }
  if (!job.empty() || is_ours) {
    const std::string_view stamp = internal::take_last_stamp(before);
    if (job.empty()) job = stamp;
  }
  if (!job.empty()) rest = before;
  return job;
}

/// [PUBLISHER/]BASE:SUFFIX:JOB
constexpr Result<ModelId, IdError> parse_named_job(std::string_view name, ModelId id) {
  std::array<std::string_view, 3> fields{};
  if (internal::split(name, ':', fields) != 3 || fields[0].empty() || fields[2].empty())
    return IdError::invalid_format;
  id.base_model = fields[0];
  if (known_base(fields[0]) == fields[0]) id.base_source = ModelId::BaseSource::table;
  id.suffix = fields[1];
  id.fine_tune_id = fields[2];
  return id;
}

/// [PUBLISHER/]BASE[-SUFFIX][-JOB]; without both the whole id is what tells it apart. A known base
/// is a sign of this service, and so is an account that is a mail address, as in 2023 and 2024.
constexpr ModelId parse_issued(std::string_view name, ModelId id) {
  const std::string_view base = known_base(name);
  const bool is_ours = !base.empty() || id.organization.find('@') != std::string_view::npos;
  const std::string_view job = take_job(name, is_ours);
  if (base.empty()) {
    id.base_model = name;
  } else {
    id.base_model = base;
    id.base_source = ModelId::BaseSource::table;
    if (name.size() > base.size()) id.suffix = name.substr(base.size() + 1);
  }
  id.fine_tune_id = job.empty() && id.suffix.empty() ? id.text : job;
  return id;
}

/// ACCOUNT/.. of one of the forms above. One colon is a tag of somebody's base model (":free").
constexpr Result<ModelId, IdError> parse_id(std::string_view text) {
  std::string_view name = text;
  const std::string_view account = internal::take_until(name, '/');
  const bool has_account = account.size() < text.size();
  if ((has_account ? name : text).find('@') != std::string_view::npos)
    return IdError::invalid_characters;  // only an account has it
  if (!has_account) return parse_opaque_id(text);
  if (account.empty() || name.empty() || name.ends_with('/')) return IdError::invalid_format;
  const auto colons = std::count(name.begin(), name.end(), ':');
  if (colons == 1 || is_publisher(account) || account.find(':') != std::string_view::npos)
    return parse_opaque_id(text);
  const ModelId id{.text = text, .kind = ModelId::Kind::fine_tuned, .organization = account};
  if (colons > 0) return parse_named_job(name, id);
  return parse_issued(name, id);
}

/// Only what no other service's ids look like: those that tell their job, or that have a suffix
/// behind a "-Reference" base.
constexpr bool recognizes(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  std::string_view name = text.substr(slash + 1);
  const auto slashes = std::count(name.begin(), name.end(), '/');
  if (slashes > 1 || (slashes == 1 && !is_publisher(internal::take_until(name, '/')))) return false;
  const Result<ModelId, IdError> id = parse_id(text);
  if (!id || !id->is_fine_tuned()) return false;
  const bool names_job = !id->fine_tune_id.empty() && id->fine_tune_id != text;
  return names_job || (is_reference(id->base_model) && !id->suffix.empty());
}

}  // namespace together_facts

/// Together AI, which tunes open models and serves them.
inline constexpr Provider together{
    .name = "together",
    .title = "Together AI",
    .parse_id = together_facts::parse_id,
    .recognizes = together_facts::recognizes,
    .refused_characters = "#",  // accounts of 2023 and 2024 are mail addresses
    .routing_prefixes = "together_ai/|together/",
    .models = together_facts::models,
    .other_models = together_facts::other_models,
    .dialect = Dialect::openai_chat,
    .accent = {.request_id_header = "cf-ray"},
    .base_url = "https://api.together.ai/v1",
    .chat_path = "/chat/completions",
    .key_variable = "TOGETHER_API_KEY",
    .fine_tune_advice =
        "A fine-tune whose base is not served on demand answers only from an "
        "endpoint of its own; deploy it to one.",
};

static_assert(parse_model_id("myorg/fine-tuned-llama-70b", together)->base_model ==
              "fine-tuned-llama-70b");
static_assert(parse_model_id("acct/Qwen3-8B-legal-8b98da31-79f56385", together)->suffix == "legal");
static_assert(parse_model_id("acct/meta-llama/Llama-2-7b-hf-32162631", together)->base_model ==
              "meta-llama/Llama-2-7b-hf");
static_assert(parse_model_id("acct/Qwen3-8B:tone:ft-1", together)->fine_tune_id == "ft-1");
static_assert(parse_model_id("google/gemma-4-31b-it:free", together).error() ==
              IdError::not_fine_tuned);

}  // namespace FineTuning::providers
