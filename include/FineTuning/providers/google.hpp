#pragma once

// The Gemini API: https://generativelanguage.googleapis.com. It has no fine-tunable model any more;
// tunedModels/ names are still read and called.

#include <FineTuning/internal/google_id.hpp>
#include <FineTuning/internal/url.hpp>
#include <FineTuning/provider.hpp>

#include <string>
#include <string_view>

namespace FineTuning::providers {
namespace google_facts {

// clang-format off
inline constexpr ModelRow models[] = {
//  {model, alias, window, max output, capabilities (in the order of all_capabilities), prices {input, cached, output},
//   prices of its fine-tunes, training, last day, last day of its fine-tunes}
    {"chat-bison-001",                        "", 8192,    4096,  "y??????????n", {0.125, {}, 0.125}},
    {"gemini-1.5-flash",                      "", 1048576, 8192,  "yyy?y?yyy?yn", {0.075, 0.01875, 0.3}},
    {"gemini-1.5-flash-001",                  "", 1048576, 8192,  "yyy?y?yyy?yn", {0.075, 0.01875, 0.3},   {}, {}, "2025-05-24"},
    {"gemini-1.5-flash-001-tuning",           "", {},      {},    "yyy?y?yyy??y"},
    {"gemini-1.5-flash-002",                  "", 1048576, 8192,  "yyy?y?yyy?yn", {0.075, 0.01875, 0.3},   {}, {}, "2025-09-24"},
    {"gemini-1.5-flash-8b",                   "", 1048576, 8192,  "yyy?y?yyy?yn", {0.0375, 0.01875, 0.15}},
    {"gemini-1.5-pro",                        "", 2097152, 8192,  "yyy?y?yyy?yn", {1.25, {}, 5}},
    {"gemini-1.5-pro-001",                    "", 2097152, 8192,  "yyy?y?yyy?yn", {1.25, {}, 5},           {}, {}, "2025-05-24"},
    {"gemini-1.5-pro-002",                    "", 2097152, 8192,  "yyy?y?yyy?yn", {1.25, {}, 5},           {}, {}, "2025-09-24"},
    {"gemini-2.0-flash",                      "", 1048576, 8192,  "yyy?yyyyynyn", {0.1, 0.025, 0.4},       {}, {}, "2026-06-01"},
    {"gemini-2.0-flash-001",                  "", 1048576, 8192,  "yyy?y?y?y?yn", {0.1, 0.025, 0.4},       {}, {}, "2026-06-01"},
    {"gemini-2.0-flash-lite",                 "", 1048576, 8192,  "yyy?yyy?ynyn", {0.075, 0.01875, 0.3},   {}, {}, "2026-06-01"},
    {"gemini-2.0-flash-lite-001",             "", 1048576, 8192,  "yyy?y?y?y?yn", {0.075, 0.01875, 0.3},   {}, {}, "2026-06-01"},
    {"gemini-2.5-flash",                      "", 1048576, 65536, "yyyyyyyyyyyn", {0.3, 0.03, 2.5},        {}, {}, "2026-12-01"},
    {"gemini-2.5-flash-lite",                 "", 1048576, 65536, "yyyyyyyyyyyn", {0.1, 0.01, 0.4}},
    {"gemini-2.5-flash-lite-preview-06-17",   "", 1048576, 65535, "yyyyy?yyyyyn", {0.1, 0.025, 0.4},       {}, {}, "2025-11-18"},
    {"gemini-2.5-flash-lite-preview-09-2025", "", 1048576, 65535, "y?yyy?y?yyyn", {0.1, 0.01, 0.4}},
    {"gemini-2.5-flash-preview-09-2025",      "", 1048576, 65535, "y?yyy?y?yyyn", {0.3, 0.03, 2.5}},
    {"gemini-2.5-pro",                        "", 1048576, 65536, "yyy?yyyyyyyn", {1.25, 0.125, 10},       {}, {}, "2026-12-01"},
    {"gemini-3-flash-preview",                "", 1048576, 65536, "yyyyyyyyyyyn", {0.5, 0.05, 3}},
    {"gemini-3-pro-preview",                  "", 1048576, 65536, "yyy?yyyyyyyn", {2, 0.2, 12},            {}, {}, "2026-03-09"},
    {"gemini-3.1-flash-lite",                 "", 1048576, 65536, "yyyyyyy?yyyn", {0.25, 0.025, 1.5},      {}, {}, "2027-05-07"},
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
};
// clang-format on

static_assert(internal::are_google_models(models));

inline Result<std::string> chat_path(const ModelId& id, const Place&, bool stream) {
  const std::string name = internal::is_gemini_api_name(id.text) ? std::string(id.text)
                                                                 : "models/" + std::string(id.text);
  return internal::path_of(name).transform([stream](std::string&& path) {
    return "/v1beta" + path + (stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
  });
}

}  // namespace google_facts

/// The Gemini API. Names of Vertex AI under this prefix go to providers::vertex.
inline constexpr Provider google{
    .name = "google",
    .title = "Google (Gemini API)",
    .telemetry_name = "gcp.gemini",
    .read_id = internal::read_google_id,
    .recognizes = internal::is_gemini_api_name,
    .refused_characters = "#?&",
    .routing_prefixes = "gemini/|google/|googleai/",
    .family = "gemini",
    .models = google_facts::models,
    .dialect = Dialect::gemini,
    .base_url = "https://generativelanguage.googleapis.com",
    .addressing = {.chat_path = google_facts::chat_path},
    .key_variable = "GEMINI_API_KEY",
    .key_header = {.name = "x-goog-api-key", .prefix = ""},
    .fine_tune_advice =
        "A tuned model may want an OAuth token in place of a key; give one by "
        "Account::access_token.",
};

static_assert(parse_model_id("projects/my-project/locations/us-central1/models/custom-gemini-123",
                             google)
                  ->base_model == "gemini-pro");
static_assert(parse_model_id("projects/p/locations/us-central1/endpoints/456", google)->location ==
              "us-central1");
static_assert(parse_model_id("gemini/tunedModels/my-model", google)->fine_tune_id == "my-model");

}  // namespace FineTuning::providers
