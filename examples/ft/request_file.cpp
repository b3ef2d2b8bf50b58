// Reads the body of an OpenAI chat completion as a ChatRequest, so that requests that exist can be
// sent to any provider.

#include "ft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

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

/// A value of the body and the name of its place, as in messages[0].content. The body outlives it.
class Field {
 public:
  Field(const Json& value, std::string place) : value_(value), place_(std::move(place)) {}
  Field(const Json&& value, std::string place) = delete;  // it would be gone at once

  [[nodiscard]] bool is_null() const { return value_.is_null(); }
  [[nodiscard]] bool is_text() const { return value_.is_string(); }

  /// The member of an object; null where there is none.
  Field operator[](std::string_view key) const {
    static const Json nothing;
    const auto at = as(&Json::is_object, "an object").find(std::string(key));
    return {at == value_.end() ? nothing : *at,
            place_.empty() ? std::string(key) : fmt::format("{}.{}", place_, key)};
  }
  /// Calls `read` with the key and the field of each member that is not null.
  template <class F>
  void each_member(F&& read) const {
    for (const auto& [key, value] : as(&Json::is_object, "an object").items())
      if (!value.is_null()) read(key, (*this)[key]);
  }
  /// What `read` makes of each element.
  template <class F>
  auto list_of(F&& read) const {
    std::vector<decltype(read(*this))> list;
    for (const Json& element : as(&Json::is_array, "a list"))
      list.push_back(read(Field(element, fmt::format("{}[{}]", place_, list.size()))));
    return list;
  }

  [[nodiscard]] std::string text() const {
    return as(&Json::is_string, "a text").get<std::string>();
  }
  [[nodiscard]] std::string text_or_nothing() const { return is_null() ? std::string() : text(); }
  [[nodiscard]] double number() const { return as(&Json::is_number, "a number").get<double>(); }
  [[nodiscard]] bool is_true() const { return as(&Json::is_boolean, "true or false").get<bool>(); }
  /// A whole number from `least` up to what T can hold.
  template <class T>
  [[nodiscard]] T whole_number(T least) const {
    constexpr T most = std::numeric_limits<T>::max();
    const auto is_between = [least](auto value) {
      return std::cmp_less_equal(least, value) && std::cmp_less_equal(value, most);
    };
    const bool fits = value_.is_number_unsigned()
                          ? is_between(value_.get<std::uint64_t>())
                          : value_.is_number_integer() && is_between(value_.get<std::int64_t>());
    if (!fits) fail(fmt::format("a whole number from {} to {}", least, most));
    return value_.get<T>();
  }
  /// An object as JSON again.
  [[nodiscard]] std::string json_or(std::string_view otherwise) const {
    return is_null() ? std::string(otherwise) : as(&Json::is_object, "an object").dump();
  }
  [[nodiscard]] const Json& value() const { return value_; }

  [[noreturn]] void fail(std::string_view expected) const {
    throw WrongField{
        fmt::format("{} is {} {}.", place_, is_null() ? "missing; write" : "not", expected)};
  }

 private:
  [[nodiscard]] const Json& as(bool (Json::*is_so)() const noexcept,
                               std::string_view expected) const {
    if (!(value_.*is_so)()) fail(expected);
    return value_;
  }

  const Json& value_;
  std::string place_;
};

static_assert(!std::is_constructible_v<Field, Json, std::string>);

template <class T>
struct Named {
  std::string_view name;
  T value;
};

/// What the field's text names in a table; `expected` lists the names.
template <class T>
T named(const Field& field, std::span<const Named<T>> table, std::string_view expected) {
  const std::string text = field.text();
  const auto row = std::ranges::find(table, std::string_view(text), &Named<T>::name);
  if (row == table.end()) field.fail(expected);
  return row->value;
}

Part read_part(const Field& part) {
  const std::string type = part["type"].text();
  if (type == "text") return part["text"].text();
  if (type == "image_url") return Image{.url = part["image_url"]["url"].text()};
  part["type"].fail("text or image_url");
}

ToolCall read_tool_call(const Field& call) {
  const Field function = call["function"];
  return {.id = call["id"].text(),
          .name = function["name"].text(),
          .arguments = function["arguments"].text()};
}

