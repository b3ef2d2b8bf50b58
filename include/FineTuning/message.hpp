#pragma once

// What is asked and what is answered: messages, requests and responses of any provider. All of them
// are values. Texts are UTF-8, and JSON is text; both are checked before anything is sent.

#include <FineTuning/enum_names.hpp>
#include <FineTuning/export.hpp>
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
  system,     ///< The program: how the model is to behave.
  user,       ///< The person who asks.
  assistant,  ///< The model, in its earlier answers.
  tool,       ///< A function that the model called, with its result.
};

template <>
inline constexpr auto internal::enum_names<Role> =
    std::to_array<std::string_view>({"system", "user", "assistant", "tool"});

/// An image: at a URL (https:, data:, or gs: if the provider takes it), or as bytes.
struct Image {
  std::string url{};         ///< Empty if the bytes are given.
  std::string bytes{};       ///< As in the file; the library encodes them.
  std::string media_type{};  ///< Of the bytes (or of a gs: file), as in "image/png".

  /// Equal if every member is.
  friend bool operator==(const Image&, const Image&) = default;
};

/// A piece of a message: text or an image.
using Part = std::variant<std::string, Image>;

/// A call of a function that the model asks for. The library calls nothing: call the function, and
/// ask again with the whole conversation, then Message::assistant(response), then one
/// Message::tool_result() for each of its calls.
struct ToolCall {
  std::string id{};         ///< Goes into the message with the result.
  std::string name{};       ///< Of the function, as in Tool::name.
  std::string arguments{};  ///< A JSON object as text, as the model wrote it: it may be invalid.
  std::string signature{};  ///< Opaque; some providers want it back with the call.

  /// Equal if every member is.
  friend bool operator==(const ToolCall&, const ToolCall&) = default;
};

struct ChatResponse;

/// One message of a conversation. Send all messages of a conversation every time: providers do not
/// remember them.
struct Message {
  Role role = Role::user;              ///< Who speaks.
  std::vector<Part> parts{};           ///< Images in the user's messages only.
  std::vector<ToolCall> tool_calls{};  ///< Of an assistant message: as ChatResponse has them.
  std::string tool_call_id{};          ///< Of a tool message: the call that it answers.
  std::string tool_name{};             ///< Of a tool message: the function that was called.
  std::string signature{};             ///< Of an assistant message: as ChatResponse has it.

  /// How the model is to behave. Goes first.
  [[nodiscard]] static Message system(std::string text) {
    return of(Role::system, std::move(text));
  }
  /// What the user says.
  [[nodiscard]] static Message user(std::string text) { return of(Role::user, std::move(text)); }
  /// The same with images among the text, in the order given.
  [[nodiscard]] static Message user(std::vector<Part> parts) {
    return {.role = Role::user, .parts = std::move(parts)};
  }
  /// What the model said, if only its text was kept.
  [[nodiscard]] static Message assistant(std::string text) {
    return of(Role::assistant, std::move(text));
  }
  /// An answer as the next request repeats it: its text, its tool calls, their signatures.
  [[nodiscard]] static Message assistant(const ChatResponse& response);
  /// The result of a tool call, as text (often JSON).
  [[nodiscard]] static Message tool_result(const ToolCall& call, std::string result) {
    Message message = of(Role::tool, std::move(result));
    message.tool_call_id = call.id;
    message.tool_name = call.name;
    return message;
  }

  /// The texts of the message, one per line, without its images.
  [[nodiscard]] std::string text() const {
    std::string lines;
    for (const Part& part : parts) {
      const auto* const piece = std::get_if<std::string>(&part);
      if (piece == nullptr) continue;
      if (!lines.empty()) lines += '\n';
      lines += *piece;
    }
    return lines;
  }

  /// Equal if every member is.
  friend bool operator==(const Message&, const Message&) = default;

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
  std::string description{};  ///< Tells the model when to call it.
  std::string parameters{};   ///< Their JSON schema as text; empty: none.

  /// Equal if every member is.
  friend bool operator==(const Tool&, const Tool&) = default;
};

/// Whether the model must ask for a tool.
struct ToolChoice {
  /// Who decides.
  enum class Mode : std::uint8_t {
    automatic,  ///< The model decides.
    none,       ///< It may not ask for any.
    required,   ///< It must ask for at least one.
    named,      ///< It must ask for the one called ToolChoice::name.
  };
  Mode mode = Mode::automatic;  ///< Who decides.
  std::string name{};           ///< Of the tool, with Mode::named.

  /// Equal if every member is.
  friend bool operator==(const ToolChoice&, const ToolChoice&) = default;
};

/// What the answer must look like.
struct ResponseFormat {
  /// The forms that can be asked for.
  enum class Type : std::uint8_t {
    text,         ///< Anything.
    json_object,  ///< JSON; some providers want the messages to say so too.
    json_schema,  ///< JSON that follows ResponseFormat::schema.
  };
  Type type = Type::text;       ///< The form.
  std::string schema{};         ///< A JSON schema as text, with Type::json_schema.
  std::string name = "answer";  ///< What some providers call the schema.

  /// Equal if every member is.
  friend bool operator==(const ResponseFormat&, const ResponseFormat&) = default;
};

template <>
inline constexpr auto internal::enum_names<ResponseFormat::Type> =
    std::to_array<std::string_view>({"text", "json_object", "json_schema"});

