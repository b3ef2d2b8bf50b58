// The store of versions in a file: what it reads and refuses, what it keeps, and that neither a
// kill nor another process loses anything.

#include "support/catch.hpp"
#include "support/folder.hpp"

#include <FineTuning/registry.hpp>

#include <fcntl.h>
#include <grp.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace FineTuning;
using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

namespace {

const std::string model = "openai:ft:gpt-4:org:legal-v1:id1";

/// A folder that is gone with the test, and a version file in it that does not exist yet.
class Folder {
 public:
  explicit Folder(const fs::path& parent = fs::temp_directory_path()) : folder_(parent) {}

  [[nodiscard]] fs::path path() const { return folder_.path(); }
  [[nodiscard]] fs::path file() const { return path() / "models.json"; }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(path()))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  test::Folder folder_;
};

/// Where files are in memory, if there is such a place: to wait for a disk thousands of times takes
/// minutes, and shows nothing more, since a killed process takes nothing with it that it has
/// written.
fs::path memory_folder() {
  const fs::path folder = "/dev/shm";
  return access(folder.c_str(), W_OK) == 0 ? folder : fs::temp_directory_path();
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

VersionRegistry registry_at(const fs::path& path) {
  return VersionRegistry(
      json_version_store(path.string()), {.wall = [] {
        return std::chrono::system_clock::time_point(std::chrono::seconds(1795651198));
      }});
}

bool adds(const fs::path& path, const std::string& label = "v1") {
  return registry_at(path).add("legal", {.label = label, .model = model}).has_value();
}

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

bool is_sentence(const std::string& text) {
  return text.size() > 1 && text.front() >= 'A' && text.front() <= 'Z' && text.back() == '.';
}

/// Runs a function in a process of its own. Its end is the child's: no destructor of a test runs.
class Child {
 public:
  explicit Child(const std::function<int()>& run) : process_(fork()) {
    if (process_ == -1) throw std::runtime_error("No process for a test.");
    if (process_ != 0) return;
    int status = 99;
    try {
      status = run();
    } catch (...) {
    }
    _exit(status);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    kill();
    wait();
  }

  void kill() const {
    if (process_ != 0) ::kill(process_, SIGKILL);
  }
  /// Its exit status; -1 if it was killed.
  int wait() {
    int status = 0;
    if (process_ != 0) waitpid(std::exchange(process_, 0), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t process_;
};

/// The error of an update that would add a version.
Error refusal(const fs::path& path) {
  Result<ModelVersion> added = registry_at(path).add("legal", {.label = "v1", .model = model});
  REQUIRE_FALSE(added);
  CHECK(is_sentence(added.error().message));
  CHECK(added.error().message.find(path.filename().string()) != std::string::npos);
  return std::move(added).error();
}

}  // namespace

// What it keeps.

TEST_CASE("a version file is written for people to read, and read by another registry",
          "[version_file]") {
  const Folder folder;
  VersionRegistry registry = registry_at(folder.file());
  CHECK(registry.names().value().empty());
  CHECK(folder.names().empty());  // to look makes no file
  REQUIRE(registry.add("legal", {.label = "v1", .model = model, .note = "b\xC3\xBCro \"1\""}));
  REQUIRE(registry.mark_stable("legal"));
  CHECK(read(folder.file()) == R"({
  "finetuning_versions": 1,
  "models": {
    "legal": {
      "current": "v1",
      "previous": "",
      "stable": "v1",
      "versions": [
        {
          "label": "v1",
          "model": "openai:ft:gpt-4:org:legal-v1:id1",
          "note": "b)"
                               "\xC3\xBC"
                               R"(ro \"1\"",
          "day": "2026-11-25"
        }
      ],
      "history": [
        {
          "when": "2026-11-25T23:59:58Z",
          "what": "added",
          "label": "v1",
          "from": "",
          "note": "b)"
                               "\xC3\xBC"
                               R"(ro \"1\""
        },
        {
          "when": "2026-11-25T23:59:58Z",
          "what": "marked_stable",
          "label": "v1",
          "from": "",
          "note": ""
        }
      ]
    }
  }
}
)");
  CHECK(folder.names() == std::vector<std::string>{"models.json", "models.json.lock"});

  const VersionTable table = registry_at(folder.file()).table().value();
  CHECK(table.at("legal").current == "v1");
  CHECK(table.at("legal").stable == "v1");
  CHECK(table.at("legal").versions.at(0).note == "b\xC3\xBCro \"1\"");
  CHECK(table.at("legal").history.size() == 2);
}

TEST_CASE("an update keeps what it does not know, and the order of what is there",
          "[version_file]") {
  const Folder folder;
  write(folder.file(), R"({"team": "law", "finetuning_versions": 1, "models": {
      "support": {"owner": "ann", "versions": [{"label": "v1", "model": "m:1"}], "current": "v1"},
      "legal": {"versions": [{"label": "v1", "model": "m:1", "cost": 1.5},
                             {"label": "v2", "model": "m:2", "cost": [null, {}]}],
                "history": [{"what": "imported", "by": "ann"}]}},
      "numbers": [18446744073709551615, -1, 0.1]})");
  REQUIRE(registry_at(folder.file()).promote("legal", "v2"));
  REQUIRE(registry_at(folder.file()).add("audit", {.label = "v1", .model = "m:1"}));
  const Json file = Json::parse(read(folder.file()));
  CHECK(file["team"] == "law");
  CHECK(file["numbers"].dump() == "[18446744073709551615,-1,0.1]");
  CHECK(file["models"]["support"]["owner"] == "ann");
  CHECK(file["models"]["legal"]["current"] == "v2");
  CHECK(file["models"]["legal"]["versions"][0]["cost"] == 1.5);
  CHECK(file["models"]["legal"]["versions"][1]["cost"].dump() == "[null,{}]");
  CHECK(file["models"]["legal"]["history"][0]["what"] == "imported");
  CHECK(file["models"]["legal"]["history"][0]["by"] == "ann");
  CHECK(file["models"]["legal"]["history"][1]["what"] == "promoted");
  std::vector<std::string> names;
  for (const auto& item : file["models"].items()) names.push_back(item.key());
  CHECK(names == std::vector<std::string>{"support", "legal", "audit"});
  CHECK(file.items().begin().key() == "team");
}

