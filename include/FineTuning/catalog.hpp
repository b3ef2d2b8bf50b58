#pragma once

// What is known of a model: what it can do, inherited from its base; what it costs; when it ends.
// The answers come from the providers' tables, and from rows that a program adds at run time.

#include <FineTuning/capability.hpp>
#include <FineTuning/enum_names.hpp>
#include <FineTuning/export.hpp>
#include <FineTuning/model.hpp>
#include <FineTuning/providers.hpp>
#include <FineTuning/result.hpp>
#include <FineTuning/usage.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace FineTuning {

/// What is known of one model. What nobody knows is empty; days are YYYY-MM-DD. The views point
/// into rows: of the library's table, of the caller's own Provider, or of the Catalog that was
/// asked (a copy of which is enough to keep them).
struct Facts {
  /// Whose row says something.
  enum class Source : std::uint8_t {
    own_row,         ///< The table has this very model.
    fine_tuned_row,  ///< The table has its base, and prices of its fine-tunes.
    base_row,        ///< The table has its base, and prices of the base alone.
    user_row,        ///< A row of the Catalog said something.
  };

  Source source = Source::own_row;  ///< Whose row answered.
  /// Whose the three prices are, where one is known. Source::base_row: the base's, at least one of
  /// them, whoever stated it, so that they are an estimate. Source::user_row: a row of the Catalog
  /// stated one.
  Source price_source = Source::own_row;
  std::string_view model_id{};                        ///< The row that answered.
  std::optional<std::uint32_t> context_window{};      ///< Tokens, the answer's with the prompt's.
  std::optional<std::uint32_t> max_output{};          ///< Tokens of an answer.
  Capabilities capabilities{};                        ///< Of a fine-tune: those of its base.
  std::optional<double> input_usd_per_mtok{};         ///< USD per million tokens, as the next two.
  std::optional<double> cached_input_usd_per_mtok{};  ///< Of what the provider has kept.
  std::optional<double> output_usd_per_mtok{};        ///< Of the answer.
  Prices base_prices{};                               ///< Of the row's base model.
  Prices fine_tuned_prices{};                         ///< Of its fine-tunes.
  std::optional<double> training_usd_per_mtok{};      ///< USD per million trained tokens.
  std::string_view deprecated_on{};                   ///< The day its end was announced.
  std::string_view retired_on{};                      ///< The day it stops.
  std::string_view replacement{};  ///< The model that its provider names in its place.
  std::string_view checked{};      ///< The day the row was last compared with its sources.
};

template <>
inline constexpr auto internal::enum_names<Facts::Source> =
    std::to_array<std::string_view>({"own_row", "fine_tuned_row", "base_row", "user_row"});

