#pragma once

// Texts as they are compared, and as they stand in messages.

#include <FineTuning/internal/scan.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace FineTuning::internal {

/// Text from outside as it may stand in a message: in quotes, printable, and not endless.
inline std::string in_quotes(std::string_view text) {
  constexpr std::size_t longest = 120;
  std::string shown(text.substr(0, longest));
  for (char& c : shown)
    if (c < ' ' || c > '~') c = '?';  // char may be signed: < 0 too
  return '"' + shown + (text.size() > longest ? "...\"" : "\"");
}

/// With ASCII letters in lower case.
inline std::string lower_case(std::string_view text) {
  std::string lowered(text);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), lower);
  return lowered;
}

}  // namespace FineTuning::internal
