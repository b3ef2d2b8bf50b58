#pragma once

// The errors of ids and specs, as sentences.

#include <FineTuning/error.hpp>
#include <FineTuning/internal/scan.hpp>
#include <FineTuning/internal/text.hpp>
#include <FineTuning/model_id.hpp>
#include <FineTuning/provider.hpp>
#include <FineTuning/providers.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace FineTuning::internal {

inline Error id_error(IdError why, std::string_view text, const Provider& provider) {
  const std::string id = in_quotes(text);
  const std::string title(provider.title);
  std::string message;
  switch (why) {
    case IdError::empty_model_id: message = "The model id is empty; name a model."; break;
    case IdError::model_id_too_long:
      message = "The model id " + id + " is longer than the " +
                std::to_string(provider.max_id_length) +
                " bytes that an id can have; check that it is a single id.";
      break;
    case IdError::invalid_characters:
      message =
          "The model id " + id + " has characters that no id of " + title + " has; copy it again.";
      break;
    case IdError::invalid_format:
      message = "The model id " + id + " begins like an id of " + title +
                " and does not go on like one; compare it with the one that the provider gave.";
      break;
    case IdError::not_fine_tuned:
      message = "The model " + id + " is not a fine-tuned model.";
      break;
  }
  return {
      .kind = why == IdError::not_fine_tuned ? ErrorKind::not_fine_tuned : ErrorKind::invalid_model,
      .message = std::move(message),
      .code = std::string(to_string(why))};
}

/// Every name that a spec can begin with.
inline std::string provider_names(std::span<const Provider> own_providers) {
  std::string names;
  for (const Provider& own : own_providers) names += std::string(own.name) + ", ";
  for (const Provider* shipped : providers::all)
    if (std::find(own_providers.begin(), own_providers.end(), *shipped) == own_providers.end())
      names += std::string(shipped->name) + ", ";
  names.resize(names.size() - std::string_view(", ").size());
  return names;
}

/// Why a spec does not tell its provider: it cannot be an id of any, it begins with a name that no
/// provider has, or with none.
inline Error unknown_provider_error(std::string_view spec,
                                    std::span<const Provider> own_providers) {
  constexpr Provider any{.name = "", .title = "any provider", .refused_characters = ""};
  if (const std::optional<IdError> fault = find_fault(spec, any))
    return id_error(*fault, spec, any);
  const std::size_t colon = spec.find(':');
  const bool has_name = colon != std::string_view::npos && colon > 0 &&
                        std::all_of(spec.begin(), spec.begin() + colon, is_letter);
  return {.kind = ErrorKind::invalid_model,
          .message = has_name ? "There is no provider " + in_quotes(spec.substr(0, colon)) +
                                    "; write one of " + provider_names(own_providers) +
                                    " in front, as in openai:gpt-4o."
                              : "The model " + in_quotes(spec) +
                                    " does not name its provider; write it in front, as in "
                                    "openai:gpt-4o.",
          .code = "unknown_provider"};
}

}  // namespace FineTuning::internal
