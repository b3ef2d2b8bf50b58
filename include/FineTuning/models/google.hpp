#pragma once

// The models of the Gemini API, a row each.

#include <FineTuning/internal/model_table.hpp>

namespace FineTuning::providers::google_facts {

using internal::operator""_day;

// clang-format off
inline constexpr auto models = internal::checked_on("2026-11-22"_day, {
//  {model, alias, window, max output, capabilities (in the order of all_capabilities), prices {input, cached, output},
//   prices of its fine-tunes, training, last day, last day of its fine-tunes}
    {"chat-bison-001",                        "", 8192,    4096,  "y??????????n", {0.125, {}, 0.125}},
    {"gemini-1.5-flash",                      "", 1048576, 8192,  "yyy?y?yyy?yn", {0.075, 0.01875, 0.3}},
    {"gemini-1.5-flash-001",                  "", 1048576, 8192,  "yyy?y?yyy?yn", {0.075, 0.01875, 0.3},   {}, {}, "2025-05-24"_day},
    {"gemini-1.5-flash-001-tuning",           "", {},      {},    "yyy?y?yyy??y"},
    {"gemini-1.5-flash-002",                  "", 1048576, 8192,  "yyy?y?yyy?yn", {0.075, 0.01875, 0.3},   {}, {}, "2025-09-24"_day},
    {"gemini-1.5-flash-8b",                   "", 1048576, 8192,  "yyy?y?yyy?yn", {0.0375, 0.01875, 0.15}},
    {"gemini-1.5-pro",                        "", 2097152, 8192,  "yyy?y?yyy?yn", {1.25, {}, 5}},
    {"gemini-1.5-pro-001",                    "", 2097152, 8192,  "yyy?y?yyy?yn", {1.25, {}, 5},           {}, {}, "2025-05-24"_day},
    {"gemini-1.5-pro-002",                    "", 2097152, 8192,  "yyy?y?yyy?yn", {1.25, {}, 5},           {}, {}, "2025-09-24"_day},
    {"gemini-2.0-flash",                      "", 1048576, 8192,  "yyy?yyyyynyn", {0.1, 0.025, 0.4},       {}, {}, "2026-06-01"_day},
    {"gemini-2.0-flash-001",                  "", 1048576, 8192,  "yyy?y?y?y?yn", {0.1, 0.025, 0.4},       {}, {}, "2026-06-01"_day},
    {"gemini-2.0-flash-lite",                 "", 1048576, 8192,  "yyy?yyy?ynyn", {0.075, 0.01875, 0.3},   {}, {}, "2026-06-01"_day},
    {"gemini-2.0-flash-lite-001",             "", 1048576, 8192,  "yyy?y?y?y?yn", {0.075, 0.01875, 0.3},   {}, {}, "2026-06-01"_day},
    {"gemini-2.5-flash",                      "", 1048576, 65536, "yyyyyyyyyyyn", {0.3, 0.03, 2.5},        {}, {}, "2026-12-01"_day},
    {"gemini-2.5-flash-lite",                 "", 1048576, 65536, "yyyyyyyyyyyn", {0.1, 0.01, 0.4}},
    {"gemini-2.5-flash-lite-preview-06-17",   "", 1048576, 65535, "yyyyy?yyyyyn", {0.1, 0.025, 0.4},       {}, {}, "2025-11-18"_day},
    {"gemini-2.5-flash-lite-preview-09-2025", "", 1048576, 65535, "y?yyy?y?yyyn", {0.1, 0.01, 0.4}},
    {"gemini-2.5-flash-preview-09-2025",      "", 1048576, 65535, "y?yyy?y?yyyn", {0.3, 0.03, 2.5}},
    {"gemini-2.5-pro",                        "", 1048576, 65536, "yyy?yyyyyyyn", {1.25, 0.125, 10},       {}, {}, "2026-12-01"_day},
    {"gemini-3-flash-preview",                "", 1048576, 65536, "yyyyyyyyyyyn", {0.5, 0.05, 3}},
    {"gemini-3-pro-preview",                  "", 1048576, 65536, "yyy?yyyyyyyn", {2, 0.2, 12},            {}, {}, "2026-03-09"_day},
    {"gemini-3.1-flash-lite",                 "", 1048576, 65536, "yyyyyyy?yyyn", {0.25, 0.025, 1.5},      {}, {}, "2027-05-07"_day},
    {"gemini-3.1-flash-lite-preview",         "", 1048576, 65536, "yyyyyyy?yyyn", {0.25, 0.025, 1.5}},
    {"gemini-3.1-pro-preview",                "", 1048576, 65536, "yyy?yyyyyyyn", {2, 0.2, 12}},
    {"gemini-3.1-pro-preview-customtools",    "", 1048576, 65536, "yyy?yyyyyyyn", {2, 0.2, 12}},
    {"gemini-3.5-flash",                      "", 1048576, 65536, "yyyyyyyyyyyn", {1.5, 0.15, 9}},
    {"gemini-3.5-flash-lite",                 "", 1048576, 65536, "yyyyyyyyyyyn", {0.3, 0.03, 2.5}},
    {"gemini-3.6-flash",                      "", 1048576, 65536, "yyyyyyyyyyyn", {1.5, 0.15, 7.5}},
    {"gemini-3.7-flash",                      "", 1048576, 65536, "yyy?yyyyy??n", {0.75, 0.075, 3.75}},
    {"gemini-exp-1114",                       "", 1048576, 8192,  "y?y?y???y?yn"},
    {"gemini-exp-1206",                       "", 2097152, 8192,  "yyy?y???y?yn"},
    {"gemini-flash-latest",                   "", 1048576, 65536, "y?yyyyy?yyyn"},
    {"gemini-flash-lite-latest",              "", 1048576, 65536, "y?yyyyy?yyyn"},
    {"gemini-pro",                            "", 32760,   8192,  "yyy????yy??n", {0.125, {}, 0.375}},
    {"gemini-pro-latest",                     "", 1048576, 65535, "yyy?yyy?yyyn"},
    {"gemma-3-27b-it",                        "", 131072,  8192,  "y?y?y???y?nn"},
    {"gemma-4-26b-a4b-it",                    "", 262144,  32768, "y?y?yn??yy?n", {0.06, {}, 0.33}},
    {"gemma-4-31b-it",                        "", 262144,  32768, "y?y?yn??yy?n", {0.12, 0.09, 0.36}},
    {"learnlm-1.5-pro-experimental",          "", 32767,   8192,  "yyy?y???y?yn"},
    {"text-bison-001",                        "", 8192,    1024,  "n??????????y", {0.125, {}, 0.125}},
});
// clang-format on

}  // namespace FineTuning::providers::google_facts
