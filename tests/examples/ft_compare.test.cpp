// ft compare as a terminal sees it.

#include "support/catch.hpp"
#include "support/environment.hpp"
#include "support/folder.hpp"
#include "support/ft_terminal.hpp"

#include <csignal>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

using FineTuning::test::check_wrong_words;
using FineTuning::test::Environment;
using FineTuning::test::has;
using FineTuning::test::is_sentence;
using FineTuning::test::Ran;
using FineTuning::test::run_ft;
using FineTuning::test::WrongWords;
using ft::Json;

namespace {

const std::string tuned = "openai:ft:gpt-4o-mini-2024-07-18:acme::x";
const std::string base = "openai:gpt-4o-mini-2024-07-18";

/// Compares in the sandbox.
Ran compare(const std::string& a, const std::string& b, const std::vector<std::string>& more,
            const std::string& input = "", bool err_is_terminal = false) {
  std::vector<std::string> words{"compare", "--sandbox", "--a", a, "--b", b};
  words.insert(words.end(), more.begin(), more.end());
  return run_ft(words, input, err_is_terminal);
}

/// Interrupts the program, once, when it shows something.
class Interrupting : public std::stringbuf {
  int sync() override {
    if (!done_) static_cast<void>(std::raise(SIGINT));
    done_ = true;
    return 0;
  }
  bool done_ = false;
};

}  // namespace

TEST_CASE("wrong arguments to compare are reported", "[ft_compare]") {
  const std::vector<WrongWords> cases{
      {{"--a", "x", "Hello"}, "Name two models with --a and --b."},
      {{"--a", "x", "--b", "y"}, "Write a prompt, or name a file of prompts with --file."},
      {{"--a", "x", "--b", "y", "--file", "body.json"},
       "A file of prompts has one a line; one of requests, too, and its name ends in .jsonl."},
      {{"--a", "x", "--b", "y", "--seed", "-1", "Hello"}, "--seed needs a whole number from 0."},
      {{"--a", "x", "--b", "y", "--parallel", "0", "Hello"},
       "--parallel needs a whole number from 1."},
      {{"--a", "x", "--b", "y", "--confidence", "1", "Hello"},
       "--confidence needs a number between 0 and 1, as 0.95."},
      {{"--a", "x", "--b", "y", "--confidence", "nan", "Hello"},
       "--confidence needs a number between 0 and 1, as 0.95."},
  };
  check_wrong_words("compare", cases);
}

TEST_CASE("a file of prompts that cannot be used is reported with the line", "[ft_compare]") {
  const struct {
    std::string name, text, message;
  } cases[] = {
      {"/does/not/exist", "", "The file /does/not/exist cannot be read"},
      {"-", " \n\n", "There is no prompt in -; write one a line."},
  };
  for (const auto& [name, text, message] : cases) {
    const Ran ran = compare(tuned, base, {"--file", name}, text);
    CHECK(ran.status == ft::failure);
    CHECK(is_sentence(ran.err));
    CHECK(has(ran.err, message));
  }
}

TEST_CASE("a wrong line of requests is reported with its number", "[ft_compare]") {
  const FineTuning::test::Folder folder;
  const struct {
    std::string line, message;
  } cases[] = {
      {"Hello", "The request is wrong: it is not JSON."},
      {R"({"messages":[{"role":"nobody"}]})", "The request is wrong: messages[0].role is"},
      {R"({"messages":[]})", "The request has no messages; write at least one."},
  };
  for (const auto& [line, message] : cases) {
    const std::string file = folder.write("prompts.jsonl",
                                          "\n"
                                          R"({"messages":[{"role":"user","content":"Hi"}]})"
                                          "\n" +
                                              line);
    const Ran ran = compare(tuned, base, {"--file", file});
    CHECK(ran.status == ft::failure);
    CHECK(is_sentence(ran.err));
    CAPTURE(ran.err);
    CHECK(has(ran.err, "Line 3 of " + file));
    CHECK(has(ran.err, ".jsonl: " + message));
  }
}

#ifdef FINETUNING_SANDBOX

TEST_CASE("one prompt shows both answers and how they differ", "[ft_compare]") {
  const Environment environment;
  const Ran ran = compare(tuned, base, {"Hello"});
  CHECK(ran.status == ft::success);
  CHECK(ran.err.empty());
  CHECK(has(ran.out, "a: " + tuned + "\nClause 4 applies"));
  CHECK(has(ran.out, "b: " + base + "\nClause 4 applies"));
  CHECK(has(ran.out, "\ncharacters            47          47          +0\n"));
  CHECK(has(ran.out, "\nUSD             0.000010    0.000005   +0.000005\n"));

  const Json json = compare(tuned, base, {"--json", "Hello"}).lines().at(0);
  CHECK(json["a"]["model"] == "ft:gpt-4o-mini-2024-07-18:acme::x");
  CHECK(json["difference"]["length"] == 0);
}

