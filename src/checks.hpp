#pragma once

// What is checked before anything is sent: nothing that the caller gives may break out of its place
// in the request, and no key goes over a wire that can be read.

#include <FineTuning/http.hpp>
#include <FineTuning/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace FineTuning {

/// http(s)://host[:port][/path], without user, query or fragment; plain http for loopback only.
[[nodiscard]] std::optional<Error> check_base_url(std::string_view url, bool allow_plain_http);

/// True where a URL's host is this machine.
[[nodiscard]] bool is_loopback_url(std::string_view url);

/// A key is one line of printable ASCII without spaces. `where` says where it came from.
[[nodiscard]] std::optional<Error> check_key(std::string_view key, std::string_view where);

/// A header's name is a token, its value one line; those that the transport writes are not the
/// caller's.
[[nodiscard]] std::optional<Error> check_header(std::string_view name, std::string_view value);

/// Sets a header, in place of one with the same name in any case.
void set_header(http::Headers& headers, std::string_view name, std::string_view value);

/// The secret in the value of a header: what stands behind "Bearer " or the like.
[[nodiscard]] std::string_view secret_of(std::string_view value);

/// True where a header carries a secret, to judge by its name.
[[nodiscard]] bool is_secret_header(std::string_view name);

/// Replaces every occurrence of each secret by "[redacted]".
void redact(std::string& text, const std::vector<std::string>& secrets);

/// The same in every text of an error.
void redact(Error& error, const std::vector<std::string>& secrets);

inline constexpr std::string_view redacted = "[redacted]";

}  // namespace FineTuning
