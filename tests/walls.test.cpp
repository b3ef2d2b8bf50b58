// The walls between the library's rooms, held by reading its source. The wall that a build has to
// hold, every public header compiles alone, is the target all_verify_interface_header_sets.

#include "support/catch.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
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

/// The headers that the code includes, with their marks: <vector>, "call.hpp".
Texts includes(const std::string& code) {
  Texts names;
  std::istringstream lines(code);
  for (std::string line; std::getline(lines, line);) {
    const auto open = line.find_first_of("<\"");
    if (open == line.npos || !ends_in_directive(line) || line.find("include") > open) continue;
    names.push_back(line.substr(open, line.find_first_of(">\"", open + 1) - open + 1));
  }
  return names;
}

bool has(const std::string& text, const std::string& pattern) {
  static std::map<std::string, std::regex> compiled;  // each meets thousands of texts
  return std::regex_search(text, compiled.try_emplace(pattern, pattern).first->second);
}

bool has_one_of(const Texts& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

const fs::path root = FINETUNING_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// ---- the rooms, as src/README.md lists them

/// A room's name, and the files of its row: "call.*", "dialects/".
struct Room {
  std::string name;
  Texts files;
};

std::vector<Room> read_rooms(const std::string& text) {
  std::vector<Room> rooms;
  std::istringstream lines(text.substr(std::min(text.find("| room | it knows |"), text.size())));
  for (std::string line; std::getline(lines, line) && line.starts_with('|');) {
    Room room{.name = line.substr(2, line.find(" |") - 2), .files = {}};
    std::istringstream cell(line.substr(line.rfind('|', line.size() - 2)));
    for (std::string gap, name; std::getline(cell, gap, '`') && std::getline(cell, name, '`');)
      room.files.push_back(name);
    if (!room.files.empty()) rooms.push_back(std::move(room));
  }
  return rooms;
}

/// Whether a path of the project is what a row calls "call.*", "dialects/" or "call.cpp".
bool is_called(std::string_view path, std::string_view name) {
  for (const std::string_view folder : {"include/FineTuning/", "src/"})
    if (path.starts_with(folder)) path.remove_prefix(folder.size());
  if (name.ends_with('/')) return path.starts_with(name);
  const std::size_t star = name.find('*');
  return star == name.npos
             ? path == name
             : path.starts_with(name.substr(0, star)) && path.ends_with(name.substr(star + 1));
}

/// The names of the rooms that have the file.
Texts rooms_of(std::string_view path, const std::vector<Room>& rooms) {
  Texts names;
  for (const Room& room : rooms)
    if (std::any_of(room.files.begin(), room.files.end(),
                    [path](const std::string& name) { return is_called(path, name); }))
      names.push_back(room.name);
  return names;
}

const std::vector<Room> all_rooms = read_rooms(read(root / "src/README.md"));

/// Whether an included header, with its marks, is one of the library that stands in that room.
bool is_of_room(const std::string& header, const std::string& room) {
  std::string path = header.substr(1, header.size() - 2);
  if (path.starts_with("FineTuning/")) path.erase(0, path.find('/') + 1);
  if (path.starts_with("../")) path.erase(0, path.find('/') + 1);
  return has_one_of(rooms_of(path, all_rooms), room);
}

// ---- wall 1: what public headers include and mention

bool mentions_third_party(const std::string& text) { return has(text, "nlohmann|curl/|fmt/"); }

/// <FineTuning/..>, or a header of the standard library: those have neither dot nor slash.
bool is_for_everybody(const std::string& header) {
  return header.starts_with("<FineTuning/") ||
         (header.starts_with("<") && header.find_first_of("./") == header.npos);
}

bool includes_what_is_not_for_everybody(const Source& source) {
  const auto names = includes(source.code);
  return !std::all_of(names.begin(), names.end(), is_for_everybody);
}

// ---- wall 2: who names a provider

/// Names it in whatever namespace, or includes its facts.
bool code_names_provider(const Source& source, const std::string& name) {
  return has(source.code, "::" + name + R"((_facts)?\b)") ||
         has(source.code, "/providers/" + name + R"(\.hpp)");
}

/// Enters the namespace of the facts, or gives it another name: there no name has to be qualified.
bool enters_facts(const Source& source) {
  return has(source.code, R"(\bnamespace[\w\s:=]*\bproviders\b)");
}

/// Has the name as a word, in any case. An underscore ends a word (ACME_API_KEY) and begins none
/// (x_acme is the name of something else).
bool literal_names_provider(std::string literal, const std::string& name) {
  std::transform(literal.begin(), literal.end(), literal.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return has(literal, "(^|[^a-z0-9_])" + name + "($|[^a-z0-9])");
}

// ---- walls 3 to 5: what touches the world

bool touches_curl(const Source& source) {
  const auto names = includes(source.code);
  return has(source.code, R"(\b(CURL\w*|curl_(?!transport\b)\w+))") ||
         std::any_of(names.begin(), names.end(), [](const std::string& name) {
           return has(name, "curl") && !has(name, "\\bcurl_transport\\.hpp\"$");
         });
}

/// Text, arithmetic and containers, and how waits are written.
bool is_for_pure_functions(const std::string& header) {
  return has(header,
             "^<(algorithm|array|bit|cctype|charconv|chrono|cmath|compare|concepts|cstddef|cstdint|"
             "cstring|functional|initializer_list|iterator|limits|map|memory|numeric|optional|set|"
             "span|string|string_view|system_error|tuple|type_traits|utility|variant|vector)>$");
}

/// Looks at a clock (a moment in its time may be named), a thread or the environment.
bool asks_the_world(const Source& source) {
  return touches_curl(source) ||
         has(source.code,
             R"(\b(getenv|secure_getenv|\w*_clock\b(?!::time_point)|this_thread)\b)") ||
         has(source.code, R"(\bstd::(time|thread|jthread|mutex|async)\b|\btime\s*\()");
}

/// Whether an included header, with its marks, stands beside the sources of a folder.
bool is_beside(const std::string& header, const std::string& folder) {
  const std::string name = header.substr(1, header.size() - 2);
  return header.starts_with('"') && name.find('/') == name.npos && fs::exists(root / folder / name);
}

/// Itself, the shapes it fills, and JSON.
bool is_for_dialects(const std::string& header) {
  return is_for_pure_functions(header) ||
         has(header,
             "^<FineTuning/(capability|detail/scan|error|http|message|model_id|provider|responder|"
             "result|usage)\\.hpp>$") ||
         has(header,
             "^\"\\.\\./(dialect|event_reader|json_reader|json_text|json_writer|retry)\\.hpp\"$") ||
         header == "<nlohmann/json.hpp>" || header == "<fmt/format.h>" ||
         is_beside(header, "src/dialects");
}

bool does_io(const Source& source) {
  const auto names = includes(source.code);
  return asks_the_world(source) || !std::all_of(names.begin(), names.end(), is_for_dialects);
}

/// Of the standard library all but files, terminals and the environment, which live in headers of
/// these names.
bool is_for_patterns(const std::string& header) {
  if (header.starts_with("<") && is_for_everybody(header) && !header.starts_with("<FineTuning/"))
    return !has(header,
                "^<(cstdio|cstdlib|filesystem|fstream|iostream|istream|ostream|stdio|"
                "stdlib|syncstream)");
  const Texts others{"<FineTuning/export.hpp>", "<fmt/format.h>",
                     "\"json_text.hpp\"",  // what is UTF-8
                     "\"retry.hpp\""};     // how long one may wait
  const Texts rooms{"result", "id", "facts", "shapes", "figures", "patterns", "checks of answers"};
  return has_one_of(others, header) ||
         std::any_of(rooms.begin(), rooms.end(),
                     [&](const std::string& room) { return is_of_room(header, room); });
}

bool is_no_pattern(const Source& source) {
  const auto names = includes(source.code);
  return touches_curl(source) || !std::all_of(names.begin(), names.end(), is_for_patterns) ||
         has(source.code, R"(\b(nlohmann|fopen|getenv)\b)");
}

/// What patterns have counted, and how it is written.
bool is_for_reports(const std::string& header) {
  const Texts rooms{"result", "id", "facts", "shapes", "figures", "patterns", "reports"};
  return is_for_pure_functions(header) || header == "<fmt/format.h>" ||
         header == "<nlohmann/json.hpp>" || has(header, "^\"(\\.\\./)?json_\\w+\\.hpp\"$") ||
         is_beside(header, "src/reports") ||
         std::any_of(rooms.begin(), rooms.end(),
                     [&](const std::string& room) { return is_of_room(header, room); });
}

bool is_no_report(const Source& source) {
  const auto names = includes(source.code);
  return asks_the_world(source) || !std::all_of(names.begin(), names.end(), is_for_reports);
}

// ---- wall 6: who knows the file system

bool touches_files(const Source& source) {
  return has(source.code,
             "include <(filesystem|fstream|cstdio|fcntl\\.h|sys/file\\.h|sys/stat\\.h)>");
}

/// A file of the project; its path is relative to the root.
struct File {
  std::string path;
  std::string text;
  Source source;
};

std::vector<File> read_all(const std::string& folder) {
  std::vector<File> files;
  for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
    if (entry.path().extension() != ".hpp" && entry.path().extension() != ".cpp") continue;
    std::string text = read(entry.path());
    auto source = take_apart(text);
    files.push_back({entry.path().lexically_relative(root).generic_string(), std::move(text),
                     std::move(source)});
  }
  REQUIRE_FALSE(files.empty());
  return files;
}

/// What the library is made of.
std::vector<File> read_library() {
  auto files = read_all("include");
  for (auto& file : read_all("src")) files.push_back(std::move(file));
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

TEST_CASE("every file of the library has one room, and every room has files", "[walls]") {
  const auto files = read_library();
  CHECK(offenders(files, [](const File& file) {
          const bool is_for_all = has(file.path, R"(/(FineTuning|export|version)\.hpp$)");
          return rooms_of(file.path, all_rooms).size() != (is_for_all ? 0U : 1U);
        }) == Texts{});
  for (const Room& room : all_rooms)
    for (const std::string& name : room.files) {
      INFO(room.name << ": " << name);
      CHECK(std::any_of(files.begin(), files.end(),
                        [&](const File& file) { return is_called(file.path, name); }));
    }
  CHECK(all_rooms.size() >= 10);
  CHECK(read(root / ".github/CONTRIBUTING.md").find("| room |") == std::string::npos);
}

TEST_CASE("public headers mention neither JSON nor curl nor fmt", "[walls]") {
  CHECK(offenders(read_all("include"),
                  [](const File& file) { return mentions_third_party(file.text); }) == Texts{});
}

TEST_CASE("public headers include each other and the standard library", "[walls]") {
  CHECK(offenders(read_all("include"), [](const File& file) {
          return includes_what_is_not_for_everybody(file.source);
        }) == Texts{});
}

TEST_CASE("a provider is named in its own facts file and in the list, nowhere else", "[walls]") {
  const auto files = read_library();
  const std::string facts = "include/FineTuning/providers/";
  const std::string list = "include/FineTuning/providers.hpp";
  const auto is_example_of_a_message = [](const File& file, const std::string& literal) {
    return file.path == "include/FineTuning/model.hpp" && has(literal, "openai:gpt-4o");
  };
  for (const auto& name : provider_names()) {
    INFO("provider " << name);
    CHECK(offenders(files, [&](const File& file) {
            if (file.path == facts + name + ".hpp" || file.path == list) return false;
            if (code_names_provider(file.source, name)) return true;
            const Texts& literals = file.source.literals;
            if (file.path.starts_with(facts)) return has_one_of(literals, name);  // ids have makers
            return std::any_of(literals.begin(), literals.end(), [&](const std::string& literal) {
              return literal_names_provider(literal, name) &&
                     !is_example_of_a_message(file, literal);
            });
          }) == Texts{});
  }
  CHECK(offenders(files, [&](const File& file) {
          return !file.path.starts_with(facts) && file.path != list && enters_facts(file.source);
        }) == Texts{});
}

TEST_CASE("dialects know no curl, clock, thread or environment", "[walls]") {
  CHECK(offenders(read_all("src/dialects"),
                  [](const File& file) { return does_io(file.source); }) == Texts{});
}

TEST_CASE("patterns know neither JSON nor curl nor files", "[walls]") {
  CHECK(offenders(read_library(), [](const File& file) {
          const Texts rooms = rooms_of(file.path, all_rooms);
          return (rooms == Texts{"patterns"} || rooms == Texts{"figures"}) &&
                 is_no_pattern(file.source);
        }) == Texts{});
}

TEST_CASE("reports know no clock, thread, file or curl", "[walls]") {
  CHECK(offenders(read_library(), [](const File& file) {
          return rooms_of(file.path, all_rooms) == Texts{"reports"} && is_no_report(file.source);
        }) == Texts{});
}

TEST_CASE("only the curl transport knows curl", "[walls]") {
  for (const std::string folder : {"include", "src", "examples"})
    CHECK(offenders(read_all(folder), [](const File& file) {
            return !file.path.starts_with("src/curl_transport.") && touches_curl(file.source);
          }) == Texts{});
}

TEST_CASE("only the version file knows the file system", "[walls]") {
  for (const std::string folder : {"include", "src"})
    CHECK(offenders(read_all(folder), [](const File& file) {
            return file.path != "src/version_file.cpp" && touches_files(file.source);
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

TEST_CASE("the rooms are read from their table", "[walls]") {
  const auto rooms = read_rooms(
      "# Rooms\n\n| room | it knows | files |\n|---|---|---|\n"
      "| id | `text` | `model_id.hpp`, `detail/` |\n| call | a life | `call.*` |\n\n"
      "| day | none | `x.hpp` |\n");
  REQUIRE(rooms.size() == 2);
  CHECK(rooms[0].name == "id");
  CHECK(rooms[0].files == Texts{"model_id.hpp", "detail/"});
  CHECK(rooms_of("include/FineTuning/detail/scan.hpp", rooms) == Texts{"id"});
  CHECK(rooms_of("include/FineTuning/model_id.hpp", rooms) == Texts{"id"});
  CHECK(rooms_of("src/call.cpp", rooms) == Texts{"call"});
  CHECK(rooms_of("src/caller.cpp", rooms) == Texts{});
  CHECK(rooms_of("src/dialects/call.cpp", rooms) == Texts{});
}

TEST_CASE("what breaks a wall is seen", "[walls]") {
  CHECK(mentions_third_party("#include <fmt/format.h>"));
  for (const std::string line :
       {"#include <nlohmann/json.hpp>", "#include <curl.h>", "#include <unistd.h>",
        "#include <sys/socket.h>", "#include \"call.hpp\"", "#include \"vector\""}) {
    INFO(line);
    CHECK(includes_what_is_not_for_everybody(take_apart(line)));
  }

  for (const std::string line :
       {"if (&provider == &providers::acme)", "providers::acme_facts::models",
        "namespace p = providers; p::acme", "using FineTuning::providers::acme;",
        "#include <FineTuning/providers/acme.hpp>"}) {
    INFO(line);
    CHECK(code_names_provider(take_apart(line), "acme"));
  }
  for (const std::string line :
       {"using namespace providers; &acme", "using namespace FineTuning::providers;",
        "namespace p = providers;", "namespace FineTuning::providers {"}) {
    INFO(line);
    CHECK(enters_facts(take_apart(line)));
  }
  for (const std::string literal : {"acme", "acme:", "Acme", "api.acme.com", "ACME_API_KEY"}) {
    INFO(literal);
    const auto source = take_apart("f(\"" + literal + "\")");
    CHECK(literal_names_provider(source.literals.at(0), "acme"));
  }

  for (const std::string line :
       {"std::getenv(\"X\")", "std::time(nullptr)", "time(nullptr)", "system_clock::now()",
        "std::this_thread::yield()", "#include <thread>", "#include <cstdlib>", "#include <future>",
        "#include <mutex>", "#include <stop_token>", "#include <fstream>",
        "#include <sys/socket.h>", "#include \"curl_transport.hpp\"",
        "#include \"../curl_transport.hpp\"", "#include \"../call.hpp\"",
        "#include <FineTuning/chat.hpp>", "# include <curl/easy.h>"}) {
    INFO(line);
    CHECK(does_io(take_apart(line)));
  }

  for (const std::string line : {"#include <nlohmann/json.hpp>",
                                 "nlohmann::json parsed;",
                                 "#include \"json_reader.hpp\"",
                                 "#include \"json_writer.hpp\"",
                                 "#include <fstream>",
                                 "#include <filesystem>",
                                 "#include <cstdio>",
                                 "#include <stdio.h>",
                                 "#include <iostream>",
                                 "#include <fcntl.h>",
                                 "#include <sys/file.h>",
                                 "std::fopen(path, \"r\")",
                                 "getenv(\"X\")",
                                 "#include <curl/curl.h>",
                                 "curl_easy_init()",
                                 "#include \"curl_transport.hpp\"",
                                 "#include <FineTuning/chat.hpp>",
                                 "#include <FineTuning/http.hpp>",
                                 "#include \"dialects/common.hpp\"",
                                 "#include <fmt/ostream.h>"}) {
    INFO(line);
    CHECK(is_no_pattern(take_apart(line)));
  }
  for (const std::string line :
       {"std::chrono::system_clock::now()", "std::time(nullptr)", "#include <thread>",
        "#include <mutex>", "#include <fstream>", "#include <filesystem>", "#include <cstdio>",
        "std::getenv(\"X\")", "#include <curl/curl.h>", "#include <FineTuning/chat.hpp>",
        "#include \"../curl_transport.hpp\"", "#include \"../call.hpp\""}) {
    INFO(line);
    CHECK(is_no_report(take_apart(line)));
  }

  for (const std::string line :
       {"#include <curl/curl.h>", "#include \"curl/curl.h\"", "#include <curl.h>",
        "extern \"C\" void* curl_easy_init();", "CURL* handle;", "CURLOPT_URL"}) {
    INFO(line);
    CHECK(touches_curl(take_apart(line)));
  }

  for (const std::string line : {"#include <fstream>", "#include <filesystem>",
                                 "#include <fcntl.h>", "# include <cstdio>"}) {
    INFO(line);
    CHECK(touches_files(take_apart(line)));
  }
}

TEST_CASE("what breaks no wall is let through", "[walls]") {
  const auto harmless = take_apart(R"(providers::acme_2; providers::all; acme; // "acme" p::acme)");
  CHECK_FALSE(code_names_provider(harmless, "acme"));
  CHECK_FALSE(enters_facts(take_apart("namespace FineTuning { for (auto* p : providers::all) }")));
  for (const std::string literal : {"acmes", "x_acme", "acme2", "pacme"}) {
    INFO(literal);
    CHECK_FALSE(literal_names_provider(literal, "acme"));
  }
  CHECK_FALSE(
      does_io(take_apart("#include <chrono>\n#include \"common.hpp\"\n"
                         "std::chrono::seconds time; deadline(time);")));
  CHECK_FALSE(touches_curl(take_apart("#include \"curl_transport.hpp\"\nhttp::curl_transport()")));
  CHECK_FALSE(
      is_no_pattern(take_apart("#include <FineTuning/fallback.hpp>\n#include <thread>\n"
                               "#include <FineTuning/responder.hpp>\n#include <fmt/format.h>\n"
                               "clock(std::chrono::steady_clock::now); // std::fopen")));
  CHECK_FALSE(
      is_no_report(take_apart("#include <nlohmann/json.hpp>\n#include \"../json_writer.hpp\"\n"
                              "#include <FineTuning/fallback.hpp>\n#include <vector>\n"
                              "std::chrono::system_clock::time_point started;")));
  CHECK_FALSE(includes_what_is_not_for_everybody(
      take_apart("#include <FineTuning/result.hpp>\n#include <string_view>")));
}
