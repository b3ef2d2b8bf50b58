#pragma once

// The list of the providers that the library ships, and the questions that are put to all of them.

#include <FineTuning/providers/azure.hpp>
#include <FineTuning/providers/bedrock.hpp>
#include <FineTuning/providers/cohere.hpp>
#include <FineTuning/providers/fireworks.hpp>
#include <FineTuning/providers/google.hpp>
#include <FineTuning/providers/groq.hpp>
#include <FineTuning/providers/local.hpp>
#include <FineTuning/providers/mistral.hpp>
#include <FineTuning/providers/openai.hpp>
#include <FineTuning/providers/together.hpp>
#include <FineTuning/providers/vertex.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace FineTuning {

/// The providers that the library ships, each a value.
namespace providers {

/// Every provider the library ships. The order is that of the questions "whose form is this?" and
/// "whose table has this?": the first hit wins. Mistral stands before OpenAI because both write
/// "ft:", the Gemini API before Vertex because both write "models/".
inline constexpr std::array<const Provider*, 11> all{
    &bedrock, &google, &vertex,   &fireworks, &mistral, &openai,
    &azure,   &cohere, &together, &groq,      &local,
};

}  // namespace providers

/// The provider of that name; null where the library ships none.
[[nodiscard]] constexpr const Provider* find_provider(std::string_view name) noexcept {
  for (const Provider* provider : providers::all)
    if (provider->name == name) return provider;
  return nullptr;
}

namespace internal {

/// The row of a base model; empty where the table has none. (A copy, because g++ with the undefined
/// behaviour sanitizer does not compare pointers at compile time.)
constexpr std::optional<ModelRow> find_row(std::string_view name,
                                           std::span<const ModelRow> models) {
  for (const ModelRow& row : models)
    if (row.is_called(name)) return row;
  return std::nullopt;
}

/// The whole name of a base that an id names without its publisher, or in letters of another case;
/// `base` where no table of the provider has it.
constexpr std::string_view full_name(std::string_view base, const Provider& provider) {
  const auto is_of = [base](std::string_view name) {
    return equal_ignoring_case(base, name) || equal_ignoring_case(base, after_last(name, '/'));
  };
  for (const ModelRow& row : provider.models)
    if (is_of(row.model_id)) return row.model_id;
  for (const std::string_view name : provider.other_models)
    if (is_of(name)) return name;
  return base;
}

/// A model's name in its provider's table: without what collections and routers put in front, as
/// far as the name is not one with it (groq/compound). That of a fine-tune stays whole: its last
/// part may be a base model's name by chance.
constexpr std::string_view table_name(const ModelId& id, const Provider& provider) {
  std::string_view name = without_routing_prefix(id.text, provider);
  if (id.is_fine_tuned()) return name;
  constexpr std::string_view collection = "models/";
  const std::size_t at = name.rfind(collection);
  if (at != std::string_view::npos) name.remove_prefix(at + collection.size());
  return behind_prefix(name, provider.routing_prefixes, [&](std::string_view rest) {
    return find_row(rest, provider.models) && !find_row(name, provider.models);
  });
}

}  // namespace internal

/// Takes an id apart without being told the provider. The forms are asked first, then the tables of
/// base models; kind is `unknown` where nothing fits. All of it is heuristics: an id is opaque to
/// everybody but the service that issued it.
[[nodiscard]] constexpr ModelId classify(std::string_view text) {
  for (const Provider* provider : providers::all)
    if (internal::has_form_of(text, *provider))
      return read_model_id(text, *provider)
          .value_or(ModelId{.text = text, .provider = provider->name});
  for (const Provider* provider : providers::all)
    if (internal::find_row(text, provider->models))
      return ModelId{.text = text, .provider = provider->name, .kind = ModelId::Kind::base};
  return ModelId{.text = text};
}

/// Whether the form of `text` says that it is a fine-tuned model, of whichever provider.
[[nodiscard]] constexpr bool is_fine_tuned(std::string_view text) {
  return classify(text).is_fine_tuned();
}

static_assert(is_fine_tuned("ft:gpt-4-0613:myorg:custom:abc123") && !is_fine_tuned("gpt-4"));

}  // namespace FineTuning
