// What is known of a model: where it comes from, what a fine-tune inherits, what it costs, when it
// ends, and how a program's own rows lie over the table.

#include "support/catch.hpp"

#include <FineTuning/days.hpp>
#include <FineTuning/facts.hpp>
#include <FineTuning/internal/days.hpp>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace FineTuning;
using Source = Facts::Source;
using FineTuning::internal::operator""_day;

namespace {

// The guide's: a fine-tune has what its base has.
constexpr ModelId custom = classify("ft:gpt-4:org:custom:id");
static_assert(supports_capability(custom, Capability::streaming));
static_assert(supports_capability(custom, Capability::tools));
static_assert(support(custom, Capability::vision) == Support::no);  // gpt-4 does not
static_assert(supports_capability(classify("ft:gpt-4o:org:custom:id"), Capability::vision));
static_assert(supports_capability(classify("gpt-4o"), Capability::vision));

// Unknown is not no.
static_assert(support(classify("ft:gpt-3.5:org:simple:id"), Capability::tools) == Support::unknown);
static_assert(support(classify("ft:gpt-4-0613:org::id"), Capability::vision) == Support::unknown);
static_assert(support(classify("nobody-knows"), Capability::chat) == Support::unknown);
static_assert(!supports_capability(classify("nobody-knows"), Capability::chat));
static_assert(!find_facts(classify("nobody-knows")) && !find_facts(ModelId{}));

static_assert(find_facts(classify("gpt-4o"))->source == Source::own_row);
static_assert(find_facts(classify("gpt-4o-mini"))->model_id == "gpt-4o-mini-2024-07-18");
static_assert(find_facts(custom)->model_id == "gpt-4" &&
              find_facts(custom)->checked == "2026-11-22"_day);
// The names that JSON gives them; all_capabilities is in the order of the enumerators.
static_assert(to_string(Capability::chat) == "chat" && all_capabilities[0] == Capability::chat);
static_assert(to_string(Capability::streaming) == "streaming" &&
              all_capabilities[1] == Capability::streaming);
static_assert(to_string(Capability::tools) == "tools" && all_capabilities[2] == Capability::tools);
static_assert(to_string(Capability::parallel_tools) == "parallel_tools" &&
              all_capabilities[3] == Capability::parallel_tools);
static_assert(to_string(Capability::vision) == "vision" &&
              all_capabilities[4] == Capability::vision);
static_assert(to_string(Capability::audio_in) == "audio_in" &&
              all_capabilities[5] == Capability::audio_in);
static_assert(to_string(Capability::pdf_in) == "pdf_in" &&
              all_capabilities[6] == Capability::pdf_in);
static_assert(to_string(Capability::json_mode) == "json_mode" &&
              all_capabilities[7] == Capability::json_mode);
static_assert(to_string(Capability::json_schema) == "json_schema" &&
              all_capabilities[8] == Capability::json_schema);
static_assert(to_string(Capability::reasoning) == "reasoning" &&
              all_capabilities[9] == Capability::reasoning);
static_assert(to_string(Capability::system_prompt) == "system_prompt" &&
              all_capabilities[10] == Capability::system_prompt);
static_assert(to_string(Capability::fine_tuning) == "fine_tuning" &&
              all_capabilities[11] == Capability::fine_tuning);
static_assert(all_capabilities.size() == 12);
static_assert(to_string(Source::own_row) == "own_row" &&
              to_string(Source::fine_tuned_row) == "fine_tuned_row" &&
              to_string(Source::base_row) == "base_row" &&
              to_string(Source::user_row) == "user_row");
static_assert(to_string(Support::no) == "no" && to_string(Support::yes) == "yes" &&
              to_string(Support::unknown) == "unknown");

// A row has its id and its alias as names, and no empty one.
constexpr ModelRow named{.model_id = "a", .alias = "b"};
static_assert(named.is_called("a") && named.is_called("b") && !named.is_called("c"));
static_assert(!named.is_called("") && !ModelRow{.model_id = "a"}.is_called(""));

// The last day of a model in the tables, at compile time too.
static_assert(ends_on(custom) == "2026-10-23"_day && !ends_on(classify("nobody-knows")));
static_assert(ends_on(classify("acb944bb-fb49-4c29-a15b-e6a245a7bdf9-ft")) == "2025-09-15"_day);
static_assert(is_retired(custom, "2026-10-23"_day) && !is_retired(custom, "2026-10-22"_day));
static_assert(!is_retired(ModelId{}, "9999-12-31"_day));

// A day is not a text, which may be none.
template <class Day>
concept is_a_day_to_ask_for = requires(const ModelId& id, const Model& model, Day day) {
  is_retired(id, day);
  is_retired(model, day);
};
static_assert(is_a_day_to_ask_for<std::chrono::year_month_day>);
static_assert(is_a_day_to_ask_for<std::chrono::sys_days>);
static_assert(!is_a_day_to_ask_for<const char*> && !is_a_day_to_ask_for<std::string_view>);

// Facts and rows can be compared, at compile time too.
static_assert(find_facts(custom) == find_facts(classify("ft:gpt-4:org::other")));
static_assert(find_facts(custom) != find_facts(classify("gpt-4o")));
static_assert(ModelRow{.model_id = "a"} == ModelRow{.model_id = "a"} &&
              ModelRow{.model_id = "a"} != ModelRow{.model_id = "a", .prices = {.input = 0}});
static_assert(Capabilities("y???????????") != Capabilities() && Prices{} == Prices{});

// What points into a catalog is not to be had of one that is about to go.
template <class C>
concept gives_facts = requires(const Model& model, C&& catalog) {
  facts(model, std::forward<C>(catalog));
};
template <class C>
concept gives_an_end = requires(const Model& model, C&& catalog) {
  ends_on(model, std::forward<C>(catalog));
};
template <class C>
concept gives_rows = requires(C&& catalog, const Provider& provider) {
  std::forward<C>(catalog).find("id", provider);
};
static_assert(gives_facts<Catalog&> && gives_facts<const Catalog&>);
static_assert(!gives_facts<Catalog> && !gives_facts<const Catalog>);
static_assert(gives_an_end<const Catalog&> && gives_an_end<Catalog>);  // a day points nowhere
static_assert(gives_rows<const Catalog&> && !gives_rows<Catalog> && !gives_rows<const Catalog>);

Facts facts_of(std::string_view spec, const Catalog& catalog = {}) {
  return facts(Model::from(spec).value(), catalog).value();
}
std::string price_source_of(std::string_view spec, const Catalog& catalog = {}) {
  return std::string(to_string(facts_of(spec, catalog).price_source));
}
std::string source_of(std::string_view spec, const Catalog& catalog = {}) {
  return std::string(to_string(facts_of(spec, catalog).source));
}
bool is_retired(std::string_view spec, std::chrono::year_month_day day) {
  return FineTuning::is_retired(Model::from(spec).value(), day);
}
Catalog catalog_of(std::string_view json) { return parse_catalog(json).value(); }
std::string text_of(const std::optional<std::chrono::year_month_day>& day) {
  return day ? day_text(*day) : "";
}

bool is_near(std::optional<double> value, double expected) {
  return value && std::abs(*value - expected) < 1e-9;
}

constexpr auto nobody_knows = std::nullopt;

}  // namespace

