#pragma once

// Finding a model in its provider's table, under whatever name it goes by.

#include <FineTuning/capability.hpp>
#include <FineTuning/internal/scan.hpp>
#include <FineTuning/model_id.hpp>
#include <FineTuning/provider.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace FineTuning::internal {

/// The row of the model with this name; empty if the table has none. (A copy, because g++ with the
/// undefined behaviour sanitizer does not compare pointers at compile time.)
constexpr std::optional<ModelRow> find_row(std::string_view name,
                                           std::span<const ModelRow> models) {
  for (const ModelRow& row : models)
    if (row.is_called(name)) return row;
  return std::nullopt;
}

/// The whole name of a base that an id names without its publisher, or in letters of another case;
/// `base` if no table of the provider has it.
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

/// A model's name in its provider's table: without what collections and routers put in front,
/// unless that is part of the name (groq/compound). That of a fine-tune stays whole: its last part
/// may be a base model's name by chance.
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

}  // namespace FineTuning::internal
