#pragma once

// The models that Groq serves, a row each.

#include <FineTuning/internal/model_table.hpp>

namespace FineTuning::providers::groq_facts {

using internal::operator""_day;

// clang-format off
inline constexpr auto models = internal::checked_on("2026-11-22"_day, {
//  {model, alias, window, max output, capabilities (in the order of all_capabilities), prices {input, cached, output},
//   prices of its fine-tunes, training, last day, last day of its fine-tunes}
    {"gemma-7b-it",                                   "", 8192,   8192,   "yyy?????n?yn", {0.05, {}, 0.08}},
    {"groq/compound",                                 "", 131072, 8192,   "yyn?nnn??nyn"},
    {"groq/compound-mini",                            "", 131072, 8192,   "yyn?nnn??nyn"},
    {"llama-3.1-8b-instant",                          "", 131072, 131072, "yyy?nnny?nyn", {0.05, {}, 0.08},     {}, {}, "2026-08-16"_day},
    {"llama-3.3-70b-versatile",                       "", 131072, 32768,  "yyy?nnny?nyn", {0.59, {}, 0.79},     {}, {}, "2026-08-16"_day},
    {"meta-llama/llama-4-maverick-17b-128e-instruct", "", 131072, 8192,   "yyy?y???y?yn", {0.2, {}, 0.6}},
    {"meta-llama/llama-4-scout-17b-16e-instruct",     "", 131072, 8192,   "yyy?yn??ynyn", {0.11, {}, 0.34}},
    {"moonshotai/kimi-k2-instruct-0905",              "", 262144, 16384,  "yyy?????y?yn", {1, 0.5, 3}},
    {"openai/gpt-oss-120b",                           "", 131072, 65536,  "y?yynnnyyyyn", {0.15, 0.075, 0.6}},
    {"openai/gpt-oss-20b",                            "", 131072, 65536,  "y?yynnnyyyyn", {0.075, 0.0375, 0.3}},
    {"qwen/qwen3-32b",                                "", 131072, 40960,  "yyy?nnn?nyyn", {0.29, {}, 0.59}},
});
// clang-format on

}  // namespace FineTuning::providers::groq_facts
