#pragma once

// How names and labels of versions are written, and the words that stand for a label.

#include <string_view>

namespace FineTuning::internal {

/// Whether a text is current, previous, stable or latest, in whatever case; no version may have it
/// as its label.
bool is_version_word(std::string_view text);

/// Whether a text is written as names and labels are: up to 100 letters, digits, '-', '_' and '.',
/// the first a letter or a digit.
bool is_version_name(std::string_view text);

}  // namespace FineTuning::internal
