#pragma once

// Moments of the system's clock in the calendar, in UTC: as text, and back. (Days as texts are in
// <FineTuning/days.hpp>.)

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace FineTuning::internal {

using Moment = std::chrono::system_clock::time_point;

std::chrono::year_month_day utc_day(Moment moment);

/// As in "2026-11-25T17:54:21Z"; what is less than a second is cut off.
std::string moment_text(Moment moment);

/// Reads what moment_text() writes. Empty if the text is not written so, the calendar has no such
/// moment, or the clock cannot count so far.
std::optional<Moment> parse_moment(std::string_view text);

}  // namespace FineTuning::internal
