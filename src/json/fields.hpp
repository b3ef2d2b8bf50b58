#pragma once

// Reading JSON strictly: a table says which members an object has and how each of them is read, and
// what is wrong is told with its place, as in "messages[0].content is not a text".

#include "json/reader.hpp"

#include <FineTuning/enum_names.hpp>
#include <FineTuning/result.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace FineTuning::internal {

/// What is wrong with a value, and where it is.
struct JsonFault {
  std::string place{};    ///< From the outermost value, as in "messages[0].content"; empty for it.
  std::string problem{};  ///< As in "is not a text".

  /// For a sentence: "it is not an object", "messages[0].content is not a text".
  [[nodiscard]] std::string text() const;
};

using JsonResult = Result<void, JsonFault>;

/// The fault of a value that is not what it has to be; null is taken for a missing one.
JsonFault unlike(const JsonValue& value, std::string_view wanted);

/// The same fault, told from the object or the array that has the value.
JsonFault within(std::string_view member, JsonFault fault);
JsonFault within(std::size_t element, JsonFault fault);

/// "a, b or c"
std::string any_of_names(std::span<const std::string_view> names);

/// Fails if the text is not JSON, or nests too deep.
JsonResult check_json(const JsonDocument& document);

/// Fails if an object has a member twice, at any depth: it would not be clear which of them counts.
JsonResult check_members(const JsonValue& value);

/// Reads a text that is one JSON value by `read`, after both checks.
template <class To>
JsonResult read_json(std::string_view text, To& to, JsonResult (*read)(const JsonValue&, To&)) {
  const JsonDocument document(text);
  JsonResult done = check_json(document);
  if (done) done = check_members(*document);
  return done ? read(*document, to) : done;
}

// ---- values

JsonResult read_text(const JsonValue& value, std::string& to);
JsonResult read_flag(const JsonValue& value, bool& to);
JsonResult read_day(const JsonValue& value, std::chrono::year_month_day& to);

/// Any value, kept as JSON; and any object.
JsonResult read_any(const JsonValue& value, std::string& to);
JsonResult read_any_object(const JsonValue& value, std::string& to);

/// The number that a value is; empty if it is not a number, or not one that a T can hold.
template <class T>
std::optional<T> number_of(const JsonValue& value) {
  T number{};
  const char* const end = value.raw().data() + value.raw().size();
  const auto [stop, error] = std::from_chars(value.raw().data(), end, number);
  const bool is_whole_text = value.is_number() && error == std::errc() && stop == end;
  return is_whole_text ? std::optional(number) : std::nullopt;
}

JsonResult read_number(const JsonValue& value, double& to);
JsonResult read_number_between(const JsonValue& value, double& to, double least, double most);

template <class T>
JsonResult read_whole_between(const JsonValue& value, T& to, std::type_identity_t<T> least,
                              std::type_identity_t<T> most = std::numeric_limits<T>::max()) {
  const std::optional<T> number = number_of<T>(value);
  if (!number || *number < least || *number > most)
    return unlike(value, fmt::format("a whole number from {} to {}", least, most));
  to = *number;
  return {};
}

/// Whole numbers from 0 on.
template <class T>
JsonResult read_count(const JsonValue& value, T& to) {
  return read_whole_between(value, to, 0);
}

/// One of the names that an enumeration has.
template <NamedEnum E>
JsonResult read_enum(const JsonValue& value, E& to) {
  const std::optional<E> known = enum_from<E>(value.is_string() ? value.characters() : "");
  if (!known) return unlike(value, any_of_names(enum_names<E>));
  to = *known;
  return {};
}

/// The same, with `other` for a name of a later release.
template <NamedEnum E>
JsonResult read_enum_or_other(const JsonValue& value, E& to) {
  std::string name;
  JsonResult read = read_text(value, name);
  to = enum_from<E>(name).value_or(E::other);
  return read;
}

/// What a text stands for.
template <class T>
struct JsonName {
  std::string_view name;
  T meaning;
};

/// One of the names of a table.
template <class T>
JsonResult read_name(const JsonValue& value, T& to,
                     std::type_identity_t<std::span<const JsonName<T>>> table) {
  std::vector<std::string_view> names;
  for (const auto& [name, meaning] : table) {
    names.push_back(name);
    if (value != name) continue;
    to = meaning;
    return {};
  }
  return unlike(value, any_of_names(names));
}

template <auto read>
struct ListOf {
  template <class T>
  JsonResult operator()(const JsonValue& value, std::vector<T>& to) const {
    if (!value.is_array()) return unlike(value, "an array");
    to.clear();
    for (const JsonValue& element : value)
      if (JsonResult done = read(element, to.emplace_back()); !done)
        return within(to.size() - 1, std::move(done).error());
    return {};
  }
};

/// Reads an array, each of its elements by `read`.
template <auto read>
inline constexpr ListOf<read> list_of;

// ---- objects

/// Whether a member has to be there. Null counts as missing, unless it is a value like others.
enum class Presence : std::uint8_t { optional, nullable, required };

/// A member that an object may have, and how it is read into a To.
template <class To>
struct JsonField {
  std::string_view name;
  JsonResult (*read)(const JsonValue& value, To& to);
  Presence presence = Presence::optional;
};

template <class T>
T& filled(T& to) {
  return to;
}
template <class T>
T& filled(std::optional<T>& to) {
  return to.emplace();
}

/// Reads a value by `read` into the member that the pointers lead to, as a JsonField does.
template <auto read, auto... path, class To>
JsonResult into(const JsonValue& value, To& to) {
  return read(value, filled((to.*....*path)));
}

/// What becomes of a member that is not in the table.
template <class To>
using OtherMember = JsonResult (*)(std::string_view name, const JsonValue& value, To& to);

template <class To>
JsonResult refuse_other(std::string_view name, const JsonValue& /*value*/, To& /*to*/) {
  return within(name, {.problem = "is not a known member; correct it or leave it out"});
}
template <class To>
JsonResult ignore_other(std::string_view /*name*/, const JsonValue& /*value*/, To& /*to*/) {
  return {};
}

/// Reads an object by a table. Its members have been checked: none of them appears twice.
template <class To>
JsonResult read_object(const JsonValue& object, To& to,
                       std::type_identity_t<std::span<const JsonField<To>>> fields,
                       std::type_identity_t<OtherMember<To>> other = refuse_other<To>) {
  if (!object.is_object()) return unlike(object, "an object");
  for (const auto& [name, value] : object.members()) {
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&name = name](const auto& row) { return name == row.name; });
    if (field == fields.end()) {
      if (JsonResult done = other(name.characters(), value, to); !done) return done;
    } else if (!value.is_null() || field->presence == Presence::nullable) {
      if (JsonResult done = field->read(value, to); !done)
        return within(field->name, std::move(done).error());
    }
  }
  for (const JsonField<To>& field : fields) {
    if (field.presence != Presence::required || object.member(field.name) != nullptr) continue;
    if (JsonResult done = field.read(no_json(), to); !done)
      return within(field.name, std::move(done).error());
  }
  return {};
}

}  // namespace FineTuning::internal
