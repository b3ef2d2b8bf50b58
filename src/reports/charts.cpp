// Charts as inline SVG.

#include "reports/charts.hpp"

#include "figures/nearest_rank.hpp"
#include "reports/evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <string_view>

namespace FineTuning::internal {
namespace {

using std::chrono::nanoseconds;

double in_milliseconds(nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

/// An image of that height, with a title and a description for screen readers.
std::string svg(int height, const std::string& id, std::string_view title,
                std::string_view description, std::string_view content) {
  return fmt::format(R"(<svg role="img" width="100%" height="{}" aria-labelledby="{}-t {}-d">)"
                     R"(<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}</svg>)",
                     height, id, id, id, title, id, description, content);
}

double percent(double share) { return 100 * std::clamp(share, 0.0, 1.0); }

std::string describe(const Tally& tally, const statistics::Interval& interval) {
  return fmt::format(
      "{} of {} passed; the accuracy lies between {:.1f} and {:.1f} % with a "
      "confidence of 95 %.",
      tally.passed, tally.passed + tally.failed, percent(interval.low), percent(interval.high));
}

constexpr std::size_t bins = 20;

/// How many latencies are in each bin from zero to the longest.
std::vector<std::size_t> histogram(const std::vector<nanoseconds>& latencies, double width_of_bin) {
  std::vector<std::size_t> counts(bins);
  for (const nanoseconds latency : latencies) {
    const double bin = std::max(0.0, in_milliseconds(latency) / width_of_bin);
    ++counts[std::min(bins - 1, static_cast<std::size_t>(bin))];
  }
  return counts;
}

constexpr int top = 20;          // room for the marks above the bars
constexpr int bar_height = 120;  // of the tallest

std::string bars(const std::vector<std::size_t>& counts, double width_of_bin) {
  const auto tallest = static_cast<double>(*std::max_element(counts.begin(), counts.end()));
  std::string shapes;
  for (std::size_t bin = 0; bin < bins; ++bin) {
    const double height = std::ceil(static_cast<double>(counts[bin]) / tallest * bar_height);
    const auto place = static_cast<double>(bin);
    fmt::format_to(std::back_inserter(shapes),
                   R"(<rect class="bar" x="{:.2f}%" y="{}" width="{:.2f}%" height="{}">)"
                   "<title>{:.0f} to {:.0f} ms: {}</title></rect>",
                   place * 100 / bins + 0.3, top + bar_height - height, 100.0 / bins - 0.6, height,
                   place * width_of_bin, (place + 1) * width_of_bin, counts[bin]);
  }
  return shapes;
}

std::string mark(double share, int from, int to) {
  return fmt::format(R"(<line class="mark" x1="{0:.2f}%" x2="{0:.2f}%" y1="{1}" y2="{2}"/>)",
                     percent(share), from, to);
}

}  // namespace

std::string accuracy_chart(const Tally& tally, double threshold, const std::string& id) {
  const std::optional<statistics::Interval> interval = tally.interval();
  std::string shapes = R"(<rect class="track" x="0" y="6" width="100%" height="12" rx="6"/>)";
  if (interval)
    fmt::format_to(std::back_inserter(shapes),
                   R"(<rect class="band" x="{:.2f}%" y="6" width="{:.2f}%" height="12" rx="2"/>)"
                   R"(<circle class="dot" cx="{:.2f}%" cy="12" r="5"/>)",
                   percent(interval->low), percent(interval->high - interval->low),
                   percent(tally.accuracy().value_or(0)));
  shapes += mark(threshold, 0, 24);
  return svg(24, id, "Accuracy with its interval",
             interval ? describe(tally, *interval) : "No answer was judged.", shapes);
}

std::string latency_chart(std::vector<nanoseconds> latencies, const std::string& id) {
  const std::optional<nanoseconds> median = nearest_rank(latencies, 50);
  const std::optional<nanoseconds> late = nearest_rank(latencies, 95);
  const std::optional<nanoseconds> slowest = nearest_rank(latencies, 100);
  if (!median || !late || !slowest) return {};
  const double longest = std::max(1.0, in_milliseconds(*slowest));
  const double width_of_bin = longest / bins;
  std::string shapes = bars(histogram(latencies, width_of_bin), width_of_bin);
  for (const nanoseconds latency : {*median, *late})
    shapes += mark(in_milliseconds(latency) / longest, top - 6, top + bar_height);
  fmt::format_to(std::back_inserter(shapes),
                 R"(<line class="axis" x1="0" x2="100%" y1="{0}" y2="{0}"/>)"
                 R"(<text x="0" y="{1}">0 ms</text>)"
                 R"(<text x="100%" y="{1}" text-anchor="end">{2:.0f} ms</text>)",
                 top + bar_height, top + bar_height + 16, longest);
  const std::string sentence =
      fmt::format("The marks are the median, {} ms, and the 95th percentile, {} ms.",
                  whole_milliseconds(*median), whole_milliseconds(*late));
  return fmt::format("<p class=\"note\">{}</p>{}", sentence,
                     svg(top + bar_height + 22, id, "Latency of the answers", sentence, shapes));
}

}  // namespace FineTuning::internal
