#pragma once

// Vertex AI: regional hosts, resource names, OAuth tokens. A tuned model is called at an endpoint;
// its name in the model registry (projects/../models/M) only leads there.

#include <FineTuning/internal/errors.hpp>
#include <FineTuning/internal/google_id.hpp>
#include <FineTuning/internal/url.hpp>
#include <FineTuning/models/vertex.hpp>
#include <FineTuning/provider.hpp>

namespace FineTuning::providers {
namespace vertex_facts {

static_assert(internal::are_google_models(models));

inline constexpr std::string_view project_variable = "GOOGLE_CLOUD_PROJECT";
inline constexpr std::string_view location_variable = "GOOGLE_CLOUD_LOCATION";

/// Any name of either service, or the number of an endpoint, however short.
constexpr Result<ModelId, IdError> parse_id(std::string_view text) {
  if (internal::all_digits(text)) return internal::parse_endpoint_number(text);
  return internal::parse_google_id(text);
}

/// "models/M" is a short name here too; without a provider's name it is the Gemini API's, which is
/// asked first.
constexpr bool recognizes(std::string_view text) {
  return internal::is_vertex_name(text) || internal::begins_with(text, "models/");
}

inline Error no_place() {
  return internal::invalid_request(
      "This model name has no project and location: set " + std::string(project_variable) +
      " and " + std::string(location_variable) +
      ", or write the whole name (projects/PROJECT/locations/LOCATION/...).");
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
    return internal::invalid_request("The project of " + std::string(project_variable) +
                                     " or Account::project is made of lower-case letters, digits "
                                     "and hyphens; correct it.");
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

/// Vertex AI: Account::access_token, or GOOGLE_ACCESS_TOKEN, authenticates.
inline constexpr Provider vertex{
    .name = "vertex",
    .title = "Vertex AI",
    .telemetry_name = "gcp.vertex_ai",
    .parse_id = vertex_facts::parse_id,
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
