// Who is asked in which order: what a fallback remembers of its arms, and how it walks over them.

#include <FineTuning/fallback.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>

namespace FineTuning {

using namespace internal;

namespace {

using std::chrono::milliseconds;
using Time = std::chrono::steady_clock::time_point;

constexpr Time for_good = Time::max();
constexpr std::size_t most_rests = 1024;

/// Failures of who was asked, not of what was asked: the next request would meet them, too.
constexpr std::array arms_own_failures{
    ErrorKind::authentication,
    ErrorKind::permission_denied,
    ErrorKind::model_not_found,
    ErrorKind::quota_exhausted,
    ErrorKind::rate_limited,
    ErrorKind::overloaded,
    ErrorKind::server_error,
    ErrorKind::timed_out,
    ErrorKind::network,
    ErrorKind::tls,
    ErrorKind::malformed_response,
    ErrorKind::interrupted_stream,
};

/// Whether an arm has ended. One that is itself a fallback has not while another of its arms may
/// come back; what that one said is among the causes.
bool is_retired_for_good(const Error& error) {
  return error.kind == ErrorKind::model_retired &&
         std::all_of(error.causes.begin(), error.causes.end(), is_retired_for_good);
}

bool is_arms_own_failure(const Error& error) {
  return std::find(arms_own_failures.begin(), arms_own_failures.end(), error.kind) !=
         arms_own_failures.end();
}

/// now + wait, and where that cannot be counted, the last moment that is not for_good.
Time later(Time now, milliseconds wait) {
  const auto ahead = for_good - std::max(now, Time());  // a clock may begin below zero
  const auto longest = std::chrono::duration_cast<milliseconds>(ahead) - milliseconds(1);
  return now + std::min(wait, longest);
}

/// Until when an arm is not asked after this error; nothing where it may be asked at once.
std::optional<Time> end_of_rest(const Error& error, milliseconds cooldown, Time now,
                                std::optional<Time> deadline) {
  if (is_retired_for_good(error)) return for_good;
  const bool ran_out_of_callers_time =
      error.kind == ErrorKind::timed_out && deadline && now >= *deadline;
  if (cooldown <= milliseconds::zero() || ran_out_of_callers_time || !is_arms_own_failure(error))
    return std::nullopt;
  return later(now, std::max(cooldown, error.retry_after.value_or(cooldown)));
}

void forget_partial(Error& error) {
  error.partial.clear();
  for (Error& cause : error.causes) forget_partial(cause);
}

void append(std::vector<Error>& errors, std::vector<Error> more) {
  errors.insert(errors.end(), std::make_move_iterator(more.begin()),
                std::make_move_iterator(more.end()));
}

/// An arm that rests, and why.
struct Resting {
  std::size_t arm = 0;
  Error error{};
};

/// What one call does: whom it asks, in order, and whom it passes over unless it comes to them.
struct Plan {
  std::vector<std::size_t> order;
  std::vector<Resting> resting;
};

/// What the arms said that were passed over until the call ended at a step of the plan.
std::vector<Error> passed_over(Plan plan, std::size_t last_step) {
  const auto asked_end = plan.order.begin() + static_cast<std::ptrdiff_t>(last_step) + 1;
  std::vector<Error> errors;
  for (Resting& resting : plan.resting)
    if (std::find(plan.order.begin(), asked_end, resting.arm) == asked_end)
      errors.push_back(std::move(resting.error));
  return errors;
}

/// Why a plan has nobody to ask.
Error nobody_left(Plan plan) {
  if (plan.resting.empty())
    return {.kind = ErrorKind::invalid_request,
            .message = "The fallback has no arm to ask; give it at least one responder."};
  Error error{.kind = ErrorKind::model_retired,
              .message =
                  "The model of every arm of the fallback is retired, so none is asked; give "
                  "it an arm with a model that is not."};
  for (Resting& resting : plan.resting) error.causes.push_back(std::move(resting.error));
  return error;
}

/// Tells of what is left behind on the way to a step: who failed in the one before, and who rests
/// in between. The last resort may lie behind: nobody is in between then.
void trace_step(const CallContext& context, const ChatRequest& request, const Plan& plan,
                std::size_t step, const std::vector<Error>& failures) {
  if (!context.trace) return;
  const std::size_t arm = plan.order[step];
  TraceEvent event{.kind = TraceEvent::Kind::next_arm,
                   .model = request.model,
                   .attempt = static_cast<int>(arm) + 1};
  if (step > 0) {
    event.error = &failures.back();
    context.trace(event);
  }
  const std::size_t from = step > 0 ? plan.order[step - 1] : 0;
  for (const Resting& resting : plan.resting) {
    if (resting.arm < from || resting.arm >= arm) continue;
    event.error = &resting.error;
    context.trace(event);
  }
}

/// The caller's context, with a note of whether a piece of the answer has reached the caller.
CallContext watched(const CallContext& context, bool& delivered) {
  CallContext copy = context;
  if (context.on_event)
    copy.on_event = [&](const StreamEvent& event) {
      delivered = true;
      return context.on_event(event);
    };
  return copy;
}

}  // namespace

/// What a fallback remembers: which arm rests for which model, since when, until when, and why. All
/// members may be called from several threads at once.
class Fallback::Rests {
 public:
  /// Whom to ask now: who does not rest, and then who is ready first of those that do.
  [[nodiscard]] Plan plan(const std::string& model, std::size_t arms, Time now) const {
    const std::lock_guard lock(mutex_);
    Plan plan;
    std::optional<std::size_t> first_ready;
    Time earliest = for_good;
    for (std::size_t arm = 0; arm < arms; ++arm) {
      const auto rest = rests_.find({model, arm});
      if (rest == rests_.end() || rest->second.until <= now) {
        plan.order.push_back(arm);
        continue;
      }
      plan.resting.push_back({.arm = arm, .error = rest->second.error});
      if (rest->second.until >= earliest) continue;
      earliest = rest->second.until;
      first_ready = arm;
    }
    if (first_ready) plan.order.push_back(*first_ready);
    return plan;
  }

