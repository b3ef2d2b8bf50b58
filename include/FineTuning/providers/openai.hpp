#pragma once

// OpenAI: https://api.openai.com/v1. The dialect's first speaker; it has three generations of ids.

#include <FineTuning/models/openai.hpp>
#include <FineTuning/provider.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace FineTuning::providers {
namespace openai_facts {

/// ft:BASE:ORG[:SUFFIX]:ID[:ckpt-step-N]. The suffix is often empty ("::") and sometimes left out
/// with its colon.
constexpr Result<ModelId, IdError> parse_current(std::string_view rest) {
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

/// BASE:ft-.., in which BASE is one of the four, or begins with one and a character that is not a
/// letter.
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
constexpr Result<ModelId, IdError> parse_legacy(std::string_view text) {
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

constexpr Result<ModelId, IdError> parse_id(std::string_view text) {
  if (internal::take_prefix(text, "ft:")) return parse_current(text);
  return is_legacy(text) ? parse_legacy(text) : parse_opaque_id(text);
}

constexpr bool recognizes(std::string_view text) {
  return internal::begins_with(text, "ft:") || is_legacy(text);
}

}  // namespace openai_facts

/// OpenAI, by chat completions.
inline constexpr Provider openai{
    .name = "openai",
    .title = "OpenAI",
    .parse_id = openai_facts::parse_id,
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
