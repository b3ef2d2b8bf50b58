// Which texts are catalogs, and what is said of those that are not.

#include "support/catch.hpp"

#include <FineTuning/catalog.hpp>
#include <FineTuning/providers.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace FineTuning;

TEST_CASE("a catalog with a row that is not understood is refused, with row and name",
          "[catalog]") {
  struct Case {
    std::string row;  // the second of the catalog
    std::vector<std::string> said;
  };
  const std::string good = R"("provider":"openai","model_id":"m")";
  for (const Case& refused : {
           Case{R"({"model_id":"m"})", {"Row 2", "provider"}},
           Case{R"({"provider":"","model_id":"m"})", {"Row 2", "provider"}},
           Case{R"({"provider":null,"model_id":"m"})", {"Row 2", "provider"}},
           Case{R"({"provider":"openai"})", {"Row 2", "model_id"}},
           Case{R"({"provider":"openai","model_id":""})", {"Row 2", "model_id"}},
           Case{R"({"provider":"openai","model_id":7})", {"Row 2", "model_id"}},
           Case{"{}", {"Row 2", "provider"}},
           Case{"[]", {"Row 2"}},
           Case{"null", {"Row 2"}},
           Case{R"("openai:gpt-4")", {"Row 2"}},
           Case{R"({"provider":"openai","model_id":"first"})", {"Row 2", "\"first\""}},
           Case{R"({"provider":"openai","model_id":"1st"})", {"Row 2", "\"1st\""}},
           Case{"{" + good + R"(,"alias":"first"})", {"Row 2", "\"first\""}},
           Case{"{" + good + R"(,"alias":"1st"})", {"Row 2", "\"1st\""}},
           Case{"{" + good + R"(,"retird_on":null})", {"Row 2", "retird_on"}},
           Case{"{" + good + R"(,"inptu_usd_per_mtok":1})", {"Row 2", "inptu_usd_per_mtok"}},
           Case{"{" + good + R"(,"a\u0000b\n\u00e9":1})", {"Row 2", "a?b?"}},
           Case{"{" + good + R"(,"Alias":"x"})", {"Row 2", "Alias"}},
           Case{"{" + good + R"(,"alias":["x"]})", {"Row 2", "alias", "text"}},
           Case{"{" + good + R"(,"replacement":5})", {"Row 2", "replacement"}},
           Case{"{" + good + R"(,"context_window":"8k"})", {"Row 2", "context_window"}},
           Case{"{" + good + R"(,"context_window":0})", {"Row 2", "context_window"}},
           Case{"{" + good + R"(,"context_window":-1})", {"Row 2", "context_window"}},
           Case{"{" + good + R"(,"context_window":1.5})", {"Row 2", "context_window"}},
           Case{"{" + good + R"(,"max_output":4294967296})", {"Row 2", "max_output"}},
           Case{"{" + good + R"(,"max_output":true})", {"Row 2", "max_output"}},
           Case{"{" + good + R"(,"input_usd_per_mtok":-0.01})", {"Row 2", "input_usd_per_mtok"}},
           Case{"{" + good + R"(,"output_usd_per_mtok":"5"})", {"Row 2", "output_usd_per_mtok"}},
           Case{"{" + good + R"(,"ft_cached_input_usd_per_mtok":{}})",
                {"Row 2", "ft_cached_input_usd_per_mtok"}},
           Case{"{" + good + R"(,"training_usd_per_mtok":-1})", {"Row 2", "training_usd_per_mtok"}},
           Case{"{" + good + R"(,"retired_on":"soon"})", {"Row 2", "retired_on", "YYYY-MM-DD"}},
           Case{"{" + good + R"(,"retired_on":""})", {"Row 2", "retired_on"}},
           Case{"{" + good + R"(,"retired_on":"2026-1-1"})", {"Row 2", "retired_on"}},
           Case{"{" + good + R"(,"retired_on":"2026-13-01"})", {"Row 2", "retired_on"}},
           Case{"{" + good + R"(,"retired_on":"2026-00-10"})", {"Row 2", "retired_on"}},
           Case{"{" + good + R"(,"ft_retired_on":"2026-02-29"})", {"Row 2", "ft_retired_on"}},
           Case{"{" + good + R"(,"deprecated_on":"2026-01-01T00:00:00Z"})", {"deprecated_on"}},
           Case{"{" + good + R"(,"checked":20261122})", {"Row 2", "checked"}},
           Case{"{" + good + R"(,"capabilities":["tools"]})", {"Row 2", "capabilities"}},
           Case{"{" + good + R"(,"capabilities":{"tols":"yes"}})", {"Row 2", "tols"}},
           Case{"{" + good + R"(,"capabilities":{"tools":"maybe"}})", {"Row 2", "tools"}},
           Case{"{" + good + R"(,"capabilities":{"tools":true}})", {"Row 2", "tools"}},
           Case{"{" + good + R"(,"alias":"a","alias":"b"})", {"Row 2", "alias appears twice"}},
           Case{"{" + good + R"(,"capabilities":{"tools":"yes","tools":"no"}})",
                {"Row 2", "capabilities.tools appears twice"}},
       }) {
    INFO(refused.row);
    const auto catalog = parse_catalog(
        R"([{"provider":"openai","model_id":"first","alias":"1st"},)" + refused.row + "]");
    REQUIRE_FALSE(catalog);
    CHECK(catalog.error().kind == ErrorKind::invalid_request);
    const std::string& message = catalog.error().message;
    INFO(message);
    CHECK(message.back() == '.');
    CHECK(std::all_of(message.begin(), message.end(), [](char c) { return c >= ' ' && c <= '~'; }));
    for (const std::string& word : refused.said) CHECK(message.find(word) != std::string::npos);
  }
}

