// The figures of a monitor as JSON.

#include "reports/report_json.hpp"

#include <FineTuning/monitor.hpp>

namespace FineTuning {

using namespace internal;
namespace {

using Json = ReportJson;
using std::chrono::nanoseconds;

Json in_seconds(const std::optional<nanoseconds>& time) {
  return time ? Json(std::chrono::duration<double>(*time).count()) : Json();
}

Json as_json(const Usage& tokens) {
  if (!tokens.known) return nullptr;
  return {{"input", tokens.input_tokens},
          {"cached_input", tokens.cached_input_tokens},
          {"output", tokens.output_tokens},
          {"reasoning", tokens.reasoning_tokens},
          {"total", tokens.total_tokens}};
}

Json as_json(const Figures& figures) {
  Json errors = Json::object();
  for (const auto& [kind, count] : figures.errors) errors[std::string(to_string(kind))] = count;
  return {{"requests", figures.requests()},
          {"succeeded", figures.succeeded},
          {"failed", figures.failed},
          {"cancelled", figures.cancelled},
          {"success_rate", or_null(figures.success_rate())},
          {"errors", errors},
          {"mean_latency_seconds", in_seconds(figures.mean_latency())},
          {"mean_time_to_first_text_seconds", in_seconds(figures.mean_time_to_first_text())},
          {"tokens", as_json(figures.usage.tokens)},
          {"usage_unknown", figures.usage.unknown},
          {"cost_usd", or_null(figures.usage.cost_usd())},
          {"priced", figures.usage.priced},
          {"unpriced", figures.usage.unpriced},
          {"scores", figures.scores},
          {"mean_score", or_null(figures.mean_score())}};
}

Json as_json(const Percentiles& times) {
  return {{"p50", in_seconds(times.p50)},
          {"p95", in_seconds(times.p95)},
          {"p99", in_seconds(times.p99)}};
}

Json as_json(const ModelStats& stats) {
  return {{"model", stats.model},
          {"total", as_json(stats.total)},
          {"recent", as_json(stats.recent)},
          {"latency_seconds", as_json(stats.latency)},
          {"time_to_first_text_seconds", as_json(stats.time_to_first_text)}};
}

}  // namespace

std::string to_json(const ModelStats& stats) { return dump(as_json(stats)); }

std::string to_json(const std::vector<ModelStats>& stats) {
  Json models = Json::array();
  for (const ModelStats& model : stats) models.push_back(as_json(model));
  return dump({{"models", models}});
}

}  // namespace FineTuning