  /// An arm has failed and rests. One that is retired keeps the error that said so.
  void begin(const std::string& model, std::size_t arm, Error error, Time now, Time until) {
    forget_partial(error);
    const std::lock_guard lock(mutex_);
    std::erase_if(rests_, [&](const auto& entry) { return entry.second.until <= now; });
    Rest& rest = rests_[{model, arm}];
    if (rest.until == for_good) return;
    rest = {.since = now, .until = std::max(rest.until, until), .error = std::move(error)};
    if (rests_.size() > most_rests)
      rests_.erase(std::min_element(rests_.begin(), rests_.end(), [](const auto& a, const auto& b) {
        return a.second.until < b.second.until;
      }));
  }

  /// An arm has answered a call that began at that time.
  void end(const std::string& model, std::size_t arm, Time began) {
    const std::lock_guard lock(mutex_);
    const auto rest = rests_.find({model, arm});
    if (rest == rests_.end()) return;
    if (rest->second.since <= began && rest->second.until != for_good) rests_.erase(rest);
  }

 private:
  struct Rest {
    Time since = Time::min();
    Time until = Time::min();
    Error error{};
  };

  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::size_t>, Rest> rests_;
};

Fallback::Fallback(std::vector<Responder> arms, FallbackOptions options)
    : arms_(std::move(arms)), options_(std::move(options)), rests_(std::make_shared<Rests>()) {}

Result<ChatResponse> Fallback::operator()(const ChatRequest& request,
                                          const CallContext& context) const {
  bool delivered = false;
  CallContext arms_context = watched(context, delivered);
  Plan plan = rests_->plan(request.model, arms_.size(), options_.clock.steady_now());
  std::vector<Error> failures;
  for (std::size_t step = 0; step < plan.order.size(); ++step) {
    trace_step(context, request, plan, step, failures);
    const std::size_t arm = plan.order[step];
    const Time began = options_.clock.steady_now();
    Result<ChatResponse> response = ask(arms_[arm], request, arms_context);
    if (response) {
      rests_->end(request.model, arm, began);
      return response;
    }
    Error error = std::move(response).error();
    const Time now = options_.clock.steady_now();
    if (const auto until = end_of_rest(error, options_.cooldown, now, context.deadline))
      rests_->begin(request.model, arm, error, now, *until);
    const bool is_last = step + 1 == plan.order.size();
    if (is_last || delivered || !goes_on_after(error)) {
      std::vector<Error> causes = passed_over(std::move(plan), step);
      append(causes, std::move(failures));
      append(causes, std::move(error.causes));
      error.causes = std::move(causes);
      return error;
    }
    failures.push_back(std::move(error));
  }
  return nobody_left(std::move(plan));
}

bool Fallback::goes_on_after(const Error& error) const {
  if (error.kind == ErrorKind::cancelled) return false;
  return !error.outcome_unknown || options_.after_unknown_outcome;
}

}  // namespace FineTuning
