#pragma once

// Anything that answers: what a Chat and everything that is made of Chats have in common.

#include <FineTuning/enum_names.hpp>
#include <FineTuning/internal/errors.hpp>
#include <FineTuning/message.hpp>
#include <FineTuning/result.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace FineTuning {

/// A piece of an answer, as it arrives. Its views are valid only while CallContext::on_event runs.
struct StreamEvent {
  /// What it is a piece of.
  enum class Kind : std::uint8_t {
    text,       ///< A piece of ChatResponse::content.
    tool_call,  ///< A piece of the arguments of a tool call.
    reasoning,  ///< A piece of ChatResponse::reasoning.
    citation,   ///< A whole citation.
  };
  Kind kind = Kind::text;              ///< What it is a piece of.
  std::string_view text{};             ///< The piece; of a tool call, a piece of its arguments.
  std::size_t index = 0;               ///< Of the tool call, in ChatResponse::tool_calls.
  std::string_view tool_name{};        ///< With the first piece of a tool call.
  const Citation* citation = nullptr;  ///< With Kind::citation; otherwise null.
};

/// One step in the life of a call, for logs. Holds no secret and no content. Its views and its
/// error are valid only while CallContext::trace runs.
struct TraceEvent {
  /// What is about to happen.
  enum class Kind : std::uint8_t {
    sending,   ///< An attempt begins.
    waiting,   ///< An attempt failed with `error`; the next one comes after `wait`.
    next_arm,  ///< A fallback asks the next arm; `error` is what the last one said.
    chosen,    ///< A router or a split has chosen `arm`.
  };
  Kind kind = Kind::sending;  ///< What is about to happen.
  /// As the request names it; in the events of a Chat with the provider in front.
  std::string_view model{};
  std::string_view url{};  ///< For sending.
  std::string_view arm{};  ///< For chosen: its name.
  int attempt = 0;  ///< For sending: from 1, and 0 for a look-up. For next_arm: the arm, from 1.
  std::chrono::milliseconds wait{};  ///< For waiting.
  /// Null for sending; for chosen: why a classifier could not choose, or null.
  const Error* error = nullptr;
};

template <>
inline constexpr auto internal::enum_names<TraceEvent::Kind> =
    std::to_array<std::string_view>({"sending", "waiting", "next_arm", "chosen"});

/// Passed along with a call through every nested responder. Its functions run on the thread that
/// makes the call; if one throws, the call ends and the exception reaches the caller.
struct CallContext {
  /// Takes the pieces of the answer; false stops the call. If it is empty, nothing is streamed.
  std::function<bool(const StreamEvent&)> on_event{};
  /// Ends the call soon, whatever it waits for, with ErrorKind::cancelled.
  std::stop_token stop{};
  /// When the whole call has to be over, if ChatOptions::total_timeout does not end it earlier.
  std::optional<std::chrono::steady_clock::time_point> deadline{};
  /// Called with each step before it happens.
  std::function<void(const TraceEvent&)> trace{};
};

/// Anything that answers. The response comes back whole, even when it was streamed.
using Responder = std::function<Result<ChatResponse>(const ChatRequest&, const CallContext&)>;

/// What time it is. An empty function stands for the system's clock, so `Clock{}` is that clock;
/// give others to tests and simulations. Both are called from several threads at once.
struct Clock {
  /// Measures how long something takes.
  std::function<std::chrono::steady_clock::time_point()> steady{};
  /// Says when something happened.
  std::function<std::chrono::system_clock::time_point()> wall{};

  /// The time by `steady`.
  [[nodiscard]] std::chrono::steady_clock::time_point steady_now() const {
    return steady ? steady() : std::chrono::steady_clock::now();
  }
  /// The time by `wall`.
  [[nodiscard]] std::chrono::system_clock::time_point wall_now() const {
    return wall ? wall() : std::chrono::system_clock::now();
  }
};

namespace internal {

/// Asks a responder that may be empty.
inline Result<ChatResponse> ask(const Responder& responder, const ChatRequest& request,
                                const CallContext& context) {
  if (responder) return responder(request, context);
  return invalid_request("The responder is empty; give a Chat or another function that answers.");
}

}  // namespace internal

/// The same responder, asked for another model. Copies the request, once per call.
[[nodiscard]] inline Responder with_model(std::string model, Responder responder) {
  return [model = std::move(model), responder = std::move(responder)](ChatRequest request,
                                                                      const CallContext& context) {
    request.model = model;
    return internal::ask(responder, request, context);
  };
}

}  // namespace FineTuning
