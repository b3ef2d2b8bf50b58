#pragma once

// Writes JSON from front to back, without building a tree of values first.

#include "json/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace FineTuning::internal {

/// What a JSON string has in place of a byte.
struct JsonEscape {
  std::array<char, 7> text{};
  std::uint8_t size = 1;
};

inline constexpr std::array<JsonEscape, 256> json_escapes = [] {
  std::array<JsonEscape, 256> escapes{};
  for (std::size_t byte = 0; byte < escapes.size(); ++byte) {
    constexpr std::string_view hex = "0123456789abcdef";
    if (byte < 0x20)
      escapes[byte] = {{'\\', 'u', '0', '0', hex[byte / 16], hex[byte % 16]}, 6};
    else
      escapes[byte].text[0] = static_cast<char>(byte);
  }
  constexpr std::string_view escaped = "\"\\\b\f\n\r\t";
  constexpr std::string_view letters = "\"\\bfnrt";
  for (std::size_t i = 0; i < escaped.size(); ++i)
    escapes[static_cast<unsigned char>(escaped[i])] = {{'\\', letters[i]}, 2};
  return escapes;
}();

/// Writes the text with its escapes to `out`, which has 8 bytes more to spare; returns their end.
inline char* escape(std::string_view text, char* out) {
  for (const char c : text) {
    const JsonEscape& escape = json_escapes[static_cast<unsigned char>(c)];
    std::memcpy(out, &escape, sizeof escape);
    out += escape.size;
  }
  return out;
}

/// Appends JSON to a text and sets the commas. The caller closes what it opens, and writes a key
/// before each value of an object.
class JsonWriter {
 public:
  void begin_object() { raw("{"); }
  void end_object() { text_ += '}'; }
  void begin_array() { raw("["); }
  void end_array() { text_ += ']'; }

  /// Returns the writer, so that the value can follow on the same line.
  JsonWriter& key(std::string_view name) {
    string(name);
    text_ += ':';
    return *this;
  }

  void string(std::string_view text) {
    if (!is_utf8(text)) valid_ = false;
    make_room(text.size() + text.size() / 8);  // an eighth more for escapes
    raw("\"");
    for (std::size_t at = 0; at < text.size(); at += chunk_size)
      append_escaped(text.substr(at, chunk_size));
    text_ += '"';
  }

  /// In the fewest digits that read back as the same number.
  void number(double value) {
    if (std::isfinite(value)) return append_number(value);
    valid_ = false;
    null();
  }

  template <std::integral T>
  void number(T value) {
    append_number(value);
  }

  void boolean(bool value) { raw(value ? "true" : "false"); }
  void null() { raw("null"); }

  /// A value that is JSON already. It is not checked.
  void raw(std::string_view json) {
    if (!text_.empty() && std::string_view("{[:").find(text_.back()) == std::string_view::npos)
      text_ += ',';
    text_ += json;
  }

  /// False once a string was not UTF-8 or a number not finite. JSON cannot say such a thing, so the
  /// text is not one to send.
  [[nodiscard]] bool valid() const { return valid_; }

  /// What has been written; the writer is left empty.
  [[nodiscard]] std::string take() { return std::exchange(text_, {}); }

 private:
  static constexpr std::size_t chunk_size = 512;

  template <class T>
  void append_number(T value) {
    std::array<char, 32> digits;
    const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    raw({digits.data(), end});
  }

  /// Grows once for a long text, and at least twofold, lest many texts cost as many copies.
  void make_room(std::size_t size) {
    const std::size_t needed = text_.size() + size + 2;
    if (needed > text_.capacity()) text_.reserve(std::max(needed, 2 * text_.capacity()));
  }

  /// Goes by way of a buffer that holds whatever a chunk can become, because appending every run
  /// and every escape to the text costs a check for room each time.
  void append_escaped(std::string_view chunk) {
    std::array<char, chunk_size * 6 + 8> buffer;
    char* out = buffer.data();
    const char* at = chunk.data();
    for (const char* const end = at + chunk.size() / 8 * 8; at != end; at += 8) {
      const std::uint64_t word = load_word(at);
      if (is_plain(word)) {
        std::memcpy(out, &word, 8);
        out += 8;
      } else {
        out = escape({at, 8}, out);
      }
    }
    out = escape({at, chunk.size() % 8}, out);
    text_.append(buffer.data(), out);
  }

  std::string text_;
  bool valid_ = true;
};

}  // namespace FineTuning::internal
