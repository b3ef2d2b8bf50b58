// Whether one answer is what was expected.

#include "evaluation/expectation.hpp"

#include "evaluation/regex.hpp"
#include "json/reader.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>

namespace FineTuning::internal {
namespace {

using Json = nlohmann::json;

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

Error wrong(std::string message) {
  return {.kind = ErrorKind::invalid_request,
          .message = std::move(message),
          .code = "invalid_expectation"};
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view white = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(white);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white) - first + 1);
}

/// What is in a Markdown fence where the text is one and nothing else; else the text.
std::string_view without_fence(std::string_view text) {
  constexpr std::string_view fence = "```";
  text = trim(text);
  const std::size_t first_line = text.find('\n');
  if (!text.starts_with(fence) || !text.ends_with(fence) || first_line == std::string_view::npos)
    return text;
  text.remove_suffix(fence.size());
  return text.substr(first_line);
}

/// Whether two values are one; nlohmann's own == takes what an int64_t has no room for as negative.
/// Goes as deep as what is expected at the most: that is a JsonDocument's, so the stack suffices.
bool is_same(const Json& a, const Json& b) {
  if (a.is_array() && b.is_array())
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), is_same);
  if (a.is_object() && b.is_object()) {
    const auto& members = a.get_ref<const Json::object_t&>();  // in the order of their names
    const auto& others = b.get_ref<const Json::object_t&>();
    return std::equal(members.begin(), members.end(), others.begin(), others.end(),
                      [](const auto& one, const auto& other) {
                        return one.first == other.first && is_same(one.second, other.second);
                      });
  }
  if (a.is_number_integer() && b.is_number_integer() &&
      a.is_number_unsigned() != b.is_number_unsigned())
    return false;
  return a == b;
}

bool is_equal_json(std::string_view answer, const std::string& expected) {
  const Json value = Json::parse(without_fence(answer), nullptr, false);
  return !value.is_discarded() && is_same(value, Json::parse(expected, nullptr, false));
}

bool has_all(std::string_view answer, const std::vector<std::string>& parts) {
  return std::all_of(parts.begin(), parts.end(), [answer](const std::string& part) {
    return answer.find(part) != std::string_view::npos;
  });
}

Result<Verdict> judge_score(const ExpectedScore& expected, const ChatRequest& request,
                            const ChatResponse& response) {
  const std::optional<double> score = expected.score(request, response);
  if (score && *score >= 0 && *score <= 1)
    return Verdict{.passed = *score >= expected.pass_score, .score = score};
  return Error{.message = fmt::format("The score {} is no number from 0 to 1, so the answer is not "
                                      "judged; correct the function.",
                                      expected.name)};
}

}  // namespace

std::optional<Error> fault_of(const Expectation& expectation) {
  using Fault = std::optional<Error>;
  return std::visit(
      Overloaded{
          [](const ExpectedPattern& expected) -> Fault {
            Result<Regex> pattern = Regex::from(expected.pattern);
            return pattern ? Fault() : std::move(pattern).error();
          },
          [](const ExpectedText&) -> Fault { return {}; },
          [](const ExpectedParts& expected) -> Fault {
            if (!expected.parts.empty()) return {};
            return wrong("The case expects no part, so every answer has them all; name one.");
          },
          [](const ExpectedJson& expected) -> Fault {
            if (JsonDocument(expected.json) && Json::accept(expected.json)) return {};
            return wrong("The case expects what is not JSON, or is nested too deep; correct it.");
          },
          [](const ExpectedScore& expected) -> Fault {
            if (expected.score) return {};
            return wrong("The case has no function for its score; give one.");
          },
      },
      expectation);
}

Result<Verdict> judge(const Expectation& expectation, const ChatRequest& request,
                      const ChatResponse& response) {
  using Judged = Result<Verdict>;
  const std::string& answer = response.content;
  return std::visit(
      Overloaded{
          [&](const ExpectedPattern& expected) -> Judged {
            return Regex::from(expected.pattern).transform([&](const Regex& pattern) {
              return Verdict{.passed = pattern.is_found_in(answer)};
            });
          },
          [&](const ExpectedText& expected) -> Judged {
            return Verdict{.passed = trim(answer) == trim(expected.text)};
          },
          [&](const ExpectedParts& expected) -> Judged {
            return Verdict{.passed = has_all(answer, expected.parts)};
          },
          [&](const ExpectedJson& expected) -> Judged {
            return Verdict{.passed = is_equal_json(answer, expected.json)};
          },
          [&](const ExpectedScore& expected) { return judge_score(expected, request, response); },
      },
      expectation);
}

std::string describe(const Expectation& expectation) {
  return std::visit(
      Overloaded{
          [](const ExpectedPattern& expected) { return "matches: " + expected.pattern; },
          [](const ExpectedText& expected) { return "is: " + expected.text; },
          [](const ExpectedParts& expected) {
            return fmt::format("contains: {}", fmt::join(expected.parts, ", "));
          },
          [](const ExpectedJson& expected) { return "is the JSON value: " + expected.json; },
          [](const ExpectedScore& expected) {
            return fmt::format("scores at least {} by {}", expected.pass_score, expected.name);
          },
      },
      expectation);
}

}  // namespace FineTuning::internal
