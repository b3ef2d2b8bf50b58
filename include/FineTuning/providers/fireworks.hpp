#pragma once

// Fireworks: the names of its models. The base of a tuned one is not in its name.

#include <FineTuning/provider.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace FineTuning::providers {
namespace fireworks_facts {

/// The accounts whose models everybody can call, as the model library shows them.
constexpr bool is_publisher(std::string_view account) {
  constexpr std::array<std::string_view, 7> publishers{
      "fireworks", "cogito",  "perplexity", "sentientfoundation", "sentientfoundation-serverless",
      "stability", "yi-01-ai"};
  return std::find(publishers.begin(), publishers.end(), account) != publishers.end();
}

/// accounts/ACCOUNT/(models | deployedModels)/MODEL[#DEPLOYMENT] or accounts/ACCOUNT/deployments/ID
constexpr Result<ModelId, IdError> parse_id(std::string_view text) {
  if (!text.starts_with("accounts/")) return parse_opaque_id(text);
  std::array<std::string_view, 4> fields{};
  const std::string_view name = text.substr(0, text.find('#'));
  if (internal::split(name, '/', fields) != 4 || fields[1].empty() || fields[3].empty())
    return IdError::invalid_format;
  ModelId id{.text = text};
  if (fields[2] == "deployments") return id;  // of any model
  if (fields[2] != "models" && fields[2] != "deployedModels") return IdError::invalid_format;
  if (is_publisher(fields[1])) {
    id.kind = ModelId::Kind::base;
    return id;
  }
  id.kind = ModelId::Kind::fine_tuned;
  id.organization = fields[1];
  id.fine_tune_id = fields[3];
  return id;
}

constexpr bool recognizes(std::string_view text) {
  return internal::begins_with(text, "accounts/");
}

}  // namespace fireworks_facts

/// Fireworks AI: its ids are parsed; it cannot be called.
inline constexpr Provider fireworks{
    .name = "fireworks",
    .title = "Fireworks AI",
    .parse_id = fireworks_facts::parse_id,
    .recognizes = fireworks_facts::recognizes,
    .refused_characters = "@",
    .routing_prefixes = "fireworks_ai/|fireworks/",
};

static_assert(parse_model_id("fireworks/accounts/acme/models/my-model#acme/d1", fireworks)
                  ->fine_tune_id == "my-model");

}  // namespace FineTuning::providers
