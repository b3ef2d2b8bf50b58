// The parts of a request's body that the dialects write alike.

#include "dialects/chat_body.hpp"

#include "json/reader.hpp"

#include <FineTuning/internal/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cstddef>
#include <utility>
#include <variant>

namespace FineTuning::internal {
namespace {

void write_part(JsonWriter& body, const Part& part) {
  body.begin_object();
  if (const Image* image = std::get_if<Image>(&part)) {
    body.key("type").string("image_url");
    body.key("image_url").begin_object();
    body.key("url").string(image_url(*image));
    body.end_object();
  } else {
    body.key("type").string("text");
    body.key("text").string(std::get<std::string>(part));
  }
  body.end_object();
}

void write_content(JsonWriter& body, const Message& message) {
  const bool is_text =
      message.parts.size() == 1 && std::holds_alternative<std::string>(message.parts.front());
  if (is_text) {
    body.key("content").string(std::get<std::string>(message.parts.front()));
  } else if (message.role != Role::user) {  // only a user may send parts everywhere
    if (!message.parts.empty() || message.tool_calls.empty())
      body.key("content").string(message.text());
  } else {
    body.key("content").begin_array();
    for (const Part& part : message.parts) write_part(body, part);
    body.end_array();
  }
}

void write_tool_call(JsonWriter& body, const ToolCall& call) {
  body.begin_object();
  body.key("id").string(call.id);
  body.key("type").string("function");
  body.key("function").begin_object();
  body.key("name").string(call.name);
  body.key("arguments").string(call.arguments.empty() ? "{}" : call.arguments);
  body.end_object();
  body.end_object();
}

void write_message(JsonWriter& body, const Message& message) {
  body.begin_object();
  body.key("role").string(to_string(message.role));
  write_content(body, message);
  if (!message.tool_calls.empty()) {
    body.key("tool_calls").begin_array();
    for (const ToolCall& call : message.tool_calls) write_tool_call(body, call);
    body.end_array();
  }
  if (message.role == Role::tool) body.key("tool_call_id").string(message.tool_call_id);
  body.end_object();
}

}  // namespace

void write_messages(JsonWriter& body, const std::vector<Message>& messages) {
  body.key("messages").begin_array();
  for (const Message& message : messages) write_message(body, message);
  body.end_array();
}

void write_tools(JsonWriter& body, const std::vector<Tool>& tools) {
  body.key("tools").begin_array();
  for (const Tool& tool : tools) {
    body.begin_object();
    body.key("type").string("function");
    body.key("function").begin_object();
    body.key("name").string(tool.name);
    if (!tool.description.empty()) body.key("description").string(tool.description);
    if (!tool.parameters.empty()) body.key("parameters").raw(tool.parameters);
    body.end_object();
    body.end_object();
  }
  body.end_array();
}

void write_texts(JsonWriter& body, std::string_view key, const std::vector<std::string>& texts) {
  body.key(key).begin_array();
  for (const std::string& text : texts) body.string(text);
  body.end_array();
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const auto byte = [&](std::size_t offset) -> unsigned {
      return at + offset < bytes.size() ? static_cast<unsigned char>(bytes[at + offset]) : 0U;
    };
    const unsigned group = (byte(0) << 16U) | (byte(1) << 8U) | byte(2);
    text += digits[group >> 18U];
    text += digits[(group >> 12U) & 63U];
    text += at + 1 < bytes.size() ? digits[(group >> 6U) & 63U] : '=';
    text += at + 2 < bytes.size() ? digits[group & 63U] : '=';
  }
  return text;
}

std::string image_url(const Image& image) {
  if (!image.url.empty()) return image.url;
  return fmt::format("data:{};base64,{}", image.media_type, base64(image.bytes));
}

namespace {

bool is_object(std::string_view text) {
  const JsonDocument value(text);
  return value && value->is_object();
}

}  // namespace

bool is_json_object(std::string_view text) {
  return is_object(text) && nlohmann::json::accept(text);
}

namespace {

/// An error unless the text is a JSON object.
Result<void> check_object(std::string_view text, std::string_view what) {
  if (is_object(text)) return {};
  return invalid_request(
      fmt::format("{} is not a JSON object of at most 128 levels; correct it.", what));
}

Result<void> check_images(const Message& message) {
  for (const Part& part : message.parts)
    if (const Image* image = std::get_if<Image>(&part)) {
      if (message.role != Role::user)
        return Error{.kind = ErrorKind::unsupported,
                     .message = fmt::format("A message of the role {} cannot have an image; send "
                                            "it in a message of the user.",
                                            to_string(message.role))};
      if (image->url.empty() && image->media_type.empty())
        return invalid_request(
            "The bytes of an image have no media type; set Image::media_type, as in image/png.");
    }
  return {};
}

}  // namespace

Result<void> check_request(const ChatRequest& request) {
  for (const Message& message : request.messages)
    if (Result<void> checked = check_images(message); !checked) return checked;
  for (const Tool& tool : request.tools)
    if (!tool.parameters.empty())
      if (Result<void> checked = check_object(
              tool.parameters, fmt::format("The JSON schema of the tool {}", in_quotes(tool.name)));
          !checked)
        return checked;
  if (request.response_format && request.response_format->type == ResponseFormat::Type::json_schema)
    if (Result<void> checked =
            check_object(request.response_format->schema, "The schema of the response format");
        !checked)
      return checked;
  if (request.extra.empty()) return {};
  if (Result<void> checked = check_object(request.extra, "ChatRequest::extra"); !checked)
    return checked;
  if (const JsonDocument extra(request.extra); find(*extra, "stream") != nullptr)
    return invalid_request(
        "ChatRequest::extra cannot say whether to stream; call send() or stream() instead.");
  return {};
}

Result<std::string> finish_body(JsonWriter&& writer, const ChatRequest& request) {
  if (!writer.valid())
    return invalid_request(
        "The request has text that is not UTF-8, or a number that is not finite; convert it "
        "first.");
  std::string body = std::move(writer).take();
  if (request.extra.empty()) return body;
  using Tree = nlohmann::ordered_json;  // the order of a schema is that of the answer
  Tree merged = Tree::parse(body, nullptr, false);
  const Tree extra = Tree::parse(request.extra, nullptr, false);
  if (merged.is_discarded() || extra.is_discarded())  // a number out of range
    return invalid_request("ChatRequest::extra cannot be merged into the request; correct it.");
  merged.merge_patch(extra);
  return merged.dump();
}

}  // namespace FineTuning::internal
