#pragma once

// Charts as inline SVG. They are as wide as their place, and their texts are not scaled; colours
// come from the page's style.

#include <FineTuning/evaluate.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace FineTuning::internal {

/// The accuracy as a dot on a line from 0 to 100 %, its interval as a band, the threshold as a
/// mark. `id` has to be unique in the page.
[[nodiscard]] std::string accuracy_chart(const Tally& tally, double threshold,
                                         const std::string& id);

/// A histogram of how long answers took, with a sentence on it; nothing if there is no answer.
[[nodiscard]] std::string latency_chart(std::vector<std::chrono::nanoseconds> latencies,
                                        const std::string& id);

}  // namespace FineTuning::internal
