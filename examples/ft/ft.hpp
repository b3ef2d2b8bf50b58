#pragma once

// What the commands of ft share.

#include <FineTuning/FineTuning.hpp>

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ft {

using Json = nlohmann::ordered_json;

enum ExitStatus : int { success = 0, failure = 1, wrong_usage = 2 };

/// The words behind a command: flags, flags with values, and the rest.
struct Arguments {
  std::map<std::string, std::string, std::less<>>
      values;  ///< By flag; empty for one without value.
  std::vector<std::string> rest;

  [[nodiscard]] bool has(std::string_view flag) const { return values.find(flag) != values.end(); }
  [[nodiscard]] std::string value(std::string_view flag) const {
    const auto at = values.find(flag);
    return at == values.end() ? std::string() : at->second;
  }
};

/// Sorts the words; an error is a sentence about wrong usage.
FineTuning::Result<Arguments> parse_arguments(std::span<const std::string> words,
                                              std::initializer_list<std::string_view> flags,
                                              std::initializer_list<std::string_view> with_value);

/// One JSON value on one line of standard output. Bytes that are no UTF-8 are replaced.
void print_line(const Json& json);

/// Tells an error where the user looks for it, and returns the exit status.
int report(const FineTuning::Error& error, bool json);

/// The body of an OpenAI chat completion, whose model is a spec, as a request. `stream` is what the
/// body says of streaming.
struct RequestFile {
  FineTuning::ChatRequest request;
  bool stream = false;
};
FineTuning::Result<RequestFile> read_request(std::string_view text);

int inspect(std::span<const std::string> words);
int chat(std::span<const std::string> words);

}  // namespace ft
