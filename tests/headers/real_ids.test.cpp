// Ids that were found in public code, each with what it is. Those that the library reads otherwise
// are listed here, with the reason.

#include "support/catch.hpp"

#include <FineTuning/providers.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

using namespace FineTuning;

namespace {

struct Label {
  std::string_view name;
  std::string_view ModelId::*part;
};
constexpr std::array parts{
    Label{"base_model", &ModelId::base_model}, Label{"organization", &ModelId::organization},
    Label{"suffix", &ModelId::suffix},         Label{"fine_tune_id", &ModelId::fine_tune_id},
    Label{"checkpoint", &ModelId::checkpoint},
};

/// The rows of the file that are not marked as ambiguous.
std::vector<nlohmann::json> rows() {
  std::vector<nlohmann::json> all;
  std::ifstream file(FINETUNING_TEST_DATA "/ids.jsonl");
  for (std::string line; std::getline(file, line);) {
    auto row = nlohmann::json::parse(line);
    if (!row.value("ambiguous", false)) all.push_back(std::move(row));
  }
  return all;
}

std::string text_of(const nlohmann::json& value) {
  return value.is_null() ? std::string() : value.get<std::string>();
}

/// How often the library and the labels agree, and where they do not.
struct Agreement {
  int labels = 0;
  int agreeing_labels = 0;
  int agreeing_providers = 0;  ///< Of as many as there are labels.
  int fields = 0;
  int agreeing_fields = 0;
  std::vector<std::string> misses{};  ///< "ID: label provider", and the names of the parts.
};

using Read = std::function<ModelId(std::string_view text, std::string_view provider)>;

Agreement compare(const Read& read) {
  Agreement result;
  for (const nlohmann::json& row : rows()) {
    const std::string text = row.at("id");
    const std::string whose = row.at("provider");
    const std::string provider = whose == "google-vertex" ? "vertex" : whose;
    const ModelId id = read(text, provider);
    std::string missed;
    const auto note = [&missed](std::string_view name, bool agrees) {
      if (!agrees) missed += ' ' + std::string(name);
      return agrees ? 1 : 0;
    };
    const bool tuned = row.at("fine_tuned");
    ++result.labels;
    result.agreeing_labels += note("label", id.is_fine_tuned() == tuned);
    const bool may_be_anybodys = !tuned && id.provider.empty();
    result.agreeing_providers += note("provider", id.provider == provider || may_be_anybodys);
    if (tuned)
      for (const Label& label : parts) {
        ++result.fields;
        result.agreeing_fields +=
            note(label.name, id.*label.part == text_of(row.at(std::string(label.name))));
      }
    if (!missed.empty()) result.misses.push_back(text + ':' + missed);
  }
  return result;
}

/// A miss that is known, and why it is one.
struct Miss {
  std::string_view what;
  std::string_view reason;
};

void check(const Agreement& found, const std::vector<Miss>& known) {
  CHECK(found.labels > 300);
  CHECK(found.fields > 900);
  CHECK(found.agreeing_labels >= 0.98 * found.labels);
  CHECK(found.agreeing_providers >= 0.97 * found.labels);
  CHECK(found.agreeing_fields >= 0.97 * found.fields);
  std::vector<std::string> expected;
  for (const Miss& miss : known) expected.emplace_back(miss.what);
  CHECK(found.misses == expected);
}

constexpr std::string_view date_for_hash = "a date of eight digits looks like Together's hash";
constexpr std::string_view foreign_service = "a form of a service that the library does not know";
constexpr std::string_view common_base = "a base model that several have: the first of the list";

}  // namespace

TEST_CASE("real ids are read as they are labelled, without their provider", "[real_ids]") {
  check(compare([](std::string_view text, std::string_view) { return classify(text); }),
        {
            {"gpt-4o-2024-11-20: provider", common_base},
            {"username/Meta-Llama-3-8B-rl-step-42-20260216: fine_tune_id", date_for_hash},
            {"your-username/Meta-Llama-3.1-8B-Instruct-socialized-context-generator-abc123: "
             "label provider base_model organization suffix fine_tune_id",
             "a placeholder: six characters where eight make the hash that tells Together's ids"},
            {"openai/gpt-oss-120b: provider", common_base},
            {"openai/gpt-oss-20b: provider", common_base},
            {"openpipe:cruel-cooks-search: label provider fine_tune_id", foreign_service},
            {"openpipe:multimodal-agent-v1: label provider fine_tune_id", foreign_service},
            {"llama-7b:airlines:2023-07-17-08-30-45: label provider base_model suffix "
             "fine_tune_id",
             foreign_service},
        });
}

TEST_CASE("real ids are read as they are labelled, with their provider", "[real_ids]") {
  check(compare([](std::string_view text, std::string_view name) {
          const Provider* provider = find_provider(name);
          if (provider == nullptr) return classify(text);
          return parse_model_id(text, *provider)
              .value_or(ModelId{.text = text, .provider = provider->name});
        }),
        {
            {"username/Meta-Llama-3-8B-rl-step-42-20260216: fine_tune_id", date_for_hash},
            {"your-username/Meta-Llama-3.1-8B-Instruct-socialized-context-generator-abc123: "
             "suffix fine_tune_id",
             "a placeholder: six characters are no hash, so they belong to the suffix"},
            {"openpipe:cruel-cooks-search: label provider fine_tune_id", foreign_service},
            {"openpipe:multimodal-agent-v1: label provider fine_tune_id", foreign_service},
            {"llama-7b:airlines:2023-07-17-08-30-45: label provider base_model suffix "
             "fine_tune_id",
             foreign_service},
        });
}
