// Reads the body of an OpenAI chat completion as a ChatRequest, so that requests that exist can be
// sent to any provider.

#include "ft.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ft {
namespace {

using namespace FineTuning;

Error wrong(std::string message) {
  return {.kind = ErrorKind::invalid_request, .message = std::move(message)};
}

/// Thrown inside this file only, where a field has the wrong type.
struct WrongField {
  std::string message;
};

std::string text_of(const Json& value, std::string_view where) {
  if (!value.is_string()) throw WrongField{fmt::format("{} is not a string.", where)};
  return value.get<std::string>();
}

std::string text_of(const Json& object, const char* key, std::string_view where) {
  const auto at = object.find(key);
  return at == object.end() || at->is_null() ? std::string()
                                             : text_of(*at, fmt::format("{}.{}", where, key));
}

double number_of(const Json& value, std::string_view where) {
  if (!value.is_number()) throw WrongField{fmt::format("{} is not a number.", where)};
  return value.get<double>();
}

const Json& object_of(const Json& value, std::string_view where) {
  if (!value.is_object()) throw WrongField{fmt::format("{} is not an object.", where)};
  return value;
}

const Json& array_of(const Json& value, std::string_view where) {
  if (!value.is_array()) throw WrongField{fmt::format("{} is not an array.", where)};
  return value;
}

/// Calls `read` with each element and the name of its place.
template <class F>
void each(const Json& array, std::string_view where, F&& read) {
  std::size_t index = 0;
  for (const Json& element : array_of(array, where)) {
    const std::string place = fmt::format("{}[{}]", where, index++);
    read(object_of(element, place), place);
  }
}

Role read_role(const std::string& name, std::string_view where) {
  if (name == "system" || name == "developer") return Role::system;
  if (name == "user") return Role::user;
  if (name == "assistant") return Role::assistant;
  if (name == "tool") return Role::tool;
  throw WrongField{
      fmt::format("{}.role is \"{}\"; write system, user, assistant or tool.", where, name)};
}

Part read_part(const Json& part, const std::string& where) {
  const std::string type = text_of(part, "type", where);
  if (type == "text") return text_of(part, "text", where);
  if (type == "image_url" && part.contains("image_url"))
    return Image{.url = text_of(object_of(part["image_url"], where + ".image_url"), "url", where)};
  throw WrongField{fmt::format("{} is of the type \"{}\"; write text or image_url.", where, type)};
}

ToolCall read_tool_call(const Json& call, const std::string& where) {
  const Json& function = object_of(call.value("function", Json()), where + ".function");
  return {.id = text_of(call, "id", where),
          .name = text_of(function, "name", where),
          .arguments = text_of(function, "arguments", where)};
}

Message read_message(const Json& json, const std::string& where) {
  Message message{.role = read_role(text_of(json, "role", where), where)};
  if (const Json content = json.value("content", Json()); content.is_string())
    message.parts.emplace_back(content.get<std::string>());
  else if (!content.is_null())
    each(content, where + ".content", [&](const Json& part, const std::string& place) {
      message.parts.push_back(read_part(part, place));
    });
  if (const Json calls = json.value("tool_calls", Json()); !calls.is_null())
    each(calls, where + ".tool_calls", [&](const Json& call, const std::string& place) {
      message.tool_calls.push_back(read_tool_call(call, place));
    });
  message.tool_call_id = text_of(json, "tool_call_id", where);
  message.tool_name = text_of(json, "name", where);
  return message;
}

/// A tool message names the call that it answers, and some providers want the function's name.
void name_tool_results(std::vector<Message>& messages) {
  std::map<std::string, std::string> names;
  for (Message& message : messages) {
    for (const ToolCall& call : message.tool_calls) names[call.id] = call.name;
    if (message.role == Role::tool && message.tool_name.empty())
      message.tool_name = names[message.tool_call_id];
  }
}

std::vector<std::string> read_stop(const Json& stop) {
  if (stop.is_string()) return {stop.get<std::string>()};
  std::vector<std::string> texts;
  for (const Json& text : array_of(stop, "stop")) texts.push_back(text_of(text, "stop[]"));
  return texts;
}

Tool read_tool(const Json& tool, const std::string& where) {
  const Json& function = object_of(tool.value("function", Json()), where + ".function");
  const Json parameters = function.value("parameters", Json());
  return {.name = text_of(function, "name", where),
          .description = text_of(function, "description", where),
          .parameters = parameters.is_null() ? std::string() : parameters.dump()};
}

ToolChoice read_tool_choice(const Json& choice) {
  using Mode = ToolChoice::Mode;
  if (choice == "auto") return {.mode = Mode::automatic};
  if (choice == "none") return {.mode = Mode::none};
  if (choice == "required") return {.mode = Mode::required};
  const Json& function =
      object_of(object_of(choice, "tool_choice").value("function", Json()), "tool_choice.function");
  return {.mode = Mode::named, .name = text_of(function, "name", "tool_choice.function")};
}

ResponseFormat read_response_format(const Json& format) {
  const std::string type = text_of(object_of(format, "response_format"), "type", "response_format");
  if (type == "text") return {.type = ResponseFormat::Type::text};
  if (type == "json_object") return {.type = ResponseFormat::Type::json_object};
  if (type != "json_schema") throw WrongField{"response_format.type is none that is known."};
  const Json schema = object_of(format.value("json_schema", Json()), "response_format.json_schema");
  return {.type = ResponseFormat::Type::json_schema,
          .schema = schema.value("schema", Json::object()).dump(),
          .name = schema.value("name", "answer")};
}

Document read_document(const Json& json, const std::string& where) {
  Document document{.content = text_of(json, "content", where),
                    .title = text_of(json, "title", where),
                    .url = text_of(json, "url", where),
                    .id = text_of(json, "id", where)};
  if (const Json metadata = json.value("metadata", Json()); metadata.is_object())
    for (const auto& [key, value] : metadata.items())
      document.metadata[key] = text_of(value, fmt::format("{}.metadata.{}", where, key));
  return document;
}

std::uint32_t read_max_tokens(const Json& value) {
  const double number = number_of(value, "max_tokens");
  if (number < 1 || number > 4e9)
    throw WrongField{"max_tokens is not a positive number of tokens."};
  return static_cast<std::uint32_t>(number);
}

/// Takes one field of the body; false for one that this program does not know.
bool take(const std::string& key, const Json& value, RequestFile& file) {
  ChatRequest& request = file.request;
  if (key == "model") {
    request.model = text_of(value, key);
  } else if (key == "messages") {
    each(value, key, [&](const Json& message, const std::string& where) {
      request.messages.push_back(read_message(message, where));
    });
  } else if (key == "temperature") {
    request.temperature = number_of(value, key);
  } else if (key == "top_p") {
    request.top_p = number_of(value, key);
  } else if (key == "max_tokens" || key == "max_completion_tokens") {
    request.max_tokens = read_max_tokens(value);
  } else if (key == "stop") {
    request.stop = read_stop(value);
  } else if (key == "seed") {
    if (!value.is_number_integer()) throw WrongField{"seed is not an integer."};
    request.seed = value.get<std::int64_t>();
  } else if (key == "tools") {
    each(value, key, [&](const Json& tool, const std::string& where) {
      request.tools.push_back(read_tool(tool, where));
    });
  } else if (key == "tool_choice") {
    request.tool_choice = read_tool_choice(value);
  } else if (key == "response_format") {
    request.response_format = read_response_format(value);
  } else if (key == "documents") {
    each(value, key, [&](const Json& document, const std::string& where) {
      request.documents.push_back(read_document(document, where));
    });
  } else if (key == "stream") {
    if (!value.is_boolean()) throw WrongField{"stream is neither true nor false."};
    file.stream = value.get<bool>();
  } else {
    return key == "stream_options";  // the client asks for the usage itself
  }
  return true;
}

}  // namespace

Result<RequestFile> read_request(std::string_view text) {
  const Json body = Json::parse(text, nullptr, false);
  if (!body.is_object()) return wrong("The request file is not a JSON object; correct it.");
  RequestFile file;
  Json extra = Json::object();
  try {
    for (const auto& [key, value] : body.items())
      if (!value.is_null() && !take(key, value, file)) extra[key] = value;
  } catch (const WrongField& field) {
    return wrong("The request file is wrong: " + field.message);
  }
  if (!extra.empty()) file.request.extra = extra.dump();
  name_tool_results(file.request.messages);
  return file;
}

}  // namespace ft
