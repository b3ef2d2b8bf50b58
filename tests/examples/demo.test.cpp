// The demo and the numbered examples, run as programs that the sandbox answers.

#include "support/catch.hpp"
#include "support/environment.hpp"
#include "support/program.hpp"

#include <nlohmann/json.hpp>
#include <sandbox/sandbox.hpp>

#include <string>
#include <string_view>

using namespace FineTuning;
using examples::Sandbox;
using test::Environment;
using test::run_program;
using Json = nlohmann::json;

namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("the demo shows every provider and a fallback, without a key", "[demo]") {
  const Environment environment;
  const auto demo = run_program("demo");
  CHECK(demo.status == 0);
  for (const char* provider :
       {"openai:", "google:", "vertex:", "cohere:", "together:", "groq:", "local:"}) {
    CAPTURE(provider);
    const std::size_t at = demo.out.find("\n" + std::string(provider));
    REQUIRE(at != std::string::npos);
    const std::string shown = demo.out.substr(at, demo.out.find("\n\n", at) - at);
    for (const char* part :
         {"played by the sandbox", "  kind  ", "  answer        Clause 4 applies",
          "  usage         9 tokens in, ", "  cost  "})
      CHECK(has(shown, part));
  }
  CHECK(has(demo.out, "  from its base Clause 4 applies"));
  CHECK(has(demo.out, "  cost          unknown"));
  CHECK_FALSE(has(demo.out, "about 0.000000 USD"));
}

TEST_CASE("the demo charges an answer at the price of the model that gave it", "[demo]") {
  const Environment environment;
  const std::string cost = "  cost          about ";
  const auto own = run_program("demo", "openai:ft:gpt-4o-mini-2024-07-18:myorg:legal:abc123");
  const auto base = run_program("demo", "openai:ft:gpt-4o-mini-2024-07-18:myorg:fail-404:abc123");
  CHECK(has(own.out, cost + "0.000022 USD"));   // 9 tokens at 0.30, 16 at 1.20
  CHECK(has(base.out, cost + "0.000011 USD"));  // 9 tokens at 0.15, 16 at 0.60
}

TEST_CASE("the demo ends with a failure if a model does not answer", "[demo]") {
  const Environment environment;
  const auto failed = run_program("demo", "cohere:fail-401");
  CHECK(failed.status == 1);
  CHECK(has(failed.out, "401"));
  CHECK(run_program("demo", "nobody-knows-this").status == 1);
}

