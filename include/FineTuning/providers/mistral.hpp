#pragma once

// Mistral: the ids of its fine-tunes. They begin with "ft:" as OpenAI's do, so this provider is
// asked first whether one is its own.

#include <FineTuning/provider.hpp>

namespace FineTuning::providers {
namespace mistral_facts {

constexpr bool is_base(std::string_view model) {
  constexpr std::array<std::string_view, 6> families{"open-mistral-", "open-mixtral-", "mistral-",
                                                     "ministral-",    "codestral-",    "pixtral-"};
  return std::any_of(families.begin(), families.end(),
                     [model](std::string_view family) { return model.starts_with(family); });
}

/// ft:[classifier:]BASE:ORG:DATE[:SUFFIX]:RUN. Documents also show it with the suffix before ORG,
/// without the date, or with nothing but a name behind the base.
constexpr Result<ModelId, IdError> read_id(std::string_view text) {
  std::string_view rest = text;
  if (!detail::take_prefix(rest, "ft:")) return read_opaque_id(text);
  detail::take_prefix(rest, "classifier:");
  std::array<std::string_view, 5> fields{};
  const std::size_t count = detail::split(rest, ':', fields);
  if (count < 2 || count > fields.size()) return IdError::invalid_format;
  ModelId id{.text = text,
             .kind = ModelId::Kind::fine_tuned,
             .base_model = fields[0],
             .fine_tune_id = fields[count - 1]};
  if (id.base_model.empty() || id.fine_tune_id.empty()) return IdError::invalid_format;
  if (count > 2) id.organization = fields[1];
  if (count == 5 || (count == 4 && !detail::is_date(fields[2]))) id.suffix = fields[count - 2];
  if (detail::is_date(id.suffix)) {
    id.organization = fields[2];
    id.suffix = fields[1];
  }
  return id;
}

constexpr bool recognizes(std::string_view text) {
  if (!detail::take_prefix(text, "ft:")) return false;
  const std::string_view base = detail::take_until(text, ':');
  if (is_base(base) || base == "classifier") return true;
  if (!detail::is_hex_of(detail::take_until(text, ':'), 8)) return false;
  std::array<std::string_view, 3> fields{};  // DATE[:SUFFIX]:RUN
  const std::size_t count = detail::split(text, ':', fields);
  return count >= 2 && count <= fields.size() && detail::is_date(fields[0]) &&
         detail::is_hex_of(fields[count - 1], 8);
}

}  // namespace mistral_facts

inline constexpr Provider mistral{
    .name = "mistral",
    .title = "Mistral",
    .read_id = mistral_facts::read_id,
    .recognizes = mistral_facts::recognizes,
    .refused_characters = "",
    .routing_prefixes = {"mistral::", "mistral/"},
};

}  // namespace FineTuning::providers
