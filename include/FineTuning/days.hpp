#pragma once

// Days as texts: YYYY-MM-DD, both ways. Everywhere else a day is a std::chrono::year_month_day.

#include <FineTuning/internal/scan.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace FineTuning {

/// Reads YYYY-MM-DD; empty if the text has another form, or the calendar has no such day.
[[nodiscard]] constexpr std::optional<std::chrono::year_month_day> parse_day(
    std::string_view text) {
  if (!internal::has_shape(text, "0000-00-00")) return std::nullopt;
  const auto number = [text](std::size_t from, std::size_t size) {
    unsigned value = 0;
    for (const char c : text.substr(from, size))
      value = value * 10 + static_cast<unsigned>(c - '0');
    return value;
  };
  const std::chrono::year_month_day day(std::chrono::year(static_cast<int>(number(0, 4))),
                                        std::chrono::month(number(5, 2)),
                                        std::chrono::day(number(8, 2)));
  return day.ok() ? std::optional(day) : std::nullopt;
}

/// YYYY-MM-DD; empty for a day that is not ok(), or whose year is not from 0 to 9999.
[[nodiscard]] inline std::string day_text(std::chrono::year_month_day day) {
  const int year = static_cast<int>(day.year());
  if (!day.ok() || year < 0 || year > 9999) return {};
  std::string text = "0000-00-00";
  const auto write = [&text](std::size_t last, unsigned number) {
    for (; number != 0; number /= 10) text[last--] = static_cast<char>('0' + number % 10);
  };
  write(3, static_cast<unsigned>(year));
  write(6, static_cast<unsigned>(day.month()));
  write(9, static_cast<unsigned>(day.day()));
  return text;
}

}  // namespace FineTuning
