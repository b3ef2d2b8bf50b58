#pragma once

// What is known of a model: what it can do, inherited from its base; what it costs; when it ends.
// The answers come from the providers' tables, and from rows that a program adds at run time.

#include <FineTuning/export.hpp>
#include <FineTuning/model.hpp>
#include <FineTuning/usage.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace FineTuning {

/// What is known of one model. Its views point into the table or into the Catalog that was asked.
/// What nobody knows is empty; days are YYYY-MM-DD.
struct Facts {
  enum class Source : std::uint8_t {
    own_row,         ///< The table has this very model.
    fine_tuned_row,  ///< The table has its base, and prices of its fine-tunes.
    base_row,        ///< The table has its base, and prices of the base alone.
    user_row,        ///< A row of the Catalog said something.
  };

  Source source = Source::own_row;
  std::string_view model_id{};  ///< The row that answered.
  std::optional<std::uint32_t> context_window{};
  std::optional<std::uint32_t> max_output{};
  Capabilities capabilities{};
  /// What calls of this model cost. With Source::base_row these are the base's prices: an estimate.
  std::optional<double> input_usd_per_mtok{};
  std::optional<double> cached_input_usd_per_mtok{};
  std::optional<double> output_usd_per_mtok{};
  Prices base_prices{};        ///< Of the row's base model.
  Prices fine_tuned_prices{};  ///< Of its fine-tunes.
  std::optional<double> training_usd_per_mtok{};
  std::string_view deprecated_on{};  ///< The day its end was announced.
  std::string_view retired_on{};     ///< The day it stops.
  std::string_view replacement{};
  std::string_view checked{};  ///< The day the row was last compared with its sources.
};

[[nodiscard]] constexpr std::string_view to_string(Facts::Source source) noexcept {
  constexpr std::array<std::string_view, 4> names{"own_row", "fine_tuned_row", "base_row",
                                                  "user_row"};
  return names.at(static_cast<std::size_t>(source));
}

namespace detail {

constexpr void set_prices(Facts& facts, const Prices& prices) {
  facts.input_usd_per_mtok = prices.input;
  facts.cached_input_usd_per_mtok = prices.cached_input;
  facts.output_usd_per_mtok = prices.output;
}

constexpr Facts facts_of(const ModelRow& row, Facts::Source source) {
  Facts facts{.source = source,
              .model_id = row.model_id,
              .context_window = row.context_window,
              .max_output = row.max_output,
              .capabilities = row.capabilities,
              .base_prices = row.prices,
              .fine_tuned_prices = row.fine_tuned_prices,
              .training_usd_per_mtok = row.training_usd_per_mtok,
              .deprecated_on = row.deprecated_on,
              .retired_on = row.retired_on,
              .replacement = row.replacement,
              .checked = row.checked};
  set_prices(facts, row.prices);
  return facts;
}

/// What a fine-tune inherits from its base's row.
constexpr Facts inherited_facts(const ModelRow& row) {
  Facts facts = facts_of(row, Facts::Source::base_row);
  if (row.fine_tuned_prices.known()) {
    facts.source = Facts::Source::fine_tuned_row;
    set_prices(facts, row.fine_tuned_prices);
  }
  if (!row.fine_tuned_retired_on.empty()) facts.retired_on = row.fine_tuned_retired_on;
  return facts;
}

/// Where the id has lost what stands before the slash, the row is found without it.
constexpr std::optional<ModelRow> find_base_row(const ModelId& id,
                                                std::span<const ModelRow> models) {
  if (id.base_source == ModelId::BaseSource::table)
    for (const ModelRow& row : models)
      if (after_last(row.model_id, '/') == id.base_model) return row;
  return find_row(id.base_model, models);
}

/// A guess may be a model that only another provider of the family still has a row for.
constexpr std::optional<ModelRow> find_assumed_row(const ModelId& id, const Provider& provider) {
  std::optional<ModelRow> row = find_row(id.base_model, provider.models);
  for (const Provider* other : providers::all)
    if (!row && !provider.family.empty() && other->family == provider.family)
      row = find_row(id.base_model, other->models);
  return row;
}

constexpr std::optional<Facts> find_facts(const ModelId& id, const Provider& provider) {
  if (const auto own = find_row(table_name(id, provider), provider.models))
    return facts_of(*own, Facts::Source::own_row);
  if (id.base_model.empty()) return std::nullopt;
  const bool is_assumed = id.base_source == ModelId::BaseSource::assumed;
  const std::optional<ModelRow> base =
      is_assumed ? find_assumed_row(id, provider) : find_base_row(id, provider.models);
  if (!base) return std::nullopt;
  if (!is_assumed) return inherited_facts(*base);
  return Facts{.source = Facts::Source::base_row,
               .model_id = base->model_id,
               .capabilities = base->capabilities,
               .checked = base->checked};
}

}  // namespace detail

