// Asks two models the same, and subtracts.

#include "patterns/batch.hpp"

#include <FineTuning/compare.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>

namespace FineTuning {

using namespace internal;
namespace {

using std::chrono::milliseconds;

constexpr std::size_t side_a = 0;
constexpr std::size_t side_b = 1;

ComparedAnswer unasked() {
  return {.result = Error{.kind = ErrorKind::cancelled,
                          .message = "The comparison was stopped before this was asked; start it "
                                     "again for the answer."}};
}

Comparison unasked_of_both() { return {.a = unasked(), .b = unasked()}; }

/// Of text that is not UTF-8, every byte counts that cannot continue a character.
double count_code_points(std::string_view text) {
  return static_cast<double>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

/// A value that is not finite is unknown.
std::optional<double> if_finite(std::optional<double> value) {
  return value && std::isfinite(*value) ? value : std::nullopt;
}

Measures measure_answer(const ChatRequest& request, const ChatResponse& response,
                        std::chrono::nanoseconds latency, const CompareOptions& options) {
  using Milliseconds = std::chrono::duration<double, std::milli>;
  Measures measures{.length = count_code_points(response.content),
                    .latency_ms = Milliseconds(latency).count(),
                    .cost_usd = if_finite(response.cost_usd)};
  if (response.usage.known)
    measures.total_tokens = static_cast<double>(response.usage.total_tokens);
  if (options.score) measures.score = if_finite(options.score(request, response));
  return measures;
}

Measures subtract(const Measures& a, const Measures& b) {
  Measures difference;
  for (const auto& [name, measure] : all_measures)
    if (a.*measure && b.*measure) difference.*measure = *(a.*measure) - *(b.*measure);
  return difference;
}

void ask(const Responder& responder, const ChatRequest& request, const CompareOptions& options,
         ComparedAnswer& answer) {
  answer.asked = true;
  const CallContext context{.stop = options.stop};
  const auto start = options.clock.steady_now();
  answer.result = internal::ask(responder, request, context);
  const auto latency = options.clock.steady_now() - start;
  if (answer.result) answer.measures = measure_answer(request, *answer.result, latency, options);
}

/// Asks the sides that `order` names at once, starting in that order.
void ask_sides(std::span<const std::size_t> order, const ChatRequest& request, const Responder& a,
               const Responder& b, const CompareOptions& options, Comparison& comparison) {
  run_batch(order, {.parallel = 2}, options.stop,
            [&](std::size_t side, bool) -> std::optional<milliseconds> {
              if (side == side_a)
                ask(a, request, options, comparison.a);
              else
                ask(b, request, options, comparison.b);
              return {};
            });
  comparison.difference = subtract(comparison.a.measures, comparison.b.measures);
}

std::optional<milliseconds> wait_of(const ComparedAnswer& answer) {
  return answer.result ? std::nullopt : batch_wait(answer.result.error());
}

std::vector<std::size_t> sides_to_ask_again(const Comparison& comparison) {
  std::vector<std::size_t> sides;
  if (wait_of(comparison.a)) sides.push_back(side_a);
  if (wait_of(comparison.b)) sides.push_back(side_b);
  return sides;
}

void count(ComparisonReport& report) {
  for (const auto& [a, b, difference] : report.comparisons) {
    report.failures_a += a.asked && !a.result ? 1U : 0U;
    report.failures_b += b.asked && !b.result ? 1U : 0U;
    report.not_asked += a.asked && b.asked ? 0U : 1U;
  }
}

}  // namespace

Comparison compare_models(const ChatRequest& request, const Responder& a, const Responder& b,
                          const CompareOptions& options) {
  Comparison comparison = unasked_of_both();
  ask_sides(shuffled_order(2, options.seed), request, a, b, options, comparison);
  return comparison;
}

ComparisonReport compare_models(std::span<const ChatRequest> requests, const Responder& a,
                                const Responder& b, const CompareOptions& options) {
  ComparisonReport report{.seed = options.seed};
  report.comparisons.assign(requests.size(), unasked_of_both());
  std::mutex progress;
  std::size_t asked = 0;
  const auto report_progress = [&] {
    if (!options.on_progress) return;
    const std::lock_guard one_at_a_time(progress);
    options.on_progress(++asked, requests.size());
  };
  const auto work = [&](std::size_t index, bool) -> std::optional<milliseconds> {
    Comparison& comparison = report.comparisons[index];
    const bool is_again = comparison.a.asked || comparison.b.asked;
    const std::vector<std::size_t> sides =
        is_again ? sides_to_ask_again(comparison) : shuffled_order(2, options.seed + index);
    ask_sides(sides, requests[index], a, b, options, comparison);
    if (!is_again && comparison.a.asked && comparison.b.asked) report_progress();
    return std::max(wait_of(comparison.a), wait_of(comparison.b));  // nothing is less than any wait
  };
  run_batch(shuffled_order(requests.size(), options.seed), {.parallel = options.parallel},
            options.stop, work);
  count(report);
  return report;
}

PairedDifference paired_difference(std::span<const Comparison> comparisons, Measure measure,
                                   double confidence) {
  std::vector<double> of_a;
  std::vector<double> of_b;
  std::vector<double> differences;
  for (const auto& [a, b, difference] : comparisons) {
    if (!(difference.*measure)) continue;
    of_a.push_back((a.measures.*measure).value());
    of_b.push_back((b.measures.*measure).value());
    differences.push_back(*(difference.*measure));
  }
  return {.pairs = differences.size(),
          .left_out = comparisons.size() - differences.size(),
          .mean_a = statistics::mean(of_a),
          .mean_b = statistics::mean(of_b),
          .mean = statistics::mean(differences),
          .interval = statistics::mean_interval(differences, confidence)};
}

}  // namespace FineTuning
