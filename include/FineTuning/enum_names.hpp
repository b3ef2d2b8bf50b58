#pragma once

// The names of enumerators, as JSON writes them, and the way back.

#include <FineTuning/export.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace FineTuning {
namespace internal {

/// The names of an enumeration in the order of its enumerators, which count from 0. It stands below
/// each enumeration that has names.
template <class E>
FINETUNING_HIDDEN inline constexpr std::array<std::string_view, 0> enum_names{};

}  // namespace internal

/// An enumeration whose enumerators have names: ErrorKind, FinishReason, Capability and others.
template <class E>
concept NamedEnum = std::is_enum_v<E> && !internal::enum_names<E>.empty();

/// The name of an enumerator as it is spelt in C++ and in JSON, as in "rate_limited"; empty for a
/// value that is not one of the enumerators.
template <NamedEnum E>
[[nodiscard]] constexpr std::string_view to_string(E value) noexcept {
  const auto at = static_cast<std::size_t>(value);
  return at < internal::enum_names<E>.size() ? internal::enum_names<E>[at] : std::string_view();
}

/// The enumerator of that name, as in enum_from<ErrorKind>("rate_limited"); empty if there is none.
template <NamedEnum E>
[[nodiscard]] constexpr std::optional<E> enum_from(std::string_view name) noexcept {
  const auto& names = internal::enum_names<E>;
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) return std::nullopt;
  return static_cast<E>(at - names.begin());
}

}  // namespace FineTuning
