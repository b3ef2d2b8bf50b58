#pragma once

// The resource names of Google's two services, which share one grammar: the Gemini API's
// tunedModels and Vertex AI's projects/../locations/.. names.

#include <FineTuning/capability.hpp>
#include <FineTuning/internal/scan.hpp>
#include <FineTuning/model_id.hpp>
#include <FineTuning/result.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace FineTuning::internal {

/// The models that either service has a row for. Which of the two is asked makes no difference to a
/// guess, so the list is of both; the table of each is checked against it.
inline constexpr std::array<std::string_view, 50> google_models{
    "chat-bison",
    "chat-bison-001",
    "chat-bison-32k",
    "gemini-1.0-pro",
    "gemini-1.0-pro-001",
    "gemini-1.0-pro-002",
    "gemini-1.5-flash",
    "gemini-1.5-flash-001",
    "gemini-1.5-flash-001-tuning",
    "gemini-1.5-flash-002",
    "gemini-1.5-flash-8b",
    "gemini-1.5-pro",
    "gemini-1.5-pro-001",
    "gemini-1.5-pro-002",
    "gemini-2.0-flash",
    "gemini-2.0-flash-001",
    "gemini-2.0-flash-lite",
    "gemini-2.0-flash-lite-001",
    "gemini-2.5-flash",
    "gemini-2.5-flash-lite",
    "gemini-2.5-flash-lite-preview-06-17",
    "gemini-2.5-flash-lite-preview-09-2025",
    "gemini-2.5-flash-preview-04-17",
    "gemini-2.5-flash-preview-05-20",
    "gemini-2.5-flash-preview-09-2025",
    "gemini-2.5-pro",
    "gemini-2.5-pro-preview-03-25",
    "gemini-2.5-pro-preview-05-06",
    "gemini-3-flash-preview",
    "gemini-3-pro-preview",
    "gemini-3-pro-preview-02-05",
    "gemini-3.1-flash-lite",
    "gemini-3.1-flash-lite-preview",
    "gemini-3.1-pro-preview",
    "gemini-3.1-pro-preview-customtools",
    "gemini-3.5-flash",
    "gemini-3.5-flash-lite",
    "gemini-3.6-flash",
    "gemini-3.7-flash",
    "gemini-exp-1114",
    "gemini-exp-1206",
    "gemini-flash-latest",
    "gemini-flash-lite-latest",
    "gemini-pro",
    "gemini-pro-latest",
    "gemma-3-27b-it",
    "gemma-4-26b-a4b-it",
    "gemma-4-31b-it",
    "learnlm-1.5-pro-experimental",
    "text-bison-001",
};

/// Whether the list has the model of every row. (Those with an '@' stand in no name: there it
/// begins a version.)
constexpr bool are_google_models(std::span<const ModelRow> rows) {
  return std::all_of(rows.begin(), rows.end(), [](const ModelRow& row) {
    return row.model_id.find('@') != std::string_view::npos ||
           std::find(google_models.begin(), google_models.end(), row.model_id) !=
               google_models.end();
  });
}

/// A guess from the name that somebody gave a tuned model: the longest model of the list that it
/// contains, else "gemini-pro" if it contains "gemini".
constexpr std::string_view assumed_base(std::string_view name) {
  if (all_digits(name)) return {};
  std::string_view longest;
  for (const std::string_view model : google_models) {
    if (model.size() <= longest.size()) continue;
    const std::size_t at = name.find(model);
    if (at != std::string_view::npos) longest = name.substr(at, model.size());
  }
  if (longest.empty() && name.find("gemini") != std::string_view::npos) longest = "gemini-pro";
  return longest;
}

/// AutoML models carry three capitals before a number; they are trained, not tuned.
constexpr bool is_automl(std::string_view name) {
  return name.size() > 3 && all_digits(name.substr(3)) &&
         std::all_of(name.begin(), name.begin() + 3, [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// Endpoints of the Model Garden hold whatever was deployed from it.
constexpr bool is_of_model_garden(std::string_view name) {
  return name.starts_with("mg-endpoint-");
}

/// projects/P/locations/L/(endpoints/E | models/M[@version] | publishers/.. | tuningJobs/..)
constexpr Result<ModelId, IdError> parse_resource_name(std::string_view text) {
  std::array<std::string_view, 8> fields{};
  const std::size_t count = split(text, '/', fields);
  const std::string_view collection = fields[4];
  const bool is_publisher = count == 8 && collection == "publishers" && fields[6] == "models";
  if (fields[0] != "projects" || fields[2] != "locations" || (count != 6 && !is_publisher))
    return IdError::invalid_format;
  for (std::size_t at = 0; at < count; ++at)
    if (fields[at].empty()) return IdError::invalid_format;

  ModelId id{.text = text, .organization = fields[1], .location = fields[3]};
  if (is_publisher) {
    id.kind = ModelId::Kind::base;
    id.organization = {};
    return id;
  }
  if (collection == "tuningJobs" || (collection == "endpoints" && fields[5] == "openapi"))
    return id;
  if (collection != "endpoints" && collection != "models") return IdError::invalid_format;
  std::string_view name = fields[5];
  name = take_until(name, '@');
  if (name.empty()) return IdError::invalid_format;
  if (is_automl(name) || is_of_model_garden(name)) return id;
  id.kind = ModelId::Kind::fine_tuned;
  id.fine_tune_id = name;
  id.base_model = assumed_base(name);
  id.base_source = ModelId::BaseSource::assumed;
  return id;
}

/// Endpoints are numbered, and routers pass on the bare number. One as long as those that the
/// service generates is recognised without the name of the provider.
constexpr bool is_endpoint_number(std::string_view text) {
  return text.size() >= 16 && all_digits(text);
}
constexpr ModelId parse_endpoint_number(std::string_view text) {
  return {.text = text, .kind = ModelId::Kind::fine_tuned, .fine_tune_id = text};
}

constexpr bool is_vertex_name(std::string_view text) {
  return is_endpoint_number(text) || begins_with(text, "projects/") ||
         begins_with(text, "endpoints/") || begins_with(text, "publishers/");
}
constexpr bool is_gemini_api_name(std::string_view text) {
  return begins_with(text, "tunedModels/") || begins_with(text, "models/");
}

/// Any name of either service.
constexpr Result<ModelId, IdError> parse_google_id(std::string_view text) {
  if (text.find("..") != std::string_view::npos) return IdError::invalid_format;
  if (text.starts_with("projects/")) return parse_resource_name(text);
  if (is_endpoint_number(text)) return parse_endpoint_number(text);
  ModelId id{.text = text, .kind = ModelId::Kind::base};
  std::array<std::string_view, 4> fields{};
  const std::size_t count = split(text, '/', fields);
  const auto is_of = [&](std::string_view collection) {
    return count == 2 && fields[0] == collection && !fields[1].empty();
  };
  if (text == "endpoints/openapi" || (is_of("endpoints") && is_of_model_garden(fields[1]))) {
    id.kind = ModelId::Kind::unknown;
    return id;
  }
  if (is_of("tunedModels") || is_of("endpoints")) {
    id.kind = ModelId::Kind::fine_tuned;
    id.fine_tune_id = fields[1];
    return id;
  }
  const bool is_base = is_of("models") || (count == 4 && fields[0] == "publishers" &&
                                           fields[2] == "models" && !fields[3].empty());
  if (!is_base && (is_vertex_name(text) || is_gemini_api_name(text)))
    return IdError::invalid_format;
  return id;
}

}  // namespace FineTuning::internal