TEST_CASE("facts say which row they come from, and a fine-tune has its own prices", "[facts]") {
  struct Case {
    std::string_view spec;
    Source source;
    std::string_view row;
    std::optional<double> input, cached_input, output;
    std::string_view retired_on;
  };
  for (const Case& expected : {
           Case{"openai:gpt-4o-2024-08-06", Source::own_row, "gpt-4o-2024-08-06", 2.5, 1.25, 10,
                "2027-01-14"},
           Case{"openai:ft:gpt-4o-2024-08-06:org::id", Source::fine_tuned_row, "gpt-4o-2024-08-06",
                3.75, 1.875, 15, "2027-01-14"},
           Case{"openai:ft:gpt-4o-mini:org::id:ckpt-step-8", Source::fine_tuned_row,
                "gpt-4o-mini-2024-07-18", 0.3, 0.15, 1.2, "2027-01-14"},
           Case{"openai/ft:gpt-4.1:org::id", Source::fine_tuned_row, "gpt-4.1-2025-04-14", 3, 0.75,
                12, "2027-01-14"},
           Case{"openai:ft:gpt-4.1-nano-2025-04-14:org::id", Source::fine_tuned_row,
                "gpt-4.1-nano-2025-04-14", 0.2, 0.05, 0.8, "2026-10-23"},
           Case{"openai:ft:o4-mini-2025-04-16:org::id", Source::fine_tuned_row,
                "o4-mini-2025-04-16", 4, 1, 16, "2026-10-23"},
           Case{"openai:ft:gpt-4:org:legal:id1", Source::base_row, "gpt-4", 30, nobody_knows, 60,
                "2026-10-23"},
           Case{"openai:ada:ft-personal-2023-08-11-22-08-21", Source::base_row, "ada", 0.4,
                nobody_knows, 0.4, "2024-01-04"},
           Case{"together:acct/Meta-Llama-3.1-8B-Instruct-Reference-x-417bfc68", Source::base_row,
                "meta-llama/Meta-Llama-3.1-8B-Instruct-Reference", 0.2, nobody_knows, 0.2, ""},
           Case{"together:acct/Mistral-7B-v0.1:suffix:ft-1", Source::base_row,
                "mistralai/Mistral-7B-v0.1", 0.2, nobody_knows, 0.2, ""},
           Case{"together:acct/Qwen/Qwen2.5-7B-Instruct-32162631", Source::base_row,
                "Qwen/Qwen2.5-7B-Instruct", nobody_knows, nobody_knows, nobody_knows, ""},
           Case{"google:models/gemini-2.5-pro", Source::own_row, "gemini-2.5-pro", 1.25, 0.125, 10,
                "2026-12-01"},
           Case{"vertex:publishers/google/models/gemini-2.5-pro", Source::own_row, "gemini-2.5-pro",
                1.25, 0.125, 10, "2026-10-20"},
           Case{"vertex:projects/p/locations/l/publishers/google/models/chat-bison@002",
                Source::own_row, "chat-bison@002", 0.125, nobody_knows, 0.125, "2025-04-09"},

           // The days on which the fine-tunes of a model end, if they are not the base's.
           Case{"openai:ft:babbage-002:org::id", Source::fine_tuned_row, "babbage-002", 1.6,
                nobody_knows, 1.6, "2026-10-23"},
           Case{"openai:ft:davinci-002:org::id", Source::fine_tuned_row, "davinci-002", 12,
                nobody_knows, 12, "2026-10-23"},
           Case{"openai:ft:gpt-3.5-turbo-0613:org::id", Source::fine_tuned_row,
                "gpt-3.5-turbo-0613", 3, nobody_knows, 6, "2026-10-23"},
           Case{"openai:ft:gpt-3.5-turbo-1106:org::id", Source::fine_tuned_row,
                "gpt-3.5-turbo-1106", 3, nobody_knows, 6, "2026-10-23"},
           Case{"openai:babbage-002", Source::own_row, "babbage-002", 0.4, nobody_knows, 0.4,
                "2026-09-28"},
           Case{"openai:davinci-002", Source::own_row, "davinci-002", 2, nobody_knows, 2,
                "2026-09-28"},
           Case{"openai:gpt-3.5-turbo-0613", Source::own_row, "gpt-3.5-turbo-0613", 1.5,
                nobody_knows, 2, "2024-09-13"},
           Case{"openai:gpt-3.5-turbo-1106", Source::own_row, "gpt-3.5-turbo-1106", 1, nobody_knows,
                2, "2026-09-28"},
           Case{"cohere:command-r-08-2024", Source::own_row, "command-r-08-2024", 0.15,
                nobody_knows, 0.6, ""},

           // An assumed base gives no price and no day.
           Case{"cohere:custom-rag-assistant", Source::base_row, "command", nobody_knows,
                nobody_knows, nobody_knows, ""},
           Case{"google:projects/my-project/locations/us-central1/models/custom-gemini-123",
                Source::base_row, "gemini-pro", nobody_knows, nobody_knows, nobody_knows, ""},
           Case{"vertex:projects/p/locations/l/models/my-gemini-2.5-flash", Source::base_row,
                "gemini-2.5-flash", nobody_knows, nobody_knows, nobody_knows, ""},
           Case{"vertex:projects/p/locations/l/models/gemini-2.5-flash", Source::base_row,
                "gemini-2.5-flash", nobody_knows, nobody_knows, nobody_knows, ""},
       }) {
    INFO(expected.spec);
    const Facts known = facts_of(expected.spec);
    CHECK(to_string(known.source) == to_string(expected.source));
    CHECK(known.model_id == expected.row);
    CHECK(known.input_usd_per_mtok == expected.input);
    CHECK(known.cached_input_usd_per_mtok == expected.cached_input);
    CHECK(known.output_usd_per_mtok == expected.output);
    CHECK(text_of(known.retired_on) == expected.retired_on);
    CHECK(known.checked == "2026-11-22"_day);
  }
}

