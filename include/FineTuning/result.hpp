#pragma once

// A value or the reason why there is none: the members of std::expected (C++23) that the library
// needs, as one type in every language mode, so that a C++20 library and a C++23 caller agree.

#include <FineTuning/error.hpp>
#include <FineTuning/export.hpp>

#include <exception>
#include <functional>
#include <type_traits>
#include <utility>
#include <variant>
#include <version>

#ifdef __cpp_lib_expected
#include <expected>
#endif

namespace FineTuning {

/// Thrown by Result::value() when there is no value; holds the error that there is in its place.
template <class E>
class FINETUNING_EXPORT Failure : public std::exception {
 public:
  /// Keeps the error.
  explicit Failure(E error) : error_(std::move(error)) {}

  /// The error of the Result; it lasts as long as this object.
  [[nodiscard]] const E& error() const noexcept { return error_; }
  /// The error's message if it has one; else that there was no value.
  [[nodiscard]] const char* what() const noexcept override {
    if constexpr (requires { error_.message.c_str(); })
      return error_.message.c_str();
    else
      return "A Result that holds an error was asked for its value.";
  }

 private:
  E error_;
};

/// A T, or the E that says why there is none. value() throws Failure<E> if there is no T. Using *
/// or -> without a value, or error() without an error, is a bug and throws std::bad_variant_access.
template <class T, class E = Error>
class [[nodiscard]] Result {
  static_assert(!std::is_same_v<T, E>, "A value and an error of one type cannot be told apart.");

 public:
  using value_type = T;  ///< As std::expected names it.
  using error_type = E;  ///< As std::expected names it.

  /// Implicit, so that a function can return a value directly.
  constexpr Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  /// Implicit, so that a function can return an error directly.
  constexpr Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}
  /// Deleted, because every pointer converts to true.
  template <class Pointee>
  requires std::is_same_v<T, bool> Result(Pointee*)
  = delete;

  /// True if there is a value, false if there is an error.
  [[nodiscard]] constexpr bool has_value() const noexcept { return state_.index() == 0; }
  /// The same as has_value().
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return has_value(); }

  /// @{
  /// The value. There must be one.
  [[nodiscard]] constexpr T& operator*() & { return std::get<0>(state_); }
  [[nodiscard]] constexpr const T& operator*() const& { return std::get<0>(state_); }
  [[nodiscard]] constexpr T&& operator*() && { return std::get<0>(std::move(state_)); }
  [[nodiscard]] constexpr T* operator->() { return &std::get<0>(state_); }
  [[nodiscard]] constexpr const T* operator->() const { return &std::get<0>(state_); }
  /// @}

  /// @{
  /// The value, or throws Failure<E>. A temporary returns it by value, so that it is safe to keep.
  [[nodiscard]] constexpr T& value() & { return *checked(*this); }
  [[nodiscard]] constexpr const T& value() const& { return *checked(*this); }
  [[nodiscard]] constexpr T value() && { return *checked(std::move(*this)); }
  /// @}

  /// @{
  /// The error. There must be one.
  [[nodiscard]] constexpr E& error() & { return std::get<1>(state_); }
  [[nodiscard]] constexpr const E& error() const& { return std::get<1>(state_); }
  [[nodiscard]] constexpr E&& error() && { return std::get<1>(std::move(state_)); }
  /// @}

  /// @{
  /// The value, or `other` if there is none.
  template <class U>
  [[nodiscard]] constexpr T value_or(U&& other) const& {
    return has_value() ? **this : static_cast<T>(std::forward<U>(other));
  }
  template <class U>
  [[nodiscard]] constexpr T value_or(U&& other) && {
    return has_value() ? *std::move(*this) : static_cast<T>(std::forward<U>(other));
  }
  /// @}

  /// @{
  /// Passes the value to `next`, which returns a Result with the same E; an error passes through.
  template <class F>
  constexpr auto and_then(F&& next) & {
    return chained(*this, std::forward<F>(next));
  }
  template <class F>
  constexpr auto and_then(F&& next) const& {
    return chained(*this, std::forward<F>(next));
  }
  template <class F>
  constexpr auto and_then(F&& next) && {
    return chained(std::move(*this), std::forward<F>(next));
  }
  /// @}

  /// @{
  /// Replaces the value by what `change` makes of it, which may be nothing (then it is a
  /// Result<void>); an error passes through.
  template <class F>
  constexpr auto transform(F&& change) & {
    return transformed(*this, std::forward<F>(change));
  }
  template <class F>
  constexpr auto transform(F&& change) const& {
    return transformed(*this, std::forward<F>(change));
  }
  template <class F>
  constexpr auto transform(F&& change) && {
    return transformed(std::move(*this), std::forward<F>(change));
  }
  /// @}

  /// @{
  /// Passes the error to `rescue`, which returns a Result with the same T; a value passes through.
  template <class F>
  constexpr auto or_else(F&& rescue) & {
    return rescued(*this, std::forward<F>(rescue));
  }
  template <class F>
  constexpr auto or_else(F&& rescue) const& {
    return rescued(*this, std::forward<F>(rescue));
  }
  template <class F>
  constexpr auto or_else(F&& rescue) && {
    return rescued(std::move(*this), std::forward<F>(rescue));
  }
  /// @}

 private:
  template <class Self>
  static constexpr Self&& checked(Self&& self) {
    if (!self) throw Failure<E>(std::forward<Self>(self).error());
    return std::forward<Self>(self);
  }

  template <class Self, class F>
  static constexpr auto chained(Self&& self, F&& next) {
    using Next = std::invoke_result_t<F, decltype(*std::forward<Self>(self))>;
    if (!self) return Next(std::forward<Self>(self).error());
    return std::invoke(std::forward<F>(next), *std::forward<Self>(self));
  }

  template <class Self, class F>
  static constexpr auto transformed(Self&& self, F&& change) {
    using Value = std::invoke_result_t<F, decltype(*std::forward<Self>(self))>;
    using Changed = Result<std::remove_cvref_t<Value>, E>;
    if (!self) return Changed(std::forward<Self>(self).error());
    if constexpr (std::is_void_v<Value>) {
      std::invoke(std::forward<F>(change), *std::forward<Self>(self));
      return Changed();
    } else {
      return Changed(std::invoke(std::forward<F>(change), *std::forward<Self>(self)));
    }
  }

  template <class Self, class F>
  static constexpr auto rescued(Self&& self, F&& rescue) {
    using Rescued = std::invoke_result_t<F, decltype(std::forward<Self>(self).error())>;
    if (self) return Rescued(*std::forward<Self>(self));
    return std::invoke(std::forward<F>(rescue), std::forward<Self>(self).error());
  }

  std::variant<T, E> state_;
};

