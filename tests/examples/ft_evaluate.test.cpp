// ft evaluate as a terminal sees it.

#include "support/catch.hpp"
#include "support/environment.hpp"
#include "support/folder.hpp"
#include "support/ft_terminal.hpp"

#ifdef FINETUNING_SANDBOX
#include <sandbox/sandbox.hpp>
#endif

#include <sys/file.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

using FineTuning::test::check_wrong_words;
using FineTuning::test::Environment;
using FineTuning::test::Folder;
using FineTuning::test::has;
using FineTuning::test::is_sentence;
using FineTuning::test::Ran;
using FineTuning::test::run_ft;
using FineTuning::test::WrongWords;
using ft::Json;

namespace {

const std::string tuned = "openai:ft:gpt-4o-mini-2024-07-18:acme::x";

/// The sandbox answers with the question in quotation marks: two of these pass.
const std::string three_cases =
    R"({"id":"first","input":"One","expected_parts":"One"})"
    "\n"
    R"({"id":"second","input":"Two","expected_parts":["Two","Clause 4"],"tags":["law"]})"
    "\n"
    R"({"id":"third","input":"Three","expected":"Four"})"
    "\n";

/// Evaluates in the sandbox; the cases come from the standard input.
Ran evaluate(const std::vector<std::string>& more, const std::string& cases = three_cases,
             bool err_is_terminal = false) {
  std::vector<std::string> words{"evaluate", "--sandbox", "--model", tuned, "--cases", "-"};
  words.insert(words.end(), more.begin(), more.end());
  return run_ft(words, cases, err_is_terminal);
}

std::string read(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("wrong arguments to evaluate are reported", "[ft_evaluate]") {
  const std::vector<WrongWords> cases{
      {{"--cases", "-"}, "Name a model with --model."},
      {{"--model", tuned}, "Name a file of test cases with --cases."},
      {{"--model", tuned, "--cases", "-", "x"}, "Write options only; test cases come from a file."},
      {{"--model", tuned, "--cases", "-", "--threshold", "90"},
       "--threshold needs a number from 0 to 1, as 0.9."},
      {{"--model", tuned, "--cases", "-", "--threshold", "nan"},
       "--threshold needs a number from 0 to 1, as 0.9."},
      {{"--model", tuned, "--cases", "-", "--parallel", "0"},
       "--parallel needs a whole number from 1."},
      {{"--model", tuned, "--cases", "-", "--report", "a.html", "--report", "b.pdf"},
       "--report needs a name that ends in .html, .xml or .json."},
  };
  check_wrong_words("evaluate", cases);
}

TEST_CASE("a model or a file that cannot be used is an error before anything is asked",
          "[ft_evaluate]") {
  const Folder folder;
  const std::string not_results = folder.write("notes.txt", "my notes");
  const std::string cases = folder.write("cases.jsonl", three_cases);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--model", "nobody-knows-this", "--cases", cases},
        {"--model", tuned, "--cases", folder.path() + "/none"},
        {"--model", tuned, "--cases", not_results},
        {"--model", tuned, "--cases", cases, "--results", not_results},
        {"--model", tuned, "--cases", cases, "--results", cases},
        {"--model", tuned, "--cases", cases, "--results", folder.path() + "/no/folder"}}) {
    CAPTURE(words);
    std::vector<std::string> all{"evaluate"};
    all.insert(all.end(), words.begin(), words.end());
    const Ran plain = run_ft(all);
    CHECK(plain.status == ft::failure);
    CHECK(is_sentence(plain.err));
    all.emplace_back("--json");
    CHECK(run_ft(all).lines().at(0)["error"]["kind"].is_string());
  }
  CHECK(read(not_results) == "my notes");
  CHECK(read(cases) == three_cases);
}

#ifdef FINETUNING_SANDBOX

