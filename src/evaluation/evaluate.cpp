// Asks every case, checks the answers and counts the results.

#include "evaluation/expectation.hpp"
#include "evaluation/fingerprint.hpp"
#include "figures/total_time.hpp"
#include "patterns/batch.hpp"

#include <FineTuning/evaluate.hpp>

#include <cmath>
#include <map>
#include <mutex>
#include <utility>

namespace FineTuning {

using namespace internal;
namespace {

using std::chrono::milliseconds;

/// Earlier results that need not be asked for again, by their fingerprints.
using EarlierResults = std::multimap<std::string_view, const CaseResult*>;

EarlierResults judged(const std::vector<CaseResult>& results) {
  EarlierResults judged;
  for (const CaseResult& result : results)
    if (result.outcome == Outcome::passed || result.outcome == Outcome::failed)
      judged.emplace(result.fingerprint, &result);
  return judged;
}

/// Evaluates all cases, once.
class Evaluator {
 public:
  Evaluator(std::span<const TestCase> cases, const Responder& responder,
            const EvaluateOptions& options)
      : cases_(cases), responder_(responder), options_(options) {}

  Evaluation run() {
    prepare();
    run_batch(to_ask_, {.parallel = options_.parallel}, options_.stop,
              [this](std::size_t index, bool is_last_try) { return ask(index, is_last_try); });
    for (const CaseResult& result : evaluation_.results) evaluation_.total.add(result);
    return std::move(evaluation_);
  }

 private:
  /// Does all that can be done before anything is asked.
  void prepare() {
    evaluation_.model = options_.request.model;
    evaluation_.threshold = options_.threshold;
    evaluation_.results.reserve(cases_.size());
    EarlierResults earlier = judged(options_.earlier);
    for (const TestCase& test : cases_)
      if (!prepare(test, earlier)) to_ask_.push_back(evaluation_.results.size() - 1);
    ended_ = cases_.size() - to_ask_.size();
  }

  /// False if the case has to be asked.
  bool prepare(const TestCase& test, EarlierResults& earlier) {
    CaseResult& result = evaluation_.results.emplace_back(unasked(test));
    if (const auto known = earlier.find(result.fingerprint); known != earlier.end()) {
      take_earlier(*known->second, result);
      earlier.erase(known);  // each serves one case
      return true;
    }
    Result<void> checked = check_expectation(test.expectation);
    if (checked) return false;
    const bool is_ours = checked.error().kind == ErrorKind::unsupported;
    result.outcome = is_ours ? Outcome::not_run : Outcome::error;
    result.error = std::move(checked).error();
    return true;
  }

  [[nodiscard]] CaseResult unasked(const TestCase& test) const {
    return {.fingerprint = fingerprint(request_of(test), test.expectation),
            .id = test.id,
            .tags = test.tags,
            .input = test.messages.empty() ? std::string() : test.messages.back().text(),
            .expected = describe(test.expectation),
            .error = Error{.kind = ErrorKind::cancelled,
                           .message = "The run was stopped before this case was asked; start it "
                                      "again for the rest."}};
  }

  [[nodiscard]] ChatRequest request_of(const TestCase& test) const {
    ChatRequest request = options_.request;
    request.messages.insert(request.messages.end(), test.messages.begin(), test.messages.end());
    return request;
  }

  /// The names and texts of the case may have changed since.
  void take_earlier(const CaseResult& earlier, CaseResult& result) {
    CaseResult taken = earlier;
    taken.id = std::move(result.id);
    taken.tags = std::move(result.tags);
    taken.input = std::move(result.input);
    taken.expected = std::move(result.expected);
    result = std::move(taken);
    ++evaluation_.reused;
  }

  std::optional<milliseconds> ask(std::size_t index, bool is_last_try) {
    const TestCase& test = cases_[index];
    CaseResult& result = evaluation_.results[index];
    const ChatRequest request = request_of(test);
    const auto start = options_.clock.steady_now();
    const Result<ChatResponse> response =
        internal::ask(responder_, request, {.stop = options_.stop});
    const std::chrono::nanoseconds latency = options_.clock.steady_now() - start;
    if (response) {
      result.latency = latency;
      take_answer(request, *response, test.expectation, result);
    } else {
      result.error = response.error();
      const std::optional<milliseconds> wait = batch_wait(response.error());
      if (wait && !is_last_try) return wait;
      const bool was_stopped =
          options_.stop.stop_requested() && response.error().kind == ErrorKind::cancelled;
      result.outcome = was_stopped ? Outcome::not_run : Outcome::error;
    }
    report(result);
    return {};
  }

  static void take_answer(const ChatRequest& request, const ChatResponse& response,
                          const Expectation& expectation, CaseResult& result) {
    result.answer = response.content;
    result.model = response.model;
    result.usage = response.usage;
    if (response.cost_usd && std::isfinite(*response.cost_usd)) result.cost_usd = response.cost_usd;
    Result<Verdict> verdict = judge(expectation, request, response);
    if (!verdict) {
      result.outcome = Outcome::error;
      result.error = std::move(verdict).error();
      return;
    }
    result.outcome = verdict->passed ? Outcome::passed : Outcome::failed;
    result.score = verdict->score;
    result.error.reset();
  }

  void report(const CaseResult& result) {
    const std::lock_guard one_at_a_time(reporting_);
    ++ended_;
    if (options_.on_result && result.outcome != Outcome::not_run)
      options_.on_result(result, ended_, cases_.size());
  }

  const std::span<const TestCase> cases_;
  const Responder& responder_;
  const EvaluateOptions& options_;
  std::vector<std::size_t> to_ask_;
  Evaluation evaluation_;
  std::mutex reporting_;  ///< Guards what follows.
  std::size_t ended_ = 0;
};

}  // namespace

Evaluation evaluate(std::span<const TestCase> cases, const Responder& responder,
                    const EvaluateOptions& options) {
  return Evaluator(cases, responder, options).run();
}

void Tally::add(const CaseResult& result) {
  switch (result.outcome) {
    case Outcome::passed: ++passed; break;
    case Outcome::failed: ++failed; break;
    case Outcome::error: ++errors; break;
    case Outcome::not_run: ++not_run; break;
  }
  if (!result.answer) return;
  ++answered;
  usage.add(result.usage, result.cost_usd);
  add_time(total_latency, result.latency.value_or(std::chrono::nanoseconds::zero()));
}

std::optional<double> Tally::accuracy() const noexcept {
  const std::size_t judged = passed + failed;
  if (judged == 0) return {};
  return static_cast<double>(passed) / static_cast<double>(judged);
}

std::optional<statistics::Interval> Tally::interval(double confidence) const {
  return statistics::wilson_interval(passed, passed + failed, confidence);
}

bool Evaluation::threshold_met() const noexcept {
  const std::optional<double> accuracy = total.accuracy();
  return total.errors == 0 && total.not_run == 0 && accuracy && *accuracy >= threshold;
}

}  // namespace FineTuning