TEST_CASE("the fine-tunes of Cohere's command-r ended while it goes on", "[facts]") {
  const ModelRow row = *internal::find_row("command-r-08-2024", providers::cohere.models);
  CHECK_FALSE(row.retired_on);
  CHECK(internal::inherited_row(row, false).retired_on == "2025-09-15"_day);
  CHECK(providers::cohere.fine_tunes_ended_on == "2025-09-15"_day);
}

TEST_CASE("a fine-tune inherits everything but its prices and its end", "[facts]") {
  const Facts tuned = facts_of("openai:ft:gpt-4o-mini-2024-07-18:org::id");
  const Facts base = facts_of("openai:gpt-4o-mini-2024-07-18");
  CHECK(tuned.context_window == 128000U);
  CHECK(tuned.max_output == 16384U);
  CHECK(tuned.base_prices.input == base.input_usd_per_mtok);
  CHECK(base.fine_tuned_prices.input == tuned.input_usd_per_mtok);
  CHECK(tuned.training_usd_per_mtok == 3.0);
  for (const Capability capability : all_capabilities)
    CHECK(tuned.capabilities[capability] == base.capabilities[capability]);

  const Facts assumed = facts_of("cohere:custom-rag-assistant");
  CHECK(assumed.capabilities[Capability::chat] == Support::yes);
  CHECK_FALSE(assumed.context_window);
  CHECK_FALSE(assumed.training_usd_per_mtok);
  CHECK_FALSE(assumed.base_prices.known());
}

