#pragma once

// What providers answer, as files; tests/data/README.md says what is recorded and what is not.

#include <string>
#include <string_view>

namespace FineTuning::test {

/// The bytes of a file below tests/data, as in "openai/response.json". Throws if there is none.
std::string sample(std::string_view path);

}  // namespace FineTuning::test
