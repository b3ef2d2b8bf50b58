// Evaluations as JUnit XML, in the form that build servers agree on: testsuites, testsuite,
// testcase, and in a testcase failure, error or skipped.

#include "reports/evaluation.hpp"
#include "reports/markup.hpp"

#include <fmt/format.h>

#include <iterator>

namespace FineTuning {

using namespace internal;
namespace {

constexpr std::size_t longest_name = 300;     // in bytes
constexpr std::size_t longest_text = 10'000;  // likewise

std::string in_seconds(std::chrono::nanoseconds time) {
  return fmt::format("{:.3f}", std::chrono::duration<double>(time).count());
}

std::string error_kind(const CaseResult& result) {
  return std::string(result.error ? to_string(result.error->kind) : "");
}

std::string error_message(const CaseResult& result) {
  return result.error ? escaped(result.error->message, longest_text) : std::string();
}

/// Which models answered; nothing if none did, since properties must not be empty.
std::string properties(const Evaluation& evaluation) {
  std::string list;
  for (const auto& [model, count] : answers_by_model(evaluation))
    fmt::format_to(std::back_inserter(list), "<property name=\"answers of {}\" value=\"{}\"/>\n",
                   escaped(model, longest_name), count);
  return list.empty() ? list : fmt::format("<properties>\n{}</properties>\n", list);
}

/// The content of a test case; that of a passed one is empty.
std::string verdict(const CaseResult& result) {
  switch (result.outcome) {
    case Outcome::passed: return {};
    case Outcome::failed:
      return fmt::format(
          "<failure type=\"failed\" message=\"The answer is not as expected.\">"
          "input: {}\n\nexpected {}\n\ngot: {}{}</failure>",
          escaped(result.input, longest_text), escaped(result.expected, longest_text),
          escaped(actual_text(result), longest_text),
          result.model.empty() ? ""
                               : fmt::format("\n\nmodel: {}", escaped(result.model, longest_name)));
    case Outcome::error:
      return fmt::format(R"(<error type="{}" message="{}"/>)", error_kind(result),
                         error_message(result));
    case Outcome::not_run: break;
  }
  return fmt::format("<skipped message=\"{}\"/>", error_message(result));
}

}  // namespace

std::string to_junit_xml(const Evaluation& evaluation) {
  const Tally& total = evaluation.total;
  const std::string name = evaluation.model.empty() ? std::string("evaluation")
                                                    : escaped(evaluation.model, longest_name);
  const std::string counts =
      fmt::format(R"(name="{}" tests="{}" failures="{}" errors="{}" time="{}")", name,
                  total.cases(), total.failed, total.errors, in_seconds(total.total_latency));
  std::string xml = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites {}>\n<testsuite {} skipped=\"{}\">\n",
      counts, counts, total.not_run);
  xml += properties(evaluation);
  for (const CaseResult& result : evaluation.results)
    fmt::format_to(std::back_inserter(xml),
                   "<testcase classname=\"{}\" name=\"{}\" time=\"{}\">{}</testcase>\n", name,
                   escaped(result.id, longest_name),
                   in_seconds(result.latency.value_or(std::chrono::nanoseconds::zero())),
                   verdict(result));
  return xml + "</testsuite>\n</testsuites>\n";
}

}  // namespace FineTuning
