// Counting calls. A watched call finds its model under a shared lock and counts under a lock of
// that model alone. Its record is written over that of an older call, and into its memory, so that
// in the long run a call that is neither streamed nor reported to on_call allocates nothing.

#include "figures/nearest_rank.hpp"
#include "figures/total_time.hpp"

#include <FineTuning/internal/errors.hpp>
#include <FineTuning/model.hpp>
#include <FineTuning/monitor.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

namespace FineTuning {

using namespace internal;
namespace {

using std::chrono::nanoseconds;

std::optional<nanoseconds> mean(nanoseconds total, std::uint64_t count) {
  if (count == 0) return std::nullopt;
  return nanoseconds(total.count() / static_cast<nanoseconds::rep>(count));
}

std::optional<double> ratio(double total, std::uint64_t count) {
  if (count == 0) return std::nullopt;
  return total / static_cast<double>(count);
}

bool is_score(double score) { return score >= 0 && score <= 1; }

Percentiles percentiles_of(std::vector<nanoseconds>& times) {
  return {.p50 = nearest_rank(times, 50),
          .p95 = nearest_rank(times, 95),
          .p99 = nearest_rank(times, 99)};
}

/// When what happened in one call.
struct Times {
  std::chrono::steady_clock::time_point started{};
  std::optional<std::chrono::steady_clock::time_point> first_text{};
  std::chrono::steady_clock::time_point ended{};
  std::chrono::system_clock::time_point started_at{};  ///< Set if there is an on_call.
};

/// Writes a call over an older record, and into the memory of its texts: to assign a new record
/// would cost a watched call 9 % more instructions. The binding names every member, so that none
/// can be forgotten: with one more in CallRecord it does not compile.
void overwrite(CallRecord& record, const Result<ChatResponse>& result, const Times& times,
               bool is_streamed) {
  auto& [model, response_model, id, started, latency, streamed, time_to_first_text, error,
         may_be_billed, finish_reason, usage, cost_usd, attempts, score] = record;
  model.clear();  // the ledger has it
  started = times.started_at;
  latency = times.ended - times.started;
  streamed = is_streamed;
  time_to_first_text.reset();
  if (times.first_text) time_to_first_text = *times.first_text - times.started;
  score.reset();
  if (result) {
    response_model = result->model;
    id = result->id;
    error.reset();
    may_be_billed = false;
    finish_reason = result->finish_reason;
    usage = result->usage;
    cost_usd = result->cost_usd;
    attempts = result->attempts;
  } else {
    response_model.clear();
    id.clear();
    error = result.error().kind;
    may_be_billed = result.error().may_be_billed();
    finish_reason.reset();
    usage = {};
    cost_usd.reset();
    attempts = result.error().attempts;
  }
}

constexpr std::string_view other_models = "other";
constexpr std::size_t longest_name = 2048;  // as the longest id of a provider

/// Whether a text from outside may have a ledger of its own: every id may.
bool can_name_model(std::string_view text) {
  return text.size() <= longest_name &&
         std::none_of(text.begin(), text.end(), [](char c) { return is_in_no_id(c) && c != ' '; });
}

/// The spec of a model, or the text if it is not a model's.
std::string spec_of(std::string_view model) {
  const Result<Model> known = Model::from(model);
  return known ? known->spec() : std::string(model);
}

}  // namespace

void Figures::add(const CallRecord& call) {
  if (call.score && is_score(*call.score)) {
    ++scores;
    total_score += *call.score;
  }
  if (!call.error)
    add_answer(call);
  else
    add_error(call);
}

void Figures::add_error(const CallRecord& call) {
  if (call.error == ErrorKind::cancelled) {
    ++cancelled;
  } else {
    ++failed;
    ++errors[*call.error];
  }
  if (call.may_be_billed) usage.add({}, {});
}

void Figures::add_answer(const CallRecord& call) {
  ++succeeded;
  add_time(total_latency, call.latency);
  if (call.time_to_first_text) {
    ++first_texts;
    add_time(total_time_to_first_text, *call.time_to_first_text);
  }
  usage.add(call.usage, call.cost_usd);
}

std::optional<double> Figures::success_rate() const noexcept {
  return ratio(static_cast<double>(succeeded), succeeded + failed);
}

std::optional<nanoseconds> Figures::mean_latency() const noexcept {
  return mean(total_latency, succeeded);
}

std::optional<nanoseconds> Figures::mean_time_to_first_text() const noexcept {
  return mean(total_time_to_first_text, first_texts);
}

std::optional<double> Figures::mean_score() const noexcept { return ratio(total_score, scores); }

namespace {

/// The calls of one model. May be used from several threads at once.
class Ledger {
 public:
  explicit Ledger(std::string name) : name_(std::move(name)) {}

