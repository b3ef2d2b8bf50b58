#pragma once

// What the address of a service may be: nothing in it can break out of its place, and no key is
// sent over a connection that others can read.

#include <FineTuning/result.hpp>

#include <string_view>

namespace FineTuning::internal {

/// http(s)://host[:port][/path], without user, query or fragment; plain http for loopback only.
[[nodiscard]] Result<void> check_base_url(std::string_view url, bool allow_plain_http);

/// True if the host of a URL is this machine.
[[nodiscard]] bool is_loopback_url(std::string_view url);

}  // namespace FineTuning::internal
