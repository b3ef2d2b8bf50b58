#pragma once

// Drives a call through a list of answers, step by step, with made-up time and dice.

#include "call/call.hpp"
#include "call/sentences.hpp"
#include "support/canned_transport.hpp"
#include "support/catch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace FineTuning::test {

using Steps = std::vector<std::string>;

inline constexpr internal::Call::Now call_start{
    .steady = std::chrono::steady_clock::time_point(std::chrono::hours(1)),
    .wall = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(12)};

/// What became of a call.
struct Life {
  Steps steps{};                       ///< "authorize", "refresh", "look up", "send 1", "wait 1 s"
  std::vector<http::Exchange> sent{};  ///< With the look-ups.
  std::vector<std::string> logged{};   ///< The URLs of `sent` as logs show them.
  std::string error_waited_on{};       ///< What the last wait followed.
  Result<internal::Success> result = Error{};
};

/// How often the request was sent, without look-ups.
inline std::size_t sends(const Life& life) {
  return static_cast<std::size_t>(
      std::count_if(life.steps.begin(), life.steps.end(),
                    [](const std::string& step) { return step.starts_with("send"); }));
}

/// What a call meets.
struct CallDriver {
  std::vector<Answer> answers{};
  double dice = 0;
  std::chrono::milliseconds exchange_takes = std::chrono::seconds(1);
  Result<http::Headers> key = http::Headers{{"Authorization", "Bearer sk-secret"}};
  std::string stop_after{};             ///< A step after which the caller wants no more.
  std::function<void()> on_exchange{};  ///< Called before each exchange is answered.

  Life live(internal::CallPlan plan, internal::AnswerReader& reader) const {
    using internal::Call;
    Life life;
    Call::Now now = call_start;
    Call call(std::move(plan), reader, now);
    while (true) {
      const Call::Step step = call.next(now);
      if (std::holds_alternative<Call::Done>(step)) break;
      if (const auto* authorize = std::get_if<Call::Authorize>(&step)) {
        life.steps.emplace_back(authorize->refresh ? "refresh" : "authorize");
        call.authorized(key);
      } else if (const auto* send = std::get_if<Call::Send>(&step)) {
        note(*send, life);
        now.steady += exchange_takes;
        exchange(call, answers[life.sent.size() - 1], now);
      } else {
        const auto& wait = std::get<Call::Wait>(step);
        life.steps.push_back("wait " + internal::spelled(wait.duration));
        life.error_waited_on = wait.after->message;
        now.steady += wait.duration;
        call.waited();
      }
      if (life.steps.back() == stop_after) call.stop();
    }
    life.result = std::move(call).result(now);
    return life;
  }

 private:
  void note(const internal::Call::Send& send, Life& life) const {
    life.steps.push_back(send.attempt == 0 ? "look up" : fmt::format("send {}", send.attempt));
    life.sent.push_back(*send.exchange);
    life.logged.emplace_back(send.url);
    REQUIRE(life.sent.size() <= answers.size());
  }

  void exchange(internal::Call& call, const Answer& answer, internal::Call::Now now) const {
    constexpr std::size_t piece = 5;
    if (on_exchange) on_exchange();
    if (answer.status != 0) call.heard(http::Head{answer.status, answer.headers});
    http::Flow flow = http::Flow::go_on;
    for (std::size_t at = 0; at < answer.body.size() && flow != http::Flow::stop; at += piece)
      flow = call.heard(std::string_view(answer.body).substr(at, piece));
    call.exchanged(answer.outcome(), now, dice);
  }
};

/// An exchange that fails, after `body` if it got as far as that.
inline Answer failing(http::Failure::Kind kind, http::Phase phase, bool reached,
                      std::string body = "") {
  return {
      .status = phase == http::Phase::receiving ? 200 : 0,
      .body = std::move(body),
      .failure = http::Failure{
          .kind = kind, .phase = phase, .may_have_reached_server = reached, .message = "it broke"}};
}

}  // namespace FineTuning::test
