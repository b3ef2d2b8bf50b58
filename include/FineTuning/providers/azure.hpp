#pragma once

// Azure OpenAI: the ids of its fine-tunes. Calls go to deployments, whose names say nothing.

#include <FineTuning/provider.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace FineTuning::providers {
namespace azure_facts {

inline constexpr std::string_view mark = ".ft-";
inline constexpr std::string_view checkpoint_mark = "ftchkpt-";
inline constexpr std::size_t hash_size = 32;

/// The position of the mark that ends a fine-tune's base: the last one before a hash, else the last
/// one. Bases have dots, and suffixes may have marks.
constexpr std::size_t find_mark(std::string_view text) {
  const std::size_t last = text.rfind(mark);
  std::size_t at = last;
  while (at != std::string_view::npos) {
    const std::string_view hash = text.substr(at + mark.size(), hash_size);
    if (hash.size() == hash_size && std::all_of(hash.begin(), hash.end(), [](char c) {
          return internal::is_lower_hex(internal::lower(c));
        }))
      return at;
    at = at == 0 ? std::string_view::npos : text.rfind(mark, at - 1);
  }
  return last;
}

/// BASE.ft-HASH[-SUFFIX][:ckpt-step-N], or a name in the place of the hash, as documents have it.
/// Anything else behind the colon makes it a tag; a slash or a dot in the name makes it a file.
constexpr Result<ModelId, IdError> parse_fine_tune(std::string_view text, std::size_t at) {
  ModelId id{.text = text, .kind = ModelId::Kind::fine_tuned, .base_model = text.substr(0, at)};
  std::string_view rest = text.substr(at + mark.size());
  const std::string_view name = internal::take_until(rest, ':');
  if (id.base_model.empty() || name.empty()) return IdError::invalid_format;
  if (!rest.empty()) {
    if (!rest.starts_with("ckpt-step-")) return IdError::invalid_format;
    id.kind = ModelId::Kind::checkpoint;
    id.checkpoint = rest;
  }
  const std::size_t hyphen = name.find('-');
  if (hyphen == hash_size) {  // elsewhere a hash and a suffix cannot be told apart
    id.fine_tune_id = name.substr(0, hash_size);
    id.suffix = name.substr(hash_size + 1);
    return id;
  }
  if (name.find_first_of("./") != std::string_view::npos) return parse_opaque_id(text);
  if (hyphen == std::string_view::npos) id.fine_tune_id = name;
  return id;
}

constexpr Result<ModelId, IdError> parse_id(std::string_view text) {
  if (text.starts_with(checkpoint_mark) && text.size() > checkpoint_mark.size())
    return ModelId{.text = text, .kind = ModelId::Kind::checkpoint, .checkpoint = text};
  const std::size_t at = find_mark(text);
  if (at == std::string_view::npos) return parse_opaque_id(text);
  return parse_fine_tune(text, at);
}

/// A fine-tune, with nothing but a base before the mark.
constexpr bool recognizes(std::string_view text) {
  if (text.starts_with(checkpoint_mark)) return true;
  const std::size_t at = find_mark(text);
  if (at == std::string_view::npos || text.find_first_of("/:") < at) return false;
  const Result<ModelId, IdError> id = parse_fine_tune(text, at);
  return id && id->is_fine_tuned();
}

}  // namespace azure_facts

/// Azure OpenAI: its ids are parsed; it cannot be called.
inline constexpr Provider azure{
    .name = "azure",
    .title = "Azure OpenAI",
    .telemetry_name = "azure.ai.openai",
    .parse_id = azure_facts::parse_id,
    .recognizes = azure_facts::recognizes,
    .routing_prefixes = "azure/|azure_ai/",
};

static_assert(parse_model_id("gpt-4.1-nano.ft-b044a9d3cf9c4228b5d393567f693b83-my.ft-model", azure)
                  ->suffix == "my.ft-model");
static_assert(parse_model_id("azure_ai/gpt-4o.ft-abc123:ckpt-step-9", azure)->checkpoint ==
              "ckpt-step-9");

}  // namespace FineTuning::providers
