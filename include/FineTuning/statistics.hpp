#pragma once

// How far measured figures can be trusted: confidence intervals of a proportion and of a mean, and
// the quantiles that they are made of.

#include <FineTuning/export.hpp>

#include <cstdint>
#include <optional>
#include <span>

namespace FineTuning::statistics {

/// A confidence interval: with a confidence of 0.95, it contains the true value for 95 % of all
/// samples that could have been drawn.
struct Interval {
  double low = 0;   ///< Its lower end.
  double high = 0;  ///< Its upper end.
};

/// Wilson's score interval of a proportion, within [0, 1]: the share of all trials that succeed, if
/// `successes` of `trials` did. Empty without trials, with more successes than trials, and with a
/// confidence that is not between 0 and 1. E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212.
[[nodiscard]] FINETUNING_EXPORT std::optional<Interval> wilson_interval(std::uint64_t successes,
                                                                        std::uint64_t trials,
                                                                        double confidence = 0.95);

/// The arithmetic mean. Empty if there are no values or it is not finite.
[[nodiscard]] FINETUNING_EXPORT std::optional<double> mean(std::span<const double> values);

/// Student's t interval of the mean of the population that the values are a sample of. It assumes
/// that the values are independent, and normally distributed or many. Empty with fewer than two
/// values, with one that is not finite, and with a confidence that is not between 0 and 1, or so
/// near to 1 that student_t_quantile() has no value for it.
[[nodiscard]] FINETUNING_EXPORT std::optional<Interval> mean_interval(
    std::span<const double> values, double confidence = 0.95);

/// The value that a standard normal variable stays below with that probability. Empty for a
/// probability that is not between 0 and 1.
[[nodiscard]] FINETUNING_EXPORT std::optional<double> normal_quantile(double probability);

/// The value that a variable of Student's t distribution stays below with that probability, to at
/// least five digits. Empty for a probability that is less than 10^-9 away from 0 or 1, and without
/// degrees of freedom.
[[nodiscard]] FINETUNING_EXPORT std::optional<double> student_t_quantile(
    double probability, std::uint64_t degrees_of_freedom);

}  // namespace FineTuning::statistics
