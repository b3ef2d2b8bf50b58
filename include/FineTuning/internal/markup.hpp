#pragma once

// How XML and HTML write the characters that have a meaning there.

#include <string_view>

namespace FineTuning::internal {

/// What stands for a character in an element, and in an attribute between quotes; empty if it may
/// stand there itself.
constexpr std::string_view markup_escape(char c) noexcept {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return {};
  }
}

}  // namespace FineTuning::internal
