// Reads test cases and stored results, which are JSON Lines. A line that is not understood whole is
// refused: what is silently left out would be taken for tested.

#include "json/reader.hpp"

#include <FineTuning/evaluate.hpp>
#include <FineTuning/internal/errors.hpp>
#include <FineTuning/model.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <set>
#include <utility>
#include <vector>

namespace FineTuning {

using namespace internal;
namespace {

using Json = nlohmann::ordered_json;

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == line.npos; }

/// Calls `read` with each line that is not blank, and its number, until one gives an error.
template <class Read>
std::optional<Error> for_each_line(std::string_view text, Read read) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = take_until(text, '\n');
    if (is_blank(line)) continue;
    if (std::optional<Error> error = read(line, number)) return error;
  }
  return {};
}

// ---- test cases

bool read_text(const Json& value, std::string& to) {
  if (!value.is_string()) return false;
  to = value.get<std::string>();
  return true;
}

bool read_texts(const Json& value, std::vector<std::string>& to) {
  if (!value.is_array()) return false;
  return std::all_of(value.begin(), value.end(),
                     [&to](const Json& element) { return read_text(element, to.emplace_back()); });
}

bool read_message(const Json& value, Message& to) {
  std::string role;
  std::string content;
  if (!value.is_object() || value.size() != 2 || !value.contains("role") ||
      !value.contains("content") || !read_text(value["role"], role) ||
      !read_text(value["content"], content))
    return false;
  const std::optional<Role> known = enum_from<Role>(role);
  if (!known || known == Role::tool) return false;
  to.role = *known;
  to.parts.emplace_back(std::move(content));
  return true;
}

bool read_messages(const Json& value, std::vector<Message>& to) {
  if (!value.is_array() || value.empty()) return false;
  return std::all_of(value.begin(), value.end(), [&to](const Json& element) {
    return read_message(element, to.emplace_back());
  });
}

/// A case on its way; `expectations` and `questions` count how often it has said what it can say
/// in more than one way.
struct Draft {
  TestCase test{};
  std::string system{};
  int questions = 0;
  int expectations = 0;
};

bool read_parts(const Json& value, Draft& draft) {
  ExpectedParts expected;
  const bool is_read = value.is_string() ? read_text(value, expected.parts.emplace_back())
                                         : read_texts(value, expected.parts);
  if (!is_read || expected.parts.empty()) return false;
  draft.test.expectation = std::move(expected);
  ++draft.expectations;
  return true;
}

/// A text that becomes the expectation `T`.
template <class T>
bool read_expectation(const Json& value, Draft& draft) {
  std::string text;
  if (!read_text(value, text)) return false;
  draft.test.expectation = T{std::move(text)};
  ++draft.expectations;
  return true;
}

/// A name that a case may have, and where its value goes.
struct Field {
  std::string_view name;
  std::string_view wanted;
  bool (*read)(const Json&, Draft&);
};

constexpr std::string_view a_text = "a text";

constexpr std::array fields{
    Field{"id", a_text,
          [](const Json& value, Draft& draft) { return read_text(value, draft.test.id); }},
    Field{"tags", "an array of texts",
          [](const Json& value, Draft& draft) { return read_texts(value, draft.test.tags); }},
    Field{"system", a_text,
          [](const Json& value, Draft& draft) { return read_text(value, draft.system); }},
    Field{"input", a_text,
          [](const Json& value, Draft& draft) {
            std::string text;
            if (!read_text(value, text)) return false;
            draft.test.messages.push_back(Message::user(std::move(text)));
            ++draft.questions;
            return true;
          }},
    Field{"messages", R"(an array as [{"role":"user","content":".."}])",
          [](const Json& value, Draft& draft) {
            ++draft.questions;
            return read_messages(value, draft.test.messages);
          }},
    Field{"expected_pattern", a_text, read_expectation<ExpectedPattern>},
    Field{"expected", a_text, read_expectation<ExpectedText>},
    Field{"expected_parts", "a text or an array of texts", read_parts},
    Field{"expected_json", "any value",
          [](const Json& value, Draft& draft) {
            draft.test.expectation = ExpectedJson{value.dump()};
            ++draft.expectations;
            return true;
          }},
};

/// What is wrong with the members; empty where nothing is.
std::string read_members(const Json& object, Draft& draft) {
  for (const auto& item : object.items()) {
    const auto* const field = std::find_if(
        fields.begin(), fields.end(), [&](const Field& known) { return known.name == item.key(); });
    if (field == fields.end())
      return fmt::format("has the unknown member {}; correct it or leave it out",
                         in_quotes(item.key()));
    if (!field->read(item.value(), draft))
      return fmt::format("has a wrong value for {}; write {}", in_quotes(item.key()),
                         field->wanted);
  }
  if (draft.questions != 1) return R"(has to ask one thing; write either "input" or "messages")";
  if (draft.expectations != 1)
    return R"(has to expect one thing; write one of "expected_pattern", "expected", "expected_parts" )"
           R"(and "expected_json")";
  return {};
}

/// Watches a parser for a member that an object has twice: the parser keeps but the last.
class Repetition {
 public:
  bool operator()(int /*depth*/, Json::parse_event_t event, const Json& value) {
    if (event == Json::parse_event_t::object_start) names_.emplace_back();
    if (event == Json::parse_event_t::object_end) names_.pop_back();
    if (event == Json::parse_event_t::key && !names_.back().insert(value.get<std::string>()).second)
      found_ = value.get<std::string>();
    return true;
  }

  [[nodiscard]] const std::optional<std::string>& found() const { return found_; }

