// Errors, models and enumerators in formatted text.

#include "support/catch.hpp"

#include <FineTuning/FineTuning.hpp>
#include <FineTuning/format.hpp>

#include <string>
#include <type_traits>

using namespace FineTuning;

#if __has_include(<fmt/format.h>)

static_assert(fmt::is_formattable<ErrorKind>::value && fmt::is_formattable<Error>::value);
static_assert(!fmt::is_formattable<Usage>::value && !fmt::is_formattable<Dialect>::value);

TEST_CASE("fmt writes an error as its message, a model as its spec, an enumerator as its name",
          "[format]") {
  const Error error{.kind = ErrorKind::rate_limited, .message = "Too many calls."};
  const Result<Model> model = Model::from("openai:ft:gpt-4:org:legal:id1");
  CHECK(fmt::format("{}: {}", error.kind, error) == "rate_limited: Too many calls.");
  CHECK(fmt::format("{}", model.value()) == "openai:ft:gpt-4:org:legal:id1");
  CHECK(fmt::format("{} {} {}", ModelId::Kind::base, Role::tool, Facts::Source::own_row) ==
        "base tool own_row");
  CHECK(fmt::format("[{:>6}|{:<5}]", FinishReason::stop, Support::no) == "[  stop|no   ]");
  CHECK(fmt::format("{}", static_cast<ErrorKind>(255)).empty());
}

#endif
