// The program that runs a command with every provider played by the sandbox.

#include "support/catch.hpp"
#include "support/environment.hpp"
#include "support/program.hpp"

#include <cstdlib>
#include <string>

using FineTuning::test::Environment;
using FineTuning::test::run_program;

TEST_CASE("an example runs inside the sandbox without a key", "[sandbox]") {
  const Environment environment;
  const auto ended = run_program("sandbox", FINETUNING_PROGRAMS "/03_ask");
  CHECK(ended.status == 0);
  CHECK(ended.out.find("Clause 4 applies") != std::string::npos);
}

TEST_CASE("every provider is set, and a key that is set is not shown to the sandbox", "[sandbox]") {
  const Environment environment({{"OPENAI_API_KEY", std::string("mine")}});
  const auto ended = run_program("sandbox", "env");
  CHECK(ended.out.find("mine") == std::string::npos);
  CHECK(ended.out.find("GOOGLE_CLOUD_PROJECT=my-project\n") != std::string::npos);
  CHECK(ended.out.find("GOOGLE_CLOUD_LOCATION=us-central1\n") != std::string::npos);
  for (const char* name :
       {"OPENAI_BASE_URL=http://127.0.0.1:", "GOOGLE_BASE_URL=", "VERTEX_BASE_URL=",
        "COHERE_BASE_URL=", "TOGETHER_BASE_URL=", "GROQ_BASE_URL=", "LOCAL_BASE_URL=",
        "OPENAI_API_KEY=sandbox-key\n", "GEMINI_API_KEY=", "GOOGLE_ACCESS_TOKEN=",
        "COHERE_API_KEY=", "TOGETHER_API_KEY=", "GROQ_API_KEY=", "LOCAL_API_KEY="}) {
    CAPTURE(name);
    CHECK(ended.out.find(name) != std::string::npos);
  }
  CHECK(std::getenv("OPENAI_API_KEY") == std::string("mine"));
}

TEST_CASE("the words of a command arrive as they are, and its status comes back", "[sandbox]") {
  const auto ended =
      run_program("sandbox", R"(printf '<%s>' "a b" "it's" '$HOME' '' '*' ';exit 4')");
  CHECK(ended.status == 0);
  CHECK(ended.out == "<a b><it's><$HOME><><*><;exit 4>");
  CHECK(run_program("sandbox", "sh -c 'exit 7'").status == 7);
  CHECK(run_program("sandbox", "sh -c 'kill -TERM $$' 2>/dev/null").status == 128 + 15);
  CHECK(run_program("sandbox", "no-such-program 2>/dev/null").status == 127);
}

TEST_CASE("without a command the sandbox says what it wants", "[sandbox]") {
  const auto ended = run_program("sandbox", "2>&1");
  CHECK(ended.status == 2);
  CHECK(ended.out ==
        "sandbox: Write a command behind it, as in: sandbox build/demo/examples/03_ask\n");
}
