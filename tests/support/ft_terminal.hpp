#pragma once

// A terminal for ft: runs it as a function, and keeps what it prints.

#include "catch.hpp"

#include <ft/ft.hpp>

#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace FineTuning::test {

/// How ft ended, and what it printed where.
struct Ran {
  int status = 0;
  std::string out, err;

  [[nodiscard]] std::vector<ft::Json> lines() const {
    std::vector<ft::Json> lines;
    std::istringstream text(out);
    for (std::string line; std::getline(text, line);) lines.push_back(ft::Json::parse(line));
    return lines;
  }
};

/// Runs ft with these words behind its name.
inline Ran run_ft(const std::vector<std::string>& words, const std::string& input = "",
                  bool err_is_terminal = false) {
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  const int status = ft::run(words, {in, out, err, err_is_terminal});
  return {status, out.str(), err.str()};
}

inline bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Words behind a command, and what ft says is wrong with them.
struct WrongWords {
  std::vector<std::string> words;
  std::string complaint;
};

/// Checks that ft refuses all of them as wrong usage.
inline void check_wrong_words(const std::string& command, const std::vector<WrongWords>& cases) {
  for (const auto& [words, complaint] : cases) {
    CAPTURE(complaint);
    std::vector<std::string> all{command};
    all.insert(all.end(), words.begin(), words.end());
    const Ran ran = run_ft(all);
    CHECK(ran.status == ft::wrong_usage);
    CHECK(ran.err == "ft " + command + ": " + complaint + "\n");
    CHECK(ran.out.empty());
  }
}

/// One sentence of ft's on one line.
inline bool is_sentence(std::string_view text) {
  return text.starts_with("ft: ") && text.ends_with(".\n") && text.find('\n') == text.size() - 1;
}

}  // namespace FineTuning::test
