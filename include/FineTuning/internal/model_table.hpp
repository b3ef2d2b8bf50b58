#pragma once

// What the tables of models are written with.

#include <FineTuning/capability.hpp>
#include <FineTuning/internal/days.hpp>

#include <array>
#include <chrono>
#include <cstddef>

namespace FineTuning::internal {

/// The rows of a table that was compared with its sources on one day.
template <std::size_t size>
consteval std::array<ModelRow, size> checked_on(std::chrono::year_month_day day,
                                                const ModelRow (&rows)[size]) {
  std::array<ModelRow, size> table{};
  for (std::size_t at = 0; at < size; ++at) {
    table[at] = rows[at];
    table[at].checked = day;
  }
  return table;
}

}  // namespace FineTuning::internal
