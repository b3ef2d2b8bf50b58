// What the README promises of itself: two commands, code that is an example's, examples that are
// short.

#include "support/catch.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::filesystem::path root = FINETUNING_SOURCE_DIR;

/// What stands in the first block of that language.
std::string first_block(const std::string& text, const std::string& language) {
  const std::string fence = "```" + language + "\n";
  const std::size_t from = text.find(fence);
  if (from == std::string::npos) return {};
  const std::size_t begin = from + fence.size();
  return text.substr(begin, text.find("```", begin) - begin);
}

}  // namespace

TEST_CASE("the README's first commands are two, and both exist", "[readme]") {
  std::istringstream block(first_block(read(root / "README.md"), "sh"));
  int commands = 0;
  for (std::string shell, script; block >> shell >> script; ++commands) {
    CHECK(shell == "sh");
    CHECK(std::filesystem::exists(root / script));
  }
  CHECK(commands == 2);
}

TEST_CASE("the README's program is an example, which the build compiles", "[readme]") {
  const std::string program = first_block(read(root / "README.md"), "cpp");
  REQUIRE_FALSE(program.empty());
  CHECK(read(root / "examples/03_ask.cpp").find(program) != std::string::npos);
}

TEST_CASE("every numbered example is short", "[readme]") {
  int examples = 0;
  for (const auto& entry : std::filesystem::directory_iterator(root / "examples")) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".cpp" || name[0] < '0' || name[0] > '9') continue;
    ++examples;
    const std::string text = read(entry.path());
    INFO(name);
    CHECK(std::count(text.begin(), text.end(), '\n') <= 40);
  }
  CHECK(examples >= 9);
}
