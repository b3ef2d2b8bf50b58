// POST /chat/completions, which most services speak.

#include "dialects/answer.hpp"
#include "dialects/chat_body.hpp"
#include "dialects/refusals.hpp"
#include "json/reader.hpp"

#include <FineTuning/internal/scan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace FineTuning::internal {
namespace {

constexpr std::array error_names{
    NamedError{"insufficient_quota", ErrorKind::quota_exhausted},
    NamedError{"billing_not_active", ErrorKind::quota_exhausted},
    NamedError{"credit_balance_exhausted", ErrorKind::quota_exhausted},
    NamedError{"rate_limit_exceeded", ErrorKind::rate_limited},
    NamedError{"rate_limit", ErrorKind::rate_limited},
    NamedError{"slow_down", ErrorKind::rate_limited},
    NamedError{"invalid_api_key", ErrorKind::authentication},
    NamedError{"model_not_found", ErrorKind::model_not_found},
    NamedError{"model_not_available", ErrorKind::model_not_found},
    NamedError{"model_decommissioned", ErrorKind::model_retired},
    NamedError{"context_length_exceeded", ErrorKind::context_length_exceeded},
    NamedError{"content_filter", ErrorKind::content_filtered},
    NamedError{"content_policy_violation", ErrorKind::content_filtered},
    NamedError{"server_is_overloaded", ErrorKind::overloaded},
    NamedError{"tool_use_failed", ErrorKind::invalid_request},
};

constexpr std::array finish_reasons{
    NamedReason{"stop", FinishReason::stop},
    NamedReason{"eos", FinishReason::stop},
    NamedReason{"length", FinishReason::length},
    NamedReason{"model_length", FinishReason::length},
    NamedReason{"tool_calls", FinishReason::tool_calls},
    NamedReason{"function_call", FinishReason::tool_calls},
    NamedReason{"content_filter", FinishReason::content_filter},
    NamedReason{"error", FinishReason::error},
};

// ---- encoding

void write_tool_choice(JsonWriter& body, const ToolChoice& choice) {
  body.key("tool_choice");
  switch (choice.mode) {
    case ToolChoice::Mode::automatic: body.string("auto"); break;
    case ToolChoice::Mode::none: body.string("none"); break;
    case ToolChoice::Mode::required: body.string("required"); break;
    case ToolChoice::Mode::named:
      body.begin_object();
      body.key("type").string("function");
      body.key("function").begin_object();
      body.key("name").string(choice.name);
      body.end_object();
      body.end_object();
      break;
  }
}

void write_response_format(JsonWriter& body, const ResponseFormat& format) {
  body.key("response_format").begin_object();
  body.key("type").string(to_string(format.type));
  if (format.type == ResponseFormat::Type::json_schema) {
    body.key("json_schema").begin_object();
    body.key("name").string(format.name);
    body.key("schema").raw(format.schema);
    body.end_object();
  }
  body.end_object();
}

Result<std::string> encode(const ChatRequest& request, std::string_view model_id,
                           const Accent& accent, bool stream) {
  if (Result<void> checked = check_request(request); !checked) return std::move(checked).error();
  JsonWriter body;
  body.begin_object();
  body.key("model").string(model_id);
  write_messages(body, request.messages);
  if (request.temperature) body.key("temperature").number(*request.temperature);
  if (request.top_p) body.key("top_p").number(*request.top_p);
  if (request.max_tokens) body.key(accent.max_tokens).number(std::uint64_t{*request.max_tokens});
  if (!request.stop.empty()) write_texts(body, "stop", request.stop);
  if (request.seed) body.key("seed").number(*request.seed);
  if (!request.tools.empty()) write_tools(body, request.tools);
  if (request.tool_choice) write_tool_choice(body, *request.tool_choice);
  if (request.response_format) write_response_format(body, *request.response_format);
  if (stream) {
    body.key("stream").boolean(true);
    if (accent.asks_for_stream_usage) body.key("stream_options").raw(R"({"include_usage":true})");
  }
  body.end_object();
  return finish_body(std::move(body), request);
}

// ---- decoding

Usage read_usage(const JsonValue& usage) {
  Usage read{.input_tokens = count_of(usage, "prompt_tokens"),
             .output_tokens = count_of(usage, "completion_tokens"),
             .total_tokens = count_of(usage, "total_tokens"),
             .known = has_count(usage, {"prompt_tokens", "completion_tokens", "total_tokens"})};
  if (const JsonValue* details = find(usage, "prompt_tokens_details"))
    read.cached_input_tokens = count_of(*details, "cached_tokens");
  if (const JsonValue* details = find(usage, "completion_tokens_details"))
    read.reasoning_tokens = count_of(*details, "reasoning_tokens");
  if (read.total_tokens == 0)
    read.total_tokens = saturating_sum(read.input_tokens, read.output_tokens);
  return read;
}

/// What the provider adds to the dialect; null if nothing.
const JsonValue* additions_of(const JsonValue& body, const Accent& accent) {
  return accent.additions.empty() ? nullptr : find(body, accent.additions);
}

/// Reads what every answer, and every chunk of one, says of itself.
void read_envelope(ChatResponse& response, const JsonValue& body, const JsonValue* additions) {
  if (std::string id = text_of(body, "id"); !id.empty()) response.id = std::move(id);
  if (std::string model = text_of(body, "model"); !model.empty()) response.model = std::move(model);
  if (additions != nullptr && response.request_id.empty())
    response.request_id = text_of(*additions, "id");
  const JsonValue* usage = find(body, "usage");
  if (usage == nullptr && additions != nullptr) usage = find(*additions, "usage");
  if (usage != nullptr && usage->is_object()) response.usage = read_usage(*usage);
}

/// A text, or the text chunks of a list.
void read_chunks(const JsonValue& content, std::string& text) {
  if (content.is_string()) text += content.characters();
  if (content.is_array())
    for (const JsonValue& chunk : content) text += text_of(chunk, "text");
}

/// The visible text and the reasoning of a message or of a delta.
void read_texts(const JsonValue& message, std::string& text, std::string& reasoning) {
  if (const JsonValue* content = find(message, "content")) {
    read_chunks(*content, text);
    if (content->is_array())  // some services send chunks of thinking too
      for (const JsonValue& chunk : *content)
        if (const JsonValue* thinking = find(chunk, "thinking")) read_chunks(*thinking, reasoning);
  }
  text += text_of(message, "refusal");
  // Two names for one thing: a service that sends both says the same twice.
  const std::string thoughts = text_of(message, "reasoning");
  reasoning += thoughts.empty() ? text_of(message, "reasoning_content") : thoughts;
}

std::string arguments_of(const JsonValue& function) {
  const JsonValue* arguments = find(function, "arguments");
  return arguments == nullptr ? std::string() : as_text(*arguments);
}

Result<ChatResponse> decode(std::string_view text, const Accent& accent) {
  const JsonDocument body(text);
  if (!body || !body->is_object()) return malformed("The answer is not a JSON object.");
  const JsonValue* choices = find(*body, "choices");
  const JsonValue* choice = choices == nullptr ? nullptr : first_element(*choices);
  const JsonValue* message = choice == nullptr ? nullptr : find(*choice, "message");
  if (message == nullptr || !message->is_object()) {
    if (find(*body, "error") != nullptr) return explain_event(*body, error_names);
    return malformed("The answer has no choice with a message.");
  }

  ChatResponse response;
  read_envelope(response, *body, additions_of(*body, accent));
  read_texts(*message, response.content, response.reasoning);
  if (const JsonValue* calls = find(*message, "tool_calls"); calls != nullptr && calls->is_array())
    for (const JsonValue& call : *calls)
      if (const JsonValue* function = find(call, "function"))
        response.tool_calls.push_back({.id = text_of(call, "id"),
                                       .name = text_of(*function, "name"),
                                       .arguments = arguments_of(*function)});
  set_finish_reason(response, text_of(*choice, "finish_reason"), finish_reasons);
  return response;
}

// ---- streaming

Result<void> absorb_tool_call(ChatResponse& response, const JsonValue& call,
                              const Deliver& deliver) {
  // Fragments belong together by index; only the first one has the id and the name.
  std::size_t index = response.tool_calls.empty() ? 0 : response.tool_calls.size() - 1;
  if (const JsonValue* given = find(call, "index")) {
    if (!all_digits(given->raw()) || !given->is_number())
      return malformed(fmt::format("The answer has a tool call with the index {}.", given->raw()));
    index = count_of(call, "index");
  } else if (!text_of(call, "id").empty()) {
    index = response.tool_calls.size();
  }
  ToolCall piece{.id = text_of(call, "id")};
  if (const JsonValue* function = find(call, "function")) {
    piece.name = text_of(*function, "name");
    piece.arguments = arguments_of(*function);
  }
  return add_tool_call(response, index, std::move(piece), deliver);
}

Result<void> absorb_delta(ChatResponse& response, const JsonValue& delta, const Deliver& deliver) {
  std::string text;
  std::string reasoning;
  read_texts(delta, text, reasoning);
  add_reasoning(response, reasoning, deliver);
  add_text(response, text, deliver);
  if (const JsonValue* calls = find(delta, "tool_calls"); calls != nullptr && calls->is_array())
    for (const JsonValue& call : *calls)
      if (Result<void> added = absorb_tool_call(response, call, deliver); !added) return added;
  return {};
}

/// The choice of index 0, which is the only one that is read.
const JsonValue* first_choice(const JsonValue& choices) {
  const auto at = std::find_if(choices.begin(), choices.end(), [](const JsonValue& choice) {
    return count_of(choice, "index") == 0;
  });
  return at == choices.end() ? nullptr : &*at;
}

Result<void> absorb(StreamState& state, const SseEvent& event, const Accent& accent,
                    const Deliver& deliver) {
  if (event.data == "[DONE]") {
    state.is_whole = state.is_over = true;
    return {};
  }
  if (event.name == "error") return explain_event(event.data, error_names);
  const JsonDocument chunk(event.data);
  if (!chunk || !chunk->is_object())
    return malformed("The stream has an event that is not a JSON object.");
  if (find(*chunk, "error") != nullptr) return explain_event(*chunk, error_names);
  const JsonValue* additions = additions_of(*chunk, accent);
  if (additions != nullptr)
    if (const JsonValue* error = find(*additions, "error"))
      return Error{.kind = ErrorKind::server_error, .message = as_text(*error)};

  read_envelope(state.response, *chunk, additions);
  const JsonValue* choices = find(*chunk, "choices");
  const JsonValue* choice = choices == nullptr ? nullptr : first_choice(*choices);
  if (choice == nullptr) return {};
  const JsonValue* delta = find(*choice, "delta");
  if (const JsonValue* message = find(*choice, "message")) {  // some servers cannot stream
    delta = message;
    state.is_whole = true;
  }
  if (delta != nullptr)
    if (Result<void> added = absorb_delta(state.response, *delta, deliver); !added) return added;
  if (std::string reason = text_of(*choice, "finish_reason"); !reason.empty())
    set_finish_reason(state.response, std::move(reason), finish_reasons);
  return {};
}

// ---- refusals

Error explain(int status, std::string_view body, const Accent& accent) {
  return explain_body(status, body, accent, error_names);
}

}  // namespace

constinit const DialectFunctions openai_chat_dialect{.encode = encode,
                                                     .decode = decode,
                                                     .absorb = absorb,
                                                     .explain = explain,
                                                     .decode_lookup = nullptr};

}  // namespace FineTuning::internal