TEST_CASE("an unknown model is an error, never a row of zeros", "[facts]") {
  for (const std::string_view spec :
       {"openai:ft:gpt-3.5:org:simple:id", "openai:gpt-3.5", "groq:my-lora", "local:llama3:8b",
        "google:tunedModels/my-model", "vertex:projects/p/locations/l/endpoints/1",
        "google:models/", "fireworks:accounts/acct/models/out",
        "together:acct/new-model-9cbbd9b3"}) {
    INFO(spec);
    const Model model = Model::from(spec).value();
    const auto known = facts(model);
    REQUIRE_FALSE(known);
    CHECK(known.error().kind == ErrorKind::not_found);
    CHECK(known.error().code == "unknown_model");
    CHECK(support(model, Capability::chat) == Support::unknown);
    CHECK_FALSE(supports_capability(model, Capability::chat));
    CHECK_FALSE(FineTuning::is_retired(model, "9999-12-31"_day));
  }
}

TEST_CASE("a model is retired from the day it stops", "[facts]") {
  CHECK_FALSE(is_retired("openai:ft:gpt-4o-mini-2024-07-18:org::id", "2027-01-13"_day));
  CHECK(is_retired("openai:ft:gpt-4o-mini-2024-07-18:org::id", "2027-01-14"_day));
  CHECK(is_retired("openai:ft:gpt-3.5-turbo-0613:org::id", "2026-10-23"_day));
  CHECK_FALSE(is_retired("openai:ft:gpt-3.5-turbo-0613:org::id", "2026-10-22"_day));
  CHECK(is_retired("openai:gpt-3.5-turbo-0613", "2026-10-22"_day));
  CHECK(is_retired("openai:davinci:ft-personal-2023-04-28-18-40-02", "2026-11-22"_day));
  for (const std::string_view spec :
       {"cohere:custom-rag-assistant", "cohere:acb944bb-fb49-4c29-a15b-e6a245a7bdf9-ft"}) {
    CHECK(is_retired(spec, "2025-09-15"_day));  // its provider stopped serving all of them
    CHECK_FALSE(is_retired(spec, "2025-09-14"_day));
    CHECK(ends_on(Model::from(spec).value()) == "2025-09-15"_day);
  }
  CHECK_FALSE(is_retired("cohere:command-r-08-2024", "2025-09-15"_day));
  CHECK_FALSE(is_retired("openai:gpt-5.6", "9999-12-31"_day));  // no day is known

  // What is said of the model itself goes before what is said of all fine-tunes.
  const Catalog catalog = catalog_of(R"([
    {"provider": "cohere", "model_id": "custom-rag-assistant", "retired_on": "2030-01-01"}])");
  const Model kept = Model::from("cohere:custom-rag-assistant").value();
  CHECK(ends_on(kept, catalog) == "2030-01-01"_day);
  CHECK_FALSE(FineTuning::is_retired(kept, "2026-01-01"_day, catalog));
}

