// ft: looks at fine-tuned models and talks to them, from a command line.

#include "ft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace ft {
namespace {

constexpr std::string_view usage = R"(ft looks at fine-tuned models and talks to them.

  ft inspect [--provider NAME] [--json] ID|SPEC...     "-" reads them from standard input, one a line
  ft chat --model SPEC [--stream] [--json] [--system TEXT] [--max-tokens N] [--dry-run] [--sandbox] PROMPT
  ft chat --request FILE [...]                         the body of an OpenAI chat completion; "-" reads it

A SPEC is a provider, a colon and a model id, as in openai:ft:gpt-4o-mini-2024-07-18:acme::abc123.
Keys come from the environment (OPENAI_API_KEY, GEMINI_API_KEY, COHERE_API_KEY, ...); --sandbox needs none.
)";

struct Command {
  std::string_view name;
  int (*run)(std::span<const std::string>);
};
constexpr std::array commands{Command{"inspect", inspect}, Command{"chat", chat}};

bool contains(std::initializer_list<std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

FineTuning::Error usage_error(std::string message) {
  return {.kind = FineTuning::ErrorKind::invalid_request, .message = std::move(message)};
}

}  // namespace

FineTuning::Result<Arguments> parse_arguments(std::span<const std::string> words,
                                              std::initializer_list<std::string_view> flags,
                                              std::initializer_list<std::string_view> with_value) {
  Arguments arguments;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (word == "--") {
      arguments.rest.insert(arguments.rest.end(),
                            words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end());
      break;
    }
    if (!word.starts_with("--")) {
      arguments.rest.push_back(word);
      continue;
    }
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::string name = word.substr(0, equals);
    if (contains(flags, name) && equals == word.size()) {
      arguments.values[name];
    } else if (!contains(with_value, name)) {
      return usage_error(fmt::format("There is no option {} here.", word));
    } else if (equals < word.size()) {
      arguments.values[name] = word.substr(equals + 1);
    } else if (at + 1 < words.size()) {
      arguments.values[name] = words[++at];
    } else {
      return usage_error(fmt::format("The option {} needs a value.", name));
    }
  }
  return arguments;
}

void print_line(const Json& json) {
  fmt::print("{}\n", json.dump(-1, ' ', false, Json::error_handler_t::replace));
  std::fflush(stdout);
}

int report(const FineTuning::Error& error, bool json) {
  if (json)
    fmt::print("{}\n", FineTuning::to_json(error));
  else
    fmt::print(stderr, "ft: {}\n", error.message);
  return failure;
}

}  // namespace ft

int main(int count, char** values) {
  const std::vector<std::string> words(values + std::min(count, 1), values + count);
  if (words.empty()) {
    fmt::print(stderr, "{}", ft::usage);
    return ft::wrong_usage;
  }
  if (words[0] == "--help" || words[0] == "help") {
    fmt::print("{}", ft::usage);
    return ft::success;
  }
  for (const ft::Command& command : ft::commands)
    if (command.name == words[0]) return command.run(std::span(words).subspan(1));
  fmt::print(stderr, "ft: There is no command {}.\n\n{}", words[0], ft::usage);
  return ft::wrong_usage;
}
