// The walls between the library's rooms, held by reading its source. The wall that a build has to
// hold, every public header compiles alone, is the target all_verify_interface_header_sets.

#include "support/catch.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
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

/// A room, which is a folder of src/, and what it may know beyond what every room may.
struct Room {
  std::string folder;
  Texts may_know;
};

/// The words of a cell between its commas.
Texts words_of(const std::string& cell) {
  Texts words;
  std::istringstream parts(cell);
  for (std::string part; std::getline(parts, part, ',');) {
    const auto first = part.find_first_not_of(' ');
    if (first != part.npos)
      words.push_back(part.substr(first, part.find_last_not_of(' ') - first + 1));
  }
  return words;
}

/// The rows | `folder/` | what it is for | may, know |, from the first room to the last.
std::vector<Room> read_rooms(const std::string& text) {
  std::vector<Room> rooms;
  std::istringstream lines(text.substr(std::min(text.find("| room |"), text.size())));
  for (std::string line; std::getline(lines, line) && line.starts_with('|');) {
    const auto folder_end = line.find("/` |");
    if (!line.starts_with("| `") || folder_end == line.npos) continue;
    const auto cell = line.rfind('|', line.size() - 2) + 1;
    rooms.push_back({.folder = line.substr(3, folder_end - 3),
                     .may_know = words_of(line.substr(cell, line.size() - 1 - cell))});
  }
  return rooms;
}

const std::vector<Room> all_rooms = read_rooms(read(root / "src/README.md"));

/// The folder below src/ that a path is in; empty if it is in none.
std::string room_of(std::string_view path) {
  if (!path.starts_with("src/")) return {};
  path.remove_prefix(4);
  return std::string(path.substr(0, path.find('/') == path.npos ? 0 : path.find('/')));
}

/// The place of a room in the order; after all others if there is no such room.
std::size_t place_of(const std::string& folder, const std::vector<Room>& rooms) {
  const auto at = std::find_if(rooms.begin(), rooms.end(),
                               [&](const Room& room) { return room.folder == folder; });
  return static_cast<std::size_t>(at - rooms.begin());
}

/// The path below src/ of an include in quotes; empty for one in angle brackets.
std::string path_of_include(const std::string& header) {
  return header.starts_with('"') ? header.substr(1, header.size() - 2) : std::string();
}

/// Whether a source of a room includes what stands in no room above it: its path has to be written
/// from src/ on.
bool includes_from_below(const std::string& folder, const Source& source,
                         const std::vector<Room>& rooms) {
  const auto names = includes(source.code);
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    const std::string path = path_of_include(name);
    if (path.empty()) return false;
    const std::size_t place = place_of(room_of("src/" + path), rooms);
    return place == rooms.size() || place > place_of(folder, rooms);
  });
}

// ---- who includes whom

using Graph = std::map<std::string, std::set<std::string>>;

/// The nodes that can be reached from one, in a step or more.
std::set<std::string> reached_from(const std::string& start, const Graph& graph) {
  std::set<std::string> reached;
  Texts open{start};
  while (!open.empty()) {
    const auto next = graph.find(open.back());
    open.pop_back();
    if (next == graph.end()) continue;
    for (const std::string& node : next->second)
      if (reached.insert(node).second) open.push_back(node);
  }
  return reached;
}

/// The nodes that can be reached from themselves.
Texts on_cycles(const Graph& graph) {
  Texts cyclic;
  for (const auto& [node, others] : graph)
    if (reached_from(node, graph).contains(node)) cyclic.push_back(node);
  return cyclic;
}

std::string drawing_of(const Graph& graph) {
  std::string text;
  for (const auto& [node, others] : graph) {
    text += node + " ->";
    for (const std::string& other : others) text += ' ' + other;
    text += '\n';
  }
  return text;
}

// ---- wall 1: what public headers include and mention

/// Formatters, those of fmt too. No header includes it.
const std::string optional_header = "include/FineTuning/format.hpp";

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
         has(source.code, "/(providers|models)/" + name + R"(\.hpp)");
}

