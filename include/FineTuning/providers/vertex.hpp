#pragma once

// Vertex AI: regional hosts, resource names, OAuth tokens. A tuned model is called at an endpoint;
// its name in the model registry (projects/../models/M) only leads there.

#include <FineTuning/internal/google_id.hpp>
#include <FineTuning/internal/url.hpp>
#include <FineTuning/provider.hpp>

namespace FineTuning::providers {
namespace vertex_facts {

// clang-format off
inline constexpr ModelRow models[] = {
//  {model, alias, window, max output, capabilities (in the order of all_capabilities), prices {input, cached, output},
//   prices of its fine-tunes, training, last day, last day of its fine-tunes}
    {"chat-bison",                            "", 8192,    4096,  "y???????????", {0.125, {}, 0.125}},
    {"chat-bison-32k",                        "", 32000,   8192,  "y???????????", {0.125, {}, 0.125}},
    {"chat-bison-32k@002",                    "", 32000,   8192,  "y???????????", {0.125, {}, 0.125}},
    {"chat-bison@001",                        "", 8192,    4096,  "y???????????", {0.125, {}, 0.125}},
    {"chat-bison@002",                        "", 8192,    4096,  "y???????????", {0.125, {}, 0.125},    {}, {},  "2025-04-09"},
    {"gemini-1.0-pro",                        "", 32760,   8192,  "y?yy????????", {0.5, {}, 1.5}},
    {"gemini-1.0-pro-001",                    "", 32760,   8192,  "y?yy????????", {0.5, {}, 1.5},        {}, {},  "2025-04-09"},
    {"gemini-1.0-pro-002",                    "", 32760,   8192,  "y?yy???????y", {0.5, {}, 1.5},        {}, {},  "2025-04-09"},
    {"gemini-1.5-flash",                      "", 1000000, 8192,  "y?yyy???y?y?", {0.075, {}, 0.3}},
    {"gemini-1.5-flash-001",                  "", 1000000, 8192,  "yyyyy?yyy?yy", {0.075, {}, 0.03},     {}, 8,   "2025-05-24"},
    {"gemini-1.5-flash-002",                  "", 1048576, 8192,  "yyyyy?yyy?yy", {0.075, {}, 0.03},     {}, 8,   "2025-09-24"},
    {"gemini-1.5-pro",                        "", 2097152, 8192,  "y?yyy?y?y?y?", {1.25, {}, 5}},
    {"gemini-1.5-pro-001",                    "", 1000000, 8192,  "yyyyy?yyy?yy", {1.25, {}, 5},         {}, 80,  "2025-05-24"},
    {"gemini-1.5-pro-002",                    "", 2097152, 8192,  "yyyyy?yyy?yy", {1.25, {}, 5},         {}, 80,  "2025-09-24"},
    {"gemini-2.0-flash",                      "", 1048576, 8192,  "yyyyyy??y?y?", {0.1, 0.025, 0.4},     {}, {},  "2026-06-01"},
    {"gemini-2.0-flash-001",                  "", 1048576, 8192,  "yyyyy?yyy?yy", {0.15, 0.0375, 0.6},   {}, {},  "2026-06-01"},
    {"gemini-2.0-flash-lite",                 "", 1048576, 8192,  "yyyyy?y?y?y?", {0.075, 0.01875, 0.3}, {}, {},  "2026-06-01"},
    {"gemini-2.0-flash-lite-001",             "", 1048576, 8192,  "yyyyy?y?y?yy", {0.075, 0.01875, 0.3}, {}, {},  "2026-06-01"},
    {"gemini-2.5-flash",                      "", 1048576, 65536, "yyyyyyyyyyyy", {0.3, 0.03, 2.5},      {}, 5,   "2026-10-20"},
    {"gemini-2.5-flash-lite",                 "", 1048576, 65536, "yyyyyyyyyyyy", {0.1, 0.01, 0.4},      {}, 1.5, "2026-10-20"},
    {"gemini-2.5-flash-lite-preview-06-17",   "", 1048576, 65535, "yyyyy?yyyyy?", {0.1, 0.025, 0.4},     {}, {},  "2025-11-18"},
    {"gemini-2.5-flash-lite-preview-09-2025", "", 1048576, 65535, "yyyyy?y?yyy?", {0.1, 0.01, 0.4}},
    {"gemini-2.5-flash-preview-04-17",        "", 1048576, 65535, "yyyyy?yyyyy?", {0.15, 0.0375, 0.6}},
    {"gemini-2.5-flash-preview-05-20",        "", 1048576, 65535, "yyyyy?yyyyy?", {0.15, 0.075, 0.6}},
    {"gemini-2.5-flash-preview-09-2025",      "", 1048576, 65535, "yyyyy?y?yyy?", {0.3, 0.075, 2.5}},
    {"gemini-2.5-pro",                        "", 1048576, 65536, "yyy?yyyyyyyy", {1.25, 0.125, 10},     {}, 25,  "2026-10-20"},
    {"gemini-2.5-pro-preview-03-25",          "", 1048576, 65535, "yyyyy?yyyyy?", {1.25, 0.3125, 10}},
    {"gemini-2.5-pro-preview-05-06",          "", 1048576, 65535, "yyyyy?yyyyy?", {1.25, 0.3125, 10}},
    {"gemini-3-flash-preview",                "", 1048576, 65536, "yyyyyyyyyyy?", {0.5, 0.05, 3}},
    {"gemini-3-pro-preview",                  "", 1048576, 65535, "yyy?yyyyyyy?", {2, 0.2, 12},          {}, {},  "2026-03-26"},
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
};
// clang-format on

static_assert(internal::are_google_models(models));

inline constexpr std::string_view project_variable = "GOOGLE_CLOUD_PROJECT";
inline constexpr std::string_view location_variable = "GOOGLE_CLOUD_LOCATION";

/// Any name of either service, or the number of an endpoint, however short.
constexpr Result<ModelId, IdError> read_id(std::string_view text) {
  if (internal::all_digits(text)) return internal::read_endpoint_number(text);
  return internal::read_google_id(text);
}

/// "models/M" is a short name here too; where no provider is named it is the Gemini API's, which is
/// asked first.
constexpr bool recognizes(std::string_view text) {
  return internal::is_vertex_name(text) || internal::begins_with(text, "models/");
}

inline Error no_place() {
  return {.kind = ErrorKind::invalid_request,
          .message = "This model name has no project and location: set " +
                     std::string(project_variable) + " and " + std::string(location_variable) +
                     ", or write the whole name (projects/PROJECT/locations/LOCATION/...)."};
}

/// The location becomes part of a host name, so it may be nothing but letters, digits and hyphens.
constexpr bool is_location(std::string_view text) {
  return !text.empty() && internal::is_lower(text.front()) && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return internal::is_digit(c) || c == '-' || internal::is_lower(c);
         });
}

