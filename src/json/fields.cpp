// Reading JSON strictly: values, and what is said of those that are wrong.

#include "json/fields.hpp"

#include <FineTuning/days.hpp>
#include <FineTuning/internal/text.hpp>

#include <nlohmann/json.hpp>

#include <deque>

namespace FineTuning::internal {
namespace {

/// A name of somebody else's as it may stand in a sentence.
std::string name_in_place(std::string_view name) {
  constexpr std::size_t longest = 60;
  const bool is_plain =
      !name.empty() && name.size() <= longest && std::all_of(name.begin(), name.end(), [](char c) {
        return is_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.';
      });
  return is_plain ? std::string(name) : in_quotes(name);
}

JsonFault led_by(std::string place, JsonFault fault) {
  if (!fault.place.empty() && !fault.place.starts_with('[')) place += '.';
  fault.place.insert(0, place);
  return fault;
}

class MemberCheck {
 public:
  JsonResult check(const JsonValue& value) {
    if (JsonResult done = check_names(value); !done) return done;
    std::size_t index = 0;
    for (const JsonValue& element : value) {
      if (JsonResult done = check(element); !done) return within(index, std::move(done).error());
      ++index;
    }
    for (const auto& [name, member] : value.members())
      if (JsonResult done = check(member); !done)
        return within(name.characters(), std::move(done).error());
    return {};
  }

 private:
  JsonResult check_names(const JsonValue& object) {
    names_.clear();
    unescaped_.clear();
    for (const auto& [name, member] : object.members())
      names_.push_back(name.has_escapes() ? unescaped_.emplace_back(name.characters())
                                          : name.raw());
    std::sort(names_.begin(), names_.end());
    const auto twice = std::adjacent_find(names_.begin(), names_.end());
    if (twice == names_.end()) return {};
    return within(*twice, {.problem = "appears twice; leave one of them out"});
  }

  std::vector<std::string_view> names_;  ///< Of the object that is looked at.
  std::deque<std::string> unescaped_;    ///< Names that have escapes; they never move.
};

}  // namespace

std::string JsonFault::text() const {
  return fmt::format("{} {}", place.empty() ? "it" : place, problem);
}

JsonFault unlike(const JsonValue& value, std::string_view wanted) {
  return {.problem = fmt::format("is {} {}", value.is_null() ? "missing; write" : "not", wanted)};
}

JsonFault within(std::string_view member, JsonFault fault) {
  return led_by(name_in_place(member), std::move(fault));
}

JsonFault within(std::size_t element, JsonFault fault) {
  return led_by(fmt::format("[{}]", element), std::move(fault));
}

std::string any_of_names(std::span<const std::string_view> names) {
  std::string text;
  for (std::size_t at = 0; at < names.size(); ++at) {
    if (at > 0) text += at + 1 < names.size() ? ", " : " or ";
    text += names[at];
  }
  return text;
}

JsonResult check_json(const JsonDocument& document) {
  if (document) return {};
  if (!document.is_too_deep()) return JsonFault{.problem = "is not JSON"};
  return JsonFault{.problem = fmt::format("nests deeper than {} levels", JsonDocument::deepest)};
}

JsonResult check_members(const JsonValue& value) { return MemberCheck().check(value); }

JsonResult read_text(const JsonValue& value, std::string& to) {
  if (!value.is_string()) return unlike(value, "a text");
  to = value.characters();
  return {};
}

JsonResult read_flag(const JsonValue& value, bool& to) {
  if (!value.is_boolean()) return unlike(value, "true or false");
  to = value.is_true();
  return {};
}

JsonResult read_day(const JsonValue& value, std::chrono::year_month_day& to) {
  const auto day = parse_day(value.is_string() ? value.characters() : "");
  if (!day) return unlike(value, "a day as YYYY-MM-DD");
  to = *day;
  return {};
}

JsonResult read_any(const JsonValue& value, std::string& to) {
  to = compact_json(value);
  if (nlohmann::json::accept(to)) return {};  // which tells such a number from others
  return unlike(value, "a value whose numbers a double can hold");
}

JsonResult read_any_object(const JsonValue& value, std::string& to) {
  if (!value.is_object()) return unlike(value, "an object");
  return read_any(value, to);
}

JsonResult read_number(const JsonValue& value, double& to) {
  const std::optional<double> number = number_of<double>(value);
  if (!number) return unlike(value, "a number");
  to = *number;
  return {};
}

JsonResult read_number_between(const JsonValue& value, double& to, double least, double most) {
  const std::optional<double> number = number_of<double>(value);
  if (!number || *number < least || *number > most)
    return unlike(value, fmt::format("a number from {} to {}", least, most));
  to = *number;
  return {};
}

}  // namespace FineTuning::internal
