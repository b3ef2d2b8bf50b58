#pragma once

// The models of Vertex AI, a row each.

#include <FineTuning/internal/model_table.hpp>

namespace FineTuning::providers::vertex_facts {

using internal::operator""_day;

// clang-format off
inline constexpr auto models = internal::checked_on("2026-11-22"_day, {
//  {model, alias, window, max output, capabilities (in the order of all_capabilities), prices {input, cached, output},
//   prices of its fine-tunes, training, last day, last day of its fine-tunes}
    {"chat-bison",                            "", 8192,    4096,  "y???????????", {0.125, {}, 0.125}},
    {"chat-bison-32k",                        "", 32000,   8192,  "y???????????", {0.125, {}, 0.125}},
    {"chat-bison-32k@002",                    "", 32000,   8192,  "y???????????", {0.125, {}, 0.125}},
    {"chat-bison@001",                        "", 8192,    4096,  "y???????????", {0.125, {}, 0.125}},
    {"chat-bison@002",                        "", 8192,    4096,  "y???????????", {0.125, {}, 0.125},    {}, {},  "2025-04-09"_day},
    {"gemini-1.0-pro",                        "", 32760,   8192,  "y?yy????????", {0.5, {}, 1.5}},
    {"gemini-1.0-pro-001",                    "", 32760,   8192,  "y?yy????????", {0.5, {}, 1.5},        {}, {},  "2025-04-09"_day},
    {"gemini-1.0-pro-002",                    "", 32760,   8192,  "y?yy???????y", {0.5, {}, 1.5},        {}, {},  "2025-04-09"_day},
    {"gemini-1.5-flash",                      "", 1000000, 8192,  "y?yyy???y?y?", {0.075, {}, 0.3}},
    {"gemini-1.5-flash-001",                  "", 1000000, 8192,  "yyyyy?yyy?yy", {0.075, {}, 0.03},     {}, 8,   "2025-05-24"_day},
    {"gemini-1.5-flash-002",                  "", 1048576, 8192,  "yyyyy?yyy?yy", {0.075, {}, 0.03},     {}, 8,   "2025-09-24"_day},
    {"gemini-1.5-pro",                        "", 2097152, 8192,  "y?yyy?y?y?y?", {1.25, {}, 5}},
    {"gemini-1.5-pro-001",                    "", 1000000, 8192,  "yyyyy?yyy?yy", {1.25, {}, 5},         {}, 80,  "2025-05-24"_day},
    {"gemini-1.5-pro-002",                    "", 2097152, 8192,  "yyyyy?yyy?yy", {1.25, {}, 5},         {}, 80,  "2025-09-24"_day},
    {"gemini-2.0-flash",                      "", 1048576, 8192,  "yyyyyy??y?y?", {0.1, 0.025, 0.4},     {}, {},  "2026-06-01"_day},
    {"gemini-2.0-flash-001",                  "", 1048576, 8192,  "yyyyy?yyy?yy", {0.15, 0.0375, 0.6},   {}, {},  "2026-06-01"_day},
    {"gemini-2.0-flash-lite",                 "", 1048576, 8192,  "yyyyy?y?y?y?", {0.075, 0.01875, 0.3}, {}, {},  "2026-06-01"_day},
    {"gemini-2.0-flash-lite-001",             "", 1048576, 8192,  "yyyyy?y?y?yy", {0.075, 0.01875, 0.3}, {}, {},  "2026-06-01"_day},
    {"gemini-2.5-flash",                      "", 1048576, 65536, "yyyyyyyyyyyy", {0.3, 0.03, 2.5},      {}, 5,   "2026-10-20"_day},
    {"gemini-2.5-flash-lite",                 "", 1048576, 65536, "yyyyyyyyyyyy", {0.1, 0.01, 0.4},      {}, 1.5, "2026-10-20"_day},
    {"gemini-2.5-flash-lite-preview-06-17",   "", 1048576, 65535, "yyyyy?yyyyy?", {0.1, 0.025, 0.4},     {}, {},  "2025-11-18"_day},
    {"gemini-2.5-flash-lite-preview-09-2025", "", 1048576, 65535, "yyyyy?y?yyy?", {0.1, 0.01, 0.4}},
    {"gemini-2.5-flash-preview-04-17",        "", 1048576, 65535, "yyyyy?yyyyy?", {0.15, 0.0375, 0.6}},
    {"gemini-2.5-flash-preview-05-20",        "", 1048576, 65535, "yyyyy?yyyyy?", {0.15, 0.075, 0.6}},
    {"gemini-2.5-flash-preview-09-2025",      "", 1048576, 65535, "yyyyy?y?yyy?", {0.3, 0.075, 2.5}},
    {"gemini-2.5-pro",                        "", 1048576, 65536, "yyy?yyyyyyyy", {1.25, 0.125, 10},     {}, 25,  "2026-10-20"_day},
    {"gemini-2.5-pro-preview-03-25",          "", 1048576, 65535, "yyyyy?yyyyy?", {1.25, 0.3125, 10}},
    {"gemini-2.5-pro-preview-05-06",          "", 1048576, 65535, "yyyyy?yyyyy?", {1.25, 0.3125, 10}},
    {"gemini-3-flash-preview",                "", 1048576, 65536, "yyyyyyyyyyy?", {0.5, 0.05, 3}},
    {"gemini-3-pro-preview",                  "", 1048576, 65535, "yyy?yyyyyyy?", {2, 0.2, 12},          {}, {},  "2026-03-26"_day},
    {"gemini-3-pro-preview-02-05",            "", {},      {},    "yyy?y?yyy?y?", {2, {}, 12}},
    {"gemini-3.1-flash-lite",                 "", 1048576, 65536, "yyyyyyyyyyyy", {0.25, 0.025, 1.5}},
    {"gemini-3.1-flash-lite-preview",         "", 1048576, 65536, "yyyyyyyyyyy?", {0.25, 0.025, 1.5}},
    {"gemini-3.1-pro-preview",                "", 1048576, 65536, "yyy?yyyyyyy?", {2, 0.2, 12}},
    {"gemini-3.1-pro-preview-customtools",    "", 1048576, 65536, "yyy?yyyyyyy?", {2, 0.2, 12}},
    {"gemini-3.5-flash",                      "", 1048576, 65536, "yyyyyyyyyyyy", {1.5, 0.15, 9}},
    {"gemini-3.5-flash-lite",                 "", 1048576, 65536, "yyyyyyyyyyy?", {0.3, 0.03, 2.5}},
    {"gemini-3.6-flash",                      "", 1048576, 65536, "yyyyyyyyyyy?", {1.5, 0.15, 7.5}},
    {"gemini-3.7-flash",                      "", 1048576, 65536, "yyy?yyyyy?y?", {0.75, 0.075, 3.75}},
    {"gemini-flash-latest",                   "", 1048576, 65536, "y?yyyyy?yyy?"},
    {"gemini-flash-lite-latest",              "", 1048576, 65536, "y?yyyyy?yyy?"},
    {"text-bison@001",                        "", 8192,    1024,  "n??????????y"},
    {"text-bison@002",                        "", 8192,    1024,  "n??????????y"},
});
// clang-format on

}  // namespace FineTuning::providers::vertex_facts
