#pragma once

// How the library makes its errors.

#include <FineTuning/error.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace FineTuning::internal {

/// What the caller asked for is wrong as written; the message says what to do.
[[nodiscard]] inline Error invalid_request(std::string message, std::string_view code = {}) {
  return {
      .kind = ErrorKind::invalid_request, .message = std::move(message), .code = std::string(code)};
}

}  // namespace FineTuning::internal
