// ft compare: asks two models the same, and shows both answers, or for many prompts the paired
// differences.

#include "ft.hpp"
#include "interrupt.hpp"

#include <fmt/ostream.h>

#include <array>
#include <cstdint>
#include <limits>
#include <ostream>
#include <sstream>

namespace ft {
namespace {

using namespace FineTuning;

/// What the command line asks for.
struct Plan {
  std::string a, b;  ///< Specs.
  std::vector<ChatRequest> requests{};
  CompareOptions options{};
  double confidence = 0.95;
  bool json = false;
};

std::optional<std::uint64_t> read_seed(const std::string& text) {
  return read_number<std::uint64_t>(text, 0, std::numeric_limits<std::uint64_t>::max());
}

/// What is wrong with the command line; empty if nothing is.
std::string_view find_misuse(const Arguments& arguments) {
  if (!arguments.has("--a") || !arguments.has("--b")) return "Name two models with --a and --b.";
  if (arguments.rest.empty() && !arguments.has("--file"))
    return "Write a prompt, or name a file of prompts with --file.";
  if (arguments.value("--file").ends_with(".json"))
    return "A file of prompts has one a line; one of requests, too, and its name ends in .jsonl.";
  if (arguments.has("--seed") && !read_seed(arguments.value("--seed")))
    return "--seed needs a whole number from 0.";
  if (arguments.has("--parallel") && !read_count(arguments.value("--parallel")))
    return "--parallel needs a whole number from 1.";
  const double confidence = read_share(arguments.value("--confidence")).value_or(0);
  if (arguments.has("--confidence") && (confidence <= 0 || confidence >= 1))
    return "--confidence needs a number between 0 and 1, as 0.95.";
  return {};
}

ChatRequest ask_for(std::string prompt) { return {.messages = {Message::user(std::move(prompt))}}; }

/// One line of a file of prompts: a text, or in a .jsonl file a request.
Result<ChatRequest> read_line(const std::string& line, bool is_json) {
  if (!is_json) return ask_for(line);
  Result<ParsedChatRequest> file = parse_chat_request(line);
  if (!file) return std::move(file).error();
  if (!file->request.messages.empty()) return std::move(file->request);
  return Error{.kind = ErrorKind::invalid_request,
               .message = "The request has no messages; write at least one."};
}

Result<std::vector<ChatRequest>> read_prompts(const std::string& name, std::istream& in) {
  const Result<std::string> text = read_file(name, in);
  if (!text) return text.error();
  std::vector<ChatRequest> requests;
  std::istringstream lines(*text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.ends_with('\r')) line.pop_back();
    if (line.find_first_not_of(" \t") == line.npos) continue;
    Result<ChatRequest> request = read_line(line, name.ends_with(".jsonl"));
    if (!request) {
      Error error = std::move(request).error();
      error.message = fmt::format("Line {} of {}: {}", number, name, error.message);
      return error;
    }
    requests.push_back(*std::move(request));
  }
  if (!requests.empty()) return requests;
  return Error{.kind = ErrorKind::invalid_request,
               .message = fmt::format("There is no prompt in {}; write one a line.", name)};
}

Result<Plan> make_plan(const Arguments& arguments, const Streams& streams) {
  Plan plan{
      .a = arguments.value("--a"), .b = arguments.value("--b"), .json = arguments.has("--json")};
  for (const std::string& prompt : arguments.rest) plan.requests.push_back(ask_for(prompt));
  if (arguments.has("--file")) {
    Result<std::vector<ChatRequest>> read = read_prompts(arguments.value("--file"), streams.in);
    if (!read) return std::move(read).error();
    plan.requests.insert(plan.requests.end(), read->begin(), read->end());
  }
  plan.options.seed = read_seed(arguments.value("--seed")).value_or(plan.options.seed);
  plan.options.parallel = read_count(arguments.value("--parallel")).value_or(plan.options.parallel);
  plan.options.on_progress = [&streams](std::size_t asked, std::size_t of) {
    show_progress(asked, of, streams);
  };
  plan.confidence = read_share(arguments.value("--confidence")).value_or(plan.confidence);
  return plan;
}

/// A line of the tables.
struct Row {
  std::string_view label;
  Measure measure;
  int decimals;  ///< For one answer; a mean has one more.
};
constexpr std::array rows{
    Row{"characters", &Measures::length, 0}, Row{"milliseconds", &Measures::latency_ms, 1},
    Row{"tokens", &Measures::total_tokens, 0}, Row{"USD", &Measures::cost_usd, 6}};

std::string shown(std::optional<double> value, int decimals) {
  return value ? fmt::format("{:.{}f}", *value, decimals) : "unknown";
}

std::string shown_difference(std::optional<double> value, int decimals) {
  return value ? fmt::format("{:+.{}f}", *value, decimals) : "unknown";
}

std::string shown_interval(const std::optional<statistics::Interval>& interval, int decimals) {
  if (!interval) return "unknown";
  return fmt::format("{:+.{}f} to {:+.{}f}", interval->low, decimals, interval->high, decimals);
}

void show_answer(std::string_view side, const std::string& spec, const ComparedAnswer& answer,
                 const Streams& streams) {
  if (answer.result)
    fmt::print(streams.out, "{}: {}\n{}\n\n", side, spec, answer.result->content);
  else
    fmt::print(streams.err, "ft: {}: {}\n", side, answer.result.error().message);
}

int compare_one(const Plan& plan, const Chat& chat, const Streams& streams) {
  const Comparison both = compare_models(plan.requests.front(), with_model(plan.a, chat),
                                         with_model(plan.b, chat), plan.options);
  const int status = both.a.result && both.b.result ? success : failure;
  if (plan.json) {
    fmt::print(streams.out, "{}\n", to_json(both));
    return status;
  }
  show_answer("a", plan.a, both.a, streams);
  show_answer("b", plan.b, both.b, streams);
  fmt::print(streams.out, "{:12}  {:>10}  {:>10}  {:>10}\n", "", "a", "b", "a - b");
  for (const auto& [label, measure, decimals] : rows)
    fmt::print(streams.out, "{:12}  {:>10}  {:>10}  {:>10}\n", label,
               shown(both.a.measures.*measure, decimals), shown(both.b.measures.*measure, decimals),
               shown_difference(both.difference.*measure, decimals));
  return status;
}

void show_failures(const ComparisonReport& report, const Streams& streams) {
  std::size_t number = 0;
  for (const auto& [a, b, difference] : report.comparisons) {
    ++number;
    for (const auto& [side, answer] : {std::pair("a", &a), std::pair("b", &b)})
      if (answer->asked && !answer->result)
        fmt::print(streams.err, "ft: prompt {}, {}: {}\n", number, side,
                   answer->result.error().message);
  }
  if (report.not_asked > 0)
    fmt::print(streams.err,
               "ft: Stopped before {} of the prompts were asked of both; start again for them.\n",
               report.not_asked);
}

void show_table(const ComparisonReport& report, const Plan& plan, const Streams& streams) {
  fmt::print(streams.out, "{} prompts, seed {}; means of the pairs of which both sides are known\n",
             report.comparisons.size(), report.seed);
  fmt::print(streams.out, "a: {}\nb: {}\n\n", plan.a, plan.b);
  constexpr std::string_view line = "{:12}  {:>5}  {:>10}  {:>10}  {:>10}  {:>24}\n";
  fmt::print(streams.out, line, "", "pairs", "a", "b", "a - b",
             fmt::format("{:g} % interval", plan.confidence * 100));
  for (const auto& [label, measure, single] : rows) {
    const PairedDifference paired = paired_difference(report.comparisons, measure, plan.confidence);
    const int decimals = single + 1;
    fmt::print(streams.out, line, label, paired.pairs, shown(paired.mean_a, decimals),
               shown(paired.mean_b, decimals), shown_difference(paired.mean, decimals),
               shown_interval(paired.interval, decimals));
  }
  fmt::print(streams.out, "\nA difference whose interval holds 0 may be chance.\n");
}

int compare_many(const Plan& plan, const Chat& chat, const Streams& streams) {
  const Interrupt interrupt;
  CompareOptions options = plan.options;
  options.stop = interrupt.stop();
  const ComparisonReport report =
      compare_models(plan.requests, with_model(plan.a, chat), with_model(plan.b, chat), options);
  if (report.not_asked > 0 && streams.err_is_terminal)
    fmt::print(streams.err, "\n");  // ends the line of the progress
  if (plan.json) {
    fmt::print(streams.out, "{}\n", to_json(report, plan.confidence));
  } else {
    show_table(report, plan, streams);
    show_failures(report, streams);
  }
  return report.failures_a + report.failures_b + report.not_asked == 0 ? success : failure;
}

}  // namespace

int compare(const Arguments& arguments, const Streams& streams) {
  const std::string_view complaint = find_misuse(arguments);
  if (!complaint.empty()) return misuse("compare", complaint, streams);
  const Result<Plan> plan = make_plan(arguments, streams);
  if (!plan) return report(plan.error(), arguments.has("--json"), streams);
  return with_chat(arguments, streams, [&](const Chat& chat) {
    return plan->requests.size() == 1 ? compare_one(*plan, chat, streams)
                                      : compare_many(*plan, chat, streams);
  });
}

}  // namespace ft
