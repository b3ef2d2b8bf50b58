#pragma once

// Whether a failed attempt is made again, and after which wait: pure functions of the answer.

#include <FineTuning/http.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace FineTuning::internal {

/// The wait that a server asks for: retry-after-ms, or retry-after in seconds or as an HTTP date.
/// Empty if it does not ask, or for a wait that makes no sense.
[[nodiscard]] std::optional<std::chrono::milliseconds> requested_wait(
    const http::Headers& headers, std::chrono::system_clock::time_point now);

/// A positive number of `unit`s, rounded up; empty if the text is not one, or is too large to be
/// meant.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_wait(std::string_view text,
                                                                  std::chrono::milliseconds unit);

/// A moment as HTTP writes it: "Sun, 06 Nov 1994 08:49:37 GMT".
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

/// Whether an answer with this status may be asked for again: 408, 409, 429 and 5xx, unless the
/// server says itself (x-should-retry).
[[nodiscard]] bool is_retryable(int status, const http::Headers& headers);

/// The wait before retry `number` (from 0) if the server does not ask for one: half a second,
/// doubled each time up to eight, less up to a quarter. `dice` is in [0, 1).
[[nodiscard]] std::chrono::milliseconds backoff(int number, double dice);

}  // namespace FineTuning::internal
