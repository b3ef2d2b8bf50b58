#pragma once

// Statistics of calls, model by model: how many there were, how fast they were, how many tokens
// they used, what they cost, what went wrong, and what users thought of the answers.
//
//     Monitor monitor;
//     const Responder answer = monitor.watch(Chat());  // asked as before
//     std::cout << to_json(monitor.stats());           // or to_prometheus()

#include <FineTuning/error.hpp>
#include <FineTuning/export.hpp>
#include <FineTuning/message.hpp>
#include <FineTuning/responder.hpp>
#include <FineTuning/result.hpp>
#include <FineTuning/usage.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace FineTuning {

/// One call that has ended. Holds no content and no secret, so it may be kept in a log.
struct CallRecord {
  std::string model{};           ///< What it counts under: a spec, or the name it is watched by.
  std::string response_model{};  ///< ChatResponse::model.
  std::string id{};              ///< ChatResponse::id; empty if the provider gives none.
  std::chrono::system_clock::time_point started{};  ///< When the call began.
  std::chrono::nanoseconds latency{};  ///< From the call to its end, as its caller saw it.
  bool streamed = false;               ///< Whether the caller took pieces of the answer.
  /// To the first text of a streamed answer, not counting what a model thinks before; empty if
  /// there was none.
  std::optional<std::chrono::nanoseconds> time_to_first_text{};
  std::optional<ErrorKind> error{};  ///< Why there is no answer; empty if there is one.
  /// Of an error: the provider may still bill the call, such as a stream that its caller stopped.
  bool may_be_billed = false;
  std::optional<FinishReason> finish_reason{};  ///< Of an answer.
  Usage usage{};                                ///< Of an answer, if Usage::known.
  std::optional<double> cost_usd{};             ///< ChatResponse::cost_usd.
  int attempts = 0;                             ///< How many times the request was sent.
  std::optional<double> score{};                ///< What a user thought of it, from 0 to 1.
};

/// Sums over calls. What is unknown is counted as such and never as zero; sums of tokens and of
/// time saturate.
struct FINETUNING_EXPORT Figures {
  std::uint64_t succeeded = 0;  ///< Calls that were answered.
  std::uint64_t failed = 0;     ///< Calls with any error but ErrorKind::cancelled.
  /// Calls that their caller stopped. Counted apart, because a user who has read enough says
  /// nothing about the model: they are in no rate and no mean.
  std::uint64_t cancelled = 0;
  std::map<ErrorKind, std::uint64_t> errors{};  ///< The failed calls by kind.

  std::chrono::nanoseconds total_latency{};  ///< Of calls that succeeded.
  std::uint64_t first_texts = 0;             ///< Streamed calls that succeeded with some text.
  std::chrono::nanoseconds total_time_to_first_text{};  ///< Of these.

  /// Of calls that succeeded. A failed call that may still be billed counts as having unknown usage
  /// and cost.
  UsageTotals usage{};

  std::uint64_t scores = 0;  ///< Calls with feedback.
  double total_score = 0;    ///< Of these.

  /// Counts one call, whatever its CallRecord::model. A cost that is negative or not finite and a
  /// score that is not from 0 to 1 count as unknown; a negative time counts as zero.
  void add(const CallRecord& call);

  /// All calls.
  [[nodiscard]] std::uint64_t requests() const noexcept { return succeeded + failed + cancelled; }
  /// From 0 to 1; empty if no call succeeded or failed.
  [[nodiscard]] std::optional<double> success_rate() const noexcept;
  /// Of calls that succeeded, since a refusal that comes at once does not make a model fast; empty
  /// if there is none.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> mean_latency() const noexcept;
  /// Empty if no streamed call succeeded with some text.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> mean_time_to_first_text() const noexcept;
  /// From 0 to 1; empty if there is no feedback.
  [[nodiscard]] std::optional<double> mean_score() const noexcept;

 private:
  void add_answer(const CallRecord& call);
  void add_error(const CallRecord& call);
};

/// Percentiles by the nearest-rank method: the P-th of N values in order is the one of rank
/// ceil(P / 100 * N), so each is a time that some call took. Empty if there is no value.
struct Percentiles {
  std::optional<std::chrono::nanoseconds> p50{};  ///< The median.
  std::optional<std::chrono::nanoseconds> p95{};  ///< What 95 % took at most.
  std::optional<std::chrono::nanoseconds> p99{};  ///< What 99 % took at most.
};

/// Statistics of the calls of one model.
struct ModelStats {
  std::string model{};               ///< What they count under.
  Figures total{};                   ///< Of all calls.
  Figures recent{};                  ///< Of the last Monitor::kept_calls.
  Percentiles latency{};             ///< Of those of `recent` that succeeded.
  Percentiles time_to_first_text{};  ///< Of those of `recent` that streamed text.
};

