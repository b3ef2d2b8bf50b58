#pragma once

// What is known of a model: what it can do, what it costs, and when it ends. A fine-tune inherits
// from its base. The answers come from the tables of models, and from rows that a program adds.
//
// Functions that take a ModelId answer from the tables alone, at compile time if asked to. Those
// that take a Model answer for the caller's own providers too, and take a Catalog.

#include <FineTuning/capability.hpp>
#include <FineTuning/catalog.hpp>
#include <FineTuning/enum_names.hpp>
#include <FineTuning/export.hpp>
#include <FineTuning/internal/known_rows.hpp>
#include <FineTuning/internal/text.hpp>
#include <FineTuning/model.hpp>
#include <FineTuning/model_id.hpp>
#include <FineTuning/providers.hpp>
#include <FineTuning/result.hpp>
#include <FineTuning/usage.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace FineTuning {

/// What is known of one model; what is unknown is empty. The views point into rows: of the
/// library's tables, of the caller's own Provider, or of the Catalog passed in; they stay valid as
/// long as it or a copy of it lives.
struct Facts {
  /// The row that an answer comes from.
  enum class Source : std::uint8_t {
    own_row,         ///< The table has this very model.
    fine_tuned_row,  ///< The table has its base, and prices of its fine-tunes.
    base_row,        ///< The table has its base, and prices of the base alone.
    user_row,        ///< A row of the Catalog said something.
  };

  Source source = Source::own_row;  ///< The row that answered.
  /// Where the three prices come from, if one is known. Source::base_row: at least one of them is
  /// the base's, in whatever row it stands, so that they are an estimate. Source::user_row: a row
  /// of the Catalog stated one.
  Source price_source = Source::own_row;
  std::string_view model_id{};                        ///< The model whose row answered.
  std::optional<std::uint32_t> context_window{};      ///< Tokens, of the prompt and the answer.
  std::optional<std::uint32_t> max_output{};          ///< Tokens of an answer.
  Capabilities capabilities{};                        ///< Of a fine-tune: those of its base.
  std::optional<double> input_usd_per_mtok{};         ///< USD per million tokens, as the next two.
  std::optional<double> cached_input_usd_per_mtok{};  ///< Of input that was cached.
  std::optional<double> output_usd_per_mtok{};        ///< Of the answer.
  Prices base_prices{};                               ///< Of the row's base model.
  Prices fine_tuned_prices{};                         ///< Of its fine-tunes.
  std::optional<double> training_usd_per_mtok{};      ///< USD per million trained tokens.
  std::optional<std::chrono::year_month_day> deprecated_on{};  ///< The day its end was announced.
  /// The day it stops; see also ends_on().
  std::optional<std::chrono::year_month_day> retired_on{};
  std::string_view replacement{};  ///< The model that its provider names in its place.
  /// The day the row was last compared with its sources.
  std::optional<std::chrono::year_month_day> checked{};

  /// Equal if every member is.
  friend constexpr bool operator==(const Facts&, const Facts&) noexcept = default;
};

template <>
inline constexpr auto internal::enum_names<Facts::Source> =
    std::to_array<std::string_view>({"own_row", "fine_tuned_row", "base_row", "user_row"});

/// What is known of a model: the catalog's row of the model itself takes precedence over its row of
/// the base, and both over the table. The Facts point into the catalog, so it, or a copy of it, has
/// to outlive them. Fails with not_found if neither the model nor its base is known.
[[nodiscard]] Result<Facts> facts(const Model& model, const Catalog& catalog = {});
Result<Facts> facts(const Model& model, const Catalog&& catalog) = delete;

/// What the tables know of a model; empty if they know neither it nor its base.
[[nodiscard]] constexpr std::optional<Facts> find_facts(const ModelId& id);

/// Whether a model can do something: a fine-tune can do what its base can.
[[nodiscard]] inline Support support(const Model& model, Capability capability,
                                     const Catalog& catalog = {}) {
  const Result<Facts> known = facts(model, catalog);
  return known ? known->capabilities[capability] : Support::unknown;
}
/// The same, as far as the tables know.
[[nodiscard]] constexpr Support support(const ModelId& id, Capability capability) {
  const std::optional<Facts> known = find_facts(id);
  return known ? known->capabilities[capability] : Support::unknown;
}

