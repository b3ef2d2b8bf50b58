#pragma once

// The Gemini API: https://generativelanguage.googleapis.com. It has no fine-tunable model any more;
// tunedModels/ names are still read and called.

#include <FineTuning/internal/google_id.hpp>
#include <FineTuning/internal/url.hpp>
#include <FineTuning/models/google.hpp>
#include <FineTuning/provider.hpp>

#include <string>
#include <string_view>

namespace FineTuning::providers {
namespace google_facts {

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
    .parse_id = internal::parse_google_id,
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
