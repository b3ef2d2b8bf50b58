#pragma once

// AWS Bedrock: the ARNs of custom models. The base stands inside a custom-model ARN, colons and
// all.

#include <FineTuning/provider.hpp>

#include <cstddef>
#include <string_view>

namespace FineTuning::providers {
namespace bedrock_facts {

/// The ARN behind what routers put in front of it, as in bedrock/llama/arn:..; else the text.
constexpr std::string_view arn_of(std::string_view text) {
  const std::string_view arn =
      text.substr(text.substr(0, text.find(':')).rfind('/') + 1);  // npos + 1 is 0
  return arn.starts_with("arn:") ? arn : text;
}

/// arn:PARTITION:bedrock:REGION:ACCOUNT:TYPE/NAME, where TYPE says what it is.
constexpr Result<ModelId, IdError> parse_id(std::string_view text) {
  text = arn_of(text);
  if (!text.starts_with("arn:")) return parse_opaque_id(text);
  std::string_view rest = text.substr(4);
  internal::take_until(rest, ':');  // the partition
  if (internal::take_until(rest, ':') != "bedrock") return IdError::invalid_format;
  ModelId id{.text = text, .kind = ModelId::Kind::fine_tuned};
  id.location = internal::take_until(rest, ':');
  id.organization = internal::take_until(rest, ':');
  const std::string_view type = internal::take_until(rest, '/');
  if (id.location.empty() || rest.empty()) return IdError::invalid_format;

  if (type == "custom-model") {
    const std::size_t slash = rest.rfind('/');
    if (slash != std::string_view::npos) {
      id.base_model = rest.substr(0, slash);
      id.fine_tune_id = rest.substr(slash + 1);
      if (id.fine_tune_id.empty()) return IdError::invalid_format;
      if (id.base_model == "imported") id.base_model = {};
    } else {  // cut short; a base's name is PUBLISHER.MODEL
      (rest.find('.') != std::string_view::npos ? id.base_model : id.fine_tune_id) = rest;
    }
  } else if (type == "custom-model-deployment" || type == "imported-model") {
    id.fine_tune_id = rest;
  } else if (type == "foundation-model") {
    id.kind = ModelId::Kind::base;
  } else {
    id.kind = ModelId::Kind::unknown;  // a provisioned-model may hold either
  }
  return id;
}

constexpr bool recognizes(std::string_view text) {
  text = arn_of(text);
  return internal::begins_with(text, "arn:aws") && text.find(":bedrock:") != std::string_view::npos;
}

}  // namespace bedrock_facts

/// AWS Bedrock: its ids are parsed; it cannot be called.
inline constexpr Provider bedrock{
    .name = "bedrock",
    .title = "AWS Bedrock",
    .telemetry_name = "aws.bedrock",
    .parse_id = bedrock_facts::parse_id,
    .recognizes = bedrock_facts::recognizes,
    .max_id_length = 2048,
};

static_assert(parse_model_id("bedrock/x/arn:aws:bedrock:us-east-1:1:custom-model/a.b-v1:0:8k/cd",
                             bedrock)
                  ->base_model == "a.b-v1:0:8k");

}  // namespace FineTuning::providers
