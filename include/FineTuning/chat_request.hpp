#pragma once

// Requests as programs have them in files and logs: the bodies of OpenAI's chat completions.

#include <FineTuning/export.hpp>
#include <FineTuning/message.hpp>
#include <FineTuning/result.hpp>

#include <string_view>

namespace FineTuning {

/// A request read from a body.
struct ParsedChatRequest {
  ChatRequest request{};  ///< What is asked.
  bool stream = false;    ///< Whether the answer was to be streamed.
};

/// Reads the body of a chat completion, a JSON object; ChatRequest::model becomes what its `model`
/// says, which is a spec if the body is to be sent by a Chat. All members may be missing, or null.
/// Those that a ChatRequest does not have go into ChatRequest::extra; details that a ChatRequest
/// cannot express (an image's detail, a function's strict) are dropped. Fails with invalid_request;
/// the message names the member that is wrong, as in "messages[0].content is not an array".
[[nodiscard]] FINETUNING_EXPORT Result<ParsedChatRequest> parse_chat_request(std::string_view text);

}  // namespace FineTuning
