// Evaluations as one page of HTML. It loads nothing and runs no script, and its policy forbids both
// to whatever might get past the escaping.

#include "reports/charts.hpp"
#include "reports/evaluation.hpp"
#include "reports/evaluation_style.hpp"
#include "reports/markup.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>
#include <vector>

namespace FineTuning {

using namespace internal;
namespace {

constexpr std::size_t longest_name = 300;   // in bytes
constexpr std::size_t longest_text = 2000;  // likewise
constexpr std::size_t most_rows = 500;      // of one table
constexpr std::size_t most_models = 20;

std::string name_of(const Evaluation& evaluation) {
  return evaluation.model.empty() ? std::string("the model")
                                  : escaped(evaluation.model, longest_name);
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

// ---- the summary

std::string accuracy_text(const Tally& total) {
  const std::optional<double> accuracy = total.accuracy();
  const std::optional<statistics::Interval> interval = total.interval();
  if (!accuracy || !interval)
    return R"(<p class="accuracy">unknown</p><p class="quiet">No answer was judged.</p>)";
  return fmt::format(
      "<p class=\"accuracy\">{}</p><p class=\"quiet\">{} of {} answers are as "
      "expected; 95 % interval {} to {}</p>",
      percent(*accuracy), total.passed, total.passed + total.failed, percent(interval->low),
      percent(interval->high));
}

std::string verdict_text(const Evaluation& evaluation) {
  if (evaluation.threshold_met())
    return fmt::format("<p class=\"verdict good\">The threshold of {:g} % is met.</p>",
                       100 * evaluation.threshold);
  const std::size_t open = evaluation.total.errors + evaluation.total.not_run;
  return fmt::format("<p class=\"verdict bad\">The threshold of {:g} % is not met{}.</p>",
                     100 * evaluation.threshold,
                     open == 0 ? std::string() : fmt::format(": {} without a verdict", open));
}

/// Which models answered, if that is known: they need not be the one that was asked for.
std::string models_text(const Evaluation& evaluation) {
  const auto counts = answers_by_model(evaluation);
  std::string models;
  std::size_t row = 0;
  for (const auto& [model, count] : counts) {
    if (++row > most_models) break;
    fmt::format_to(std::back_inserter(models), "{}{} ({})", models.empty() ? "" : ", ",
                   escaped(model, longest_name), count);
  }
  if (models.empty()) return {};
  if (counts.size() > most_models)
    fmt::format_to(std::back_inserter(models), " and {} more", counts.size() - most_models);
  return fmt::format("<p class=\"quiet models\">Answered by {}</p>", models);
}

/// A figure with its name, and a note below it.
std::string figure(std::string_view name, std::string_view value, std::string_view note = {}) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd><dd class=\"note\">{}</dd></div>", name, value,
                     note);
}

/// "3 unpriced"; nothing for none.
std::string count_of(std::uint64_t count, std::string_view what) {
  return count == 0 ? std::string() : fmt::format("{} {}", count, what);
}

std::string figures(const Tally& total) {
  const UsageTotals& usage = total.usage;
  const std::optional<double> cost = usage.cost_usd();
  return fmt::format(
      "<dl class=\"figures\">{}{}{}{}{}{}</dl>", figure("passed", fmt::to_string(total.passed)),
      figure("failed", fmt::to_string(total.failed)),
      figure("errors", fmt::to_string(total.errors)),
      figure("not run", fmt::to_string(total.not_run)),
      figure("tokens", usage.tokens.known ? fmt::to_string(usage.tokens.total_tokens) : "unknown",
             count_of(usage.unknown, "unknown")),
      figure("cost", cost ? fmt::format("{:.6f} USD", *cost) : "unknown",
             count_of(usage.unpriced, "unpriced")));
}

// ---- the charts

std::string latency_section(const Evaluation& evaluation) {
  std::vector<std::chrono::nanoseconds> latencies;
  for (const CaseResult& result : evaluation.results)
    if (result.latency) latencies.push_back(*result.latency);
  const std::string chart = latency_chart(std::move(latencies), "latency");
  return chart.empty() ? chart : fmt::format("<h2>Latency</h2>{}", chart);
}

std::string left_out(std::size_t all) {
  if (all <= most_rows) return {};
  return fmt::format("<p class=\"quiet\">{} more are left out here; the JSON report has them.</p>",
                     all - most_rows);
}

std::string tags_section(const Evaluation& evaluation) {
  const auto tallies = tally_by_tag(evaluation);
  if (tallies.empty()) return {};
  std::string rows;
  std::size_t row = 0;
  for (const auto& [tag, tally] : tallies) {
    if (++row > most_rows) break;
    fmt::format_to(std::back_inserter(rows),
                   "<tr><th scope=\"row\">{}</th><td>{} of {}<br>{}</td><td>{}</td></tr>",
                   escaped(tag, longest_name), tally.passed, tally.passed + tally.failed,
                   count_of(tally.errors + tally.not_run, "without a verdict"),
                   accuracy_chart(tally, evaluation.threshold, fmt::format("tag-{}", row)));
  }
  return fmt::format(
      "<h2>Tags</h2><table class=\"tags\"><thead><tr><th scope=\"col\">tag</th>"
      "<th scope=\"col\">passed</th><th scope=\"col\">accuracy</th></tr></thead><tbody>{}"
      "</tbody></table>{}",
      rows, left_out(tallies.size()));
}

// ---- the results

std::string case_cell(const CaseResult& result, bool names_model) {
  std::string cell = escaped(result.id, longest_name);
  if (names_model && !result.model.empty())
    cell += fmt::format("<br><span class=\"model\">{}</span>", escaped(result.model, longest_name));
  if (!result.tags.empty()) cell += "<br>";
  for (const std::string& tag : result.tags)
    cell += fmt::format("<span class=\"tag\">{}</span>", escaped(tag, longest_name));
  return fmt::format("<th scope=\"row\">{}</th>", cell);
}

std::string text_cell(std::string_view label, std::string_view text) {
  return fmt::format(R"(<td data-label="{}"><div class="text">{}</div></td>)", label,
                     escaped(text, longest_text));
}

/// A table of the results with one outcome; nothing if there are none.
std::string results_section(const Evaluation& evaluation, Outcome outcome, std::string_view heading,
                            std::string_view label) {
  const bool names_model = answers_by_model(evaluation).size() > 1;
  std::string rows;
  std::size_t count = 0;
  for (const CaseResult& result : evaluation.results) {
    if (result.outcome != outcome || ++count > most_rows) continue;
    fmt::format_to(std::back_inserter(rows), "<tr>{}{}{}{}</tr>", case_cell(result, names_model),
                   text_cell("input", result.input), text_cell("expected", result.expected),
                   text_cell(label, actual_text(result)));
  }
  if (count == 0) return {};
  return fmt::format(
      "<h2>{}</h2><table class=\"results\"><thead><tr><th scope=\"col\">case</th>"
      "<th scope=\"col\">input</th><th scope=\"col\">expected</th>"
      "<th scope=\"col\">{}</th></tr></thead><tbody>{}</tbody></table>{}",
      heading, label, rows, left_out(count));
}

}  // namespace

std::string to_html(const Evaluation& evaluation) {
  const std::string name = name_of(evaluation);
  const Tally& total = evaluation.total;
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<title>Evaluation of {0}</title><style>{1}</style></head>"
      "<body><header><h1>Evaluation of {0}</h1>",
      name, evaluation_style);
  page += accuracy_text(total) + verdict_text(evaluation) + models_text(evaluation);
  page += accuracy_chart(total, evaluation.threshold, "accuracy");
  page +=
      "<p class=\"note\">From 0 to 100 %: the dot is the accuracy, the band its interval, the mark "
      "the threshold.</p></header><main>";
  page += figures(total) + tags_section(evaluation) + latency_section(evaluation);
  page += results_section(evaluation, Outcome::failed, "Failures", "got");
  page += results_section(evaluation, Outcome::error, "Errors", "error");
  page += results_section(evaluation, Outcome::not_run, "Not run", "reason");
  return page + "</main></body></html>\n";
}

}  // namespace FineTuning
