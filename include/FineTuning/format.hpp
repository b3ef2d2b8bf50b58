#pragma once

// Optional, and no part of FineTuning.hpp: formatters for std::format and for fmt, each if it is
// there (fmt 9 or newer).
//
//     fmt::print("{}: {}\n", response.error().kind, response.error());

#include <FineTuning/enum_names.hpp>
#include <FineTuning/error.hpp>
#include <FineTuning/model.hpp>

#include <string_view>
#include <version>

#ifdef __cpp_lib_format
#include <format>
#endif
#if __has_include(<fmt/format.h>)
#include <fmt/format.h>
#endif

namespace FineTuning::internal {

inline std::string_view text_to_format(const Error& error) { return error.message; }
inline std::string_view text_to_format(const Model& model) { return model.spec(); }
template <NamedEnum E>
std::string_view text_to_format(E value) {
  return to_string(value);
}

template <class T>
concept Formatted = requires(const T& value) {
  text_to_format(value);
};

}  // namespace FineTuning::internal

#ifdef __cpp_lib_format
/// An Error as its message, a Model as its spec, an enumerator as its name; with the format
/// specification of a text, as in "{:>20}".
template <FineTuning::internal::Formatted T>
struct std::formatter<T, char> : std::formatter<std::string_view, char> {
  /// Writes the text.
  auto format(const T& value, auto& context) const {
    return std::formatter<std::string_view, char>::format(
        FineTuning::internal::text_to_format(value), context);
  }
};
#endif

#if __has_include(<fmt/format.h>)
/// The same for fmt.
template <FineTuning::internal::Formatted T>
struct fmt::formatter<T, char> : fmt::formatter<std::string_view, char> {
  /// Writes the text.
  auto format(const T& value, auto& context) const {
    return fmt::formatter<std::string_view, char>::format(
        FineTuning::internal::text_to_format(value), context);
  }
};
#endif
