// Reading JSON: the parser, and what escapes stand for.

#include "json/reader.hpp"

#include "json/text.hpp"

#include <algorithm>
#include <optional>

namespace FineTuning::internal {
namespace {

void append_utf8(std::string& text, std::uint32_t point) {
  const auto add = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (point < 0x80) {
    add(point);
  } else if (point < 0x800) {
    add(0xC0 | (point >> 6));
    add(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    add(0xE0 | (point >> 12));
    add(0x80 | ((point >> 6) & 0x3F));
    add(0x80 | (point & 0x3F));
  } else {
    add(0xF0 | (point >> 18));
    add(0x80 | ((point >> 12) & 0x3F));
    add(0x80 | ((point >> 6) & 0x3F));
    add(0x80 | (point & 0x3F));
  }
}

std::uint32_t hex_of(std::string_view digits) {
  std::uint32_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

/// The parser has checked the escapes.
std::string unescaped(std::string_view raw) {
  constexpr std::string_view letters = "bfnrt";
  constexpr std::string_view meanings = "\b\f\n\r\t";
  std::string text;
  text.reserve(raw.size());
  for (std::size_t at = 0; at < raw.size(); ++at) {
    if (raw[at] != '\\') {
      text += raw[at];
      continue;
    }
    const char letter = raw[++at];
    if (letter != 'u') {
      const std::size_t index = letters.find(letter);
      text += index == std::string_view::npos ? letter : meanings[index];
      continue;
    }
    std::uint32_t point = hex_of(raw.substr(at + 1, 4));
    at += 4;
    if (point >= 0xD800 && point < 0xDC00) {
      point = 0x10000 + ((point - 0xD800) << 10) + (hex_of(raw.substr(at + 3, 4)) - 0xDC00);
      at += 6;
    }
    append_utf8(text, point);
  }
  return text;
}

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

std::string JsonValue::characters() const {
  return has_escapes_ ? unescaped(raw_) : std::string(raw_);
}

std::string compact_json(const JsonValue& value) {
  const std::string_view raw = value.raw();
  if (value.is_string()) return '"' + std::string(raw) + '"';
  std::string text;
  bool is_in_string = false;
  for (std::size_t at = 0; at < raw.size(); ++at) {
    if (raw[at] == '"') is_in_string = !is_in_string;
    if (is_in_string || !is_space(raw[at])) text += raw[at];
    if (raw[at] == '\\') text += raw[++at];  // which may be a quote that ends nothing
  }
  return text;
}

class JsonParser {
 public:
  JsonParser(std::string_view text, std::vector<JsonValue>& values)
      : text_(text), values_(values) {}

  /// False if the text is not one JSON value.
  bool parse() {
    if (text_.size() > longest_text || !is_utf8(text_)) return false;
    most_values_ = std::max(values_in_any_text, text_.size() / 4);
    values_.reserve(text_.size() / 16 + 8);
    if (!read_value(0)) return false;
    skip_space();
    return at_ == text_.size();
  }

  [[nodiscard]] bool is_too_deep() const { return is_too_deep_; }

 private:
  static constexpr std::size_t longest_text = std::size_t{1} << 30U;
  static constexpr std::size_t values_in_any_text = 1'000'000;

  using Type = JsonValue::Type;

  [[nodiscard]] char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (next() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  bool read_value(int depth) {
    skip_space();
    if (depth > JsonDocument::deepest) is_too_deep_ = true;
    if (is_too_deep_ || values_.size() >= most_values_) return false;
    switch (next()) {
      case '{': return read_container(Type::object, '}', depth);
      case '[': return read_container(Type::array, ']', depth);
      case '"': return read_string();
      case 't': return read_literal(Type::boolean, "true");
      case 'f': return read_literal(Type::boolean, "false");
      case 'n': return read_literal(Type::null, "null");
      default: return read_number();
    }
  }

  bool read_container(Type type, char end, int depth) {
    const std::size_t from = at_++;
    const std::size_t index = add(type, {});
    skip_space();
    if (!take(end)) {
      do {
        if (type == Type::object && !read_name()) return false;
        if (!read_value(depth + 1)) return false;
        skip_space();
      } while (take(','));
      if (!take(end)) return false;
    }
    values_[index].raw_ = text_.substr(from, at_ - from);
    values_[index].size_ = static_cast<std::uint32_t>(values_.size() - index);
    return true;
  }

  bool read_name() {
    skip_space();
    if (!read_string()) return false;
    skip_space();
    return take(':');
  }

  bool read_string() {
    if (!take('"')) return false;
    const std::size_t from = at_;
    bool has_escapes = false;
    while (true) {
      while (text_.size() - at_ >= 8 && is_plain(load_word(&text_[at_]))) at_ += 8;
      const auto c = static_cast<unsigned char>(next());
      if (c < 0x20) return false;  // also at the end of the text
      if (c == '"') break;
      if (c != '\\') {
        ++at_;
      } else {
        has_escapes = true;
        if (!skip_escape()) return false;
      }
    }
    const std::size_t index = add(Type::string, text_.substr(from, at_ - from));
    values_[index].has_escapes_ = has_escapes;
    ++at_;
    return true;
  }

  bool skip_escape() {
    ++at_;
    constexpr std::string_view letters = "\"\\/bfnrt";
    if (take('u')) {
      const std::optional<std::uint32_t> unit = take_hex();
      if (!unit || is_low_surrogate(*unit)) return false;
      if (*unit < 0xD800 || *unit > 0xDBFF) return true;
      if (!take('\\') || !take('u')) return false;
      const std::optional<std::uint32_t> other = take_hex();
      return other && is_low_surrogate(*other);
    }
    if (next() == '\0' || letters.find(next()) == std::string_view::npos) return false;
    ++at_;
    return true;
  }

  static bool is_low_surrogate(std::uint32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

  std::optional<std::uint32_t> take_hex() {
    const std::string_view digits = text_.substr(at_, 4);
    std::uint32_t unit = 0;
    const char* const end = digits.data() + digits.size();
    if (digits.size() != 4 || std::from_chars(digits.data(), end, unit, 16).ptr != end) return {};
    at_ += 4;
    return unit;
  }

  bool read_literal(Type type, std::string_view literal) {
    if (!text_.substr(at_).starts_with(literal)) return false;
    add(type, text_.substr(at_, literal.size()));
    at_ += literal.size();
    return true;
  }

  bool read_number() {
    const std::size_t from = at_;
    take('-');
    if (!take('0') && !take_digits()) return false;
    if (take('.') && !take_digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (!take_digits()) return false;
    }
    add(Type::number, text_.substr(from, at_ - from));
    return true;
  }

  bool take_digits() {
    const std::size_t from = at_;
    while (next() >= '0' && next() <= '9') ++at_;
    return at_ > from;
  }

  std::size_t add(Type type, std::string_view raw) {
    values_.push_back(JsonValue(type, raw));
    return values_.size() - 1;
  }

  std::string_view text_;
  std::vector<JsonValue>& values_;
  std::size_t at_ = 0;
  std::size_t most_values_ = 0;
  bool is_too_deep_ = false;
};

const JsonValue& no_json() {
  static const JsonDocument null("null");
  return *null;
}

JsonDocument::JsonDocument(std::string_view text) {
  JsonParser parser(text, values_);
  if (parser.parse()) return;
  values_.clear();
  is_too_deep_ = parser.is_too_deep();
}

}  // namespace FineTuning::internal
