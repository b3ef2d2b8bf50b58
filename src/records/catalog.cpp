// The rows that a program adds to the table of models, read from JSON text. A row that is not
// understood whole is refused: what is silently left out would be taken for unknown.

#include <FineTuning/catalog.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace FineTuning {

using namespace internal;
namespace {

using Json = nlohmann::json;

using Texts = std::deque<std::string>;  // its elements never move, so views of them hold
using Names = std::set<std::pair<std::string_view, std::string_view>>;  // a provider and a model

struct UserRow {
  std::string_view provider{};
  ModelRow facts{.checked = {}};  // the day of the library's own table is not the user's
};

/// One value on its way into a row. The functions are false where it is not what they take.
struct Cell {
  const Json& value;
  UserRow& row;
  Texts& texts;

  bool text(std::string_view& to) const {
    if (!value.is_string()) return false;
    to = texts.emplace_back(value.get_ref<const std::string&>());
    return true;
  }
  bool name(std::string_view& to) const { return text(to) && !to.empty(); }
  bool day(std::string_view& to) const { return text(to) && is_day(to); }

  bool tokens(std::optional<std::uint32_t>& to) const {
    if (!value.is_number_unsigned()) return false;
    const auto number = value.get<std::uint64_t>();
    if (number == 0 || number > std::numeric_limits<std::uint32_t>::max()) return false;
    to = static_cast<std::uint32_t>(number);
    return true;
  }