TEST_CASE("what a later release or a person wrote of a change is kept", "[version_file]") {
  const Folder folder;
  write(folder.file(), R"({"finetuning_versions": 1, "models": {"legal": {
      "versions": [{"label": "v1", "model": "m:1", "day": null}],
      "history": [{}, {"when": "2030-01-01T00:00:00Z", "what": "retired", "label": "v0"},
                  {"when": "", "what": "other"}, {"what": "promoted"}]}}})");
  REQUIRE(registry_at(folder.file()).mark_stable("legal", "v1"));
  const VersionedModel legal = registry_at(folder.file()).table().value().at("legal");
  CHECK_FALSE(legal.versions.at(0).day);
  const std::vector<VersionChange>& history = legal.history;
  REQUIRE(history.size() == 5);
  using Kind = VersionChange::Kind;
  CHECK_FALSE(history[0].when);
  CHECK(history[0].what == Kind::other);
  CHECK(history[0].raw_what.empty());
  CHECK(history[1].when == std::chrono::sys_days(std::chrono::year(2030) / 1 / 1));
  CHECK(history[1].what == Kind::other);
  CHECK(history[1].raw_what == "retired");
  CHECK_FALSE(history[2].when);
  CHECK(history[2].raw_what == "other");
  CHECK(history[3].what == Kind::promoted);
  CHECK(history[3].raw_what.empty());
  CHECK(history[4].what == Kind::marked_stable);
  const Json file = Json::parse(read(folder.file()))["models"]["legal"];
  CHECK(file["versions"][0]["day"] == "");
  std::vector<std::string> written;
  for (const Json& change : file["history"]) written.push_back(change["what"]);
  CHECK(written == std::vector<std::string>{"", "retired", "other", "promoted", "marked_stable"});
  CHECK(file["history"][1]["when"] == "2030-01-01T00:00:00Z");
}

