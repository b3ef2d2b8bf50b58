// Runs the command that the command line names, and reports what goes wrong.

#include "ft.hpp"

#include <fmt/ostream.h>

#include <algorithm>
#include <array>
#include <exception>
#include <ostream>

namespace ft {
namespace {

using FineTuning::Result;

constexpr std::string_view what_ft_is = R"(ft looks at fine-tuned models and talks to them.

)";

constexpr std::string_view what_all_share = R"(
A SPEC is a provider, a colon and a model id, as in openai:ft:gpt-4o-mini-2024-07-18:acme::abc123.
Keys come from the environment (OPENAI_API_KEY, GEMINI_API_KEY, COHERE_API_KEY, ...); --sandbox needs none.
The exit status is 0 for success, 1 for failure and 2 for wrong usage. ft --version shows the library's version.
)";

struct Option {
  std::string_view name;
  bool takes_value = false;
};

constexpr std::string_view inspect_usage =
    R"(  ft inspect [--provider NAME] [--json] ID|SPEC...     "-" reads them from standard input, one a line
)";
constexpr std::array inspect_options{Option{"--provider", true}, Option{"--json"}};

constexpr std::string_view chat_usage =
    R"(  ft chat --model SPEC [--stream] [--json] [--system TEXT] [--max-tokens N] [--dry-run] [--sandbox] PROMPT
  ft chat --request FILE [...]                         the body of an OpenAI chat completion; "-" reads it
  ft chat --log FILE [...]                             appends a line on the call, without what was said
)";
constexpr std::array chat_options{
    Option{"--model", true},      Option{"--request", true}, Option{"--system", true},
    Option{"--max-tokens", true}, Option{"--stream"},        Option{"--json"},
    Option{"--dry-run"},          Option{"--sandbox"},       Option{"--log", true}};

constexpr std::string_view compare_usage =
    R"(  ft compare --a SPEC --b SPEC [--file FILE] [--seed N] [--parallel N] [--confidence 0.95] [--json] [--sandbox] PROMPT...
                                                       FILE: a prompt a line; in one named .jsonl a body a line, as
                                                       ft chat --request takes it
)";
constexpr std::array compare_options{Option{"--a", true},        Option{"--b", true},
                                     Option{"--file", true},     Option{"--seed", true},
                                     Option{"--parallel", true}, Option{"--confidence", true},
                                     Option{"--json"},           Option{"--sandbox"}};

constexpr std::string_view evaluate_usage =
    R"(  ft evaluate --model SPEC --cases FILE [--threshold 0.9] [--parallel N] [--results FILE] [--report FILE]... [--json] [--sandbox]
                                                       cases: {"input":"2 + 2?","expected_pattern":"\\b4\\b"}, one a line;
                                                       or messages and system; or expected, expected_parts, expected_json;
                                                       id and tags as well. --results keeps each result and resumes from it;
                                                       --report writes a page (.html), JUnit (.xml) or all figures (.json)
)";
constexpr std::array evaluate_options{
    Option{"--model", true},    Option{"--cases", true},   Option{"--threshold", true},
    Option{"--parallel", true}, Option{"--results", true}, Option{"--report", true},
    Option{"--json"},           Option{"--sandbox"}};

constexpr std::string_view versions_usage =
    R"(  ft versions list [NAME] [--file FILE] [--json]       with a NAME its history as well
                                                       FILE: else $FINETUNING_VERSIONS, else models.json
  ft versions get NAME [LABEL]                         its model alone, as in --model $(ft versions get NAME)
  ft versions add NAME LABEL SPEC [--note TEXT]        the first is current at once; others wait
  ft versions promote NAME LABEL [--stable] [--note TEXT]  makes it current, or with --stable only stable
  ft versions rollback NAME [--note TEXT]              makes the previous one current
  ft versions lint [NAME|SPEC...]                      names that say nothing; exit status 1 if there are any
)";
constexpr std::array versions_options{Option{"--file", true}, Option{"--note", true},
                                      Option{"--stable"}, Option{"--json"}};

constexpr std::string_view stats_usage =
    R"(  ft stats [--json|--prometheus] FILE|-...             statistics of the calls that ft chat logged; "-" reads a log
)";
constexpr std::array stats_options{Option{"--json"}, Option{"--prometheus"}};

struct Command {
  std::string_view name;
  std::string_view usage;
  std::span<const Option> options;
  int (*run)(const Arguments&, const Streams&);
};
constexpr std::array commands{Command{"inspect", inspect_usage, inspect_options, inspect},
                              Command{"chat", chat_usage, chat_options, chat},
                              Command{"compare", compare_usage, compare_options, compare},
                              Command{"evaluate", evaluate_usage, evaluate_options, evaluate},
                              Command{"versions", versions_usage, versions_options, versions},
                              Command{"stats", stats_usage, stats_options, stats}};

void show_all_usage(std::ostream& out) {
  out << what_ft_is;
  for (const Command& command : commands) out << command.usage;
  out << what_all_share;
}

bool asks_for_help(std::string_view word) { return word == "--help" || word == "-h"; }

/// Sorts the words after a command; the error is a sentence.
Result<Arguments, std::string> parse_arguments(std::span<const std::string> words,
                                               std::span<const Option> options) {
  Arguments arguments;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string_view word = words[at];
    if (word == "--") {
      const auto rest = words.subspan(at + 1);
      arguments.rest.insert(arguments.rest.end(), rest.begin(), rest.end());
      break;
    }
    if (asks_for_help(word)) {
      arguments.options.emplace("--help", "");
      continue;
    }
    if (!word.starts_with("--")) {
      arguments.rest.emplace_back(word);
      continue;
    }
    const std::size_t equals = std::min(word.find('='), word.size());
    const bool has_value = equals < word.size();
    const auto option = std::ranges::find(options, word.substr(0, equals), &Option::name);
    if (option == options.end() || (has_value && !option->takes_value))
      return fmt::format("There is no option {} here.", word);
    std::string& value = arguments.options.emplace(option->name, "")->second;
    if (!option->takes_value) continue;
    if (has_value)
      value = word.substr(equals + 1);
    else if (++at < words.size())
      value = words[at];
    else
      return fmt::format("The option {} needs a value.", option->name);
  }
  return arguments;
}

}  // namespace

int run(std::span<const std::string> words, const Streams& streams) {
  const std::string_view name = words.empty() ? std::string_view() : words.front();
  if (name == "help" || asks_for_help(name)) {
    show_all_usage(streams.out);
    return success;
  }
  if (name == "--version") {
    fmt::print(streams.out, "ft {}\n", FineTuning::version);
    return success;
  }
  const auto* const command = std::ranges::find(commands, name, &Command::name);
  if (command == commands.end()) {
    if (!words.empty()) fmt::print(streams.err, "ft: There is no command {}.\n\n", name);
    show_all_usage(streams.err);
    return wrong_usage;
  }
  const auto arguments = parse_arguments(words.subspan(1), command->options);
  if (!arguments) return misuse(name, arguments.error(), streams);
  if (arguments->has("--help")) {
    streams.out << command->usage << what_all_share;
    return success;
  }
  try {
    const int status = command->run(*arguments, streams);
    if (streams.out.flush()) return status;
    return report({.message = "The output cannot be written; see what takes it."}, false, streams);
  } catch (const std::exception& unforeseen) {
    return report({.message = fmt::format("ft cannot go on: {}.", unforeseen.what())},
                  arguments->has("--json"), streams);
  }
}

}  // namespace ft
