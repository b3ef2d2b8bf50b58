// Whether a failed attempt is made again, and when.

#include "http/retry.hpp"

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

// Sun, 22 Nov 2026 12:00:00 GMT
constexpr std::chrono::sys_seconds noon =
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + 12h;

}  // namespace

TEST_CASE("the wait that a server asks for is read in all of its spellings", "[retry]") {
  struct Case {
    std::string_view after;
    std::optional<milliseconds> wait;
    std::string_view after_ms{};
  };
  const std::vector<Case> cases{
      {"20", 20s},
      {"0.25", 250ms},
      {"0.0001", 1ms},
      {"60", 60s},
      {"61", 61s},
      {"120", 120s},
      {"121", 121s},  // not waited, but told
      {"604800", 604'800s},
      {"0", {}},
      {"-10", {}},
      {"", {}},
      {"inf", {}},
      {"nan", {}},
      {"1e400", {}},
      {"99999999999999999999999999999999999", {}},
      {"soon", {}},
      {"20 seconds", {}},
      {"Sun, 22 Nov 2026 12:00:20 GMT", 20s},
      {"Sun, 22 Nov 2026 12:00:00 GMT", {}},
      {"Sun, 22 Nov 2026 11:59:50 GMT", {}},
      {"Zun, 22 Nov 2026 12:00:20 GMT", {}},
      {"Sun, 22 Nov 100000 12:00:20 GMT", {}},
      {"Sun, 31 Nov 2026 12:00:20 GMT", {}},
      {"Sun, 22 Nov 2026 24:00:20 GMT", {}},
      {"Sun, 22 Nov 2026 12:00:20 CET", {}},
      {"20", 1500ms, "1500"},
      {"20", 2ms, "1.5"},
      {"20", 20s, "0"},
      {"20", 20s, "-1"},
      {"20", 20s, "nan"},
      {"", 121'000ms, "121000"},
      {"", {}, "soon"},
  };
  for (const auto& [after, wait, after_ms] : cases) {
    INFO("retry-after: " << after << ", retry-after-ms: " << after_ms);
    http::Headers headers{{"Retry-After", std::string(after)}};
    if (!after_ms.empty()) headers.emplace_back("retry-after-MS", after_ms);
    CHECK(requested_wait(headers, noon) == wait);
  }
  CHECK_FALSE(requested_wait({}, noon));
}

TEST_CASE("a date is a wait from this very moment, and may lie beyond the clock", "[retry]") {
  const http::Headers soon{{"retry-after", "Sun, 22 Nov 2026 12:00:20 GMT"}};
  CHECK(requested_wait(soon, noon + 250ms) == 19'750ms);
  const http::Headers never{{"retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"}};
  CHECK(requested_wait(never, noon).value_or(0ms) > std::chrono::hours(24 * 365 * 7000));
}

TEST_CASE("an HTTP date is read", "[retry]") {
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") ==
        std::chrono::sys_days(std::chrono::year(1994) / 11 / 6) + 8h + 49min + 37s);
  for (const std::string_view text :
       {"Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "Sun, 06 Nov 1994 08:49:37 GMTx", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994", ""}) {
    INFO(text);
    CHECK_FALSE(parse_http_date(text));
  }
}

TEST_CASE("what may pass is asked for again, unless the server says otherwise", "[retry]") {
  struct Case {
    int status;
    bool retried;
    std::string_view advice{};
  };
  const std::vector<Case> cases{
      {408, true},  {409, true},         {429, true},           {500, true},          {502, true},
      {503, true},  {504, true},         {529, true},           {400, false},         {401, false},
      {402, false}, {403, false},        {404, false},          {413, false},         {422, false},
      {302, false}, {400, true, "true"}, {503, false, "false"}, {429, true, "maybe"}, {599, true},
      {600, false},
  };
  for (const auto& [status, retried, advice] : cases) {
    INFO(status << " " << advice);
    http::Headers headers;
    if (!advice.empty()) headers.emplace_back("X-Should-Retry", advice);
    CHECK(is_retryable(status, headers) == retried);
  }
}

TEST_CASE("the wait doubles up to eight seconds, less up to a quarter by chance", "[retry]") {
  struct Case {
    int number;
    milliseconds longest;
    milliseconds shortest;
  };
  for (const auto& [number, longest, shortest] :
       {Case{0, 500ms, 375ms}, Case{1, 1s, 750ms}, Case{2, 2s, 1500ms}, Case{3, 4s, 3s},
        Case{4, 8s, 6s}, Case{5, 8s, 6s}, Case{1'000'000, 8s, 6s}}) {
    INFO(number);
    CHECK(backoff(number, 0) == longest);
    CHECK(backoff(number, 1) == shortest);
  }
}