/// Success without a value, or the E that says why not. Using error() without an error is a bug and
/// throws std::bad_variant_access.
template <class E>
class [[nodiscard]] Result<void, E> {
 public:
  using value_type = void;  ///< As std::expected names it.
  using error_type = E;     ///< As std::expected names it.

  /// Success: `return {};`.
  constexpr Result() = default;
  /// Implicit, so that a function can return an error directly.
  constexpr Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}

  /// True for success, false if there is an error.
  [[nodiscard]] constexpr bool has_value() const noexcept { return state_.index() == 0; }
  /// The same as has_value().
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return has_value(); }

  /// @{
  /// Throws Failure<E> if there is an error.
  constexpr void value() const& { check(*this); }
  constexpr void value() && { check(std::move(*this)); }
  /// @}

  /// @{
  /// The error. There must be one.
  [[nodiscard]] constexpr E& error() & { return std::get<1>(state_); }
  [[nodiscard]] constexpr const E& error() const& { return std::get<1>(state_); }
  [[nodiscard]] constexpr E&& error() && { return std::get<1>(std::move(state_)); }
  /// @}

  /// @{
  /// Calls `next`, which returns a Result with the same E; an error passes through.
  template <class F>
  constexpr auto and_then(F&& next) const& {
    return chained(*this, std::forward<F>(next));
  }
  template <class F>
  constexpr auto and_then(F&& next) && {
    return chained(std::move(*this), std::forward<F>(next));
  }
  /// @}

  /// @{
  /// Adds the value that `make` returns, which may be nothing again; an error passes through.
  template <class F>
  constexpr auto transform(F&& make) const& {
    return transformed(*this, std::forward<F>(make));
  }
  template <class F>
  constexpr auto transform(F&& make) && {
    return transformed(std::move(*this), std::forward<F>(make));
  }
  /// @}

  /// @{
  /// Passes the error to `rescue`, which returns a Result<void> too; success passes through.
  template <class F>
  constexpr auto or_else(F&& rescue) & {
    return rescued(*this, std::forward<F>(rescue));
  }
  template <class F>
  constexpr auto or_else(F&& rescue) const& {
    return rescued(*this, std::forward<F>(rescue));
  }
  template <class F>
  constexpr auto or_else(F&& rescue) && {
    return rescued(std::move(*this), std::forward<F>(rescue));
  }
  /// @}

 private:
  template <class Self>
  static constexpr void check(Self&& self) {
    if (!self) throw Failure<E>(std::forward<Self>(self).error());
  }

  template <class Self, class F>
  static constexpr auto chained(Self&& self, F&& next) {
    using Next = std::invoke_result_t<F>;
    if (!self) return Next(std::forward<Self>(self).error());
    return std::invoke(std::forward<F>(next));
  }

  template <class Self, class F>
  static constexpr auto transformed(Self&& self, F&& make) {
    using Value = std::invoke_result_t<F>;
    using Made = Result<std::remove_cvref_t<Value>, E>;
    if (!self) return Made(std::forward<Self>(self).error());
    if constexpr (std::is_void_v<Value>) {
      std::invoke(std::forward<F>(make));
      return Made();
    } else {
      return Made(std::invoke(std::forward<F>(make)));
    }
  }

  template <class Self, class F>
  static constexpr auto rescued(Self&& self, F&& rescue) {
    using Rescued = std::invoke_result_t<F, decltype(std::forward<Self>(self).error())>;
    if (self) return Rescued();
    return std::invoke(std::forward<F>(rescue), std::forward<Self>(self).error());
  }

  std::variant<std::monostate, E> state_;
};

#ifdef __cpp_lib_expected
/// The same as a std::expected, if the standard library has it. (A function, so that the Result of
/// a library and of its user is one type in every language mode.)
template <class T, class E>
[[nodiscard]] constexpr std::expected<T, E> to_expected(Result<T, E> result) {
  if (!result) return std::unexpected(std::move(result).error());
  if constexpr (std::is_void_v<T>)
    return {};
  else
    return *std::move(result);
}
#endif

}  // namespace FineTuning
