#pragma once

// Texts that have a JSON value on each line.

#include <FineTuning/internal/scan.hpp>
#include <FineTuning/result.hpp>

#include <cstddef>
#include <string_view>

namespace FineTuning::internal {

/// Calls `read`, which returns a Result<void>, with each line that is not blank and its number,
/// until one fails.
template <class Read>
Result<void> for_each_line(std::string_view text, Read read) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = take_until(text, '\n');
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (Result<void> done = read(line, number); !done) return done;
  }
  return {};
}

}  // namespace FineTuning::internal
