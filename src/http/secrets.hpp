#pragma once

// Keys and tokens: what one may be, where one stands in a header, and how it is kept out of every
// text that somebody may read.

#include <FineTuning/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace FineTuning::internal {

/// A key is one line of printable ASCII without spaces. `where` says where it came from.
[[nodiscard]] std::optional<Error> check_key(std::string_view key, std::string_view where);

/// The secret in the value of a header: what stands behind "Bearer " or the like.
[[nodiscard]] std::string_view secret_of(std::string_view value);

/// True where a header carries a secret, to judge by its name.
[[nodiscard]] bool is_secret_header(std::string_view name);

/// Replaces every occurrence of each secret by "[redacted]".
void redact(std::string& text, const std::vector<std::string>& secrets);

/// The same in every text of an error.
void redact(Error& error, const std::vector<std::string>& secrets);

inline constexpr std::string_view redacted = "[redacted]";

}  // namespace FineTuning::internal