TEST_CASE("members of others are kept to the letter, but for their lines", "[version_file]") {
  const Folder folder;
  write(folder.file(), R"({"finetuning_versions": 1, "models": {"legal": {"versions": [
      {"label": "v1", "model": "m:1"}], "current": null}},
      "x": [1e999, 0.10, "\u00e9 \" { [ : ,", [], {}, [{"a": {"b": [true]}}]]})");
  REQUIRE(registry_at(folder.file()).promote("legal", "v1"));
  const std::string text = read(folder.file());
  CHECK(text.find(R"(
  "x": [
    1e999,
    0.10,
    "\u00e9 \" { [ : ,",
    [],
    {},
    [
      {
        "a": {
          "b": [
            true
          ]
        }
      }
    ]
  ]
}
)") != std::string::npos);
  CHECK(text.find(R"("current": "v1")") != std::string::npos);
  CHECK(text.find("null") == std::string::npos);
  REQUIRE(registry_at(folder.file()).promote("legal", "v1"));
  CHECK(read(folder.file()) == text);
}

TEST_CASE("a store's update may take versions and names away", "[version_file]") {
  const Folder folder;
  const auto store = json_version_store(folder.file().string());
  CHECK(store->update([](VersionTable& table) {
    table["a"] = {.versions = {{.label = "v1", .model = "m:1"}, {.label = "v2", .model = "m:2"}}};
    table["b"] = {};
    return Result<void>();
  }));
  CHECK(store->update([](VersionTable& table) {
    table["a"].versions.erase(table["a"].versions.begin());
    table.erase("b");
    return Result<void>();
  }));
  const VersionTable table = store->load().value();
  CHECK(table.size() == 1);
  REQUIRE(table.at("a").versions.size() == 1);
  CHECK(table.at("a").versions[0].model == "m:2");
}

TEST_CASE("an update that fails, throws or changes nothing leaves the file alone",
          "[version_file]") {
  const Folder folder;
  REQUIRE(adds(folder.file()));
  const std::string before = read(folder.file());
  const auto inode = [&] {
    struct stat status {};
    REQUIRE(::stat(folder.file().c_str(), &status) == 0);
    return status.st_ino;
  };
  const ino_t first = inode();
  const auto store = json_version_store(folder.file().string());
  const Result<void> updated = store->update([](VersionTable& table) -> Result<void> {
    table.clear();
    return Error{.message = "No."};
  });
  REQUIRE_FALSE(updated);
  CHECK(updated.error().message == "No.");
  CHECK_THROWS_AS(store->update([](VersionTable& table) -> Result<void> {
    table.clear();
    throw std::runtime_error("stop");
  }),
                  std::runtime_error);
  CHECK(adds(folder.file()));  // the same version again
  CHECK(read(folder.file()) == before);
  CHECK(inode() == first);
}

TEST_CASE("a file keeps its mode, and a symbolic link what it leads to", "[version_file]") {
  const Folder folder;
  fs::create_directory(folder.path() / "real");
  const fs::path real = folder.path() / "real" / "file.json";
  fs::create_symlink("real/file.json", folder.path() / "second");
  fs::create_symlink(folder.path() / "second", folder.file());
  REQUIRE(adds(folder.file()));  // makes the file that the link waits for
  CHECK(fs::is_regular_file(fs::symlink_status(real)));
  REQUIRE(::chmod(real.c_str(), 0640) == 0);
  REQUIRE(adds(folder.file(), "v2"));
  CHECK(mode_of(real) == 0640);
  CHECK(fs::is_symlink(folder.file()));
  CHECK(fs::is_symlink(folder.path() / "second"));
  CHECK(registry_at(real).versions("legal").value().size() == 2);
  CHECK(fs::exists(folder.path() / "real" / "file.json.lock"));
}

