// POST /v2/chat.

#include "dialects/answer.hpp"
#include "dialects/chat_body.hpp"
#include "dialects/refusals.hpp"
#include "json/reader.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace FineTuning::internal {
namespace {

constexpr std::array finish_reasons{
    NamedReason{"COMPLETE", FinishReason::stop},
    NamedReason{"STOP_SEQUENCE", FinishReason::stop},
    NamedReason{"MAX_TOKENS", FinishReason::length},
    NamedReason{"TOOL_CALL", FinishReason::tool_calls},
    NamedReason{"ERROR", FinishReason::error},
    NamedReason{"TIMEOUT", FinishReason::error},
};

// ---- encoding

void write_document(JsonWriter& body, const Document& document) {
  std::map<std::string_view, std::string_view> data(document.metadata.begin(),
                                                    document.metadata.end());
  data["text"] = document.content;
  if (!document.title.empty()) data["title"] = document.title;
  if (!document.url.empty()) data["url"] = document.url;
  body.begin_object();
  if (!document.id.empty()) body.key("id").string(document.id);
  body.key("data").begin_object();
  for (const auto& [name, text] : data) body.key(name).string(text);
  body.end_object();
  body.end_object();
}

void write_response_format(JsonWriter& body, const ResponseFormat& format) {
  const bool is_text = format.type == ResponseFormat::Type::text;
  body.key("response_format").begin_object();
  body.key("type").string(is_text ? "text" : "json_object");
  if (format.type == ResponseFormat::Type::json_schema) body.key("json_schema").raw(format.schema);
  body.end_object();
}

Result<std::string> encode(const ChatRequest& request, std::string_view model_id,
                           const Accent& accent, bool stream) {
  if (Result<void> checked = check_request(request); !checked) return std::move(checked).error();
  const ToolChoice::Mode choice = request.tool_choice.value_or(ToolChoice{}).mode;
  if (choice == ToolChoice::Mode::named)
    return invalid_request(
        "This provider cannot be made to call one tool by name; give that tool only and require a "
        "call, or leave the choice to the model.");
  JsonWriter body;
  body.begin_object();
  body.key("model").string(model_id);
  write_messages(body, request.messages);
  if (!request.documents.empty()) {
    body.key("documents").begin_array();
    for (const Document& document : request.documents) write_document(body, document);
    body.end_array();
  }
  if (request.temperature) body.key("temperature").number(*request.temperature);
  if (request.top_p) body.key("p").number(*request.top_p);
  if (request.max_tokens) body.key(accent.max_tokens).number(std::uint64_t{*request.max_tokens});
  if (!request.stop.empty()) write_texts(body, "stop_sequences", request.stop);
  if (request.seed) body.key("seed").number(*request.seed);
  if (!request.tools.empty()) write_tools(body, request.tools);
  // Leaving the choice to the model has no name in this protocol.
  if (choice == ToolChoice::Mode::required) body.key("tool_choice").string("REQUIRED");
  if (choice == ToolChoice::Mode::none) body.key("tool_choice").string("NONE");
  if (request.response_format) write_response_format(body, *request.response_format);
  if (stream) body.key("stream").boolean(true);
  body.end_object();
  return finish_body(std::move(body), request);
}

// ---- decoding

Usage read_usage(const JsonValue& usage) {
  const JsonValue* tokens =
      find(usage, "tokens");  // billed_units are smaller numbers of something else
  if (tokens == nullptr || !tokens->is_object()) return {};
  Usage read{.input_tokens = count_of(*tokens, "input_tokens"),
             .output_tokens = count_of(*tokens, "output_tokens"),
             .cached_input_tokens = count_of(usage, "cached_tokens"),
             .known = has_count(*tokens, {"input_tokens", "output_tokens"})};
  read.total_tokens = saturating_sum(read.input_tokens, read.output_tokens);
  return read;
}

/// Why it ended and what it used. The end may be an error although the HTTP status is 200.
Result<void> read_end(ChatResponse& response, const JsonValue& object) {
  const JsonValue* error = find(object, "error");
  if (error != nullptr || text_of(object, "finish_reason") == "ERROR")
    return Error{.kind = ErrorKind::server_error,
                 .message = error == nullptr ? "The model failed." : as_text(*error),
                 .http_status = 200};
  set_finish_reason(response, text_of(object, "finish_reason"), finish_reasons);
  if (const JsonValue* usage = find(object, "usage")) response.usage = read_usage(*usage);
  return {};
}

Citation read_citation(const JsonValue& object) {
  Citation citation{.start = count_of(object, "start"),
                    .end = count_of(object, "end"),
                    .text = text_of(object, "text")};
  if (const JsonValue* sources = find(object, "sources"); sources != nullptr && sources->is_array())
    for (const JsonValue& source : *sources)
      if (std::string id = text_of(source, "id"); !id.empty())
        citation.sources.push_back(std::move(id));
  return citation;
}

ToolCall read_tool_call(const JsonValue& object) {
  ToolCall call{.id = text_of(object, "id")};
  if (const JsonValue* function = find(object, "function")) {
    call.name = text_of(*function, "name");
    call.arguments = text_of(*function, "arguments");
  }
  return call;
}

/// A call without arguments comes with no text of them, or with "null".
void end_tool_call(ChatResponse& response, std::size_t index, const Deliver& deliver) {
  if (index >= response.tool_calls.size()) return;
  std::string& arguments = response.tool_calls[index].arguments;
  if (!arguments.empty() && arguments != "null") return;
  arguments = "{}";
  deliver({.kind = StreamEvent::Kind::tool_call, .text = arguments, .index = index});
}

/// The elements of a list; anything else is its own only element.
template <class F>
void for_each_of(const JsonValue* value, F&& use) {
  if (value == nullptr) return;
  if (!value->is_array()) return use(*value);
  for (const JsonValue& each : *value) use(each);
}

/// Adds a whole message, or the piece of one in an event. There, each list has become one element,
/// and `index` is its place in the list.
Result<void> read_message(ChatResponse& response, const JsonValue& message, std::size_t index,
                          const Deliver& deliver) {
  Result<void> added;
  add_reasoning(response, text_of(message, "tool_plan"), deliver);
  for_each_of(find(message, "content"), [&](const JsonValue& block) {
    add_reasoning(response, text_of(block, "thinking"), deliver);
    add_text(response, block.is_string() ? as_text(block) : text_of(block, "text"), deliver);
  });
  for_each_of(find(message, "tool_calls"), [&](const JsonValue& call) {
    if (added) added = add_tool_call(response, index++, read_tool_call(call), deliver);
  });
  for_each_of(find(message, "citations"), [&](const JsonValue& citation) {
    const std::string type = text_of(citation, "type");
    // A citation in the model's thoughts is not a place in its text.
    if (type != "PLAN" && type != "THINKING_CONTENT")
      add_citation(response, read_citation(citation), deliver);
  });
  return added;
}

Result<ChatResponse> decode(std::string_view text, const Accent& /*accent*/) {
  const JsonDocument body(text);
  if (!body || !body->is_object()) return malformed("The answer is not a JSON object.");
  const JsonValue* message = find(*body, "message");
  if (message == nullptr || !message->is_object()) return malformed("The answer has no message.");
  ChatResponse response{.id = text_of(*body, "id")};
  if (Result<void> read = read_message(response, *message, 0, deliver_nothing); !read)
    return std::move(read).error();
  for (std::size_t index = 0; index < response.tool_calls.size(); ++index)
    end_tool_call(response, index, deliver_nothing);
  if (Result<void> read = read_end(response, *body); !read) return std::move(read).error();
  return response;
}

// ---- streaming

constexpr std::array<std::string_view, 7> pieces_of_message{
    "message-start",   "content-start",   "content-delta", "tool-plan-delta",
    "tool-call-start", "tool-call-delta", "citation-start"};

Result<void> end_message(StreamState& state, const JsonValue& event) {
  const JsonValue* delta = find(event, "delta");
  if (Result<void> read = read_end(state.response, delta == nullptr ? event : *delta); !read)
    return read;
  state.is_whole = state.is_over = true;
  return {};
}

Result<void> absorb(StreamState& state, const SseEvent& event, const Accent& /*accent*/,
                    const Deliver& deliver) {
  if (event.name == "error") return explain_event(event.data, {});
  const JsonDocument data(event.data);
  if (!data) return malformed("The stream has an event that is not JSON.");
  if (find(*data, "error") != nullptr) return explain_event(*data, {});
  const std::string type = text_of(*data, "type");
  if (type == "message-end") return end_message(state, *data);
  if (type == "message-start") state.response.id = text_of(*data, "id");
  if (type == "tool-call-end") end_tool_call(state.response, count_of(*data, "index"), deliver);
  const bool is_piece = std::find(pieces_of_message.begin(), pieces_of_message.end(), type) !=
                        pieces_of_message.end();
  if (const JsonValue* message = find(*data, "delta", "message"); message != nullptr && is_piece)
    return read_message(state.response, *message, count_of(*data, "index"), deliver);
  return {};
}

// ---- refusals

Error explain(int status, std::string_view body, const Accent& accent) {
  Error error = explain_body(status, body, accent, {});
  // A trial key's monthly limit has the status of too many calls a minute.
  if (error.kind == ErrorKind::rate_limited && error.message.find("month") != std::string::npos)
    error.kind = ErrorKind::quota_exhausted;
  if (const JsonDocument value{body}) error.request_id = text_of(*value, "id");
  return error;
}

}  // namespace

constinit const DialectFunctions cohere_chat_dialect{.encode = encode,
                                                     .decode = decode,
                                                     .absorb = absorb,
                                                     .explain = explain,
                                                     .decode_lookup = nullptr};

}  // namespace FineTuning::internal
