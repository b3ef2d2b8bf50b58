// The key by which a result is recognised when a run is resumed.

#include "evaluation/fingerprint.hpp"

#include <FineTuning/split.hpp>

#include <fmt/format.h>

#include <iterator>

namespace FineTuning::internal {
namespace {

/// All that is hashed, as one unambiguous text: a field is written with its size, a list with its
/// length, and what is missing as a mark of its own.
class Fields {
 public:
  void add(const std::string& text) {
    fmt::format_to(std::back_inserter(text_), "{}:{}", text.size(), text);
  }
  void add(double value) { fmt::format_to(std::back_inserter(text_), "{};", value); }
  void add(std::uint64_t value) { fmt::format_to(std::back_inserter(text_), "{};", value); }
  void add(std::int64_t value) { fmt::format_to(std::back_inserter(text_), "{};", value); }
  void add(std::uint32_t value) { add(std::uint64_t{value}); }

  template <class T>
  void add(const std::optional<T>& value) {
    if (value)
      add(*value);
    else
      text_ += '-';
  }

  template <class T>
  void add(const std::vector<T>& list) {
    add(std::uint64_t{list.size()});
    for (const T& element : list) add(element);
  }

  void add(const Part& part) {
    if (const auto* text = std::get_if<std::string>(&part)) return add_all('t', *text);
    const auto& image = std::get<Image>(part);
    add_all('i', image.url, image.bytes, image.media_type);
  }
  void add(const ToolCall& call) {
    add_all('c', call.id, call.name, call.arguments, call.signature);
  }
  void add(const Message& message) {
    add_all('m', static_cast<std::uint64_t>(message.role), message.parts, message.tool_calls,
            message.tool_call_id, message.tool_name, message.signature);
  }
  void add(const Tool& tool) { add_all('f', tool.name, tool.description, tool.parameters); }
  void add(const ToolChoice& choice) {
    add_all('o', static_cast<std::uint64_t>(choice.mode), choice.name);
  }
  void add(const ResponseFormat& format) {
    add_all('r', static_cast<std::uint64_t>(format.type), format.schema, format.name);
  }
  void add(const Document& document) {
    add_all('d', document.content, document.title, document.url, document.id,
            std::uint64_t{document.metadata.size()});
    for (const auto& [name, value] : document.metadata) add_all('=', name, value);
  }
  void add(const ChatRequest& request) {
    add_all('q', request.model, request.messages, request.temperature, request.top_p,
            request.max_tokens, request.stop, request.seed, request.tools, request.tool_choice,
            request.response_format, request.documents, request.extra, request.task, request.key);
  }

  void add(const ExpectedPattern& expected) { add_all('p', expected.pattern); }
  void add(const ExpectedText& expected) { add_all('x', expected.text); }
  void add(const ExpectedParts& expected) { add_all('a', expected.parts); }
  void add(const ExpectedJson& expected) { add_all('j', expected.json); }
  void add(const ExpectedScore& expected) { add_all('s', expected.name, expected.pass_score); }

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  template <class... Values>
  void add_all(char kind, const Values&... values) {
    text_ += kind;
    (add(values), ...);
  }

  std::string text_;
};

}  // namespace

std::string fingerprint(const ChatRequest& request, const Expectation& expectation) {
  Fields fields;
  fields.add(request);
  std::visit([&fields](const auto& expected) { fields.add(expected); }, expectation);
  return fmt::format("{:016x}", stable_hash(fields.text()));
}

}  // namespace FineTuning::internal