Message read_message(const Field& field) {
  constexpr std::array<Named<Role>, 5> roles{{{"system", Role::system},
                                              {"developer", Role::system},
                                              {"user", Role::user},
                                              {"assistant", Role::assistant},
                                              {"tool", Role::tool}}};
  Message message{
      .role = named<Role>(field["role"], roles, "system, developer, user, assistant or tool")};
  if (const Field content = field["content"]; content.is_text())
    message.parts.emplace_back(content.text());
  else if (!content.is_null())
    message.parts = content.list_of(read_part);
  if (const Field calls = field["tool_calls"]; !calls.is_null())
    message.tool_calls = calls.list_of(read_tool_call);
  message.tool_call_id = field["tool_call_id"].text_or_nothing();
  if (message.role == Role::tool) message.tool_name = field["name"].text_or_nothing();
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

std::string read_text(const Field& field) { return field.text(); }
double read_number(const Field& field) { return field.number(); }
std::uint32_t read_count(const Field& field) { return field.whole_number<std::uint32_t>(1); }
std::int64_t read_seed(const Field& field) {
  return field.whole_number(std::numeric_limits<std::int64_t>::min());
}
template <auto read>
auto read_list(const Field& field) {
  return field.list_of(read);
}

std::vector<std::string> read_stop(const Field& stop) {
  return stop.is_text() ? std::vector{stop.text()} : stop.list_of(read_text);
}

Tool read_tool(const Field& tool) {
  const Field function = tool["function"];
  return {.name = function["name"].text(),
          .description = function["description"].text_or_nothing(),
          .parameters = function["parameters"].json_or("")};
}

ToolChoice read_tool_choice(const Field& choice) {
  using Mode = ToolChoice::Mode;
  constexpr std::array<Named<Mode>, 3> modes{
      {{"auto", Mode::automatic}, {"none", Mode::none}, {"required", Mode::required}}};
  if (choice.is_text())
    return {.mode = named<Mode>(choice, modes, "auto, none, required or a function")};
  return {.mode = Mode::named, .name = choice["function"]["name"].text()};
}

ResponseFormat read_response_format(const Field& format) {
  using Type = ResponseFormat::Type;
  constexpr std::array<Named<Type>, 3> types{{{"text", Type::text},
                                              {"json_object", Type::json_object},
                                              {"json_schema", Type::json_schema}}};
  ResponseFormat read{.type =
                          named<Type>(format["type"], types, "text, json_object or json_schema")};
  if (read.type != Type::json_schema) return read;
  const Field schema = format["json_schema"];
  read.schema = schema["schema"].json_or("{}");
  if (const Field name = schema["name"]; !name.is_null()) read.name = name.text();
  return read;
}

Document read_document(const Field& field) {
  Document document{.content = field["content"].text(),
                    .title = field["title"].text_or_nothing(),
                    .url = field["url"].text_or_nothing(),
                    .id = field["id"].text_or_nothing()};
  if (const Field metadata = field["metadata"]; !metadata.is_null())
    metadata.each_member(
        [&](const std::string& key, const Field& value) { document.metadata[key] = value.text(); });
  return document;
}

/// Sets a member of the request to what `read` makes of a field.
template <auto member, auto read>
void set(const Field& field, RequestFile& file) {
  file.request.*member = read(field);
}
void set_stream(const Field& field, RequestFile& file) { file.stream = field.is_true(); }
void leave_out(const Field& /*field*/, RequestFile& /*file*/) {}

/// The members of the body that a request has, in the order in which they are read: of the two
/// names of max_tokens the newer one counts.
struct Member {
  std::string_view name;
  void (*read)(const Field&, RequestFile&);
};
constexpr std::array members{
    Member{"model", set<&ChatRequest::model, read_text>},
    Member{"messages", set<&ChatRequest::messages, read_list<read_message>>},
    Member{"temperature", set<&ChatRequest::temperature, read_number>},
    Member{"top_p", set<&ChatRequest::top_p, read_number>},
    Member{"max_tokens", set<&ChatRequest::max_tokens, read_count>},
    Member{"max_completion_tokens", set<&ChatRequest::max_tokens, read_count>},
    Member{"stop", set<&ChatRequest::stop, read_stop>},
    Member{"seed", set<&ChatRequest::seed, read_seed>},
    Member{"tools", set<&ChatRequest::tools, read_list<read_tool>>},
    Member{"tool_choice", set<&ChatRequest::tool_choice, read_tool_choice>},
    Member{"response_format", set<&ChatRequest::response_format, read_response_format>},
    Member{"documents", set<&ChatRequest::documents, read_list<read_document>>},
    Member{"stream", set_stream},
    Member{"stream_options", leave_out},  // the client asks for the usage itself
};

RequestFile read_body(const Field& body) {
  RequestFile file;
  for (const Member& member : members)
    if (const Field field = body[member.name]; !field.is_null()) member.read(field, file);
  Json extra = Json::object();
  body.each_member([&](const std::string& key, const Field& field) {
    if (std::ranges::find(members, key, &Member::name) == members.end()) extra[key] = field.value();
  });
  if (!extra.empty()) file.request.extra = extra.dump();
  name_tool_results(file.request.messages);
  return file;
}

}  // namespace

Result<RequestFile> read_request(std::string_view text) {
  constexpr int deepest = 128;  // as deep as a stack surely goes
  bool is_too_deep = false;
  const Json body = Json::parse(
      text,
      [&](int depth, Json::parse_event_t, const Json&) {
        is_too_deep = is_too_deep || depth > deepest;
        return !is_too_deep;
      },
      false);
  if (is_too_deep)
    return wrong(fmt::format("The request file nests deeper than {} levels; flatten it.", deepest));
  if (!body.is_object()) return wrong("The request file is not a JSON object; correct it.");
  try {
    return read_body({body, ""});
  } catch (const WrongField& field) {
    return wrong("The request file is wrong: " + field.message);
  }
}

}  // namespace ft
