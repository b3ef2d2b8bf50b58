// Comparisons as JSON.

#include "reports/report_json.hpp"

#include <FineTuning/compare.hpp>
#include <FineTuning/error.hpp>

namespace FineTuning {

using namespace internal;
namespace {

using Json = ReportJson;

Json as_json(const Measures& measures) {
  Json json = Json::object();
  for (const auto& [name, measure] : all_measures)
    json[std::string(name)] = or_null(measures.*measure);
  return json;
}

Json as_json(const ComparedAnswer& answer) {
  if (!answer.result) return Json::parse(to_json(answer.result.error()));
  Json json{{"content", answer.result->content},
            {"finish_reason", to_string(answer.result->finish_reason)},
            {"model", answer.result->model}};
  json.update(as_json(answer.measures));
  return json;
}

Json as_json(const Comparison& comparison) {
  return {{"a", as_json(comparison.a)},
          {"b", as_json(comparison.b)},
          {"difference", as_json(comparison.difference)}};
}

Json as_json(const PairedDifference& difference) {
  const auto& interval = difference.interval;
  return {{"pairs", difference.pairs},
          {"left_out", difference.left_out},
          {"mean_a", or_null(difference.mean_a)},
          {"mean_b", or_null(difference.mean_b)},
          {"mean", or_null(difference.mean)},
          {"low", interval ? Json(interval->low) : Json()},
          {"high", interval ? Json(interval->high) : Json()}};
}

}  // namespace

std::string to_json(const Comparison& comparison) { return dump(as_json(comparison)); }

std::string to_json(const ComparisonReport& report, double confidence) {
  Json differences = Json::object();
  for (const auto& [name, measure] : all_measures)
    differences[std::string(name)] =
        as_json(paired_difference(report.comparisons, measure, confidence));
  Json comparisons = Json::array();
  for (const Comparison& comparison : report.comparisons)
    comparisons.push_back(as_json(comparison));
  return dump({{"requests", report.comparisons.size()},
               {"seed", report.seed},
               {"confidence", confidence},
               {"failures", {{"a", report.failures_a}, {"b", report.failures_b}}},
               {"not_asked", report.not_asked},
               {"differences", std::move(differences)},
               {"comparisons", std::move(comparisons)}});
}

}  // namespace FineTuning
