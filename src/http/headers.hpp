#pragma once

// The headers of a request: none of them can break out of its line.

#include <FineTuning/http.hpp>
#include <FineTuning/result.hpp>

#include <string_view>

namespace FineTuning::internal {

/// The name of a header is a token and its value one line. Headers that the transport writes are
/// refused.
[[nodiscard]] Result<void> check_header(std::string_view name, std::string_view value);

/// Sets a header, in place of one with the same name in any case.
void set_header(http::Headers& headers, std::string_view name, std::string_view value);

}  // namespace FineTuning::internal