  [[nodiscard]] const std::string& name() const { return name_; }

  /// Counts the call that `write` writes over an older record.
  template <class Write>
  void add(Write write) {
    const std::lock_guard lock(mutex_);
    CallRecord& call = next_record();
    write(call);
    total_.add(call);
  }

  /// Gives the newest call with that id a score; false if there is none.
  bool score(std::string_view id, double score) {
    const std::lock_guard lock(mutex_);
    for (std::size_t age = 1; age <= calls_.size(); ++age) {
      CallRecord& call = calls_[(next_ + calls_.size() - age) % calls_.size()];
      if (call.id != id) continue;
      if (!call.score) ++total_.scores;
      const double change = score - call.score.value_or(0);
      total_.total_score =
          std::clamp(total_.total_score + change, 0.0,
                     static_cast<double>(total_.scores));  // rounding may go beyond
      call.score = score;
      return true;
    }
    return false;
  }

  [[nodiscard]] ModelStats stats() const {
    ModelStats stats{.model = name_};
    std::vector<nanoseconds> latencies;
    std::vector<nanoseconds> first_texts;
    latencies.reserve(Monitor::kept_calls);
    first_texts.reserve(Monitor::kept_calls);
    {
      const std::lock_guard lock(mutex_);
      stats.total = total_;
      for (const CallRecord& call : calls_) {
        stats.recent.add(call);
        if (call.error) continue;
        latencies.push_back(std::max(call.latency, nanoseconds{0}));
        if (call.time_to_first_text)
          first_texts.push_back(std::max(*call.time_to_first_text, nanoseconds{0}));
      }
    }
    stats.latency = percentiles_of(latencies);
    stats.time_to_first_text = percentiles_of(first_texts);
    return stats;
  }

 private:
  /// Where the next call is kept: in a new record, or in that of the oldest call.
  CallRecord& next_record() {
    if (calls_.size() < Monitor::kept_calls) return calls_.emplace_back();
    CallRecord& oldest = calls_[next_];
    next_ = (next_ + 1) % Monitor::kept_calls;
    return oldest;
  }

  const std::string name_;
  mutable std::mutex mutex_;
  Figures total_;
  std::vector<CallRecord> calls_;  ///< The oldest is at next_. Their models are name_: left out.
  std::size_t next_ = 0;
};

}  // namespace

/// What copies and watched responders share: the ledgers, and which name leads to which.
class Monitor::State {
 public:
  explicit State(MonitorOptions options) : options_(std::move(options)) {}

  /// The ledger of exactly that name.
  Ledger& ledger(std::string_view name) {
    const std::unique_lock lock(mutex_);
    return ledger_under_lock(name);
  }

  /// The ledger of the model that a request names. Remembers which one that is for so many texts
  /// that every model may have a few spellings.
  Ledger& ledger_of_model(const std::string& model) {
    {
      const std::shared_lock lock(mutex_);
      if (const auto known = models_.find(model); known != models_.end()) return *known->second;
    }
    if (!can_name_model(model)) return ledger(other_models);
    const std::string spec = spec_of(model);
    const std::unique_lock lock(mutex_);
    Ledger& found = ledger_under_lock(spec);
    if (models_.size() < 4 * max_models) models_.emplace(model, &found);
    return found;
  }

  /// Null if there is none.
  [[nodiscard]] const Ledger* find(std::string_view name) const {
    const std::shared_lock lock(mutex_);
    const auto at = ledgers_.find(name);
    return at == ledgers_.end() ? nullptr : at->second.get();
  }

  /// In the order of their names. They live as long as this object.
  [[nodiscard]] std::vector<Ledger*> ledgers() const {
    const std::shared_lock lock(mutex_);
    std::vector<Ledger*> all;
    all.reserve(ledgers_.size());
    for (const auto& [name, ledger] : ledgers_) all.push_back(ledger.get());
    return all;
  }

  /// Asks, and counts how that ends.
  Result<ChatResponse> call(Ledger& ledger, const Responder& responder, const ChatRequest& request,
                            const CallContext& context) const {
    Times times{.started = options_.clock.steady_now()};
    if (options_.on_call) times.started_at = options_.clock.wall_now();
    Result<ChatResponse> result = ask_or_count(ledger, responder, request, context, times);
    count(ledger, result, context, times);
    return result;
  }

