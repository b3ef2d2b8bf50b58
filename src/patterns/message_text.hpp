#pragma once

// The text of a message, for what has to look at it without sending it.

#include <FineTuning/message.hpp>

#include <string>
#include <variant>

namespace FineTuning::internal {

/// The texts of a message, a line each; its images are left out.
[[nodiscard]] inline std::string message_text(const Message& message) {
  std::string text;
  for (const Part& part : message.parts) {
    const auto* piece = std::get_if<std::string>(&part);
    if (piece == nullptr) continue;
    if (!text.empty()) text += '\n';
    text += *piece;
  }
  return text;
}

}  // namespace FineTuning::internal