TEST_CASE("an evaluation shows accuracy and failures, and its status says if it is enough",
          "[ft_evaluate]") {
  const Environment environment;
  const Ran ran = evaluate({});
  CHECK(ran.status == ft::failure);
  CHECK(ran.err.empty());
  CHECK(has(ran.out, "failed: \"third\"\n  input:    \"Three\"\n  expected: \"is: Four\"\n"));
  CHECK_FALSE(has(ran.out, "failed: \"first\""));
  CHECK(has(ran.out, "accuracy 66.7 % (2 of 3), 95 % interval 20.8 % to 93.9 %\n"));
  CHECK(has(ran.out, "3 cases: 2 passed, 1 failed, 0 errors, 0 not run; 0 of an earlier run\n"));
  CHECK(has(ran.out, "The threshold of 90 % is not met.\n"));
  const Ran enough = evaluate({"--threshold", "0.6", "--parallel", "1"});
  CHECK(enough.status == ft::success);
  CHECK(has(enough.out, "The threshold of 60 % is met.\n"));
}

TEST_CASE("an evaluation as JSON is one line", "[ft_evaluate]") {
  const Environment environment;
  const Ran ran = evaluate({"--json"});
  REQUIRE(ran.lines().size() == 1);
  const Json json = ran.lines()[0];
  CHECK(json["model"] == tuned);
  CHECK(json["total"]["passed"] == 2);
  CHECK(json["tags"]["law"]["passed"] == 1);
  CHECK(json["results"].size() == 3);
}

TEST_CASE("an evaluation shows its progress on a terminal only", "[ft_evaluate]") {
  const Environment environment;
  CHECK(evaluate({"--parallel", "1"}, three_cases, true).err == "\r1 of 3\r2 of 3\r3 of 3\n");
}

TEST_CASE("each named report is written in the form that its name asks for", "[ft_evaluate]") {
  const Environment environment;
  const Folder folder;
  const std::string base = folder.path() + "/report";
  const Ran ran =
      evaluate({"--report", base + ".html", "--report", base + ".xml", "--report", base + ".json"});
  CHECK(ran.err.empty());
  CHECK(read(base + ".html").starts_with("<!DOCTYPE html>"));
  CHECK(read(base + ".xml").starts_with("<?xml"));
  CHECK(Json::parse(read(base + ".json"))["total"]["cases"] == 3);

  const Ran nowhere =
      evaluate({"--threshold", "0", "--report", folder.path() + "/no/folder/report.xml"});
  CHECK(nowhere.status == ft::failure);
  CHECK(is_sentence(nowhere.err));
  CHECK(nowhere.out.empty());  // found before anything was asked
}

TEST_CASE("cases without an answer are reported as errors", "[ft_evaluate]") {
  const Environment environment;
  const std::string two_cases = three_cases.substr(0, three_cases.find("{\"id\":\"third"));
  const Ran ran = evaluate({"--model", "openai:cut", "--threshold", "0"}, two_cases);
  CHECK(ran.status == ft::failure);
  CHECK(has(ran.err, "ft: first: "));
  CHECK(ran.err.ends_with(" (2 cases)\n"));
  CHECK(has(ran.out, "accuracy unknown: no answer was judged\n"));
  CHECK(has(ran.out, "0 failed, 2 errors"));
  CHECK(has(ran.out, "The threshold of 0 % is not met: 2 of the cases have no verdict.\n"));
}

TEST_CASE("a refusal that all cases would meet ends the run", "[ft_evaluate]") {
  const Environment environment;
  for (const std::string model : {"openai:fail-401", "openai:fail-404"}) {
    CAPTURE(model);
    const Ran ran = evaluate({"--model", model, "--parallel", "1"});
    CHECK(ran.status == ft::failure);
    CHECK(has(ran.out, "0 failed, 1 errors, 2 not run"));
    CHECK(has(ran.err, "ft: Stopped before the end; "));
    CHECK(has(ran.err, "ft: first: "));
    CHECK_FALSE(has(ran.err, "second"));
  }
  const std::string one_case = three_cases.substr(0, three_cases.find('\n'));
  CHECK_FALSE(has(evaluate({"--model", "openai:fail-401"}, one_case).err, "Stopped"));
}

