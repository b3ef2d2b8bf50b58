#pragma once

// The life of one call to a service, whatever it asks for, as a machine that says what to do next
// and never does it: time and dice are handed in, and whoever drives it does the waiting, the
// sending and the asking for a key. A driver may do so on its own thread or between other events.

#include "call/answer_reader.hpp"
#include "call/request.hpp"

#include <FineTuning/http.hpp>
#include <FineTuning/provider.hpp>
#include <FineTuning/result.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace FineTuning::internal {

/// What a call has to do, checked and encoded. What it points to outlives the call.
struct CallPlan {
  const Provider* provider = nullptr;  ///< Whom it asks.
  const RefusalReader* refusals = nullptr;
  Request request{};
  Limits limits{};
  bool key_is_refreshable = false;  ///< Of the account.
  /// The caller's: of this and Limits::total_timeout the earlier counts.
  std::optional<std::chrono::steady_clock::time_point> deadline{};
  std::vector<std::string> secrets{};  ///< Never to be seen in an error.
};

/// What is known of a call that went well, beside what its reader has.
struct Success {
  int attempts = 0;
  std::string request_id{};
  std::chrono::nanoseconds latency{};
};

class Call {
 public:
  /// What both clocks say: durations are measured on one, dates are read from the other.
  struct Now {
    std::chrono::steady_clock::time_point steady;
    std::chrono::system_clock::time_point wall;
  };

  /// What to do next. Pointers and views are valid until the call is told what became of it.
  struct Authorize {
    bool refresh;  ///< The last key was refused.
  };
  struct Send {
    const http::Exchange* exchange;
    int attempt;           ///< From 1; 0 for a look-up.
    std::string_view url;  ///< As a log may show it.
  };
  struct Wait {
    std::chrono::milliseconds duration;
    const Error* after;
  };
  struct Done {};
  using Step = std::variant<Authorize, Send, Wait, Done>;

  /// The reader outlives the call.
  Call(CallPlan plan, AnswerReader& reader, Now start);

  [[nodiscard]] Step next(Now now);

  // Told by the driver, each after the step that it belongs to.
  /// The headers that carry the key; their values will be in no error.
  void authorized(const Result<http::Headers>& headers);
  void heard(const http::Head& head);
  [[nodiscard]] http::Flow heard(std::string_view piece);
  void exchanged(const Result<void, http::Failure>& outcome, Now now, double dice);
  void waited() { begin_attempt(); }

  /// The caller wants no more.
  void stop() { stopped_ = true; }

  /// What became of it, once it is done.
  [[nodiscard]] Result<Success> result(Now now) &&;

 private:
  enum class State { authorizing, sending, waiting, done };
  using TimePoint = std::chrono::steady_clock::time_point;

  [[nodiscard]] const Limits& limits() const { return plan_.limits; }
  [[nodiscard]] http::Exchange& exchange() { return plan_.request.exchange; }
  [[nodiscard]] std::optional<TimePoint> deadline() const;
  [[nodiscard]] bool is_late(Now now) const;
  [[nodiscard]] bool is_too_large() const;
  [[nodiscard]] bool is_safe_to_repeat(const Error& error) const;
  [[nodiscard]] std::string_view request_id() const;

  void begin_request();
  void begin_attempt();  // forgets the exchange before
  [[nodiscard]] Step send(Now now);

  // What became of an exchange.
  void failed(http::Failure failure, Now now, double dice);
  void refused(Now now, double dice);
  void found_unusable(Unusable unusable, Now now, double dice);
  void go_on(Further further);

  /// What the service said, made whole sentences that begin with `opening`.
  [[nodiscard]] Error in_sentences(Error error, std::string_view opening, Now now) const;
  /// With all that is known of the attempt, and without secrets.
  [[nodiscard]] Error completed(Error error);
  void retry_or_finish(Error error, bool may_pass, Now now, double dice);
  void finish(Error error);
  /// Ends before another attempt, for a reason of its own: the last attempt's is its cause.
  void give_up(Error error);
  void fail();

  CallPlan plan_;
  AnswerReader* reader_;
  TimePoint start_;
  std::optional<TimePoint> time_limit_;  // until a request or an answer that may take long
  State state_ = State::authorizing;
  bool refreshes_key_ = false;
  bool has_refreshed_key_ = false;
  bool stopped_ = false;
  bool outcome_unknown_ = false;  // of any attempt
  int attempts_ = 0;
  int retries_ = 0;

  // Of the exchange that is going on.
  std::string shown_url_;
  http::Head head_;
  bool is_answer_ = false;               // and not a refusal
  std::string refusal_;                  // its beginning
  std::size_t received_ = 0;             // bytes
  http::Flow flow_ = http::Flow::go_on;  // what the reader wanted last

  std::chrono::milliseconds wait_{};
  Error last_error_;
  bool has_failed_ = false;
};

}  // namespace FineTuning::internal
