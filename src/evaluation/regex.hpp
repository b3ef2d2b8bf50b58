#pragma once

// Regular expressions that somebody else wrote. RE2 matches them in a time that is linear in the
// text, whatever they say; if the library was built without it, they are not matched at all.

#include <FineTuning/result.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace FineTuning::internal {

/// A regular expression in RE2's syntax (https://github.com/google/re2/wiki/Syntax), over UTF-8.
/// A value; its copies share what was compiled, and may be used from several threads at once.
class Regex {
 public:
  /// Fails with unsupported if the library was built without RE2, and with invalid_request if RE2
  /// refuses the pattern: for its syntax, its size, or what takes more than linear time.
  [[nodiscard]] static Result<Regex> from(const std::string& text);

  /// True if any part of the text matches.
  [[nodiscard]] bool is_found_in(std::string_view text) const;

 private:
  struct Engine;
  explicit Regex(std::shared_ptr<const Engine> engine) : engine_(std::move(engine)) {}

  std::shared_ptr<const Engine> engine_;
};

}  // namespace FineTuning::internal