TEST_CASE("an evaluation goes on from its file of results", "[ft_evaluate]") {
  const Environment environment;
  const Folder folder;
  const std::string results = folder.path() + "/results.jsonl";
  const std::string two_cases = three_cases.substr(0, three_cases.find("{\"id\":\"third"));
  CHECK(has(evaluate({"--results", results}, two_cases).out, "; 0 of an earlier run\n"));
  const std::string kept = read(results);

  const Ran more = evaluate({"--results", results, "--json"});
  CHECK(more.lines().at(0)["reused"] == 2);
  CHECK(read(results).starts_with(kept));
  const std::string all = read(results);

  // Killed while it wrote the last line.
  std::filesystem::resize_file(results, all.size() - 20);
  const Ran resumed = evaluate({"--results", results});
  CHECK(has(resumed.err, "was cut off; its case is asked again."));
  CHECK(has(resumed.out, "; 2 of an earlier run\n"));
  CHECK(FineTuning::parse_results(read(results)).value().results.size() == 3);
  CHECK(has(evaluate({"--results", results}).out, "; 3 of an earlier run\n"));
}

TEST_CASE("two runs do not add to one file of results at once", "[ft_evaluate]") {
  const Environment environment;
  const Folder folder;
  const std::string results = folder.path() + "/results.jsonl";
  REQUIRE(evaluate({"--results", results}).err.empty());
  std::filesystem::resize_file(results, read(results).size() - 20);
  const std::string kept = read(results);
  std::FILE* const other = std::fopen(results.c_str(), "ab");
  REQUIRE(other != nullptr);
  REQUIRE(::flock(::fileno(other), LOCK_EX) == 0);
  const Ran ran = evaluate({"--results", results});
  std::fclose(other);
  CHECK(ran.status == ft::failure);
  CHECK(ran.err == "ft: Another run adds to the file " + results +
                       "; wait for its end, or name another file.\n");
  CHECK(read(results) == kept);
  CHECK(has(evaluate({"--results", results}).out, "; 2 of an earlier run\n"));
}

TEST_CASE("a case cannot write to the terminal what it likes", "[ft_evaluate]") {
  const Environment environment;
  const std::string cases =
      "{\"id\":\"a\\u001b[31m\",\"input\":\"\x7F\xC2\x9B"
      "31m\",\"expected\":\"x\"}\n"
      "{\"id\":\"b\\u001b[31m\\n\",\"input\":\"q\",\"expected_pattern\":\"(\\u001b[31m\"}\n";
  const Ran ran = evaluate({}, cases);
  CHECK(has(ran.out, "  input:    \"??31m\"\n"));
  CHECK(has(ran.err, "ft: b?[31m?: "));
  for (const char* part : {"\x1B", "\x7F", "\xC2\x9B"}) CHECK_FALSE(has(ran.out + ran.err, part));
}

TEST_CASE("results that cannot be kept end the run with an error", "[ft_evaluate]") {
  const Environment environment;
  if (!std::filesystem::exists("/dev/full")) return;
  const Ran ran = evaluate({"--results", "/dev/full", "--parallel", "1"});
  CHECK(ran.status == ft::failure);
  CHECK(ran.err == "ft: The file /dev/full cannot be written; name one that can.\n");
  const Ran shown = evaluate({"--results", "/dev/full", "--parallel", "1"}, three_cases, true);
  CHECK(shown.err.ends_with("1 of 3\n" + ran.err));
}

TEST_CASE("an interrupted evaluation ends soon and keeps what it has", "[ft_evaluate]") {
  const FineTuning::examples::Sandbox sandbox;
  const Environment environment({{"LOCAL_BASE_URL", sandbox.base_url("local")}});
  const Folder folder;
  const std::string cases = folder.write("cases.jsonl", three_cases);
  std::thread interrupts([&sandbox] {
    while (sandbox.requests().empty()) std::this_thread::yield();
    std::raise(SIGINT);
  });
  const Ran ran = run_ft({"evaluate", "--model", "local:stall", "--cases", cases, "--parallel", "1",
                          "--report", folder.path() + "/report.json"});
  interrupts.join();
  CHECK(ran.status == ft::failure);
  CHECK(has(ran.err, "ft: Stopped before the end; "));
  CHECK(has(ran.out, "0 errors, 3 not run"));
  CHECK(Json::parse(read(folder.path() + "/report.json"))["total"]["not_run"] == 3);
}

#endif
