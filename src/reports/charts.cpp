// Charts as inline SVG.

#include "charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>
#include <vector>

namespace FineTuning {
namespace {

using std::chrono::milliseconds;

/// An image of that height, whose title and description a screen reader reads.
std::string svg(int height, const std::string& id, std::string_view title,
                std::string_view description, std::string_view content) {
  return fmt::format(R"(<svg role="img" width="100%" height="{}" aria-labelledby="{}-t {}-d">)"
                     R"(<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>)",
                     height, id, id, id, title, id, description, content);
}

double percent(double share) { return 100 * std::clamp(share, 0.0, 1.0); }

std::string describe(const Tally& tally, const Interval& interval) {
  return fmt::format(
      "{} of {} passed; the accuracy lies between {:.1f} and {:.1f} % with a "
      "confidence of 95 %.",
      tally.passed, tally.passed + tally.failed, percent(interval.low), percent(interval.high));
}

constexpr std::size_t bins = 20;

std::vector<std::size_t> histogram(std::span<const milliseconds> sorted, double width_of_bin) {
  std::vector<std::size_t> counts(bins);
  for (const milliseconds time : sorted)
    ++counts[std::min(bins - 1,
                      static_cast<std::size_t>(static_cast<double>(time.count()) / width_of_bin))];
  return counts;
}

}  // namespace

std::string accuracy_chart(const Tally& tally, double threshold, const std::string& id) {
  const std::optional<Interval> interval = tally.interval();
  std::string shapes = R"(<rect class="track" x="0" y="6" width="100%" height="12" rx="6"/>)";
  if (interval)
    fmt::format_to(std::back_inserter(shapes),
                   R"(<rect class="band" x="{:.2f}%" y="6" width="{:.2f}%" height="12" rx="2"/>)"
                   R"(<circle class="dot" cx="{:.2f}%" cy="12" r="5"/>)",
                   percent(interval->low), percent(interval->high - interval->low),
                   percent(tally.accuracy().value_or(0)));
  fmt::format_to(std::back_inserter(shapes),
                 R"(<line class="mark" x1="{0:.2f}%" x2="{0:.2f}%" y1="0" y2="24"/>)",
                 percent(threshold));
  return svg(24, id, "Accuracy with its interval",
             interval ? describe(tally, *interval) : "No answer was judged.", shapes);
}

std::string latency_chart(std::span<const milliseconds> sorted, const std::string& id) {
  constexpr int height = 120;
  const double longest = std::max(1.0, static_cast<double>(sorted.back().count()));
  const double width_of_bin = longest / bins;
  const std::vector<std::size_t> counts = histogram(sorted, width_of_bin);
  const auto tallest = static_cast<double>(*std::max_element(counts.begin(), counts.end()));
  std::string shapes;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const double bar = std::ceil(static_cast<double>(counts[bin]) / tallest * height);
    const auto place = static_cast<double>(bin);
    fmt::format_to(std::back_inserter(shapes),
                   R"(<rect class="bar" x="{:.2f}%" y="{}" width="{:.2f}%" height="{}">)"
                   "<title>{:.0f} to {:.0f} ms: {}</title></rect>",
                   place * 100 / bins + 0.3, 20 + height - bar, 100.0 / bins - 0.6, bar,
                   place * width_of_bin, (place + 1) * width_of_bin, counts[bin]);
  }
  const auto median = percentile(sorted, 0.5).count();
  const auto late = percentile(sorted, 0.95).count();
  for (const auto time : {median, late})
    fmt::format_to(std::back_inserter(shapes),
                   R"(<line class="mark" x1="{0:.2f}%" x2="{0:.2f}%" y1="14" y2="{1}"/>)",
                   percent(static_cast<double>(time) / longest), 20 + height);
  fmt::format_to(std::back_inserter(shapes),
                 R"(<line class="axis" x1="0" x2="100%" y1="{0}" y2="{0}"/>)"
                 R"(<text x="0" y="{1}">0 ms</text>)"
                 R"(<text x="100%" y="{1}" text-anchor="end">{2:.0f} ms</text>)",
                 20 + height, 20 + height + 16, longest);
  return svg(20 + height + 22, id, "Latency of the answers",
             fmt::format("Of {} answers half took {} ms or less, and 95 % took {} ms or less; the "
                         "slowest took {:.0f} ms.",
                         sorted.size(), median, late, longest),
             shapes);
}

milliseconds percentile(std::span<const milliseconds> sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

}  // namespace FineTuning