TEST_CASE("every numbered example works against the sandbox", "[demo]") {
  const Sandbox sandbox;
  const std::string key(Sandbox::api_key);
  const Environment environment({{"OPENAI_API_KEY", key},
                                 {"OPENAI_BASE_URL", sandbox.base_url("openai")},
                                 {"COHERE_API_KEY", key},
                                 {"COHERE_BASE_URL", sandbox.base_url("cohere")},
                                 {"GROQ_API_KEY", key},
                                 {"GROQ_BASE_URL", sandbox.base_url("groq")},
                                 {"ACME_API_KEY", key},
                                 {"ACME_BASE_URL", sandbox.base_url("openai")}});
  const std::string failing = "openai:ft:gpt-4o-mini-2024-07-18:acme:fail-404:1";
  const struct {
    const char* program;
    std::string words;
    int status;
    const char* says;
  } cases[] = {
      {"01_understand_a_name", "", 0, "suffix        law"},
      {"01_understand_a_name", "nobody-knows-this", 1, "does not name its provider"},
      {"02_what_it_can_do_and_costs", "", 0, "costs       0.3 USD in, 1.2 USD out"},
      {"02_what_it_can_do_and_costs", "openai:my-model", 1, "Nothing is known"},
      {"03_ask", "", 0, "Clause 4 applies"},
      {"04_stream", "", 0, "objection.\n7 tokens in"},
      {"04_stream", failing, 1, "404"},
      {"05_call_a_tool", "", 0, "the model calls find_order({\"number\":\"Oslo\"})\nClause 4"},
      {"05_call_a_tool", failing, 1, "404"},
      {"06_quote_documents", "", 0, "\"Clause 4\" is from"},
      {"06_quote_documents", "cohere:fail-404", 1, "404"},
      {"07_fall_back", failing, 0, "\ngpt-4o-mini-2024-07-18 says: Clause 4"},
      {"08_handle_errors", failing, 1, "for support: req_"},
      {"09_bring_a_provider", "", 0, "Clause 4 applies"},
      {"15_keep_versions", "", 0, "legal_assistant v1: Clause 4"},
      {"15_keep_versions", "nobody", 1, "has no model \"nobody\"; it has legal_assistant."},
      {"16_name_well", "", 1, "legal-contract-review:v1: A good name."},
      {"16_name_well", "", 1, "The suffix \"model1\" of"},
      {"16_name_well", "legal_assistant", 0, "A good name."},
      {"17_monitor", "openai:gpt-4o /dev/null", 0, "2 of 2 calls succeeded\nthey took 0."},
      {"17_monitor", failing + " /dev/null", 0, "0 of 2 calls succeeded\n\n# HELP"},
      {"13_compare_models", "", 0, "cost_usd: the fine-tune has +"},
      {"13_compare_models", failing, 1, "404"},
      {"10_route_by_task", "", 0, "route: legal\nft:gpt-4o-mini-2024-07-18:myorg:legal:id1 says"},
      {"10_route_by_task", "tax", 0, "route: otherwise\ngpt-4o says"},
      {"11_classify_and_route", "", 0,
       "route: legal\nft:gpt-4o-mini-2024-07-18:myorg:legal:id1 says"},
      {"11_classify_and_route", "\"Hello there\"", 0, "route: otherwise\ngpt-4o says"},
      {"12_choose_by_complexity", "", 0,
       "30 bytes are answered by ft:gpt-3.5-turbo-0125:myorg:simple:id1\n"
       "5031 bytes are answered by ft:gpt-4o-2024-08-06:myorg:complex:id2"},
      {"12_choose_by_complexity", "complex", 0, "30 bytes are answered by ft:gpt-4o-2024-08-06"},
      {"14_roll_out", "", 0,
       "at 10 % user-7 is answered by ft:gpt-4o-mini-2024-07-18:myorg:legal-v1:id1\n"
       "at 20 % user-7 is answered by ft:gpt-4o-mini-2024-07-18:myorg:legal-v2:id2"},
      {"19_find_the_fault", "", 0, "base model     gpt-4-0613"},
      {"19_find_the_fault", "openai:ft:invalid", 1, "invalid_format: The model id"},
      {"19_find_the_fault", "openai:gpt-4", 1, "not_fine_tuned: The model"},
      {"19_find_the_fault", "nobody-knows-this", 1, "unknown_provider: The model"},
      {"18_evaluate", "", 1, "brief failed: expected is: Yes, got Clause 4"},
      {"18_evaluate", failing, 1, "404"},
      {"20_in_production", "", 0, "openai:gpt-4o-mini: 1 of 1 calls succeeded\nClause 4"},
  };
  for (const auto& [program, words, status, says] : cases) {
    CAPTURE(program, words);
    const auto ended = run_program(program, words + " 2>&1");
    CHECK(ended.status == status);
    CAPTURE(ended.out);
    CHECK(has(ended.out, says));
  }
}

TEST_CASE("the example of a tool shows the model what it asked for, and keeps the tool", "[demo]") {
  const Sandbox sandbox;
  const Environment environment({{"OPENAI_API_KEY", std::string(Sandbox::api_key)},
                                 {"OPENAI_BASE_URL", sandbox.base_url("openai")}});
  CHECK(run_program("05_call_a_tool").status == 0);
  REQUIRE(sandbox.requests().size() == 2);
  const Json second = Json::parse(sandbox.requests()[1].body);
  CHECK(second["tools"].size() == 1);
  REQUIRE(second["messages"].size() == 3);
  CHECK(second["messages"][1]["tool_calls"].size() == 1);
  CHECK(second["messages"][2]["tool_call_id"] == second["messages"][1]["tool_calls"][0]["id"]);
}
