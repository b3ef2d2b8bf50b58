// Regular expressions: the one place that knows RE2.

#include "evaluation/regex.hpp"

#include <FineTuning/internal/errors.hpp>
#include <FineTuning/internal/text.hpp>

#include <fmt/format.h>

#ifdef FINETUNING_RE2
#include <re2/re2.h>
#endif

namespace FineTuning::internal {

#ifdef FINETUNING_RE2

struct Regex::Engine {
  explicit Engine(const std::string& text) : expression(text, bounded()) {}

  /// RE2's time grows with the text and with the size of the compiled pattern. This bounds the
  /// size: a pattern that takes more than a part of this memory is refused.
  static RE2::Options bounded() {
    RE2::Options options(RE2::Quiet);
    options.set_max_mem(1 << 20);
    return options;
  }

  RE2 expression;
};

Result<Regex> Regex::from(const std::string& text) {
  auto engine = std::make_shared<const Engine>(text);
  if (engine->expression.ok()) return Regex(std::move(engine));
  return invalid_request(
      fmt::format("The pattern {} is refused: {}. Write it in the syntax of RE2, which has neither "
                  "backreferences nor lookaround.",
                  in_quotes(text), in_quotes(engine->expression.error())),
      "invalid_pattern");
}

bool Regex::is_found_in(std::string_view text) const {
  // In braces, because RE2 takes its own kind of string_view, a different one in each release.
  return RE2::PartialMatch({text.data(), text.size()}, engine_->expression);
}

#else

struct Regex::Engine {};

Result<Regex> Regex::from(const std::string& /*text*/) {
  return Error{.kind = ErrorKind::unsupported,
               .message =
                   "This build of the library has no regular expressions; install RE2 "
                   "(libre2-dev) and build it again.",
               .code = "no_pattern_engine"};
}

bool Regex::is_found_in(std::string_view /*text*/) const { return false; }

#endif

}  // namespace FineTuning::internal