/// Enters the namespace of the facts, or gives it another name: there no name has to be qualified.
bool enters_facts(const Source& source) {
  return has(source.code, R"(\bnamespace[\w\s:=]*\bproviders\b)");
}

/// Has the name as a word, in any case; an underscore divides words, as in ACME_API_KEY and x_acme.
bool literal_names_provider(std::string literal, const std::string& name) {
  std::transform(literal.begin(), literal.end(), literal.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return has(literal, "(^|[^a-z0-9])" + name + "($|[^a-z0-9])");
}

// ---- what a room may know

bool includes_any(const Source& source, const std::string& pattern) {
  const auto names = includes(source.code);
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return has(name, pattern); });
}

bool knows_curl(const Source& source) {
  return has(source.code, R"(\b(CURL\w*|curl_(?!transport\b)\w+))") ||
         includes_any(source, "curl(?!_transport\\.hpp\"$)");
}

bool knows_json(const Source& source) {
  return has(source.code, R"(\b(nlohmann|JsonValue|JsonDocument|JsonWriter)\b)") ||
         includes_any(source, "nlohmann|^\"json/(?!text\\.hpp)");
}

/// HTTP, and whatever stands on it.
bool knows_http(const Source& source) {
  return has(source.code, R"(\bhttp::)") ||
         includes_any(source,
                      "^<FineTuning/(http|chat|FineTuning)\\.hpp>|"
                      "^\"(http|dialects|call|accounts|client)/");
}

/// Looks at a clock. A moment in its time may be named.
bool knows_the_time(const Source& source) {
  return has(source.code,
             R"(\b\w*_clock\b(?!::time_point)|\b(steady|wall)_now\b|\bstd::time\b|\btime\s*\()");
}

bool knows_threads(const Source& source) {
  return has(source.code, R"(\bthis_thread\b|\bstd::(thread|jthread|mutex|async)\b)") ||
         includes_any(source,
                      "^<(atomic|barrier|condition_variable|future|latch|mutex|semaphore|"
                      "shared_mutex|thread)>|\"time/wait\\.hpp\"");
}

bool knows_files(const Source& source) {
  return has(source.code, R"(\bfopen\b)") ||
         includes_any(source,
                      "^<(cstdio|filesystem|fstream|iostream|stdio\\.h|fcntl\\.h|unistd\\.h|"
                      "sys/\\w+\\.h)>");
}

bool knows_environment(const Source& source) {
  return has(source.code, R"(\b(secure_)?getenv\b)") ||
         includes_any(source, "^<(cstdlib|stdlib\\.h)>");
}

/// Something that a room has to be allowed to know.
struct Knowledge {
  std::string name;  ///< As src/README.md writes it.
  bool (*is_in)(const Source&);
};
const std::vector<Knowledge> all_knowledge{{"curl", knows_curl},
                                           {"JSON", knows_json},
                                           {"HTTP", knows_http},
                                           {"clocks", knows_the_time},
                                           {"threads", knows_threads},
                                           {"files", knows_files},
                                           {"environment", knows_environment}};

