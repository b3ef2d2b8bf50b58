// ft versions as a terminal sees it.

#include "support/catch.hpp"
#include "support/folder.hpp"
#include "support/ft_terminal.hpp"

#include <FineTuning/registry.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

using namespace FineTuning;
using ft::Json;
using test::has;
using test::is_sentence;
using test::Ran;

namespace {

/// A version file in a folder that is gone with the test; FINETUNING_VERSIONS names it.
class VersionFile {
 public:
  VersionFile() { setenv("FINETUNING_VERSIONS", path().c_str(), 1); }
  VersionFile(const VersionFile&) = delete;
  VersionFile& operator=(const VersionFile&) = delete;
  ~VersionFile() { unsetenv("FINETUNING_VERSIONS"); }

  [[nodiscard]] std::string path() const { return folder_.path() + "/models.json"; }

 private:
  test::Folder folder_;
};

/// Runs `ft versions` with the words behind it.
Ran run(std::vector<std::string> words) {
  words.insert(words.begin(), "versions");
  return test::run_ft(words);
}

const std::string v1 = "openai:ft:gpt-4o-mini-2024-07-18:acme:legal-v1:id1";
const std::string v2 = "openai:ft:gpt-4o-mini-2024-07-18:acme:legal-v2:id2";

}  // namespace

TEST_CASE("versions are added, promoted, rolled back and listed", "[ft_versions]") {
  const VersionFile file;
  const Ran nothing = run({"list"});
  CHECK(nothing.status == 0);
  CHECK(nothing.out.empty());
  CHECK(is_sentence(nothing.err));
  CHECK(run({"add", "legal_assistant", "v1", v1, "--note", "the first"}).out ==
        "legal_assistant v1 is added: " + v1 + "\n");
  CHECK(run({"promote", "legal_assistant", "v1", "--stable"}).out ==
        "legal_assistant v1 is stable: " + v1 + "\n");
  CHECK(run({"add", "legal_assistant", "v2", v2}).status == 0);
  CHECK(run({"promote", "legal_assistant", "v2", "--note", "passed"}).out ==
        "legal_assistant v2 is current: " + v2 + "\n");
  CHECK(run({"rollback", "legal_assistant", "--note", "slow"}).out ==
        "legal_assistant v1 is current: " + v1 + "\n");

  const Ran listed = run({"list"});
  CHECK(listed.status == 0);
  CHECK(listed.err.empty());
  CHECK(listed.out.starts_with("legal_assistant\n  v1  " + v1 + "  20"));
  CHECK(has(listed.out, "  current, stable, last day 2027-01-14, the first\n"));
  CHECK(has(listed.out, "  v2  " + v2 + "  20"));
  CHECK(has(listed.out, "  previous, last day 2027-01-14\n"));
  const std::string with_history = run({"list", "legal_assistant"}).out;
  CHECK(with_history.starts_with(listed.out + "  20"));
  CHECK(has(with_history, "Z  added v1: the first\n"));
  CHECK(has(with_history, "Z  marked_stable v1\n"));
  CHECK(has(with_history, "Z  promoted v2 (was v1): passed\n"));
  CHECK(with_history.ends_with("Z  rolled_back v1 (was v2): slow\n"));

  const VersionRegistry registry(json_version_store(file.path()));
  const std::vector<VersionChange> history = registry.history("legal_assistant").value();
  REQUIRE(history.size() == 5);
  CHECK(history[3].note == "passed");
  CHECK(history[4].note == "slow");
}

TEST_CASE("with --json every version is one object on one line", "[ft_versions]") {
  const VersionFile file;
  const Ran added = run({"add", "--json", "support", "v1", "acme:m"});
  REQUIRE(added.lines().size() == 1);
  const Json line = added.lines()[0];
  CHECK(line["name"] == "support");
  CHECK(line["label"] == "v1");
  CHECK(line["model"] == "acme:m");
  CHECK(line["current"] == true);
  CHECK(line["previous"] == false);
  CHECK(line["stable"] == false);
  CHECK(line["ends_on"].is_null());
  CHECK(line["note"] == "");
  CHECK(run({"add", "support", "v2", v2}).status == 0);
  CHECK(run({"promote", "support", "v2", "--json"}).lines().at(0)["current"] == true);
  const std::vector<Json> listed = run({"list", "--json"}).lines();
  REQUIRE(listed.size() == 2);
  CHECK(listed[0]["previous"] == true);
  CHECK(listed[1]["label"] == "v2");
  CHECK(listed[1]["ends_on"] == "2027-01-14");
  CHECK(run({"rollback", "support", "--json"}).lines().at(0)["label"] == "v1");
  const std::vector<Json> with_history = run({"list", "support", "--json"}).lines();
  REQUIRE(with_history.size() == 2 + 4);
  CHECK(with_history[1]["previous"] == true);
  CHECK(with_history[5]["name"] == "support");
  CHECK(with_history[5]["what"] == "rolled_back");
  CHECK(with_history[5]["label"] == "v1");
  CHECK(with_history[5]["from"] == "v2");
}

