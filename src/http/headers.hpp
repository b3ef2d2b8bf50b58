#pragma once

// The headers of a request: none of them can break out of its line.

#include <FineTuning/http.hpp>
#include <FineTuning/result.hpp>

#include <optional>
#include <string_view>

namespace FineTuning::internal {

/// A header's name is a token, its value one line; those that the transport writes are not the
/// caller's.
[[nodiscard]] std::optional<Error> check_header(std::string_view name, std::string_view value);

/// Sets a header, in place of one with the same name in any case.
void set_header(http::Headers& headers, std::string_view name, std::string_view value);

}  // namespace FineTuning::internal
