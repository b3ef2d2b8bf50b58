// What an id says and what is known of a model, as JSON.

#include "support/catch.hpp"

#include <FineTuning/facts.hpp>
#include <FineTuning/model.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>
#include <string_view>

using namespace FineTuning;
using namespace std::chrono_literals;
using Json = nlohmann::json;

TEST_CASE("an id in JSON has null for what it does not say", "[model_json]") {
  struct Case {
    std::string_view id;
    std::string json;
  };
  for (const Case& expected : {
           Case{"ft:gpt-4o:acme::abc:ckpt-step-8",
                R"({"id":"ft:gpt-4o:acme::abc:ckpt-step-8","provider":"openai",)"
                R"("kind":"checkpoint","fine_tuned":true,"base_model":"gpt-4o","base_source":"id",)"
                R"("organization":"acme","suffix":null,"fine_tune_id":"abc",)"
                R"("checkpoint":"ckpt-step-8","location":null})"},
           Case{"gpt-4o",
                R"({"id":"gpt-4o","provider":"openai","kind":"base","fine_tuned":false,)"
                R"("base_model":null,"base_source":null,"organization":null,"suffix":null,)"
                R"("fine_tune_id":null,"checkpoint":null,"location":null})"},
           Case{"projects/p/locations/l/models/my-gemini@1",
                R"({"id":"projects/p/locations/l/models/my-gemini@1","provider":"vertex",)"
                R"("kind":"fine_tuned","fine_tuned":true,"base_model":"gemini-pro",)"
                R"("base_source":"assumed","organization":"p","suffix":null,)"
                R"("fine_tune_id":"my-gemini","checkpoint":null,"location":"l"})"},
           Case{"\"\xFF",
                "{\"id\":\"\\\"\xEF\xBF\xBD\",\"provider\":null,\"kind\":\"unknown\","
                "\"fine_tuned\":false,\"base_model\":null,\"base_source\":null,"
                "\"organization\":null,\"suffix\":null,\"fine_tune_id\":null,\"checkpoint\":null,"
                "\"location\":null}"},
       })
    CHECK(to_json(classify(expected.id)) == expected.json);
}

TEST_CASE("facts in JSON have every member, null for what is unknown", "[model_json]") {
  const Facts known{.source = Facts::Source::fine_tuned_row,
                    .price_source = Facts::Source::base_row,
                    .model_id = "small",
                    .context_window = 8192,
                    .capabilities = "yn??????????",
                    .input_usd_per_mtok = 0,
                    .output_usd_per_mtok = 1.5,
                    .base_prices = {.input = 5},
                    .fine_tuned_prices = {.cached_input = 0.25},
                    .training_usd_per_mtok = 3,
                    .retired_on = 2027y / 1 / 4,
                    .replacement = "large"};
  const std::string unknown =
      R"(,"tools":"unknown","parallel_tools":"unknown","vision":"unknown","audio_in":"unknown",)"
      R"("pdf_in":"unknown","json_mode":"unknown","json_schema":"unknown","reasoning":"unknown",)"
      R"("system_prompt":"unknown","fine_tuning":"unknown"})";
  CHECK(to_json(known) ==
        R"({"source":"fine_tuned_row","price_source":"base_row","model_id":"small",)"
        R"("context_window":8192,"max_output":null,"capabilities":{"chat":"yes","streaming":"no")" +
            unknown +
            R"(,"input_usd_per_mtok":0.0,"cached_input_usd_per_mtok":null,)"
            R"("output_usd_per_mtok":1.5,"base_input_usd_per_mtok":5.0,)"
            R"("base_cached_input_usd_per_mtok":null,"base_output_usd_per_mtok":null,)"
            R"("ft_input_usd_per_mtok":null,"ft_cached_input_usd_per_mtok":0.25,)"
            R"("ft_output_usd_per_mtok":null,"training_usd_per_mtok":3.0,"deprecated_on":null,)"
            R"("retired_on":"2027-01-04","replacement":"large","checked":null})");
}

TEST_CASE("the facts of a base model make a row of a catalog with its provider", "[model_json]") {
  for (const std::string_view spec :
       {"openai:gpt-4o", "openai:gpt-4.1", "cohere:command-r-08-2024", "groq:groq/compound"}) {
    INFO(spec);
    const Model model = Model::from(spec).value();
    const Facts known = facts(model).value();
    Json row = Json::parse(to_json(known));
    row["provider"] = model.provider().name;
    const Catalog catalog = parse_catalog("[" + row.dump() + "]").value();
    Facts again = facts(model, catalog).value();
    CHECK(to_string(again.source) == "user_row");
    again.source = known.source;
    again.price_source = known.price_source;
    CHECK(again == known);
  }
}
