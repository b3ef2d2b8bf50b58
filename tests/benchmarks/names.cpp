// Taking model ids apart and looking up their facts, beside what a program does without the
// library: a regular expression, or a split into strings. Of those, each knows OpenAI's form only.

#include "measure.hpp"

#include <FineTuning/catalog.hpp>

#include <nlohmann/json.hpp>

#include <fstream>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

using namespace FineTuning;
using benchmarks::as_long_as_asked;
using benchmarks::measure;

namespace {

struct Id {
  std::string text;
  const Provider* provider;  ///< Whose form it has; OpenAI's where it has none.
};

std::vector<Id> read_ids(bool openai_only) {
  std::vector<Id> ids;
  std::ifstream file(FINETUNING_TEST_DATA "/ids.jsonl");
  for (std::string line; std::getline(file, line);) {
    std::string text = nlohmann::json::parse(line).at("id");
    const Provider* provider = find_provider(classify(text).provider);
    const bool is_openai = provider == &providers::openai && text.starts_with("ft:");
    if (is_openai || !openai_only)
      ids.push_back({std::move(text), provider == nullptr ? &providers::openai : provider});
  }
  return ids;
}

const std::vector<Id>& ids(bool openai_only) {
  static const std::vector<Id> all = read_ids(false);
  static const std::vector<Id> of_openai = read_ids(true);
  return openai_only ? of_openai : all;
}

/// Does `job` with each of the ids that the benchmark's argument chooses.
template <class Job>
void with_each_id(benchmark::State& state, Job job) {
  const std::vector<Id>& set = ids(state.range(0) == 1);
  measure(state, set.size(), [&] {
    for (const Id& id : set) benchmark::DoNotOptimize(job(id));
  });
}

// ---- without the library

ModelId by_regex(const Id& id) {
  static const std::regex form("ft:([^:]+):([^:]*)(?::([^:]*))?:([^:]+?)(?::(ckpt-step-[0-9]+))?",
                               std::regex::ECMAScript | std::regex::optimize);
  std::cmatch fields;
  const char* begin = id.text.data();
  if (!std::regex_match(begin, begin + id.text.size(), fields, form)) return {.text = id.text};
  const auto field = [&](std::size_t at) {
    return std::string_view(fields[at].first, static_cast<std::size_t>(fields[at].length()));
  };
  return {.text = id.text,
          .kind = fields[5].matched ? ModelId::Kind::checkpoint : ModelId::Kind::fine_tuned,
          .base_model = field(1),
          .organization = field(2),
          .suffix = field(3),
          .fine_tune_id = field(4),
          .checkpoint = field(5)};
}

std::vector<std::string> by_split(const Id& id) {
  std::vector<std::string> fields;
  for (std::size_t from = 0; from <= id.text.size();) {
    const std::size_t to = std::min(id.text.find(':', from), id.text.size());
    fields.push_back(id.text.substr(from, to - from));
    from = to + 1;
  }
  return fields;
}

void std_regex(benchmark::State& state) { with_each_id(state, by_regex); }
void split_into_strings(benchmark::State& state) { with_each_id(state, by_split); }

// ---- with it

void parse_model_id(benchmark::State& state) {
  with_each_id(state,
               [](const Id& id) { return FineTuning::parse_model_id(id.text, *id.provider); });
}

void classify(benchmark::State& state) {
  with_each_id(state, [](const Id& id) { return FineTuning::classify(id.text); });
}

void find_facts(benchmark::State& state) {
  const std::vector<Id>& set = ids(state.range(0) == 1);
  std::vector<ModelId> parsed;
  for (const Id& id : set) parsed.push_back(FineTuning::classify(id.text));
  measure(state, parsed.size(), [&] {
    for (const ModelId& id : parsed) benchmark::DoNotOptimize(FineTuning::find_facts(id));
  });
}

void facts(benchmark::State& state) {
  std::vector<Model> models;
  for (const Id& id : ids(state.range(0) == 1))
    if (Result<Model> model = Model::from(id.text)) models.push_back(*std::move(model));
  measure(state, models.size(), [&] {
    for (const Model& model : models) benchmark::DoNotOptimize(FineTuning::facts(model));
  });
}

void with_both_sets(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(1)->Arg(0)->Apply(as_long_as_asked);
}

}  // namespace

BENCHMARK(std_regex)->Apply(with_both_sets);
BENCHMARK(split_into_strings)->Apply(with_both_sets);
BENCHMARK(parse_model_id)->Apply(with_both_sets);
BENCHMARK(classify)->Apply(with_both_sets);
BENCHMARK(find_facts)->Apply(with_both_sets);
BENCHMARK(facts)->Apply(with_both_sets);
BENCHMARK_MAIN();
