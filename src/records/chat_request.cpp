// Reads the body of an OpenAI chat completion as a ChatRequest. What else a part of the body says
// is left out; what else the body says goes into the request's extra members.

#include "json/fields.hpp"
#include "json/writer.hpp"

#include <FineTuning/chat_request.hpp>
#include <FineTuning/internal/errors.hpp>

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace FineTuning {

using namespace internal;
namespace {

// ---- messages

JsonResult read_image_url(const JsonValue& value, Image& to) {
  constexpr std::array fields{
      JsonField<Image>{"url", into<read_text, &Image::url>, Presence::required}};
  return read_object(value, to, fields, ignore_other);
}

JsonResult read_text_part(const JsonValue& value, Part& to) {
  constexpr std::array fields{JsonField<std::string>{"text", read_text, Presence::required}};
  return read_object(value, to.emplace<std::string>(), fields, ignore_other);
}

JsonResult read_image_part(const JsonValue& value, Part& to) {
  constexpr std::array fields{JsonField<Image>{"image_url", read_image_url, Presence::required}};
  return read_object(value, to.emplace<Image>(), fields, ignore_other);
}

using ReadPart = JsonResult (*)(const JsonValue&, Part&);

JsonResult read_type(const JsonValue& value, ReadPart& to) {
  return read_name<ReadPart>(value, to,
                             std::array{JsonName<ReadPart>{"text", read_text_part},
                                        JsonName<ReadPart>{"image_url", read_image_part}});
}

JsonResult read_part(const JsonValue& value, Part& to) {
  constexpr std::array fields{JsonField<ReadPart>{"type", read_type, Presence::required}};
  ReadPart read = nullptr;
  JsonResult done = read_object(value, read, fields, ignore_other);
  return done ? read(value, to) : done;
}

JsonResult read_content(const JsonValue& value, std::vector<Part>& to) {
  if (value.is_string()) return read_text(value, to.emplace_back().emplace<std::string>());
  if (!value.is_array()) return unlike(value, "a text or an array of parts");
  return list_of<read_part>(value, to);
}

JsonResult read_called_function(const JsonValue& value, ToolCall& to) {
  constexpr std::array fields{
      JsonField<ToolCall>{"name", into<read_text, &ToolCall::name>, Presence::required},
      JsonField<ToolCall>{"arguments", into<read_text, &ToolCall::arguments>, Presence::required}};
  return read_object(value, to, fields, ignore_other);
}

JsonResult read_tool_call(const JsonValue& value, ToolCall& to) {
  constexpr std::array fields{
      JsonField<ToolCall>{"id", into<read_text, &ToolCall::id>, Presence::required},
      JsonField<ToolCall>{"function", read_called_function, Presence::required}};
  return read_object(value, to, fields, ignore_other);
}

JsonResult read_role(const JsonValue& value, Role& to) {
  return read_name<Role>(
      value, to,
      std::array{JsonName<Role>{"system", Role::system}, JsonName<Role>{"developer", Role::system},
                 JsonName<Role>{"user", Role::user}, JsonName<Role>{"assistant", Role::assistant},
                 JsonName<Role>{"tool", Role::tool}});
}

JsonResult read_message(const JsonValue& value, Message& to) {
  constexpr std::array fields{
      JsonField<Message>{"role", into<read_role, &Message::role>, Presence::required},
      JsonField<Message>{"content", into<read_content, &Message::parts>},
      JsonField<Message>{"tool_calls", into<list_of<read_tool_call>, &Message::tool_calls>},
      JsonField<Message>{"tool_call_id", into<read_text, &Message::tool_call_id>},
      JsonField<Message>{"name", into<read_text, &Message::tool_name>}};
  JsonResult done = read_object(value, to, fields, ignore_other);
  if (to.role != Role::tool) to.tool_name.clear();  // it is somebody's who speaks
  return done;
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

// ---- what else a request says

JsonResult read_max_tokens(const JsonValue& value, std::uint32_t& to) {
  return read_whole_between(value, to, 1);
}

JsonResult read_seed(const JsonValue& value, std::int64_t& to) {
  return read_whole_between(value, to, std::numeric_limits<std::int64_t>::min());
}

JsonResult read_stop(const JsonValue& value, std::vector<std::string>& to) {
  if (value.is_string()) return read_text(value, to.emplace_back());
  if (!value.is_array()) return unlike(value, "a text or an array of texts");
  return list_of<read_text>(value, to);
}

JsonResult read_function(const JsonValue& value, Tool& to) {
  constexpr std::array fields{
      JsonField<Tool>{"name", into<read_text, &Tool::name>, Presence::required},
      JsonField<Tool>{"description", into<read_text, &Tool::description>},
      JsonField<Tool>{"parameters", into<read_any_object, &Tool::parameters>}};
  return read_object(value, to, fields, ignore_other);
}

JsonResult read_tool(const JsonValue& value, Tool& to) {
  constexpr std::array fields{JsonField<Tool>{"function", read_function, Presence::required}};
  return read_object(value, to, fields, ignore_other);
}

JsonResult read_chosen_function(const JsonValue& value, ToolChoice& to) {
  constexpr std::array fields{
      JsonField<ToolChoice>{"name", into<read_text, &ToolChoice::name>, Presence::required}};
  return read_object(value, to, fields, ignore_other);
}

JsonResult read_tool_choice(const JsonValue& value, ToolChoice& to) {
  using Mode = ToolChoice::Mode;
  if (value.is_string())
    return read_name<Mode>(
        value, to.mode,
        std::array{JsonName<Mode>{"auto", Mode::automatic}, JsonName<Mode>{"none", Mode::none},
                   JsonName<Mode>{"required", Mode::required}});
  constexpr std::array fields{
      JsonField<ToolChoice>{"function", read_chosen_function, Presence::required}};
  to.mode = Mode::named;
  return read_object(value, to, fields, ignore_other);
}

JsonResult read_schema(const JsonValue& value, ResponseFormat& to) {
  constexpr std::array fields{
      JsonField<ResponseFormat>{"name", into<read_text, &ResponseFormat::name>},
      JsonField<ResponseFormat>{"schema", into<read_any_object, &ResponseFormat::schema>}};
  to.schema = "{}";
  return read_object(value, to, fields, ignore_other);
}

JsonResult read_response_format(const JsonValue& value, ResponseFormat& to) {
  using Type = ResponseFormat::Type;
  constexpr std::array type_fields{JsonField<ResponseFormat>{
      "type", into<read_enum<Type>, &ResponseFormat::type>, Presence::required}};
  constexpr std::array schema_fields{
      JsonField<ResponseFormat>{"json_schema", read_schema, Presence::required}};
  JsonResult done = read_object(value, to, type_fields, ignore_other);
  if (!done || to.type != Type::json_schema) return done;
  return read_object(value, to, schema_fields, ignore_other);
}

using Metadata = std::map<std::string, std::string>;

JsonResult read_metadatum(std::string_view name, const JsonValue& value, Metadata& to) {
  if (value.is_null()) return {};
  JsonResult done = read_text(value, to[std::string(name)]);
  return done ? done : within(name, std::move(done).error());
}

JsonResult read_metadata(const JsonValue& value, Metadata& to) {
  return read_object(value, to, {}, read_metadatum);
}

JsonResult read_document(const JsonValue& value, Document& to) {
  constexpr std::array fields{
      JsonField<Document>{"content", into<read_text, &Document::content>, Presence::required},
      JsonField<Document>{"title", into<read_text, &Document::title>},
      JsonField<Document>{"url", into<read_text, &Document::url>},
      JsonField<Document>{"id", into<read_text, &Document::id>},
      JsonField<Document>{"metadata", into<read_metadata, &Document::metadata>}};
  return read_object(value, to, fields, ignore_other);
}

// ---- the body

/// A request on its way, with the members that it keeps as JSON.
struct Draft {
  ParsedChatRequest parsed{};
  JsonWriter extra{};
};

template <auto read, auto member>
JsonResult in_request(const JsonValue& value, Draft& draft) {
  return into<read, member>(value, draft.parsed.request);
}

/// The older of two names: the newer one counts, whichever comes first.
JsonResult read_old_max_tokens(const JsonValue& value, Draft& draft) {
  std::uint32_t count = 0;
  JsonResult done = read_max_tokens(value, count);
  auto& max_tokens = draft.parsed.request.max_tokens;
  if (!max_tokens) max_tokens = count;
  return done;
}

/// For what the client says itself where it is needed.
JsonResult leave_out(const JsonValue& /*value*/, Draft& /*draft*/) { return {}; }

JsonResult keep_extra(std::string_view name, const JsonValue& value, Draft& draft) {
  if (value.is_null()) return {};
  std::string json;
  if (JsonResult done = read_any(value, json); !done) return within(name, std::move(done).error());
  draft.extra.key(name).raw(json);
  return {};
}

using Field = JsonField<Draft>;

constexpr std::array fields{
    Field{"model", in_request<read_text, &ChatRequest::model>},
    Field{"messages", in_request<list_of<read_message>, &ChatRequest::messages>},
    Field{"temperature", in_request<read_number, &ChatRequest::temperature>},
    Field{"top_p", in_request<read_number, &ChatRequest::top_p>},
    Field{"max_tokens", read_old_max_tokens},
    Field{"max_completion_tokens", in_request<read_max_tokens, &ChatRequest::max_tokens>},
    Field{"stop", in_request<read_stop, &ChatRequest::stop>},
    Field{"seed", in_request<read_seed, &ChatRequest::seed>},
    Field{"tools", in_request<list_of<read_tool>, &ChatRequest::tools>},
    Field{"tool_choice", in_request<read_tool_choice, &ChatRequest::tool_choice>},
    Field{"response_format", in_request<read_response_format, &ChatRequest::response_format>},
    Field{"documents", in_request<list_of<read_document>, &ChatRequest::documents>},
    Field{"stream", into<read_flag, &Draft::parsed, &ParsedChatRequest::stream>},
    Field{"stream_options", leave_out}};

JsonResult read_body(const JsonValue& value, Draft& draft) {
  draft.extra.begin_object();
  JsonResult done = read_object(value, draft, fields, keep_extra);
  draft.extra.end_object();
  return done;
}

}  // namespace

Result<ParsedChatRequest> parse_chat_request(std::string_view text) {
  Draft draft;
  if (const JsonResult read = read_json(text, draft, read_body); !read)
    return invalid_request(fmt::format("The request is wrong: {}.", read.error().text()));
  ChatRequest& request = draft.parsed.request;
  if (std::string extra = draft.extra.take(); extra != "{}") request.extra = std::move(extra);
  name_tool_results(request.messages);
  return std::move(draft.parsed);
}

}  // namespace FineTuning
