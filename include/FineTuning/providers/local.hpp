#pragma once

// Any OpenAI-compatible server at an address of the user's: llama.cpp, vLLM, Ollama, a router.

#include <FineTuning/provider.hpp>

namespace FineTuning::providers {

/// Any OpenAI-compatible server: Account::base_url, or LOCAL_BASE_URL, gives its address.
inline constexpr Provider local{
    .name = "local",
    .title = "Local server",
    .refused_characters = "",
    .dialect = Dialect::openai_chat,
    .accent = {.asks_for_stream_usage = true},
    .chat_path = "/chat/completions",
    .key_variable = "LOCAL_API_KEY",
    .key_is_optional = true,
};

}  // namespace FineTuning::providers
