// How an answer grows, whole or piece by piece.

#include "dialects/answer.hpp"

#include <fmt/format.h>

#include <utility>

namespace FineTuning::internal {

void set_finish_reason(ChatResponse& response, std::string spelled,
                       std::span<const NamedReason> names) {
  response.raw_finish_reason = std::move(spelled);
  response.finish_reason = FinishReason::other;
  for (const NamedReason& row : names)
    if (row.name == response.raw_finish_reason) response.finish_reason = row.reason;
}

void add_text(ChatResponse& response, std::string_view text, const Deliver& deliver) {
  if (text.empty()) return;
  response.content += text;
  deliver({.kind = StreamEvent::Kind::text, .text = text});
}

void add_reasoning(ChatResponse& response, std::string_view text, const Deliver& deliver) {
  if (text.empty()) return;
  response.reasoning += text;
  deliver({.kind = StreamEvent::Kind::reasoning, .text = text});
}

Result<void> add_tool_call(ChatResponse& response, std::size_t index, ToolCall piece,
                           const Deliver& deliver) {
  constexpr std::size_t most_calls = 1024;  // no index may exhaust the memory
  if (index >= most_calls)
    return malformed(fmt::format("The answer has a tool call with the index {}.", index));
  if (index >= response.tool_calls.size()) response.tool_calls.resize(index + 1);
  ToolCall& whole = response.tool_calls[index];
  whole.arguments += piece.arguments;
  if (!piece.arguments.empty() || !piece.name.empty())
    deliver({.kind = StreamEvent::Kind::tool_call,
             .text = piece.arguments,
             .index = index,
             .tool_name = piece.name});
  if (!piece.id.empty()) whole.id = std::move(piece.id);
  if (!piece.name.empty()) whole.name = std::move(piece.name);
  if (!piece.signature.empty()) whole.signature = std::move(piece.signature);
  return {};
}

void add_citation(ChatResponse& response, Citation citation, const Deliver& deliver) {
  response.citations.push_back(std::move(citation));
  deliver({.kind = StreamEvent::Kind::citation, .citation = &response.citations.back()});
}

}  // namespace FineTuning::internal
