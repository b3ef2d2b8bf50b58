// Moments in the calendar: as text, and back.

#include "time/calendar.hpp"

#include "support/catch.hpp"

#include <chrono>
#include <string>
#include <string_view>

using namespace FineTuning::internal;
using namespace std::chrono_literals;
using std::chrono::sys_days;

namespace {

const Moment new_year = sys_days(std::chrono::year(2026) / 1 / 1);

}  // namespace

TEST_CASE("a moment is written in UTC, to the second", "[calendar]") {
  CHECK(moment_text(new_year) == "2026-01-01T00:00:00Z");
  CHECK(moment_text(new_year + 23h + 59min + 58s + 999ms) == "2026-01-01T23:59:58Z");
  CHECK(moment_text(Moment{}) == "1970-01-01T00:00:00Z");
  CHECK(moment_text(Moment{} - 1ns) == "1969-12-31T23:59:59Z");
  CHECK(utc_day(new_year - 1ns) == std::chrono::year(2025) / 12 / 31);
  CHECK(utc_day(new_year) == std::chrono::year(2026) / 1 / 1);
  CHECK(utc_day(std::chrono::sys_days(std::chrono::year(1969) / 12 / 31) + 1h) ==
        std::chrono::year(1969) / 12 / 31);
}

TEST_CASE("what is written is read", "[calendar]") {
  for (Moment moment = Moment{} - 24h * 365 * 100; moment < Moment{} + 24h * 365 * 100;
       moment += 24h * 97 + 3661s)
    CHECK(parse_moment(moment_text(moment)) == moment);
  for (const Moment far : {Moment::min() + 1s, Moment::max()}) {
    const auto read = parse_moment(moment_text(far));
    CHECK(read == std::chrono::floor<std::chrono::seconds>(far));
  }
}

TEST_CASE("a text that is not a moment is read as none", "[calendar]") {
  CHECK(parse_moment("2024-02-29T23:59:59Z"));
  for (const std::string_view text :
       {"", "2026-11-25", "2026-11-25T17:54:21", "2026-11-25T17:54:21z", "2026-11-25 17:54:21Z",
        "2026-11-25T17:54:21+00:00", "2026-11-25T17:54:21.5Z", "2026-11-25T24:00:00Z",
        "2026-11-25T17:60:00Z", "2026-11-25T17:54:60Z", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-1-01T00:00:00Z ", "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z", "yesterday"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_moment(text));
  }
}
