#pragma once

// What is known of a model by row: a Catalog's row laid over the table's, and what a fine-tune
// inherits from the row of its base.

#include <FineTuning/capability.hpp>
#include <FineTuning/catalog.hpp>
#include <FineTuning/internal/rows.hpp>
#include <FineTuning/model_id.hpp>
#include <FineTuning/providers.hpp>

#include <optional>
#include <string_view>

namespace FineTuning::internal {

/// A row, and what a Catalog said of it.
struct KnownRow {
  ModelRow row{};                         ///< The table's, updated by the Catalog's.
  const ModelRow* catalog_row = nullptr;  ///< The Catalog's alone; null if it has none.
};

template <class T>
constexpr void update_if_known(T& value, const T& update) {
  if (update != T{}) value = update;
}

constexpr void update_if_known(Prices& prices, const Prices& update) {
  update_if_known(prices.input, update.input);
  update_if_known(prices.cached_input, update.cached_input);
  update_if_known(prices.output, update.output);
}

/// The row with all that `update` knows in place of what it said.
constexpr ModelRow updated(ModelRow row, const ModelRow& update) {
  update_if_known(row.model_id, update.model_id);
  update_if_known(row.context_window, update.context_window);
  update_if_known(row.max_output, update.max_output);
  for (const Capability capability : all_capabilities)
    if (update.capabilities[capability] != Support::unknown)
      row.capabilities.set(capability, update.capabilities[capability]);
  update_if_known(row.prices, update.prices);
  update_if_known(row.fine_tuned_prices, update.fine_tuned_prices);
  update_if_known(row.training_usd_per_mtok, update.training_usd_per_mtok);
  update_if_known(row.retired_on, update.retired_on);
  update_if_known(row.fine_tuned_retired_on, update.fine_tuned_retired_on);
  update_if_known(row.deprecated_on, update.deprecated_on);
  update_if_known(row.replacement, update.replacement);
  update_if_known(row.checked, update.checked);
  return row;
}

/// What calls of the fine-tunes of a model cost: what it costs itself if nothing else is stated.
/// (Its price of cached input goes with its price of input only.)
constexpr Prices inherited_prices(const Prices& base, const Prices& tuned) {
  const auto either = [](const auto& first, const auto& second) { return first ? first : second; };
  return {.input = either(tuned.input, base.input),
          .cached_input =
              tuned.input ? tuned.cached_input : either(tuned.cached_input, base.cached_input),
          .output = either(tuned.output, base.output)};
}

/// What a fine-tune has from its base. A guess gives capabilities only.
constexpr ModelRow inherited_row(const ModelRow& base, bool is_assumed) {
  if (is_assumed)
    return {.model_id = base.model_id, .capabilities = base.capabilities, .checked = base.checked};
  ModelRow row = base;
  row.prices = inherited_prices(base.prices, base.fine_tuned_prices);
  update_if_known(row.retired_on, base.fine_tuned_retired_on);
  return row;
}

/// The table's row of a model's base. If the id has lost what stands before the slash, the row is
/// found without it; a guess may be a model that only another provider of the family has.
constexpr std::optional<ModelRow> find_base_row(const ModelId& id, const Provider& provider) {
  if (id.base_model.empty()) return std::nullopt;
  const std::string_view name = id.base_source == ModelId::BaseSource::table
                                    ? full_name(id.base_model, provider)
                                    : id.base_model;
  std::optional<ModelRow> row = find_row(name, provider.models);
  if (id.base_source != ModelId::BaseSource::assumed || provider.family.empty()) return row;
  for (const Provider* other : providers::all)
    if (!row && other->family == provider.family) row = find_row(id.base_model, other->models);
  return row;
}

/// A model's row in the table, updated by the catalog's: the one with the name asked for, or one
/// with another name that the table has for the same model.
inline std::optional<KnownRow> updated_by(const Catalog& catalog, std::optional<ModelRow> row,
                                          std::string_view name, const Provider& provider) {
  const ModelRow* update = catalog.find(name, provider);
  if (update == nullptr && row) update = catalog.find(row->model_id, provider);
  if (update == nullptr && row) update = catalog.find(row->alias, provider);
  if (update == nullptr) return row ? std::optional(KnownRow{.row = *row}) : std::nullopt;
  // The names of the catalog's row itself say which model it is of.
  if (const auto named = find_row(update->model_id, provider.models)) row = named;
  if (!row) row = find_row(update->alias, provider.models);
  return KnownRow{.row = updated(row.value_or(ModelRow{}), *update), .catalog_row = update};
}

}  // namespace FineTuning::internal