TEST_CASE("by a day that is not in the calendar nothing has ended", "[facts]") {
  using namespace std::chrono_literals;
  for (const std::chrono::year_month_day day :
       {2027y / 1 / 32, 2027y / 2 / 29, 2027y / 0 / 1, 2027y / 13 / 1, 2027y / 1 / 0}) {
    CAPTURE(static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
    CHECK_FALSE(is_retired("openai:gpt-3.5-turbo-0613", day));
    CHECK_FALSE(is_retired("cohere:custom-rag-assistant", day));
  }
  CHECK(is_retired("openai:gpt-3.5-turbo-0613", 2028y / 2 / 29));
}

TEST_CASE("facts say whose the prices are", "[facts]") {
  CHECK(price_source_of("openai:gpt-4o") == "own_row");
  CHECK(price_source_of("openai:ft:gpt-4o:org::id") == "fine_tuned_row");
  CHECK(price_source_of("openai:ft:gpt-4:org::id") == "base_row");

  const Catalog catalog = catalog_of(R"([
    {"provider": "openai", "model_id": "gpt-4", "replacement": "x", "input_usd_per_mtok": 31},
    {"provider": "openai", "model_id": "gpt-4o", "replacement": "x"},
    {"provider": "openai", "model_id": "gpt-4.1-2025-04-14", "ft_output_usd_per_mtok": 9},
    {"provider": "openai", "model_id": "ft:gpt-4:org::mine", "output_usd_per_mtok": 9},
    {"provider": "openai", "model_id": "ft:gpt-4:org::unpriced", "max_output": 9}])");
  for (const auto& [spec, source] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"openai:gpt-4", "user_row"},
           {"openai:ft:gpt-4:org::id", "base_row"},  // whoever stated them
           {"openai:ft:gpt-4:org::mine", "user_row"},
           {"openai:ft:gpt-4:org::unpriced", "base_row"},
           {"openai:gpt-4o", "own_row"},
           {"openai:ft:gpt-4o:org::id", "fine_tuned_row"},
           {"openai:gpt-4.1", "own_row"},
           {"openai:ft:gpt-4.1:org::id", "user_row"},
       }) {
    INFO(spec);
    CHECK(price_source_of(spec, catalog) == source);
    CHECK(source_of(spec, catalog) == "user_row");
  }
}

TEST_CASE("a price of a fine-tune that no source states is its base's", "[facts]") {
  const Catalog catalog = catalog_of(R"([
    {"provider": "openai", "model_id": "gpt-4", "ft_cached_input_usd_per_mtok": 1},
    {"provider": "openai", "model_id": "gpt-5", "ft_input_usd_per_mtok": 3},
    {"provider": "openai", "model_id": "gpt-5-mini", "ft_output_usd_per_mtok": 4}])");
  const Facts cached = facts_of("openai:ft:gpt-4:org::id", catalog);
  CHECK(cached.cached_input_usd_per_mtok == 1.0);
  CHECK(cached.input_usd_per_mtok == 30.0);
  CHECK(cached.output_usd_per_mtok == 60.0);
  CHECK(to_string(cached.price_source) == "base_row");

  // The base's price of cached input is part of its price of input, and goes with it.
  const Facts dearer = facts_of("openai:ft:gpt-5:org::id", catalog);
  CHECK(dearer.input_usd_per_mtok == 3.0);
  CHECK_FALSE(dearer.cached_input_usd_per_mtok);
  CHECK(dearer.output_usd_per_mtok == 10.0);

  const Facts mini = facts_of("openai:ft:gpt-5-mini:org::id", catalog);
  CHECK(mini.input_usd_per_mtok == 0.25);
  CHECK(mini.cached_input_usd_per_mtok == 0.025);
  CHECK(mini.output_usd_per_mtok == 4.0);
}