/// True if it is known that the model can do it.
[[nodiscard]] inline bool supports_capability(const Model& model, Capability capability,
                                              const Catalog& catalog = {}) {
  return support(model, capability, catalog) == Support::yes;
}
/// The same, as far as the tables know.
[[nodiscard]] constexpr bool supports_capability(const ModelId& id, Capability capability) {
  return support(id, capability) == Support::yes;
}

/// The day on which a model stops: its own, else the one on which its provider stopped serving all
/// fine-tunes (which Facts::retired_on does not say, and which holds for an assumed base, too).
/// Empty if no day is known.
[[nodiscard]] std::optional<std::chrono::year_month_day> ends_on(const Model& model,
                                                                 const Catalog& catalog = {});
/// The same, as far as the tables know.
[[nodiscard]] constexpr std::optional<std::chrono::year_month_day> ends_on(const ModelId& id);

/// True if the model is known to have ended by that day: `is_retired(model, 2027y / 1 / 14)` with
/// std::chrono_literals. False if `day` is not ok().
[[nodiscard]] inline bool is_retired(const Model& model, std::chrono::year_month_day day,
                                     const Catalog& catalog = {}) {
  const std::optional<std::chrono::year_month_day> end = ends_on(model, catalog);
  return end && day.ok() && *end <= day;
}
/// The same, as far as the tables know.
[[nodiscard]] constexpr bool is_retired(const ModelId& id, std::chrono::year_month_day day) {
  const std::optional<std::chrono::year_month_day> end = ends_on(id);
  return end && day.ok() && *end <= day;
}

/// What a call cost in USD; empty if a price that it needs, or the usage itself, is unknown. Cached
/// tokens without a price of their own are charged at the input price.
[[nodiscard]] constexpr std::optional<double> estimate_cost(const Facts& facts,
                                                            const Usage& usage) {
  if (!usage.known) return std::nullopt;
  const std::uint64_t cached = std::min(usage.cached_input_tokens, usage.input_tokens);
  const std::optional<double>& input_price = facts.input_usd_per_mtok;
  const std::optional<double>& output_price = facts.output_usd_per_mtok;
  const std::optional<double>& cached_price =
      facts.cached_input_usd_per_mtok ? facts.cached_input_usd_per_mtok : input_price;
  double cost = 0;
  for (const auto& [tokens, price] :
       {std::pair(usage.input_tokens - cached, input_price), std::pair(cached, cached_price),
        std::pair(usage.output_tokens, output_price)}) {
    if (tokens > 0 && !price) return std::nullopt;
    cost += static_cast<double>(tokens) * price.value_or(0) / 1e6;
  }
  return cost;
}

/// {"source":"own_row","price_source":..,"model_id":..,"capabilities":{"tools":"yes",..},
/// "input_usd_per_mtok":2.5,..}, with null for what is unknown: what `ft inspect --json` prints,
/// except that it writes ends_on() as "retired_on".
[[nodiscard]] FINETUNING_EXPORT std::string to_json(const Facts& facts);

// ---- how they are found