TEST_CASE("a file stays its group's if others of the group update it", "[version_file]") {
  if (geteuid() != 0) return;  // nobody else can play several users
  const Folder folder;
  constexpr uid_t owner = 1;
  constexpr uid_t updater = 65534;
  constexpr gid_t group = 2;
  const struct {
    std::vector<gid_t> groups;  ///< Of who updates.
    mode_t before, after;
    gid_t group;
  } cases[] = {{{group}, 0660, 0660, group}, {{}, 0666, 0606, updater}};
  REQUIRE(::chmod(folder.path().c_str(), 0777) == 0);
  for (const auto& [groups, before, after, group_after] : cases) {
    CAPTURE(before);
    for (const fs::path& old : {folder.file(), fs::path(folder.file().string() + ".lock")})
      fs::remove(old);
    REQUIRE(adds(folder.file()));
    REQUIRE(::chown(folder.file().c_str(), owner, group) == 0);
    REQUIRE(::chmod(folder.file().c_str(), before) == 0);
    fs::remove(folder.file().string() + ".lock");
    Child child([&groups = groups, &folder] {
      const bool is_somebody_else = ::setgroups(groups.size(), groups.data()) == 0 &&
                                    ::setgid(updater) == 0 && ::setuid(updater) == 0;
      return is_somebody_else && adds(folder.file(), "v2") ? 0 : 1;
    });
    CHECK(child.wait() == 0);
    struct stat status {};
    REQUIRE(::stat(folder.file().c_str(), &status) == 0);
    CHECK(status.st_uid == updater);
    CHECK(status.st_gid == group_after);
    CHECK((status.st_mode & 07777U) == after);
  }
}

TEST_CASE("a new file has the mode that the umask leaves", "[version_file]") {
  const Folder folder;
  const mode_t before = umask(027);
  const bool is_added = adds(folder.file());
  umask(before);
  CHECK(is_added);
  CHECK(mode_of(folder.file()) == 0640);
}

TEST_CASE("what a killed writer has left is in nobody's way", "[version_file]") {
  const Folder folder;
  REQUIRE(adds(folder.file()));
  write(folder.path() / "models.json.new", R"({"finetuning_ver)");
  CHECK(registry_at(folder.file()).names().value() == std::vector<std::string>{"legal"});
  REQUIRE(adds(folder.file(), "v2"));
  CHECK(folder.names() == std::vector<std::string>{"models.json", "models.json.lock"});

  const fs::path elsewhere = folder.path() / "elsewhere";
  write(elsewhere, "mine");
  fs::create_symlink(elsewhere, folder.path() / "models.json.new");
  REQUIRE(adds(folder.file(), "v3"));
  CHECK(read(elsewhere) == "mine");
}

TEST_CASE("a path without a folder is one in the working directory", "[version_file]") {
  const Folder folder;
  Child child([&] { return chdir(folder.path().c_str()) == 0 && adds("models.json") ? 0 : 1; });
  CHECK(child.wait() == 0);
  CHECK(fs::exists(folder.file()));
}

// What it refuses.

