#pragma once

// Groq: https://api.groq.com/openai/v1. It does not fine-tune; the LoRAs it serves have ids without
// a form.

#include <FineTuning/models/groq.hpp>
#include <FineTuning/provider.hpp>

namespace FineTuning::providers {
namespace groq_facts {

inline constexpr StatusMeaning statuses[] = {
    {498, ErrorKind::overloaded},  // the capacity of the flex tier is exceeded
};

}  // namespace groq_facts

/// Groq, which serves models but does not fine-tune them.
inline constexpr Provider groq{
    .name = "groq",
    .title = "Groq",
    .routing_prefixes = "groq/",
    .models = groq_facts::models,
    .dialect = Dialect::openai_chat,
    .accent = {.max_tokens = "max_completion_tokens",
               .additions = "x_groq",
               .statuses = groq_facts::statuses},
    .base_url = "https://api.groq.com/openai/v1",
    .chat_path = "/chat/completions",
    .key_variable = "GROQ_API_KEY",
};

}  // namespace FineTuning::providers