/// An id (older ones have a domain in front, as in example.com:my-project) or a number.
constexpr bool is_project(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return internal::is_digit(c) || internal::is_lower(c) || c == '-' || c == '.' || c == ':';
  });
}

inline Result<std::string> base_url(const ModelId& id, const Place& place) {
  const std::string location(id.location.empty() ? place.location : id.location);
  if (location.empty()) return no_place();
  if (!is_location(location))
    return Error{.kind = ErrorKind::invalid_model,
                 .message =
                     "The location of a Vertex AI model is made of lower-case letters, digits "
                     "and hyphens, as in us-central1; correct it.",
                 .code = "invalid_format"};
  if (location == "global") return std::string("https://aiplatform.googleapis.com");
  if (location == "us" || location == "eu")
    return "https://aiplatform." + location + ".rep.googleapis.com";
  return "https://" + location + "-aiplatform.googleapis.com";
}

/// The whole resource name: what a short one lacks comes from the place.
inline Result<std::string> resource_name(std::string_view text, const Place& place) {
  std::string name(text);
  if (name.starts_with("projects/")) return name;
  if (place.project.empty() || place.location.empty()) return no_place();
  if (!is_project(place.project))
    return Error{.kind = ErrorKind::invalid_request,
                 .message = "The project of " + std::string(project_variable) +
                            " or Account::project is made of lower-case letters, digits and "
                            "hyphens; correct it."};
  if (internal::all_digits(name)) {
    name = "endpoints/" + name;
  } else if (!internal::is_vertex_name(name)) {
    std::string_view model = text;
    std::string collection = "publishers/google/models/";
    if (!internal::take_prefix(model, "models/") && model.find('/') != std::string_view::npos)
      collection = "publishers/" + std::string(internal::take_until(model, '/')) + "/models/";
    name = collection + std::string(model);
  }
  return "projects/" + std::string(place.project) + "/locations/" + std::string(place.location) +
         "/" + name;
}

inline Result<std::string> chat_path(const ModelId& id, const Place& place, bool stream) {
  return resource_name(id.text, place).and_then(internal::path_of).transform([stream](auto&& path) {
    return "/v1" + path + (stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
  });
}

/// A name in the registry of tuned models; a model of a publisher is callable.
inline Result<std::string> lookup_path(const ModelId& id, const Place&) {
  if (!id.is_fine_tuned() || id.text.find("/models/") == std::string_view::npos)
    return std::string();
  return internal::path_of(id.text).transform([](auto&& path) { return "/v1" + path; });
}

}  // namespace vertex_facts

/// Vertex AI: Account::access_token, or GOOGLE_ACCESS_TOKEN, says who asks.
inline constexpr Provider vertex{
    .name = "vertex",
    .title = "Vertex AI",
    .telemetry_name = "gcp.vertex_ai",
    .read_id = vertex_facts::read_id,
    .recognizes = vertex_facts::recognizes,
    .refused_characters = "#?&",
    .routing_prefixes = "vertex_ai/|vertex_ai/gemini/|vertex_ai/openai/",
    .family = "gemini",
    .models = vertex_facts::models,
    .dialect = Dialect::gemini,
    .addressing = {.base_url = vertex_facts::base_url,
                   .chat_path = vertex_facts::chat_path,
                   .lookup_path = vertex_facts::lookup_path},
    .key_variable = "GOOGLE_ACCESS_TOKEN",
    .project_variable = vertex_facts::project_variable,
    .location_variable = vertex_facts::location_variable,
};

static_assert(parse_model_id("projects/p/locations/us-central1/endpoints/456", vertex)->location ==
              "us-central1");
static_assert(parse_model_id("vertex_ai/gemini/4965075652664360960", vertex)->fine_tune_id ==
              "4965075652664360960");

}  // namespace FineTuning::providers
