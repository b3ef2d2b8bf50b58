// The small words that the sentences of errors are made of.

#include "call/sentences.hpp"

#include "support/catch.hpp"

#include <FineTuning/providers.hpp>

#include <chrono>

using namespace FineTuning;
using namespace FineTuning::internal;
using namespace std::chrono_literals;

TEST_CASE("durations are spelled for people", "[sentences]") {
  CHECK(spelled(0ms) == "0 ms");
  CHECK(spelled(250ms) == "250 ms");
  CHECK(spelled(1500ms) == "1.5 s");
  CHECK(spelled(34'400ms) == "34.4 s");
  CHECK(spelled(121s) == "121 s");
  CHECK(spelled(604'800s) == "604800 s");
}

TEST_CASE("a message says where a key is looked for", "[sentences]") {
  CHECK(key_place(providers::openai) == "OPENAI_API_KEY or Account::api_key");
  CHECK(key_place(Provider{.name = "mine", .title = "Mine"}) == "Account::api_key");
}
