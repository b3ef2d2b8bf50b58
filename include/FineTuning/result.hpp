#pragma once

// A value or the reason there is none: the members of std::expected (C++23) that the library needs,
// as one type in every language mode, so that a C++20 library and a C++23 caller agree on it.

#include <FineTuning/error.hpp>

#include <exception>
#include <functional>
#include <type_traits>
#include <utility>
#include <variant>

namespace FineTuning {

/// Thrown by Result::value() when there is no value.
template <class E>
class Failure : public std::exception {
 public:
  explicit Failure(E error) : error_(std::move(error)) {}

  [[nodiscard]] const E& error() const noexcept { return error_; }
  [[nodiscard]] const char* what() const noexcept override {
    if constexpr (requires { error_.message.c_str(); })
      return error_.message.c_str();
    else
      return "A Result that holds an error was asked for its value.";
  }

 private:
  E error_;
};

/// A T, or the E that says why there is none. Only value() throws.
template <class T, class E = Error>
class [[nodiscard]] Result {
  static_assert(!std::is_same_v<T, E>, "A value and an error of one type cannot be told apart.");

 public:
  using value_type = T;
  using error_type = E;

  constexpr Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  constexpr Result(E error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] constexpr bool has_value() const noexcept { return state_.index() == 0; }
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return has_value(); }

  /// The value. There must be one; value() is the access that checks and says so.
  [[nodiscard]] constexpr T& operator*() & { return std::get<0>(state_); }
  [[nodiscard]] constexpr const T& operator*() const& { return std::get<0>(state_); }
  [[nodiscard]] constexpr T&& operator*() && { return std::get<0>(std::move(state_)); }
  [[nodiscard]] constexpr T* operator->() { return &std::get<0>(state_); }
  [[nodiscard]] constexpr const T* operator->() const { return &std::get<0>(state_); }

  /// The value, or throws Failure<E>.
  [[nodiscard]] constexpr const T& value() const& {
    if (!has_value()) throw Failure<E>(error());
    return **this;
  }
  [[nodiscard]] constexpr T value() && {
    if (!has_value()) throw Failure<E>(std::move(*this).error());
    return *std::move(*this);
  }

  /// The error. There must be one.
  [[nodiscard]] constexpr E& error() & { return std::get<1>(state_); }
  [[nodiscard]] constexpr const E& error() const& { return std::get<1>(state_); }
  [[nodiscard]] constexpr E&& error() && { return std::get<1>(std::move(state_)); }

  /// The value, or `other` where there is none.
  template <class U>
  [[nodiscard]] constexpr T value_or(U&& other) const& {
    return has_value() ? **this : static_cast<T>(std::forward<U>(other));
  }
  template <class U>
  [[nodiscard]] constexpr T value_or(U&& other) && {
    return has_value() ? *std::move(*this) : static_cast<T>(std::forward<U>(other));
  }

  /// Passes the value to `next`, which returns a Result with the same E; an error goes past it.
  template <class F>
  constexpr auto and_then(F&& next) const& -> std::invoke_result_t<F, const T&> {
    if (!has_value()) return error();
    return std::invoke(std::forward<F>(next), **this);
  }
  template <class F>
  constexpr auto and_then(F&& next) && -> std::invoke_result_t<F, T&&> {
    if (!has_value()) return std::move(*this).error();
    return std::invoke(std::forward<F>(next), *std::move(*this));
  }

  /// Replaces the value by what `change` makes of it; an error goes past it.
  template <class F>
  constexpr auto transform(F&& change) const& -> Result<std::invoke_result_t<F, const T&>, E> {
    if (!has_value()) return error();
    return std::invoke(std::forward<F>(change), **this);
  }
  template <class F>
  constexpr auto transform(F&& change) && -> Result<std::invoke_result_t<F, T&&>, E> {
    if (!has_value()) return std::move(*this).error();
    return std::invoke(std::forward<F>(change), *std::move(*this));
  }

  /// Passes the error to `rescue`, which returns a Result with the same T; a value goes past it.
  template <class F>
  constexpr auto or_else(F&& rescue) const& -> std::invoke_result_t<F, const E&> {
    if (has_value()) return **this;
    return std::invoke(std::forward<F>(rescue), error());
  }
  template <class F>
  constexpr auto or_else(F&& rescue) && -> std::invoke_result_t<F, E&&> {
    if (has_value()) return *std::move(*this);
    return std::invoke(std::forward<F>(rescue), std::move(*this).error());
  }

 private:
  std::variant<T, E> state_;
};

}  // namespace FineTuning
