// The rows that a program adds to the table of models, read from JSON text. A row that is not
// understood whole is refused: what is silently left out would be taken for unknown.

#include "json/fields.hpp"

#include <FineTuning/catalog.hpp>
#include <FineTuning/internal/errors.hpp>
#include <FineTuning/internal/text.hpp>

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace FineTuning {

using namespace internal;
namespace {

using Texts = std::deque<std::string>;  // its elements never move, so views of them hold
using Names = std::set<std::pair<std::string_view, std::string_view>>;  // a provider and a model

struct UserRow : ModelRow {
  explicit UserRow(Texts& all_texts) : texts(all_texts) {}

  Texts& texts;
  std::string_view provider;
};

/// Keeps a text, and sets the view of it.
template <auto view>
JsonResult keep_text(const JsonValue& value, UserRow& row) {
  std::string& text = row.texts.emplace_back();
  JsonResult read = read_text(value, text);
  row.*view = text;
  return read;
}

template <auto view>
JsonResult keep_name(const JsonValue& value, UserRow& row) {
  JsonResult read = keep_text<view>(value, row);
  if (value == "") return JsonFault{.problem = "is empty; write a name"};
  return read;
}

JsonResult read_tokens(const JsonValue& value, std::uint32_t& to) {
  return read_whole_between(value, to, 1);
}

JsonResult read_price(const JsonValue& value, double& to) {
  return read_number(value, to) && to >= 0 ? JsonResult()
                                           : unlike(value, "a price in USD, 0 or more");
}

JsonResult read_capability(std::string_view name, const JsonValue& value, Capabilities& to) {
  const std::optional<Capability> capability = enum_from<Capability>(name);
  if (!capability) return refuse_other(name, value, to);
  Support support{};
  if (JsonResult read = read_enum(value, support); !read)
    return within(name, std::move(read).error());
  to.set(*capability, support);
  return {};
}

JsonResult read_capabilities(const JsonValue& value, Capabilities& to) {
  return read_object(value, to, {}, read_capability);
}

/// For what to_json(Facts) writes and no row can say: where a fact comes from.
JsonResult pass_over(const JsonValue& /*value*/, UserRow& /*row*/) { return {}; }

using Field = JsonField<UserRow>;

// clang-format off
constexpr std::array fields{
    Field{"provider",       keep_name<&UserRow::provider>, Presence::required},
    Field{"model_id",       keep_name<&ModelRow::model_id>, Presence::required},
    Field{"alias",          keep_text<&ModelRow::alias>},
    Field{"context_window", into<read_tokens, &ModelRow::context_window>},
    Field{"max_output",     into<read_tokens, &ModelRow::max_output>},
    Field{"capabilities",   into<read_capabilities, &ModelRow::capabilities>},
    Field{"deprecated_on",  into<read_day, &ModelRow::deprecated_on>},
    Field{"retired_on",     into<read_day, &ModelRow::retired_on>},
    Field{"ft_retired_on",  into<read_day, &ModelRow::fine_tuned_retired_on>},
    Field{"checked",        into<read_day, &ModelRow::checked>},
    Field{"replacement",    keep_text<&ModelRow::replacement>},
    Field{"input_usd_per_mtok",           into<read_price, &ModelRow::prices, &Prices::input>},
    Field{"cached_input_usd_per_mtok",    into<read_price, &ModelRow::prices, &Prices::cached_input>},
    Field{"output_usd_per_mtok",          into<read_price, &ModelRow::prices, &Prices::output>},
    Field{"ft_input_usd_per_mtok",        into<read_price, &ModelRow::fine_tuned_prices, &Prices::input>},
    Field{"ft_cached_input_usd_per_mtok", into<read_price, &ModelRow::fine_tuned_prices, &Prices::cached_input>},
    Field{"ft_output_usd_per_mtok",       into<read_price, &ModelRow::fine_tuned_prices, &Prices::output>},
    Field{"training_usd_per_mtok",        into<read_price, &ModelRow::training_usd_per_mtok>},
    Field{"source",                         pass_over},
    Field{"price_source",                   pass_over},
    Field{"base_input_usd_per_mtok",        pass_over},
    Field{"base_cached_input_usd_per_mtok", pass_over},
    Field{"base_output_usd_per_mtok",       pass_over},
};
// clang-format on

/// The name of a row that an earlier row has too; empty if there is none.
std::string_view taken_name(const UserRow& row, Names& taken) {
  if (!taken.emplace(row.provider, row.model_id).second) return row.model_id;
  const bool has_alias = !row.alias.empty() && row.alias != row.model_id;
  return has_alias && !taken.emplace(row.provider, row.alias).second ? row.alias : "";
}

Error wrong(std::string message) { return invalid_request(std::move(message), "invalid_catalog"); }

Result<void> read_row(const JsonValue& value, std::size_t number, UserRow& row, Names& taken) {
  JsonResult read = check_members(value);
  if (read) read = read_object(value, row, fields);
  if (!read)
    return wrong(fmt::format("Row {} of the catalog is wrong: {}.", number, read.error().text()));
  const std::string_view name = taken_name(row, taken);
  if (name.empty()) return {};
  return wrong(
      fmt::format("Row {} of the catalog has the name {}, like an earlier row; make one row of "
                  "them or change the name.",
                  number, in_quotes(name)));
}

}  // namespace

Result<Catalog> parse_catalog(std::string_view text) {
  const JsonDocument document(text);
  if (!document || !document->is_array())
    return wrong("The catalog is not a JSON array of rows; correct its JSON.");

  auto rows = std::make_shared<Catalog::Rows>();
  Names names;
  for (const JsonValue& value : *document) {
    UserRow row(rows->texts);
    if (Result<void> read = read_row(value, rows->entries.size() + 1, row, names); !read)
      return std::move(read).error();
    rows->entries.push_back({.provider = row.provider, .row = row});
  }
  Catalog catalog;
  catalog.rows_ = std::move(rows);
  return catalog;
}

}  // namespace FineTuning
