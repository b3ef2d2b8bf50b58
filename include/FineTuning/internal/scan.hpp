#pragma once

// Small constexpr helpers for cutting ids into slices.

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

namespace FineTuning::internal {

/// Cuts and returns what stands before `end`, or all that is left; `rest` goes on behind it.
constexpr std::string_view take_until(std::string_view& rest, char end) {
  const std::string_view head = rest.substr(0, rest.find(end));
  rest.remove_prefix(head.size() < rest.size() ? head.size() + 1 : head.size());
  return head;
}

/// Cuts and returns what stands behind the last `mark`, or all of it; `rest` is what stood before.
constexpr std::string_view take_last(std::string_view& rest, char mark) {
  const std::size_t at = rest.rfind(mark);
  const std::string_view tail = rest.substr(at + 1);  // npos + 1 is 0
  rest = rest.substr(0, at == std::string_view::npos ? 0 : at);
  return tail;
}

/// starts_with() as a loop: of prefixes that are tried one after the other, most fail at the first
/// character, and a call of memcmp costs more than that.
constexpr bool begins_with(std::string_view text, std::string_view prefix) {
  if (text.size() < prefix.size()) return false;
  for (std::size_t at = 0; at < prefix.size(); ++at)
    if (text[at] != prefix[at]) return false;
  return true;
}

/// Cuts `prefix` off the front of `rest`. False, with `rest` as it was, if it does not begin so.
constexpr bool take_prefix(std::string_view& rest, std::string_view prefix) {
  if (!begins_with(rest, prefix)) return false;
  rest.remove_prefix(prefix.size());
  return true;
}

/// Writes the fields between `separator`s to `fields` and returns how many there are; more than
/// `fields` takes are counted and not kept.
constexpr std::size_t split(std::string_view text, char separator,
                            std::span<std::string_view> fields) {
  std::size_t count = 0;
  for (std::size_t from = 0; from <= text.size(); ++count) {
    const std::size_t to = std::min(text.find(separator, from), text.size());
    if (count < fields.size()) fields[count] = text.substr(from, to - from);
    from = to + 1;
  }
  return count;
}

/// What stands behind the last `mark`, or the whole text.
constexpr std::string_view after_last(std::string_view text, char mark) {
  return text.substr(text.rfind(mark) + 1);  // npos + 1 is 0
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_letter(char c) { return is_lower(lower(c)); }

constexpr bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// True for exactly `size` characters of 0-9a-f.
constexpr bool is_hex_of(std::string_view text, std::size_t size) {
  return text.size() == size && std::all_of(text.begin(), text.end(), is_lower_hex);
}

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

/// YYYYMMDD
constexpr bool is_date(std::string_view text) {
  return text.size() == 8 && all_digits(text) && text.starts_with("20") &&
         text.substr(4, 2) <= "12" && text.substr(6) <= "31";
}

/// Cuts "-GROUP" off the end of `rest` and returns GROUP, which has `size` characters and which
/// `is_one` takes. Empty, with `rest` as it was, if there is none or if nothing stands before it.
constexpr std::string_view take_last_group(std::string_view& rest, std::size_t size,
                                           bool (*is_one)(std::string_view)) {
  if (rest.size() <= size + 1 || rest[rest.size() - size - 1] != '-') return {};
  const std::string_view group = rest.substr(rest.size() - size);
  if (!is_one(group)) return {};
  rest.remove_suffix(size + 1);
  return group;
}

/// Whether the text has a digit for every 0 of the shape, and is like the shape otherwise.
constexpr bool has_shape(std::string_view text, std::string_view shape) {
  return std::equal(text.begin(), text.end(), shape.begin(), shape.end(),
                    [](char c, char s) { return s == '0' ? is_digit(c) : c == s; });
}

inline constexpr std::string_view stamp_shape = "0000-00-00-00-00-00";

/// YYYY-MM-DD-HH-MM-SS
constexpr bool is_stamp(std::string_view text) { return has_shape(text, stamp_shape); }

/// As take_last_group.
constexpr std::string_view take_last_stamp(std::string_view& rest) {
  return take_last_group(rest, stamp_shape.size(), is_stamp);
}

/// A UUID: 8-4-4-4-12 hex digits.
constexpr bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool hyphen = at == 8 || at == 13 || at == 18 || at == 23;
    if (hyphen ? text[at] != '-' : !is_lower_hex(lower(text[at]))) return false;
  }
  return true;
}

}  // namespace FineTuning::internal