TEST_CASE("a cost is estimated if every price it needs is known", "[facts]") {
  constexpr Facts priced{
      .input_usd_per_mtok = 3, .cached_input_usd_per_mtok = 1, .output_usd_per_mtok = 10};
  constexpr Usage usage{.input_tokens = 1'000'000, .output_tokens = 100'000, .known = true};
  static_assert(estimate_cost(priced, usage) == 4.0);

  Usage cached = usage;
  cached.cached_input_tokens = 400'000;
  CHECK(is_near(estimate_cost(priced, cached), 1.8 + 0.4 + 1));
  cached.cached_input_tokens = 2'000'000;  // more than there were: a provider's mistake
  CHECK(is_near(estimate_cost(priced, cached), 1 + 1));
  CHECK(estimate_cost(priced, {.known = true}) == 0.0);

  CHECK_FALSE(estimate_cost(priced, {.input_tokens = 5}));
  CHECK_FALSE(estimate_cost({.output_usd_per_mtok = 10}, usage));
  CHECK_FALSE(estimate_cost({.input_usd_per_mtok = 3}, usage));
  CHECK_FALSE(estimate_cost(facts_of("cohere:custom-rag-assistant"), usage));

  // A price that the usage does not take need not be known.
  CHECK(is_near(estimate_cost({.input_usd_per_mtok = 3}, {.input_tokens = 1000, .known = true}),
                0.003));
  CHECK(is_near(estimate_cost({.output_usd_per_mtok = 10}, {.output_tokens = 1000, .known = true}),
                0.01));
  CHECK(is_near(estimate_cost({.cached_input_usd_per_mtok = 1},
                              {.input_tokens = 1000, .cached_input_tokens = 1000, .known = true}),
                0.001));
  CHECK_FALSE(estimate_cost({.cached_input_usd_per_mtok = 1}, {.input_tokens = 1, .known = true}));

  // Cached tokens at an unknown price cost what the others do, at most.
  cached.cached_input_tokens = 400'000;
  CHECK(is_near(estimate_cost({.input_usd_per_mtok = 3, .output_usd_per_mtok = 10}, cached), 4));
}

TEST_CASE("a program's row replaces what it says and nothing else", "[facts]") {
  const Catalog catalog = catalog_of(R"([
    {"provider": "openai", "model_id": "gpt-4o-mini-2024-07-18", "input_usd_per_mtok": 9,
     "capabilities": {"tools": "no", "reasoning": "yes", "vision": "unknown"}},
    {"provider": "openai", "model_id": "gpt-4o-2024-08-06", "ft_output_usd_per_mtok": 7.5,
     "ft_retired_on": "2030-01-01", "checked": "2026-12-01"},
    {"provider": "openai", "model_id": "gpt-4", "output_usd_per_mtok": 0},
    {"provider": "openai", "model_id": "gpt-4.1-2025-04-14"}])");

  const Facts mini = facts_of("openai:gpt-4o-mini-2024-07-18", catalog);
  CHECK(to_string(mini.source) == "user_row");
  CHECK(mini.model_id == "gpt-4o-mini-2024-07-18");
  CHECK(mini.input_usd_per_mtok == 9.0);
  CHECK(mini.output_usd_per_mtok == 0.6);
  CHECK(mini.context_window == 128000U);
  CHECK(mini.capabilities[Capability::tools] == Support::no);
  CHECK(mini.capabilities[Capability::reasoning] == Support::yes);
  CHECK(mini.capabilities[Capability::vision] == Support::yes);
  CHECK(mini.retired_on == "2027-01-14"_day);
  CHECK(mini.checked == "2026-11-22"_day);

  // The fine-tunes of a model have prices of their own, which the base's row does not replace.
  const Facts tuned_mini = facts_of("openai:ft:gpt-4o-mini-2024-07-18:org::id", catalog);
  CHECK(to_string(tuned_mini.source) == "user_row");
  CHECK(tuned_mini.input_usd_per_mtok == 0.3);
  CHECK(tuned_mini.base_prices.input == 9.0);
  CHECK(tuned_mini.capabilities[Capability::tools] == Support::no);

  const Facts tuned_4o = facts_of("openai:ft:gpt-4o-2024-08-06:org::id", catalog);
  CHECK(tuned_4o.input_usd_per_mtok == 3.75);
  CHECK(tuned_4o.output_usd_per_mtok == 7.5);
  CHECK(tuned_4o.retired_on == "2030-01-01"_day);
  CHECK(tuned_4o.checked == "2026-12-01"_day);

  // Without prices of fine-tunes the base's count, a price of zero too.
  const Facts tuned_4 = facts_of("openai:ft:gpt-4:org:legal:id1", catalog);
  CHECK(tuned_4.input_usd_per_mtok == 30.0);
  CHECK(tuned_4.output_usd_per_mtok == 0.0);

  CHECK(source_of("openai:gpt-4.1-2025-04-14", catalog) == "user_row");
  CHECK(source_of("openai:gpt-4o", catalog) == "own_row");
  CHECK(source_of("openai:gpt-4o-mini-2024-07-18") == "own_row");
}

TEST_CASE("a program's row of a fine-tune goes before that of its base", "[facts]") {
  const Catalog catalog = catalog_of(R"([
    {"provider": "openai", "model_id": "gpt-4o-mini-2024-07-18", "max_output": 1000,
     "ft_input_usd_per_mtok": 5, "context_window": 2000},
    {"provider": "openai", "model_id": "ft:gpt-4o-mini-2024-07-18:acme::id1",
     "input_usd_per_mtok": 4, "max_output": 500, "retired_on": "2026-12-31"}])");
  const Facts own = facts_of("openai:ft:gpt-4o-mini-2024-07-18:acme::id1", catalog);
  CHECK(to_string(own.source) == "user_row");
  CHECK(own.model_id == "ft:gpt-4o-mini-2024-07-18:acme::id1");
  CHECK(own.input_usd_per_mtok == 4.0);
  CHECK(own.cached_input_usd_per_mtok == 0.15);
  CHECK(own.output_usd_per_mtok == 1.2);
  CHECK(own.max_output == 500U);
  CHECK(own.context_window == 2000U);
  CHECK(own.retired_on == "2026-12-31"_day);

  CHECK(own.base_prices.input == 0.15);

  const Facts other = facts_of("openai:ft:gpt-4o-mini-2024-07-18:acme::id2", catalog);
  CHECK(other.input_usd_per_mtok == 5.0);
  CHECK(other.max_output == 1000U);
  CHECK(other.retired_on == "2027-01-14"_day);
}

