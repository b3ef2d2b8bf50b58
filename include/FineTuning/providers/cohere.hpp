#pragma once

// Cohere: https://api.cohere.com, API v2. Fine-tuning ended in 2025; its ids are still in
// configurations.

#include <FineTuning/provider.hpp>

#include <algorithm>
#include <string_view>

namespace FineTuning::providers {
namespace cohere_facts {

// clang-format off
inline constexpr ModelRow models[] = {
//  {model, alias, window, max output, capabilities (in the order of all_capabilities), prices {input, cached, output},
//   prices of its fine-tunes, training, last day, last day of its fine-tunes}
    {"c4ai-aya-expanse-32b",        "",               128000, 4000,  "yyn?nnn??nyn"},
    {"c4ai-aya-expanse-8b",         "",               8000,   4000,  "yyn?nnn??nyn", {},                 {}, {}, "2026-04-04"},
    {"c4ai-aya-vision-32b",         "",               16000,  4000,  "yyn?yn???nyn"},
    {"c4ai-aya-vision-8b",          "",               16000,  4000,  "yyn?yn???nyn", {},                 {}, {}, "2026-04-04"},
    {"command",                     "",               4096,   4096,  "yy??n?????yy", {1, {}, 2},         {}, {}, "2025-09-15"},
    {"command-a-03-2025",           "",               256000, 8000,  "yyy?nnn??nyn", {2.5, {}, 10}},
    {"command-a-plus-05-2026",      "",               128000, 64000, "y?y?yn??yy?n", {2.5, {}, 10}},
    {"command-a-reasoning-08-2025", "",               256000, 32000, "yyy?nnn??yyn", {2.5, {}, 10}},
    {"command-a-translate-08-2025", "",               8000,   8000,  "yyy?nnn??nyn", {2.5, {}, 10}},
    {"command-a-vision-07-2025",    "",               128000, 8000,  "yyn?yn???nyn", {2.5, {}, 10}},
    {"command-light",               "",               4096,   4096,  "yy??n?????yy", {0.3, {}, 0.6},     {}, {}, "2025-09-15"},
    {"command-nightly",             "",               4096,   4096,  "yy????????yn", {1, {}, 2}},
    {"command-r-03-2024",           "command-r",      128000, 4096,  "y?y?n??????y", {0.15, {}, 0.6},    {}, {}, "2025-09-15"},
    {"command-r-08-2024",           "",               128000, 4000,  "yyy?nnn??nyy", {0.15, {}, 0.6},    {}, {}, "",           "2025-09-15"},
    {"command-r-plus-04-2024",      "command-r-plus", 128000, 4096,  "y?y?n??????n", {2.5, {}, 10},      {}, {}, "2025-09-15"},
    {"command-r-plus-08-2024",      "",               128000, 4000,  "yyy?nnn??nyn", {2.5, {}, 10}},
    {"command-r7b-12-2024",         "",               128000, 4000,  "yyy?nnn??nyn", {0.0375, {}, 0.15}},
    {"command-r7b-arabic-02-2025",  "",               128000, 4000,  "y?y?nnn??n?n", {0.0375, {}, 0.15}},
    {"north-mini-code-1-0",         "",               256000, 64000, "y?y?nnn?yy?n"},
};
// clang-format on

/// UUID-ft, or the older XXXXXXX-SIZE-ft, as in 382b43d-small-ft.
constexpr bool is_issued(std::string_view text) {
  if (!text.ends_with("-ft")) return false;
  text.remove_suffix(3);
  if (internal::is_uuid(text)) return true;
  const bool has_hash = internal::is_hex_of(internal::take_until(text, '-'), 7);
  return has_hash && !text.empty() && std::all_of(text.begin(), text.end(), internal::is_lower);
}

/// custom-NAME, or an issued id. None of them names its base.
constexpr Result<ModelId, IdError> read_id(std::string_view text) {
  ModelId id{.text = text, .kind = ModelId::Kind::fine_tuned};
  if (is_issued(text)) {
    id.fine_tune_id = text.substr(0, text.size() - 3);
    return id;
  }
  if (!text.starts_with("custom-")) return read_opaque_id(text);
  if (text == "custom-") return IdError::invalid_format;
  id.fine_tune_id = text;
  id.base_model = "command";
  id.base_source = ModelId::BaseSource::assumed;
  return id;
}

}  // namespace cohere_facts

/// Cohere, API v2: with documents and citations.
inline constexpr Provider cohere{
    .name = "cohere",
    .title = "Cohere",
    .read_id = cohere_facts::read_id,
    .recognizes = cohere_facts::is_issued,
    .routing_prefixes = "cohere/|cohere_chat/",
    .models = cohere_facts::models,
    .dialect = Dialect::cohere_chat,
    .accent = {.documents = true},
    .base_url = "https://api.cohere.com",
    .chat_path = "/v2/chat",
    .key_variable = "COHERE_API_KEY",
    .fine_tunes_ended_on = "2025-09-15",
};

static_assert(parse_model_id("custom-rag-assistant", cohere)->base_model == "command");
static_assert(parse_model_id("cohere_chat/acb944bb-fb49-4c29-a15b-e6a245a7bdf9-ft", cohere)
                  ->fine_tune_id == "acb944bb-fb49-4c29-a15b-e6a245a7bdf9");

}  // namespace FineTuning::providers
