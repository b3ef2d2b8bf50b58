// Usage, and sums of usage and cost.

#include "support/catch.hpp"

#include <FineTuning/usage.hpp>

#include <cstdint>
#include <limits>
#include <optional>

using namespace FineTuning;

namespace {

constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();

constexpr Usage seven{.input_tokens = 5, .output_tokens = 2, .total_tokens = 7, .known = true};

constexpr UsageTotals totals_of_two_calls() {
  UsageTotals totals;
  totals.add(seven, 0.5);
  totals.add({.input_tokens = 99}, std::nullopt);
  return totals;
}
static_assert(totals_of_two_calls().tokens == seven);
static_assert(totals_of_two_calls().cost_usd() == 0.5);

}  // namespace

TEST_CASE("two usages are equal if all their members are", "[usage]") {
  for (const auto member : {&Usage::input_tokens, &Usage::output_tokens, &Usage::total_tokens,
                            &Usage::cached_input_tokens, &Usage::reasoning_tokens}) {
    Usage other = seven;
    CHECK(other == seven);
    ++(other.*member);
    CHECK(other != seven);
  }
  Usage unknown = seven;
  unknown.known = false;
  CHECK(unknown != seven);
}

TEST_CASE("the usage of two calls is known if both are, and stays at its greatest value",
          "[usage]") {
  for (const auto member : {&Usage::input_tokens, &Usage::output_tokens, &Usage::total_tokens,
                            &Usage::cached_input_tokens, &Usage::reasoning_tokens})
    for (const bool known : {true, false}) {
      Usage sum{.known = true};
      sum.*member = most - 2;
      Usage more{.known = known};
      more.*member = 2;
      sum += more;
      CHECK(sum.*member == most);
      CHECK(sum.known == known);
      sum += more;
      CHECK(sum.*member == most);
    }
}

TEST_CASE("totals count what is unknown, and do not take it for zero", "[usage]") {
  constexpr UsageTotals nothing;
  CHECK_FALSE(nothing.tokens.known);
  CHECK_FALSE(nothing.cost_usd());

  UsageTotals totals = totals_of_two_calls();
  CHECK(totals.unknown == 1);
  CHECK(totals.priced == 1);
  CHECK(totals.unpriced == 1);

  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const double cost : {-0.5, infinity, -infinity, std::numeric_limits<double>::quiet_NaN()})
    totals.add({}, cost);
  CHECK(totals.cost_usd() == 0.5);
  CHECK(totals.unpriced == 5);
  totals.add({}, 0);
  CHECK(totals.priced == 2);
  CHECK(totals.unknown == 6);
  CHECK(totals.tokens == seven);
}
