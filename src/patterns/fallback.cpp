// Who is asked in which order: which arms of a fallback cool down, and how a call goes through
// them.

#include <FineTuning/fallback.hpp>
#include <FineTuning/internal/errors.hpp>
#include <FineTuning/model.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace FineTuning {

using namespace internal;

namespace {

using std::chrono::milliseconds;
using Time = std::chrono::steady_clock::time_point;

constexpr Time for_good = Time::max();
constexpr std::size_t max_cooldowns = 1024;

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

/// now + wait, or the last moment before for_good if the sum would overflow.
Time time_after(Time now, milliseconds wait) {
  const auto ahead = for_good - std::max(now, Time());  // a clock may begin below zero
  const auto longest = std::chrono::duration_cast<milliseconds>(ahead) - milliseconds(1);
  return now + std::min(wait, longest);
}

/// Until when an arm is skipped after this error; nothing if it may be asked at once.
std::optional<Time> end_of_cooldown(const Error& error, milliseconds cooldown, Time now,
                                    std::optional<Time> deadline) {
  if (is_retired_for_good(error)) return for_good;
  const bool ran_out_of_callers_time =
      error.kind == ErrorKind::timed_out && deadline && now >= *deadline;
  if (cooldown <= milliseconds::zero() || ran_out_of_callers_time || !is_arms_own_failure(error))
    return std::nullopt;
  return time_after(now, std::max(cooldown, error.retry_after.value_or(cooldown)));
}

void clear_partial(Error& error) {
  error.partial.clear();
  for (Error& cause : error.causes) clear_partial(cause);
}

void append(std::vector<Error>& errors, std::vector<Error> more) {
  errors.insert(errors.end(), std::make_move_iterator(more.begin()),
                std::make_move_iterator(more.end()));
}

/// An arm that cools down, and why.
struct CoolingArm {
  std::size_t arm = 0;
  Error error{};
};

/// What one call does: which arms it asks, in order, and which cool down; one of these may be asked
/// as the last resort.
struct Plan {
  std::vector<std::size_t> order;
  std::vector<CoolingArm> cooling;
};

/// The errors of the arms that were skipped, in a call that ended at a step of the plan.
std::vector<Error> errors_of_skipped_arms(Plan plan, std::size_t last_step) {
  const auto asked_end = plan.order.begin() + static_cast<std::ptrdiff_t>(last_step) + 1;
  std::vector<Error> errors;
  for (CoolingArm& cooling : plan.cooling)
    if (std::find(plan.order.begin(), asked_end, cooling.arm) == asked_end)
      errors.push_back(std::move(cooling.error));
  return errors;
}

/// The error that ended a call at a step of the plan, with what all other arms said as its causes.
Error with_causes(Error error, Plan plan, std::size_t last_step, std::vector<Error> failures) {
  std::vector<Error> causes = errors_of_skipped_arms(std::move(plan), last_step);
  append(causes, std::move(failures));
  append(causes, std::move(error.causes));
  error.causes = std::move(causes);
  return error;
}

/// Why a plan asks no arm.
Error no_arm_to_ask(Plan plan) {
  if (plan.cooling.empty())
    return invalid_request("The fallback has no arm to ask; give it at least one responder.");
  Error error{.kind = ErrorKind::model_retired,
              .message =
                  "The model of every arm of the fallback is retired, so none is asked; give "
                  "it an arm with a model that is not."};
  for (CoolingArm& cooling : plan.cooling) error.causes.push_back(std::move(cooling.error));
  return error;
}

/// Traces what is left behind on the way to a step: the arm that failed in the step before, and the
/// arms in between, which cool down. The last resort may be an earlier arm: none is in between
/// then.
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
  for (const CoolingArm& cooling : plan.cooling) {
    if (cooling.arm < from || cooling.arm >= arm) continue;
    event.error = &cooling.error;
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

/// Which arm cools down for which model, since when, until when, and why. All members may be called
/// from several threads at once.
class Fallback::Cooldowns {
 public:
  /// Whom to ask now: the arms that do not cool down, and then the one whose cooldown ends first.
  [[nodiscard]] Plan plan(const std::string& model, std::size_t arms, Time now) const {
    const std::lock_guard lock(mutex_);
    Plan plan;
    std::optional<std::size_t> first_ready;
    Time earliest = for_good;
    for (std::size_t arm = 0; arm < arms; ++arm) {
      const auto known = cooldowns_.find({model, arm});
      if (known == cooldowns_.end() || known->second.until <= now) {
        plan.order.push_back(arm);
        continue;
      }
      const Cooldown& cooldown = known->second;
      plan.cooling.push_back({.arm = arm, .error = cooldown.error});
      if (cooldown.until >= earliest) continue;
      earliest = cooldown.until;
      first_ready = arm;
    }
    if (first_ready) plan.order.push_back(*first_ready);
    return plan;
  }

  /// An arm has failed. One that is retired keeps the error that said so.
  void start(const std::string& model, std::size_t arm, Error error, Time now, Time until) {
    clear_partial(error);
    const std::lock_guard lock(mutex_);
    std::erase_if(cooldowns_, [&](const auto& entry) { return entry.second.until <= now; });
    Cooldown& cooldown = cooldowns_[{model, arm}];
    if (cooldown.until == for_good) return;
    cooldown = {.since = now, .until = std::max(cooldown.until, until), .error = std::move(error)};
    if (cooldowns_.size() > max_cooldowns) erase_shortest();
  }

  /// An arm has answered a call that began at that time.
  void end(const std::string& model, std::size_t arm, Time began) {
    const std::lock_guard lock(mutex_);
    const auto known = cooldowns_.find({model, arm});
    if (known == cooldowns_.end()) return;
    if (known->second.since <= began && known->second.until != for_good) cooldowns_.erase(known);
  }

 private:
  struct Cooldown {
    Time since = Time::min();
    Time until = Time::min();
    Error error{};
  };

  void erase_shortest() {
    cooldowns_.erase(std::min_element(
        cooldowns_.begin(), cooldowns_.end(),
        [](const auto& a, const auto& b) { return a.second.until < b.second.until; }));
  }

  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::size_t>, Cooldown> cooldowns_;
};

Fallback::Fallback(std::vector<Responder> arms, FallbackOptions options)
    : arms_(std::move(arms)),
      options_(std::move(options)),
      cooldowns_(std::make_shared<Cooldowns>()) {}

Result<ChatResponse> Fallback::operator()(const ChatRequest& request,
                                          const CallContext& context) const {
  bool delivered = false;
  const CallContext arms_context = watched(context, delivered);
  Plan plan = cooldowns_->plan(request.model, arms_.size(), options_.clock.steady_now());
  std::vector<Error> failures;
  for (std::size_t step = 0; step < plan.order.size(); ++step) {
    trace_step(context, request, plan, step, failures);
    const std::size_t arm = plan.order[step];
    const Time began = options_.clock.steady_now();
    Result<ChatResponse> response = ask(arms_[arm], request, arms_context);
    if (response) {
      cooldowns_->end(request.model, arm, began);
      return response;
    }
    Error error = std::move(response).error();
    const Time now = options_.clock.steady_now();
    if (const auto until = end_of_cooldown(error, options_.cooldown, now, context.deadline))
      cooldowns_->start(request.model, arm, error, now, *until);
    const bool is_last = step + 1 == plan.order.size();
    if (is_last || delivered || !goes_on_after(error))
      return with_causes(std::move(error), std::move(plan), step, std::move(failures));
    failures.push_back(std::move(error));
  }
  return no_arm_to_ask(std::move(plan));
}

bool Fallback::goes_on_after(const Error& error) const {
  if (error.kind == ErrorKind::cancelled) return false;
  return !error.outcome_unknown || options_.after_unknown_outcome;
}

Fallback with_base(const Model& model, const Responder& responder, FallbackOptions options) {
  std::vector<Responder> arms{with_model(model.spec(), responder)};
  if (const Result<Model> base = model.base()) arms.push_back(with_model(base->spec(), responder));
  return Fallback(std::move(arms), std::move(options));
}

}  // namespace FineTuning
