// The rows that a program adds to the table of models, read from JSON text. A row that is not
// understood whole is refused: what is silently left out would be taken for unknown.

#include <FineTuning/catalog.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
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
namespace {

using Json = nlohmann::json;

using Texts = std::deque<std::string>;  // its elements never move, so views of them hold

struct UserRow {
  std::string_view provider{};
  ModelRow facts{.checked = {}};  // the day of the library's own table is not the user's
};

/// YYYY-MM-DD, of the calendar.
bool is_day(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00";
  if (!std::equal(text.begin(), text.end(), shape.begin(), shape.end(),
                  [](char c, char s) { return s == '0' ? detail::is_digit(c) : c == s; }))
    return false;
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
};
// clang-format on

std::string unknown_name(std::string_view name) {
  return "has the unknown name " + detail::quoted(name) + "; correct it or leave it out";
}

std::string wrong_value(std::string_view name, std::string_view wanted) {
  return "has a wrong value for " + detail::quoted(name) + "; write " + std::string(wanted);
}

/// The value of an enumeration that is called `name`; empty where none is.
template <class Enum, std::size_t size>
std::optional<Enum> enumerator(const std::array<Enum, size>& all, const std::string& name) {
  for (const Enum value : all)
    if (to_string(value) == name) return value;
  return std::nullopt;
}

/// What is wrong with the capabilities of a row; empty where nothing is.
std::string read_capabilities(const Json& object, Capabilities& capabilities) {
  constexpr std::array answers{Support::yes, Support::no, Support::unknown};
  if (!object.is_object()) return wrong_value("capabilities", R"(an object as {"tools":"yes"})");
  for (const auto& item : object.items()) {
    const auto capability = enumerator(all_capabilities, item.key());
    if (!capability) return unknown_name(item.key());
    const Json& value = item.value();
    const auto answer =
        value.is_string() ? enumerator(answers, value.get_ref<const std::string&>()) : std::nullopt;
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
    if (value.is_null()) continue;  // so `ft inspect` prints what nobody knows
    if (name == "capabilities") {
      std::string wrong = read_capabilities(value, row.facts.capabilities);
      if (!wrong.empty()) return wrong;
      continue;
    }
    const auto* const field = std::find_if(
        fields.begin(), fields.end(), [&name](const Field& known) { return known.name == name; });
    if (field == fields.end()) return unknown_name(name);
    if (!field->read({value, row, texts})) return wrong_value(name, field->wanted);
  }
  if (row.provider.empty()) return R"(has no "provider"; add its name)";
  if (row.facts.model_id.empty()) return R"(has no "model_id"; add the name of the model)";
  return {};
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
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const Json& object : array) {
    UserRow row;
    std::string wrong = read_row(object, row, rows->texts);
    if (wrong.empty() && !seen.emplace(row.provider, row.facts.model_id).second)
      wrong = "is of the same model as a row before it; make one row of them";
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
