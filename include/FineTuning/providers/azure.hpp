#pragma once

// Azure OpenAI: the ids of its fine-tunes. Calls go to deployments, whose names say nothing.

#include <FineTuning/provider.hpp>

namespace FineTuning::providers {
namespace azure_facts {

constexpr std::string_view mark = ".ft-";
constexpr std::string_view checkpoint_mark = "ftchkpt-";
constexpr std::size_t hash_size = 32;

/// BASE.ft-HASH[-SUFFIX][:ckpt-step-N]. The base may have dots, so the last mark counts.
constexpr Result<ModelId, IdError> read_fine_tune(std::string_view text, std::size_t at) {
  ModelId id{.text = text, .kind = ModelId::Kind::fine_tuned, .base_model = text.substr(0, at)};
  std::string_view rest = text.substr(at + mark.size());
  const std::string_view name = detail::take_until(rest, ':');
  if (!rest.empty()) {
    id.kind = ModelId::Kind::checkpoint;
    id.checkpoint = rest;
  }
  if (id.base_model.empty() || name.empty()) return IdError::invalid_format;
  const std::size_t hyphen = name.find('-');
  if (hyphen == std::string_view::npos) {
    id.fine_tune_id = name;
  } else if (hyphen == hash_size) {  // elsewhere a hash and a suffix cannot be told apart
    id.fine_tune_id = name.substr(0, hash_size);
    id.suffix = name.substr(hash_size + 1);
  }
  return id;
}

constexpr Result<ModelId, IdError> read_id(std::string_view text) {
  if (text.starts_with(checkpoint_mark) && text.size() > checkpoint_mark.size())
    return ModelId{.text = text, .kind = ModelId::Kind::checkpoint, .checkpoint = text};
  const std::size_t at = text.rfind(mark);
  if (at == std::string_view::npos) return read_opaque_id(text);
  return read_fine_tune(text, at);
}

constexpr bool recognizes(std::string_view text) {
  if (text.starts_with(checkpoint_mark)) return true;
  const std::size_t at = text.rfind(mark);
  return at != std::string_view::npos && at > 0 &&
         text.find_first_of("/:") >= at;  // nothing but a base before the mark
}

}  // namespace azure_facts

inline constexpr Provider azure{
    .name = "azure",
    .title = "Azure OpenAI",
    .read_id = azure_facts::read_id,
    .recognizes = azure_facts::recognizes,
    .routing_prefixes = {"azure/", ""},
};

}  // namespace FineTuning::providers
