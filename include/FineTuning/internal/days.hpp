#pragma once

// Days as tables write them.

#include <FineTuning/days.hpp>

#include <chrono>
#include <cstddef>

namespace FineTuning::internal {

/// As in "2027-01-14"_day. What is not a day does not compile.
consteval std::chrono::year_month_day operator""_day(const char* text, std::size_t size) {
  return parse_day({text, size}).value();
}

}  // namespace FineTuning::internal
