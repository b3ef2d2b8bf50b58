// ft stats, and the log that ft chat writes for it.

#include "support/catch.hpp"
#include "support/environment.hpp"
#include "support/folder.hpp"
#include "support/ft_terminal.hpp"

#include <FineTuning/monitor.hpp>

#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace FineTuning;
using namespace std::chrono_literals;
using ft::Json;
using test::Environment;
using test::Folder;
using test::is_sentence;
using test::Ran;
using test::run_ft;

namespace {

const std::string good_call =
    to_json(CallRecord{
        .model = "openai:gpt-4o",
        .latency = 250ms,
        .streamed = true,
        .time_to_first_text = 125ms,
        .usage = {.input_tokens = 12, .output_tokens = 34, .total_tokens = 46, .known = true},
        .cost_usd = 0.5,
        .score = 1}) +
    '\n';
const std::string failed_call =
    to_json(CallRecord{.model = "m", .error = ErrorKind::timed_out}) + '\n';

}  // namespace

TEST_CASE("a log becomes a table with a row a model, in which the unknown is a dash",
          "[ft_stats]") {
  const Folder folder;
  const Ran ran = run_ft({"stats", folder.write("a.jsonl", good_call + good_call), "-"},
                         failed_call + "\r\n\n" + good_call);
  CHECK(ran.status == ft::success);
  CHECK(ran.err.empty());
  CHECK(
      ran.out ==
      "model          requests  success  cancelled     mean      p50      p95      p99  first text"
      "  tokens in  tokens out       USD  unpriced  score  errors\n"
      "m                     1    0.0 %          0        -        -        -        -           -"
      "          -           -         -         0      -  1 timed_out\n"
      "openai:gpt-4o         3  100.0 %          0  0.250 s  0.250 s  0.250 s  0.250 s     0.125 s"
      "         36         102  1.500000         0   1.00  -\n");
}

TEST_CASE("the same comes as JSON and as Prometheus reads it", "[ft_stats]") {
  const Json json = run_ft({"stats", "--json", "-"}, good_call).lines().at(0);
  REQUIRE(json["models"].size() == 1);
  CHECK(json["models"][0]["model"] == "openai:gpt-4o");
  CHECK(json["models"][0]["total"]["cost_usd"] == 0.5);
  const Ran prometheus = run_ft({"stats", "--prometheus", "-"}, good_call);
  CHECK(prometheus.out.find("\nfinetuning_cost_usd_total{model=\"openai:gpt-4o\"} 0.5\n") !=
        std::string::npos);
}

TEST_CASE("a line that is not a record is reported with its number and left out", "[ft_stats]") {
  const std::string torn = good_call.substr(0, 40);
  const Ran ran = run_ft({"stats", "--json", "-"}, good_call + "\n" + good_call + torn);
  CHECK(ran.status == ft::failure);
  CHECK(ran.err ==
        "ft: Line 4 of -: The line is not a record of a call: it is not JSON; leave it out or "
        "correct it.\n");
  CHECK(ran.lines().at(0)["models"][0]["total"]["requests"] == 2);
}

TEST_CASE("a log that cannot be read is reported, and the others are read", "[ft_stats]") {
  const Folder folder;
  const Ran ran = run_ft({"stats", "--json", folder.path() + "/none", folder.path(),
                          folder.write("a.jsonl", good_call)});
  CHECK(ran.status == ft::failure);
  CHECK(ran.err == "ft: The log " + folder.path() + "/none cannot be read; name one that can.\n" +
                       "ft: The log " + folder.path() + " cannot be read; name one that can.\n");
  CHECK(ran.lines().at(0)["models"][0]["total"]["requests"] == 1);
}

TEST_CASE("a log without calls has no table", "[ft_stats]") {
  const Ran ran = run_ft({"stats", "-"});
  CHECK(ran.status == ft::success);
  CHECK(ran.out.empty());
  CHECK(ran.err == "ft: There is no call in what was read.\n");
}

TEST_CASE("a name cannot write to the terminal what it likes", "[ft_stats]") {
  const Ran ran = run_ft({"stats", "-"}, to_json(CallRecord{.model = "a\x1B[2Jb\x7F"}) + "\n");
  CHECK(ran.out.find("\na?[2Jb? ") != std::string::npos);
}

TEST_CASE("wrong arguments to stats are reported", "[ft_stats]") {
  CHECK(run_ft({"stats"}).err ==
        "ft stats: Name at least one log, or - to read it from standard input.\n");
  const Ran both = run_ft({"stats", "--json", "--prometheus", "-"});
  CHECK(both.status == ft::wrong_usage);
  CHECK(both.err == "ft stats: Choose one of --json and --prometheus.\n");
}

#ifdef FINETUNING_SANDBOX

TEST_CASE("ft chat appends a line on each call to its log, without what was said", "[ft_stats]") {
  const Environment environment;
  const Folder folder;
  const std::string log = folder.path() + "/calls.jsonl";
  const auto chat = [&](const std::string& model, std::vector<std::string> more) {
    std::vector<std::string> words{"chat", "--sandbox", "--log", log, "--model", model, "Hello"};
    words.insert(words.end(), more.begin(), more.end());
    return run_ft(words);
  };
  const Ran plain = chat("gpt-4o", {});
  CHECK(plain.status == ft::success);
  CHECK(plain.out == run_ft({"chat", "--sandbox", "--model", "gpt-4o", "Hello"}).out);
  CHECK(chat("openai:gpt-4o", {"--stream"}).out == plain.out);
  CHECK(chat("openai:fail-401", {}).status == ft::failure);
  CHECK(chat("openai:gpt-4o", {"--dry-run"}).status == ft::success);

  std::ifstream file(log, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  for (const char* said : {"Hello", "Clause", "sk-"}) CHECK(text.find(said) == std::string::npos);
  const Json models = run_ft({"stats", "--json", log}).lines().at(0)["models"];
  REQUIRE(models.size() == 2);
  CHECK(models[0]["total"]["errors"] == Json::parse(R"({"authentication":1})"));
  CHECK(models[1]["model"] == "openai:gpt-4o");
  CHECK(models[1]["total"]["succeeded"] == 2);
  CHECK(models[1]["total"]["mean_time_to_first_text_seconds"].is_number());
}

TEST_CASE("a torn line of a log does not spoil the next one", "[ft_stats]") {
  const Environment environment;
  const Folder folder;
  const std::string log = folder.write("calls.jsonl", good_call + good_call.substr(0, 40));
  CHECK(run_ft({"chat", "--sandbox", "--log", log, "--model", "gpt-4o", "Hello"}).status ==
        ft::success);
  const Ran ran = run_ft({"stats", "--json", log});
  CHECK(ran.status == ft::failure);
  CHECK(ran.err.find("ft: Line 2 of ") == 0);
  CHECK(ran.lines().at(0)["models"][0]["total"]["requests"] == 2);
}

TEST_CASE("nothing is asked if the log cannot be written", "[ft_stats]") {
  const Environment environment;
  const Folder folder;
  const Ran ran =
      run_ft({"chat", "--sandbox", "--log", folder.path(), "--model", "gpt-4o", "Hello"});
  CHECK(ran.status == ft::failure);
  CHECK(ran.out.empty());
  CHECK(is_sentence(ran.err));
}

#endif
