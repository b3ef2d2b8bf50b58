// Text that somebody else wrote, made fit for XML and HTML.

#include "reports/markup.hpp"

#include <FineTuning/internal/markup.hpp>

#include <fmt/format.h>

namespace FineTuning::internal {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

/// What one ASCII character becomes.
std::string_view escape(const char& c) {
  if (const std::string_view name = markup_escape(c); !name.empty()) return name;
  switch (c) {
    case '\r': return {};  // of a line's end; an XML parser would drop it too
    case '\t':
    case '\n': return {&c, 1};
    default: return c < 0x20 || c == 0x7F ? replacement : std::string_view(&c, 1);
  }
}

/// True for the sequences that are not characters of XML 1.0, and for the C1 controls.
bool is_forbidden(std::string_view sequence) {
  const bool is_c1 = sequence[0] == '\xC2' && static_cast<unsigned char>(sequence[1]) < 0xA0;
  return is_c1 || sequence == "\xEF\xBF\xBE" || sequence == "\xEF\xBF\xBF";
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string markup;
  markup.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    std::size_t size = 1;
    if (is_ascii(text.front())) {
      markup += escape(text.front());
    } else {
      size = utf8_sequence_size(text);
      const bool is_text = size != 0 && !is_forbidden(text.substr(0, size));
      markup += is_text ? text.substr(0, size) : replacement;
      if (size == 0) size = 1;
    }
    text.remove_prefix(size);
  }
  return markup;
}

std::string escaped(std::string_view text, std::size_t size) {
  if (text.size() <= size) return escaped(text);
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
  for (int back = 0; back < 3 && size > 0 && continues(text[size]); ++back) --size;
  return fmt::format("{} ... ({} bytes more)", escaped(text.substr(0, size)), text.size() - size);
}

}  // namespace FineTuning::internal
