// The figures of a monitor in Prometheus' text exposition format.

#include "json/text.hpp"

#include <FineTuning/monitor.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace FineTuning {

using namespace internal;
namespace {

using std::chrono::nanoseconds;
using Stats = std::vector<ModelStats>;

double in_seconds(nanoseconds time) { return std::chrono::duration<double>(time).count(); }

/// A label's value between its quotes. Bytes that are not UTF-8 are replaced.
std::string escaped(std::string_view value) {
  std::string text;
  for (std::size_t at = 0; at < value.size();) {
    const char c = value[at];
    const std::size_t size = is_ascii(c) ? 1 : utf8_sequence_size(value.substr(at));
    if (c == '\\' || c == '"') text += '\\';
    if (c == '\n')
      text += "\\n";
    else if (size == 0)
      text += '?';
    else
      text += value.substr(at, size);
    at += std::max(size, std::size_t{1});
  }
  return text;
}

/// Writes families of samples, one model after the other.
class Exposition {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    fmt::format_to(end(), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  }

  /// A sample of the family. `suffix` is that of a summary's sum or count; `label` is another
  /// label, as in quantile="0.5".
  template <class T>
  void sample(const ModelStats& stats, T value, std::string_view suffix = "",
              std::string_view label = "") {
    fmt::format_to(end(), "{}{}{{model=\"{}\"{}{}}} {}\n", name_, suffix, escaped(stats.model),
                   label.empty() ? "" : ",", label, value);
  }

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::back_insert_iterator<std::string> end() { return std::back_inserter(text_); }

  std::string text_;
  std::string_view name_;
};

/// A family with one sample for each model, but for those of which `value` is empty.
struct Family {
  std::string_view name;
  std::string_view type;
  std::string_view help;
  std::string (*value)(const Figures&);
};

std::string known_tokens(const Figures& figures, std::uint64_t count) {
  return figures.usage.tokens.known ? std::to_string(count) : std::string();
}

std::string known(const std::optional<double>& value) {
  return value ? fmt::to_string(*value) : std::string();
}

constexpr Family families[] = {
    {"finetuning_input_tokens_total", "counter", "Tokens read, with the cached ones.",
     [](const Figures& f) { return known_tokens(f, f.usage.tokens.input_tokens); }},
    {"finetuning_cached_input_tokens_total", "counter", "Tokens read from a cache.",
     [](const Figures& f) { return known_tokens(f, f.usage.tokens.cached_input_tokens); }},
    {"finetuning_output_tokens_total", "counter", "Tokens written, with those of reasoning.",
     [](const Figures& f) { return known_tokens(f, f.usage.tokens.output_tokens); }},
    {"finetuning_reasoning_tokens_total", "counter", "Tokens written for reasoning.",
     [](const Figures& f) { return known_tokens(f, f.usage.tokens.reasoning_tokens); }},
    {"finetuning_usage_unknown_requests_total", "counter",
     "Requests that were or may be billed, of unknown usage.",
     [](const Figures& f) { return std::to_string(f.usage.unknown); }},
    {"finetuning_cost_usd_total", "counter", "What the priced requests cost, in USD.",
     [](const Figures& f) { return known(f.usage.cost_usd()); }},
    {"finetuning_priced_requests_total", "counter", "Requests that succeeded at a known price.",
     [](const Figures& f) { return std::to_string(f.usage.priced); }},
    {"finetuning_unpriced_requests_total", "counter",
     "Requests that were or may be billed, at an unknown price.",
     [](const Figures& f) { return std::to_string(f.usage.unpriced); }},
    {"finetuning_scored_requests_total", "counter", "Requests with feedback of a user.",
     [](const Figures& f) { return std::to_string(f.scores); }},
    // No sum, which would have to be a counter: a score that replaces another one may be lower.
    {"finetuning_mean_score", "gauge", "What users thought of the answers, from 0 to 1.",
     [](const Figures& f) { return known(f.mean_score()); }},
};

void write_requests(Exposition& out, const Stats& all) {
  out.family("finetuning_requests_total", "counter", "Requests by how they ended.");
  for (const ModelStats& stats : all) {
    out.sample(stats, stats.total.succeeded, "", R"(outcome="succeeded")");
    out.sample(stats, stats.total.failed, "", R"(outcome="failed")");
    out.sample(stats, stats.total.cancelled, "", R"(outcome="cancelled")");
  }
  out.family("finetuning_errors_total", "counter", "Requests that failed, by the kind of error.");
  for (const ModelStats& stats : all)
    for (const auto& [kind, count] : stats.total.errors)
      out.sample(stats, count, "", fmt::format(R"(error_type="{}")", to_string(kind)));
}

void write_families(Exposition& out, const Stats& all) {
  for (const Family& family : families) {
    out.family(family.name, family.type, family.help);
    for (const ModelStats& stats : all)
      if (const std::string value = family.value(stats.total); !value.empty())
        out.sample(stats, value);
  }
}

void write_summary(Exposition& out, const ModelStats& stats, const Percentiles& recent,
                   nanoseconds sum, std::uint64_t count) {
  const auto write_quantile = [&](std::string_view label, const std::optional<nanoseconds>& time) {
    if (time) out.sample(stats, in_seconds(*time), "", label);
  };
  write_quantile(R"(quantile="0.5")", recent.p50);
  write_quantile(R"(quantile="0.95")", recent.p95);
  write_quantile(R"(quantile="0.99")", recent.p99);
  out.sample(stats, in_seconds(sum), "_sum");
  out.sample(stats, count, "_count");
}

void write_summaries(Exposition& out, const Stats& all) {
  out.family("finetuning_latency_seconds", "summary", "How long requests took that succeeded.");
  for (const ModelStats& stats : all)
    write_summary(out, stats, stats.latency, stats.total.total_latency, stats.total.succeeded);
  out.family("finetuning_time_to_first_text_seconds", "summary",
             "How long streamed requests that succeeded took to their first text.");
  for (const ModelStats& stats : all)
    write_summary(out, stats, stats.time_to_first_text, stats.total.total_time_to_first_text,
                  stats.total.first_texts);
}

}  // namespace

std::string to_prometheus(const std::vector<ModelStats>& stats) {
  Exposition out;
  write_requests(out, stats);
  write_families(out, stats);
  write_summaries(out, stats);
  return out.take();
}

}  // namespace FineTuning
