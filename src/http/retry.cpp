// Whether a failed attempt is made again, and when.

#include "http/retry.hpp"

#include <FineTuning/internal/scan.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>

namespace FineTuning::internal {
namespace {

using std::chrono::milliseconds;

std::optional<int> digits(std::string_view text) {
  int number = 0;
  if (!all_digits(text)) return {};
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::optional<unsigned> index_of(std::string_view name, std::span<const std::string_view> names) {
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) return {};
  return static_cast<unsigned>(at - names.begin());
}

}  // namespace

std::optional<milliseconds> parse_wait(std::string_view text, milliseconds unit) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || !std::isfinite(number) || number <= 0) return {};
  constexpr double longest = 1e15;  // milliseconds: 31,000 years
  const double wait = std::ceil(number * static_cast<double>(unit.count()));
  if (wait > longest) return {};
  return milliseconds(static_cast<milliseconds::rep>(wait));
}

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) {
  constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::string_view shape = "Sun, 06 Nov 1994 08:49:37 GMT";
  if (text.size() != shape.size() || text.substr(3, 2) != ", " || !text.ends_with(" GMT"))
    return {};
  const auto weekday = index_of(text.substr(0, 3), days);
  const auto day = digits(text.substr(5, 2));
  const auto month = index_of(text.substr(8, 3), months);
  const auto year = digits(text.substr(12, 4));
  const auto hour = digits(text.substr(17, 2));
  const auto minute = digits(text.substr(20, 2));
  const auto second = digits(text.substr(23, 2));
  if (!weekday || !day || !month || !year || !hour || !minute || !second) return {};
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month + 1),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return {};
  return std::chrono::sys_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

std::optional<milliseconds> requested_wait(const http::Headers& headers,
                                           std::chrono::system_clock::time_point now) {
  if (const auto wait = parse_wait(http::find_header(headers, "retry-after-ms"), milliseconds(1)))
    return wait;
  const std::string_view after = http::find_header(headers, "retry-after");
  if (const auto wait = parse_wait(after, std::chrono::seconds(1))) return wait;
  const auto date = parse_http_date(after);
  const auto today = std::chrono::floor<milliseconds>(now);  // nanoseconds end in 2262, dates later
  if (!date || *date <= today) return {};
  return *date - today;
}

bool is_retryable(int status, const http::Headers& headers) {
  const std::string_view advice = http::find_header(headers, "x-should-retry");
  if (advice == "true" || advice == "false") return advice == "true";
  return status == 408 || status == 409 || status == 429 || (status >= 500 && status < 600);
}

milliseconds backoff(int number, double dice) {
  constexpr double first = 500;
  constexpr double longest = 8000;
  const double wait = std::min(first * std::exp2(std::min(number, 16)), longest);
  return milliseconds(static_cast<milliseconds::rep>(wait * (1 - 0.25 * dice)));
}

}  // namespace FineTuning::internal
