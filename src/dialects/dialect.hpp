#pragma once

// A dialect is a protocol in JSON, both ways, as pure functions. Each is known in its own file of
// src/dialects/ and nowhere else.

#include "http/event_reader.hpp"

#include <FineTuning/http.hpp>
#include <FineTuning/message.hpp>
#include <FineTuning/provider.hpp>
#include <FineTuning/responder.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace FineTuning::internal {

/// A streamed answer while it grows.
struct StreamState {
  ChatResponse response{};
  bool is_whole = false;  ///< The answer is complete if the body ends here.
  bool is_over = false;   ///< The terminator has arrived: what follows is ignored.
};

/// Takes the pieces of an answer for the caller.
using Deliver = std::function<void(const StreamEvent&)>;

/// The Accent is that of the provider at the other end.
struct DialectFunctions {
  /// The body of a chat call; fails with invalid_request if the request cannot be written.
  Result<std::string> (*encode)(const ChatRequest&, std::string_view model_id, const Accent&,
                                bool stream);
  /// Reads a whole answer; fails with malformed_response.
  Result<ChatResponse> (*decode)(std::string_view body, const Accent&);
  /// Adds one event to the answer; fails if the event is an error or cannot be read.
  Result<void> (*absorb)(StreamState&, const SseEvent&, const Accent&, const Deliver&);
  /// What the body of a refusal says: kind, code and the provider's own words as message.
  Error (*explain)(int status, std::string_view body, const Accent&);
  /// The name of the endpoint in the answer to a look-up; empty if there is none. Null for a
  /// dialect without look-ups.
  Result<std::string> (*decode_lookup)(std::string_view body);
};

extern const DialectFunctions openai_chat_dialect;
extern const DialectFunctions gemini_dialect;
extern const DialectFunctions cohere_chat_dialect;

/// The functions of a dialect; null for Dialect::none.
[[nodiscard]] inline const DialectFunctions* functions_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::openai_chat: return &openai_chat_dialect;
    case Dialect::gemini: return &gemini_dialect;
    case Dialect::cohere_chat: return &cohere_chat_dialect;
    case Dialect::none: break;
  }
  return nullptr;
}

}  // namespace FineTuning::internal
