#pragma once

// What the writer and the reader of JSON share: looking at many bytes of a text in one step, and
// telling whether they are UTF-8.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace FineTuning::internal {

/// A word of eight times the same byte, for looking at eight characters in one step.
constexpr std::uint64_t repeated(unsigned char byte) { return 0x0101010101010101U * byte; }

inline std::uint64_t load_word(const char* from) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof word);
  return word;
}

/// Whether none of the eight characters is escaped. One that is gets its high bit set by a borrow:
/// the control characters and the quote, which xor 2 brings next to them, and the backslash.
constexpr bool is_plain(std::uint64_t word) {
  const std::uint64_t borrowed =
      ((word ^ repeated(2)) - repeated(0x21)) | ((word ^ repeated('\\')) - repeated(1));
  return (borrowed & ~word & repeated(0x80)) == 0;
}

constexpr bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

/// The size of the UTF-8 sequence of two to four bytes that `text` begins with; 0 if it does not
/// begin with one, or with one that is cut, longer than it needs to be, a surrogate or beyond
/// U+10FFFF.
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

}  // namespace FineTuning::internal
