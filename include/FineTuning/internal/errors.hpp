#pragma once

// The makers of errors that several rooms share.

#include <FineTuning/error.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace FineTuning::internal {

/// The caller asked for something that is wrong; the message says what to do.
[[nodiscard]] inline Error invalid_request(std::string message, std::string_view code = {}) {
  return {
      .kind = ErrorKind::invalid_request, .message = std::move(message), .code = std::string(code)};
}

}  // namespace FineTuning::internal
