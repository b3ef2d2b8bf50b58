// Confidence intervals and quantiles. Formulas that are named by a number are those of Abramowitz
// and Stegun, Handbook of Mathematical Functions.

#include <FineTuning/statistics.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace FineTuning::statistics {
namespace {

/// False for NaN too.
bool is_between_0_and_1(double value) { return value > 0 && value < 1; }

/// Where a rising function reaches `target` between two places, as exactly as a double can hold it.
template <class Rising>
double find_where(const Rising& rising, double target, double low, double high) {
  for (;;) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    (rising(middle) < target ? low : high) = middle;
  }
}

/// How likely a normal variable is further from 0 than z on one side, negative so that it rises.
double negative_normal_tail(double z) { return -std::erfc(z / std::numbers::sqrt2) / 2; }

/// How likely Student's t is nearer to 0 than tan(angle) times the root of the degrees of freedom:
/// 26.7.3 for odd ones, 26.7.4 for even ones.
double student_t_within(double angle, std::uint64_t degrees) {
  const double cosine = std::cos(angle);
  const bool is_odd = degrees % 2 == 1;
  double term = is_odd ? cosine : 1;
  double sum = degrees == 1 ? 0 : term;
  for (std::uint64_t power = is_odd ? 3 : 2; power + 2 <= degrees; power += 2) {
    const auto factor = static_cast<double>(power);
    term *= cosine * cosine * (factor - 1) / factor;
    sum += term;
  }
  const double within = std::sin(angle) * sum;
  return is_odd ? 2 / std::numbers::pi * (angle + within) : within;
}

/// The quantile whose distance from the nearer end of the scale is `tail`, as a positive number.
double normal_beyond(double tail) {
  constexpr double farthest = 40;  // erfc is 0 there
  return find_where(negative_normal_tail, -tail, 0, farthest);
}

double student_t_beyond(double tail, std::uint64_t degrees) {
  constexpr std::uint64_t many = 100'000;  // from here on 26.7.5 is exact to nine digits
  const auto freedom = static_cast<double>(degrees);
  if (degrees > many) {
    const double z = normal_beyond(tail);
    return z + (z * z * z + z) / (4 * freedom);
  }
  const double angle = find_where([degrees](double at) { return student_t_within(at, degrees); },
                                  1 - 2 * tail, 0, std::numbers::pi / 2);
  return std::sqrt(freedom) * std::tan(angle);
}

/// Both distributions are symmetric: the upper half of the scale mirrors the lower one.
double mirrored(double probability, double beyond) { return probability < 0.5 ? -beyond : beyond; }

}  // namespace

std::optional<double> normal_quantile(double probability) {
  if (!is_between_0_and_1(probability)) return {};
  return mirrored(probability, normal_beyond(std::min(probability, 1 - probability)));
}

std::optional<double> student_t_quantile(double probability, std::uint64_t degrees_of_freedom) {
  constexpr double least_tail = 1e-9;  // of less, the difference to 1 has lost too many digits
  const double tail = std::min(probability, 1 - probability);
  if (!(tail >= least_tail) || degrees_of_freedom == 0) return {};  // NaN fails the test too
  return mirrored(probability, student_t_beyond(tail, degrees_of_freedom));
}

std::optional<Interval> wilson_interval(std::uint64_t successes, std::uint64_t trials,
                                        double confidence) {
  if (trials == 0 || successes > trials || !is_between_0_and_1(confidence)) return {};
  const double z = normal_beyond((1 - confidence) / 2);
  const auto all = static_cast<double>(trials);
  const auto good = static_cast<double>(successes);
  const double centre = good + z * z / 2;
  const double half = z * std::sqrt(good * (all - good) / all + z * z / 4);
  const double scale = all + z * z;
  return Interval{.low = std::max(0.0, (centre - half) / scale),
                  .high = successes == trials ? 1 : std::min(1.0, (centre + half) / scale)};
}

std::optional<double> mean(std::span<const double> values) {
  if (values.empty()) return {};
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  const double centre = sum / static_cast<double>(values.size());
  return std::isfinite(centre) ? std::optional(centre) : std::nullopt;
}

std::optional<Interval> mean_interval(std::span<const double> values, double confidence) {
  const std::optional<double> centre = mean(values);
  if (!centre || values.size() < 2 || !is_between_0_and_1(confidence)) return {};
  const std::optional<double> quantile =
      student_t_quantile((1 + confidence) / 2, values.size() - 1);
  if (!quantile) return {};
  const double squares = std::accumulate(
      values.begin(), values.end(), 0.0,
      [&](double sum, double value) { return sum + (value - *centre) * (value - *centre); });
  const auto count = static_cast<double>(values.size());
  const double error_of_mean = std::sqrt(squares / (count - 1) / count);
  const double half = *quantile * error_of_mean;
  if (!std::isfinite(half)) return {};
  return Interval{.low = *centre - half, .high = *centre + half};
}

}  // namespace FineTuning::statistics