TEST_CASE("if one side fails, the other's answer is shown", "[ft_compare]") {
  const Environment environment;
  const Ran ran = compare("openai:fail-404", base, {"Hello"});
  CHECK(ran.status == ft::failure);
  CHECK(is_sentence(ran.err));
  CHECK(ran.err.starts_with("ft: a: OpenAI answered 404"));
  CHECK(has(ran.out, "b: " + base + "\nClause 4 applies"));
  CHECK(has(ran.out, "\ntokens           unknown           9     unknown\n"));

  const Ran json = compare("openai:fail-404", base, {"--json", "Hello"});
  CHECK(json.status == ft::failure);
  CHECK(json.err.empty());
  CHECK(json.lines().at(0)["a"]["error"]["kind"] == "model_not_found");
  CHECK(json.lines().at(0)["b"]["finish_reason"] == "stop");
}

TEST_CASE("many prompts show paired differences with their intervals", "[ft_compare]") {
  const Environment environment;
  const Ran ran = compare(tuned, base, {"--file", "-", "--seed", "7", "--confidence", "0.9"},
                          "one\n\n  \ntwo words\r\nthree more words\n");
  CHECK(ran.status == ft::success);
  CHECK(ran.err.empty());
  CHECK(has(ran.out, "3 prompts, seed 7;"));
  CHECK(has(ran.out, "90 % interval\n"));
  CHECK(has(ran.out, "\ncharacters        3        51.3        51.3        +0.0"));

  const Json json = compare(tuned, base, {"--json", "--parallel", "1", "one", "two"}).lines().at(0);
  CHECK(json["requests"] == 2);
  CHECK(json["differences"]["cost_usd"]["pairs"] == 2);
  CHECK(json["differences"]["cost_usd"]["mean"] > 0);
}

TEST_CASE("a file of requests says what else is asked", "[ft_compare]") {
  const Environment environment;
  const FineTuning::test::Folder folder;
  const std::string file = folder.write(
      "prompts.jsonl", R"({"messages":[{"role":"user","content":"Hi"}],"max_tokens":2})");
  const Json json = compare(tuned, base, {"--json", "--file", file, "Hello"}).lines().at(0);
  REQUIRE(json["requests"] == 2);
  CHECK(json["comparisons"][0]["a"]["finish_reason"] == "stop");
  CHECK(json["comparisons"][1]["a"]["finish_reason"] == "length");
  CHECK(json["comparisons"][1]["b"]["finish_reason"] == "length");
}

TEST_CASE("of many prompts those that fail are reported, and the others count", "[ft_compare]") {
  const Environment environment;
  const Ran ran = compare("openai:fail-404", base, {"one", "two"});
  CHECK(ran.status == ft::failure);
  CHECK(has(ran.err, "ft: prompt 1, a: OpenAI answered 404"));
  CHECK(has(ran.err, "ft: prompt 2, a: OpenAI answered 404"));
  CHECK(has(ran.out, "\ntokens            0     unknown     unknown     unknown"));
  CHECK(compare("openai:fail-404", base, {"--json", "one", "two"}).lines().at(0)["failures"] ==
        Json({{"a", 2}, {"b", 0}}));
}

TEST_CASE("progress is shown on a terminal only", "[ft_compare]") {
  const Environment environment;
  const Ran ran = compare(tuned, base, {"one", "two"}, "", true);
  CHECK(ran.err == "\r1 of 2\r2 of 2\n");
}

TEST_CASE("the seed that is shown can be given", "[ft_compare]") {
  const Environment environment;
  const Ran ran = compare(tuned, base, {"one", "two"});
  CHECK(has(ran.out, "2 prompts, seed 0;"));
  CHECK(compare(tuned, base, {"--seed", "0", "one", "two"}).status == ft::success);
  const std::string greatest = "18446744073709551615";
  CHECK(has(compare(tuned, base, {"--seed", greatest, "one", "two"}).out, "seed " + greatest));
}

TEST_CASE("an interrupt ends a comparison with what it has", "[ft_compare]") {
  const Environment environment;
  std::vector<std::string> words{"compare", "--sandbox", "--a",        tuned,
                                 "--b",     base,        "--parallel", "1"};
  words.resize(words.size() + 500, "Hello");  // more than are asked until the stop is heard
  std::istringstream in;
  std::ostringstream out;
  Interrupting shown;
  std::ostream err(&shown);
  CHECK(ft::run(words, {in, out, err, true}) == ft::failure);
  CHECK(has(out.str(), "500 prompts, seed 0;"));
  CHECK_FALSE(has(out.str(), "\ncharacters        0"));
  CHECK(has(shown.str(), "ft: Stopped before "));
  CHECK(has(shown.str(), " of the prompts were asked of both; start again for them.\n"));
  CHECK_FALSE(has(shown.str(), "The comparison was stopped"));
}

#endif
