// The version is written twice in its header, as numbers and as text.

#include "support/catch.hpp"

#include <FineTuning/version.hpp>

#include <string>

TEST_CASE("the version's text says its three numbers", "[version]") {
  using namespace FineTuning;
  CHECK(version == std::to_string(version_major) + '.' + std::to_string(version_minor) + '.' +
                       std::to_string(version_patch));
}
