#pragma once

// The tokens that a call used, and what many calls used and cost together.

#include <cstdint>
#include <limits>
#include <optional>

namespace FineTuning {
namespace internal {

/// The sum; if it would overflow, the greatest number.
constexpr std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) noexcept {
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  return b > most - a ? most : a + b;
}

}  // namespace internal

/// Tokens as the provider counted them; `known` is false if it did not say.
struct Usage {
  std::uint64_t input_tokens = 0;         ///< Of all that was sent, cached or not.
  std::uint64_t output_tokens = 0;        ///< With the reasoning tokens.
  std::uint64_t total_tokens = 0;         ///< As the provider adds them up.
  std::uint64_t cached_input_tokens = 0;  ///< Part of input_tokens.
  std::uint64_t reasoning_tokens = 0;     ///< Part of output_tokens.
  bool known = false;                     ///< If false, the numbers are incomplete.

  /// Equal if all members are.
  friend constexpr bool operator==(const Usage&, const Usage&) = default;

  /// What two calls used together; known if both are. A number that would overflow stays at its
  /// greatest value.
  constexpr Usage& operator+=(const Usage& other) noexcept {
    add(input_tokens, other.input_tokens);
    add(output_tokens, other.output_tokens);
    add(total_tokens, other.total_tokens);
    add(cached_input_tokens, other.cached_input_tokens);
    add(reasoning_tokens, other.reasoning_tokens);
    known = known && other.known;
    return *this;
  }

 private:
  static constexpr void add(std::uint64_t& sum, std::uint64_t count) noexcept {
    sum = internal::saturating_sum(sum, count);
  }
};

/// What many calls used and cost together. A call whose usage or cost is unknown is counted as
/// such, and is not part of the sum.
struct UsageTotals {
  Usage tokens{};              ///< Of the calls whose usage is known; Usage::known if there is one.
  std::uint64_t unknown = 0;   ///< Calls whose usage is unknown.
  std::uint64_t priced = 0;    ///< Calls whose cost is known.
  std::uint64_t unpriced = 0;  ///< Calls whose cost is unknown.
  /// Of the priced calls. A plain sum: over 10^9 calls it is off by at most 10^-7 of itself
  /// (n times 2^-53; Higham, Accuracy and Stability of Numerical Algorithms, section 4.2).
  double total_cost_usd = 0;

  /// Adds one call. A cost that is negative or not finite counts as unknown.
  constexpr void add(const Usage& usage, const std::optional<double>& cost_usd) noexcept {
    if (usage.known) {
      tokens.known = true;
      tokens += usage;
    } else {
      ++unknown;
    }
    if (cost_usd && *cost_usd >= 0 && *cost_usd <= std::numeric_limits<double>::max()) {
      ++priced;
      total_cost_usd += *cost_usd;
    } else {
      ++unpriced;
    }
  }

  /// Of the priced calls; empty if there is none.
  [[nodiscard]] constexpr std::optional<double> cost_usd() const noexcept {
    return priced == 0 ? std::nullopt : std::optional(total_cost_usd);
  }
};

}  // namespace FineTuning
