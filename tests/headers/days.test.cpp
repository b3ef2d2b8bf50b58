// Days as texts, both ways.

#include "support/catch.hpp"

#include <FineTuning/days.hpp>

#include <chrono>
#include <string_view>

using namespace FineTuning;
using namespace std::chrono_literals;

static_assert(parse_day("2027-01-14") == 2027y / 1 / 14 && !parse_day("2027-1-14"));

TEST_CASE("a text that is not a day of the calendar is not parsed", "[days]") {
  for (const std::string_view text :
       {"", "tomorrow", "2027-1-1", "2026-11-1", "2027-01-32", "2027-02-29", "2027-00-01",
        "2027-13-01", "2027-01-00", "2027-01-14T00:00:00Z", "9999", " 2027-01-14", "2027/01/14",
        "-027-01-14"}) {
    INFO(text);
    CHECK_FALSE(parse_day(text));
  }
}

TEST_CASE("a day is written as it is parsed", "[days]") {
  for (const std::string_view text :
       {"2027-01-14", "2028-02-29", "1970-01-01", "0000-01-01", "0987-10-05", "9999-12-31"}) {
    INFO(text);
    REQUIRE(parse_day(text));
    CHECK(day_text(*parse_day(text)) == text);
  }
}

TEST_CASE("a day has a text if it is in the calendar and its year has four digits", "[days]") {
  using std::chrono::year;
  CHECK(day_text(year(2028) / 2 / 29) == "2028-02-29");
  CHECK(day_text(year(0) / 1 / 1) == "0000-01-01");
  CHECK(day_text(year(9999) / 12 / 31) == "9999-12-31");
  CHECK(day_text(year(2026) / 2 / 29).empty());
  CHECK(day_text(year(10000) / 1 / 1).empty());
  CHECK(day_text(year(-1) / 1 / 1).empty());
  CHECK(day_text(std::chrono::year_month_day{}).empty());
}