TEST_CASE("a program's row is found under every name of its model", "[facts]") {
  const Catalog catalog = catalog_of(R"([
    {"provider": "openai", "model_id": "gpt-4o-mini", "max_output": 1},
    {"provider": "together", "model_id": "Qwen/Qwen2.5-7B-Instruct", "max_output": 2},
    {"provider": "vertex", "model_id": "gemini-2.5-flash", "max_output": 3},
    {"provider": "vertex", "model_id": "projects/p/locations/l/models/m", "max_output": 4},
    {"provider": "openai", "model_id": "openai/ft:gpt-4o:org::id", "max_output": 5}])");
  struct Case {
    std::string_view spec;
    std::uint32_t max_output;
  };
  for (const Case& expected : {
           Case{"openai:gpt-4o-mini", 1},
           Case{"openai:gpt-4o-mini-2024-07-18", 1},
           Case{"openai:ft:gpt-4o-mini:org::id", 1},
           Case{"openai:ft:gpt-4o-mini-2024-07-18:org::id", 1},
           Case{"together:acct/Qwen2.5-7B-Instruct-name-9cbbd9b3", 2},
           Case{"together:acct/Qwen2.5-7B-Instruct:name:ft-1", 2},
           Case{"vertex:publishers/google/models/gemini-2.5-flash", 3},
           Case{"vertex:projects/p/locations/l/models/m", 4},
           Case{"openai/ft:gpt-4o:org::id", 5},
       }) {
    INFO(expected.spec);
    CHECK(facts_of(expected.spec, catalog).max_output == expected.max_output);
  }

  // Not the row of the base that a fine-tune has its name from by chance.
  CHECK_FALSE(
      facts_of("vertex:projects/p/locations/l/models/gemini-2.5-flash", catalog).max_output);
  const Catalog other = catalog_of(R"([{"provider": "google", "model_id": "m"}])");
  CHECK_FALSE(facts(Model::from("google:models/").value(), other));
}

TEST_CASE("a program's row adds a name to a model of the table", "[facts]") {
  const Catalog catalog = catalog_of(R"([
    {"provider": "openai", "model_id": "gpt-4o-mini-2024-07-18", "alias": "mini"},
    {"provider": "openai", "model_id": "my-4o", "alias": "gpt-4o-2024-08-06"},
    {"provider": "openai", "model_id": "gpt-4.1-2025-04-14", "alias": "gpt-4"}])");
  CHECK(facts_of("openai:mini", catalog).context_window == 128000U);
  CHECK(facts_of("openai:mini", catalog).input_usd_per_mtok == 0.15);
  CHECK(facts_of("openai:gpt-4o-mini", catalog).input_usd_per_mtok == 0.15);
  CHECK(facts_of("openai:ft:mini:org::id", catalog).context_window == 128000U);
  CHECK(facts_of("openai:ft:mini:org::id", catalog).input_usd_per_mtok == 0.3);

  for (const std::string_view spec : {"openai:my-4o", "openai:gpt-4o-2024-08-06"}) {
    CHECK(facts_of(spec, catalog).model_id == "my-4o");
    CHECK(facts_of(spec, catalog).input_usd_per_mtok == 2.5);
  }

  // The row's own id says which model it is of, even if its alias is another one's name.
  CHECK(facts_of("openai:gpt-4", catalog).context_window == 1047576U);
}

TEST_CASE("a program's row of an assumed base gives capabilities, and nothing else", "[facts]") {
  const Catalog catalog = catalog_of(R"([
    {"provider": "cohere", "model_id": "command", "capabilities": {"tools": "yes"},
     "input_usd_per_mtok": 1, "ft_output_usd_per_mtok": 2, "max_output": 3,
     "retired_on": "2026-01-01"},
    {"provider": "vertex", "model_id": "gemini-pro", "capabilities": {"audio_in": "yes"}}])");
  const Facts assumed = facts_of("cohere:custom-x", catalog);
  CHECK(assumed.capabilities[Capability::tools] == Support::yes);
  CHECK(assumed.capabilities[Capability::chat] == Support::yes);
  CHECK_FALSE(assumed.input_usd_per_mtok);
  CHECK_FALSE(assumed.output_usd_per_mtok);
  CHECK_FALSE(assumed.base_prices.known());
  CHECK_FALSE(assumed.fine_tuned_prices.known());
  CHECK_FALSE(assumed.max_output);
  CHECK_FALSE(assumed.retired_on);
  CHECK(to_string(assumed.source) == "user_row");

  const Model vertex = Model::from("vertex:projects/p/locations/l/models/my-gemini").value();
  CHECK(vertex.parts().base_model == "gemini-pro");
  CHECK(supports_capability(vertex, Capability::audio_in, catalog));
  CHECK(supports_capability(vertex, Capability::chat, catalog));
}

