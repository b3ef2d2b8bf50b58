#pragma once

// Two models side by side: what both answer, and by how much the answers differ.

#include <FineTuning/export.hpp>
#include <FineTuning/responder.hpp>
#include <FineTuning/statistics.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace FineTuning {

/// What is measured of an answer, or the difference of two. What is unknown is empty, never zero.
struct Measures {
  std::optional<double> length{};        ///< Of the text, in Unicode code points.
  std::optional<double> latency_ms{};    ///< From the question to the end of the answer.
  std::optional<double> total_tokens{};  ///< Usage::total_tokens.
  std::optional<double> cost_usd{};      ///< ChatResponse::cost_usd.
  std::optional<double> score{};         ///< What CompareOptions::score returns.
};

/// One of the Measures.
using Measure = std::optional<double> Measures::*;

/// A measure and its name in JSON.
struct NamedMeasure {
  std::string_view name;  ///< As the member is called.
  Measure measure;        ///< The member.
};

/// All measures, to iterate over.
inline constexpr std::array all_measures{
    NamedMeasure{"length", &Measures::length}, NamedMeasure{"latency_ms", &Measures::latency_ms},
    NamedMeasure{"total_tokens", &Measures::total_tokens},
    NamedMeasure{"cost_usd", &Measures::cost_usd}, NamedMeasure{"score", &Measures::score}};

/// How two models are compared.
struct CompareOptions {
  std::size_t parallel = 4;  ///< Requests in flight at most, each put to both models.
  std::uint64_t seed = 0;    ///< Of the order; see compare_models().
  /// How good an answer is, on any scale; empty if it cannot be judged. Called on several threads
  /// at once. What it throws reaches the caller.
  std::function<std::optional<double>(const ChatRequest&, const ChatResponse&)> score{};
  /// Called with how many requests have been put to both models, and of how many; calls never
  /// overlap. Only for comparisons of many requests.
  std::function<void(std::size_t asked, std::size_t of)> on_progress{};
  std::stop_token stop{};  ///< Starts nothing more, and cancels what is under way.
  Clock clock{};           ///< Clock::steady measures latency.
};

/// What one of the two models made of a request.
struct ComparedAnswer {
  Result<ChatResponse> result;  ///< The answer, or why there is none.
  Measures measures{};          ///< Of the answer; all unknown if there is none.
  bool asked = false;           ///< False if a stop came first; the error then says so.
};

/// One request and what both models made of it.
struct Comparison {
  ComparedAnswer a;       ///< Of the first.
  ComparedAnswer b;       ///< Of the second.
  Measures difference{};  ///< Of a minus that of b; unknown if either is.
};

/// By how much two models differ in one measure over many requests.
struct PairedDifference {
  std::size_t pairs = 0;           ///< Requests for which the measure of both answers is known.
  std::size_t left_out = 0;        ///< All others.
  std::optional<double> mean_a{};  ///< Over the pairs.
  std::optional<double> mean_b{};  ///< Over the pairs.
  std::optional<double> mean{};    ///< Of a minus b.
  std::optional<statistics::Interval> interval{};  ///< Of that mean; with two pairs or more.
};

/// The paired difference of one measure. The interval is statistics::mean_interval() of the
/// differences: it assumes that the requests are a sample of those that the models are meant for.
[[nodiscard]] FINETUNING_EXPORT PairedDifference paired_difference(
    std::span<const Comparison> comparisons, Measure measure, double confidence = 0.95);

/// Many requests and what both models made of them.
struct ComparisonReport {
  std::vector<Comparison> comparisons{};  ///< In the order of the requests.
  std::uint64_t seed = 0;                 ///< CompareOptions::seed.
  std::size_t failures_a = 0;             ///< How often the first was asked and failed.
  std::size_t failures_b = 0;             ///< How often the second was.
  std::size_t not_asked = 0;  ///< Requests that, after a stop, one model or both were not asked.
};

/// Asks both models at once, on a thread each, and returns when both have ended. Latency is
/// measured here, around the whole responder, with all that a router or a fallback does on the way.
/// Nothing is streamed. Both responders are called with `request` as it is: give each its model by
/// with_model(). What a responder throws reaches the caller once both have ended. May be called
/// from several threads at once if the responders may.
[[nodiscard]] FINETUNING_EXPORT Comparison compare_models(const ChatRequest& request,
                                                          const Responder& a, const Responder& b,
                                                          const CompareOptions& options = {});

/// The same for one prompt.
[[nodiscard]] inline Comparison compare_models(std::string prompt, const Responder& a,
                                               const Responder& b,
                                               const CompareOptions& options = {}) {
  return compare_models(ChatRequest{.messages = {Message::user(std::move(prompt))}}, a, b, options);
}

/// The same for many requests, some of them in parallel. The seed draws two orders, the same on
/// every machine: that of the requests, so that a service that gets slower over time does not weigh
/// on the end of a sorted list; and for each request that of the two models, so that neither always
/// finds what the other has warmed up. If a model refuses because of a rate limit or an overload,
/// nothing is started until the wait that it asks for is over (eight seconds if it names none), and
/// that model is asked again, five times at most. A refusal that asks for more than two minutes
/// is not retried.
[[nodiscard]] FINETUNING_EXPORT ComparisonReport
compare_models(std::span<const ChatRequest> requests, const Responder& a, const Responder& b,
               const CompareOptions& options = {});

/// {"a":{"content":..,"model":..,"length":..,..},"b":{"error":{..}},"difference":{"length":null,..}}
[[nodiscard]] FINETUNING_EXPORT std::string to_json(const Comparison& comparison);

/// {"requests":..,"seed":..,"confidence":..,"failures":{"a":..,"b":..},"not_asked":..,
/// "differences":{"length":{"pairs":..,"left_out":..,"mean_a":..,"mean_b":..,"mean":..,"low":..,
/// "high":..},..},"comparisons":[..]}, the last as to_json() of a Comparison; null is unknown.
[[nodiscard]] FINETUNING_EXPORT std::string to_json(const ComparisonReport& report,
                                                    double confidence = 0.95);

}  // namespace FineTuning
