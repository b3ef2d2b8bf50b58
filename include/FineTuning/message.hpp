#pragma once

// What is asked and what is answered: messages, requests and responses of any provider. All of them
// are values. Texts are UTF-8, and JSON is text; both are checked before anything is sent.

#include <FineTuning/enum_names.hpp>
#include <FineTuning/result.hpp>
#include <FineTuning/usage.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace FineTuning {

/// Who speaks.
enum class Role : std::uint8_t {
  system,     ///< The program: how the model has to behave.
  user,       ///< Who asks.
  assistant,  ///< The model, in what it answered before.
  tool,       ///< A function that the model called, with its result.
};

template <>
inline constexpr auto internal::enum_names<Role> =
    std::to_array<std::string_view>({"system", "user", "assistant", "tool"});

/// An image: at a URL (https:, data:, or gs: where the provider takes it), or as bytes.
struct Image {
  std::string url{};         ///< Empty where the bytes are given.
  std::string bytes{};       ///< As in the file; the library encodes them.
  std::string media_type{};  ///< Of the bytes (or of a gs: file), as in "image/png".
};

/// A piece of a message: text or an image.
using Part = std::variant<std::string, Image>;

/// A function that the model wants called. Nothing is ever called on the caller's behalf: call it,
/// and ask again with the whole conversation, then Message::assistant(response), then one
/// Message::tool_result() for each of its calls.
struct ToolCall {
  std::string id{};         ///< Belongs into the message that carries the result.
  std::string name{};       ///< Of the function, as in Tool::name.
  std::string arguments{};  ///< A JSON object as text, as the model wrote it: it may be invalid.
  std::string signature{};  ///< Opaque; some providers want it back with the call.
};

struct ChatResponse;

/// One message of a conversation. A conversation is all of its messages, each time: no provider
/// remembers them.
struct Message {
  Role role = Role::user;              ///< Who speaks.
  std::vector<Part> parts{};           ///< Images in messages of the user only.
  std::vector<ToolCall> tool_calls{};  ///< Of an assistant message: as ChatResponse has them.
  std::string tool_call_id{};          ///< Of a tool message: the call that it answers.
  std::string tool_name{};             ///< Of a tool message: the function that was called.
  std::string signature{};             ///< Of an assistant message: as ChatResponse has it.

  /// How the model has to behave. Goes first.
  [[nodiscard]] static Message system(std::string text) {
    return of(Role::system, std::move(text));
  }
  /// What the user says.
  [[nodiscard]] static Message user(std::string text) { return of(Role::user, std::move(text)); }
  /// The same with images among the text, in the order given.
  [[nodiscard]] static Message user(std::vector<Part> parts) {
    return {.role = Role::user, .parts = std::move(parts)};
  }
  /// What the model said, where the text is all that is left of it.
  [[nodiscard]] static Message assistant(std::string text) {
    return of(Role::assistant, std::move(text));
  }
  /// An answer as the next request has to repeat it: its text, its tool calls, their signatures.
  [[nodiscard]] static Message assistant(const ChatResponse& response);
  /// What a tool call gave, as text (often JSON).
  [[nodiscard]] static Message tool_result(const ToolCall& call, std::string result) {
    Message message = of(Role::tool, std::move(result));
    message.tool_call_id = call.id;
    message.tool_name = call.name;
    return message;
  }

 private:
  static Message of(Role role, std::string text) {
    Message message{.role = role};
    message.parts.emplace_back(std::move(text));
    return message;
  }
};

/// A function that the model may ask for.
struct Tool {
  std::string name{};         ///< Letters, digits, _ and - are safe everywhere.
  std::string description{};  ///< What the model decides by whether to call it.
  std::string parameters{};   ///< Its JSON schema as text; empty: no parameters.
};

/// Whether the model has to ask for a tool.
struct ToolChoice {
  /// Who decides.
  enum class Mode : std::uint8_t {
    automatic,  ///< The model decides.
    none,       ///< It may not.
    required,   ///< It has to ask for one, whichever.
    named,      ///< It has to ask for the one of that name.
  };
  Mode mode = Mode::automatic;  ///< Who decides.
  std::string name{};           ///< Of the tool, with Mode::named.
};

/// What the answer has to look like.
struct ResponseFormat {
  /// The forms that an answer can be held to.
  enum class Type : std::uint8_t {
    text,         ///< Anything.
    json_object,  ///< JSON; some providers want the messages to say so too.
    json_schema,  ///< JSON that follows ResponseFormat::schema.
  };
  Type type = Type::text;       ///< The form.
  std::string schema{};         ///< A JSON schema as text, with Type::json_schema.
  std::string name = "answer";  ///< What some providers call the schema.
};