TEST_CASE("a text that is not a catalog is refused, whatever it is", "[catalog]") {
  const std::string deep(1'000'000, '[');
  const std::string deep_name = R"([{"provider":"p","model_id":"m","alias":)";
  for (const std::string& text :
       {std::string(), std::string("["), std::string("{}"), std::string("null"), std::string("7"),
        std::string(R"({"provider":"openai","model_id":"m"})"), std::string("[{}"),
        std::string("[{}] x"), std::string("[{\"provider\":\"\xFF\",\"model_id\":\"m\"}]"),
        std::string("[NaN]"),
        std::string(R"([{"provider":"p","model_id":"m","input_usd_per_mtok":NaN}])"),
        std::string(R"([{"provider":"p","model_id":"m","input_usd_per_mtok":1e999}])"),
        std::string(R"([{"provider":"p","model_id":"m","input_usd_per_mtok":-Infinity}])"),
        std::string(1, '\0'), deep, deep + std::string(1'000'000, ']'), deep_name + deep}) {
    INFO(text.substr(0, 80));
    const auto catalog = parse_catalog(text);
    REQUIRE_FALSE(catalog);
    CHECK(catalog.error().kind == ErrorKind::invalid_request);
    CHECK(catalog.error().message.size() < 400);
  }
}

TEST_CASE("a huge catalog is read, and no cut of a small one crashes", "[catalog]") {
  std::string huge = "[";
  for (int row = 0; row < 20'000; ++row)
    huge += R"({"provider":"local","model_id":"m)" + std::to_string(row) + R"("},)";
  huge.back() = ']';
  const Catalog catalog = parse_catalog(huge).value();
  CHECK(catalog.find("m19999", providers::local) != nullptr);

  const std::string small =
      R"([{"provider":"p","model_id":"m","alias":"\u00e9","capabilities":{"chat":"yes"},"max_output":1}])";
  for (std::size_t size = 0; size < small.size(); ++size)
    CHECK_FALSE(parse_catalog(small.substr(0, size)));
  CHECK(parse_catalog(small));
}