TEST_CASE("a file that is not a version file is refused, and left as it is", "[version_file]") {
  const struct {
    std::string text;
    std::string says;
  } cases[] = {
      {"", "it is not JSON"},
      {"models:\n  legal: v1\n", "it is not JSON"},
      {R"({"finetuning_versions": 1, "models": {)", "it is not JSON"},
      {"{\"finetuning_versions\": 1, \"note\": \"\xFF\"}", "it is not JSON"},
      {"[]", "it is JSON of another kind"},
      {R"({"models": {}})", "it is JSON of another kind"},
      {R"({"finetuning_versions": "1"})", "it is JSON of another kind"},
      {R"({"finetuning_versions": 0})", "it is JSON of another kind"},
      {R"({"finetuning_versions": 1, "models": []})", "models is not an object"},
      {R"({"finetuning_versions": 1, "models": {"a": []}})", "models.a is not an object"},
      {R"({"finetuning_versions": 1, "models": {"a": {"current": 1}}})",
       "models.a.current is not a text"},
      {R"({"finetuning_versions": 1, "models": {"a": {"versions": {}}}})",
       "models.a.versions is not an array"},
      {R"({"finetuning_versions": 1, "models": {"a": {"versions": ["v1"]}}})",
       "models.a.versions[0] is not an object"},
      {R"({"finetuning_versions": 1, "models": {"a": {"versions": [{"label": "v1", "note": 1}]}}})",
       "models.a.versions[0].note is not a text"},
      {R"({"finetuning_versions": 1, "models": {"a": {"versions": [{"model": "m:1"}]}}})",
       "models.a.versions[0].label is missing; write a text"},
      {R"({"finetuning_versions": 1, "models": {"a": {"versions": [
           {"label": "v 1", "model": "m:1"}]}}})",
       "models.a.versions[0].label is not a label of up to 100 letters, digits, "},
      {R"({"finetuning_versions": 1, "models": {"a": {"versions": [{"label": "v1"}]}}})",
       "models.a.versions[0].model is missing; write a text"},
      {R"({"finetuning_versions": 1, "models": {"a": {"versions": [
           {"label": "v1", "model": ""}]}}})",
       "models.a.versions[0].model is empty; write a spec"},
      {R"({"finetuning_versions": 1, "models": {"a": {"versions": [
           {"label": "v1", "model": "m: 1"}]}}})",
       "models.a.versions[0].model is \"m: 1\", with characters that no model id has"},
      {R"({"finetuning_versions": 1, "models": {"a": {"versions": [
           {"label": "v1", "model": "m:1"}, {"label": "v1", "model": "m:2"}]}}})",
       "models.a.versions[1].label is v1, like an earlier version's"},
      {R"({"finetuning_versions": 1, "models": {"a": {"versions": [
           {"label": "Latest", "model": "m:1"}]}}})",
       "models.a.versions[0].label is \"Latest\", which has a meaning of its own"},
      {R"({"finetuning_versions": 1, "models": {"a": {"versions": [
           {"label": "v1", "model": "m:1", "day": "2026-02-30"}]}}})",
       "models.a.versions[0].day is not a day as YYYY-MM-DD"},
      {R"({"finetuning_versions": 1, "models": {"a": {"stable": "v2", "versions": [
           {"label": "v1", "model": "m:1"}]}}})",
       "models.a.stable is \"v2\", which is not the label of a version"},
      {R"({"finetuning_versions": 1, "models": {"a b": {}}})",
       "models.\"a b\" is not a name of up to 100 letters, digits, "},
      {R"({"finetuning_versions": 1, "models": {"a": {"history": [{"when": "yesterday"}]}}})",
       "models.a.history[0].when is not a moment as 2026-11-25T17:54:21Z"},
      {R"({"finetuning_versions": 1, "models": {"a": {"history": [{"what": 1}]}}})",
       "models.a.history[0].what is not a text"},
      {R"({"finetuning_versions": 1, "models": {"a": {"history": [{}, {"when": 5}]}}})",
       "models.a.history[1].when is not a moment as 2026-11-25T17:54:21Z"},
      {R"({"finetuning_versions": 1, "models": {"a": {}, "b": {}, "a": {}}})",
       "models.a appears twice; leave one of them out"},
      {R"({"finetuning_versions": 1, "x": )" + std::string(200, '[') + std::string(200, ']') + '}',
       "it nests deeper than 128 levels"},
      {R"({"x": )" + std::string(20000, '['), "it nests deeper than 128 levels"},
  };
  for (const auto& [text, says] : cases) {
    CAPTURE(text.substr(0, 200));
    const Folder folder;
    write(folder.file(), text);
    const Error error = refusal(folder.file());
    CHECK(error.kind == ErrorKind::invalid_request);
    CHECK(error.code == "invalid_version_file");
    CAPTURE(error.message);
    CHECK(error.message.find(says) != std::string::npos);
    CHECK(registry_at(folder.file()).names().error().code == "invalid_version_file");
    CHECK(read(folder.file()) == text);
  }
}

TEST_CASE("a file of a newer form is refused, and left as it is", "[version_file]") {
  const Folder folder;
  const std::string text = R"({"finetuning_versions": 2, "models": "whatever"})";
  write(folder.file(), text);
  const Error error = refusal(folder.file());
  CHECK(error.kind == ErrorKind::unsupported);
  CHECK(error.code == "newer_version_file");
  CHECK(read(folder.file()) == text);
}

