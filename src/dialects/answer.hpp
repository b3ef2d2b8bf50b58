#pragma once

// How an answer grows, whole or piece by piece, in every dialect.

#include "dialects/dialect.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace FineTuning::internal {

[[nodiscard]] inline Error malformed(std::string message) {
  return {.kind = ErrorKind::malformed_response, .message = std::move(message)};
}

/// How a provider spells a finish reason.
struct NamedReason {
  std::string_view name;
  FinishReason reason;
};

/// Keeps the reason as it is spelled; one that is not in the table is FinishReason::other.
void set_finish_reason(ChatResponse& response, std::string spelled,
                       std::span<const NamedReason> names);

/// Add a piece to the answer and deliver it, unless it is empty.
void add_text(ChatResponse& response, std::string_view text, const Deliver& deliver);
void add_reasoning(ChatResponse& response, std::string_view text, const Deliver& deliver);

/// Adds a piece to the tool call at `index`, and delivers it; fails if there cannot be so many.
[[nodiscard]] Result<void> add_tool_call(ChatResponse& response, std::size_t index, ToolCall piece,
                                         const Deliver& deliver);

void add_citation(ChatResponse& response, Citation citation, const Deliver& deliver);

/// For an answer that is read whole.
inline void deliver_nothing(const StreamEvent& /*event*/) {}

}  // namespace FineTuning::internal
