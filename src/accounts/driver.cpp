// Drives calls over a transport.

#include "accounts/driver.hpp"

#include "time/wait.hpp"

#include <chrono>
#include <exception>
#include <random>
#include <utility>
#include <variant>

namespace FineTuning::internal {
namespace {

Call::Now now() {
  return {.steady = std::chrono::steady_clock::now(), .wall = std::chrono::system_clock::now()};
}

double roll_dice() {
  static thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(generator);
}

/// Passes on to a call what arrives. What its reader throws is held until the transport has
/// unwound.
class CallListener final : public http::Listener {
 public:
  explicit CallListener(Call& call) : call_(call) {}

  http::Flow on_head(const http::Head& head) noexcept override {
    return guarded([&] {
      call_.heard(head);
      return http::Flow::go_on;
    });
  }
  http::Flow on_body(std::string_view piece) noexcept override {
    return guarded([&] { return call_.heard(piece); });
  }
  void rethrow() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  template <class F>
  http::Flow guarded(F&& hear) noexcept {
    try {
      return hear();
    } catch (...) {
      thrown_ = std::current_exception();
      return http::Flow::stop;
    }
  }

  Call& call_;
  std::exception_ptr thrown_;
};

/// One call while it is made. Each take() does a step, and returns false if it was the last.
class DrivenCall {
 public:
  DrivenCall(Call& call, const Provider& provider, std::string_view name,
             const CallContext& context, http::Transport& transport, const Accounts& accounts)
      : call_(call),
        provider_(provider),
        name_(name),
        context_(context),
        transport_(transport),
        accounts_(accounts) {}

  bool take_next() {
    if (context_.stop.stop_requested()) call_.stop();
    return std::visit([this](const auto& step) { return take(step); }, call_.next(now()));
  }

 private:
  bool take(const Call::Authorize& step) {
    call_.authorized(accounts_.key_headers(provider_, step.refresh));
    return true;
  }

  bool take(const Call::Send& step) {
    trace({.kind = TraceEvent::Kind::sending,
           .model = name_,
           .url = step.url,
           .attempt = step.attempt});
    CallListener listener(call_);
    const Result<void, http::Failure> outcome =
        transport_.perform(*step.exchange, listener, context_.stop);
    listener.rethrow();
    call_.exchanged(outcome, now(), roll_dice());
    return true;
  }

  bool take(const Call::Wait& step) {
    trace({.kind = TraceEvent::Kind::waiting,
           .model = name_,
           .wait = step.duration,
           .error = step.after});
    if (!wait_for(step.duration, context_.stop)) call_.stop();
    call_.waited();
    return true;
  }

  bool take(const Call::Done& /*step*/) { return false; }

  void trace(const TraceEvent& event) const {
    if (context_.trace) context_.trace(event);
  }

  Call& call_;
  const Provider& provider_;
  std::string_view name_;
  const CallContext& context_;
  http::Transport& transport_;
  const Accounts& accounts_;
};

}  // namespace

Result<Success> Driver::run(CallPlan plan, AnswerReader& reader, std::string_view name,
                            const CallContext& context) const {
  const Provider& provider = *plan.provider;
  plan.key_is_refreshable = accounts_.can_refresh_key(provider);
  plan.deadline = context.deadline;
  Call call(std::move(plan), reader, now());
  DrivenCall driven(call, provider, name, context, *transport_, accounts_);
  while (driven.take_next()) {
  }
  return std::move(call).result(now());
}

}  // namespace FineTuning::internal