TEST_CASE("what is not a file is not a version file", "[version_file]") {
  const Folder folder;
  SECTION("a folder") { fs::create_directory(folder.file()); }
  SECTION("a pipe, which is not waited for") { REQUIRE(mkfifo(folder.file().c_str(), 0600) == 0); }
  SECTION("a link to itself") { fs::create_symlink("models.json", folder.file()); }
  SECTION("a file taken for a folder") {
    write(folder.file(), "");
    CHECK(refusal(folder.file() / "models.json").code == "version_file_error");
    return;
  }
  SECTION("a folder in place of the lock") {
    fs::create_directory(folder.path() / "models.json.lock");
    CHECK(refusal(folder.file()).code == "version_file_error");
    return;
  }
  SECTION("a folder in place of the new file") {
    fs::create_directory(folder.path() / "models.json.new");
    CHECK(refusal(folder.file()).code == "version_file_error");
    return;
  }
  CHECK(refusal(folder.file()).code == "version_file_error");
  CHECK(registry_at(folder.file()).names().error().code == "version_file_error");
}

TEST_CASE("a folder that does not exist is an error of an update only", "[version_file]") {
  const Folder folder;
  const fs::path file = folder.path() / "missing" / "models.json";
  CHECK(refusal(file).code == "version_file_error");
  CHECK(registry_at(file).names().value().empty());
}

TEST_CASE("if nothing may be written, the error says so and reading goes on", "[version_file]") {
  const Folder folder;
  REQUIRE(adds(folder.file()));
  const auto tries_as_nobody = [&](const std::string& label) {
    Child child([&] {
      constexpr uid_t nobody = 65534;
      if (geteuid() == 0 && setuid(nobody) != 0) return 2;
      if (!registry_at(folder.file()).get("legal")) return 3;
      const auto added = registry_at(folder.file()).add("legal", {.label = label, .model = model});
      if (added) return 0;
      return added.error().code == "version_file_error" && is_sentence(added.error().message) ? 1
                                                                                              : 4;
    });
    return child.wait();
  };
  REQUIRE(::chmod(folder.path().c_str(), 0555) == 0);
  CHECK(tries_as_nobody("v2") == 1);  // a folder that is for reading only

  REQUIRE(::chmod(folder.path().c_str(), 0777) == 0);
  REQUIRE(::chmod(folder.file().c_str(), 0444) == 0);
  CHECK(tries_as_nobody("v2") == 1);  // a file that is for reading only

  REQUIRE(::chmod(folder.file().c_str(), 0666) == 0);
  CHECK(tries_as_nobody("v2") == 0);  // and the lock, which may be another user's, is no hindrance
  CHECK(mode_of(folder.file()) == 0666);
}

TEST_CASE("a disk that takes no more is an error, and the old file stays", "[version_file]") {
  const Folder folder;
  REQUIRE(adds(folder.file()));
  const std::string before = read(folder.file());
  Child child([&] {
    // What a limit of the size of files does is what a full disk does: write() takes less, then
    // none.
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = before.size() + 100, .rlim_max = before.size() + 100};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 2;
    const auto added = registry_at(folder.file()).add("legal", {.label = "v2", .model = model});
    if (added) return 3;
    return added.error().code == "version_file_error" ? 0 : 4;
  });
  CHECK(child.wait() == 0);
  CHECK(read(folder.file()) == before);
  CHECK(folder.names() == std::vector<std::string>{"models.json", "models.json.lock"});
  CHECK(adds(folder.file(), "v2"));
}

TEST_CASE("a text that is not UTF-8 is refused", "[version_file]") {
  const Folder folder;
  const auto added =
      registry_at(folder.file()).add("legal", {.label = "v1", .model = model, .note = "b\xFCro"});
  REQUIRE_FALSE(added);
  CHECK(added.error().kind == ErrorKind::invalid_request);
  CHECK_FALSE(fs::exists(folder.file()));
}

