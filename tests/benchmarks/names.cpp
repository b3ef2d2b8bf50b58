// Taking model ids apart and looking up their facts, beside what a program does without the
// library: regular expressions, or a split into strings.

#include "measure.hpp"

#include <FineTuning/catalog.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace FineTuning;

/// The ids that a benchmark's argument chooses.
enum class Set : std::int64_t { openai, all };

struct Id {
  std::string text;
  const Provider* provider;  ///< Whose form it has; OpenAI's if it has no form of its own.
};

std::vector<Id> read_ids(Set set) {
  std::vector<Id> ids;
  std::ifstream file(FINETUNING_TEST_DATA "/ids.jsonl");
  for (std::string line; std::getline(file, line);) {
    std::string text = nlohmann::json::parse(line).at("id");
    const Provider* provider = find_provider(FineTuning::classify(text).provider);
    const bool is_openai = provider == &providers::openai && text.starts_with("ft:");
    if (is_openai || set == Set::all)
      ids.push_back({std::move(text), provider == nullptr ? &providers::openai : provider});
  }
  return ids;
}

/// Does `job` with each of the values.
template <class T, class Job>
void with_each(benchmark::State& state, const std::vector<T>& values, Job job) {
  benchmarks::measure(state, values.size(), [&] {
    for (const T& value : values) benchmark::DoNotOptimize(job(value));
  });
}

std::vector<Id> ids_of(const benchmark::State& state) { return read_ids(Set{state.range(0)}); }

// ---- without the library

/// The forms that ids have, in the order in which they are tried; the first alone is OpenAI's.
std::vector<std::regex> forms_of(Set set) {
  const std::vector<std::string> forms{
      "ft:([^:]+):([^:]+):(?:([^:]*):)?([^:]+?)(?::(ckpt-step-[0-9]+))?",
      "(ada|babbage|curie|davinci):ft-([^:]+)(?::(.+))?-([0-9]{4}(?:-[0-9]{2}){5})",
      "(.+)\\.ft-([0-9a-f]{32})(?:-([^:]+))?(?::(.+))?",
      "projects/([^/]+)/locations/([^/]+)/(endpoints|models)/([^/@]+)(?:@(.+))?",
      "(tunedModels|models)/([^/]+)",
      "accounts/([^/]+)/(models|deployedModels)/([^/#]+)(?:#(.+))?",
      "arn:aws[^:]*:bedrock:([^:]+):([^:]*):([^/]+)/(.+)",
      "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-ft",
      "([^/]+)/(.+?)(?:-([0-9a-f]{8}))?-([0-9a-f]{8})",
  };
  const std::size_t count = set == Set::openai ? 1 : forms.size();
  return {forms.begin(), forms.begin() + static_cast<std::ptrdiff_t>(count)};
}

void std_regex(benchmark::State& state) {
  const std::vector<std::regex> forms = forms_of(Set{state.range(0)});
  with_each(state, ids_of(state), [&forms](const Id& id) {
    std::cmatch fields;
    const char* const begin = id.text.data();
    const char* const end = begin + id.text.size();
    return std::any_of(forms.begin(), forms.end(), [&](const std::regex& form) {
      return std::regex_match(begin, end, fields, form);
    });
  });
}

void split_into_strings(benchmark::State& state) {
  with_each(state, ids_of(state), [](const Id& id) {
    const char separator = id.text.find('/') == std::string::npos ? ':' : '/';
    std::vector<std::string> fields;
    for (std::size_t from = 0; from <= id.text.size();) {
      const std::size_t to = std::min(id.text.find(separator, from), id.text.size());
      fields.push_back(id.text.substr(from, to - from));
      from = to + 1;
    }
    return fields;
  });
}

// ---- with it

void parse_model_id(benchmark::State& state) {
  with_each(state, ids_of(state),
            [](const Id& id) { return FineTuning::parse_model_id(id.text, *id.provider); });
}

void classify(benchmark::State& state) {
  with_each(state, ids_of(state), [](const Id& id) { return FineTuning::classify(id.text); });
}

void find_facts(benchmark::State& state) {
  const std::vector<Id> ids = ids_of(state);
  std::vector<ModelId> parsed;
  for (const Id& id : ids) parsed.push_back(FineTuning::classify(id.text));
  with_each(state, parsed, [](const ModelId& id) { return FineTuning::find_facts(id); });
}

/// Of the models that the table knows: the error for the others is a text.
void facts(benchmark::State& state) {
  std::vector<Model> models;
  for (const Id& id : ids_of(state))
    if (Result<Model> model = Model::from(id.text); model && FineTuning::facts(*model))
      models.push_back(*std::move(model));
  with_each(state, models, [](const Model& model) { return FineTuning::facts(model); });
}

void with_both_sets(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(static_cast<std::int64_t>(Set::openai))
      ->Arg(static_cast<std::int64_t>(Set::all))
      ->Apply(benchmarks::as_long_as_asked);
}

}  // namespace

BENCHMARK(std_regex)->Apply(with_both_sets);
BENCHMARK(split_into_strings)->Apply(with_both_sets);
BENCHMARK(parse_model_id)->Apply(with_both_sets);
BENCHMARK(classify)->Apply(with_both_sets);
BENCHMARK(find_facts)->Apply(with_both_sets);
BENCHMARK(facts)->Apply(with_both_sets);
BENCHMARK_MAIN();
