#pragma once

// What the dialects have in common: how an answer grows, and the parts of a body that are written
// alike.

#include "../dialect.hpp"
#include "../json_reader.hpp"
#include "../json_writer.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace FineTuning {

[[nodiscard]] inline Error malformed(std::string message) {
  return {.kind = ErrorKind::malformed_response, .message = std::move(message)};
}

[[nodiscard]] inline Error invalid_request(std::string message) {
  return {.kind = ErrorKind::invalid_request, .message = std::move(message)};
}

/// How a provider spells a finish reason.
struct NamedReason {
  std::string_view name;
  FinishReason reason;
};

/// Keeps the reason as it is spelled; one that has no name here is FinishReason::other.
void set_finish_reason(ChatResponse& response, std::string spelled,
                       std::span<const NamedReason> names);

/// Add a piece to the answer and hand it over, unless it is empty.
void add_text(ChatResponse& response, std::string_view text, const Deliver& deliver);
void add_reasoning(ChatResponse& response, std::string_view text, const Deliver& deliver);

/// Adds what a piece tells of the tool call at `index`, and hands it over; an error where there
/// cannot be so many.
[[nodiscard]] std::optional<Error> add_tool_call(ChatResponse& response, std::size_t index,
                                                 ToolCall piece, const Deliver& deliver);

void add_citation(ChatResponse& response, Citation citation, const Deliver& deliver);

/// For an answer that nobody watches growing.
inline void deliver_nothing(const StreamEvent& /*event*/) {}

/// "messages": [..] as chat completions write them, and others after them.
void write_messages(JsonWriter& body, const std::vector<Message>& messages);

/// "tools": [..] as chat completions write them.
void write_tools(JsonWriter& body, const std::vector<Tool>& tools);

/// "key": ["..", ..]
void write_texts(JsonWriter& body, std::string_view key, const std::vector<std::string>& texts);

/// The text parts of a message, one after the other.
[[nodiscard]] std::string joined_text(const Message& message);

/// "data:image/png;base64,..", or the URL.
[[nodiscard]] std::string image_url(const Image& image);

/// The bytes in base64.
[[nodiscard]] std::string base64(std::string_view bytes);

[[nodiscard]] bool is_json_object(std::string_view text);

/// Checks what no dialect can write: images where there can be none, and JSON texts (schemas,
/// extra) that are none.
[[nodiscard]] std::optional<Error> check_request(const ChatRequest& request);

/// The finished body: checked, and with ChatRequest::extra merged into it.
[[nodiscard]] Result<std::string> finish_body(JsonWriter&& writer, const ChatRequest& request);

}  // namespace FineTuning
