#pragma once

// How well a model answers: test cases, each with what is expected of its answer, are asked and
// checked, and the results are counted and reported.
//
//     const auto cases = parse_cases(text);  // {"input":"2 + 2?","expected_pattern":"\\b4\\b"}
//     const Evaluation evaluation = evaluate(*cases, Chat(), {.request = {.model = spec}});
//     if (!evaluation.threshold_met()) std::cout << to_junit_xml(evaluation);

#include <FineTuning/enum_names.hpp>
#include <FineTuning/error.hpp>
#include <FineTuning/expectation.hpp>
#include <FineTuning/export.hpp>
#include <FineTuning/message.hpp>
#include <FineTuning/responder.hpp>
#include <FineTuning/result.hpp>
#include <FineTuning/statistics.hpp>
#include <FineTuning/usage.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace FineTuning {

/// A question, and what is expected of its answer.
struct TestCase {
  std::string id{};  ///< Its name in reports.
  /// The question, after the messages of EvaluateOptions::request.
  std::vector<Message> messages{};
  Expectation expectation{};        ///< What its answer has to be.
  std::vector<std::string> tags{};  ///< Groups that reports count separately.
};

/// Reads cases from JSON Lines, one object a line; empty lines are skipped, as is a byte order
/// mark at the beginning. The members of an object:
///
/// | member             | what it is                                                          |
/// |--------------------|---------------------------------------------------------------------|
/// | `input`            | the question, a text                                                |
/// | `messages`         | or a conversation, as `[{"role":"user","content":".."}]`            |
/// | `system`           | optional: what the model is told first                              |
/// | `expected_pattern` | ExpectedPattern                                                     |
/// | `expected`         | ExpectedText                                                        |
/// | `expected_parts`   | ExpectedParts: a text or an array of them                           |
/// | `expected_json`    | ExpectedJson: any value                                             |
/// | `id`               | optional; "line 7" if it is missing                                 |
/// | `tags`             | optional: an array of texts                                         |
///
/// Each case has exactly one of the four expectations. Fails with invalid_request for any other
/// member, for a member or an id that is there twice, for a line that is not a JSON object, and for
/// a text without a case; the message names the line and the member.
[[nodiscard]] FINETUNING_EXPORT Result<std::vector<TestCase>> parse_cases(std::string_view text);

/// How a case ended.
enum class Outcome : std::uint8_t {
  passed,   ///< The answer is as expected.
  failed,   ///< It is not.
  error,    ///< There is no answer, or it could not be checked: see CaseResult::error.
  not_run,  ///< The case cannot be run, or a stop came first: see CaseResult::error.
};

template <>
inline constexpr auto internal::enum_names<Outcome> =
    std::to_array<std::string_view>({"passed", "failed", "error", "not_run"});

/// The result of one case, with all that a report says of it. What is unknown is empty.
struct CaseResult {
  /// A hash of the request (without its headers) and the expectation, the same on every machine. It
  /// does not include the responder. If ChatRequest::model does not identify it (with_model(),
  /// versioned(), a sandbox), put a name for it into ChatRequest::key, which is hashed.
  std::string fingerprint{};
  std::string id{};                                   ///< TestCase::id.
  std::vector<std::string> tags{};                    ///< TestCase::tags.
  std::string input{};                                ///< The text of the last message.
  std::string expected{};                             ///< The expectation in words.
  Outcome outcome = Outcome::not_run;                 ///< How it ended.
  std::optional<std::string> answer{};                ///< ChatResponse::content.
  std::optional<double> score{};                      ///< Of an ExpectedScore.
  std::optional<Error> error{};                       ///< Why it neither passed nor failed.
  std::string model{};                                ///< ChatResponse::model.
  Usage usage{};                                      ///< ChatResponse::usage.
  std::optional<double> cost_usd{};                   ///< ChatResponse::cost_usd.
  std::optional<std::chrono::nanoseconds> latency{};  ///< From the question to the answer.
};

/// A result on one line of JSON, without the line's end; see parse_results(). Bytes that are not
/// UTF-8 are replaced.
[[nodiscard]] FINETUNING_EXPORT std::string to_json(const CaseResult& result);

/// The results that a text holds.
struct StoredResults {
  std::vector<CaseResult> results{};  ///< In the order of their lines.
  /// Bytes after the last line's end that are not a whole line, because their writer was stopped.
  /// Cut them off before more is written.
  std::size_t torn_bytes = 0;
};

/// Reads results that to_json() wrote, one a line, each line with its end. Latency is exact to the
/// millisecond; of an error its kind, message, code and status are read. Fails with invalid_request
/// if a line is not one of to_json()'s; the message names it.
[[nodiscard]] FINETUNING_EXPORT Result<StoredResults> parse_results(std::string_view text);

