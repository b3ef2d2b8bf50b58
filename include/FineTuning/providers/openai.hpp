#pragma once

// OpenAI: https://api.openai.com/v1. The dialect's first speaker; it has three generations of ids.

#include <FineTuning/provider.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace FineTuning::providers {
namespace openai_facts {

// clang-format off
inline constexpr ModelRow models[] = {
//  {model, alias, window, max output, capabilities (in the order of all_capabilities), prices {input, cached, output},
//   prices of its fine-tunes, training, last day, last day of its fine-tunes}
    {"ada",                      "",              {},      {},     "n??????????y", {0.4, {}, 0.4},     {},                {},  "2024-01-04"},
    {"babbage",                  "",              {},      {},     "n??????????y", {0.5, {}, 0.5},     {},                {},  "2024-01-04"},
    {"babbage-002",              "",              16384,   4096,   "n??????????y", {0.4, {}, 0.4},     {1.6, {}, 1.6},    {},  "2026-09-28", "2026-10-23"},
    {"chat-latest",              "",              {},      {},     "yyy?y??yy?y?", {5, {}, 30}},
    {"chatgpt-4o-latest",        "",              128000,  4096,   "yyyyy?y???y?", {5, {}, 15},        {},                {},  "2026-02-17"},
    {"codex-mini-latest",        "",              200000,  100000, "??yyy?y?yyy?", {1.5, 0.375, 6},    {},                {},  "2026-02-12"},
    {"curie",                    "",              {},      {},     "n??????????y", {2, {}, 2},         {},                {},  "2024-01-04"},
    {"davinci",                  "",              {},      {},     "n??????????y", {20, {}, 20},       {},                {},  "2024-01-04"},
    {"davinci-002",              "",              16384,   4096,   "n??????????y", {2, {}, 2},         {12, {}, 12},      {},  "2026-09-28", "2026-10-23"},
    {"gpt-3.5-turbo",            "",              16385,   4096,   "yyy?nnnynny?", {0.5, {}, 1.5},     {3, {}, 6},        {},  "2026-10-23"},
    {"gpt-3.5-turbo-0125",       "",              16385,   4096,   "yyyy???y??yy", {0.5, {}, 1.5},     {3, {}, 6},        {},  "2026-10-23"},
    {"gpt-3.5-turbo-0613",       "",              4097,    4096,   "yyy???????yy", {1.5, {}, 2},       {3, {}, 6},        {},  "2024-09-13", "2026-10-23"},
    {"gpt-3.5-turbo-1106",       "",              16385,   4096,   "yyyy???y??yy", {1, {}, 2},         {3, {}, 6},        {},  "2026-09-28", "2026-10-23"},
    {"gpt-3.5-turbo-16k",        "",              16385,   4096,   "yyy???????y?", {3, {}, 4}},
    {"gpt-4",                    "",              8192,    8192,   "yyy?nnn?nny?", {30, {}, 60},       {},                {},  "2026-10-23"},
    {"gpt-4-0125-preview",       "",              128000,  4096,   "yyyy???y??y?", {10, {}, 30},       {},                {},  "2026-03-26"},
    {"gpt-4-0314",               "",              8192,    4096,   "yy????????y?", {30, {}, 60},       {},                {},  "2026-03-26"},
    {"gpt-4-0613",               "",              8192,    4096,   "yyy???????yy", {30, {}, 60},       {30, {}, 60},      {},  "2026-10-23"},
    {"gpt-4-1106-preview",       "",              128000,  4096,   "yyyy???y??y?", {10, {}, 30},       {},                {},  "2026-10-23"},
    {"gpt-4-turbo-2024-04-09",   "gpt-4-turbo",   128000,  4096,   "yyyyynyynny?", {10, {}, 30},       {},                {},  "2026-10-23"},
    {"gpt-4-turbo-preview",      "",              128000,  4096,   "yyyyy?yy??y?", {10, {}, 30},       {},                {},  "2026-03-26"},
    {"gpt-4.1-2025-04-14",       "gpt-4.1",       1047576, 32768,  "yyyyynyyynyy", {2, 0.5, 8},        {3, 0.75, 12},     25,  "2027-01-14"},
    {"gpt-4.1-mini-2025-04-14",  "gpt-4.1-mini",  1047576, 32768,  "yyyyynyyynyy", {0.4, 0.1, 1.6},    {0.8, 0.2, 3.2},   5,   "2027-01-14"},
    {"gpt-4.1-nano-2025-04-14",  "gpt-4.1-nano",  1047576, 32768,  "yyyyynyyynyy", {0.1, 0.025, 0.4},  {0.2, 0.05, 0.8},  1.5, "2026-10-23"},
    {"gpt-4o",                   "",              128000,  16384,  "yyyyynyyyny?", {2.5, 1.25, 10},    {3.75, {}, 15},    {},  "2027-01-14"},
    {"gpt-4o-2024-05-13",        "",              128000,  4096,   "yyyyynyyyny?", {5, 1.25, 15},      {},                {},  "2026-10-23"},
    {"gpt-4o-2024-08-06",        "",              128000,  16384,  "yyyyynyyynyy", {2.5, 1.25, 10},    {3.75, 1.875, 15}, 25,  "2027-01-14"},
    {"gpt-4o-2024-11-20",        "",              128000,  16384,  "yyyyynyyyny?", {2.5, 1.25, 10},    {3.75, {}, 15},    {},  "2027-01-14"},
    {"gpt-4o-mini-2024-07-18",   "gpt-4o-mini",   128000,  16384,  "yyyyynyyynyy", {0.15, 0.075, 0.6}, {0.3, 0.15, 1.2},  3,   "2027-01-14"},
    {"gpt-5-2025-08-07",         "gpt-5",         400000,  128000, "yyyyynyyyyy?", {1.25, 0.125, 10},  {},                {},  "2026-12-11"},
    {"gpt-5-chat",               "",              128000,  16384,  "yynny?y?yyy?", {1.25, 0.125, 10}},
    {"gpt-5-chat-latest",        "",              400000,  128000, "yynnynyyyyy?", {1.25, 0.125, 10},  {},                {},  "2026-07-23"},
    {"gpt-5-codex",              "",              400000,  128000, "?yyyyny?yyn?", {1.25, 0.125, 10},  {},                {},  "2026-07-23"},
    {"gpt-5-mini-2025-08-07",    "gpt-5-mini",    400000,  128000, "yyyyynyyyyy?", {0.25, 0.025, 2},   {},                {},  "2026-12-11"},
    {"gpt-5-nano-2025-08-07",    "gpt-5-nano",    400000,  128000, "yyyyynyyyyy?", {0.05, 0.005, 0.4}, {},                {},  "2026-12-11"},
    {"gpt-5-pro-2025-10-06",     "gpt-5-pro",     400000,  272000, "?nyyyny?yyy?", {15, {}, 120},      {},                {},  "2026-12-11"},
    {"gpt-5.1-2025-11-13",       "gpt-5.1",       400000,  128000, "yyyyynyyyyy?", {1.25, 0.125, 10}},
    {"gpt-5.1-chat-latest",      "",              128000,  16384,  "yy?nyny?yyy?", {1.25, 0.125, 10},  {},                {},  "2026-07-23"},
    {"gpt-5.1-codex",            "",              400000,  128000, "?yyyyny?yyn?", {1.25, 0.125, 10},  {},                {},  "2026-07-23"},
    {"gpt-5.1-codex-max",        "",              400000,  128000, "?yyyyny?yyn?", {1.25, 0.125, 10},  {},                {},  "2026-07-23"},
    {"gpt-5.1-codex-mini",       "",              400000,  128000, "?yyyyny?yyn?", {0.25, 0.025, 2},   {},                {},  "2026-07-23"},
    {"gpt-5.2-2025-12-11",       "gpt-5.2",       400000,  128000, "yyyyynyyyyy?", {1.75, 0.175, 14}},
    {"gpt-5.2-chat-latest",      "",              128000,  16384,  "yyyyynyyyyy?", {1.75, 0.175, 14},  {},                {},  "2026-08-10"},
    {"gpt-5.2-codex",            "",              400000,  128000, "?yyyyny?yyn?", {1.75, 0.175, 14},  {},                {},  "2026-07-23"},
    {"gpt-5.2-pro-2025-12-11",   "gpt-5.2-pro",   400000,  128000, "?yyyyny??yy?", {21, {}, 168}},
    {"gpt-5.3-chat-latest",      "",              128000,  16384,  "yyyyynyyy?y?", {1.75, 0.175, 14},  {},                {},  "2026-08-10"},
    {"gpt-5.3-codex",            "",              400000,  128000, "?yyyyny?yyn?", {1.75, 0.175, 14}},
    {"gpt-5.3-codex-spark",      "",              128000,  32000,  "??y?yny?yy??", {1.75, 0.175, 14}},
    {"gpt-5.4-2026-03-05",       "gpt-5.4",       1050000, 128000, "yyyyynyyyyy?", {2.5, 0.25, 15}},
    {"gpt-5.4-mini-2026-03-17",  "gpt-5.4-mini",  400000,  128000, "yyyyynyyyyy?", {0.75, 0.075, 4.5}},
    {"gpt-5.4-nano-2026-03-17",  "gpt-5.4-nano",  400000,  128000, "yyyyynyyyyy?", {0.2, 0.02, 1.25}},
    {"gpt-5.4-pro-2026-03-05",   "gpt-5.4-pro",   1050000, 128000, "?yyyyny?nyy?", {30, 3, 180}},
    {"gpt-5.5-2026-04-23",       "gpt-5.5",       1050000, 128000, "yyyyynyyyyy?", {5, 0.5, 30}},
    {"gpt-5.5-pro-2026-04-23",   "gpt-5.5-pro",   1050000, 128000, "?yyyyny??yy?", {30, 3, 180}},
    {"gpt-5.6-2026-07-09",       "gpt-5.6",       1050000, 128000, "yyyyyny?yyy?", {5, 0.5, 30}},
    {"gpt-5.6-luna-2026-07-09",  "gpt-5.6-luna",  1050000, 128000, "yyyyyny?yyy?", {0.2, 0.02, 1.2}},
    {"gpt-5.6-sol-2026-07-09",   "gpt-5.6-sol",   1050000, 128000, "yyyyyny?yyy?", {5, 0.5, 30}},
    {"gpt-5.6-terra-2026-07-09", "gpt-5.6-terra", 1050000, 128000, "yyyyyny?yyy?", {2, 0.2, 12}},
    {"o1-2024-12-17",            "o1",            200000,  100000, "y?yyyny?yyy?", {15, 7.5, 60},      {},                {},  "2026-10-23"},
    {"o1-pro-2025-03-19",        "o1-pro",        200000,  100000, "?nyyyny?yyy?", {150, {}, 600},     {},                {},  "2026-10-23"},
    {"o3-2025-04-16",            "o3",            200000,  100000, "yyynynyyyyy?", {2, 0.5, 8},        {},                {},  "2026-12-11"},
    {"o3-mini-2025-01-31",       "o3-mini",       200000,  100000, "yyynnnnyyyy?", {1.1, 0.55, 4.4},   {},                {},  "2026-10-23"},
    {"o3-pro-2025-06-10",        "o3-pro",        200000,  100000, "??ynyny?yy??", {20, {}, 80},       {},                {},  "2026-12-11"},
    {"o4-mini-2025-04-16",       "o4-mini",       200000,  100000, "yyynynyyyyyy", {1.1, 0.275, 4.4},  {4, 1, 16},        {},  "2026-10-23"},
};
// clang-format on

/// ft:BASE:ORG[:SUFFIX]:ID[:ckpt-step-N]. The suffix is often empty ("::") and sometimes left out
/// with its colon.
constexpr Result<ModelId, IdError> read_current(std::string_view rest) {
  ModelId id{.kind = ModelId::Kind::fine_tuned};
  id.base_model = internal::take_until(rest, ':');
  id.organization = internal::take_until(rest, ':');
  id.fine_tune_id = internal::take_last(rest, ':');
  if (id.fine_tune_id.starts_with("ckpt-step-")) {
    id.kind = ModelId::Kind::checkpoint;
    id.checkpoint = id.fine_tune_id;
    id.fine_tune_id = internal::take_last(rest, ':');
  }
  id.suffix = rest;
  if (id.base_model.empty() || id.organization.empty() || id.fine_tune_id.empty() ||
      id.suffix.find(':') != std::string_view::npos)
    return IdError::invalid_format;
  return id;
}

inline constexpr std::string_view legacy_mark = ":ft-";

/// BASE:ft-.., where BASE is one of the four, or goes on with something other than a letter.
constexpr bool is_legacy(std::string_view text) {
  constexpr std::array<std::string_view, 4> bases{"ada", "babbage", "curie", "davinci"};
  const auto begins_with_base = [text](std::string_view base) {
    return internal::begins_with(text, base) && text.size() > base.size() &&
           !internal::is_letter(text[base.size()]);
  };
  if (std::none_of(bases.begin(), bases.end(), begins_with_base)) return false;
  const std::size_t mark = text.find(legacy_mark);
  return mark != std::string_view::npos && text.find('/') > mark;
}

/// BASE:ft-ORG[:SUFFIX][-STAMP]. The organisation has hyphens too, so the stamp is cut off first;
/// in documents and settings it is often left out.
constexpr Result<ModelId, IdError> read_legacy(std::string_view text) {
  const std::size_t mark = text.find(legacy_mark);
  std::string_view rest = text.substr(mark + legacy_mark.size());
  ModelId id{.kind = ModelId::Kind::fine_tuned, .base_model = text.substr(0, mark)};
  id.fine_tune_id = internal::take_last_stamp(rest);
  id.organization = internal::take_until(rest, ':');
  id.suffix = rest;
  if (id.organization.empty() || internal::is_stamp(id.organization))
    return IdError::invalid_format;
  return id;
}

constexpr Result<ModelId, IdError> read_id(std::string_view text) {
  if (internal::take_prefix(text, "ft:")) return read_current(text);
  return is_legacy(text) ? read_legacy(text) : read_opaque_id(text);
}

constexpr bool recognizes(std::string_view text) {
  return internal::begins_with(text, "ft:") || is_legacy(text);
}

}  // namespace openai_facts

