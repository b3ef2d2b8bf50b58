// Result: a value or an error, at compile time and at run time, with nothing copied that can move.

#include "support/catch.hpp"

#include <FineTuning/model_id.hpp>
#include <FineTuning/result.hpp>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

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

}  // namespace

TEST_CASE("value() throws the error where there is no value", "[result]") {
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

TEST_CASE("every kind of error has the name that JSON gives it", "[result]") {
  CHECK(to_string(ErrorKind::model_retired) == "model_retired");
  CHECK(to_string(ErrorKind::context_length_exceeded) == "context_length_exceeded");
  CHECK(to_string(ErrorKind::not_fine_tuned) == "not_fine_tuned");
  CHECK(to_string(ErrorKind::interrupted_stream) == "interrupted_stream");
  CHECK(to_string(ErrorKind::other) == "other");
}
