#pragma once

// The resource names of Google's two services, which share one grammar: the Gemini API's
// tunedModels and Vertex AI's projects/../locations/.. names.

#include <FineTuning/capability.hpp>
#include <FineTuning/detail/scan.hpp>
#include <FineTuning/model_id.hpp>

#include <array>
#include <span>
#include <string_view>

namespace FineTuning::detail {

/// A guess from the name that somebody gave a tuned model: the longest model of the table that it
/// contains, else "gemini-pro" where it speaks of gemini.
constexpr std::string_view assumed_base(std::string_view name, std::span<const ModelRow> models) {
  std::string_view longest;
  for (const ModelRow& row : models) {
    const std::size_t at = name.find(row.model_id);
    if (at != std::string_view::npos && row.model_id.size() > longest.size())
      longest = name.substr(at, row.model_id.size());
  }
  if (longest.empty() && name.find("gemini") != std::string_view::npos) longest = "gemini-pro";
  return longest;
}

/// AutoML models carry three capitals before a number; they are trained, not tuned.
constexpr bool is_automl(std::string_view name) {
  return name.size() > 3 && all_digits(name.substr(3)) &&
         std::all_of(name.begin(), name.begin() + 3, [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// projects/P/locations/L/(endpoints/E | models/M[@version] | publishers/.. | tuningJobs/..)
constexpr Result<ModelId, IdError> read_resource_name(std::string_view text,
                                                      std::span<const ModelRow> models) {
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
  if (is_automl(name)) return id;
  id.kind = ModelId::Kind::fine_tuned;
  id.fine_tune_id = name;
  id.base_model = assumed_base(name, models);
  id.base_source = ModelId::BaseSource::assumed;
  return id;
}

/// Endpoints are numbered, and routers pass on the bare number.
constexpr bool is_endpoint_number(std::string_view text) {
  return text.size() >= 16 && all_digits(text);
}

constexpr bool is_vertex_name(std::string_view text) {
  return is_endpoint_number(text) || text.starts_with("projects/") ||
         text.starts_with("endpoints/") || text.starts_with("publishers/");
}
constexpr bool is_gemini_api_name(std::string_view text) {
  return text.starts_with("tunedModels/") || text.starts_with("models/");
}

/// Any name of either service.
constexpr Result<ModelId, IdError> read_google_id(std::string_view text,
                                                  std::span<const ModelRow> models) {
  if (text.find("..") != std::string_view::npos) return IdError::invalid_format;
  if (text.starts_with("projects/")) return read_resource_name(text, models);
  ModelId id{.text = text, .kind = ModelId::Kind::base};
  if (is_endpoint_number(text)) {
    id.kind = ModelId::Kind::fine_tuned;
    id.fine_tune_id = text;
    return id;
  }
  std::array<std::string_view, 4> fields{};
  const std::size_t count = split(text, '/', fields);
  const auto is_of = [&](std::string_view collection) {
    return count == 2 && fields[0] == collection && !fields[1].empty();
  };
  if (text == "endpoints/openapi") {
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

}  // namespace FineTuning::detail