  bool price(std::optional<double>& to) const {
    if (!value.is_number()) return false;
    to = value.get<double>();
    return *to >= 0;
  }
};

/// For what `ft inspect` prints and no row can say: where a fact is from.
bool pass_over(const Cell& /*cell*/) { return true; }

/// A name that a row may have, and where its value goes.
struct Field {
  std::string_view name;
  std::string_view wanted;
  bool (*read)(const Cell&);
};

constexpr std::string_view a_name = "a text that is not empty";
constexpr std::string_view a_text = "a text";
constexpr std::string_view a_day = "a day as YYYY-MM-DD";
constexpr std::string_view a_count = "a whole number of tokens from 1 to 4294967295";
constexpr std::string_view a_price = "a price in USD, 0 or more";

// clang-format off
constexpr std::array fields{
    Field{"provider",       a_name,  [](const Cell& cell) { return cell.name(cell.row.provider); }},
    Field{"model_id",       a_name,  [](const Cell& cell) { return cell.name(cell.row.facts.model_id); }},
    Field{"alias",          a_text,  [](const Cell& cell) { return cell.text(cell.row.facts.alias); }},
    Field{"context_window", a_count, [](const Cell& cell) { return cell.tokens(cell.row.facts.context_window); }},
    Field{"max_output",     a_count, [](const Cell& cell) { return cell.tokens(cell.row.facts.max_output); }},
    Field{"deprecated_on",  a_day,   [](const Cell& cell) { return cell.day(cell.row.facts.deprecated_on); }},
    Field{"retired_on",     a_day,   [](const Cell& cell) { return cell.day(cell.row.facts.retired_on); }},
    Field{"ft_retired_on",  a_day,   [](const Cell& cell) { return cell.day(cell.row.facts.fine_tuned_retired_on); }},
    Field{"checked",        a_day,   [](const Cell& cell) { return cell.day(cell.row.facts.checked); }},
    Field{"replacement",    a_text,  [](const Cell& cell) { return cell.text(cell.row.facts.replacement); }},
    Field{"input_usd_per_mtok",           a_price, [](const Cell& cell) { return cell.price(cell.row.facts.prices.input); }},
    Field{"cached_input_usd_per_mtok",    a_price, [](const Cell& cell) { return cell.price(cell.row.facts.prices.cached_input); }},
    Field{"output_usd_per_mtok",          a_price, [](const Cell& cell) { return cell.price(cell.row.facts.prices.output); }},
    Field{"ft_input_usd_per_mtok",        a_price, [](const Cell& cell) { return cell.price(cell.row.facts.fine_tuned_prices.input); }},
    Field{"ft_cached_input_usd_per_mtok", a_price, [](const Cell& cell) { return cell.price(cell.row.facts.fine_tuned_prices.cached_input); }},
    Field{"ft_output_usd_per_mtok",       a_price, [](const Cell& cell) { return cell.price(cell.row.facts.fine_tuned_prices.output); }},
    Field{"training_usd_per_mtok",        a_price, [](const Cell& cell) { return cell.price(cell.row.facts.training_usd_per_mtok); }},
    Field{"source",                         {}, pass_over},
    Field{"price_source",                   {}, pass_over},
    Field{"base_input_usd_per_mtok",        {}, pass_over},
    Field{"base_cached_input_usd_per_mtok", {}, pass_over},
    Field{"base_output_usd_per_mtok",       {}, pass_over},
};
// clang-format on

std::string unknown_name(std::string_view name) {
  return "has the unknown name " + in_quotes(name) + "; correct it or leave it out";
}

std::string wrong_value(std::string_view name, std::string_view wanted) {
  return "has a wrong value for " + in_quotes(name) + "; write " + std::string(wanted);
}

/// What is wrong with the capabilities of a row; empty where nothing is.
std::string read_capabilities(const Json& object, Capabilities& capabilities) {
  if (!object.is_object()) return wrong_value("capabilities", R"(an object as {"tools":"yes"})");
  for (const auto& item : object.items()) {
    const auto capability = enum_from<Capability>(item.key());
    if (!capability) return unknown_name(item.key());
    const Json& value = item.value();
    const auto answer =
        value.is_string() ? enum_from<Support>(value.get_ref<const std::string&>()) : std::nullopt;
    if (!answer) return wrong_value(item.key(), R"("yes", "no" or "unknown")");
    capabilities.set(*capability, *answer);
  }
  return {};
}

/// What is wrong with a row; empty where nothing is.
std::string read_row(const Json& object, UserRow& row, Texts& texts) {
  if (!object.is_object()) return R"(is no object; write {"provider":"..","model_id":".."})";
  for (const auto& item : object.items()) {
    const std::string& name = item.key();
    const Json& value = item.value();
    const bool is_capabilities = name == "capabilities";
    const auto* const field = std::find_if(
        fields.begin(), fields.end(), [&name](const Field& known) { return known.name == name; });
    if (!is_capabilities && field == fields.end()) return unknown_name(name);
    if (value.is_null()) continue;  // so `ft inspect` prints what nobody knows
    if (is_capabilities) {
      std::string wrong = read_capabilities(value, row.facts.capabilities);
      if (!wrong.empty()) return wrong;
    } else if (!field->read({value, row, texts})) {
      return wrong_value(name, field->wanted);
    }
  }
  if (row.provider.empty()) return R"(has no "provider"; add its name)";
  if (row.facts.model_id.empty()) return R"(has no "model_id"; add the name of the model)";
  return {};
}

/// What is wrong with the names of a row; empty where no row before it has one of them.
std::string take_names(const UserRow& row, Names& taken) {
  const std::string_view model_id = row.facts.model_id;
  const std::string_view alias = row.facts.alias;
  std::string_view twice;
  if (!taken.emplace(row.provider, model_id).second)
    twice = model_id;
  else if (!alias.empty() && alias != model_id && !taken.emplace(row.provider, alias).second)
    twice = alias;
  if (twice.empty()) return {};
  return "has the name " + in_quotes(twice) +
         ", as a row before it has; make one row of them or change the name";
}

Error refused(std::string message) {
  return {
      .kind = ErrorKind::invalid_request, .message = std::move(message), .code = "invalid_catalog"};
}

}  // namespace

Result<Catalog> Catalog::from_json(std::string_view text) {
  const Json array = Json::parse(text, nullptr, false);
  if (!array.is_array())
    return refused("The catalog is not a JSON array of rows; correct its JSON.");

  auto rows = std::make_shared<Rows>();
  Names names;
  for (const Json& object : array) {
    UserRow row;
    std::string wrong = read_row(object, row, rows->texts);
    if (wrong.empty()) wrong = take_names(row, names);
    if (!wrong.empty())
      return refused("Row " + std::to_string(rows->entries.size() + 1) + " of the catalog " +
                     wrong + ".");
    rows->entries.push_back({.provider = row.provider, .row = row.facts});
  }
  Catalog catalog;
  catalog.rows_ = std::move(rows);
  return catalog;
}

}  // namespace FineTuning
