#pragma once

// How names and labels of versions are written, and the aliases that stand for a label.

#include <string_view>

namespace FineTuning::internal {

inline constexpr std::string_view version_name_rule =
    "up to 100 letters, digits, '-', '_' and '.', the first a letter or a digit";

/// Whether a text is written as names and labels are.
bool is_version_name(std::string_view text);

/// Whether a text is current, previous, stable or latest, in whatever case: no version may have it
/// as its label.
bool is_version_alias(std::string_view text);

}  // namespace FineTuning::internal
