// Advice on names: which of them say nothing of what a model is for.

#include <FineTuning/internal/scan.hpp>
#include <FineTuning/internal/text.hpp>
#include <FineTuning/model.hpp>
#include <FineTuning/registry.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace FineTuning {

using namespace internal;
namespace {

/// Words that, alone or together, say nothing of what a model is for; kept in order.
constexpr std::array<std::string_view, 66> empty_words{
    "a",           "abc",       "ai",         "asdf",   "bar",        "baz",     "best",
    "better",      "bot",       "current",    "custom", "debug",      "default", "demo",
    "dev",         "dummy",     "example",    "exp",    "experiment", "final",   "fine",
    "finetune",    "finetuned", "finetuning", "first",  "foo",        "ft",      "good",
    "gpt",         "job",       "last",       "latest", "llm",        "misc",    "model",
    "my",          "mymodel",   "name",       "new",    "old",        "one",     "output",
    "placeholder", "previous",  "prod",       "qwerty", "rev",        "run",     "sample",
    "second",      "some",      "stable",     "stuff",  "temp",       "test",    "testing",
    "testmodel",   "the",       "thing",      "tmp",    "tuned",      "tuning",  "two",
    "ver",         "version",   "xyz"};
static_assert(std::is_sorted(empty_words.begin(), empty_words.end()));

constexpr std::string_view separators = "-_. ";

/// Whether one of the words of a name ends: fineTuned-model2 has fine, tuned, model and 2.
bool is_border(char before, char after) {
  const auto is_upper = [](char c) { return is_letter(c) && !is_lower(c); };
  return separators.find(after) != std::string_view::npos || is_digit(before) != is_digit(after) ||
         (is_lower(before) && is_upper(after));
}

/// Nothing, a letter, a number, or a word of the table.
bool says_nothing(std::string_view word) {
  const std::string lower = lower_case(word);
  return lower.size() <= 1 || all_digits(lower) ||
         std::binary_search(empty_words.begin(), empty_words.end(), lower);
}

bool name_says_nothing(std::string_view name) {
  std::size_t from = 0;
  for (std::size_t at = 1; at <= name.size(); ++at) {
    if (at < name.size() && !is_border(name[at - 1], name[at])) continue;
    std::string_view word = name.substr(from, at - from);
    word.remove_prefix(std::min(word.find_first_not_of(separators), word.size()));
    if (!says_nothing(word)) return false;
    from = at;
  }
  return true;
}

/// The sentence on a text that says nothing.
std::string advice(std::string_view subject) {
  return fmt::format(
      "{} says nothing of what the model is for; name its task, as in legal-contract-review or "
      "customer-support-es.",
      subject);
}

std::optional<std::string> advice_on_spec(std::string_view spec) {
  const Result<Model> model = Model::from(spec);
  if (!model) return model.error().message;
  const ModelId parts = model->parts();
  if (!parts.suffix.empty()) {
    if (!name_says_nothing(parts.suffix)) return std::nullopt;
    return advice(fmt::format("The suffix {} of {}", in_quotes(parts.suffix), in_quotes(spec)));
  }
  if (!parts.is_fine_tuned() || !parts.text.starts_with("ft:")) return std::nullopt;
  return advice(fmt::format("The fine-tune {} has no suffix, so its name", in_quotes(spec)));
}

}  // namespace

std::optional<std::string> advice_on_name(std::string_view text) {
  const bool is_spec = text.find_first_of(":/") != std::string_view::npos;
  if (is_spec) return advice_on_spec(text);
  if (!name_says_nothing(text)) return std::nullopt;
  return advice(fmt::format("The name {}", in_quotes(text)));
}

}  // namespace FineTuning
