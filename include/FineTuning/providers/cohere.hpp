#pragma once

// Cohere: https://api.cohere.com, API v2. Fine-tuning ended in 2025; its ids are still in
// configurations.

#include <FineTuning/models/cohere.hpp>
#include <FineTuning/provider.hpp>

#include <algorithm>
#include <chrono>
#include <string_view>

namespace FineTuning::providers {
namespace cohere_facts {

/// UUID-ft, or the older XXXXXXX-SIZE-ft, as in 382b43d-small-ft.
constexpr bool is_issued(std::string_view text) {
  if (!text.ends_with("-ft")) return false;
  text.remove_suffix(3);
  if (internal::is_uuid(text)) return true;
  const bool has_hash = internal::is_hex_of(internal::take_until(text, '-'), 7);
  return has_hash && !text.empty() && std::all_of(text.begin(), text.end(), internal::is_lower);
}

/// custom-NAME, or an issued id. None of them names its base.
constexpr Result<ModelId, IdError> parse_id(std::string_view text) {
  ModelId id{.text = text, .kind = ModelId::Kind::fine_tuned};
  if (is_issued(text)) {
    id.fine_tune_id = text.substr(0, text.size() - 3);
    return id;
  }
  if (!text.starts_with("custom-")) return parse_opaque_id(text);
  if (text == "custom-") return IdError::invalid_format;
  id.fine_tune_id = text;
  id.base_model = "command";
  id.base_source = ModelId::BaseSource::assumed;
  return id;
}

inline constexpr StatusMeaning statuses[] = {
    {498, ErrorKind::content_filtered},  // a token on a deny list: of the text, not of an account
};

}  // namespace cohere_facts

/// Cohere, API v2: with documents and citations.
inline constexpr Provider cohere{
    .name = "cohere",
    .title = "Cohere",
    .parse_id = cohere_facts::parse_id,
    .recognizes = cohere_facts::is_issued,
    .routing_prefixes = "cohere/|cohere_chat/",
    .models = cohere_facts::models,
    .dialect = Dialect::cohere_chat,
    .accent = {.documents = true, .statuses = cohere_facts::statuses},
    .base_url = "https://api.cohere.com",
    .chat_path = "/v2/chat",
    .key_variable = "COHERE_API_KEY",
    .fine_tunes_ended_on = std::chrono::year(2025) / 9 / 15,
};

static_assert(parse_model_id("custom-rag-assistant", cohere)->base_model == "command");
static_assert(parse_model_id("cohere_chat/acb944bb-fb49-4c29-a15b-e6a245a7bdf9-ft", cohere)
                  ->fine_tune_id == "acb944bb-fb49-4c29-a15b-e6a245a7bdf9");

}  // namespace FineTuning::providers