template <>
inline constexpr auto internal::enum_names<ResponseFormat::Type> =
    std::to_array<std::string_view>({"text", "json_object", "json_schema"});

/// A document that an answer may quote; see build_rag_options().
struct Document {
  std::string content{};  ///< Its text.
  std::string title{};    ///< Shown to the model with the URL; either may be empty.
  std::string url{};      ///< Where it is from; nothing is fetched.
  std::string id{};       ///< What Citation::sources calls it; empty: the provider numbers it.
  std::map<std::string, std::string> metadata{};  ///< Shown to the model with the content.
};

/// What is asked. Members that are not set are left to the provider; what a number may be is the
/// provider's to say, and it does.
struct ChatRequest {
  std::string model{};  ///< A spec, as in "openai:ft:gpt-4o-mini-2024-07-18:acme::abc123".
  std::vector<Message> messages{};            ///< The whole conversation, oldest first.
  std::optional<double> temperature{};        ///< 0: as alike as the model can.
  std::optional<double> top_p{};              ///< Chooses among tokens of that joint probability.
  std::optional<std::uint32_t> max_tokens{};  ///< Of the answer; its reasoning counts too.
  std::vector<std::string> stop{};            ///< Texts at which the answer ends, without them.
  std::optional<std::int64_t> seed{};         ///< For answers that can be had again, nearly.
  std::vector<Tool> tools{};                  ///< Functions that the model may ask for.
  std::optional<ToolChoice> tool_choice{};    ///< Whether it has to.
  std::optional<ResponseFormat> response_format{};  ///< What the answer has to look like.
  std::vector<Document> documents{};  ///< Refused as unsupported where the provider takes none.
  /// A JSON object that is merged into the body that the library writes (RFC 7396): an object into
  /// one of the same name; everything else replaces, and null removes, what has its name.
  std::string extra{};
  /// Each replaces the library's of the same name; one that carries the key goes before every other
  /// key. Those that frame the body (Content-Length, Host, ..) are refused.
  std::vector<std::pair<std::string, std::string>> extra_headers{};
  std::string task{};  ///< For routing; never sent.
  std::string key{};   ///< Who asks, for sticky assignment; never sent.
};

/// Why an answer ended.
enum class FinishReason : std::uint8_t {
  stop,            ///< It was complete, or came to one of ChatRequest::stop.
  length,          ///< No more tokens were allowed: it is cut.
  tool_calls,      ///< It asks for tools; see ChatResponse::tool_calls.
  content_filter,  ///< The provider held it back, or its rest.
  error,           ///< The provider failed on the way.
  other,           ///< None of these; see ChatResponse::raw_finish_reason.
};

template <>
inline constexpr auto internal::enum_names<FinishReason> = std::to_array<std::string_view>(
    {"stop", "length", "tool_calls", "content_filter", "error", "other"});

/// A place of the answer that a source supports.
struct Citation {
  std::uint64_t start = 0;             ///< In ChatResponse::content, in the provider's units.
  std::uint64_t end = 0;               ///< Behind its last one.
  std::string text{};                  ///< What stands there, where the provider repeats it.
  std::vector<std::string> sources{};  ///< Ids of documents, or URLs.
};

/// What was answered: the first choice, where there are several.
struct ChatResponse {
  std::string content{};               ///< Its text; empty where it only asks for tools.
  std::vector<ToolCall> tool_calls{};  ///< To be called by the caller, if at all.
  FinishReason finish_reason = FinishReason::other;  ///< Why it ended.
  std::string raw_finish_reason{};                   ///< As the provider spells it.
  Usage usage{};  ///< Look at Usage::known before counting with it.
  /// What the answer cost in USD by the prices that are known of its model; empty where one that it
  /// takes is not. With that of other calls that were made on the way, as a classifier's.
  std::optional<double> cost_usd{};
  std::string model{};                  ///< The model that answered, as the provider names it.
  std::string id{};                     ///< The provider's id of the answer.
  std::string request_id{};             ///< Quote this to the provider's support.
  std::string reasoning{};              ///< What the model let see of its thinking.
  std::string signature{};              ///< Opaque; some providers want it back with the text.
  std::vector<Citation> citations{};    ///< In the order of the answer.
  std::chrono::milliseconds latency{};  ///< From the call to its end, all attempts included.
  int attempts = 0;                     ///< How many times the request was sent.
  std::string raw{};                    ///< The body as it arrived; empty for a stream.
};

inline Message Message::assistant(const ChatResponse& response) {
  Message message{
      .role = Role::assistant, .tool_calls = response.tool_calls, .signature = response.signature};
  if (!response.content.empty()) message.parts.emplace_back(response.content);
  return message;
}

}  // namespace FineTuning
