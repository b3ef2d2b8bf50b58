#pragma once

// The tokens that a call used.

#include <cstdint>

namespace FineTuning {

/// Tokens as the provider counted them; `known` is false where it said nothing.
struct Usage {
  std::uint64_t input_tokens = 0;         ///< Of all that was sent, cached or not.
  std::uint64_t output_tokens = 0;        ///< With the reasoning tokens.
  std::uint64_t total_tokens = 0;         ///< As the provider adds them up.
  std::uint64_t cached_input_tokens = 0;  ///< Part of input_tokens.
  std::uint64_t reasoning_tokens = 0;     ///< Part of output_tokens.
  bool known = false;                     ///< False: the numbers are not all of it.

  /// What two calls used together; known where both are.
  constexpr Usage& operator+=(const Usage& other) noexcept {
    input_tokens += other.input_tokens;
    output_tokens += other.output_tokens;
    total_tokens += other.total_tokens;
    cached_input_tokens += other.cached_input_tokens;
    reasoning_tokens += other.reasoning_tokens;
    known = known && other.known;
    return *this;
  }

  /// Equal if every member is.
  friend constexpr bool operator==(const Usage&, const Usage&) noexcept = default;
};

}  // namespace FineTuning
