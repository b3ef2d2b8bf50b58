#pragma once

// The words that stand for a version in the place of its label.

#include <string_view>

namespace FineTuning {

/// Whether a text is current, previous, stable or latest, in whatever case; no version may have it
/// as its label.
bool is_version_word(std::string_view text);

}  // namespace FineTuning