/// What a Monitor does besides counting, and its clock.
struct MonitorOptions {
  /// Called with each watched call when it has ended and is counted, for example to write it to a
  /// log. Runs on the thread of the call, without a lock, so on several threads at once. What it
  /// throws reaches the caller in place of the answer; if the call itself throws, that exception is
  /// the one that does.
  std::function<void(const CallRecord&)> on_call{};
  Clock clock{};  ///< Clock::steady measures latency, Clock::wall gives CallRecord::started.
};

/// Counts the calls of the responders that it watches. Copies and watched responders share their
/// state, which lives as long as any of them; all of them may be used from several threads at once.
/// A model that has had many calls takes about 350 KB.
class FINETUNING_EXPORT Monitor {
 public:
  /// How many calls of each model are kept, for percentiles, recent figures and feedback.
  static constexpr std::size_t kept_calls = 1000;
  /// How many models are told apart. Calls of further ones count under "other", since names may
  /// come from untrusted input; so do those of a name that is longer than 2048 bytes, and those of
  /// a ChatRequest::model with characters that are not printable ASCII.
  static constexpr std::size_t max_models = 1000;

  /// A monitor that reads the system's clocks.
  Monitor();
  /// A monitor with a hook, or with a clock of the caller's own.
  explicit Monitor(MonitorOptions options);

  /// The same responder, watched: its calls count under the spec of ChatRequest::model ("gpt-4o"
  /// and "openai:gpt-4o" are one), or under its text if that is not a model of the library's
  /// providers. A call that ends with an exception counts as failed with ErrorKind::other, and the
  /// exception goes on. If watched responders are nested, each counts.
  [[nodiscard]] Responder watch(Responder responder) const;
  /// The same, counted under a name, whatever the model.
  [[nodiscard]] Responder watch(Responder responder, std::string_view name) const;

  /// Counts a call that ended elsewhere or earlier, under its CallRecord::model as it is written.
  /// MonitorOptions::on_call is not called.
  void record(const CallRecord& call) const;

  /// What a user thought of an answer, from 0 (bad) to 1 (good). The id is ChatResponse::id; if
  /// several models count that call, each takes the score, and a second score replaces the first.
  /// Returns how many took it. Fails with invalid_request for any other score, and with not_found
  /// if no kept call has the id: there never was one, it is older than the last kept_calls, or its
  /// provider gives no ids, so that `id` is empty. Looks through all kept calls.
  /// MonitorOptions::on_call is not called, so a monitor restored from a log of calls does not have
  /// these scores.
  [[nodiscard]] Result<std::size_t> feedback(std::string_view id, double score) const;

  /// Statistics of one model, named as for watch(). One that was never asked has zero requests, and
  /// everything else about it is unknown.
  [[nodiscard]] ModelStats stats(std::string_view model) const;
  /// The same of all models that were asked, and of all names that are watched, in the order of
  /// their names.
  [[nodiscard]] std::vector<ModelStats> stats() const;

 private:
  class State;
  std::shared_ptr<State> state_;
};

/// Statistics as a JSON object: {"model":"openai:gpt-4o","total":{"requests":12,..},"recent":{..},
/// "latency_seconds":{"p50":0.8,..},..}. Unknown is null; times are in seconds.
[[nodiscard]] FINETUNING_EXPORT std::string to_json(const ModelStats& stats);
/// The same of several models: {"models":[..]}.
[[nodiscard]] FINETUNING_EXPORT std::string to_json(const std::vector<ModelStats>& stats);

/// Statistics in Prometheus' text exposition format 0.0.4; serve it as "text/plain; version=0.0.4".
/// Counters are totals, quantiles are of the last Monitor::kept_calls, times are in seconds. What
/// is unknown of a model has no line.
/// (https://prometheus.io/docs/instrumenting/exposition_formats/)
[[nodiscard]] FINETUNING_EXPORT std::string to_prometheus(const std::vector<ModelStats>& stats);

/// A call as one line of JSON, without the line's end, with the attribute names of OpenTelemetry's
/// conventions for generative AI if they have one ("gen_ai.request.model",
/// "gen_ai.usage.input_tokens", "error.type", ..) and "finetuning." before the others. Unknown is
/// left out. (https://github.com/open-telemetry/semantic-conventions-genai)
[[nodiscard]] FINETUNING_EXPORT std::string to_json(const CallRecord& call);

/// Reads a call that to_json() wrote; members that it does not know are ignored. Times are exact to
/// the nanosecond, CallRecord::started to the millisecond. Fails with invalid_request if the line
/// is not a JSON object, has no model or no latency, or if a member has the wrong type.
[[nodiscard]] FINETUNING_EXPORT Result<CallRecord> parse_call_record(std::string_view line);

}  // namespace FineTuning
