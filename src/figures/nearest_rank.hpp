#pragma once

// Percentiles by the nearest-rank method.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace FineTuning::internal {

/// The value of rank ceil(percent / 100 * N) among N values; empty if there are none. `percent`
/// is from 1 to 100. Changes the order of the values.
template <class T>
std::optional<T> nearest_rank(std::vector<T>& values, std::size_t percent) {
  if (values.empty()) return std::nullopt;
  const std::size_t rank = (percent * values.size() + 99) / 100;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace FineTuning::internal
