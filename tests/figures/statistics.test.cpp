// Intervals and quantiles, against published tables and closed forms.

#include "support/catch.hpp"

#include <FineTuning/statistics.hpp>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

using namespace FineTuning::statistics;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
const std::vector<double> no_probabilities{0, 1, -0.5, 1.5, not_a_number, infinity, -infinity};

/// As a table prints it: the last of its digits is rounded.
bool rounds_to(double value, double printed, double last_digit) {
  return std::abs(value - printed) <= last_digit * 0.501;
}

bool is_near(double value, double expected, double relative = 1e-9) {
  return std::abs(value - expected) <= relative * std::abs(expected);
}

}  // namespace

TEST_CASE("Student's quantiles are those of the published table", "[statistics]") {
  // Abramowitz and Stegun, Handbook of Mathematical Functions, table 26.10: |t| is less than the
  // number in the column with the probability at its head. Three decimals, rounded: printings
  // differ in the last one of the far tails of two and three degrees.
  const std::vector<double> within{0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999};
  const struct {
    std::uint64_t degrees;
    std::vector<double> values;
  } rows[] = {
      {1, {3.078, 6.314, 12.706, 31.821, 63.657, 127.321, 318.309, 636.619}},
      {2, {1.886, 2.920, 4.303, 6.965, 9.925, 14.089, 22.327, 31.599}},
      {3, {1.638, 2.353, 3.182, 4.541, 5.841, 7.453, 10.215, 12.924}},
      {4, {1.533, 2.132, 2.776, 3.747, 4.604, 5.598, 7.173, 8.610}},
      {5, {1.476, 2.015, 2.571, 3.365, 4.032, 4.773, 5.893, 6.869}},
      {10, {1.372, 1.812, 2.228, 2.764, 3.169, 3.581, 4.144, 4.587}},
      {15, {1.341, 1.753, 2.131, 2.602, 2.947, 3.286, 3.733, 4.073}},
      {30, {1.310, 1.697, 2.042, 2.457, 2.750, 3.030, 3.385, 3.646}},
      {120, {1.289, 1.658, 1.980, 2.358, 2.617, 2.860, 3.160, 3.373}},
      {1'000'000'000, {1.282, 1.645, 1.960, 2.326, 2.576, 2.807, 3.090, 3.291}},
  };
  for (const auto& [degrees, values] : rows)
    for (std::size_t column = 0; column < within.size(); ++column) {
      CAPTURE(degrees, within[column]);
      const auto upper = student_t_quantile((1 + within[column]) / 2, degrees);
      REQUIRE(upper);
      CHECK(rounds_to(*upper, values[column], 0.001));
      const auto lower = student_t_quantile((1 - within[column]) / 2, degrees);
      REQUIRE(lower);
      CHECK(is_near(*lower, -*upper));
    }
}

TEST_CASE("Student's quantiles of one and two degrees of freedom are their closed forms",
          "[statistics]") {
  for (const double p : {0.000001, 0.001, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.99999}) {
    CAPTURE(p);
    const double cauchy = std::tan(std::numbers::pi * (p - 0.5));
    const double two = (2 * p - 1) / std::sqrt(2 * p * (1 - p));
    const auto one_degree = student_t_quantile(p, 1);
    const auto two_degrees = student_t_quantile(p, 2);
    REQUIRE(one_degree);
    REQUIRE(two_degrees);
    CHECK(std::abs(*one_degree - cauchy) <= 1e-9 * (1 + std::abs(cauchy)));
    CHECK(std::abs(*two_degrees - two) <= 1e-9 * (1 + std::abs(two)));
  }
}

TEST_CASE("Student's quantiles of many degrees of freedom go on where the series ends",
          "[statistics]") {
  for (const double p : {0.6, 0.975, 0.9995}) {
    const auto last = student_t_quantile(p, 100'000);
    const auto next = student_t_quantile(p, 100'001);
    REQUIRE(last);
    REQUIRE(next);
    CHECK(*next < *last);
    CHECK(is_near(*next, *last, 1e-8));
  }
  CHECK(is_near(student_t_quantile(0.975, std::numeric_limits<std::uint64_t>::max()).value_or(0),
                normal_quantile(0.975).value_or(1)));
}

TEST_CASE("quantiles of the normal distribution are the published ones", "[statistics]") {
  // Abramowitz and Stegun, table 26.5: x where the tail Q(x) has that probability. Five decimals.
  const struct {
    double tail, value;
  } rows[] = {{0.5, 0},         {0.25, 0.67449}, {0.1, 1.28155},   {0.05, 1.64485},
              {0.025, 1.95996}, {0.01, 2.32635}, {0.005, 2.57583}, {0.001, 3.09023}};
  for (const auto& [tail, value] : rows) {
    CAPTURE(tail);
    CHECK(rounds_to(normal_quantile(1 - tail).value_or(not_a_number), value, 0.00001));
    CHECK(rounds_to(normal_quantile(tail).value_or(not_a_number), -value, 0.00001));
  }
  // What erfc says of it comes back, however small the tail.
  for (const double tail : {1e-300, 1e-100, 1e-20, 1e-5})
    CHECK(is_near(
        std::erfc(-normal_quantile(tail).value_or(not_a_number) / std::numbers::sqrt2) / 2, tail));
}

TEST_CASE("there is no quantile of what is no probability", "[statistics]") {
  for (const double p : no_probabilities) {
    CAPTURE(p);
    CHECK_FALSE(normal_quantile(p));
    CHECK_FALSE(student_t_quantile(p, 5));
  }
  CHECK_FALSE(student_t_quantile(0.9, 0));
}

TEST_CASE("far out, Student's quantiles are right or there is none", "[statistics]") {
  // The closed forms of one and of four degrees of freedom (W. T. Shaw, Sampling Student's T
  // distribution, J. Comp. Finance 9 (2006) 37-73), and for very many the normal distribution.
  for (const double p : {1e-3, 1e-6, 1e-8, 1.1e-9}) {
    CAPTURE(p);
    const double a = 4 * p * (1 - p);
    const double four = -2 * std::sqrt(std::cos(std::acos(std::sqrt(a)) / 3) / std::sqrt(a) - 1);
    const auto far_out = [&](std::uint64_t degrees) {
      return student_t_quantile(p, degrees).value_or(not_a_number);
    };
    CHECK(is_near(far_out(1), -1 / std::tan(std::numbers::pi * p), 1e-5));
    CHECK(is_near(far_out(4), four, 1e-5));
    CHECK(is_near(far_out(100'000), far_out(100'001), 1e-5));
  }
  for (const double tail : {0.9e-9, 1e-12, 1e-17, 1e-300})
    for (const std::uint64_t degrees : {1U, 5U, 100'000U, 1'000'000U}) {
      CAPTURE(tail, degrees);
      CHECK_FALSE(student_t_quantile(tail, degrees));
      CHECK_FALSE(student_t_quantile(1 - tail, degrees));
    }
  CHECK_FALSE(mean_interval(std::vector<double>{1, 2, 3}, 1 - 1e-12));
}

TEST_CASE("Wilson's intervals are the published ones", "[statistics]") {
  // R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in
  // Medicine 17 (1998) 857-872, table I, method 3 (score), 95 %. Four decimals.
  const struct {
    std::uint64_t successes, trials;
    double low, high;
  } rows[] = {{81, 263, 0.2553, 0.3662},
              {15, 148, 0.0624, 0.1605},
              {0, 20, 0, 0.1611},
              {1, 29, 0.0061, 0.1718}};
  for (const auto& [successes, trials, low, high] : rows) {
    CAPTURE(successes, trials);
    const auto interval = wilson_interval(successes, trials);
    REQUIRE(interval);
    CHECK(rounds_to(interval->low, low, 0.0001));
    CHECK(rounds_to(interval->high, high, 0.0001));
    const auto failures = wilson_interval(trials - successes, trials);
    REQUIRE(failures);
    CHECK(is_near(1 - failures->high + 1, interval->low + 1));
    CHECK(is_near(1 - failures->low + 1, interval->high + 1));
  }
}

TEST_CASE("Wilson's interval of all or nothing is its closed form and ends at the end",
          "[statistics]") {
  // For no success of n it is [0, z^2 / (n + z^2)].
  for (std::uint64_t trials = 1; trials < 1'000'000; trials = trials * 3 / 2 + 1)
    for (const double confidence : {0.5, 0.8, 0.9, 0.95, 0.99, 0.999}) {
      const double z = normal_quantile((1 + confidence) / 2).value_or(not_a_number);
      const double share = z * z / (static_cast<double>(trials) + z * z);
      const auto none = wilson_interval(0, trials, confidence);
      const auto all = wilson_interval(trials, trials, confidence);
      REQUIRE(none);
      REQUIRE(all);
      CHECK(none->low == 0);
      CHECK(is_near(none->high, share));
      CHECK(all->high == 1);
      CHECK(is_near(all->low, 1 - share));
    }
}

TEST_CASE("there is no interval without trials, or of what is not a proportion", "[statistics]") {
  CHECK_FALSE(wilson_interval(0, 0));
  CHECK_FALSE(wilson_interval(2, 1));
  for (const double confidence : no_probabilities) CHECK_FALSE(wilson_interval(1, 2, confidence));
}

TEST_CASE("the interval of a mean is that of the paper that found it", "[statistics]") {
  // Student, The probable error of a mean, Biometrika 6 (1908) 1-25: additional hours of sleep by
  // two drugs, and their difference, whose mean is 1.58 with a standard error of 0.389.
  const std::vector<double> first{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2.0};
  const std::vector<double> second{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
  std::vector<double> differences;
  for (std::size_t patient = 0; patient < first.size(); ++patient)
    differences.push_back(second[patient] - first[patient]);
  CHECK(rounds_to(mean(first).value_or(not_a_number), 0.75, 0.01));
  CHECK(rounds_to(mean(second).value_or(not_a_number), 2.33, 0.01));
  CHECK(rounds_to(mean(differences).value_or(not_a_number), 1.58, 0.01));
  // R's t.test(extra ~ group, data = sleep, paired = TRUE): 0.7001142 to 2.4598858.
  const auto interval = mean_interval(differences);
  REQUIRE(interval);
  CHECK(rounds_to(interval->low, 0.7001142, 1e-7));
  CHECK(rounds_to(interval->high, 2.4598858, 1e-7));
}

TEST_CASE("the interval of two values is the closed form of one degree of freedom",
          "[statistics]") {
  // The mean, and half the distance times the tangent of half the confidence of a right angle.
  const auto interval = mean_interval(std::vector<double>{1, 3}, 0.9);
  REQUIRE(interval);
  CHECK(is_near(interval->high, 2 + std::tan(std::numbers::pi * 0.45)));
  CHECK(is_near(interval->low, 2 - std::tan(std::numbers::pi * 0.45)));
}

TEST_CASE("values that are all alike have an interval of one point", "[statistics]") {
  const auto interval = mean_interval(std::vector<double>{2.5, 2.5, 2.5});
  REQUIRE(interval);
  CHECK(interval->low == 2.5);
  CHECK(interval->high == 2.5);
}

TEST_CASE("what cannot be averaged has no mean and no interval", "[statistics]") {
  CHECK_FALSE(mean({}));
  CHECK_FALSE(mean_interval({}));
  CHECK(mean(std::vector<double>{4}) == 4);
  CHECK_FALSE(mean_interval(std::vector<double>{4}));
  for (const double value : {not_a_number, infinity, 1.7e308}) {
    CAPTURE(value);
    CHECK_FALSE(mean(std::vector<double>{value, 1.7e308}));
    CHECK_FALSE(mean_interval(std::vector<double>{value, 1.7e308}));
  }
  CHECK_FALSE(mean_interval(std::vector<double>{-1e200, 1e200}));  // its square is too large
  for (const double confidence : no_probabilities)
    CHECK_FALSE(mean_interval(std::vector<double>{1, 2}, confidence));
}
