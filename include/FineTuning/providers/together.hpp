#pragma once

// Together AI: https://api.together.ai/v1. A tuned id has lost the publisher of its base, and
// nothing marks where the base's name ends: only the table of bases tells.

#include <FineTuning/provider.hpp>

namespace FineTuning::providers {
namespace together_facts {

// clang-format off
inline constexpr ModelRow models[] = {
//  {model, alias, window, max output, capabilities (in the order of all_capabilities), prices {input, cached, output},
//   prices of its fine-tunes, training, last day, last day of its fine-tunes}
    {"codellama/CodeLlama-7b-hf",                             "", {},      {},     "???????????y"},
    {"deepcogito/cogito-v2-1-671b",                           "", 163840,  163840, "y?n?nnn??y??", {1.25, {}, 1.25}},
    {"deepseek-ai/DeepSeek-R1",                               "", 163839,  163839, "yy?ynnn?yyyy", {3, {}, 7}},
    {"deepseek-ai/DeepSeek-R1-0528",                          "", {},      {},     "???????????y"},
    {"deepseek-ai/DeepSeek-R1-0528-tput",                     "", 128000,  {},     "yyyy????y?y?", {0.55, {}, 2.19}},
    {"deepseek-ai/DeepSeek-R1-Distill-Llama-70B",             "", {},      {},     "yy????????yy", {2, {}, 2}},
    {"deepseek-ai/DeepSeek-R1-Distill-Llama-70B-131k",        "", {},      {},     "???????????y"},
    {"deepseek-ai/DeepSeek-R1-Distill-Llama-70B-32k",         "", {},      {},     "???????????y"},
    {"deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B",             "", {},      {},     "???????????y"},
    {"deepseek-ai/DeepSeek-R1-Distill-Qwen-14B",              "", {},      {},     "yy????????yy", {0.18, {}, 0.18}},
    {"deepseek-ai/DeepSeek-V3",                               "", 131072,  131072, "yyyynnn?ynyy", {1.25, {}, 1.25}},
    {"deepseek-ai/DeepSeek-V3-0324",                          "", {},      {},     "yy????????yy"},
    {"deepseek-ai/DeepSeek-V3-1",                             "", 131072,  131072, "y?y?nnn??y??", {0.6, {}, 1.7}},
    {"deepseek-ai/DeepSeek-V3-Base",                          "", {},      {},     "???????????y"},
    {"deepseek-ai/DeepSeek-V3.1",                             "", 128000,  16384,  "yyyy?????yyy", {0.6, {}, 1.7}},
    {"deepseek-ai/DeepSeek-V3.1-Base",                        "", {},      {},     "???????????y"},
    {"deepseek-ai/DeepSeek-V4-Pro",                           "", 512000,  384000, "yyy?nnn?yyy?", {1.74, 0.2, 3.48}},
    {"essentialai/Rnj-1-Instruct",                            "", 32768,   32768,  "y?y?nnn??n??", {0.15, {}, 0.15}},
    {"google/gemma-3-12b-it",                                 "", {},      {},     "y??????????y"},
    {"google/gemma-3-12b-pt",                                 "", {},      {},     "???????????y"},
    {"google/gemma-3-1b-it",                                  "", {},      {},     "y??????????y"},
    {"google/gemma-3-1b-pt",                                  "", {},      {},     "???????????y"},
    {"google/gemma-3-270m",                                   "", {},      {},     "???????????y"},
    {"google/gemma-3-270m-it",                                "", {},      {},     "y??????????y"},
    {"google/gemma-3-27b-it",                                 "", {},      {},     "y??????????y"},
    {"google/gemma-3-27b-pt",                                 "", {},      {},     "???????????y"},
    {"google/gemma-3-4b-it",                                  "", {},      {},     "y??????????y"},
    {"google/gemma-3-4b-pt",                                  "", {},      {},     "???????????y"},
    {"google/gemma-3n-E4B-it",                                "", 32768,   32768,  "yyn?nnn?yny?", {0.06, {}, 0.12}},
    {"google/gemma-4-31B-it",                                 "", 262144,  131072, "y?y?yn??yy??", {0.39, {}, 0.97}},
    {"LiquidAI/LFM2-24B-A2B",                                 "", 32768,   32768,  "y?n?nnn??n??", {0.03, {}, 0.12}},
    {"meta-llama/Llama-3.2-1B",                               "", {},      {},     "???????????y"},
    {"meta-llama/Llama-3.2-1B-Instruct",                      "", {},      {},     "y??????????y"},
    {"meta-llama/Llama-3.2-3B",                               "", {},      {},     "???????????y"},
    {"meta-llama/Llama-3.2-3B-Instruct",                      "", {},      {},     "y??????????y"},
    {"meta-llama/Llama-3.2-3B-Instruct-Turbo",                "", {},      {},     "yyyy????y?y?", {0.06, {}, 0.06}},
    {"meta-llama/Llama-3.3-70B-131k-Instruct-Reference",      "", {},      {},     "y??????????y"},
    {"meta-llama/Llama-3.3-70B-32k-Instruct-Reference",       "", {},      {},     "y??????????y"},
    {"meta-llama/Llama-3.3-70B-Instruct-Reference",           "", {},      {},     "y??????????y"},
    {"meta-llama/Llama-3.3-70B-Instruct-Turbo",               "", 131072,  131072, "yyyynnn?yny?", {0.88, {}, 0.88}},
    {"meta-llama/Llama-3.3-70B-Instruct-Turbo-Free",          "", {},      {},     "yyyy????y?y?"},
    {"meta-llama/Llama-4-Maverick-17B-128E",                  "", {},      {},     "???????????y"},
    {"meta-llama/Llama-4-Maverick-17B-128E-Instruct",         "", {},      {},     "y??????????y"},
    {"meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8",     "", {},      {},     "yyyyy???y?y?", {0.27, {}, 0.85}},
    {"meta-llama/Llama-4-Scout-17B-16E",                      "", {},      {},     "???????????y"},
    {"meta-llama/Llama-4-Scout-17B-16E-Instruct",             "", {},      {},     "yyyyy???y?yy", {0.18, {}, 0.59}},
    {"meta-llama/Meta-Llama-3-70B-Instruct",                  "", {},      {},     "y??????????y"},
    {"meta-llama/Meta-Llama-3-8B",                            "", {},      {},     "???????????y"},
    {"meta-llama/Meta-Llama-3-8B-Instruct",                   "", {},      {},     "y??????????y"},
    {"meta-llama/Meta-Llama-3-8B-Instruct-Lite",              "", 8192,    8192,   "yyn?nnn??ny?", {0.1, {}, 0.1}},
    {"meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo",         "", {},      {},     "yyyy????y?y?", {3.5, {}, 3.5}},
    {"meta-llama/Meta-Llama-3.1-70B-131k-Instruct-Reference", "", {},      {},     "y??????????y"},
    {"meta-llama/Meta-Llama-3.1-70B-131k-Reference",          "", {},      {},     "???????????y"},
    {"meta-llama/Meta-Llama-3.1-70B-32k-Instruct-Reference",  "", {},      {},     "y??????????y"},
    {"meta-llama/Meta-Llama-3.1-70B-32k-Reference",           "", {},      {},     "???????????y"},
    {"meta-llama/Meta-Llama-3.1-70B-Instruct-Reference",      "", {},      {},     "yy????????yy", {0.9, {}, 0.9}},
    {"meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo",          "", {},      {},     "yyyy???yy?y?", {0.88, {}, 0.88}},
    {"meta-llama/Meta-Llama-3.1-70B-Reference",               "", {},      {},     "?y????????yy", {0.9, {}, 0.9}},
    {"meta-llama/Meta-Llama-3.1-8B-131k-Instruct-Reference",  "", {},      {},     "y??????????y"},
    {"meta-llama/Meta-Llama-3.1-8B-131k-Reference",           "", {},      {},     "???????????y"},
    {"meta-llama/Meta-Llama-3.1-8B-Instruct-Reference",       "", {},      {},     "yy????????yy", {0.2, {}, 0.2}},
    {"meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo",           "", {},      {},     "yyyy???yy?y?", {0.18, {}, 0.18}},
    {"meta-llama/Meta-Llama-3.1-8B-Reference",                "", {},      {},     "?y????????yy", {0.2, {}, 0.2}},
    {"MiniMaxAI/MiniMax-M2.5",                                "", 204800,  131072, "yyy?nnn??yy?", {0.3, 0.06, 1.2}},
    {"MiniMaxAI/MiniMax-M2.7",                                "", 202752,  131072, "yyy?nnn?yyy?", {0.3, 0.06, 1.2}},
    {"MiniMaxAI/MiniMax-M3",                                  "", 524288,  250000, "y?y?yn??yy??", {0.3, 0.06, 1.2}},
    {"mistralai/Mistral-7B-Instruct-v0.1",                    "", {},      {},     "yyyy????y?y?", {0.2, {}, 0.2}},
    {"mistralai/Mistral-7B-Instruct-v0.2",                    "", {},      {},     "yyy???????yy", {0.2, {}, 0.2}},
    {"mistralai/Mistral-7B-v0.1",                             "", {},      {},     "???????????y", {0.2, {}, 0.2}},
    {"mistralai/Mistral-Small-24B-Instruct-2501",             "", {},      {},     "yyyy??????y?", {0.8, {}, 0.8}},
    {"mistralai/Mixtral-8x7B-Instruct-v0.1",                  "", {},      {},     "yyyy????y?yy", {0.6, {}, 0.6}},
    {"mistralai/Mixtral-8x7B-v0.1",                           "", {},      {},     "?y????????yy", {0.9, {}, 0.9}},
    {"moonshotai/Kimi-K2-Base",                               "", {},      {},     "???????????y"},
    {"moonshotai/Kimi-K2-Instruct",                           "", {},      {},     "yyyy????y?yy", {1, {}, 3}},
    {"moonshotai/Kimi-K2-Instruct-0905",                      "", 262144,  {},     "yyyy??????yy", {1, {}, 3}},
    {"moonshotai/Kimi-K2-Thinking",                           "", {},      {},     "yy????????yy", {1.2, {}, 4}},
    {"moonshotai/Kimi-K2.5",                                  "", 262144,  262144, "yyy?yn???yy?", {0.5, {}, 2.8}},
    {"moonshotai/Kimi-K2.6",                                  "", 262144,  131000, "yyy?yn??yyy?", {1.2, 0.2, 4.5}},
    {"moonshotai/Kimi-K2.7-Code",                             "", 262144,  131072, "yyy?nnn?yyy?", {0.95, 0.19, 4}},
    {"nvidia/nemotron-3-ultra-550b-a55b",                     "", 512300,  512300, "y?y?nnn?yy??", {0.6, 0.2, 3.6}},
    {"openai/gpt-oss-120b",                                   "", 131072,  131072, "y?yynnn?yyyy", {0.15, {}, 0.6}},
    {"openai/gpt-oss-20b",                                    "", 131072,  131072, "y?yynnn?yyyy", {0.05, {}, 0.2}},
    {"pearl-ai/gemma-4-31b-it",                               "", 32000,   32000,  "y?n?nnn??y??", {0.28, {}, 0.86}},
    {"Qwen/Qwen2-1.5B",                                       "", {},      {},     "???????????y"},
    {"Qwen/Qwen2-1.5B-Instruct",                              "", {},      {},     "y??????????y"},
    {"Qwen/Qwen2-72B",                                        "", {},      {},     "???????????y"},
    {"Qwen/Qwen2-72B-Instruct",                               "", {},      {},     "y??????????y"},
    {"Qwen/Qwen2-7B",                                         "", {},      {},     "???????????y"},
    {"Qwen/Qwen2-7B-Instruct",                                "", {},      {},     "y??????????y"},
    {"Qwen/Qwen2.5-1.5B",                                     "", {},      {},     "???????????y"},
    {"Qwen/Qwen2.5-1.5B-Instruct",                            "", {},      {},     "y??????????y"},
    {"Qwen/Qwen2.5-14B",                                      "", {},      {},     "???????????y"},
    {"Qwen/Qwen2.5-14B-Instruct",                             "", {},      {},     "y??????????y"},
    {"Qwen/Qwen2.5-32B",                                      "", {},      {},     "???????????y"},
    {"Qwen/Qwen2.5-32B-Instruct",                             "", {},      {},     "y??????????y"},
    {"Qwen/Qwen2.5-3B",                                       "", {},      {},     "???????????y"},
    {"Qwen/Qwen2.5-3B-Instruct",                              "", {},      {},     "y??????????y"},
    {"Qwen/Qwen2.5-72B",                                      "", {},      {},     "???????????y"},
    {"Qwen/Qwen2.5-72B-Instruct",                             "", {},      {},     "y??????????y"},
    {"Qwen/Qwen2.5-72B-Instruct-Turbo",                       "", {},      {},     "yyyy????y?y?", {1.2, {}, 1.2}},
    {"Qwen/Qwen2.5-7B",                                       "", {},      {},     "???????????y"},
    {"Qwen/Qwen2.5-7B-Instruct",                              "", {},      {},     "y??????????y"},
    {"Qwen/Qwen2.5-7B-Instruct-Turbo",                        "", 32768,   32768,  "yyyynnn?yny?", {0.3, {}, 0.3}},
    {"Qwen/Qwen3-0.6B",                                       "", {},      {},     "???????????y"},
    {"Qwen/Qwen3-0.6B-Base",                                  "", {},      {},     "???????????y"},
    {"Qwen/Qwen3-1.7B",                                       "", {},      {},     "???????????y"},
    {"Qwen/Qwen3-1.7B-Base",                                  "", {},      {},     "???????????y"},
    {"Qwen/Qwen3-14B",                                        "", {},      {},     "???????????y"},
    {"Qwen/Qwen3-14B-Base",                                   "", {},      {},     "???????????y"},
    {"Qwen/Qwen3-235B-A22B",                                  "", {},      {},     "???????????y"},
    {"Qwen/Qwen3-235B-A22B-fp8-tput",                         "", 40000,   {},     "yynn??????y?", {0.2, {}, 0.6}},
    {"Qwen/Qwen3-235B-A22B-Instruct-2507",                    "", {},      {},     "y??????????y"},
    {"Qwen/Qwen3-235B-A22B-Instruct-2507-tput",               "", 262144,  262144, "yyyynnn?yny?", {0.2, {}, 0.6}},
    {"Qwen/Qwen3-235B-A22B-Thinking-2507",                    "", 256000,  {},     "yyyy????y?y?", {0.65, {}, 3}},
    {"Qwen/Qwen3-30B-A3B",                                    "", {},      {},     "???????????y"},
    {"Qwen/Qwen3-30B-A3B-Base",                               "", {},      {},     "???????????y"},
    {"Qwen/Qwen3-30B-A3B-Instruct-2507",                      "", {},      {},     "y??????????y"},
    {"Qwen/Qwen3-32B",                                        "", {},      {},     "???????????y"},
    {"Qwen/Qwen3-4B",                                         "", {},      {},     "???????????y"},
    {"Qwen/Qwen3-4B-Base",                                    "", {},      {},     "???????????y"},
    {"Qwen/Qwen3-8B",                                         "", {},      {},     "???????????y"},
    {"Qwen/Qwen3-8B-Base",                                    "", {},      {},     "???????????y"},
    {"Qwen/Qwen3-Coder-30B-A3B-Instruct",                     "", {},      {},     "y??????????y"},
    {"Qwen/Qwen3-Coder-480B-A35B-Instruct",                   "", {},      {},     "y??????????y"},
    {"Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8",               "", 262144,  262144, "yyyynnn?yny?", {2, {}, 2}},
    {"Qwen/Qwen3-Coder-Next-FP8",                             "", 262144,  262144, "y?y?nnn??n??", {0.5, {}, 1.2}},
    {"Qwen/Qwen3-Next-80B-A3B-Instruct",                      "", 262144,  {},     "yyyy????y?yy", {0.15, {}, 1.5}},
    {"Qwen/Qwen3-Next-80B-A3B-Thinking",                      "", 262144,  {},     "yyyy????y?yy", {0.15, {}, 1.5}},
    {"Qwen/Qwen3.5-397B-A17B",                                "", 262144,  130000, "yyyyyn??yyy?", {0.6, {}, 3.6}},
    {"Qwen/Qwen3.5-9B",                                       "", 262144,  65536,  "yyy?yn??yyy?", {0.17, {}, 0.25}},
    {"Qwen/Qwen3.6-Plus",                                     "", 1000000, 500000, "yyy??nn??yy?", {0.5, {}, 3}},
    {"Qwen/Qwen3.7-Max",                                      "", 1000000, 500000, "yyy?nnn??ny?", {1.25, {}, 3.75}},
    {"teknium/OpenHermes-2p5-Mistral-7B",                     "", {},      {},     "yy????????yy", {0.2, {}, 0.2}},
    {"togethercomputer/CodeLlama-34b-Instruct",               "", {},      {},     "yyyy??????y?", {0.8, {}, 0.8}},
    {"togethercomputer/llama-2-7b-chat",                      "", {},      {},     "yy????????yy", {0.2, {}, 0.2}},
    {"zai-org/GLM-4.5-Air-FP8",                               "", 128000,  {},     "yyyy????y?y?", {0.2, {}, 1.1}},
    {"zai-org/GLM-4.6",                                       "", 200000,  200000, "y?yy?????y?y", {0.6, {}, 2.2}},
    {"zai-org/GLM-4.7",                                       "", 200000,  200000, "y?yy?????y?y", {0.45, {}, 2}},
    {"zai-org/GLM-5",                                         "", 202752,  131072, "y?y?nnn?yy??", {1, {}, 3.2}},
    {"zai-org/GLM-5.1",                                       "", 202752,  131072, "y?y?nnn?yy??", {1.4, {}, 4.4}},
    {"zai-org/GLM-5.2",                                       "", 262144,  164000, "yyy?nnn?yyy?", {1.4, 0.26, 4.4}},
};
// clang-format on

/// Accounts whose models are base models; "together" and "together_ai" are routers' prefixes.
constexpr bool is_publisher(std::string_view account) {
  if (account == "together" || account == "together_ai") return true;
  return std::any_of(std::begin(models), std::end(models), [account](const ModelRow& row) {
    return detail::equal_ignoring_case(account, row.model_id.substr(0, row.model_id.find('/')));
  });
}

/// Cuts "-XXXXXXXX" off the end; empty, and `rest` as it was, where no group of hex digits is
/// there.
constexpr std::string_view take_last_hash(std::string_view& rest) {
  constexpr std::size_t size = 8;
  if (rest.size() <= size + 1 || rest[rest.size() - size - 1] != '-') return {};
  const std::string_view hash = rest.substr(rest.size() - size);
  if (!detail::is_hex_of(hash, size)) return {};
  rest.remove_suffix(size + 1);
  return hash;
}

/// The front of `name` that is the name of a base in the table, with its publisher or without, the
/// longest one; else empty.
constexpr std::string_view known_base(std::string_view name) {
  std::string_view longest;
  for (const ModelRow& row : models) {
    std::string_view base = row.model_id;
    if (!name.starts_with(base)) base = detail::after_last(base, '/');
    if (base.size() > longest.size() && name.starts_with(base) &&
        (name.size() == base.size() || name[base.size()] == '-'))
      longest = name.substr(0, base.size());
  }
  return longest;
}

/// NAME:SUFFIX:JOB
constexpr Result<ModelId, IdError> read_named_job(std::string_view name, ModelId id) {
  std::array<std::string_view, 3> fields{};
  if (detail::split(name, ':', fields) != 3 || fields[0].empty() || fields[2].empty())
    return IdError::invalid_format;
  id.base_model = fields[0];
  if (known_base(fields[0]) == fields[0]) id.base_source = ModelId::BaseSource::table;
  id.suffix = fields[1];
  id.fine_tune_id = fields[2];
  return id;
}

/// BASE[-SUFFIX]-HASH[-HASH]; the first hash is the job's. Where there is neither a hash nor a
/// suffix, the whole id is what tells it apart.
constexpr ModelId read_hashed(std::string_view name, ModelId id) {
  std::string_view hash = take_last_hash(name);
  const std::string_view first = take_last_hash(name);
  if (!first.empty()) hash = first;
  id.base_model = known_base(name);
  if (id.base_model.empty()) {
    id.base_model = name;
  } else {
    id.base_source = ModelId::BaseSource::table;
    if (name.size() > id.base_model.size()) id.suffix = name.substr(id.base_model.size() + 1);
  }
  id.fine_tune_id = hash.empty() && id.suffix.empty() ? id.text : hash;
  return id;
}

constexpr Result<ModelId, IdError> read_id(std::string_view text) {
  std::string_view name = text;
  const std::string_view account = detail::take_until(name, '/');
  if (text.find('/') == std::string_view::npos) return read_opaque_id(text);
  if (account.empty() || name.empty() || name.ends_with('/')) return IdError::invalid_format;
  if (is_publisher(account)) return read_opaque_id(text);
  ModelId id{.text = text, .kind = ModelId::Kind::fine_tuned, .organization = account};
  if (name.find(':') != std::string_view::npos) return read_named_job(name, id);
  return read_hashed(name, id);
}

/// Only what no other service's ids look like: a hash at the end (a date is one behind a known base
/// only: anthropic/claude-3-opus-20240229), two colons behind the slash, or a suffix behind a
/// "-Reference" base, which only this service has.
constexpr bool recognizes(std::string_view text) {
  std::string_view name = text;
  const std::string_view account = detail::take_until(name, '/');
  if (account.empty() || name.empty() || is_publisher(account)) return false;
  if (account.find(':') != std::string_view::npos) return false;
  const auto slashes = std::count(name.begin(), name.end(), '/');
  if (slashes > 1 || (slashes == 1 && !is_publisher(name.substr(0, name.find('/'))))) return false;
  const bool is_named_job = slashes == 0 && std::count(name.begin(), name.end(), ':') == 2;
  const std::string_view base = known_base(name);
  const bool is_of_reference = base.ends_with("-Reference") && base.size() < name.size();
  const std::string_view hash = take_last_hash(name);
  const bool is_hashed = !hash.empty() && (!base.empty() || !detail::is_date(hash));
  return is_named_job || is_of_reference || is_hashed;
}

}  // namespace together_facts

inline constexpr Provider together{
    .name = "together",
    .title = "Together AI",
    .read_id = together_facts::read_id,
    .recognizes = together_facts::recognizes,
    .routing_prefixes = "together_ai/|together/",
    .models = together_facts::models,
    .dialect = Dialect::openai_chat,
    .accent = {.request_id_header = "cf-ray"},
    .base_url = "https://api.together.ai/v1",
    .chat_path = "/chat/completions",
    .key_variable = "TOGETHER_API_KEY",
};

static_assert(parse_model_id("myorg/fine-tuned-llama-70b", together)->base_model ==
              "fine-tuned-llama-70b");

}  // namespace FineTuning::providers
