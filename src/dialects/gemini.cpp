// generateContent.

#include "dialects/answer.hpp"
#include "dialects/chat_body.hpp"
#include "dialects/gemini_request.hpp"
#include "dialects/refusals.hpp"
#include "http/retry.hpp"
#include "json/reader.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>

namespace FineTuning::internal {
namespace {

constexpr std::array error_names{
    NamedError{"INVALID_ARGUMENT", ErrorKind::invalid_request},
    NamedError{"FAILED_PRECONDITION", ErrorKind::invalid_request},
    NamedError{"UNAUTHENTICATED", ErrorKind::authentication},
    NamedError{"PERMISSION_DENIED", ErrorKind::permission_denied},
    NamedError{"NOT_FOUND", ErrorKind::model_not_found},  // a wrong path is answered in HTML
    NamedError{"RESOURCE_EXHAUSTED", ErrorKind::rate_limited},
    NamedError{"INTERNAL", ErrorKind::server_error},
    NamedError{"UNAVAILABLE", ErrorKind::overloaded},
    NamedError{"DEADLINE_EXCEEDED", ErrorKind::timed_out},
};

constexpr std::array finish_reasons{
    NamedReason{"STOP", FinishReason::stop},
    NamedReason{"MAX_TOKENS", FinishReason::length},
    NamedReason{"SAFETY", FinishReason::content_filter},
    NamedReason{"RECITATION", FinishReason::content_filter},
    NamedReason{"LANGUAGE", FinishReason::content_filter},
    NamedReason{"BLOCKLIST", FinishReason::content_filter},
    NamedReason{"PROHIBITED_CONTENT", FinishReason::content_filter},
    NamedReason{"SPII", FinishReason::content_filter},
    NamedReason{"MODEL_ARMOR", FinishReason::content_filter},
    NamedReason{"IMAGE_SAFETY", FinishReason::content_filter},
    NamedReason{"IMAGE_PROHIBITED_CONTENT", FinishReason::content_filter},
    NamedReason{"IMAGE_RECITATION", FinishReason::content_filter},
    NamedReason{"IMAGE_OTHER", FinishReason::content_filter},
    NamedReason{"MALFORMED_FUNCTION_CALL", FinishReason::error},
    NamedReason{"UNEXPECTED_TOOL_CALL", FinishReason::error},
    NamedReason{"TOO_MANY_TOOL_CALLS", FinishReason::error},
    NamedReason{"OTHER", FinishReason::error},
    NamedReason{"NO_IMAGE", FinishReason::error},
};

// ---- refusals

/// The text of google.rpc.RetryInfo, as in "34.4s".
std::optional<std::chrono::milliseconds> retry_delay(std::string_view delay) {
  if (!delay.ends_with('s')) return std::nullopt;
  delay.remove_suffix(1);
  return parse_wait(delay, std::chrono::seconds(1));
}

/// What the details of an error add to its code.
void read_details(Error& error, const JsonValue& body) {
  const JsonValue* first = first_element(body);
  const JsonValue* details = find(first == nullptr ? body : *first, "error", "details");
  if (details == nullptr || !details->is_array()) return;
  for (const JsonValue& detail : *details) {
    if (const auto wait = retry_delay(text_of(detail, "retryDelay"))) error.retry_after = wait;
    if (text_of(detail, "reason") == "API_KEY_INVALID") error.kind = ErrorKind::authentication;
  }
}

Error explain(int status, std::string_view body, const Accent& accent) {
  Error error = explain_body(status, body, accent, error_names);
  if (status == 400 && error.message.starts_with("API key")) error.kind = ErrorKind::authentication;
  if (const JsonDocument value{body}) read_details(error, *value);
  return error;
}

Error explain_chunk(const JsonValue& chunk) {
  Error error = explain_event(chunk, error_names);
  read_details(error, chunk);
  return error;
}

// ---- decoding

/// Protobuf's JSON has 32-bit integers as numbers and 64-bit ones as texts.
std::uint64_t tokens_of(const JsonValue& usage, std::string_view key) {
  const std::string text = text_of(usage, key);
  if (text.empty()) return count_of(usage, key);
  std::uint64_t tokens = 0;
  std::from_chars(text.data(), text.data() + text.size(), tokens);
  return tokens;
}

void read_usage(Usage& usage, const JsonValue& metadata) {
  // Some chunks say only what kind of traffic it was.
  if (find(metadata, "promptTokenCount") == nullptr && find(metadata, "totalTokenCount") == nullptr)
    return;
  usage = {.input_tokens = tokens_of(metadata, "promptTokenCount") +
                           tokens_of(metadata, "toolUsePromptTokenCount"),
           .total_tokens = tokens_of(metadata, "totalTokenCount"),
           .cached_input_tokens = tokens_of(metadata, "cachedContentTokenCount"),
           .reasoning_tokens = tokens_of(metadata, "thoughtsTokenCount"),
           .known = true};
  usage.output_tokens = tokens_of(metadata, "candidatesTokenCount") + usage.reasoning_tokens;
  if (usage.total_tokens == 0)
    usage.total_tokens = saturating_sum(usage.input_tokens, usage.output_tokens);
}

Result<void> read_part(ChatResponse& response, const JsonValue& part, const Deliver& deliver) {
  if (const JsonValue* call = find(part, "functionCall")) {
    const std::size_t index = response.tool_calls.size();
    const JsonValue* arguments = find(*call, "args");
    ToolCall whole{.id = text_of(*call, "id"),
                   .name = text_of(*call, "name"),
                   .arguments = arguments == nullptr ? "{}" : as_text(*arguments),
                   .signature = text_of(part, "thoughtSignature")};
    if (whole.id.empty()) whole.id = fmt::format("{}{}", made_up_id, index);
    return add_tool_call(response, index, std::move(whole), deliver);
  }
  const JsonValue* thought = find(part, "thought");
  const auto add = thought != nullptr && thought->is_true() ? add_reasoning : add_text;
  add(response, text_of(part, "text"), deliver);
  if (std::string signature = text_of(part, "thoughtSignature"); !signature.empty())
    response.signature = std::move(signature);
  return {};
}

void read_citations(ChatResponse& response, const JsonValue& candidate, const Deliver& deliver) {
  for (const std::string_view key : {"citationSources", "citations"}) {  // each service has its own
    const JsonValue* sources = find(candidate, "citationMetadata", key);
    if (sources == nullptr || !sources->is_array()) continue;
    for (const JsonValue& source : *sources) {
      Citation citation{.start = count_of(source, "startIndex"),
                        .end = count_of(source, "endIndex")};
      if (std::string uri = text_of(source, "uri"); !uri.empty())
        citation.sources.push_back(std::move(uri));
      add_citation(response, std::move(citation), deliver);
    }
  }
}

Result<void> read_candidate(ChatResponse& response, const JsonValue& candidate,
                            const Deliver& deliver) {
  if (const JsonValue* parts = find(candidate, "content", "parts");
      parts != nullptr && parts->is_array())
    for (const JsonValue& part : *parts)
      if (Result<void> read = read_part(response, part, deliver); !read) return read;
  read_citations(response, candidate, deliver);
  if (std::string reason = text_of(candidate, "finishReason"); !reason.empty())
    set_finish_reason(response, std::move(reason), finish_reasons);
  return {};
}

/// Adds a chunk, or an answer, which is one whole chunk.
Result<void> read_chunk(ChatResponse& response, const JsonValue& chunk, const Deliver& deliver) {
  if (find(chunk, "error") != nullptr) return explain_chunk(chunk);
  if (std::string id = text_of(chunk, "responseId"); !id.empty()) response.id = std::move(id);
  if (std::string model = text_of(chunk, "modelVersion"); !model.empty())
    response.model = std::move(model);
  if (const JsonValue* usage = find(chunk, "usageMetadata")) read_usage(response.usage, *usage);
  const JsonValue* candidates = find(chunk, "candidates");
  const JsonValue* candidate = candidates == nullptr ? nullptr : first_element(*candidates);
  if (candidate != nullptr && count_of(*candidate, "index") == 0)
    if (Result<void> read = read_candidate(response, *candidate, deliver); !read) return read;
  if (const JsonValue* feedback = find(chunk, "promptFeedback"))
    if (std::string reason = text_of(*feedback, "blockReason"); !reason.empty()) {
      response.raw_finish_reason = std::move(reason);
      response.finish_reason = FinishReason::content_filter;
    }
  if (response.finish_reason == FinishReason::stop && !response.tool_calls.empty())
    response.finish_reason = FinishReason::tool_calls;
  return {};
}

/// Adds all chunks of a body: without alt=sse a stream is an array of them.
Result<void> read_chunks(ChatResponse& response, const JsonValue& body, const Deliver& deliver) {
  if (!body.is_array()) return read_chunk(response, body, deliver);
  for (const JsonValue& chunk : body)
    if (Result<void> read = read_chunk(response, chunk, deliver); !read) return read;
  return {};
}

Result<ChatResponse> decode(std::string_view text, const Accent& /*accent*/) {
  const JsonDocument body(text);
  if (!body) return malformed("The answer is not JSON.");
  ChatResponse response;
  if (Result<void> read = read_chunks(response, *body, deliver_nothing); !read)
    return std::move(read).error();
  if (response.raw_finish_reason.empty() && response.content.empty() && response.tool_calls.empty())
    return malformed("The answer has neither a candidate nor a reason why there is none.");
  return response;
}

/// The only terminator is the end of the body. The answer is whole then if its last chunk says why
/// it is the last; some servers say so in every chunk.
Result<void> absorb(StreamState& state, const SseEvent& event, const Accent& /*accent*/,
                    const Deliver& deliver) {
  if (event.data == "[DONE]") return {};  // some gateways add it
  const JsonDocument chunk(event.data);
  if (!chunk) return malformed("The stream has an event that is not JSON.");
  Result<void> read = read_chunks(state.response, *chunk, deliver);
  state.is_whole = !state.response.raw_finish_reason.empty();
  return read;
}

/// A model with checkpoints has an endpoint for each: that of the default checkpoint is taken.
Result<std::string> decode_lookup(std::string_view text) {
  const JsonDocument model(text);
  if (!model || !model->is_object())
    return malformed("The description of the model is not a JSON object.");
  const JsonValue* places = find(*model, "deployedModels");
  if (places == nullptr || !places->is_array()) return std::string();
  const std::string checkpoint = text_of(*model, "defaultCheckpointId");
  for (const JsonValue& place : *places)
    if (text_of(place, "checkpointId") == checkpoint) return text_of(place, "endpoint");
  const JsonValue* first = first_element(*places);
  return first == nullptr ? std::string() : text_of(*first, "endpoint");
}

}  // namespace

constinit const DialectFunctions gemini_dialect{.encode = encode_gemini,
                                                .decode = decode,
                                                .absorb = absorb,
                                                .explain = explain,
                                                .decode_lookup = decode_lookup};

}  // namespace FineTuning::internal