/// What a source knows and its room may not.
Texts forbidden_knowledge(const Room& room, const Source& source) {
  Texts names;
  for (const auto& [name, is_in] : all_knowledge)
    if (!has_one_of(room.may_know, name) && is_in(source)) names.push_back(name);
  return names;
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

TEST_CASE("every source is in a room, and every room has sources", "[walls]") {
  const auto files = read_all("src");
  CHECK(offenders(files, [](const File& file) {
          return place_of(room_of(file.path), all_rooms) == all_rooms.size();
        }) == Texts{});
  for (const Room& room : all_rooms) {
    INFO(room.folder);
    CHECK(std::any_of(files.begin(), files.end(),
                      [&](const File& file) { return room_of(file.path) == room.folder; }));
    CHECK(std::all_of(room.may_know.begin(), room.may_know.end(), [](const std::string& word) {
      return std::any_of(all_knowledge.begin(), all_knowledge.end(),
                         [&](const Knowledge& known) { return known.name == word; });
    }));
  }
  CHECK(all_rooms.size() >= 10);
}

TEST_CASE("a room includes itself and the rooms above it", "[walls]") {
  CHECK(offenders(read_all("src"), [](const File& file) {
          return includes_from_below(room_of(file.path), file.source, all_rooms);
        }) == Texts{});
}

TEST_CASE("a room knows what its row allows", "[walls]") {
  for (const Room& room : all_rooms)
    for (const File& file : read_all("src/" + room.folder)) {
      INFO(file.path);
      CHECK(forbidden_knowledge(room, file.source) == Texts{});
    }
}

TEST_CASE("a row allows nothing that its room does without", "[walls]") {
  for (const Room& room : all_rooms) {
    const std::vector<File> files = read_all("src/" + room.folder);
    for (const auto& [name, is_in] : all_knowledge) {
      INFO(room.folder << " and " << name);
      const bool is_known =
          std::any_of(files.begin(), files.end(),
                      [is_in = is_in](const File& file) { return is_in(file.source); });
      CHECK((is_known || !has_one_of(room.may_know, name)));
    }
  }
}

TEST_CASE("the includes of the rooms, and those of all files, have no cycle", "[walls]") {
  Graph rooms;
  Graph files;
  for (const File& file : read_library())
    for (const std::string& name : includes(file.source.code)) {
      const std::string path = path_of_include(name);
      if (name.starts_with("<FineTuning/"))
        files[file.path].insert("include/" + name.substr(1, name.size() - 2));
      if (path.empty()) continue;
      files[file.path].insert("src/" + path);
      if (room_of("src/" + path) != room_of(file.path))
        rooms[room_of(file.path)].insert(room_of("src/" + path));
    }
  std::cout << drawing_of(rooms) << on_cycles(rooms).size() << " rooms and "
            << on_cycles(files).size() << " files on a cycle\n";
  CHECK(on_cycles(rooms) == Texts{});
  CHECK(on_cycles(files) == Texts{});
}

TEST_CASE("who calls models does not compile their tables", "[walls]") {
  const std::string folder = "include/FineTuning/";
  Graph files;
  for (const File& file : read_all("include"))
    for (const std::string& name : includes(file.source.code))
      files[file.path].insert("include/" + name.substr(1, name.size() - 2));
  Texts with_tables;
  for (const auto& [path, others] : files) {
    const std::set<std::string> reached = reached_from(path, files);
    const bool is_in_subfolder = path.find('/', folder.size()) != path.npos;
    if (!is_in_subfolder &&
        reached.lower_bound(folder + "models/") != reached.lower_bound(folder + "models0"))
      with_tables.push_back(path.substr(folder.size()));
  }
  std::sort(with_tables.begin(), with_tables.end());
  CHECK(with_tables ==
        Texts{"FineTuning.hpp", "facts.hpp", "format.hpp", "model.hpp", "providers.hpp"});
}

TEST_CASE("public headers mention neither JSON nor curl nor fmt, but for the optional one",
          "[walls]") {
  const auto files = read_all("include");
  CHECK(offenders(files, [](const File& file) { return mentions_third_party(file.text); }) ==
        Texts{optional_header});
  CHECK(offenders(files, [](const File& file) { return has(file.text, "nlohmann|curl/"); }) ==
        Texts{});
}

TEST_CASE("public headers include each other and the standard library, but for the optional one",
          "[walls]") {
  const auto files = read_all("include");
  CHECK(offenders(files, [](const File& file) {
          return includes_what_is_not_for_everybody(file.source);
        }) == Texts{optional_header});
  CHECK(offenders(files, [](const File& file) {
          return includes_any(file.source, "^<FineTuning/format\\.hpp>$");
        }) == Texts{});
}

TEST_CASE("a provider is named in its own facts file and in the list, nowhere else", "[walls]") {
  const auto files = read_library();
  const std::string facts = "include/FineTuning/providers/";
  const std::string tables = "include/FineTuning/models/";
  const std::string list = "include/FineTuning/providers.hpp";
  const auto is_example_of_a_message = [](const File& file, const std::string& literal) {
    return file.path == "include/FineTuning/internal/id_errors.hpp" &&
           has(literal, "openai:gpt-4o");
  };
  for (const auto& name : provider_names()) {
    INFO("provider " << name);
    CHECK(
        offenders(files, [&](const File& file) {
          const std::string own_file = name + ".hpp";
          if (file.path == facts + own_file || file.path == tables + own_file || file.path == list)
            return false;
          if (code_names_provider(file.source, name)) return true;
          const Texts& literals = file.source.literals;
          if (file.path.starts_with(facts) || file.path.starts_with(tables))
            return has_one_of(literals, name);  // ids have makers
          return std::any_of(literals.begin(), literals.end(), [&](const std::string& literal) {
            return literal_names_provider(literal, name) && !is_example_of_a_message(file, literal);
          });
        }) == Texts{});
  }
  CHECK(offenders(files, [&](const File& file) {
          return !file.path.starts_with(facts) && !file.path.starts_with(tables) &&
                 file.path != list && enters_facts(file.source);
        }) == Texts{});
}

TEST_CASE("only the curl transport knows curl", "[walls]") {
  for (const std::string folder : {"include", "src", "examples"})
    CHECK(offenders(read_all(folder), [](const File& file) {
            return !file.path.starts_with("src/http/curl_transport.") && knows_curl(file.source);
          }) == Texts{});
}

TEST_CASE("only bodies in files and the version file know the file system", "[walls]") {
  Texts know_files = offenders(read_library(), [](const File& f) { return knows_files(f.source); });
  std::sort(know_files.begin(), know_files.end());
  CHECK(know_files == Texts{"src/http/files.hpp", "src/records/version_file.cpp"});
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
      "# Rooms\n\n| room | what it is for | it may know |\n|---|---|---|\n"
      "| `json/` | text, both ways | JSON |\n| `call/` | a life | |\n"
      "| `client/` | a | HTTP, threads |\n\n| day | none | `x/` |\n");
  REQUIRE(rooms.size() == 3);
  CHECK(rooms[0].folder == "json");
  CHECK(rooms[0].may_know == Texts{"JSON"});
  CHECK(rooms[1].may_know == Texts{});
  CHECK(rooms[2].may_know == Texts{"HTTP", "threads"});
  CHECK(room_of("src/call/call.cpp") == "call");
  CHECK(room_of("src/call.cpp").empty());
  CHECK(room_of("include/FineTuning/chat.hpp").empty());

  const auto breaks = [&](const std::string& line) {
    return includes_from_below("call", take_apart(line), rooms);
  };
  CHECK(breaks("#include \"client/chat.hpp\""));
  CHECK(breaks("#include \"sentences.hpp\""));
  CHECK(breaks("#include \"../json/reader.hpp\""));
  CHECK(breaks("#include \"nowhere/x.hpp\""));
  CHECK_FALSE(breaks("#include \"json/reader.hpp\"\n#include \"call/sentences.hpp\""));
  CHECK_FALSE(breaks("#include <vector>\n#include <FineTuning/chat.hpp>"));
}