/// A document that an answer may quote; see build_rag_options().
struct Document {
  std::string content{};  ///< Its text.
  std::string title{};    ///< Shown to the model with the URL; either may be empty.
  std::string url{};      ///< Where it comes from; it is not fetched.
  std::string id{};       ///< What Citation::sources calls it; empty: the provider numbers it.
  std::map<std::string, std::string> metadata{};  ///< Shown to the model with the content.

  /// Equal if every member is.
  friend bool operator==(const Document&, const Document&) = default;
};

/// What is asked. Members that are not set are left to the provider, which also says what numbers
/// it accepts.
struct ChatRequest {
  std::string model{};  ///< A spec, as in "openai:ft:gpt-4o-mini-2024-07-18:acme::abc123".
  std::vector<Message> messages{};      ///< The whole conversation, oldest first.
  std::optional<double> temperature{};  ///< 0: as repeatable as the model can be.
  /// Nucleus sampling: only the likeliest tokens that together reach this probability.
  std::optional<double> top_p{};
  std::optional<std::uint32_t> max_tokens{};        ///< Of the answer, including its reasoning.
  std::vector<std::string> stop{};                  ///< The answer ends before any of these texts.
  std::optional<std::int64_t> seed{};               ///< For answers that are (nearly) reproducible.
  std::vector<Tool> tools{};                        ///< Functions that the model may ask for.
  std::optional<ToolChoice> tool_choice{};          ///< Whether it must.
  std::optional<ResponseFormat> response_format{};  ///< What the answer must look like.
  std::vector<Document> documents{};  ///< An error (unsupported) if the provider takes none.
  /// A JSON object that is merged into the body of the request (JSON Merge Patch, RFC 7396):
  /// objects are merged, null removes a member, anything else replaces it.
  std::string extra{};
  /// Each replaces the library's header of the same name; one that carries the key takes precedence
  /// over every other key. Headers that frame the body (Content-Length, Host, ..) are refused.
  std::vector<std::pair<std::string, std::string>> extra_headers{};
  std::string task{};  ///< For routing; never sent.
  std::string key{};   ///< Identifies who asks, for sticky assignment; never sent.

  /// Equal if every member is.
  friend bool operator==(const ChatRequest&, const ChatRequest&) = default;
};

/// Why an answer ended.
enum class FinishReason : std::uint8_t {
  stop,            ///< It was complete, or reached one of ChatRequest::stop.
  length,          ///< The limit of tokens was reached: it is cut off.
  tool_calls,      ///< It asks for tools; see ChatResponse::tool_calls.
  content_filter,  ///< The provider withheld it, or the rest of it.
  error,           ///< The provider failed while answering.
  other,           ///< None of these; see ChatResponse::raw_finish_reason.
};

template <>
inline constexpr auto internal::enum_names<FinishReason> = std::to_array<std::string_view>(
    {"stop", "length", "tool_calls", "content_filter", "error", "other"});

/// A part of the answer that a source supports.
struct Citation {
  std::uint64_t start = 0;             ///< In ChatResponse::content, in the provider's units.
  std::uint64_t end = 0;               ///< One past its last unit.
  std::string text{};                  ///< The text of that part, if the provider repeats it.
  std::vector<std::string> sources{};  ///< Ids of documents, or URLs.

  /// Equal if every member is.
  friend bool operator==(const Citation&, const Citation&) = default;
};

/// What was answered: the first choice if there are several.
struct ChatResponse {
  std::string content{};                             ///< Its text; empty if it only asks for tools.
  std::vector<ToolCall> tool_calls{};                ///< For the caller to carry out, if at all.
  FinishReason finish_reason = FinishReason::other;  ///< Why it ended.
  std::string raw_finish_reason{};                   ///< As the provider spells it.
  Usage usage{};  ///< Check Usage::known before using the numbers.
  /// What the answer cost in USD by the known prices of its model; empty if a price that it needs
  /// is not known. Includes other calls that were made on the way, such as a classifier's.
  std::optional<double> cost_usd{};
  std::string model{};                 ///< The model that answered, as the provider names it.
  std::string id{};                    ///< The provider's id of the answer.
  std::string request_id{};            ///< Quote this to the provider's support.
  std::string reasoning{};             ///< What the model shows of its thinking.
  std::string signature{};             ///< Opaque; some providers want it back with the text.
  std::vector<Citation> citations{};   ///< In the order of the answer.
  std::chrono::nanoseconds latency{};  ///< From the call to its end, all attempts included.
  int attempts = 0;                    ///< How many times the request was sent.
  std::string raw{};                   ///< The body as it arrived; empty for a stream.

  /// Equal if every member is.
  friend bool operator==(const ChatResponse&, const ChatResponse&) = default;
};

/// {"content":..,"tool_calls":[..],"finish_reason":"stop","usage":{..},"cost_usd":..,"latency_ms":..,
/// "model":..,"id":..,"attempts":..}, and "citations" if there are any. What is not known is null.
[[nodiscard]] FINETUNING_EXPORT std::string to_json(const ChatResponse& response);

inline Message Message::assistant(const ChatResponse& response) {
  Message message{
      .role = Role::assistant, .tool_calls = response.tool_calls, .signature = response.signature};
  if (!response.content.empty()) message.parts.emplace_back(response.content);
  return message;
}

}  // namespace FineTuning