TEST_CASE("a lock that is held is waited for, and not for ever", "[version_file]") {
  const Folder folder;
  const std::string lock = folder.file().string() + ".lock";
  const int held = open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(flock(held, LOCK_EX) == 0);
  VersionRegistry impatient(
      json_version_store(folder.file().string(), std::chrono::milliseconds(20)));
  const auto refused = impatient.add("legal", {.label = "v1", .model = model});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::timed_out);
  CHECK(refused.error().message.find("stayed locked for 20 ms") != std::string::npos);
  CHECK(impatient.names().value().empty());  // who only reads does not wait

  std::thread waiting([&] { static_cast<void>(adds(folder.file())); });
  close(held);
  waiting.join();
  CHECK(registry_at(folder.file()).names().value().size() == 1);
}

TEST_CASE("who has all the patience there is gets the lock at once", "[version_file]") {
  const Folder folder;
  const auto store = json_version_store(folder.file().string(), std::chrono::milliseconds::max());
  const int held = open((folder.file().string() + ".lock").c_str(), O_RDWR | O_CREAT, 0600);
  REQUIRE(held != -1);
  REQUIRE(flock(held, LOCK_EX) == 0);
  Result<void> updated = Error{};
  std::thread waiting([&] {
    updated = store->update([](VersionTable& table) {
      table["a"] = {};
      return Result<void>();
    });
  });
  poll(nullptr, 0, 20);
  close(held);
  waiting.join();
  CHECK(updated);
}

TEST_CASE("a version file without a name is refused", "[version_file]") {
  const auto store = json_version_store("");
  CHECK(store->load().error().code == "version_file_error");
  CHECK(store->update([](VersionTable&) { return Result<void>(); }).error().code ==
        "version_file_error");
  CHECK_FALSE(fs::exists(".lock"));
}

TEST_CASE("an update from inside an update is an error, and no deadlock", "[version_file]") {
  const Folder folder;
  const auto store = json_version_store(folder.file().string(), std::chrono::milliseconds(20));
  const auto nothing = [](VersionTable&) { return Result<void>(); };
  const Result<void> updated = store->update([&](VersionTable&) { return store->update(nothing); });
  REQUIRE_FALSE(updated);
  CHECK(updated.error().kind == ErrorKind::timed_out);
}

// Several at once, and death.

TEST_CASE("several processes lose no update", "[version_file]") {
  constexpr int processes = 4;
  constexpr int each = 30;
  const Folder folder(memory_folder());
  std::vector<std::unique_ptr<Child>> children;
  for (int child = 0; child < processes; ++child)
    children.push_back(std::make_unique<Child>([&folder, child] {
      for (int i = 0; i < each; ++i)
        if (!adds(folder.file(), std::to_string(child) + '.' + std::to_string(i))) return 1;
      return 0;
    }));
  for (const auto& child : children) CHECK(child->wait() == 0);
  const VersionTable table = registry_at(folder.file()).table().value();
  CHECK(table.at("legal").versions.size() == processes * each);
  CHECK(table.at("legal").history.size() == processes * each);
}

TEST_CASE("several threads lose no update, and readers see whole files only", "[version_file]") {
  constexpr std::size_t threads = 4;
  constexpr std::size_t each = 25;
  const Folder folder(memory_folder());
  REQUIRE(adds(folder.file()));
  const VersionRegistry registry = registry_at(folder.file());
  std::vector<int> failures(threads);
  std::vector<std::thread> running;
  for (std::size_t thread = 0; thread < threads; ++thread)
    running.emplace_back([&failures, thread, copy = registry]() mutable {
      for (std::size_t i = 0; i < each; ++i) {
        const std::string label = std::to_string(thread) + '.' + std::to_string(i);
        if (!copy.add("legal", {.label = label, .model = model})) ++failures[thread];
        if (!copy.get("legal", label)) ++failures[thread];
      }
    });
  for (std::thread& thread : running) thread.join();
  CHECK(failures == std::vector<int>(threads));
  CHECK(registry.versions("legal").value().size() == threads * each + 1);
}

