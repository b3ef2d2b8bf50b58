#pragma once

// The requests of generateContent: the larger half of that dialect.

#include "dialects/chat_body.hpp"
#include "dialects/dialect.hpp"

#include <string>
#include <string_view>

namespace FineTuning::internal {

/// Most calls arrive without an id, so one is made up: this and a number. It is never sent back:
/// the calls of the next answer get the same ids, and two calls with one id are worse than two
/// without.
inline constexpr std::string_view made_up_id = "unnamed_call_";

/// As DialectFunctions::encode. The model and whether to stream are part of the URL.
[[nodiscard]] Result<std::string> encode_gemini(const ChatRequest& request,
                                                std::string_view model_id, const Accent& accent,
                                                bool stream);

}  // namespace FineTuning::internal
