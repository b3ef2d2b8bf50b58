#pragma once

// Keys and tokens: what one may be, where in a header it is, and how it is kept out of every
// text that somebody may read.

#include <FineTuning/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace FineTuning::internal {

/// A key is one line of printable ASCII without spaces. `where` says where it is from.
[[nodiscard]] Result<void> check_key(std::string_view key, std::string_view where);

/// The secret in the value of a header: what follows "Bearer " or the like.
[[nodiscard]] std::string_view secret_of(std::string_view value);

/// True if a header carries a secret, judged by its name.
[[nodiscard]] bool is_secret_header(std::string_view name);

/// Adds the secrets of a URL that lets in whoever has it: the long values of its query, as they are
/// and percent-decoded.
void add_secrets_of_url(std::vector<std::string>& secrets, std::string_view url);

/// Replaces every occurrence of each secret by "[redacted]".
void redact(std::string& text, const std::vector<std::string>& secrets);

/// The same in every text of an error, and also of secrets that are escaped as in JSON, HTML or a
/// URL.
void redact(Error& error, const std::vector<std::string>& secrets);

inline constexpr std::string_view redacted = "[redacted]";

}  // namespace FineTuning::internal
