// The walls between the library's rooms, held by reading its source. The wall that a build has to
// hold, every public header compiles alone, is the target all_verify_interface_header_sets.

#include "support/catch.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

/// A C++ text taken apart.
struct Source {
  std::string
      code;  ///< Without comments, and with empty literals; directives (#include "x") are whole.
  Texts literals;  ///< What stands between the quotes.
};

bool is_word(char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0; }

/// The position just after the next `mark`, or the end of the text.
std::size_t after(std::string_view text, std::string_view mark, std::size_t from) {
  const auto at = text.find(mark, from);
  return at == text.npos ? text.size() : at + mark.size();
}

/// The position just after the literal whose first quote is at `begin`.
std::size_t end_of_literal(std::string_view text, std::size_t begin) {
  if (text[begin] == '"' && begin > 0 && text[begin - 1] == 'R') {
    const auto delimiter = text.substr(begin + 1, text.find('(', begin) - begin - 1);
    return after(text, ")" + std::string(delimiter) + "\"", begin);
  }
  auto end = begin + 1;
  while (end < text.size() && text[end] != text[begin]) end += text[end] == '\\' ? 2 : 1;
  return std::min(end + 1, text.size());
}

bool opens_literal(std::string_view text, std::size_t at) {
  // A quote inside a word divides the digits of a number.
  return text[at] == '"' || (text[at] == '\'' && (at == 0 || !is_word(text[at - 1])));
}

bool ends_in_directive(std::string_view code) {
  const auto line = code.substr(code.rfind('\n') + 1);
  const auto first = line.find_first_not_of(' ');
  return first != line.npos && line[first] == '#';
}

Source take_apart(std::string_view text) {
  Source source;
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at, 2) == "//") {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.substr(at, 2) == "/*") {
      at = after(text, "*/", at + 2);
    } else if (opens_literal(text, at)) {
      const auto end = end_of_literal(text, at);
      if (ends_in_directive(source.code)) {
        source.code += text.substr(at, end - at);
      } else {
        source.code += "\"\"";
        source.literals.emplace_back(text.substr(at + 1, end - at - 2));
      }
      at = end;
    } else {
      source.code += text[at++];
    }
  }
  return source;
}

/// The names of the headers that the code includes.
Texts includes(const std::string& code) {
  Texts names;
  std::istringstream lines(code);
  for (std::string line; std::getline(lines, line);) {
    const auto open = line.find_first_of("<\"");
    if (open == line.npos || !ends_in_directive(line) || line.find("include") > open) continue;
    names.push_back(line.substr(open + 1, line.find_first_of(">\"", open + 1) - open - 1));
  }
  return names;
}

bool contains_word(std::string_view code, std::string_view word) {
  for (auto at = code.find(word); at != code.npos; at = code.find(word, at + 1)) {
    const auto end = at + word.size();
    if (end == code.size() || !is_word(code[end])) return true;
  }
  return false;
}

bool names_provider(const Source& source, const std::string& name) {
  return contains_word(source.code, "providers::" + name) ||
         std::count(source.literals.begin(), source.literals.end(), name) > 0;
}

bool mentions_third_party(const std::string& text) {
  return text.find("nlohmann") != text.npos || text.find("curl/") != text.npos ||
         text.find("fmt/") != text.npos;
}

bool includes_curl(const Source& source) {
  const auto names = includes(source.code);
  return std::any_of(names.begin(), names.end(),
                     [](const std::string& name) { return name.starts_with("curl/"); });
}

bool does_io(const Source& source) {
  const auto names = includes(source.code);
  return includes_curl(source) || contains_word(source.code, "_clock") ||
         std::any_of(names.begin(), names.end(), [](const std::string& name) {
           return name == "thread" || name == "cstdlib" || name == "stdlib.h";
         });
}

/// A file of the project; its path is relative to the root.
struct File {
  std::string path;
  std::string text;
  Source source;
};

