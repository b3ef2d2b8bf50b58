#pragma once

// Reading JSON that somebody else wrote, in place: values are slices of it, nothing is copied and
// no tree is built. What is missing, null or of another type is read as nothing, and no text can
// make it throw, overflow the stack, or take more memory than a few times its own.

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace FineTuning::internal {

/// One value of a JsonDocument, in which what it contains follows it: of an array its elements, of
/// an object its names and values by turns. A copy would have nothing behind it, so there is none:
/// the document hands out references only.
class JsonValue {
 public:
  enum class Type : std::uint8_t { null, boolean, number, string, array, object };

  JsonValue(const JsonValue&) = delete;
  JsonValue& operator=(const JsonValue&) = delete;
  JsonValue(JsonValue&&) = default;  ///< For the document, which alone has values to move.
  JsonValue& operator=(JsonValue&&) = delete;
  ~JsonValue() = default;

  [[nodiscard]] bool is_boolean() const { return type_ == Type::boolean; }
  [[nodiscard]] bool is_null() const { return type_ == Type::null; }
  [[nodiscard]] bool is_number() const { return type_ == Type::number; }
  [[nodiscard]] bool is_string() const { return type_ == Type::string; }
  [[nodiscard]] bool is_array() const { return type_ == Type::array; }
  [[nodiscard]] bool is_object() const { return type_ == Type::object; }
  [[nodiscard]] bool is_true() const { return type_ == Type::boolean && raw_ == "true"; }

  /// As it stands in the text; of a string, what is between its quotes.
  [[nodiscard]] std::string_view raw() const { return raw_; }

  /// A string's characters; they are its raw() if it has no escapes.
  [[nodiscard]] std::string characters() const;
  [[nodiscard]] bool has_escapes() const { return has_escapes_; }
  [[nodiscard]] bool operator==(std::string_view text) const {
    return is_string() && (has_escapes_ ? characters() == text : raw_ == text);
  }

  /// The elements of an array; of anything else, none.
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = JsonValue;
    using difference_type = std::ptrdiff_t;
    using pointer = const JsonValue*;
    using reference = const JsonValue&;

    Iterator() = default;
    explicit Iterator(const JsonValue* at) : at_(at) {}
    reference operator*() const { return *at_; }
    pointer operator->() const { return at_; }
    Iterator& operator++() {
      at_ = at_->behind();
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(Iterator a, Iterator b) = default;

   private:
    const JsonValue* at_ = nullptr;
  };
  [[nodiscard]] Iterator begin() const { return Iterator(is_array() ? this + 1 : behind()); }
  [[nodiscard]] Iterator end() const { return Iterator(behind()); }

  /// The members of an object, in their order; of anything else, none.
  class Members;
  [[nodiscard]] Members members() const;

  /// The member of an object; null if there is none, or it is null. Of several with one name it is
  /// the last.
  [[nodiscard]] const JsonValue* member(std::string_view name) const {
    const JsonValue* found = nullptr;
    if (is_object())
      for (const JsonValue* key = this + 1; key != behind(); key = (key + 1)->behind())
        if (*key == name) found = key + 1;
    return found == nullptr || found->is_null() ? nullptr : found;
  }

 private:
  friend class JsonParser;

  JsonValue(Type type, std::string_view raw) : raw_(raw), type_(type) {}

  [[nodiscard]] const JsonValue* behind() const { return this + size_; }

  std::string_view raw_;
  std::uint32_t size_ = 1;  ///< Of values, with all that it contains.
  Type type_;
  bool has_escapes_ = false;
};

/// A name of an object, and the value that it has there.
struct JsonMember {
  const JsonValue& name;
  const JsonValue& value;
};

class JsonValue::Members {
 public:
  class Iterator {
   public:
    explicit Iterator(const JsonValue* name) : name_(name) {}
    JsonMember operator*() const { return {*name_, name_[1]}; }
    Iterator& operator++() {
      name_ = name_[1].behind();
      return *this;
    }
    friend bool operator==(Iterator a, Iterator b) = default;

   private:
    const JsonValue* name_;
  };

  explicit Members(const JsonValue& value) : value_(value) {}
  [[nodiscard]] Iterator begin() const {
    return Iterator(value_.is_object() ? &value_ + 1 : value_.behind());
  }
  [[nodiscard]] Iterator end() const { return Iterator(value_.behind()); }

 private:
  const JsonValue& value_;
};

inline JsonValue::Members JsonValue::members() const { return Members(*this); }

/// A text that is one JSON value by the grammar of RFC 8259 and nothing beside it, or is not: no
/// comment, no byte order mark, nothing that is not UTF-8, no half of a surrogate pair. Values nest
/// 128 levels deep at most, and a million of them may be shorter than four bytes on average. The
/// text must outlive the document, and the document its values.
class JsonDocument {
 public:
  static constexpr int deepest = 128;

  explicit JsonDocument(std::string_view text);
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;

  [[nodiscard]] explicit operator bool() const { return !values_.empty(); }
  [[nodiscard]] const JsonValue& operator*() const& { return values_.front(); }
  [[nodiscard]] const JsonValue* operator->() const& { return &values_.front(); }
  const JsonValue& operator*() && = delete;   // it would be gone at once
  const JsonValue* operator->() && = delete;  // so would this

  /// Of a text that is not read: whether that is because it nests too deep.
  [[nodiscard]] bool is_too_deep() const { return is_too_deep_; }

 private:
  std::vector<JsonValue> values_;
  bool is_too_deep_ = false;
};

/// The member of an object; null if there is none, or it is null.
inline const JsonValue* find(const JsonValue& object, std::string_view name) {
  return object.member(name);
}

/// The same, further down.
template <class... Names>
const JsonValue* find(const JsonValue& object, std::string_view name, Names... names) {
  const JsonValue* inner = find(object, name);
  return inner == nullptr ? nullptr : find(*inner, names...);
}

/// Null, in the place of what is not there.
const JsonValue& no_json();

/// The same as find(), with null in the place of what is not there.
inline const JsonValue& find_or_null(const JsonValue& object, std::string_view name) {
  const JsonValue* value = find(object, name);
  return value == nullptr ? no_json() : *value;
}

/// The text of a member; empty if it is not a text.
inline std::string text_of(const JsonValue& object, std::string_view name) {
  const JsonValue* value = find(object, name);
  return value != nullptr && value->is_string() ? value->characters() : std::string();
}

/// A count, which some services write as 12.0; 0 if there is none.
inline std::uint64_t count_of(const JsonValue& object, std::string_view name) {
  const JsonValue* value = find(object, name);
  if (value == nullptr || !value->is_number()) return 0;
  const char* const begin = value->raw().data();
  const char* const end = begin + value->raw().size();
  std::uint64_t count = 0;
  if (std::from_chars(begin, end, count).ptr == end) return count;
  double number = 0;
  std::from_chars(begin, end, number);
  return number >= 1 && number < 1e18 ? static_cast<std::uint64_t>(number) : 0;
}

/// Whether one of the members is a number.
inline bool has_count(const JsonValue& object, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(), [&object](std::string_view name) {
    const JsonValue* value = find(object, name);
    return value != nullptr && value->is_number();
  });
}

/// A value as text: strings as they are, everything else as the JSON that it is.
inline std::string as_text(const JsonValue& value) {
  return value.is_string() ? value.characters() : std::string(value.raw());
}

/// A value as JSON, without white space between its parts.
std::string compact_json(const JsonValue& value);

/// The first element of an array; null if there is none.
inline const JsonValue* first_element(const JsonValue& array) {
  return array.begin() == array.end() ? nullptr : &*array.begin();
}

}  // namespace FineTuning::internal
