// Counting calls. A watched call finds its model under a shared lock and counts under a lock of
// that model alone; the records that it fills are used again, so that in the long run a call that
// is neither streamed nor told to on_call allocates nothing.

#include "figures/nearest_rank.hpp"
#include "figures/total_time.hpp"
#include "patterns/billed.hpp"

#include <FineTuning/model.hpp>
#include <FineTuning/monitor.hpp>

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

/// Writes down what came of a call, over what the record had before.
void describe(const Result<ChatResponse>& result, CallRecord& call) {
  call.score.reset();
  if (!result) {
    call.response_model.clear();
    call.id.clear();
    call.error = result.error().kind;
    call.may_be_billed = may_be_billed(result.error());
    call.finish_reason.reset();
    call.usage = {};
    call.cost_usd.reset();
    call.attempts = result.error().attempts;
    return;
  }
  call.response_model = result->model;
  call.id = result->id;
  call.error.reset();
  call.may_be_billed = false;
  call.finish_reason = result->finish_reason;
  call.usage = result->usage;
  call.cost_usd = result->cost_usd;
  call.attempts = result->attempts;
}

constexpr std::string_view other_models = "other";
constexpr std::size_t longest_name = 2048;  // as the longest id of a provider

/// Whether a text that comes from outside may be told apart from others: every id may.
bool can_name_model(std::string_view text) {
  return text.size() <= longest_name &&
         std::none_of(text.begin(), text.end(), [](char c) { return is_in_no_id(c) && c != ' '; });
}

/// The spec of a model, or the text where it is none.
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

  /// Counts the call that `fill` writes over an old record.
  template <class Fill>
  void add(Fill fill) {
    const std::lock_guard lock(mutex_);
    CallRecord& call = next_record();
    fill(call);
    total_.add(call);
  }

  /// Gives the newest call of that id a score; false where none has the id.
  bool score(std::string_view id, double score) {
    const std::lock_guard lock(mutex_);
    for (std::size_t age = 1; age <= calls_.size(); ++age) {
      CallRecord& call = calls_[(next_ + calls_.size() - age) % calls_.size()];
      if (call.id != id) continue;
      if (!call.score) ++total_.scores;
      const double change = score - call.score.value_or(0);
      total_.total_score = std::clamp(total_.total_score + change, 0.0,
                                      static_cast<double>(total_.scores));  // rounded, beyond too
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
  /// The record to write the next call into: a new one, or the oldest when all are taken.
  CallRecord& next_record() {
    if (calls_.size() < Monitor::kept_calls) return calls_.emplace_back();
    CallRecord& oldest = calls_[next_];
    next_ = (next_ + 1) % Monitor::kept_calls;
    return oldest;
  }

  const std::string name_;
  mutable std::mutex mutex_;
  Figures total_;
  std::vector<CallRecord> calls_;  ///< The oldest at next_. Their models are name_, and left out.
  std::size_t next_ = 0;
};

}  // namespace

/// What copies and watched responders share: the ledgers, and which names lead to which.
class Monitor::Memory {
 public:
  explicit Memory(MonitorOptions options) : options_(std::move(options)) {}

  /// The ledger of exactly that name.
  Ledger& ledger(std::string_view name) {
    const std::unique_lock lock(mutex_);
    return ledger_under_lock(name);
  }

  /// The ledger of the model that a request names. Remembers which it is, of as many texts as there
  /// may be spellings of the models.
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

  /// Null where there is none.
  [[nodiscard]] const Ledger* find(std::string_view name) const {
    const std::shared_lock lock(mutex_);
    const auto at = ledgers_.find(name);
    return at == ledgers_.end() ? nullptr : at->second.get();
  }

  /// In the order of their names. They live as long as the memory.
  [[nodiscard]] std::vector<Ledger*> ledgers() const {
    const std::shared_lock lock(mutex_);
    std::vector<Ledger*> all;
    all.reserve(ledgers_.size());
    for (const auto& [name, ledger] : ledgers_) all.push_back(ledger.get());
    return all;
  }

  /// Asks, and counts what comes of it.
  Result<ChatResponse> call(Ledger& ledger, const Responder& responder, const ChatRequest& request,
                            const CallContext& context) const {
    Times times{.started = options_.clock.steady_now()};
    if (options_.on_call) times.started_at = options_.clock.wall_now();
    Result<ChatResponse> result = ask_or_count(ledger, responder, request, context, times);
    count(ledger, result, context, times);
    return result;
  }

