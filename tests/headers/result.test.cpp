// Result: a value or an error, at compile time and at run time, with nothing copied that can move.

#include "support/catch.hpp"

#include <FineTuning/model_id.hpp>
#include <FineTuning/result.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

using namespace FineTuning;

namespace {

enum class Why { odd, small };

constexpr Result<int, Why> half(int number) {
  if (number % 2 != 0) return Why::odd;
  return number / 2;
}
constexpr Result<int, Why> doubled(Why why) {
  if (why == Why::small) return why;
  return 2;
}

static_assert(half(8).has_value() && half(8) && *half(8) == 4 && half(8).value() == 4);
static_assert(!half(7).has_value() && !half(7) && half(7).error() == Why::odd);
static_assert(half(8).value_or(9) == 4 && half(7).value_or(9) == 9);
static_assert(*half(8).and_then(half) == 2 && half(6).and_then(half).error() == Why::odd);
static_assert(half(7).and_then(half).error() == Why::odd);
static_assert(*half(8).transform([](int number) { return number == 4; }));
static_assert(half(7).transform([](int number) { return number == 4; }).error() == Why::odd);
static_assert(*half(7).or_else(doubled) == 2 && *half(8).or_else(doubled) == 4);

constexpr Result<int, Why> four = half(8);
constexpr Result<int, Why> none = half(7);
static_assert(*four == 4 && four.value() == 4 && four.value_or(9) == 4 && none.value_or(9) == 9);
static_assert(*four.and_then(half) == 2 && none.and_then(half).error() == Why::odd);
static_assert(*four.transform([](int number) { return number + 1; }) == 5);
static_assert(*none.or_else(doubled) == 2 && *four.or_else(doubled) == 4);

// What is neither a value nor an error makes no Result.
static_assert(!std::is_constructible_v<Result<int, Why>, const char*>);
static_assert(std::is_nothrow_move_constructible_v<Result<std::string>>);
static_assert(!std::is_constructible_v<Result<bool, Why>, const char*>);
static_assert(!std::is_convertible_v<const char (&)[5], Result<bool, Why>>);
static_assert(std::is_constructible_v<Result<bool, Why>, bool>);

// A value that can be changed is handed on as one.
constexpr int changed_in_place() {
  Result<int, Why> result = 1;
  result.value() = 2;
  *result += 1;
  *result.operator->() += 1;
  if (*result.transform([](int& number) { return ++number; }) != 5) return 0;
  const auto add_one = [](int& number) -> Result<int, Why> { return ++number; };
  return *result.and_then(add_one);
}
static_assert(changed_in_place() == 6);
constexpr Why error_changed_in_place() {
  Result<int, Why> result = Why::odd;
  const auto shrink = [](Why& why) -> Result<int, Why> { return why = Why::small; };
  static_cast<void>(result.or_else(shrink));
  return result.error();
}
static_assert(error_changed_in_place() == Why::small);

// A Result<void> is a success or an error.
using Done = Result<void, Why>;
constexpr Done must_be_even(int number) {
  if (number % 2 != 0) return Why::odd;
  return {};
}
constexpr int seven() { return 7; }
constexpr void nothing() {}
constexpr Done is_even = must_be_even(8);
constexpr Done is_odd = must_be_even(7);
constexpr auto give_up = [](Why) { return Done(Why::small); };
constexpr auto forgive = [](Why) { return Done(); };

static_assert(Done() && is_even.has_value() && is_even && !is_odd.has_value() && !is_odd);
static_assert(is_odd.error() == Why::odd && must_be_even(7).error() == Why::odd);
static_assert((is_even.value(), must_be_even(8).value(), true));
static_assert(std::is_void_v<decltype(is_even.value())> && std::is_void_v<Done::value_type>);
static_assert(is_even.and_then([] { return half(8); }).value() == 4);
static_assert(must_be_even(7).and_then([] { return half(8); }).error() == Why::odd);
static_assert(is_even.and_then([] { return must_be_even(3); }).error() == Why::odd);
static_assert(*is_even.transform(seven) == 7 && is_odd.transform(seven).error() == Why::odd);
static_assert(std::is_same_v<decltype(is_even.transform(nothing)), Done>);
static_assert(is_even.transform(nothing) && must_be_even(7).transform(nothing).error() == Why::odd);
static_assert(is_odd.or_else(forgive) && is_even.or_else(give_up));
static_assert(must_be_even(7).or_else(give_up).error() == Why::small);
static_assert(half(8).transform([](int) {}) && !half(7).transform([](int) {}));
static_assert(std::is_same_v<decltype(half(8).transform([](int) {})), Done>);
static_assert(std::is_same_v<decltype(half(8).and_then(must_be_even)), Done>);
static_assert(std::is_same_v<decltype(std::declval<Done&>().error()), Why&>);
static_assert(std::is_same_v<decltype(std::declval<Done>().error()), Why&&>);
static_assert(std::is_convertible_v<Why, Done> && !std::is_constructible_v<Done, int>);
static_assert(std::is_nothrow_move_constructible_v<Result<void>>);

constexpr Why error_of_nothing_changed_in_place() {
  Done done = Why::odd;
  const auto shrink = [](Why& why) { return Done(why = Why::small); };
  static_cast<void>(done.or_else(shrink));
  return done.error();
}
static_assert(error_of_nothing_changed_in_place() == Why::small);

// A member that gives a reference makes a value.
struct Box {
  int number;
  [[nodiscard]] constexpr const int& get() const { return number; }
};
constexpr Result<Box, Why> box = Box{7};
static_assert(std::is_same_v<decltype(box.transform(&Box::get)), Result<int, Why>>);
static_assert(*box.transform(&Box::get) == 7 && *box.transform(&Box::number) == 7);
static_assert(std::is_same_v<decltype(std::declval<Result<Box>&>().value()), Box&>);
static_assert(std::is_same_v<decltype(std::declval<Result<Box>>().value()), Box>);

}  // namespace

