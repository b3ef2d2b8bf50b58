// The tables of models against the file that they were made from. What they say otherwise is listed
// here, with the reason.

#include "support/catch.hpp"

#include <FineTuning/days.hpp>
#include <FineTuning/facts.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace FineTuning;

namespace {

/// What is said of one model, each thing by the name of its column; nothing if it is unknown.
using Said = std::map<std::string, std::string>;

std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells;
  for (bool more = true; more;) {
    more = line.find(',') != std::string_view::npos;
    cells.emplace_back(internal::take_until(line, ','));
  }
  return cells;
}

/// Numbers as they are written shortest, so that 1.0 is 1.
std::string shortest(const std::string& number) {
  return number.empty() ? "" : fmt::format("{}", std::stod(number));
}

template <class T>
std::string text_of(const std::optional<T>& number) {
  return number ? fmt::format("{}", *number) : "";
}

std::string text_of(const std::optional<std::chrono::year_month_day>& day) {
  return day ? day_text(*day) : "";
}

/// The rows of the file, by provider and model.
std::map<std::pair<std::string, std::string>, Said> rows_of_file() {
  std::map<std::pair<std::string, std::string>, Said> rows;
  std::ifstream file(FINETUNING_TEST_DATA "/models.csv");
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> columns = cells_of(line);
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = cells_of(line);
    REQUIRE(cells.size() == columns.size());
    Said said;
    for (std::size_t at = 0; at < cells.size(); ++at)
      said[columns[at]] =
          columns[at].find("usd") == std::string::npos ? cells[at] : shortest(cells[at]);
    const std::string provider = said["provider"] == "google-vertex" ? "vertex" : said["provider"];
    const std::string model = said["model_id"];
    for (const char* const known_otherwise : {"provider", "model_id", "source"})
      said.erase(known_otherwise);
    rows[{provider, model}] = std::move(said);
  }
  return rows;
}

/// The row as the file would say it. Columns that the file does not have are there if they say
/// something.
Said said_by(const ModelRow& row) {
  Said said{
      {"aliases", std::string(row.alias)},
      {"context_window", text_of(row.context_window)},
      {"max_output", text_of(row.max_output)},
      {"input_usd_per_mtok", text_of(row.prices.input)},
      {"cached_input_usd_per_mtok", text_of(row.prices.cached_input)},
      {"output_usd_per_mtok", text_of(row.prices.output)},
      {"ft_input_usd_per_mtok", text_of(row.fine_tuned_prices.input)},
      {"ft_output_usd_per_mtok", text_of(row.fine_tuned_prices.output)},
      {"ft_training_usd_per_mtok", text_of(row.training_usd_per_mtok)},
      {"deprecated_on", text_of(row.retired_on)},  // the file's name for the last day
  };
  for (const Capability capability : all_capabilities) {
    if (capability == Capability::chat) continue;
    const Support support = row.capabilities[capability];
    said[capability == Capability::fine_tuning ? "fine_tunable"
                                               : std::string(to_string(capability))] =
        support == Support::yes  ? "true"
        : support == Support::no ? "false"
                                 : "";
  }
  for (const auto& [column, value] :
       {std::pair<std::string, std::string>{"ft_cached_input_usd_per_mtok",
                                            text_of(row.fine_tuned_prices.cached_input)},
        {"ft_retired_on", text_of(row.fine_tuned_retired_on)},
        {"announced_on", text_of(row.deprecated_on)},
        {"replacement", std::string(row.replacement)}})
    if (!value.empty()) said[column] = value;
  return said;
}

/// Where the tables and the file differ: "PROVIDER MODEL: COLUMN=WHAT THE TABLE SAYS ..".
std::vector<std::string> differences() {
  std::vector<std::string> found;
  auto file = rows_of_file();
  for (const Provider* provider : providers::all)
    for (const ModelRow& row : provider->models) {
      const std::string name = fmt::format("{} {}:", provider->name, row.model_id);
      const auto in_file = file.find({std::string(provider->name), std::string(row.model_id)});
      if (in_file == file.end()) {
        found.push_back(name + " not in the file");
        continue;
      }
      std::string differs;
      for (const auto& [column, value] : said_by(row))
        if (in_file->second[column] != value) differs += fmt::format(" {}={}", column, value);
      if (!differs.empty()) found.push_back(name + differs);
      file.erase(in_file);
    }
  for (const auto& [model, said] : file) {
    const Provider* provider = find_provider(model.first);
    if (provider != nullptr && !provider->models.empty())
      found.push_back(fmt::format("{} {}: not in the table", model.first, model.second));
  }
  std::sort(found.begin(), found.end());
  return found;
}

struct Difference {
  std::string_view what;
  std::string_view reason;
};

constexpr std::string_view cached_price = "the file has no column for it; its notes have the price";
constexpr std::string_view last_day =
    "the file has no column for it; its notes say when the fine-tunes ended";
constexpr std::string_view moving_name =
    "a name that moves: four catalogues have four prices, so nobody knows";
constexpr std::string_view no_chat = "neither a chat model nor a base that can be tuned";

}  // namespace

