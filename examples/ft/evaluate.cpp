// ft evaluate: asks a model test cases, keeps the results in a file, and writes reports.

#include "ft.hpp"
#include "interrupt.hpp"

#include <fmt/ostream.h>
#include <sys/file.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <ostream>
#include <utility>

namespace ft {
namespace {

using namespace FineTuning;

/// A kind of report, by the end of its file's name.
struct ReportKind {
  std::string_view ending;
  std::string (*write)(const Evaluation&);
};
constexpr std::array report_kinds{ReportKind{".html", to_html}, ReportKind{".xml", to_junit_xml},
                                  ReportKind{".json", to_json}};

const ReportKind* kind_of_report(const std::string& name) {
  const auto* const kind = std::ranges::find_if(
      report_kinds, [&name](const ReportKind& known) { return name.ends_with(known.ending); });
  return kind == report_kinds.end() ? nullptr : kind;
}

std::vector<std::string> report_names(const Arguments& arguments) {
  std::vector<std::string> names;
  const auto [first, end] = arguments.options.equal_range("--report");
  std::transform(first, end, std::back_inserter(names), [](const auto& one) { return one.second; });
  return names;
}

/// What is wrong with the command line; empty if nothing is.
std::string_view find_misuse(const Arguments& arguments) {
  if (!arguments.has("--model")) return "Name a model with --model.";
  if (!arguments.has("--cases")) return "Name a file of test cases with --cases.";
  if (!arguments.rest.empty()) return "Write options only; test cases come from a file.";
  if (arguments.has("--threshold") && !read_share(arguments.value("--threshold")))
    return "--threshold needs a number from 0 to 1, as 0.9.";
  if (arguments.has("--parallel") && !read_count(arguments.value("--parallel")))
    return "--parallel needs a whole number from 1.";
  if (!std::ranges::all_of(report_names(arguments), kind_of_report))
    return "--report needs a name that ends in .html, .xml or .json.";
  return {};
}

Error cannot_write(const std::string& name) {
  return {.kind = ErrorKind::invalid_request,
          .message = fmt::format("The file {} cannot be written; name one that can.", name)};
}

/// Whether the reports can be written. Checked before anything is asked, so that answers that were
/// paid for are not lost with their report.
Result<void> check_folders(const std::vector<std::string>& reports) {
  for (const std::string& name : reports) {
    const std::filesystem::path folder = std::filesystem::path(name).parent_path();
    std::error_code unknown;
    if (!folder.empty() && !std::filesystem::is_directory(folder, unknown))
      return cannot_write(name);
  }
  return {};
}

/// The file of results: what it holds, and what one run at a time adds to it.
class ResultsFile {
 public:
  /// Reads what an earlier run has left, if anything, and prepares for more.
  static Result<ResultsFile> open(const std::string& name, const Streams& streams) {
    ResultsFile file;
    file.name_ = name;
    file.lock_.reset(std::fopen(name.c_str(), "ab"));
    if (!file.lock_) return cannot_write(name);
    if (::flock(::fileno(file.lock_.get()), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
      return Error{.kind = ErrorKind::invalid_request,
                   .message = fmt::format("Another run adds to the file {}; wait for its end, or "
                                          "name another file.",
                                          name)};
    std::error_code unknown;
    if (std::filesystem::is_regular_file(name, unknown)) {
      const Result<std::string> text = read_file(name, streams.in);
      if (!text) return text.error();
      Result<StoredResults> stored = parse_results(*text);
      if (!stored) return std::move(stored).error();
      if (stored->torn_bytes > 0) {
        fmt::print(streams.err, "ft: The last line of {} was cut off; its case is asked again.\n",
                   name);
        std::filesystem::resize_file(name, text->size() - stored->torn_bytes);
      }
      file.earlier_ = std::move(stored->results);
    }
    file.stream_.open(name, std::ios::binary | std::ios::app);
    if (!file.stream_) return cannot_write(name);
    return file;
  }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::vector<CaseResult> take_earlier() { return std::exchange(earlier_, {}); }

  /// Adds a line, at once and in one piece. False if it cannot be written.
  bool add(const CaseResult& result) {
    const std::string line = to_json(result) + '\n';
    return static_cast<bool>(
        stream_.write(line.data(), static_cast<std::streamsize>(line.size())).flush());
  }

 private:
  std::string name_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> lock_{nullptr, std::fclose};
  std::ofstream stream_;
  std::vector<CaseResult> earlier_;
};

/// A text on one line, not too long, without what a terminal would obey.
std::string in_one_line(const std::string& text) {
  constexpr std::size_t longest = 200;
  const Json cut = text.substr(0, longest);
  return printable(cut.dump(-1, ' ', false, Json::error_handler_t::replace)) +
         (text.size() > longest ? "..." : "");
}

void show_failures(const Evaluation& evaluation, const Streams& streams) {
  for (const CaseResult& result : evaluation.results)
    if (result.outcome == Outcome::failed)
      fmt::print(streams.out, "failed: {}\n  input:    {}\n  expected: {}\n  got:      {}\n",
                 in_one_line(result.id), in_one_line(result.input), in_one_line(result.expected),
                 in_one_line(result.answer.value_or("")));
}

/// Each error once, with the first case that met it: many cases may meet the same.
void show_errors(const Evaluation& evaluation, const Streams& streams) {
  std::map<std::string_view, std::size_t> counts;
  for (const CaseResult& result : evaluation.results)
    if (result.error) ++counts[result.error->message];
  for (const CaseResult& result : evaluation.results) {
    if (!result.error || result.error->kind == ErrorKind::cancelled) continue;
    const std::size_t count = std::exchange(counts[result.error->message], 0);
    if (count == 0) continue;
    fmt::print(streams.err, "ft: {}: {}{}\n", printable(result.id),
               printable(result.error->message),
               count == 1 ? "" : fmt::format(" ({} cases)", count));
  }
}

std::string share(double value) { return fmt::format("{:.1f} %", 100 * value); }

void show_total(const Evaluation& evaluation, const Streams& streams) {
  const Tally& total = evaluation.total;
  const std::optional<double> accuracy = total.accuracy();
  const std::optional<statistics::Interval> interval = total.interval();
  if (accuracy && interval)
    fmt::print(streams.out, "accuracy {} ({} of {}), 95 % interval {} to {}\n", share(*accuracy),
               total.passed, total.passed + total.failed, share(interval->low),
               share(interval->high));
  else
    fmt::print(streams.out, "accuracy unknown: no answer was judged\n");
  fmt::print(streams.out,
             "{} cases: {} passed, {} failed, {} errors, {} not run; {} of an earlier "
             "run\n",
             total.cases(), total.passed, total.failed, total.errors, total.not_run,
             evaluation.reused);
  const UsageTotals& usage = total.usage;
  const std::optional<double> cost = usage.cost_usd();
  fmt::print(streams.out, "tokens {} ({} unknown), cost {} ({} unpriced)\n",
             usage.tokens.known ? std::to_string(usage.tokens.total_tokens) : "unknown",
             usage.unknown, cost ? fmt::format("{:.6f} USD", *cost) : "unknown", usage.unpriced);
  const std::size_t open = total.errors + total.not_run;
  const bool is_met = evaluation.threshold_met();
  fmt::print(streams.out, "The threshold of {:g} % is {}{}.\n", 100 * evaluation.threshold,
             is_met ? "met" : "not met",
             open == 0 ? "" : fmt::format(": {} of the cases have no verdict", open));
}

Result<std::string> write_report(const std::string& name, const Evaluation& evaluation) {
  std::ofstream file(name, std::ios::binary);
  file << kind_of_report(name)->write(evaluation) << std::flush;
  if (!file) return cannot_write(name);
  return name;
}

/// Refusals that the next case would meet too, because only one model is asked.
constexpr std::array refusals_of_all{ErrorKind::authentication, ErrorKind::permission_denied,
                                     ErrorKind::model_not_found, ErrorKind::model_retired,
                                     ErrorKind::quota_exhausted};

bool is_refusal_of_all(const CaseResult& result) {
  return result.error &&
         std::ranges::find(refusals_of_all, result.error->kind) != refusals_of_all.end();
}

/// Whether a stop came before the case had ended.
bool is_cut_short(const CaseResult& result) {
  return result.outcome == Outcome::not_run && result.error &&
         result.error->kind != ErrorKind::unsupported;
}

/// Runs the cases. The run ends with a result that cannot be written and with a refusal of all.
Result<Evaluation> run(std::span<const TestCase> cases, const Chat& chat, EvaluateOptions options,
                       ResultsFile* file, const Streams& streams) {
  Interrupt interrupt;
  bool is_kept = true;
  if (file != nullptr) options.earlier = file->take_earlier();
  options.stop = interrupt.stop();
  options.on_result = [&](const CaseResult& result, std::size_t ended, std::size_t of) {
    show_progress(ended, of, streams);
    is_kept = is_kept && (file == nullptr || file->add(result));
    if (!is_kept || is_refusal_of_all(result)) interrupt.request_stop();
  };
  Evaluation evaluation = FineTuning::evaluate(cases, chat, options);
  const bool was_stopped = std::ranges::any_of(evaluation.results, is_cut_short);
  if (was_stopped && streams.err_is_terminal) fmt::print(streams.err, "\n");  // ends the progress
  if (!is_kept) return cannot_write(file->name());
  if (was_stopped)
    fmt::print(streams.err,
               "ft: Stopped before the end; with --results the next run goes on from "
               "here.\n");
  return evaluation;
}

int show(const Evaluation& evaluation, const Arguments& arguments, const Streams& streams) {
  const bool json = arguments.has("--json");
  if (json) {
    fmt::print(streams.out, "{}\n", to_json(evaluation));
  } else {
    show_failures(evaluation, streams);
    show_errors(evaluation, streams);
    show_total(evaluation, streams);
  }
  int status = evaluation.threshold_met() ? success : failure;
  for (const std::string& name : report_names(arguments)) {
    const Result<std::string> written = write_report(name, evaluation);
    if (!written) status = report(written.error(), json, streams);
  }
  return status;
}

}  // namespace

int evaluate(const Arguments& arguments, const Streams& streams) {
  const std::string_view complaint = find_misuse(arguments);
  if (!complaint.empty()) return misuse("evaluate", complaint, streams);
  const bool json = arguments.has("--json");

  EvaluateOptions options{.request = {.model = arguments.value("--model")}};
  const Result<Model> model = Model::from(options.request.model);
  if (!model) return report(model.error(), json, streams);
  if (arguments.has("--sandbox")) options.request.key = "sandbox";  // its results are its own
  options.threshold = read_share(arguments.value("--threshold")).value_or(options.threshold);
  options.parallel = read_count(arguments.value("--parallel")).value_or(options.parallel);

  const Result<std::vector<TestCase>> cases =
      read_file(arguments.value("--cases"), streams.in).and_then([](const std::string& text) {
        return parse_cases(text);
      });
  if (!cases) return report(cases.error(), json, streams);

  const Result<void> folders = check_folders(report_names(arguments));
  if (!folders) return report(folders.error(), json, streams);
  std::optional<ResultsFile> file;
  if (arguments.has("--results")) {
    Result<ResultsFile> opened = ResultsFile::open(arguments.value("--results"), streams);
    if (!opened) return report(opened.error(), json, streams);
    file = *std::move(opened);
  }
  return with_chat(arguments, streams, [&](const Chat& chat) {
    const Result<Evaluation> evaluation =
        run(*cases, chat, options, file ? &*file : nullptr, streams);
    if (!evaluation) return report(evaluation.error(), json, streams);
    return show(*evaluation, arguments, streams);
  });
}

}  // namespace ft
