// Asks every case, checks the answers and counts what came of them.

#include "evaluation/expectation.hpp"
#include "evaluation/fingerprint.hpp"
#include "figures/total_time.hpp"
#include "patterns/batch.hpp"
#include "patterns/message_text.hpp"

#include <FineTuning/evaluate.hpp>

#include <cmath>
#include <map>
#include <mutex>
#include <utility>

namespace FineTuning {

using namespace internal;
namespace {

using std::chrono::milliseconds;

constexpr std::size_t max_waits = 5;  // of one case

/// One run over all cases.
class Run {
 public:
  Run(std::span<const TestCase> cases, const Responder& responder, const EvaluateOptions& options)
      : cases_(cases), responder_(responder), options_(options), waits_(cases.size()) {}

  Evaluation run() {
    prepare();
    run_batch(to_ask_, {.parallel = options_.parallel, .max_waits = max_waits}, options_.stop,
              [this](std::size_t index) { return ask(index); });
    for (const CaseResult& result : evaluation_.results) evaluation_.total.add(result);
    return std::move(evaluation_);
  }

 private:
  /// All that can be said before anything is asked.
  void prepare() {
    std::multimap<std::string_view, const CaseResult*> earlier;
    for (const CaseResult& result : options_.earlier)
      if (result.outcome == Outcome::passed || result.outcome == Outcome::failed)
        earlier.emplace(result.fingerprint, &result);
    evaluation_.model = options_.request.model;
    evaluation_.threshold = options_.threshold;
    evaluation_.results.reserve(cases_.size());
    for (const TestCase& test : cases_) {
      CaseResult& result = evaluation_.results.emplace_back(unasked(test));
      const auto known = earlier.find(result.fingerprint);
      if (known != earlier.end()) {
        take_earlier(*known->second, result);
        earlier.erase(known);
      } else if (Result<void> checked = check_expectation(test.expectation); !checked) {
        const bool is_ours = checked.error().kind == ErrorKind::unsupported;
        result.outcome = is_ours ? Outcome::not_run : Outcome::error;
        result.error = std::move(checked).error();
      } else {
        to_ask_.push_back(evaluation_.results.size() - 1);
      }
    }
    ended_ = cases_.size() - to_ask_.size();
  }

  [[nodiscard]] CaseResult unasked(const TestCase& test) const {
    return {.fingerprint = fingerprint(request_of(test), test.expectation),
            .id = test.id,
            .tags = test.tags,
            .input = test.messages.empty() ? std::string() : message_text(test.messages.back()),
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

  /// The case is described as it is now.
  void take_earlier(const CaseResult& earlier, CaseResult& result) {
    CaseResult taken = earlier;
    taken.id = std::move(result.id);
    taken.tags = std::move(result.tags);
    taken.input = std::move(result.input);
    taken.expected = std::move(result.expected);
    result = std::move(taken);
    ++evaluation_.reused;
  }

  std::optional<milliseconds> ask(std::size_t index) {
    const TestCase& test = cases_[index];
    CaseResult& result = evaluation_.results[index];
    const ChatRequest request = request_of(test);
    CallContext context{.stop = options_.stop};
    const auto start = options_.clock.steady_now();
    const Result<ChatResponse> response = internal::ask(responder_, request, context);
    const std::chrono::nanoseconds latency = options_.clock.steady_now() - start;
    if (response) {
      result.latency = latency;
      take_answer(request, *response, test.expectation, result);
    } else {
      result.error = response.error();
      const std::optional<milliseconds> wait = batch_wait(response.error());
      if (wait && waits_[index]++ < max_waits) return wait;
      const bool was_stopped =
          options_.stop.stop_requested() && response.error().kind == ErrorKind::cancelled;
      result.outcome = was_stopped ? Outcome::not_run : Outcome::error;
    }
    tell(result);
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

  void tell(const CaseResult& result) {
    const std::lock_guard one_at_a_time(telling_);
    ++ended_;
    if (options_.on_result && result.outcome != Outcome::not_run)
      options_.on_result(result, ended_, cases_.size());
  }

  const std::span<const TestCase> cases_;
  const Responder& responder_;
  const EvaluateOptions& options_;
  std::vector<std::size_t> waits_;  ///< Of each case so far.
  std::vector<std::size_t> to_ask_;
  Evaluation evaluation_;
  std::mutex telling_;  ///< Of what follows.
  std::size_t ended_ = 0;
};

}  // namespace

Evaluation evaluate(std::span<const TestCase> cases, const Responder& responder,
                    const EvaluateOptions& options) {
  return Run(cases, responder, options).run();
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