TEST_CASE("the tables say what the file of models says", "[tables]") {
  std::vector<Difference> known{
      {"cohere command-r-08-2024: ft_retired_on=2025-09-15", last_day},
      {"openai babbage-002: ft_retired_on=2026-10-23", last_day},
      {"openai davinci-002: ft_retired_on=2026-10-23", last_day},
      {"openai gpt-3.5-turbo-0613: ft_retired_on=2026-10-23", last_day},
      {"openai gpt-3.5-turbo-1106: ft_retired_on=2026-10-23", last_day},

      {"openai gpt-4.1-2025-04-14: ft_cached_input_usd_per_mtok=0.75", cached_price},
      {"openai gpt-4.1-mini-2025-04-14: ft_cached_input_usd_per_mtok=0.2", cached_price},
      {"openai gpt-4.1-nano-2025-04-14: ft_cached_input_usd_per_mtok=0.05", cached_price},
      {"openai gpt-4o-2024-08-06: ft_cached_input_usd_per_mtok=1.875", cached_price},
      {"openai gpt-4o-mini-2024-07-18: ft_cached_input_usd_per_mtok=0.15", cached_price},
      {"openai o4-mini-2025-04-16: ft_cached_input_usd_per_mtok=1", cached_price},

      {"google gemini-flash-latest: cached_input_usd_per_mtok= input_usd_per_mtok= "
       "output_usd_per_mtok=",
       moving_name},
      {"google gemini-flash-lite-latest: cached_input_usd_per_mtok= input_usd_per_mtok= "
       "output_usd_per_mtok=",
       moving_name},
      {"google gemini-pro-latest: cached_input_usd_per_mtok= input_usd_per_mtok= "
       "output_usd_per_mtok=",
       moving_name},
      {"vertex gemini-flash-latest: cached_input_usd_per_mtok= input_usd_per_mtok= "
       "output_usd_per_mtok=",
       moving_name},
      {"vertex gemini-flash-lite-latest: cached_input_usd_per_mtok= input_usd_per_mtok= "
       "output_usd_per_mtok=",
       moving_name},

      {"openai gpt-3.5-turbo-instruct: not in the table", no_chat},
      {"openai gpt-3.5-turbo-instruct-0914: not in the table", no_chat},
      {"vertex text-bison32k: not in the table", no_chat},
      {"vertex text-bison32k@002: not in the table", no_chat},
      {"vertex text-bison: not in the table", no_chat},
      {"vertex text-unicorn: not in the table", no_chat},
      {"vertex text-unicorn@001: not in the table", no_chat},
  };
  std::vector<std::string> expected;
  for (const Difference& difference : known) expected.emplace_back(difference.what);
  std::sort(expected.begin(), expected.end());
  CHECK(differences() == expected);
}

TEST_CASE("every row of a table was compared with its sources on a day", "[tables]") {
  for (const Provider* provider : providers::all)
    for (const ModelRow& row : provider->models) CHECK(text_of(row.checked) == "2026-11-22");
}

TEST_CASE("a base model is found behind what routers and collections put in front", "[tables]") {
  struct Case {
    const Provider& provider;
    std::string_view text;
    std::string_view row;
  };
  for (const Case& expected : {
           Case{providers::openai, "openai/gpt-4o", "gpt-4o"},
           Case{providers::openai, "openai/gpt-4o-mini", "gpt-4o-mini-2024-07-18"},
           Case{providers::openai, "openai::gpt-4o", "gpt-4o"},
           Case{providers::google, "gemini/gemini-2.5-flash", "gemini-2.5-flash"},
           Case{providers::google, "google/gemini-2.5-flash", "gemini-2.5-flash"},
           Case{providers::google, "models/gemini-2.5-flash", "gemini-2.5-flash"},
           Case{providers::google, "gemini/models/gemini-2.5-flash", "gemini-2.5-flash"},
           Case{providers::vertex, "vertex_ai/gemini-2.5-flash", "gemini-2.5-flash"},
           Case{providers::vertex, "vertex_ai/publishers/google/models/gemini-2.5-flash",
                "gemini-2.5-flash"},
           Case{providers::cohere, "cohere_chat/command-r", "command-r-03-2024"},
           Case{providers::together, "together_ai/Qwen/Qwen3.5-9B", "Qwen/Qwen3.5-9B"},
           Case{providers::groq, "groq/llama-3.3-70b-versatile", "llama-3.3-70b-versatile"},
           Case{providers::groq, "groq/openai/gpt-oss-20b", "openai/gpt-oss-20b"},

           // The table has the name with what looks like a router's prefix.
           Case{providers::groq, "groq/compound", "groq/compound"},
           Case{providers::groq, "groq/groq/compound", "groq/compound"},
           Case{providers::together, "openai/gpt-oss-20b", "openai/gpt-oss-20b"},
       }) {
    INFO(expected.provider.name << ' ' << expected.text);
    const ModelId id = classify(expected.text, expected.provider);
    CHECK(id.text == expected.text);
    const auto facts = find_facts(id);
    REQUIRE(facts);
    CHECK(facts->model_id == expected.row);
    CHECK(facts->source == Facts::Source::own_row);
  }
  for (const std::string_view text : {"openai/gpt-99", "router/gpt-4o", "openai/openai/gpt-4o"}) {
    INFO(text);
    CHECK_FALSE(find_facts(classify(text, providers::openai)));
  }
}
