// ft stats: statistics of the calls in a log, model by model. A line of the log is a
// to_json(CallRecord), as ft chat --log writes it.

#include "ft.hpp"

#include <fmt/ostream.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <istream>
#include <ostream>

namespace ft {
namespace {

using namespace FineTuning;

/// Counts the calls of a log. A line that is not a call (the last one may be torn) is reported and
/// left out. Returns false if there was one, or if the log cannot be read.
bool read_log(const std::string& name, const Monitor& monitor, const Streams& streams) {
  std::ifstream file;
  if (name != "-") file.open(name, std::ios::binary);
  std::istream& log = name == "-" ? streams.in : file;
  bool is_whole = true;
  std::size_t number = 0;
  for (std::string line; std::getline(log, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const Result<CallRecord> call = parse_call_record(line);
    if (call) {
      monitor.record(*call);
      continue;
    }
    is_whole = false;
    fmt::print(streams.err, "ft: Line {} of {}: {}\n", number, name, call.error().message);
  }
  if (log.eof()) return is_whole;
  fmt::print(streams.err, "ft: The log {} cannot be read; name one that can.\n", name);
  return false;
}

std::string shown(const std::optional<double>& value, int decimals) {
  return value ? fmt::format("{:.{}f}", *value, decimals) : "-";
}

std::string shown(const std::optional<std::chrono::nanoseconds>& time) {
  return time ? fmt::format("{:.3f} s", std::chrono::duration<double>(*time).count()) : "-";
}

std::string shown_rate(const std::optional<double>& rate) {
  return rate ? fmt::format("{:.1f} %", *rate * 100) : "-";
}

std::string shown_tokens(const Figures& figures, std::uint64_t count) {
  return figures.usage.tokens.known ? std::to_string(count) : "-";
}

std::string shown_errors(const Figures& figures) {
  std::string errors;
  for (const auto& [kind, count] : figures.errors)
    errors += fmt::format("{}{} {}", errors.empty() ? "" : ", ", count, to_string(kind));
  return errors.empty() ? "-" : errors;
}

struct Column {
  std::string_view title;
  std::string (*text)(const ModelStats&);
};
constexpr std::array columns{
    Column{"model", [](const ModelStats& s) { return printable(s.model); }},
    Column{"requests", [](const ModelStats& s) { return std::to_string(s.total.requests()); }},
    Column{"success", [](const ModelStats& s) { return shown_rate(s.total.success_rate()); }},
    Column{"cancelled", [](const ModelStats& s) { return std::to_string(s.total.cancelled); }},
    Column{"mean", [](const ModelStats& s) { return shown(s.total.mean_latency()); }},
    Column{"p50", [](const ModelStats& s) { return shown(s.latency.p50); }},
    Column{"p95", [](const ModelStats& s) { return shown(s.latency.p95); }},
    Column{"p99", [](const ModelStats& s) { return shown(s.latency.p99); }},
    Column{"first text",
           [](const ModelStats& s) { return shown(s.total.mean_time_to_first_text()); }},
    Column{"tokens in",
           [](const ModelStats& s) {
             return shown_tokens(s.total, s.total.usage.tokens.input_tokens);
           }},
    Column{"tokens out",
           [](const ModelStats& s) {
             return shown_tokens(s.total, s.total.usage.tokens.output_tokens);
           }},
    Column{"USD", [](const ModelStats& s) { return shown(s.total.usage.cost_usd(), 6); }},
    Column{"unpriced", [](const ModelStats& s) { return std::to_string(s.total.usage.unpriced); }},
    Column{"score", [](const ModelStats& s) { return shown(s.total.mean_score(), 2); }},
    Column{"errors", [](const ModelStats& s) { return shown_errors(s.total); }}};

/// One row for each model, under the titles; what is unknown is "-". Nothing without a model.
void print_table(const std::vector<ModelStats>& stats, std::ostream& out) {
  if (stats.empty()) return;
  using Row = std::array<std::string, columns.size()>;
  std::vector<Row> rows(stats.size() + 1);
  std::array<std::size_t, columns.size()> widths{};
  for (std::size_t column = 0; column < columns.size(); ++column) {
    rows[0][column] = columns[column].title;
    for (std::size_t model = 0; model < stats.size(); ++model)
      rows[model + 1][column] = columns[column].text(stats[model]);
    for (const Row& row : rows) widths[column] = std::max(widths[column], row[column].size());
  }
  for (const Row& row : rows) {
    fmt::print(out, "{:<{}}", row.front(), widths.front());
    for (std::size_t column = 1; column + 1 < columns.size(); ++column)
      fmt::print(out, "  {:>{}}", row[column], widths[column]);
    fmt::print(out, "  {}\n", row.back());
  }
}

}  // namespace

int stats(const Arguments& arguments, const Streams& streams) {
  const bool json = arguments.has("--json");
  const bool prometheus = arguments.has("--prometheus");
  if (json && prometheus) return misuse("stats", "Choose one of --json and --prometheus.", streams);
  if (arguments.rest.empty())
    return misuse("stats", "Name at least one log, or - to read it from standard input.", streams);
  const Monitor monitor;
  int status = success;
  for (const std::string& name : arguments.rest)
    if (!read_log(name, monitor, streams)) status = failure;
  if (json)
    fmt::print(streams.out, "{}\n", to_json(monitor.stats()));
  else if (prometheus)
    fmt::print(streams.out, "{}", to_prometheus(monitor.stats()));
  else
    print_table(monitor.stats(), streams.out);
  if (status == success && monitor.stats().empty())
    fmt::print(streams.err, "ft: There is no call in what was read.\n");
  return status;
}

}  // namespace ft