/// OpenAI, by chat completions.
inline constexpr Provider openai{
    .name = "openai",
    .title = "OpenAI",
    .read_id = openai_facts::read_id,
    .recognizes = openai_facts::recognizes,
    .routing_prefixes = "openai/|text-completion-openai/",
    .models = openai_facts::models,
    .dialect = Dialect::openai_chat,
    .accent = {.max_tokens = "max_completion_tokens", .asks_for_stream_usage = true},
    .base_url = "https://api.openai.com/v1",
    .chat_path = "/chat/completions",
    .key_variable = "OPENAI_API_KEY",
};

static_assert(parse_model_id("ft:gpt-4-0613:myorg:custom:abc123", openai)->fine_tune_id ==
              "abc123");
static_assert(parse_model_id("ft:gpt-4:org:id", openai)->suffix.empty());
static_assert(parse_model_id("ft:gpt-4o:org::id:ckpt-step-80", openai)->checkpoint ==
              "ckpt-step-80");
static_assert(parse_model_id("ada:ft-org:name-2022-02-15-04-21-04", openai)->suffix == "name");
static_assert(parse_model_id("openai/ft:gpt-4:org::id", openai)->base_model == "gpt-4");
static_assert(parse_model_id("ft:invalid", openai).error() == IdError::invalid_format);

}  // namespace FineTuning::providers
