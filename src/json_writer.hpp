#pragma once

// Writes JSON from front to back, without building a tree of values first.

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

namespace FineTuning {
namespace detail {

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

/// A word of eight times the same byte, for looking at eight characters in one step.
constexpr std::uint64_t repeated(unsigned char byte) { return 0x0101010101010101U * byte; }

inline std::uint64_t load_word(const char* from) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof word);
  return word;
}

/// True where none of the eight characters is escaped. What is gets its high bit set by a borrow:
/// the control characters and the quote, which xor 2 brings next to them, and the backslash.
constexpr bool is_plain(std::uint64_t word) {
  const std::uint64_t borrowed =
      ((word ^ repeated(2)) - repeated(0x21)) | ((word ^ repeated('\\')) - repeated(1));
  return (borrowed & ~word & repeated(0x80)) == 0;
}

/// Writes the text with its escapes to `out`, which has 8 bytes more to spare; returns their end.
inline char* escape(std::string_view text, char* out) {
  for (const char c : text) {
    const JsonEscape& escape = json_escapes[static_cast<unsigned char>(c)];
    std::memcpy(out, &escape, sizeof escape);
    out += escape.size;
  }
  return out;
}

constexpr bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

/// The size of the UTF-8 sequence of two to four bytes that `text` begins with; 0 where it does
/// not: one that is cut, longer than it needs to be, a surrogate or beyond U+10FFFF is none.
constexpr std::size_t utf8_sequence_size(std::string_view text) {
  const auto byte = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned lead = byte(0);
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < size) return 0;
  const unsigned lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < lowest || byte(1) > highest) return 0;
  for (std::size_t at = 2; at < size; ++at)
    if (byte(at) < 0x80 || byte(at) > 0xBF) return 0;
  return size;
}

inline bool is_utf8(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    while (end - at >= 16 && ((load_word(at) | load_word(at + 8)) & repeated(0x80)) == 0) at += 16;
    while (at != end && is_ascii(*at)) ++at;
    while (at != end && !is_ascii(*at)) {
      const std::size_t size = utf8_sequence_size({at, end});
      if (size == 0) return false;
      at += size;
    }
  }
  return true;
}

}  // namespace detail

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
    if (!detail::is_utf8(text)) valid_ = false;
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
      const std::uint64_t word = detail::load_word(at);
      if (detail::is_plain(word)) {
        std::memcpy(out, &word, 8);
        out += 8;
      } else {
        out = detail::escape({at, 8}, out);
      }
    }
    out = detail::escape({at, chunk.size() % 8}, out);
    text_.append(buffer.data(), out);
  }

  std::string text_;
  bool valid_ = true;
};

}  // namespace FineTuning
