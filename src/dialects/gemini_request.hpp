#pragma once

// The requests of generateContent: the larger half of that dialect.

#include "dialects/chat_body.hpp"
#include "dialects/dialect.hpp"

#include <string>
#include <string_view>

namespace FineTuning::internal {

/// Most calls come without an id. The one that is made up for them, this and a number, is never
/// sent: it would come again with the next answer, and two calls of one id are worse than two of
/// none.
inline constexpr std::string_view made_up_id = "unnamed_call_";

/// As DialectFunctions::encode. The model and whether to stream stand in the URL.
[[nodiscard]] Result<std::string> encode_gemini(const ChatRequest& request,
                                                std::string_view model_id, const Accent& accent,
                                                bool stream);

}  // namespace FineTuning::internal
