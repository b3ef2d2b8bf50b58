#pragma once

// Charts as inline SVG. They are as wide as their place, and their texts are not scaled; colours
// come from the page's style.

#include <FineTuning/evaluate.hpp>

#include <chrono>
#include <span>
#include <string>

namespace FineTuning {

/// The accuracy as a dot on a line from 0 to 100 %, its interval as a band, the threshold as a
/// mark. `id` is one that the page has nowhere else.
[[nodiscard]] std::string accuracy_chart(const Tally& tally, double threshold,
                                         const std::string& id);

/// How many answers took how long, with the median and the 95th percentile; the latencies are in
/// order, and there is at least one.
[[nodiscard]] std::string latency_chart(std::span<const std::chrono::milliseconds> sorted,
                                        const std::string& id);

/// The smallest value that `share` of all are not above (the nearest rank); of at least one.
[[nodiscard]] std::chrono::milliseconds percentile(
    std::span<const std::chrono::milliseconds> sorted, double share);

}  // namespace FineTuning