TEST_CASE("what ft inspect prints of a base model makes a row", "[facts]") {
  const Catalog catalog = catalog_of(R"([{"provider": "openai", "source": "own_row",
    "price_source": "own_row", "model_id": "gpt-4o", "context_window": 128000, "max_output": null,
    "capabilities": {"chat": "yes", "tools": "unknown"}, "input_usd_per_mtok": 2.5,
    "cached_input_usd_per_mtok": 1.25, "output_usd_per_mtok": 11, "base_input_usd_per_mtok": 2.5,
    "base_cached_input_usd_per_mtok": 1.25, "base_output_usd_per_mtok": 10,
    "ft_input_usd_per_mtok": 3.75, "ft_cached_input_usd_per_mtok": null,
    "ft_output_usd_per_mtok": 15, "training_usd_per_mtok": null, "deprecated_on": null,
    "retired_on": "2027-01-14", "replacement": null, "checked": "2026-11-22"}])");
  CHECK(facts_of("openai:gpt-4o", catalog).output_usd_per_mtok == 11.0);
}

TEST_CASE("a catalog can hold models and providers that the library does not know", "[facts]") {
  const Catalog catalog = catalog_of(R"([
    {"provider": "local", "model_id": "llama3:8b", "alias": "llama3", "context_window": 8192,
     "max_output": 4294967295, "capabilities": {"chat": "yes"}, "input_usd_per_mtok": 0,
     "cached_input_usd_per_mtok": 0, "output_usd_per_mtok": 0, "training_usd_per_mtok": 1e-3,
     "deprecated_on": "2026-01-31", "retired_on": "2028-02-29", "replacement": "llama4",
     "checked": "2026-11-30"},
    {"provider": "openai", "model_id": "gpt-3.5", "ft_input_usd_per_mtok": 1.5},
    {"provider": "acme", "model_id": "small", "alias": "small", "replacement": null},
    {"provider": "groq", "model_id": "gpt-3.5", "alias": "", "retired_on": null}])");

  for (const std::string_view spec : {"local:llama3:8b", "local:llama3"}) {
    const Facts local = facts_of(spec, catalog);
    CHECK(to_string(local.source) == "user_row");
    CHECK(local.model_id == "llama3:8b");
    CHECK(local.context_window == 8192U);
    CHECK(local.max_output == 4294967295U);
    CHECK(local.capabilities[Capability::chat] == Support::yes);
    CHECK(local.capabilities[Capability::tools] == Support::unknown);
    CHECK(estimate_cost(local, {.input_tokens = 10, .known = true}) == 0.0);
    CHECK(local.training_usd_per_mtok == 0.001);
    CHECK(local.deprecated_on == "2026-01-31"_day);
    CHECK(local.retired_on == "2028-02-29"_day);
    CHECK(local.replacement == "llama4");
    CHECK(local.checked == "2026-11-30"_day);
  }

  // The guide's gpt-3.5, which the table does not have.
  const Facts tuned = facts_of("openai:ft:gpt-3.5:org:simple:id", catalog);
  CHECK(to_string(tuned.source) == "user_row");
  CHECK(tuned.input_usd_per_mtok == 1.5);
  CHECK_FALSE(tuned.output_usd_per_mtok);
  CHECK_FALSE(tuned.checked);

  const std::vector<Provider> own{{.name = "acme", .title = "Acme"}};
  const Model small = Model::from("acme:small", own).value();
  CHECK(facts(small, catalog)->source == Source::user_row);
  CHECK_FALSE(facts(small));
  CHECK_FALSE(facts(Model::from("groq:small").value(), catalog));
}

TEST_CASE("facts keep pointing into the catalog while a copy of it lives", "[facts]") {
  std::optional<Catalog> first =
      catalog_of(R"([{"provider":"local","model_id":"a-long-name-that-is-on-the-heap"}])");
  const Catalog copy = *first;
  const Facts known = facts_of("local:a-long-name-that-is-on-the-heap", *first);
  first.reset();
  CHECK(known.model_id == "a-long-name-that-is-on-the-heap");
  CHECK(copy.find("a-long-name-that-is-on-the-heap", providers::local) != nullptr);
  CHECK(copy.find("a-long-name-that-is-on-the-heap", providers::groq) == nullptr);
  const Catalog none;
  CHECK(none.find("anything", providers::local) == nullptr);
  const Catalog empty = catalog_of("[]");
  CHECK(empty.find("anything", providers::local) == nullptr);
}