 private:
  /// The times of one call.
  struct Times {
    std::chrono::steady_clock::time_point started;
    std::optional<std::chrono::steady_clock::time_point> first_text{};
    std::chrono::system_clock::time_point started_at{};  ///< Where on_call wants to know.
  };

  Ledger& ledger_under_lock(std::string_view name) {
    if (name.size() > longest_name) name = other_models;
    const auto at = ledgers_.find(name);
    if (at != ledgers_.end()) return *at->second;
    if (ledgers_.size() >= max_models) name = other_models;
    std::unique_ptr<Ledger>& ledger = ledgers_[std::string(name)];
    if (!ledger) ledger = std::make_unique<Ledger>(std::string(name));
    return *ledger;
  }

  /// Asks. An exception is counted before it goes on.
  Result<ChatResponse> ask_or_count(Ledger& ledger, const Responder& responder,
                                    const ChatRequest& request, const CallContext& context,
                                    Times& times) const {
    try {
      return ask(responder, request, context, times);
    } catch (...) {
      try {
        count(ledger, Error{.outcome_unknown = true}, context, times);
      } catch (...) {  // of on_call: why the call ended matters more
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
             const Times& times) const {
    const auto ended = options_.clock.steady_now();
    std::optional<CallRecord> told;
    ledger.add([&](CallRecord& call) {
      describe(result, call);
      call.started = times.started_at;
      call.latency = ended - times.started;
      call.streamed = static_cast<bool>(context.on_event);
      call.time_to_first_text.reset();
      if (times.first_text) call.time_to_first_text = *times.first_text - times.started;
      if (options_.on_call) told = call;
    });
    if (!told) return;
    told->model = ledger.name();
    options_.on_call(*told);
  }

  const MonitorOptions options_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::unique_ptr<Ledger>, std::less<>> ledgers_;  ///< None is ever removed.
  std::unordered_map<std::string, Ledger*> models_;  ///< By what requests call them.
};

Monitor::Monitor() : Monitor(MonitorOptions{}) {}
Monitor::Monitor(MonitorOptions options) : memory_(std::make_shared<Memory>(std::move(options))) {}

Responder Monitor::watch(Responder responder) const {
  return [memory = memory_, responder = std::move(responder)](const ChatRequest& request,
                                                              const CallContext& context) {
    return memory->call(memory->ledger_of_model(request.model), responder, request, context);
  };
}

Responder Monitor::watch(Responder responder, std::string_view name) const {
  return [memory = memory_, ledger = &memory_->ledger(name), responder = std::move(responder)](
             const ChatRequest& request, const CallContext& context) {
    return memory->call(*ledger, responder, request, context);
  };
}

void Monitor::record(const CallRecord& call) const {
  memory_->ledger(call.model).add([&call](CallRecord& kept) {
    kept = call;
    kept.model.clear();
    if (kept.score && !is_score(*kept.score)) kept.score.reset();
  });
}

Result<std::size_t> Monitor::feedback(std::string_view id, double score) const {
  if (!is_score(score))
    return Error{.kind = ErrorKind::invalid_request,
                 .message =
                     "The score is not from 0 to 1; give 0 for a bad answer and 1 for a good "
                     "one."};
  std::size_t taken = 0;
  if (!id.empty())
    for (Ledger* const ledger : memory_->ledgers())
      if (ledger->score(id, score)) ++taken;
  if (taken > 0) return taken;
  return Error{.kind = ErrorKind::not_found,
               .message = "No kept call has the id " + in_quotes(id) +
                          "; give the one of an answer that is not older than the last calls of "
                          "its model.",
               .code = "call_not_found"};
}

ModelStats Monitor::stats(std::string_view model) const {
  const Ledger* ledger = memory_->find(model);
  std::string spec;
  if (ledger == nullptr) ledger = memory_->find(spec = spec_of(model));
  return ledger == nullptr ? ModelStats{.model = std::move(spec)} : ledger->stats();
}

std::vector<ModelStats> Monitor::stats() const {
  std::vector<ModelStats> all;
  for (const Ledger* const ledger : memory_->ledgers()) all.push_back(ledger->stats());
  return all;
}

}  // namespace FineTuning
