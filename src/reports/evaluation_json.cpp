// Evaluations as JSON: one result on a line of its own, and the whole.

#include "reports/evaluation.hpp"
#include "reports/report_json.hpp"

namespace FineTuning {

using namespace internal;
namespace {

using Json = ReportJson;

Json as_json(const Usage& usage) {
  if (!usage.known) return nullptr;
  return {{"input_tokens", usage.input_tokens},
          {"output_tokens", usage.output_tokens},
          {"total_tokens", usage.total_tokens},
          {"cached_input_tokens", usage.cached_input_tokens},
          {"reasoning_tokens", usage.reasoning_tokens}};
}

/// The fingerprint is first, so that parse_results() can recognise these lines.
Json as_json(const CaseResult& result) {
  return {{"fingerprint", result.fingerprint},
          {"id", result.id},
          {"tags", result.tags},
          {"outcome", to_string(result.outcome)},
          {"input", result.input},
          {"expected", result.expected},
          {"answer", or_null(result.answer)},
          {"score", or_null(result.score)},
          {"error", result.error ? Json::parse(to_json(*result.error))["error"] : Json()},
          {"model", result.model},
          {"usage", as_json(result.usage)},
          {"cost_usd", or_null(result.cost_usd)},
          {"latency_ms", result.latency ? Json(whole_milliseconds(*result.latency)) : Json()}};
}

Json as_json(const Tally& tally) {
  const std::optional<statistics::Interval> interval = tally.interval();
  return {{"cases", tally.cases()},
          {"passed", tally.passed},
          {"failed", tally.failed},
          {"errors", tally.errors},
          {"not_run", tally.not_run},
          {"accuracy", or_null(tally.accuracy())},
          {"low", interval ? Json(interval->low) : Json()},
          {"high", interval ? Json(interval->high) : Json()},
          {"answered", tally.answered},
          {"usage", as_json(tally.usage.tokens)},
          {"usage_unknown", tally.usage.unknown},
          {"cost_usd", or_null(tally.usage.cost_usd())},
          {"unpriced", tally.usage.unpriced},
          {"latency_ms", whole_milliseconds(tally.total_latency)}};
}

}  // namespace

std::string to_json(const CaseResult& result) { return dump(as_json(result)); }

std::string to_json(const Evaluation& evaluation) {
  Json tags = Json::object();
  for (const auto& [tag, tally] : tally_by_tag(evaluation)) tags[tag] = as_json(tally);
  Json results = Json::array();
  for (const CaseResult& result : evaluation.results) results.push_back(as_json(result));
  return dump({{"model", evaluation.model},
               {"threshold", evaluation.threshold},
               {"threshold_met", evaluation.threshold_met()},
               {"total", as_json(evaluation.total)},
               {"reused", evaluation.reused},
               {"tags", std::move(tags)},
               {"results", std::move(results)}});
}

}  // namespace FineTuning