namespace internal {

constexpr Facts::Source source_of(const std::optional<KnownRow>& own,
                                  const std::optional<KnownRow>& base, bool is_assumed) {
  if ((own && own->catalog_row != nullptr) || (base && base->catalog_row != nullptr))
    return Facts::Source::user_row;
  if (own) return Facts::Source::own_row;
  return !is_assumed && base->row.fine_tuned_prices.known() ? Facts::Source::fine_tuned_row
                                                            : Facts::Source::base_row;
}

constexpr Facts::Source price_source_of(const std::optional<KnownRow>& own,
                                        const std::optional<KnownRow>& base) {
  using Source = Facts::Source;
  if (own && (own->row.prices.known() || !base))
    return own->catalog_row != nullptr && own->catalog_row->prices.known() ? Source::user_row
                                                                           : Source::own_row;
  const Prices& prices = base->row.prices;
  const Prices& tuned = base->row.fine_tuned_prices;
  const bool has_base_price = (!tuned.input && prices.input) || (!tuned.output && prices.output);
  if (has_base_price || !tuned.known()) return Source::base_row;
  return base->catalog_row != nullptr && base->catalog_row->fine_tuned_prices.known()
             ? Source::user_row
             : Source::fine_tuned_row;
}

/// What the rows of a model itself and of its base come to.
constexpr std::optional<Facts> facts_of(const ModelId& id, const std::optional<KnownRow>& own,
                                        const std::optional<KnownRow>& base) {
  if (!own && !base) return std::nullopt;
  const bool is_assumed = id.base_source == ModelId::BaseSource::assumed;
  ModelRow row;
  if (base) row = inherited_row(base->row, is_assumed);
  if (own) row = base ? updated(row, own->row) : own->row;
  Prices base_prices;
  if (base && !is_assumed) base_prices = base->row.prices;
  if (!id.is_fine_tuned()) base_prices = row.prices;
  return Facts{.source = source_of(own, base, is_assumed),
               .price_source = price_source_of(own, base),
               .model_id = row.model_id,
               .context_window = row.context_window,
               .max_output = row.max_output,
               .capabilities = row.capabilities,
               .input_usd_per_mtok = row.prices.input,
               .cached_input_usd_per_mtok = row.prices.cached_input,
               .output_usd_per_mtok = row.prices.output,
               .base_prices = base_prices,
               .fine_tuned_prices = row.fine_tuned_prices,
               .training_usd_per_mtok = row.training_usd_per_mtok,
               .deprecated_on = row.deprecated_on,
               .retired_on = row.retired_on,
               .replacement = row.replacement,
               .checked = row.checked};
}

constexpr std::optional<Facts> find_facts(const ModelId& id, const Provider& provider) {
  const auto known = [](const std::optional<ModelRow>& row) {
    return row ? std::optional(KnownRow{.row = *row}) : std::nullopt;
  };
  return facts_of(id, known(find_row(table_name(id, provider), provider.models)),
                  known(find_base_row(id, provider)));
}

inline std::optional<Facts> find_facts(const ModelId& id, const Provider& provider,
                                       const Catalog& catalog) {
  const std::string_view in_table = table_name(id, provider);
  const bool has_whole = catalog.find(id.text, provider) != nullptr;  // with what routers add
  const auto own = updated_by(catalog, find_row(in_table, provider.models),
                              has_whole ? id.text : in_table, provider);
  const auto base = updated_by(catalog, find_base_row(id, provider), id.base_model, provider);
  return facts_of(id, own, base);
}

constexpr std::optional<std::chrono::year_month_day> end_of(const ModelId& id,
                                                            const Provider& provider,
                                                            const std::optional<Facts>& known) {
  if (known && known->retired_on) return known->retired_on;
  return id.is_fine_tuned() ? provider.fine_tunes_ended_on : std::nullopt;
}

}  // namespace internal

// Not by find_provider(): g++ with the undefined-behaviour sanitizer compares no pointer with null
// at compile time.
constexpr std::optional<Facts> find_facts(const ModelId& id) {
  for (const Provider* provider : providers::all)
    if (provider->name == id.provider) return internal::find_facts(id, *provider);
  return std::nullopt;
}

constexpr std::optional<std::chrono::year_month_day> ends_on(const ModelId& id) {
  for (const Provider* provider : providers::all)
    if (provider->name == id.provider)
      return internal::end_of(id, *provider, internal::find_facts(id, *provider));
  return std::nullopt;
}

inline Result<Facts> facts(const Model& model, const Catalog& catalog) {
  if (const auto known = internal::find_facts(model.parts(), model.provider(), catalog))
    return *known;
  return Error{.kind = ErrorKind::not_found,
               .message = "Nothing is known of the model " + internal::in_quotes(model.spec()) +
                          " or of its base; add a row with parse_catalog().",
               .code = "unknown_model"};
}

inline std::optional<std::chrono::year_month_day> ends_on(const Model& model,
                                                          const Catalog& catalog) {
  const ModelId id = model.parts();
  return internal::end_of(id, model.provider(),
                          internal::find_facts(id, model.provider(), catalog));
}

static_assert(supports_capability(classify("ft:gpt-4o-mini:org:custom:id"), Capability::tools));
static_assert(support(classify("ft:gpt-4-0613:org::id"), Capability::vision) == Support::unknown);

}  // namespace FineTuning
