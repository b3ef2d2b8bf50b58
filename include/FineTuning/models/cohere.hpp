#pragma once

// Cohere's models, a row each.

#include <FineTuning/internal/model_table.hpp>

namespace FineTuning::providers::cohere_facts {

using internal::operator""_day;

// clang-format off
inline constexpr auto models = internal::checked_on("2026-11-22"_day, {
//  {model, alias, window, max output, capabilities (in the order of all_capabilities), prices {input, cached, output},
//   prices of its fine-tunes, training, last day, last day of its fine-tunes}
    {"c4ai-aya-expanse-32b",        "",               128000, 4000,  "yyn?nnn??nyn"},
    {"c4ai-aya-expanse-8b",         "",               8000,   4000,  "yyn?nnn??nyn", {},                 {}, {}, "2026-04-04"_day},
    {"c4ai-aya-vision-32b",         "",               16000,  4000,  "yyn?yn???nyn"},
    {"c4ai-aya-vision-8b",          "",               16000,  4000,  "yyn?yn???nyn", {},                 {}, {}, "2026-04-04"_day},
    {"command",                     "",               4096,   4096,  "yy??n?????yy", {1, {}, 2},         {}, {}, "2025-09-15"_day},
    {"command-a-03-2025",           "",               256000, 8000,  "yyy?nnn??nyn", {2.5, {}, 10}},
    {"command-a-plus-05-2026",      "",               128000, 64000, "y?y?yn??yy?n", {2.5, {}, 10}},
    {"command-a-reasoning-08-2025", "",               256000, 32000, "yyy?nnn??yyn", {2.5, {}, 10}},
    {"command-a-translate-08-2025", "",               8000,   8000,  "yyy?nnn??nyn", {2.5, {}, 10}},
    {"command-a-vision-07-2025",    "",               128000, 8000,  "yyn?yn???nyn", {2.5, {}, 10}},
    {"command-light",               "",               4096,   4096,  "yy??n?????yy", {0.3, {}, 0.6},     {}, {}, "2025-09-15"_day},
    {"command-nightly",             "",               4096,   4096,  "yy????????yn", {1, {}, 2}},
    {"command-r-03-2024",           "command-r",      128000, 4096,  "y?y?n??????y", {0.15, {}, 0.6},    {}, {}, "2025-09-15"_day},
    {"command-r-08-2024",           "",               128000, 4000,  "yyy?nnn??nyy", {0.15, {}, 0.6},    {}, {}, {},               "2025-09-15"_day},
    {"command-r-plus-04-2024",      "command-r-plus", 128000, 4096,  "y?y?n??????n", {2.5, {}, 10},      {}, {}, "2025-09-15"_day},
    {"command-r-plus-08-2024",      "",               128000, 4000,  "yyy?nnn??nyn", {2.5, {}, 10}},
    {"command-r7b-12-2024",         "",               128000, 4000,  "yyy?nnn??nyn", {0.0375, {}, 0.15}},
    {"command-r7b-arabic-02-2025",  "",               128000, 4000,  "y?y?nnn??n?n", {0.0375, {}, 0.15}},
    {"north-mini-code-1-0",         "",               256000, 64000, "y?y?nnn?yy?n"},
});
// clang-format on

}  // namespace FineTuning::providers::cohere_facts