/// How a model is evaluated.
struct EvaluateOptions {
  /// What is the same for every case: the model, temperature, messages that come first and so on.
  ChatRequest request{};
  double threshold = 0.9;    ///< Of Evaluation::threshold_met().
  std::size_t parallel = 4;  ///< Cases in flight at most.
  /// Results of an earlier run. A case is not asked again if one of them has its fingerprint and
  /// passed or failed; each serves one case. Do not pass results of another responder; see
  /// CaseResult::fingerprint.
  std::vector<CaseResult> earlier{};
  /// Called when a case that was asked has ended, with its result, the number of cases that have
  /// ended so far (including those that need not be asked), and the number of all. Runs on the
  /// thread that asked; calls never overlap. If it throws, the run ends and the exception reaches
  /// the caller.
  std::function<void(const CaseResult& result, std::size_t ended, std::size_t of)> on_result{};
  std::stop_token stop{};  ///< Starts nothing more, and cancels what is under way.
  Clock clock{};           ///< Clock::steady measures latency.
};

/// Results, counted. Nothing that is unknown counts as zero.
struct FINETUNING_EXPORT Tally {
  std::size_t passed = 0;   ///< Outcome::passed.
  std::size_t failed = 0;   ///< Outcome::failed.
  std::size_t errors = 0;   ///< Outcome::error.
  std::size_t not_run = 0;  ///< Outcome::not_run.

  std::size_t answered = 0;                  ///< Results with an answer; the next two cover these.
  UsageTotals usage{};                       ///< What they used and cost.
  std::chrono::nanoseconds total_latency{};  ///< How long they took.

  /// Counts one more result.
  void add(const CaseResult& result);

  /// All results.
  [[nodiscard]] std::size_t cases() const noexcept { return passed + failed + errors + not_run; }

  /// The share of those that passed among those that passed or failed, from 0 to 1; empty if there
  /// are none.
  [[nodiscard]] std::optional<double> accuracy() const noexcept;

  /// Wilson's interval of the accuracy. It assumes that the cases are a sample of those that the
  /// model is meant for.
  [[nodiscard]] std::optional<statistics::Interval> interval(double confidence = 0.95) const;
};

/// The results of all cases.
struct FINETUNING_EXPORT Evaluation {
  std::string model{};                ///< ChatRequest::model of EvaluateOptions::request.
  double threshold = 0.9;             ///< EvaluateOptions::threshold.
  std::vector<CaseResult> results{};  ///< In the order of the cases.
  Tally total{};                      ///< Of all results.
  std::size_t reused = 0;             ///< Results taken from EvaluateOptions::earlier.

  /// True if every case passed or failed and the accuracy is at least the threshold. False with an
  /// error, with a case that was not run, and without cases.
  [[nodiscard]] bool threshold_met() const noexcept;
};

/// Asks the responder every case and checks the answers. What is wrong with a case (a pattern that
/// is refused, a score without a function) is found before anything is asked, and its result says
/// so. If a case is refused because of a rate limit or an overload, nothing is started until the
/// wait that the provider asks for is over (eight seconds if it names none), and the case is asked
/// again, five times at most. A refusal that asks for more than two minutes is not retried.
/// Nothing is streamed. What the responder throws reaches the caller. May be called from several
/// threads at once if the responder may.
[[nodiscard]] FINETUNING_EXPORT Evaluation evaluate(std::span<const TestCase> cases,
                                                    const Responder& responder,
                                                    const EvaluateOptions& options = {});

/// {"model":..,"threshold":..,"threshold_met":..,"total":{"cases":..,"passed":..,"accuracy":..,
/// "low":..,"high":..,..},"tags":{"law":{..},..},"reused":..,"results":[..]}, the last as to_json()
/// of a CaseResult; the interval is of 95 %; null is unknown.
[[nodiscard]] FINETUNING_EXPORT std::string to_json(const Evaluation& evaluation);

/// A JUnit report, as build servers read it: a test suite with a test case each. A failure says
/// what was expected and what was answered; what was not run is skipped. Characters that XML 1.0
/// cannot hold are replaced, and long texts are cut.
[[nodiscard]] FINETUNING_EXPORT std::string to_junit_xml(const Evaluation& evaluation);

/// A page for a browser in one file, which loads nothing and runs no script: the accuracy with its
/// interval, latency, tags, and the failures with what was expected and what was answered. Long
/// texts are cut, and of very many failures the first 500 are shown; the page says so.
[[nodiscard]] FINETUNING_EXPORT std::string to_html(const Evaluation& evaluation);

}  // namespace FineTuning