 private:
  Ledger& ledger_under_lock(std::string_view name) {
    if (name.size() > longest_name) name = other_models;
    const auto at = ledgers_.find(name);
    if (at != ledgers_.end()) return *at->second;
    if (ledgers_.size() >= max_models) name = other_models;
    std::unique_ptr<Ledger>& ledger = ledgers_[std::string(name)];
    if (!ledger) ledger = std::make_unique<Ledger>(std::string(name));
    return *ledger;
  }

  /// Asks. Counts an exception before it goes on.
  Result<ChatResponse> ask_or_count(Ledger& ledger, const Responder& responder,
                                    const ChatRequest& request, const CallContext& context,
                                    Times& times) const {
    try {
      return ask(responder, request, context, times);
    } catch (...) {
      try {
        count(ledger, Error{.outcome_unknown = true}, context, times);
      } catch (...) {  // from on_call: why the call ended matters more
      }
      throw;
    }
  }

  Result<ChatResponse> ask(const Responder& responder, const ChatRequest& request,
                           const CallContext& context, Times& times) const {
    if (!context.on_event) return internal::ask(responder, request, context);
    CallContext watched = context;
    watched.on_event = [this, &context, &times](const StreamEvent& event) {
      if (event.kind == StreamEvent::Kind::text && !times.first_text)
        times.first_text = options_.clock.steady_now();
      return context.on_event(event);
    };
    return internal::ask(responder, request, watched);
  }

  void count(Ledger& ledger, const Result<ChatResponse>& result, const CallContext& context,
             Times& times) const {
    times.ended = options_.clock.steady_now();
    std::optional<CallRecord> reported;
    ledger.add([&](CallRecord& call) {
      overwrite(call, result, times, static_cast<bool>(context.on_event));
      if (options_.on_call) reported = call;
    });
    if (!reported) return;
    reported->model = ledger.name();
    options_.on_call(*reported);
  }

  const MonitorOptions options_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::unique_ptr<Ledger>, std::less<>> ledgers_;  ///< Never removed.
  std::unordered_map<std::string, Ledger*> models_;  ///< By the text of ChatRequest::model.
};

Monitor::Monitor() : Monitor(MonitorOptions{}) {}
Monitor::Monitor(MonitorOptions options) : state_(std::make_shared<State>(std::move(options))) {}

Responder Monitor::watch(Responder responder) const {
  return [state = state_, responder = std::move(responder)](const ChatRequest& request,
                                                            const CallContext& context) {
    return state->call(state->ledger_of_model(request.model), responder, request, context);
  };
}

Responder Monitor::watch(Responder responder, std::string_view name) const {
  return [state = state_, ledger = &state_->ledger(name), responder = std::move(responder)](
             const ChatRequest& request, const CallContext& context) {
    return state->call(*ledger, responder, request, context);
  };
}

void Monitor::record(const CallRecord& call) const {
  state_->ledger(call.model).add([&call](CallRecord& kept) {
    kept = call;
    kept.model.clear();
    if (kept.score && !is_score(*kept.score)) kept.score.reset();
  });
}

Result<std::size_t> Monitor::feedback(std::string_view id, double score) const {
  if (!is_score(score))
    return invalid_request(
        "The score is not from 0 to 1; give 0 for a bad answer and 1 for a good one.");
  std::size_t taken = 0;
  if (!id.empty())
    for (Ledger* const ledger : state_->ledgers())
      if (ledger->score(id, score)) ++taken;
  if (taken > 0) return taken;
  return Error{.kind = ErrorKind::not_found,
               .message = fmt::format("No kept call has the id {}; give the one of an answer that "
                                      "is not older than the last calls of its model.",
                                      in_quotes(id)),
               .code = "call_not_found"};
}

ModelStats Monitor::stats(std::string_view model) const {
  const Ledger* ledger = state_->find(model);
  std::string spec;
  if (ledger == nullptr) ledger = state_->find(spec = spec_of(model));
  return ledger == nullptr ? ModelStats{.model = std::move(spec)} : ledger->stats();
}

std::vector<ModelStats> Monitor::stats() const {
  std::vector<ModelStats> all;
  for (const Ledger* const ledger : state_->ledgers()) all.push_back(ledger->stats());
  return all;
}

}  // namespace FineTuning
