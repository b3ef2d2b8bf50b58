// The requests of generateContent.

#include "dialects/gemini_request.hpp"

#include <FineTuning/internal/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace FineTuning::internal {
namespace {

bool is_made_up(std::string_view id) {
  return id.starts_with(made_up_id) &&
         id.find_first_not_of("0123456789", made_up_id.size()) == std::string_view::npos;
}

/// A data: URL taken apart.
struct InlineData {
  std::string_view media_type;
  std::string_view base64;
};

std::optional<InlineData> read_data_url(std::string_view url) {
  constexpr std::string_view scheme = "data:";
  constexpr std::string_view mark = ";base64";
  const std::size_t comma = url.find(',');
  if (!url.starts_with(scheme) || comma == std::string_view::npos ||
      !url.substr(0, comma).ends_with(mark))
    return std::nullopt;
  const std::string_view type = url.substr(scheme.size(), comma - scheme.size());
  return InlineData{.media_type = type.substr(0, type.find(';')), .base64 = url.substr(comma + 1)};
}

/// The name of the function that a result is of. A result may name only its call, which has it.
std::string_view function_of(const Message& result, const std::vector<Message>& messages) {
  std::string_view function = result.tool_name;
  if (!function.empty()) return function;
  for (const Message& message : messages) {
    if (&message == &result) break;
    for (const ToolCall& call : message.tool_calls)
      if (call.id == result.tool_call_id) function = call.name;
  }
  return function;  // of the latest call: made-up ids are the same in every turn
}

/// Refuses what this protocol cannot say.
Result<void> check_messages(const std::vector<Message>& messages) {
  for (const Message& message : messages) {
    for (const Part& part : message.parts)
      if (const Image* image = std::get_if<Image>(&part))
        if (image->url.starts_with("data:") && !read_data_url(image->url))
          return invalid_request("An image's data: URL is not in base64; give the image as bytes.");
    for (const ToolCall& call : message.tool_calls)
      if (!call.arguments.empty() && !is_json_object(call.arguments))
        return invalid_request(fmt::format(
            "The arguments of a call of {} are not a JSON object, which this provider requires; "
            "correct them or leave out the call.",
            in_quotes(call.name)));
    if (message.role == Role::tool && function_of(message, messages).empty())
      return invalid_request(fmt::format(
          "No call with the id {} precedes its result; set Message::tool_name to the function that "
          "was called.",
          in_quotes(message.tool_call_id)));
  }
  return {};
}

void write_text_part(JsonWriter& body, std::string_view text, std::string_view signature = {}) {
  if (text.empty() && signature.empty()) return;  // a part must not be empty
  body.begin_object();
  body.key("text").string(text);
  if (!signature.empty()) body.key("thoughtSignature").string(signature);
  body.end_object();
}

void write_data_part(JsonWriter& body, std::string_view kind, std::string_view media_type,
                     std::string_view data_key, std::string_view data) {
  body.begin_object();
  body.key(kind).begin_object();
  if (!media_type.empty()) body.key("mimeType").string(media_type);
  body.key(data_key).string(data);
  body.end_object();
  body.end_object();
}

void write_image(JsonWriter& body, const Image& image) {
  if (image.url.empty())
    write_data_part(body, "inlineData", image.media_type, "data", base64(image.bytes));
  else if (const std::optional<InlineData> data = read_data_url(image.url))
    write_data_part(body, "inlineData", data->media_type, "data", data->base64);
  else
    write_data_part(body, "fileData", image.media_type, "fileUri", image.url);
}

/// What says which call it is, in a call and in its result.
void write_call_name(JsonWriter& body, std::string_view id, std::string_view function) {
  if (!id.empty() && !is_made_up(id)) body.key("id").string(id);
  body.key("name").string(function);
}

void write_call(JsonWriter& body, const ToolCall& call) {
  body.begin_object();
  body.key("functionCall").begin_object();
  write_call_name(body, call.id, call.name);
  body.key("args").raw(call.arguments.empty() ? "{}" : call.arguments);
  body.end_object();
  if (!call.signature.empty()) body.key("thoughtSignature").string(call.signature);
  body.end_object();
}

void write_result(JsonWriter& body, const Message& message, std::string_view function) {
  const std::string result = message.text();
  body.begin_object();
  body.key("functionResponse").begin_object();
  write_call_name(body, message.tool_call_id, function);
  if (is_json_object(result)) {
    body.key("response").raw(result);
  } else {
    body.key("response").begin_object();
    body.key("output").string(result);
    body.end_object();
  }
  body.end_object();
  body.end_object();
}

void write_parts(JsonWriter& body, const Message& message, const std::vector<Message>& messages) {
  if (message.role == Role::tool)
    return write_result(body, message, function_of(message, messages));
  if (!message.signature.empty()) {  // it arrived with the end of the text
    write_text_part(body, message.text(), message.signature);
  } else {
    for (const Part& part : message.parts)
      if (const Image* image = std::get_if<Image>(&part))
        write_image(body, *image);
      else
        write_text_part(body, std::get<std::string>(part));
  }
  for (const ToolCall& call : message.tool_calls) write_call(body, call);
}

bool has_parts(const Message& message) {
  const auto holds_something = [](const Part& part) {
    const std::string* text = std::get_if<std::string>(&part);
    return text == nullptr || !text->empty();
  };
  return message.role == Role::tool || !message.tool_calls.empty() || !message.signature.empty() ||
         std::any_of(message.parts.begin(), message.parts.end(), holds_something);
}

/// Consecutive messages of one role are one content: the results of calls that were made together
/// must be sent together.
void write_contents(JsonWriter& body, const std::vector<Message>& messages) {
  std::string_view open;
  body.key("contents").begin_array();
  for (const Message& message : messages) {
    if (message.role == Role::system || !has_parts(message)) continue;
    const std::string_view role = message.role == Role::assistant ? "model" : "user";
    if (role != open) {
      if (!open.empty()) {
        body.end_array();
        body.end_object();
      }
      body.begin_object();
      body.key("role").string(role);
      body.key("parts").begin_array();
      open = role;
    }
    write_parts(body, message, messages);
  }
  if (!open.empty()) {
    body.end_array();
    body.end_object();
  }
  body.end_array();
}

void write_system(JsonWriter& body, const std::vector<Message>& messages) {
  const auto is_system = [](const Message& message) {
    return message.role == Role::system && has_parts(message);
  };
  if (std::none_of(messages.begin(), messages.end(), is_system)) return;
  body.key("systemInstruction").begin_object();
  body.key("parts").begin_array();
  for (const Message& message : messages)
    if (is_system(message)) write_parts(body, message, messages);
  body.end_array();
  body.end_object();
}

void write_generation_config(JsonWriter& body, const ChatRequest& request) {
  if (!request.temperature && !request.top_p && !request.max_tokens && request.stop.empty() &&
      !request.seed && !request.response_format)
    return;
  body.key("generationConfig").begin_object();
  if (request.temperature) body.key("temperature").number(*request.temperature);
  if (request.top_p) body.key("topP").number(*request.top_p);
  if (request.max_tokens) body.key("maxOutputTokens").number(std::uint64_t{*request.max_tokens});
  if (!request.stop.empty()) write_texts(body, "stopSequences", request.stop);
  if (request.seed) body.key("seed").number(*request.seed);
  if (const std::optional<ResponseFormat>& format = request.response_format) {
    const bool is_text = format->type == ResponseFormat::Type::text;
    body.key("responseMimeType").string(is_text ? "text/plain" : "application/json");
    if (format->type == ResponseFormat::Type::json_schema)
      body.key("responseJsonSchema").raw(format->schema);
  }
  body.end_object();
}

void write_functions(JsonWriter& body, const std::vector<Tool>& tools) {
  body.key("tools").begin_array();
  body.begin_object();
  body.key("functionDeclarations").begin_array();
  for (const Tool& tool : tools) {
    body.begin_object();
    body.key("name").string(tool.name);
    if (!tool.description.empty()) body.key("description").string(tool.description);
    if (!tool.parameters.empty()) body.key("parametersJsonSchema").raw(tool.parameters);
    body.end_object();
  }
  body.end_array();
  body.end_object();
  body.end_array();
}

void write_tool_config(JsonWriter& body, const ToolChoice& choice) {
  constexpr std::array<std::string_view, 4> modes{"AUTO", "NONE", "ANY", "ANY"};
  body.key("toolConfig").begin_object();
  body.key("functionCallingConfig").begin_object();
  body.key("mode").string(modes.at(static_cast<std::size_t>(choice.mode)));
  if (choice.mode == ToolChoice::Mode::named)
    write_texts(body, "allowedFunctionNames", {choice.name});
  body.end_object();
  body.end_object();
}

}  // namespace

Result<std::string> encode_gemini(const ChatRequest& request, std::string_view /*model_id*/,
                                  const Accent& /*accent*/, bool /*stream*/) {
  if (Result<void> checked = check_request(request); !checked) return std::move(checked).error();
  if (Result<void> checked = check_messages(request.messages); !checked)
    return std::move(checked).error();
  JsonWriter body;
  body.begin_object();
  write_system(body, request.messages);
  write_contents(body, request.messages);
  write_generation_config(body, request);
  if (!request.tools.empty()) write_functions(body, request.tools);
  if (request.tool_choice) write_tool_config(body, *request.tool_choice);
  body.end_object();
  return finish_body(std::move(body), request);
}

}  // namespace FineTuning::internal
