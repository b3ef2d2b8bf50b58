#pragma once

// Mistral: the ids of its fine-tunes. They begin with "ft:" as OpenAI's do, so this provider is
// asked first whether one is its own.

#include <FineTuning/provider.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace FineTuning::providers {
namespace mistral_facts {

constexpr bool is_base(std::string_view model) {
  constexpr std::array<std::string_view, 8> families{"open-mistral-", "open-mixtral-", "mistral-",
                                                     "ministral-",    "codestral-",    "pixtral-",
                                                     "devstral-",     "magistral-"};
  return std::any_of(families.begin(), families.end(), [model](std::string_view family) {
    return internal::begins_with(model, family);
  });
}

/// ft:[classifier:]BASE:ORG:DATE[:SUFFIX]:RUN. Documents also show it with the suffix before ORG,
/// without the date, with nothing but suffix and run, or with nothing but a name behind the base.
constexpr Result<ModelId, IdError> parse_id(std::string_view text) {
  std::string_view rest = text;
  if (!internal::take_prefix(rest, "ft:")) return parse_opaque_id(text);
  internal::take_prefix(rest, "classifier:");
  std::array<std::string_view, 5> fields{};
  const std::size_t count = internal::split(rest, ':', fields);
  if (count < 2 || count > fields.size()) return IdError::invalid_format;
  ModelId id{.text = text,
             .kind = ModelId::Kind::fine_tuned,
             .base_model = fields[0],
             .fine_tune_id = fields[count - 1]};
  if (id.base_model.empty() || id.fine_tune_id.empty()) return IdError::invalid_format;
  if (count == 3 && !internal::is_hex_of(fields[1], 8)) {
    id.suffix = fields[1];
    return id;
  }
  if (count > 2) id.organization = fields[1];
  if (count == 5 || (count == 4 && !internal::is_date(fields[2]))) id.suffix = fields[count - 2];
  if (internal::is_date(id.suffix)) {
    id.organization = fields[2];
    id.suffix = fields[1];
  }
  return id;
}

/// A base of this provider's, or a date next to eight hex digits. OpenAI's ids begin alike.
constexpr bool recognizes(std::string_view text) {
  if (!internal::take_prefix(text, "ft:")) return false;
  std::string_view before = internal::take_until(text, ':');
  if (is_base(before) || before == "classifier") return true;
  while (!text.empty()) {
    const std::string_view field = internal::take_until(text, ':');
    if ((internal::is_date(field) && internal::is_hex_of(before, 8)) ||
        (internal::is_date(before) && internal::is_hex_of(field, 8)))
      return true;
    before = field;
  }
  return false;
}

}  // namespace mistral_facts

/// Mistral: its ids are parsed; it cannot be called.
inline constexpr Provider mistral{
    .name = "mistral",
    .title = "Mistral",
    .telemetry_name = "mistral_ai",
    .parse_id = mistral_facts::parse_id,
    .recognizes = mistral_facts::recognizes,
    .refused_characters = "",
    .routing_prefixes = "mistral/",
};

static_assert(parse_model_id("mistral::ft:open-mistral-7b:587a6b29:20240514:7e773925", mistral)
                  ->organization == "587a6b29");
static_assert(parse_model_id("ft:mistral-small:my-model:abc123", mistral)->suffix == "my-model");

}  // namespace FineTuning::providers