std::vector<File> read_all(const std::string& folder) {
  std::vector<File> files;
  const fs::path root = FINETUNING_SOURCE_DIR;
  for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
    if (entry.path().extension() != ".hpp" && entry.path().extension() != ".cpp") continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(stream), {}};
    auto source = take_apart(text);
    files.push_back({entry.path().lexically_relative(root).generic_string(), std::move(text),
                     std::move(source)});
  }
  REQUIRE_FALSE(files.empty());
  return files;
}

/// The paths of the files that break a wall.
template <class Breaks>
Texts offenders(const std::vector<File>& files, Breaks breaks) {
  Texts paths;
  for (const auto& file : files) {
    if (breaks(file)) paths.push_back(file.path);
  }
  return paths;
}

Texts provider_names() {
  Texts names;
  for (const auto& file : read_all("include/FineTuning/providers")) {
    names.push_back(fs::path(file.path).stem().string());
  }
  return names;
}

}  // namespace

TEST_CASE("public headers mention neither JSON nor curl nor fmt", "[walls]") {
  CHECK(offenders(read_all("include"),
                  [](const File& file) { return mentions_third_party(file.text); }) == Texts{});
}

TEST_CASE("a provider is named in its own facts file and in the list, nowhere else", "[walls]") {
  auto files = read_all("include");
  for (auto& file : read_all("src")) files.push_back(std::move(file));
  for (const auto& name : provider_names()) {
    const auto own_file = "include/FineTuning/providers/" + name + ".hpp";
    INFO("provider " << name);
    CHECK(offenders(files, [&](const File& file) {
            return file.path != own_file && file.path != "include/FineTuning/providers.hpp" &&
                   names_provider(file.source, name);
          }) == Texts{});
  }
}

TEST_CASE("dialects know no curl, clock, thread or environment", "[walls]") {
  CHECK(offenders(read_all("src/dialects"),
                  [](const File& file) { return does_io(file.source); }) == Texts{});
}

TEST_CASE("only the curl transport includes curl", "[walls]") {
  CHECK(offenders(read_all("src"), [](const File& file) {
          return !file.path.starts_with("src/curl_transport.") && includes_curl(file.source);
        }) == Texts{});
}

TEST_CASE("the walls' reader tells comments and literals from code", "[walls]") {
  struct Case {
    std::string text, code;
    Texts literals;
  };
  const std::vector<Case> cases{
      {"a // \"x\"\nb", "a \nb", {}},
      {"a /* \"x\" \n */ b", "a  b", {}},
      {R"(f("//", "a\"b"))", R"(f("", ""))", {"//", R"(a\"b)"}},
      {R"(c = '"'; d = "x")", R"(c = ""; d = "")", {"\"", "x"}},
      {R"(1'000; "x")", R"(1'000; "")", {"x"}},
      {"R\"-(a)\" \" // b)-\" c", "R\"\" c", {"-(a)\" \" // b)-"}},
      {"#include \"x\"  // why\n\"y\"", "#include \"x\"  \n\"\"", {"y"}},
      {"\"open", "\"\"", {"ope"}},
  };
  for (const auto& [text, code, literals] : cases) {
    INFO(text);
    const auto source = take_apart(text);
    CHECK(source.code == code);
    CHECK(source.literals == literals);
  }
}

TEST_CASE("what breaks a wall is seen", "[walls]") {
  CHECK(names_provider(take_apart("if (&provider == &providers::acme)"), "acme"));
  CHECK(names_provider(take_apart(R"(if (name == "acme"))"), "acme"));
  CHECK_FALSE(
      names_provider(take_apart(R"(providers::acme_2; "acme-2"; acme; // "acme")"), "acme"));
  CHECK(mentions_third_party("#include <fmt/format.h>"));
  CHECK(includes_curl(take_apart("#include <curl/curl.h>")));
  CHECK(includes_curl(take_apart("#include \"curl/curl.h\"")));
  CHECK_FALSE(includes_curl(take_apart("#include \"curl_transport.hpp\"")));
  for (const std::string line : {"#include <thread>", "#include <cstdlib>",
                                 "# include <curl/easy.h>", "system_clock::now()"}) {
    INFO(line);
    CHECK(does_io(take_apart(line)));
  }
  CHECK_FALSE(does_io(take_apart("#include <chrono>\nstd::chrono::seconds delay;")));
}
