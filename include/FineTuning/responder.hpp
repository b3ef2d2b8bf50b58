#pragma once

// Anything that answers: the one shape that a Chat and everything made of Chats have in common.

#include <FineTuning/enum_names.hpp>
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

/// A piece of an answer, as it arrives. Its views are valid during the call only.
struct StreamEvent {
  /// What it is a piece of.
  enum class Kind : std::uint8_t {
    text,       ///< A piece of ChatResponse::content.
    tool_call,  ///< A piece of the arguments of a tool call.
    reasoning,  ///< A piece of ChatResponse::reasoning.
    citation,   ///< A whole citation.
  };
  Kind kind = Kind::text;              ///< What it is a piece of.
  std::string_view text{};             ///< The piece; of a tool call, of its arguments.
  std::size_t index = 0;               ///< Of the tool call, in ChatResponse::tool_calls.
  std::string_view tool_name{};        ///< With the first piece of a tool call.
  const Citation* citation = nullptr;  ///< Of Kind::citation; else null.
};

/// One step in the life of a call, for logs. Holds no secret and no content. Its views and its
/// error are valid during the call only.
struct TraceEvent {
  /// What is about to happen.
  enum class Kind : std::uint8_t {
    sending,   ///< An attempt begins.
    waiting,   ///< An attempt failed with `error`; the next one comes after `wait`.
    next_arm,  ///< A fallback asks the next one; `error` is what the last one said.
    chosen,    ///< A router or a split has chosen `arm`.
  };
  Kind kind = Kind::sending;  ///< What is about to happen.
  /// As the request names it; in the events of a Chat with its provider in front.
  std::string_view model{};
  std::string_view url{};  ///< Of sending.
  std::string_view arm{};  ///< Of chosen: its name.
  int attempt = 0;  ///< Of sending: from 1, and 0 for a look-up. Of next_arm: the arm, from 1.
  std::chrono::milliseconds wait{};  ///< Of waiting.
  /// Null while sending; of chosen: why a classifier could not choose, else null.
  const Error* error = nullptr;
};

template <>
inline constexpr auto internal::enum_names<TraceEvent::Kind> =
    std::to_array<std::string_view>({"sending", "waiting", "next_arm", "chosen"});

/// What travels with one call through everything that is nested. Its functions run on the thread
/// that makes the call, and what they throw ends the call and reaches the caller.
struct CallContext {
  /// Takes the pieces of the answer; false stops the call. Where it is empty, nothing is streamed.
  std::function<bool(const StreamEvent&)> on_event{};
  /// Ends the call soon, whatever it waits for, with ErrorKind::cancelled.
  std::stop_token stop{};
  /// When all of it has to be over; of this and ChatOptions::total_timeout the earlier counts.
  std::optional<std::chrono::steady_clock::time_point> deadline{};
  /// Hears what is done, before it is done.
  std::function<void(const TraceEvent&)> trace{};
};

/// Anything that answers. The response comes back whole, also when it was streamed.
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
  return Error{.kind = ErrorKind::invalid_request,
               .message = "The responder is empty; give a Chat or another function that answers."};
}

}  // namespace internal

/// The same responder, asked for another model. Copies the request, once a call.
[[nodiscard]] inline Responder with_model(std::string model, Responder responder) {
  return [model = std::move(model), responder = std::move(responder)](ChatRequest request,
                                                                      const CallContext& context) {
    request.model = model;
    return internal::ask(responder, request, context);
  };
}

}  // namespace FineTuning
