// Reads test cases, which are JSON Lines. A line that is not understood whole is refused: what is
// silently left out would be taken for tested.

#include "json/fields.hpp"
#include "records/lines.hpp"

#include <FineTuning/evaluate.hpp>
#include <FineTuning/internal/errors.hpp>
#include <FineTuning/internal/text.hpp>

#include <fmt/format.h>

#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace FineTuning {

using namespace internal;
namespace {

/// A case on its way, and how often it has said what it can say in more than one way.
struct Draft {
  TestCase test{};
  std::string system{};
  int questions = 0;
  int expectations = 0;
};

JsonResult read_role(const JsonValue& value, Role& to) {
  return read_name<Role>(
      value, to,
      std::array{JsonName<Role>{"system", Role::system}, JsonName<Role>{"user", Role::user},
                 JsonName<Role>{"assistant", Role::assistant}});
}

JsonResult read_content(const JsonValue& value, std::vector<Part>& to) {
  std::string text;
  JsonResult read = read_text(value, text);
  to.emplace_back(std::move(text));
  return read;
}

JsonResult read_message(const JsonValue& value, Message& to) {
  constexpr std::array fields{
      JsonField<Message>{"role", into<read_role, &Message::role>, Presence::required},
      JsonField<Message>{"content", into<read_content, &Message::parts>, Presence::required}};
  return read_object(value, to, fields);
}

JsonResult read_input(const JsonValue& value, Draft& draft) {
  ++draft.questions;
  Message& message = draft.test.messages.emplace_back();
  return read_content(value, message.parts);
}

JsonResult read_messages(const JsonValue& value, Draft& draft) {
  ++draft.questions;
  JsonResult read = list_of<read_message>(value, draft.test.messages);
  if (read && draft.test.messages.empty()) return JsonFault{.problem = "is empty; write a message"};
  return read;
}

JsonResult read_parts(const JsonValue& value, std::vector<std::string>& to) {
  if (value.is_string()) return read_text(value, to.emplace_back());
  JsonResult read = list_of<read_text>(value, to);
  if (read && to.empty()) return JsonFault{.problem = "is empty; write a text"};
  return read;
}

/// Reads what is expected into the one member of an expectation.
template <auto read, class Expected, class T>
JsonResult expect(const JsonValue& value, Draft& draft, T Expected::*member) {
  ++draft.expectations;
  Expected expected;
  JsonResult done = read(value, expected.*member);
  draft.test.expectation = std::move(expected);
  return done;
}
template <auto read, auto member>
JsonResult expect(const JsonValue& value, Draft& draft) {
  return expect<read>(value, draft, member);
}

using Field = JsonField<Draft>;

constexpr std::array fields{
    Field{"id", into<read_text, &Draft::test, &TestCase::id>},
    Field{"tags", into<list_of<read_text>, &Draft::test, &TestCase::tags>},
    Field{"system", into<read_text, &Draft::system>},
    Field{"input", read_input},
    Field{"messages", read_messages},
    Field{"expected_pattern", expect<read_text, &ExpectedPattern::pattern>},
    Field{"expected", expect<read_text, &ExpectedText::text>},
    Field{"expected_parts", expect<read_parts, &ExpectedParts::parts>},
    Field{"expected_json", expect<read_any, &ExpectedJson::json>, Presence::nullable}};

JsonResult read_case(const JsonValue& value, Draft& draft) {
  if (JsonResult read = read_object(value, draft, fields); !read) return read;
  if (draft.questions != 1)
    return JsonFault{.problem = R"(has to ask one thing; write either "input" or "messages")"};
  if (draft.expectations != 1)
    return JsonFault{.problem =
                         R"(has to expect one thing; write one of "expected_pattern", "expected", )"
                         R"("expected_parts" and "expected_json")"};
  if (!draft.system.empty())
    draft.test.messages.insert(draft.test.messages.begin(), Message::system(draft.system));
  return {};
}

}  // namespace

Result<std::vector<TestCase>> parse_cases(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::vector<TestCase> cases;
  std::set<std::string> ids;
  const auto read_line = [&](std::string_view line, std::size_t number) -> Result<void> {
    Draft draft{.test = {.id = fmt::format("line {}", number)}};
    if (const JsonResult read = read_json(line, draft, read_case); !read)
      return invalid_request(
          fmt::format("Line {} of the cases is wrong: {}.", number, read.error().text()));
    if (!ids.insert(draft.test.id).second)
      return invalid_request(
          fmt::format("Line {} of the cases has the id {}, like an earlier line; change one of "
                      "them.",
                      number, in_quotes(draft.test.id)));
    cases.push_back(std::move(draft.test));
    return {};
  };
  if (Result<void> read = for_each_line(text, read_line); !read) return std::move(read).error();
  if (cases.empty()) return invalid_request("There is no test case; write one a line, as JSON.");
  return cases;
}

}  // namespace FineTuning