namespace internal {

/// A row, and what a Catalog said of it.
struct KnownRow {
  ModelRow row{};                   ///< The table's, with the Catalog's laid over it.
  const ModelRow* users = nullptr;  ///< The Catalog's alone; null where it has none.
};

template <class T>
constexpr void replace_if_said(T& below, const T& above) {
  if (above != T{}) below = above;
}

constexpr void replace_if_said(Prices& below, const Prices& above) {
  replace_if_said(below.input, above.input);
  replace_if_said(below.cached_input, above.cached_input);
  replace_if_said(below.output, above.output);
}

/// `above` laid over `below`, name by name.
constexpr ModelRow overlaid(ModelRow below, const ModelRow& above) {
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

/// What calls of the fine-tunes of a model cost: what it costs itself where nothing else is stated.
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
  replace_if_said(row.retired_on, base.fine_tuned_retired_on);
  return row;
}

constexpr Facts::Source source_of(const std::optional<KnownRow>& own,
                                  const std::optional<KnownRow>& base, bool is_assumed) {
  if ((own && own->users != nullptr) || (base && base->users != nullptr))
    return Facts::Source::user_row;
  if (own) return Facts::Source::own_row;
  return !is_assumed && base->row.fine_tuned_prices.known() ? Facts::Source::fine_tuned_row
                                                            : Facts::Source::base_row;
}

constexpr Facts::Source price_source_of(const std::optional<KnownRow>& own,
                                        const std::optional<KnownRow>& base) {
  using Source = Facts::Source;
  if (own && (own->row.prices.known() || !base))
    return own->users != nullptr && own->users->prices.known() ? Source::user_row : Source::own_row;
  const Prices& prices = base->row.prices;
  const Prices& tuned = base->row.fine_tuned_prices;
  const bool has_base_price = (!tuned.input && prices.input) || (!tuned.output && prices.output);
  if (has_base_price || !tuned.known()) return Source::base_row;
  return base->users != nullptr && base->users->fine_tuned_prices.known() ? Source::user_row
                                                                          : Source::fine_tuned_row;
}

/// What the rows of a model itself and of its base come to.
constexpr std::optional<Facts> facts_of(const ModelId& id, const std::optional<KnownRow>& own,
                                        const std::optional<KnownRow>& base) {
  if (!own && !base) return std::nullopt;
  const bool is_assumed = id.base_source == ModelId::BaseSource::assumed;
  ModelRow row;
  if (base) row = inherited_row(base->row, is_assumed);
  if (own) row = base ? overlaid(row, own->row) : own->row;
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

/// The table's row of a model's base. Where the id has lost what stands before the slash, the row
/// is found without it; a guess may be a model that only another provider of the family has.
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

constexpr std::optional<Facts> find_facts(const ModelId& id, const Provider& provider) {
  const auto known = [](const std::optional<ModelRow>& row) {
    return row ? std::optional(KnownRow{.row = *row}) : std::nullopt;
  };
  return facts_of(id, known(find_row(table_name(id, provider), provider.models)),
                  known(find_base_row(id, provider)));
}

/// YYYY-MM-DD, of the calendar.
constexpr bool is_day(std::string_view text) {
  if (!has_shape(text, "0000-00-00")) return false;
  const auto number = [text](std::size_t from, std::size_t size) {
    unsigned value = 0;
    for (const char c : text.substr(from, size))
      value = value * 10 + static_cast<unsigned>(c - '0');
    return value;
  };
  return std::chrono::year_month_day(std::chrono::year(static_cast<int>(number(0, 4))),
                                     std::chrono::month(number(5, 2)),
                                     std::chrono::day(number(8, 2)))
      .ok();
}

/// The day on which a model stops; empty where nobody knows one.
constexpr std::string_view end_of(const ModelId& id, const Provider& provider,
                                  const std::optional<Facts>& known) {
  if (known && !known->retired_on.empty()) return known->retired_on;
  return id.is_fine_tuned() ? provider.fine_tunes_ended_on : std::string_view{};
}

constexpr bool has_come(std::string_view end, std::string_view day) {
  return !end.empty() && is_day(day) && end <= day;
}

}  // namespace internal

/// What the table of the library knows; empty where it knows neither the model nor its base.
[[nodiscard]] constexpr std::optional<Facts> find_facts(const ModelId& id) {
  for (const Provider* provider : providers::all)
    if (provider->name == id.provider) return internal::find_facts(id, *provider);
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

/// The day on which a model stops, as far as the table of the library knows: its own, else the one
/// on which its provider stopped serving all fine-tunes. (Of an assumed base only the second is
/// told; Facts::retired_on is never a provider's.)
[[nodiscard]] constexpr std::string_view ends_on(const ModelId& id) {
  for (const Provider* provider : providers::all)
    if (provider->name == id.provider)
      return internal::end_of(id, *provider, internal::find_facts(id, *provider));
  return {};
}

/// True where the model is known to have ended by `day`, which is written YYYY-MM-DD: by any other
/// text nothing has.
[[nodiscard]] constexpr bool is_retired(const ModelId& id, std::string_view day) {
  return internal::has_come(ends_on(id), day);
}

/// Rows that a program adds to the table, or puts over it. Copies share the rows; safe to read from
/// several threads at once.
class Catalog {
 public:
  /// No rows.
  Catalog() = default;

  /// Reads an array of rows, each an object with `provider`, `model_id` and any of these: alias,
  /// context_window, max_output, capabilities {"tools":"yes",..}, input_usd_per_mtok,
  /// cached_input_usd_per_mtok, output_usd_per_mtok, the three with ft_ in front for its
  /// fine-tunes, training_usd_per_mtok, deprecated_on, retired_on, ft_retired_on, replacement,
  /// checked. So the "facts" of a base model that `ft inspect --json` prints make a row with their
  /// provider added: null says nothing, and what it prints of sources and base_ prices is passed
  /// over.
  ///
  /// A row for a model that the table has, under any of its names, replaces what it says and
  /// nothing else. Fails with invalid_request, and says which row and name, where one is wrong or
  /// two rows have one name.
  [[nodiscard]] FINETUNING_EXPORT static Result<Catalog> from_json(std::string_view text);

  /// This catalog's row for a model id, a base's or a fine-tune's; null where it has none. It lives
  /// as long as this catalog or a copy of it.
  [[nodiscard]] const ModelRow* find(std::string_view id, const Provider& provider) const& {
    if (rows_ == nullptr) return nullptr;
    for (const Entry& entry : rows_->entries)
      if (provider == entry.provider && entry.row.is_called(id)) return &entry.row;
    return nullptr;
  }
  [[nodiscard]] const ModelRow* find(std::string_view, const Provider&) const&& = delete;

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

namespace internal {

/// A model's row in the table, `table`, with the catalog's over it: the row that has the name asked
/// for, or another one that the table has for the same model.
inline std::optional<KnownRow> with_users_row(std::optional<ModelRow> table, std::string_view name,
                                              const Provider& provider, const Catalog& catalog) {
  const ModelRow* users = catalog.find(name, provider);
  if (users == nullptr && table) users = catalog.find(table->model_id, provider);
  if (users == nullptr && table) users = catalog.find(table->alias, provider);
  if (users == nullptr) return table ? std::optional(KnownRow{.row = *table}) : std::nullopt;
  // The names of the row itself say which model it is of.
  if (const auto named = find_row(users->model_id, provider.models)) table = named;
  if (!table) table = find_row(users->alias, provider.models);
  return KnownRow{.row = overlaid(table.value_or(ModelRow{.checked = {}}), *users), .users = users};
}

inline std::optional<Facts> find_facts(const ModelId& id, const Provider& provider,
                                       const Catalog& catalog) {
  const std::string_view in_table = table_name(id, provider);
  const bool has_whole = catalog.find(id.text, provider) != nullptr;  // with what routers add
  const auto own = with_users_row(find_row(in_table, provider.models),
                                  has_whole ? id.text : in_table, provider, catalog);
  const auto base = with_users_row(find_base_row(id, provider), id.base_model, provider, catalog);
  return facts_of(id, own, base);
}

}  // namespace internal

/// What is known of a model: the catalog's row of the model itself goes before its row of the base,
/// and both before the table. The Facts point into the catalog, so it, or a copy of it, has to
/// outlive them. Fails with not_found where neither the model nor its base is known.
[[nodiscard]] inline Result<Facts> facts(const Model& model, const Catalog& catalog = {}) {
  if (const auto known = internal::find_facts(model.parts(), model.provider(), catalog))
    return *known;
  return Error{.kind = ErrorKind::not_found,
               .message = "Nothing is known of the model " + internal::in_quotes(model.spec()) +
                          " or of its base; add a row with Catalog::from_json().",
               .code = "unknown_model"};
}
Result<Facts> facts(const Model& model, const Catalog&& catalog) = delete;

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

/// The same day as ends_on(ModelId) tells, with the catalog's rows over the table's. Points into
/// rows as Facts do.
[[nodiscard]] inline std::string_view ends_on(const Model& model, const Catalog& catalog = {}) {
  const ModelId id = model.parts();
  return internal::end_of(id, model.provider(),
                          internal::find_facts(id, model.provider(), catalog));
}
std::string_view ends_on(const Model& model, const Catalog&& catalog) = delete;

/// True where the model is known to have ended by `day`, which is written YYYY-MM-DD: by any other
/// text nothing has.
[[nodiscard]] inline bool is_retired(const Model& model, std::string_view day,
                                     const Catalog& catalog = {}) {
  return internal::has_come(ends_on(model, catalog), day);
}

/// What a call cost in USD; empty where a price that it takes, or the usage itself, is not known.
/// Cached tokens without a price of their own cost what the others do.
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

static_assert(supports_capability(classify("ft:gpt-4o-mini:org:custom:id"), Capability::tools));
static_assert(support(classify("ft:gpt-4-0613:org::id"), Capability::vision) == Support::unknown);

}  // namespace FineTuning
