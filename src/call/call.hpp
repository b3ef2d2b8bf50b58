#pragma once

// The life of one call, as a machine that says what to do next and never does it: time and dice are
// handed in, and whoever drives it does the waiting, the sending and the asking for a key.

#include "dialects/dialect.hpp"

#include <FineTuning/catalog.hpp>
#include <FineTuning/http.hpp>
#include <FineTuning/model.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace FineTuning::internal {

/// What a call has to do, checked and encoded.
struct CallPlan {
  Model model;
  const DialectFunctions* dialect = nullptr;
  bool stream = false;
  http::Exchange exchange{};  ///< The chat call, as yet without its key. No URL: see lookup.
  /// What to GET first for the endpoint behind the model, and how its name becomes the URL.
  std::optional<http::Exchange> lookup{};
  std::function<Result<std::string>(std::string_view endpoint)> url_of_endpoint{};

  Catalog catalog{};
  int max_retries = 0;
  bool retry_unknown_outcomes = false;
  bool key_is_refreshable = false;
  bool brings_key = false;             ///< The request's own headers carry it.
  std::size_t max_response_bytes = 0;  ///< 0: no limit.
  std::optional<std::chrono::steady_clock::time_point> deadline{};
  std::vector<std::string> secrets{};  ///< Never to be seen in an error.
};

class Call {
 public:
  /// Both of the clocks at one moment: durations are measured on one, dates are read from the
  /// other.
  struct Moment {
    std::chrono::steady_clock::time_point steady;
    std::chrono::system_clock::time_point wall;
  };

  /// What to do next. Pointers are valid until the call is told what came of it.
  struct Authorize {
    bool refresh;  ///< The last key was refused.
  };
  struct Send {
    const http::Exchange* exchange;
    int attempt;  ///< From 1; 0 for a look-up.
  };
  struct Wait {
    std::chrono::milliseconds duration;
    const Error* after;
  };
  struct Done {};
  using Step = std::variant<Authorize, Send, Wait, Done>;

  Call(CallPlan plan, Moment start);

  [[nodiscard]] Step next(Moment now);

  // Told by the driver, each after the step that it belongs to.
  /// The headers that carry the key; their values will be in no error.
  void authorized(const Result<http::Headers>& headers);
  void heard(const http::Head& head) { head_ = head; }
  [[nodiscard]] http::Flow heard(std::string_view piece, const Deliver& deliver);
  void exchanged(const std::optional<http::Failure>& failure, Moment now, double dice,
                 const Deliver& deliver);
  void waited() { begin_attempt(); }

  /// The caller wants no more; what has arrived goes into Error::partial.
  void stop() { stopped_ = true; }

  /// The endpoint that a look-up found; empty where none was made.
  [[nodiscard]] const std::string& found_endpoint() const { return found_endpoint_; }
  [[nodiscard]] Result<ChatResponse> result(Moment now) &&;

 private:
  enum class State { authorizing, sending, waiting, done };

  [[nodiscard]] http::Exchange& exchange() { return plan_.lookup ? *plan_.lookup : plan_.exchange; }
  [[nodiscard]] bool is_streaming() const;
  [[nodiscard]] bool is_too_large() const;
  bool absorb(const SseEvent& event, const Deliver& deliver);
  [[nodiscard]] std::string_view request_id() const;

  /// Forgets the exchange before.
  void begin_attempt();

  // What came of an exchange.
  void failed(http::Failure failure, Moment now, double dice);
  void refused(Moment now, double dice);
  void looked_up(Moment now);
  void answered(Moment now);
  void stream_ended(Moment now, double dice);

  /// What the provider said, made a whole sentence that begins with `opening`.
  [[nodiscard]] Error completed(Error error, std::string_view opening, Moment now) const;
  void retry_or_finish(Error error, bool may_retry, Moment now, double dice);
  void finish(Error error);
  void finish(ChatResponse response);

  CallPlan plan_;
  std::chrono::steady_clock::time_point start_;
  State state_ = State::authorizing;
  bool refreshes_key_ = false;
  bool has_refreshed_key_ = false;
  bool stopped_ = false;
  bool delivered_ = false;  // a piece has reached the caller: nothing is sent again
  int attempts_ = 0;
  int retries_ = 0;

  // Of the exchange that is going on.
  http::Head head_;
  std::string body_;
  std::size_t received_ = 0;
  EventReader events_;
  StreamState stream_;
  std::optional<Error> stream_error_;

  std::string found_endpoint_;
  std::chrono::milliseconds wait_{};
  Error last_error_;
  std::optional<Result<ChatResponse>> result_;
};

}  // namespace FineTuning::internal
