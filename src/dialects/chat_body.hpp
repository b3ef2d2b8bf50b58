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

/// "messages": [..] as chat completions write them.
void write_messages(JsonWriter& body, const std::vector<Message>& messages);

/// "tools": [..] as chat completions write them.
void write_tools(JsonWriter& body, const std::vector<Tool>& tools);

/// "key": ["..", ..]
void write_texts(JsonWriter& body, std::string_view key, const std::vector<std::string>& texts);

/// "data:image/png;base64,..", or the URL.
[[nodiscard]] std::string image_url(const Image& image);

/// The bytes in base64.
[[nodiscard]] std::string base64(std::string_view bytes);

/// True of a JSON object whose numbers a double can hold: others are not read everywhere.
[[nodiscard]] bool is_json_object(std::string_view text);

/// Refuses what no dialect can write: images of others than the user, and schemas or extra members
/// that are not JSON objects.
[[nodiscard]] Result<void> check_request(const ChatRequest& request);

/// The finished body: checked, and with ChatRequest::extra merged into it.
[[nodiscard]] Result<std::string> finish_body(JsonWriter&& writer, const ChatRequest& request);

}  // namespace FineTuning::internal
