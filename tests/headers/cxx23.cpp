// The public headers in C++23, and what they have there only. There is nothing to run.

#include <FineTuning/FineTuning.hpp>
#include <FineTuning/format.hpp>

#include <string>
#include <type_traits>

using namespace FineTuning;

#ifdef __cpp_lib_expected

static_assert(to_expected(Result<int>(7)) == 7);
static_assert(to_expected(Result<int, IdError>(IdError::invalid_format)).error() ==
              IdError::invalid_format);
static_assert(to_expected(Result<void, IdError>()).has_value());
static_assert(to_expected(Result<void, IdError>(IdError::invalid_format)).error() ==
              IdError::invalid_format);
static_assert(std::is_same_v<decltype(to_expected(parse_model_id("", providers::openai))),
                             std::expected<ModelId, IdError>>);
static_assert(std::is_same_v<decltype(to_expected(Result<void>())), std::expected<void, Error>>);

struct MovesOnly {
  constexpr explicit MovesOnly(int given) : number(given) {}
  constexpr MovesOnly(MovesOnly&&) = default;
  constexpr MovesOnly& operator=(MovesOnly&&) = default;
  int number;
};
static_assert(to_expected(Result<MovesOnly>(MovesOnly(7)))->number == 7);

#endif

#ifdef __cpp_lib_format

static_assert(std::is_default_constructible_v<std::formatter<ErrorKind>> &&
              std::is_default_constructible_v<std::formatter<Error>> &&
              std::is_default_constructible_v<std::formatter<Model>> &&
              !std::is_default_constructible_v<std::formatter<Usage>>);

#endif