TEST_CASE("what somebody wrote into a version file cannot steer the terminal", "[ft_versions]") {
  const VersionFile file;
  REQUIRE(run({"add", "support", "v1", v1, "--note", "a\x1B[2J\nb\x7F"}).status == 0);
  for (const std::string& out : {run({"list"}).out, run({"list", "support"}).out}) {
    CHECK(has(out, "a?[2J?b?\n"));
    CHECK_FALSE(has(out, "\x1B"));
  }
  std::ofstream(file.path()) << R"({"finetuning_versions":1,"models":{"a\u001B[2J\n":1}})";
  CHECK(is_sentence(run({"list"}).err));
  CHECK_FALSE(has(run({"list"}).err, "\x1B"));
}

TEST_CASE("get prints the model that a program is to ask", "[ft_versions]") {
  const VersionFile file;
  REQUIRE(run({"add", "support", "v1", v1}).status == 0);
  REQUIRE(run({"add", "support", "v2", v2}).status == 0);
  CHECK(run({"get", "support"}).out == v1 + "\n");
  CHECK(run({"get", "support", "latest"}).out == v2 + "\n");
  CHECK(run({"get", "support", "v2", "--json"}).lines().at(0) ==
        Json{{"name", "support"}, {"label", "v2"}, {"model", v2}});
}

TEST_CASE("a model that ft does not know is added, and ft says so", "[ft_versions]") {
  const VersionFile file;
  const Ran ran = run({"add", "support", "v1", "opnai:gpt-4o"});
  CHECK(ran.status == 0);
  CHECK(ran.out == "support v1 is added: opnai:gpt-4o\n");
  CHECK(ran.err.starts_with("ft: It is added, but ft itself could not ask it. "));
  CHECK(run({"add", "support", "v2", v2}).err.empty());
  CHECK_FALSE(has(run({"add", "support", "v2", "opnai:gpt-4o"}).err, "It is added"));
}

TEST_CASE("the option --file goes before the environment, and that before models.json",
          "[ft_versions]") {
  const VersionFile file;
  const std::string other = file.path() + ".other";
  CHECK(run({"add", "support", "v1", v1, "--file", other}).status == 0);
  CHECK_FALSE(std::filesystem::exists(file.path()));
  CHECK(run({"list"}).out.empty());
  CHECK(has(run({"list", "--file=" + other}).out, "support\n"));

  unsetenv("FINETUNING_VERSIONS");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(std::filesystem::path(file.path()).parent_path());
  const Ran added = run({"add", "support", "v1", v1});
  const bool is_there = std::filesystem::exists("models.json");
  std::filesystem::current_path(before);
  CHECK(added.status == 0);
  CHECK(is_there);
}

TEST_CASE("what cannot be done is a failure, reported as a sentence or as JSON", "[ft_versions]") {
  const VersionFile file;
  REQUIRE(run({"add", "support", "v1", v1}).status == 0);
  const struct {
    std::vector<std::string> words;
    std::string code;
  } cases[] = {
      {{"list", "nobody"}, "model_not_found"},
      {{"get", "nobody"}, "model_not_found"},
      {{"get", "support", "previous"}, "no_previous_version"},
      {{"promote", "nobody", "v1"}, "model_not_found"},
      {{"promote", "support", "v9"}, "version_not_found"},
      {{"promote", "support", "v9", "--stable"}, "version_not_found"},
      {{"rollback", "support"}, "no_previous_version"},
      {{"add", "support", "v1", v2}, ""},
      {{"add", "support", "latest", v2}, ""},
      {{"list", "--file", std::filesystem::path(file.path()).parent_path()}, "version_file_error"},
      {{"lint", "--file", std::filesystem::path(file.path()).parent_path()}, "version_file_error"},
  };
  for (const auto& [words, code] : cases) {
    CAPTURE(words);
    const Ran plain = run(words);
    CHECK(plain.status == 1);
    CHECK(plain.out.empty());
    CHECK(is_sentence(plain.err));
    std::vector<std::string> with_json = words;
    with_json.push_back("--json");
    const Ran json = run(with_json);
    CHECK(json.status == 1);
    CHECK(json.err.empty());
    REQUIRE(json.lines().size() == 1);
    CHECK(json.lines()[0]["error"].value("code", "") == code);
  }
}

TEST_CASE("wrong words are wrong usage", "[ft_versions]") {
  const VersionFile file;
  const std::vector<std::string> cases[] = {{},
                                            {"show"},
                                            {"get"},
                                            {"list", "a", "b"},
                                            {"add", "a", "v1"},
                                            {"promote", "a"},
                                            {"rollback"},
                                            {"rollback", "a", "v1"},
                                            {"list", "--sandbox"},
                                            {"list", "--note", "x"},
                                            {"rollback", "a", "--stable"}};
  for (const std::vector<std::string>& words : cases) {
    CAPTURE(words);
    const Ran ran = run(words);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK(ran.err.starts_with("ft versions: "));
  }
  CHECK_FALSE(std::filesystem::exists(file.path()));
}

TEST_CASE("lint tells names that say nothing, and then ends with a failure", "[ft_versions]") {
  const VersionFile file;
  const std::string good = "ft:gpt-4:myorg:legal-contract-review:v1";
  CHECK(run({"lint"}).status == 0);
  CHECK(has(run({"lint"}).err, " has no versions yet"));
  CHECK(run({"lint", good, "legal_assistant"}).status == 0);
  const Ran bad = run({"lint", "ft:gpt-4:myorg:model1:abc", good});
  CHECK(bad.status == 1);
  CHECK(bad.err.empty());
  CHECK(has(bad.out, "The suffix \"model1\" of"));
  CHECK_FALSE(has(bad.out, "legal-contract-review:v1"));

  REQUIRE(run({"add", "tmp", "v1", v1}).status == 0);
  REQUIRE(run({"add", "support", "v1", "ft:gpt-4:myorg:test:xyz"}).status == 0);
  const std::vector<Json> all = run({"lint", "--json"}).lines();
  REQUIRE(all.size() == 2);
  CHECK(all[0]["name"] == "ft:gpt-4:myorg:test:xyz");
  CHECK(all[1]["name"] == "tmp");
  CHECK(has(all[1]["advice"].get<std::string>(), "says nothing"));
  CHECK(run({"lint", "support", "--json"}).lines().size() == 1);
}
