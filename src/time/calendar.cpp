// Moments in the calendar.

#include "time/calendar.hpp"

#include <FineTuning/days.hpp>

#include <fmt/format.h>

namespace FineTuning::internal {

using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

std::chrono::year_month_day utc_day(Moment moment) {
  return std::chrono::floor<std::chrono::days>(moment);
}

std::string moment_text(Moment moment) {
  const std::chrono::year_month_day day = utc_day(moment);
  const std::chrono::hh_mm_ss of_day(std::chrono::floor<seconds>(moment) - sys_days(day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()),
                     of_day.hours().count(), of_day.minutes().count(), of_day.seconds().count());
}

std::optional<Moment> parse_moment(std::string_view text) {
  if (!has_shape(text, "0000-00-00T00:00:00Z")) return std::nullopt;
  const auto day = parse_day(text.substr(0, 10));
  const auto number = [text](std::size_t at) {
    return (text[at] - '0') * 10 + (text[at + 1] - '0');
  };
  const std::chrono::hours hours(number(11));
  const std::chrono::minutes minutes(number(14));
  const seconds rest(number(17));
  if (!day || hours.count() > 23 || minutes.count() > 59 || rest.count() > 59) return std::nullopt;
  const sys_seconds moment = sys_days(*day) + hours + minutes + rest;
  const bool can_be_counted = moment <= std::chrono::floor<seconds>(Moment::max()) &&
                              moment >= std::chrono::ceil<seconds>(Moment::min());
  return can_be_counted ? std::optional<Moment>(moment) : std::nullopt;
}

}  // namespace FineTuning::internal
