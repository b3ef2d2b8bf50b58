#pragma once

// What the address of a service may be: nothing in it can break out of its place, and no key goes
// over a wire that can be read.

#include <FineTuning/result.hpp>

#include <optional>
#include <string_view>

namespace FineTuning::internal {

/// http(s)://host[:port][/path], without user, query or fragment; plain http for loopback only.
[[nodiscard]] std::optional<Error> check_base_url(std::string_view url, bool allow_plain_http);

/// True where a URL's host is this machine.
[[nodiscard]] bool is_loopback_url(std::string_view url);

}  // namespace FineTuning::internal
