// What the documents promise: commands and links that lead somewhere, code that is an example's,
// examples that are short, and one for every code block of the guide.

#include "support/catch.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::filesystem::path root = FINETUNING_SOURCE_DIR;

/// What stands in the blocks of that language.
std::vector<std::string> blocks(const std::string& text, const std::string& language) {
  const std::string fence = "```" + language + "\n";
  std::vector<std::string> found;
  for (std::size_t at = text.find(fence); at != std::string::npos; at = text.find(fence, at)) {
    at += fence.size();
    found.push_back(text.substr(at, text.find("```", at) - at));
  }
  return found;
}

/// The same lines as they stand in a function.
std::string indented(const std::string& block) {
  std::istringstream lines(block);
  std::string text;
  for (std::string line; std::getline(lines, line);)
    text += (line.empty() ? "" : "  " + line) + "\n";
  return text;
}

/// Where the links of a text lead, but for those to the web and within the text.
std::vector<std::string> links(const std::string& text) {
  static const std::regex link(R"(\]\(([^)#:]+)\))");
  std::vector<std::string> targets;
  for (std::sregex_iterator at(text.begin(), text.end(), link), end; at != end; ++at)
    targets.push_back((*at)[1]);
  return targets;
}

/// The file names of the numbered examples.
std::set<std::string> numbered_examples() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(root / "examples")) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() == ".cpp" && name[0] >= '0' && name[0] <= '9') names.insert(name);
  }
  return names;
}

}  // namespace

TEST_CASE("every link of a document leads to a file", "[readme]") {
  for (const char* name :
       {"README.md", "src/README.md", "examples/README.md", ".github/CONTRIBUTING.md"}) {
    const auto targets = links(read(root / name));
    for (const std::string& target : targets) {
      INFO(name << " -> " << target);
      CHECK(std::filesystem::exists((root / name).parent_path() / target));
    }
    CHECK((!targets.empty() || std::string(name) == "src/README.md"));
  }
}

TEST_CASE("every numbered example is in the README and in the list of examples", "[readme]") {
  const auto in_readme = links(read(root / "README.md"));
  const auto in_list = links(read(root / "examples/README.md"));
  for (const std::string& name : numbered_examples()) {
    INFO(name);
    CHECK(std::count(in_readme.begin(), in_readme.end(), "examples/" + name) >= 1);
    CHECK(std::count(in_list.begin(), in_list.end(), name) >= 1);
  }
}

TEST_CASE("every code block of the guide has an example", "[readme]") {
  // The headings above the guide's code blocks, in its order.
  const std::vector<std::string> blocks{
      "Detecting Fine-Tuned Models",
      "Using Fine-Tuned Models",
      "OpenAI",
      "Google Vertex AI",
      "Cohere",
      "Together AI",
      "1. Model Selection Based on Task",
      "2. Fine-Tuned Model Fallback",
      "3. A/B Testing Fine-Tuned Models",
      "4. Version Management",
      "5. Performance Monitoring",
      "1. Capability Inheritance",
      "2. Model Naming Conventions",
      "3. Version Control",
      "4. Cost Optimization",
      "5. Testing Fine-Tuned Models",
      "Model ID Parsing Errors",
      "Model Not Found",
      "Capability Mismatches",
  };
  std::vector<std::string> mapped;
  std::istringstream lines(read(root / "examples/README.md"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| ") || line.starts_with("| in the guide ")) continue;
    mapped.push_back(line.substr(2, line.find(" |") - 2));
    INFO(line);
    CHECK_FALSE(links(line).empty());
  }
  CHECK(mapped == blocks);
}

TEST_CASE("the README's first commands are two, and both exist", "[readme]") {
  std::istringstream block(blocks(read(root / "README.md"), "sh").at(0));
  int commands = 0;
  for (std::string shell, script; block >> shell >> script; ++commands) {
    CHECK(shell == "sh");
    CHECK(std::filesystem::exists(root / script));
  }
  CHECK(commands == 2);
}

TEST_CASE("the README's programs are examples, which the build compiles", "[readme]") {
  const auto programs = blocks(read(root / "README.md"), "cpp");
  REQUIRE(programs.size() == 2);
  CHECK(read(root / "examples/03_ask.cpp").find(programs[0]) != std::string::npos);
  CHECK(read(root / "examples/20_in_production.cpp").find(indented(programs[1])) !=
        std::string::npos);
}

TEST_CASE("every numbered example is short", "[readme]") {
  const auto names = numbered_examples();
  CHECK(names.size() >= 9);
  for (const std::string& name : names) {
    const std::string text = read(root / "examples" / name);
    INFO(name);
    CHECK(std::count(text.begin(), text.end(), '\n') <= 40);
  }
}
