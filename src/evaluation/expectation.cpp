// Whether one answer is what was expected.

#include "evaluation/expectation.hpp"

#include "evaluation/regex.hpp"
#include "json/reader.hpp"

#include <FineTuning/internal/errors.hpp>

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

Error invalid_expectation(std::string message) {
  return invalid_request(std::move(message), "invalid_expectation");
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view white = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(white);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white) - first + 1);
}

/// What is in a Markdown fence, if the text is a fence and nothing else; otherwise the text.
std::string_view without_fence(std::string_view text) {
  constexpr std::string_view fence = "```";
  text = trim(text);
  const std::size_t first_line = text.find('\n');
  if (!text.starts_with(fence) || !text.ends_with(fence) || first_line == std::string_view::npos)
    return text;
  text.remove_suffix(fence.size());
  return text.substr(first_line);
}

/// Whether two values are the same; nlohmann's own == takes an integer that does not fit an int64_t
/// as negative. Goes no deeper than the expected value, which a JsonDocument has checked, so the
/// stack suffices.
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
  return Error{.message = fmt::format("The score {} is not a number from 0 to 1, so the answer is "
                                      "not judged; correct the function.",
                                      expected.name)};
}

}  // namespace

Result<void> check_expectation(const Expectation& expectation) {
  using Checked = Result<void>;
  return std::visit(
      Overloaded{
          [](const ExpectedPattern& expected) -> Checked {
            return Regex::from(expected.pattern).transform([](const Regex&) {});
          },
          [](const ExpectedText&) -> Checked { return {}; },
          [](const ExpectedParts& expected) -> Checked {
            if (!expected.parts.empty()) return {};
            return invalid_expectation(
                "The case expects no part, so every answer has them all; name one.");
          },
          [](const ExpectedJson& expected) -> Checked {
            if (JsonDocument(expected.json) && Json::accept(expected.json)) return {};
            return invalid_expectation(
                "The case expects what is not JSON, or is nested too deep; correct it.");
          },
          [](const ExpectedScore& expected) -> Checked {
            if (expected.score) return {};
            return invalid_expectation("The case has no function for its score; give one.");
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
          [](const ExpectedPattern& expected) {
            return fmt::format("matches: {}", expected.pattern);
          },
          [](const ExpectedText& expected) { return fmt::format("is: {}", expected.text); },
          [](const ExpectedParts& expected) {
            return fmt::format("contains: {}", fmt::join(expected.parts, ", "));
          },
          [](const ExpectedJson& expected) {
            return fmt::format("is the JSON value: {}", expected.json);
          },
          [](const ExpectedScore& expected) {
            return fmt::format("scores at least {} by {}", expected.pass_score, expected.name);
          },
      },
      expectation);
}

}  // namespace FineTuning::internal