 private:
  std::vector<std::set<std::string>> names_;  ///< Of the objects that are open.
  std::optional<std::string> found_;
};

/// What is wrong with a line; empty where nothing is.
std::string read_case(std::string_view line, Draft& draft) {
  // The reader checks UTF-8 and depth; where it finds no fault, the other can only find a number
  // that is too large.
  Repetition repetition;
  const Json object = JsonDocument(line) ? Json::parse(line, std::ref(repetition), false) : Json();
  if (!object.is_object()) return "is no JSON object; write one a line";
  if (repetition.found())
    return fmt::format("has the member {} twice; leave one of them out",
                       in_quotes(*repetition.found()));
  std::string fault = read_members(object, draft);
  if (!draft.system.empty())
    draft.test.messages.insert(draft.test.messages.begin(), Message::system(draft.system));
  return fault;
}

// ---- stored results

/// How each line of results begins.
constexpr std::string_view start_of_result = R"({"fingerprint":")";

/// Eleven days: as nanoseconds they fit, whoever wrote the line.
constexpr std::uint64_t longest_latency_ms = 1'000'000'000;

constexpr int largest_http_status = 999;

std::optional<double> number_of(const JsonValue& object, std::string_view name) {
  const JsonValue* value = find(object, name);
  double number = 0;
  if (value == nullptr || !value->is_number()) return {};
  const std::string_view raw = value->raw();
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), number);
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

Usage usage_of(const JsonValue& object) {
  const JsonValue* usage = find(object, "usage");
  if (usage == nullptr) return {};
  return {.input_tokens = count_of(*usage, "input_tokens"),
          .output_tokens = count_of(*usage, "output_tokens"),
          .total_tokens = count_of(*usage, "total_tokens"),
          .cached_input_tokens = count_of(*usage, "cached_input_tokens"),
          .reasoning_tokens = count_of(*usage, "reasoning_tokens"),
          .known = true};
}

std::optional<Error> error_of(const JsonValue& object) {
  const JsonValue* error = find(object, "error");
  if (error == nullptr) return {};
  return Error{.kind = enum_from<ErrorKind>(text_of(*error, "kind")).value_or(ErrorKind::other),
               .message = text_of(*error, "message"),
               .http_status = static_cast<int>(
                   std::min(count_of(*error, "http_status"), std::uint64_t{largest_http_status})),
               .code = text_of(*error, "code")};
}

std::optional<CaseResult> read_result(std::string_view line) {
  const JsonDocument document(line);
  if (!line.starts_with(start_of_result) || !document) return {};
  const JsonValue& object = *document;
  const std::optional<Outcome> outcome = enum_from<Outcome>(text_of(object, "outcome"));
  if (!outcome) return {};
  CaseResult result{.fingerprint = text_of(object, "fingerprint"),
                    .id = text_of(object, "id"),
                    .input = text_of(object, "input"),
                    .expected = text_of(object, "expected"),
                    .outcome = *outcome,
                    .score = number_of(object, "score"),
                    .error = error_of(object),
                    .model = text_of(object, "model"),
                    .usage = usage_of(object),
                    .cost_usd = number_of(object, "cost_usd")};
  if (const JsonValue* tags = find(object, "tags"))
    for (const JsonValue& tag : *tags) result.tags.push_back(tag.characters());
  if (find(object, "answer") != nullptr) result.answer = text_of(object, "answer");
  if (find(object, "latency_ms") != nullptr)
    result.latency =
        std::chrono::milliseconds(std::min(count_of(object, "latency_ms"), longest_latency_ms));
  return result;
}

/// Whether the text can be the beginning of a line of results.
bool begins_result(std::string_view text) {
  const std::size_t size = std::min(text.size(), start_of_result.size());
  return text.substr(0, size) == start_of_result.substr(0, size);
}

}  // namespace

Result<std::vector<TestCase>> read_cases(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::vector<TestCase> cases;
  std::set<std::string> ids;
  const auto read = [&](std::string_view line, std::size_t number) -> std::optional<Error> {
    Draft draft{.test = {.id = fmt::format("line {}", number)}};
    std::string fault = read_case(line, draft);
    if (fault.empty() && !ids.insert(draft.test.id).second)
      fault = fmt::format("has the id {}, as a line before it has; change one of them",
                          in_quotes(draft.test.id));
    if (!fault.empty())
      return invalid_request(fmt::format("Line {} of the cases {}.", number, fault));
    cases.push_back(std::move(draft.test));
    return {};
  };
  if (std::optional<Error> error = for_each_line(text, read)) return *std::move(error);
  if (cases.empty()) return invalid_request("There is no test case; write one a line, as JSON.");
  return cases;
}

Result<StoredResults> read_results(std::string_view text) {
  StoredResults stored;
  const std::size_t end = text.rfind('\n') + 1;  // npos + 1 is 0
  const auto read = [&stored](std::string_view line, std::size_t number) -> std::optional<Error> {
    std::optional<CaseResult> result = read_result(line);
    if (!result)
      return invalid_request(fmt::format(
          "Line {} is no result of a test case; name a file of results, or a new one.", number));
    stored.results.push_back(*std::move(result));
    return {};
  };
  if (std::optional<Error> error = for_each_line(text.substr(0, end), read))
    return *std::move(error);
  if (!begins_result(text.substr(end)))
    return invalid_request(
        "What follows the last line is no result of a test case; name a file of results, "
        "or a new one.");
  stored.torn_bytes = text.size() - end;
  return stored;
}

}  // namespace FineTuning
