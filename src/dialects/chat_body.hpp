#pragma once

// The parts of a request's body that the dialects write alike, and what is checked of every
// request.

#include "json/writer.hpp"

#include <FineTuning/internal/errors.hpp>
#include <FineTuning/message.hpp>
#include <FineTuning/result.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace FineTuning::internal {

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
[[nodiscard]] Result<void> check_request(const ChatRequest& request);

/// The finished body: checked, and with ChatRequest::extra merged into it.
[[nodiscard]] Result<std::string> finish_body(JsonWriter&& writer, const ChatRequest& request);

}  // namespace FineTuning::internal