/// What the table of the library knows; empty where it knows neither the model nor its base.
[[nodiscard]] constexpr std::optional<Facts> find_facts(const ModelId& id) {
  for (const Provider* provider : providers::all)
    if (provider->name == id.provider) return detail::find_facts(id, *provider);
  return std::nullopt;
}

/// Whether a model can do something: a fine-tune can what its base can.
[[nodiscard]] constexpr Support support(const ModelId& id, Capability capability) {
  const std::optional<Facts> known = find_facts(id);
  return known ? known->capabilities[capability] : Support::unknown;
}

/// True where it is known that the model can.
[[nodiscard]] constexpr bool supports_capability(const ModelId& id, Capability capability) {
  return support(id, capability) == Support::yes;
}

/// Rows that a program adds to the table, or puts over it. Copies share the rows; safe to read from
/// several threads at once.
class Catalog {
 public:
  /// No rows.
  Catalog() = default;

  /// Reads an array of rows, each an object with `provider` and `model_id` and any of the names
  /// that `ft inspect --json` prints: context_window, max_output, capabilities {"tools":"yes",..},
  /// input_usd_per_mtok, cached_input_usd_per_mtok, output_usd_per_mtok, the three with ft_ in
  /// front for its fine-tunes, training_usd_per_mtok, deprecated_on, retired_on, ft_retired_on,
  /// replacement, checked; also alias. A row for a model that the table has replaces what it says
  /// and nothing else. Fails with invalid_request, and says which row and name, where one is wrong.
  [[nodiscard]] FINETUNING_EXPORT static Result<Catalog> from_json(std::string_view text);

  /// This catalog's row for a model id, a base's or a fine-tune's; null where it has none.
  [[nodiscard]] const ModelRow* find(std::string_view id, const Provider& provider) const {
    if (rows_ == nullptr) return nullptr;
    for (const Entry& entry : rows_->entries)
      if (provider == entry.provider &&
          (entry.row.model_id == id || (!entry.row.alias.empty() && entry.row.alias == id)))
        return &entry.row;
    return nullptr;
  }

 private:
  struct Entry {
    std::string_view provider;
    ModelRow row;
  };
  struct Rows {
    std::deque<std::string> texts;  // what the rows' views point into
    std::vector<Entry> entries;
  };

  std::shared_ptr<const Rows> rows_;
};

namespace detail {

template <class T>
void replace_if_said(T& below, const T& above) {
  if (above != T{}) below = above;
}

inline void replace_if_said(Prices& below, const Prices& above) {
  replace_if_said(below.input, above.input);
  replace_if_said(below.cached_input, above.cached_input);
  replace_if_said(below.output, above.output);
}

/// `above` laid over `below`, name by name.
inline ModelRow overlaid(ModelRow below, const ModelRow& above) {
  replace_if_said(below.model_id, above.model_id);
  replace_if_said(below.context_window, above.context_window);
  replace_if_said(below.max_output, above.max_output);
  for (const Capability capability : all_capabilities)
    if (above.capabilities[capability] != Support::unknown)
      below.capabilities.set(capability, above.capabilities[capability]);
  replace_if_said(below.prices, above.prices);
  replace_if_said(below.fine_tuned_prices, above.fine_tuned_prices);
  replace_if_said(below.training_usd_per_mtok, above.training_usd_per_mtok);
  replace_if_said(below.retired_on, above.retired_on);
  replace_if_said(below.fine_tuned_retired_on, above.fine_tuned_retired_on);
  replace_if_said(below.deprecated_on, above.deprecated_on);
  replace_if_said(below.replacement, above.replacement);
  replace_if_said(below.checked, above.checked);
  return below;
}

/// A row with what the facts say, for a user's row of the very model to be laid over.
inline ModelRow row_of(const Facts& facts) {
  return {.model_id = facts.model_id,
          .context_window = facts.context_window,
          .max_output = facts.max_output,
          .capabilities = facts.capabilities,
          .prices = {.input = facts.input_usd_per_mtok,
                     .cached_input = facts.cached_input_usd_per_mtok,
                     .output = facts.output_usd_per_mtok},
          .fine_tuned_prices = facts.fine_tuned_prices,
          .training_usd_per_mtok = facts.training_usd_per_mtok,
          .retired_on = facts.retired_on,
          .deprecated_on = facts.deprecated_on,
          .replacement = facts.replacement,
          .checked = facts.checked};
}

/// The catalog's row of a model, under this name or another one that the table has for it.
inline const ModelRow* find_users_row(const Catalog& catalog, std::string_view name,
                                      const Provider& provider) {
  const ModelRow* row = catalog.find(name, provider);
  const auto known = find_row(name, provider.models);
  if (row == nullptr && known) row = catalog.find(known->model_id, provider);
  if (row == nullptr && known) row = catalog.find(known->alias, provider);
  return row;
}

}  // namespace detail

