#pragma once

// A terminal for ft: runs it as a function, and keeps what it prints.

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
inline Ran run_ft(const std::vector<std::string>& words, const std::string& input = "") {
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  const int status = ft::run(words, {in, out, err});
  return {status, out.str(), err.str()};
}

/// One sentence of ft's on one line.
inline bool is_sentence(std::string_view text) {
  return text.starts_with("ft: ") && text.ends_with(".\n") && text.find('\n') == text.size() - 1;
}

}  // namespace FineTuning::test
