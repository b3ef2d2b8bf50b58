#pragma once

// ft, the command-line program: what its commands share. It is a function over streams, so that a
// test can be its terminal; main.cpp gives it the real one.

#include <FineTuning/FineTuning.hpp>

#include <nlohmann/json.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace ft {

using Json = nlohmann::ordered_json;

enum ExitStatus : int { success = 0, failure = 1, wrong_usage = 2 };

/// Answers go to `out`; errors and progress go to `err`.
struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool err_is_terminal = false;  ///< Progress is shown there only.
};

/// The program: takes the words after its name and returns the exit status.
int run(std::span<const std::string> words, const Streams& streams);

/// The words after a command: options, and the rest.
struct Arguments {
  std::multimap<std::string, std::string, std::less<>> options;  ///< Empty for one without value.
  std::vector<std::string> rest;

  [[nodiscard]] bool has(std::string_view name) const { return options.contains(name); }
  /// The last value that is given.
  [[nodiscard]] std::string value(std::string_view name) const {
    const auto [first, end] = options.equal_range(name);
    return first == end ? std::string() : std::prev(end)->second;
  }
};

int inspect(const Arguments& arguments, const Streams& streams);
int chat(const Arguments& arguments, const Streams& streams);
int versions(const Arguments& arguments, const Streams& streams);
int stats(const Arguments& arguments, const Streams& streams);
int compare(const Arguments& arguments, const Streams& streams);
int evaluate(const Arguments& arguments, const Streams& streams);

/// Makes a Chat, with --sandbox on a sandbox of its own, and returns the status that `talk` does.
int with_chat(const Arguments& arguments, const Streams& streams,
              const std::function<int(const FineTuning::Chat&)>& talk);

/// All that a file has, "-" being the standard input. The error says that it cannot be read.
FineTuning::Result<std::string> read_file(const std::string& name, std::istream& standard_input);

/// A number from the least to the most; empty if the text is not one.
template <class Number>
std::optional<Number> read_number(const std::string& text, Number least, Number most) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  const bool is_number = error == std::errc() && stop == end && number >= least && number <= most;
  return is_number ? std::optional(number) : std::nullopt;
}

/// A whole number from 1; empty if the text is not one.
inline std::optional<std::uint32_t> read_count(const std::string& text) {
  return read_number<std::uint32_t>(text, 1, std::numeric_limits<std::uint32_t>::max());
}

/// A number from 0 to 1; empty if the text is not one.
inline std::optional<double> read_share(const std::string& text) {
  return read_number<double>(text, 0, 1);
}

/// A text as a terminal may have it: in one line, without what a terminal would obey.
std::string printable(std::string text);

/// One JSON value on one line, at once. Bytes that are not UTF-8 are replaced.
void print_line(const Json& json, std::ostream& out);

/// Shows how much is done, on one line of a terminal that is written over.
void show_progress(std::size_t done, std::size_t of, const Streams& streams);

/// Shows an error where the user looks for it: as JSON on `out`, or as a sentence on `err`.
int report(const FineTuning::Error& error, bool json, const Streams& streams);

/// Says what is wrong with the command line, in a sentence, always on `err`.
int misuse(std::string_view command, std::string_view complaint, const Streams& streams);

}  // namespace ft