TEST_CASE("value() throws the error if there is no value", "[result]") {
  CHECK(Result<std::string>(std::string("text")).value() == "text");
  const Result<std::string> failed = Error{.kind = ErrorKind::network, .message = "No way there."};
  CHECK_THROWS_WITH(failed.value(), "No way there.");
  try {
    static_cast<void>(Result<int>(Error{.kind = ErrorKind::tls}).value());
    FAIL("nothing was thrown");
  } catch (const Failure<Error>& failure) {
    CHECK(failure.error().kind == ErrorKind::tls);
  }
  CHECK_THROWS_AS(half(7).value(), Failure<Why>);
  CHECK_THROWS_AS(none.value(), Failure<Why>);
}

TEST_CASE("a value that can only move goes through a chain", "[result]") {
  using Owned = std::unique_ptr<int>;
  Result<Owned> seven = std::make_unique<int>(7);
  CHECK(**seven == 7);
  *seven = std::make_unique<int>(8);
  Result<Owned> nine =
      std::move(seven)
          .transform([](Owned&& value) { return std::make_unique<int>(*value + 1); })
          .and_then([](Owned&& value) -> Result<Owned> { return std::move(value); })
          .or_else([](Error&& error) -> Result<Owned> { return std::move(error); });
  CHECK(*std::move(nine).value() == 9);
  CHECK(*Result<Owned>(Error{}).value_or(std::make_unique<int>(3)) == 3);
  CHECK(*Result<Owned>(std::make_unique<int>(4)).value_or(nullptr) == 4);
}

TEST_CASE("the error of a success is thrown by value(), and handed on without a copy", "[result]") {
  CHECK_NOTHROW(Result<void>().value());
  const Result<void> failed = Error{.kind = ErrorKind::tls, .message = "No certificate."};
  CHECK_THROWS_WITH(failed.value(), "No certificate.");
  CHECK_THROWS_AS(Done(Why::odd).value(), Failure<Why>);

  using Owned = std::unique_ptr<int>;
  const auto not_called = []() -> Result<void, Owned> { throw std::logic_error("called"); };
  Result<void, Owned> result = std::make_unique<int>(7);
  Result<int, Owned> last =
      std::move(result)
          .and_then(not_called)
          .transform([] {})
          .or_else([](Owned&& error) -> Result<void, Owned> { return std::move(error); })
          .transform([] { return 1; });
  CHECK(*last.error() == 7);
}

TEST_CASE("an error passes by everything but or_else", "[result]") {
  int asked = 0;
  const auto count = [&asked](int number) { return asked += number; };
  const Result<int> failed = Error{.kind = ErrorKind::overloaded, .message = "Busy."};
  CHECK(failed.transform(count).error().kind == ErrorKind::overloaded);
  CHECK(failed.and_then([&](int number) -> Result<int> { return count(number); }).error().message ==
        "Busy.");
  CHECK(asked == 0);
  CHECK(failed
            .or_else([](const Error& error) -> Result<int> {
              return static_cast<int>(error.message.size());
            })
            .value() == 5);
}

TEST_CASE("an arrow reaches into the value and can change it", "[result]") {
  Result<std::string> text = std::string("ab");
  text->push_back('c');
  CHECK(std::as_const(text)->size() == 3);
  Result<std::string> failed = Error{};
  failed.error().message = "changed";
  CHECK(std::move(failed).error().message == "changed");
}

TEST_CASE("to look at what is not there is a mistake that throws", "[result]") {
  Result<int> failed = Error{};
  CHECK_THROWS_AS(*failed, std::bad_variant_access);
  CHECK_THROWS_AS(Result<int>(1).error(), std::bad_variant_access);
  CHECK_THROWS_AS(Result<void>().error(), std::bad_variant_access);
}