TEST_CASE("a cycle of includes is seen", "[walls]") {
  CHECK(on_cycles({{"a", {"b"}}, {"b", {"c"}}, {"c", {}}}) == Texts{});
  CHECK(on_cycles({{"a", {"b"}}, {"b", {"c"}}, {"c", {"b"}}}) == Texts{"b", "c"});
  CHECK(on_cycles({{"a", {"a"}}}) == Texts{"a"});
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
        "#include <FineTuning/providers/acme.hpp>", "#include <FineTuning/models/acme.hpp>"}) {
    INFO(line);
    CHECK(code_names_provider(take_apart(line), "acme"));
  }
  for (const std::string line :
       {"using namespace providers; &acme", "using namespace FineTuning::providers;",
        "namespace p = providers;", "namespace FineTuning::providers {"}) {
    INFO(line);
    CHECK(enters_facts(take_apart(line)));
  }
  for (const std::string literal :
       {"acme", "acme:", "Acme", "api.acme.com", "ACME_API_KEY", "x_acme"}) {
    INFO(literal);
    const auto source = take_apart("f(\"" + literal + "\")");
    CHECK(literal_names_provider(source.literals.at(0), "acme"));
  }

  struct Breach {
    std::string knowledge;
    Texts lines;
  };
  const std::vector<Breach> breaches{
      {"curl",
       {"#include <curl/curl.h>", "#include \"curl/curl.h\"", "#include <curl.h>",
        "# include <curl/easy.h>", "extern \"C\" void* curl_easy_init();", "CURL* handle;",
        "CURLOPT_URL"}},
      {"JSON",
       {"#include <nlohmann/json.hpp>", "nlohmann::json parsed;", "#include \"json/reader.hpp\"",
        "#include \"json/writer.hpp\"", "const JsonValue* value;"}},
      {"HTTP",
       {"#include <FineTuning/chat.hpp>", "#include <FineTuning/http.hpp>",
        "#include \"dialects/answer.hpp\"", "#include \"http/retry.hpp\"",
        "#include \"call/call.hpp\"", "#include \"accounts/accounts.hpp\"", "http::Headers h;"}},
      {"clocks",
       {"std::chrono::system_clock::now()", "steady_clock::now()", "std::time(nullptr)",
        "time(nullptr)", "clock(std::chrono::steady_clock::now)"}},
      {"threads",
       {"std::this_thread::yield()", "#include <thread>", "#include <future>", "#include <mutex>",
        "#include <shared_mutex>", "#include \"time/wait.hpp\"", "std::jthread worker;"}},
      {"files",
       {"#include <fstream>", "#include <filesystem>", "#include <cstdio>", "#include <stdio.h>",
        "#include <iostream>", "#include <fcntl.h>", "#include <sys/file.h>", "# include <cstdio>",
        "std::fopen(path, \"r\")"}},
      {"environment", {"std::getenv(\"X\")", "getenv(\"X\")", "#include <cstdlib>"}}};
  for (const auto& [knowledge, lines] : breaches)
    for (const std::string& line : lines) {
      INFO(line);
      CHECK(has_one_of(forbidden_knowledge({}, take_apart(line)), knowledge));
      CHECK_FALSE(
          has_one_of(forbidden_knowledge({.folder = {}, .may_know = {knowledge}}, take_apart(line)),
                     knowledge));
    }
}

TEST_CASE("what breaks no wall is let through", "[walls]") {
  const auto harmless = take_apart(R"(providers::acme_2; providers::all; acme; // "acme" p::acme)");
  CHECK_FALSE(code_names_provider(harmless, "acme"));
  CHECK_FALSE(enters_facts(take_apart("namespace FineTuning { for (auto* p : providers::all) }")));
  for (const std::string literal : {"acmes", "acme2", "pacme"}) {
    INFO(literal);
    CHECK_FALSE(literal_names_provider(literal, "acme"));
  }
  CHECK(forbidden_knowledge(
            {}, take_apart("#include <chrono>\n#include <stop_token>\n#include \"json/text.hpp\"\n"
                           "#include <FineTuning/responder.hpp>\n#include <fmt/format.h>\n"
                           "std::chrono::seconds time; deadline(time); // std::fopen\n"
                           "std::chrono::system_clock::time_point started;")) == Texts{});
  CHECK_FALSE(knows_curl(take_apart("#include \"http/curl_transport.hpp\"\ncurl_transport({})")));
  CHECK_FALSE(includes_what_is_not_for_everybody(
      take_apart("#include <FineTuning/result.hpp>\n#include <string_view>")));
}
