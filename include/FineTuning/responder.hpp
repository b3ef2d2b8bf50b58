#pragma once

// Anything that answers: the one shape that a Chat and everything made of Chats have in common.

#include <FineTuning/message.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>

namespace FineTuning {

/// A piece of an answer, as it arrives. Its views are valid during the call only.
struct StreamEvent {
  enum class Kind : std::uint8_t {
    text,       ///< A piece of ChatResponse::content.
    tool_call,  ///< A piece of the arguments of a tool call.
    reasoning,  ///< A piece of ChatResponse::reasoning.
    citation,   ///< A whole citation.
  };
  Kind kind = Kind::text;
  std::string_view text{};       ///< The piece; of a tool call, of its arguments.
  std::size_t index = 0;         ///< Of the tool call.
  std::string_view tool_name{};  ///< With the first piece of a tool call.
  const Citation* citation = nullptr;
};

/// One step in the life of a call, for logs. Holds no secret and no content.
struct TraceEvent {
  enum class Kind : std::uint8_t {
    sending,   ///< An attempt begins.
    waiting,   ///< An attempt failed with `error`; the next one comes after `wait`.
    next_arm,  ///< A fallback asks the next one; `error` is what the last one said.
  };
  Kind kind = Kind::sending;
  std::string_view model{};  ///< The spec.
  std::string_view url{};
  int attempt = 0;  ///< From 1; of next_arm: the arm.
  std::chrono::milliseconds wait{};
  const Error* error = nullptr;
};

/// What travels with one call through everything that is nested.
struct CallContext {
  /// Takes the pieces of the answer; false stops the call. Where it is empty, nothing is streamed.
  /// It runs on the caller's thread; what it throws reaches the caller.
  std::function<bool(const StreamEvent&)> on_event{};
  std::stop_token stop{};
  std::optional<std::chrono::steady_clock::time_point> deadline{};
  std::function<void(const TraceEvent&)> trace{};
};

/// Anything that answers. The response comes back whole, also when it was streamed.
using Responder = std::function<Result<ChatResponse>(const ChatRequest&, CallContext&)>;

}  // namespace FineTuning
