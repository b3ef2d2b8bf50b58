#pragma once

// What is asked and what is answered: messages, requests and responses of any provider.

#include <FineTuning/result.hpp>
#include <FineTuning/usage.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace FineTuning {

enum class Role : std::uint8_t { system, user, assistant, tool };

/// An image: at a URL (https:, data:, or gs: where the provider takes it), or as bytes.
struct Image {
  std::string url{};         ///< Empty where the bytes are given.
  std::string bytes{};       ///< As in the file; the library encodes them.
  std::string media_type{};  ///< Of the bytes (or of a gs: file), as in "image/png".
};

/// A piece of a message: text or an image.
using Part = std::variant<std::string, Image>;

/// A function that the model wants called. Nothing is ever called on the caller's behalf.
struct ToolCall {
  std::string id{};  ///< Belongs into the message that carries the result.
  std::string name{};
  std::string arguments{};  ///< A JSON object as text, as the model wrote it: it may be invalid.
  std::string signature{};  ///< Opaque; some providers want it back with the call.
};

/// One message of a conversation.
struct Message {
  Role role = Role::user;
  std::vector<Part> parts{};
  std::vector<ToolCall> tool_calls{};  ///< Of an assistant message.
  std::string tool_call_id{};          ///< Of a tool message: the call that it answers.
  std::string tool_name{};             ///< Of a tool message: the function that was called.

  [[nodiscard]] static Message system(std::string text) {
    return of(Role::system, std::move(text));
  }
  [[nodiscard]] static Message user(std::string text) { return of(Role::user, std::move(text)); }
  [[nodiscard]] static Message user(std::vector<Part> parts) {
    return {.role = Role::user, .parts = std::move(parts)};
  }
  [[nodiscard]] static Message assistant(std::string text) {
    return of(Role::assistant, std::move(text));
  }
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
  std::string name{};
  std::string description{};
  std::string parameters{};  ///< Its JSON schema as text; empty: no parameters.
};

/// Whether the model has to ask for a tool.
struct ToolChoice {
  enum class Mode : std::uint8_t { automatic, none, required, named };
  Mode mode = Mode::automatic;
  std::string name{};  ///< Of the tool, with Mode::named.
};

/// What the answer has to look like.
struct ResponseFormat {
  enum class Type : std::uint8_t { text, json_object, json_schema };
  Type type = Type::text;
  std::string schema{};         ///< A JSON schema as text, with Type::json_schema.
  std::string name = "answer";  ///< What some providers call the schema.
};

/// A document that an answer may quote.
struct Document {
  std::string content{};
  std::string title{};
  std::string url{};
  std::string id{};
  std::map<std::string, std::string> metadata{};
};

/// What is asked. Members that are not set are left to the provider.
struct ChatRequest {
  std::string model{};  ///< A spec, as in "openai:ft:gpt-4o-mini-2024-07-18:acme::abc123".
  std::vector<Message> messages{};
  std::optional<double> temperature{};
  std::optional<double> top_p{};
  std::optional<std::uint32_t> max_tokens{};
  std::vector<std::string> stop{};
  std::optional<std::int64_t> seed{};
  std::vector<Tool> tools{};
  std::optional<ToolChoice> tool_choice{};
  std::optional<ResponseFormat> response_format{};
  std::vector<Document> documents{};
  std::string extra{};  ///< A JSON object that is merged into the body (RFC 7396).
  std::vector<std::pair<std::string, std::string>> extra_headers{};
  std::string task{};  ///< For routing; never sent.
  std::string key{};   ///< Who asks, for sticky assignment; never sent.
};

enum class FinishReason : std::uint8_t { stop, length, tool_calls, content_filter, error, other };

[[nodiscard]] constexpr std::string_view to_string(FinishReason reason) noexcept {
  constexpr std::array<std::string_view, 6> names{"stop",           "length", "tool_calls",
                                                  "content_filter", "error",  "other"};
  return names.at(static_cast<std::size_t>(reason));
}

/// A place of the answer that a source supports.
struct Citation {
  std::uint64_t start = 0;  ///< In ChatResponse::content, in the provider's units.
  std::uint64_t end = 0;
  std::string text{};
  std::vector<std::string> sources{};  ///< Ids of documents, or URLs.
};

/// What was answered.
struct ChatResponse {
  std::string content{};
  std::vector<ToolCall> tool_calls{};
  FinishReason finish_reason = FinishReason::other;
  std::string raw_finish_reason{};  ///< As the provider spells it.
  Usage usage{};
  std::string model{};       ///< The model that answered, as the provider names it.
  std::string id{};          ///< The provider's id of the answer.
  std::string request_id{};  ///< Quote this to the provider's support.
  std::string reasoning{};   ///< What the model let see of its thinking.
  std::vector<Citation> citations{};
  std::chrono::milliseconds latency{};  ///< From the call to its end, all attempts included.
  int attempts = 0;                     ///< How many times the request was sent.
  std::string raw{};                    ///< The body as it arrived; empty for a stream.
};

}  // namespace FineTuning