/// What is known of a model: the catalog's row of the model itself goes before its row of the base,
/// and both before the table. The catalog must outlive the Facts. Fails with not_found where
/// neither the model nor its base is known.
[[nodiscard]] inline Result<Facts> facts(const Model& model, const Catalog& catalog = {}) {
  const ModelId id = model.parts();
  const Provider& provider = model.provider();
  std::optional<Facts> known = detail::find_facts(id, provider);

  if (!id.base_model.empty() && id.base_source != ModelId::BaseSource::assumed) {
    const std::optional<ModelRow> base = detail::find_base_row(id, provider.models);
    const std::string_view name = base ? base->model_id : id.base_model;
    if (const ModelRow* users = detail::find_users_row(catalog, name, provider)) {
      known = detail::inherited_facts(base ? detail::overlaid(*base, *users) : *users);
      known->source = Facts::Source::user_row;
    }
  }
  const ModelRow* own = catalog.find(id.text, provider);
  if (own == nullptr)
    own = detail::find_users_row(catalog, detail::table_name(id, provider), provider);
  if (own != nullptr) {
    const Prices base_prices = known ? known->base_prices : Prices{};
    known = detail::facts_of(known ? detail::overlaid(detail::row_of(*known), *own) : *own,
                             Facts::Source::user_row);
    if (id.is_fine_tuned()) known->base_prices = base_prices;
  }
  if (known) return *known;
  return Error{.kind = ErrorKind::not_found,
               .message = "Nothing is known of the model " + detail::quoted(model.spec()) +
                          " or of its base; add a row with Catalog::from_json().",
               .code = "unknown_model"};
}

/// Whether a model can do something: a fine-tune can what its base can.
[[nodiscard]] inline Support support(const Model& model, Capability capability,
                                     const Catalog& catalog = {}) {
  const Result<Facts> known = facts(model, catalog);
  return known ? known->capabilities[capability] : Support::unknown;
}

/// True where it is known that the model can.
[[nodiscard]] inline bool supports_capability(const Model& model, Capability capability,
                                              const Catalog& catalog = {}) {
  return support(model, capability, catalog) == Support::yes;
}

/// True where the model is known to have ended by `day` (YYYY-MM-DD), alone or because its provider
/// stopped serving all fine-tunes.
[[nodiscard]] inline bool is_retired(const Model& model, std::string_view day,
                                     const Catalog& catalog = {}) {
  const std::string_view all_ended_on = model.provider().fine_tunes_ended_on;
  if (!all_ended_on.empty() && all_ended_on <= day && model.is_fine_tuned()) return true;
  const Result<Facts> known = facts(model, catalog);
  return known && !known->retired_on.empty() && known->retired_on <= day;
}

/// What a call cost in USD; empty where a price that it takes, or the usage itself, is not known.
[[nodiscard]] constexpr std::optional<double> estimate_cost(const Facts& facts,
                                                            const Usage& usage) {
  if (!usage.known || !facts.input_usd_per_mtok || !facts.output_usd_per_mtok) return std::nullopt;
  const double input_price = *facts.input_usd_per_mtok;
  const double cached_price = facts.cached_input_usd_per_mtok.value_or(input_price);
  const auto cached = static_cast<double>(std::min(usage.cached_input_tokens, usage.input_tokens));
  const double uncached = static_cast<double>(usage.input_tokens) - cached;
  return (uncached * input_price + cached * cached_price +
          static_cast<double>(usage.output_tokens) * *facts.output_usd_per_mtok) /
         1e6;
}

static_assert(supports_capability(classify("ft:gpt-4o-mini:org:custom:id"), Capability::tools));
static_assert(support(classify("ft:gpt-4-0613:org::id"), Capability::vision) == Support::unknown);

}  // namespace FineTuning
