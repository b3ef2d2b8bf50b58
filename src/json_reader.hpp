#pragma once

// Reading JSON that somebody else wrote: what is missing, null or of another type is read as
// nothing, and no text can make it throw, overflow the stack or take much more memory than its own
// size.

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace FineTuning {

using Json = nlohmann::json;

/// True where objects and arrays are nested deeper than any answer is.
inline bool is_nested_too_deep(std::string_view text) {
  constexpr int deepest = 128;
  int depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\')
        ++at;
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > deepest) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

/// The value that the text is; empty where it is not JSON.
inline std::optional<Json> parse_json(std::string_view text) {
  if (is_nested_too_deep(text)) return std::nullopt;
  Json value = Json::parse(text, nullptr, false);
  if (value.is_discarded()) return std::nullopt;
  return value;
}

/// The member of an object; null where there is none, or it is null.
inline const Json* find(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto at = object.find(key);
  return at == object.end() || at->is_null() ? nullptr : &*at;
}

/// The same, further down.
template <class... Keys>
const Json* find(const Json& object, std::string_view key, Keys... keys) {
  const Json* inner = find(object, key);
  return inner == nullptr ? nullptr : find(*inner, keys...);
}

/// The text of a member; empty where it is none.
inline std::string text_of(const Json& object, std::string_view key) {
  const Json* value = find(object, key);
  return value != nullptr && value->is_string() ? value->get_ref<const std::string&>()
                                                : std::string();
}

/// A count, which some services write as 12.0; 0 where there is none.
inline std::uint64_t count_of(const Json& object, std::string_view key) {
  const Json* value = find(object, key);
  if (value == nullptr || !value->is_number()) return 0;
  if (value->is_number_unsigned()) return value->get<std::uint64_t>();
  const double number = value->get<double>();
  return number >= 1 && number < 1e18 ? static_cast<std::uint64_t>(number) : 0;
}

/// A value as text: strings as they are, everything else as JSON.
inline std::string as_text(const Json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The element of an array at `index`; null where there is none.
inline const Json* element(const Json& array, std::size_t index) {
  return array.is_array() && index < array.size() ? &array[index] : nullptr;
}

}  // namespace FineTuning
