// ft inspect: what a model's id says, and what is known of the model.

#include "ft.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <iostream>

namespace ft {
namespace {

using namespace FineTuning;

/// What was found for one text: an id with its facts, or the name of an IdError.
struct Finding {
  ModelId id{};
  std::optional<Facts> facts{};
  std::string error{};
};

Finding of_provider(std::string_view text, const Provider& provider) {
  const Result<ModelId, IdError> id = read_model_id(text, provider);
  if (!id) return {.error = std::string(to_string(id.error()))};
  return {.id = *id, .facts = find_facts(*id)};
}

Finding of_spec(std::string_view text) {
  const Result<Model> model = Model::from(text);
  if (!model && model.error().code == "unknown_provider") return {.id = classify(text)};
  if (!model) return {.error = model.error().code};
  // The id is a slice of the text that was given, which outlives the model.
  return of_provider(text.substr(text.size() - model->id().size()), model->provider());
}

Json or_null(std::string_view text) { return text.empty() ? Json() : Json(text); }

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json as_json(const Facts& facts) {
  Json json{{"source", to_string(facts.source)},
            {"model_id", facts.model_id},
            {"context_window", or_null(facts.context_window)},
            {"max_output", or_null(facts.max_output)}};
  for (const Capability capability : all_capabilities)
    json["capabilities"][std::string(to_string(capability))] =
        to_string(facts.capabilities[capability]);
  const auto add_prices = [&json](const std::string& prefix, const Prices& prices) {
    json[prefix + "input_usd_per_mtok"] = or_null(prices.input);
    json[prefix + "cached_input_usd_per_mtok"] = or_null(prices.cached_input);
    json[prefix + "output_usd_per_mtok"] = or_null(prices.output);
  };
  add_prices(
      "", {facts.input_usd_per_mtok, facts.cached_input_usd_per_mtok, facts.output_usd_per_mtok});
  add_prices("base_", facts.base_prices);
  add_prices("ft_", facts.fine_tuned_prices);
  json["training_usd_per_mtok"] = or_null(facts.training_usd_per_mtok);
  json["deprecated_on"] = or_null(facts.deprecated_on);
  json["retired_on"] = or_null(facts.retired_on);
  json["replacement"] = or_null(facts.replacement);
  json["checked"] = or_null(facts.checked);
  return json;
}

Json as_json(std::string_view text, const Finding& finding) {
  if (!finding.error.empty()) return {{"id", text}, {"error", finding.error}};
  const ModelId& id = finding.id;
  return {{"id", id.text},
          {"provider", or_null(id.provider)},
          {"kind", to_string(id.kind)},
          {"fine_tuned", id.is_fine_tuned()},
          {"base_model", or_null(id.base_model)},
          {"base_source", id.base_model.empty() ? Json() : Json(to_string(id.base_source))},
          {"organization", or_null(id.organization)},
          {"suffix", or_null(id.suffix)},
          {"fine_tune_id", or_null(id.fine_tune_id)},
          {"checkpoint", or_null(id.checkpoint)},
          {"location", or_null(id.location)},
          {"facts", finding.facts ? as_json(*finding.facts) : Json()}};
}

/// The same for a reader: what the id does not say is left out, what nobody knows is called
/// unknown.
void print_for_reader(std::string_view text, const Finding& finding) {
  if (!finding.error.empty()) {
    fmt::print("{}: {}\n", text, finding.error);
    return;
  }
  const Json json = as_json(text, finding);
  fmt::print("{}\n", text);
  for (const auto& [key, value] : json.items())
    if (key != "id" && key != "facts" && key != "fine_tuned" && !value.is_null())
      fmt::print("  {:<28}{}\n", key, value.get<std::string>());
  if (!finding.facts) {
    fmt::print("  {:<28}unknown\n", "facts");
    return;
  }
  for (const auto& [key, value] : json["facts"].items()) {
    if (key == "capabilities")
      for (const auto& [name, support] : value.items())
        fmt::print("  {:<28}{}\n", name, support.get<std::string>());
    else
      fmt::print("  {:<28}{}\n", key,
                 value.is_null()     ? "unknown"
                 : value.is_string() ? value.get<std::string>()
                                     : value.dump());
  }
}

}  // namespace

int inspect(std::span<const std::string> words) {
  const Result<Arguments> arguments = parse_arguments(words, {"--json"}, {"--provider"});
  const std::string name = arguments ? arguments->value("--provider") : std::string();
  const Provider* provider = find_provider(name);
  std::string complaint;
  if (!arguments)
    complaint = arguments.error().message;
  else if (arguments->rest.empty())
    complaint = "Name at least one model, or - to read them from standard input.";
  else if (arguments->has("--provider") && provider == nullptr)
    complaint = fmt::format("There is no provider {}.", name);
  if (!complaint.empty()) {
    fmt::print(stderr, "ft inspect: {}\n", complaint);
    return wrong_usage;
  }

  int status = success;
  const auto inspect_one = [&](std::string_view text) {
    const Finding finding = provider != nullptr ? of_provider(text, *provider) : of_spec(text);
    if (!finding.error.empty()) status = failure;
    if (arguments->has("--json"))
      print_line(as_json(text, finding));
    else
      print_for_reader(text, finding);
  };
  for (const std::string& word : arguments->rest) {
    if (word != "-") {
      inspect_one(word);
      continue;
    }
    for (std::string line; std::getline(std::cin, line);) {
      if (line.ends_with('\r')) line.pop_back();
      inspect_one(line);
    }
  }
  return status;
}

}  // namespace ft
