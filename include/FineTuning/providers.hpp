#pragma once

// The list of the providers that the library ships, and the questions that all of them are asked.

#include <FineTuning/internal/rows.hpp>
#include <FineTuning/model_id.hpp>
#include <FineTuning/provider.hpp>
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

/// The provider of that name; null if the library ships none.
[[nodiscard]] constexpr const Provider* find_provider(std::string_view name) noexcept {
  for (const Provider* provider : providers::all)
    if (provider->name == name) return provider;
  return nullptr;
}

/// What an id says if its provider is not given. It takes an id and not a spec: the kind
/// of "openai:gpt-4o" is unknown; Model::from() takes that. The forms of all providers are tried
/// first, then their tables of models; kind is `unknown` if none fits. All of it is heuristics:
/// only the service that issued an id knows what it means.
[[nodiscard]] constexpr ModelId classify(std::string_view text) {
  for (const Provider* provider : providers::all)
    if (internal::has_form_of(text, *provider)) return classify(text, *provider);
  for (const Provider* provider : providers::all)
    if (internal::find_row(text, provider->models))
      return ModelId{.text = text, .provider = provider->name, .kind = ModelId::Kind::base};
  return ModelId{.text = text};
}

/// True if the form of an id (not a spec) says that it is a fine-tuned model, of whichever
/// provider.
[[nodiscard]] constexpr bool is_fine_tuned(std::string_view text) {
  return classify(text).is_fine_tuned();
}

static_assert(is_fine_tuned("ft:gpt-4-0613:myorg:custom:abc123") && !is_fine_tuned("gpt-4"));

}  // namespace FineTuning