namespace {

/// A state of the store that counts; its size differs from that of the one before.
Result<void> set_count(VersionStore& store, std::uint32_t count) {
  return store.update([count](VersionTable& table) {
    table["counter"] = {.versions = {{.label = std::to_string(count),
                                      .model = "m:1",
                                      .note = std::string(count % 1000, 'x')}},
                        .current = std::to_string(count)};
    return Result<void>();
  });
}

std::uint32_t get_count(VersionStore& store) {
  const VersionedModel counter = store.load().value().at("counter");
  REQUIRE(counter.versions.size() == 1);
  REQUIRE(counter.versions[0].label == counter.current);
  const auto count = static_cast<std::uint32_t>(std::stoul(counter.current));
  REQUIRE(counter.versions[0].note.size() == count % 1000);
  return count;
}

/// Counts on in a child, which writes every number that is stored to a pipe, kills it after a time,
/// and returns the last number that it wrote; `last` if it wrote none.
std::uint32_t count_until_killed(VersionStore& store, std::uint32_t last,
                                 std::chrono::microseconds time) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  {
    const Child child([&] {
      if (::write(ends[1], &last, sizeof last) != sizeof last) return 1;  // the time begins
      for (std::uint32_t count = last + 1;; ++count)
        if (!set_count(store, count) || ::write(ends[1], &count, sizeof count) != sizeof count)
          return 1;
    });
    close(ends[1]);
    constexpr std::int64_t second = 1'000'000;
    const timespec wait{.tv_sec = time.count() / second, .tv_nsec = time.count() % second * 1000};
    std::uint32_t begun = 0;
    REQUIRE(::read(ends[0], &begun, sizeof begun) == sizeof begun);
    ppoll(nullptr, 0, &wait, nullptr);
  }
  for (std::uint32_t count = 0; ::read(ends[0], &count, sizeof count) == sizeof count;)
    last = count;
  close(ends[0]);
  return last;
}

/// How long an update takes on this machine, on average.
std::chrono::microseconds time_of_update(VersionStore& store) {
  constexpr int updates = 20;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < updates; ++i) REQUIRE(set_count(store, 0));
  const auto end = std::chrono::steady_clock::now();
  return std::chrono::duration_cast<std::chrono::microseconds>(end - begin) / updates;
}

}  // namespace

// A sanitizer makes each fork slow. Clang says by __has_feature what g++ says by a macro.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define FINETUNING_SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FINETUNING_SANITIZED
#endif

TEST_CASE("killed at any instant, the file is as before the update or as after it",
          "[version_file]") {
#ifdef FINETUNING_SANITIZED
  constexpr int kills = 300;
#else
  constexpr int kills = 4000;
#endif
  const Folder folder(memory_folder());
  const auto store = json_version_store(folder.file().string());
  const auto longest = 4 * time_of_update(*store);
  std::mt19937 dice(20261125);
  std::uniform_int_distribution<std::int64_t> microseconds(0, longest.count());
  std::uint32_t last = 0;
  int old_ones = 0;  // files that were those of the last update reported
  int new_ones = 0;  // that were already those of the one that was killed
  int left_new = 0;  // with what the killed update had begun to write beside them
  // Some instants are short, as that between an update and its report: it goes on until they are
  // met.
  const auto has_met_all = [&] { return old_ones > 0 && new_ones > 0 && left_new > 0; };
  for (int kill = 0; kill < kills || (!has_met_all() && kill < 20 * kills); ++kill) {
    const std::uint32_t reported =
        count_until_killed(*store, last, std::chrono::microseconds(microseconds(dice)));
    last = get_count(*store);
    REQUIRE((last == reported || last == reported + 1));
    ++(last == reported ? old_ones : new_ones);
    if (fs::exists(folder.path() / "models.json.new")) ++left_new;
  }
  CAPTURE(last, longest.count(), old_ones, new_ones, left_new);
  CHECK(old_ones > 0);
  CHECK(new_ones > 0);
  CHECK(left_new > 0);
  CHECK(set_count(*store, last + 1));
  CHECK(folder.names() == std::vector<std::string>{"models.json", "models.json.lock"});
}
