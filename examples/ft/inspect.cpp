// ft inspect: what a model's id says, and what is known of the model.

#include "ft.hpp"

#include <fmt/ostream.h>

#include <algorithm>
#include <istream>
#include <optional>
#include <ostream>

namespace ft {
namespace {

using namespace FineTuning;

/// What was found for one text: the id that it names, what it says, and what is known of the model.
struct Finding {
  std::string_view id;
  Result<ModelId> parts;
  std::optional<Facts> facts{};
};

/// The id that a spec names, without the provider in front of it.
std::string_view id_of(std::string_view spec) {
  const std::size_t colon = std::min(spec.find(':'), spec.size());
  const bool is_prefixed =
      find_provider(spec.substr(0, colon)) != nullptr && !spec.substr(colon).starts_with("::");
  return is_prefixed ? spec.substr(colon + 1) : spec;
}

Result<ModelId> read_id(std::string_view id, const Provider& provider) {
  const Result<ModelId, IdError> parts = read_model_id(id, provider);
  if (parts) return *parts;
  constexpr std::size_t longest = 120;
  const std::string shown =
      Json(id.substr(0, longest)).dump(-1, ' ', true, Json::error_handler_t::replace);
  return Error{.kind = ErrorKind::invalid_model,
               .message = fmt::format("The model id {} cannot be read ({}); compare it with the "
                                      "one that the provider gave.",
                                      shown, to_string(parts.error())),
               .code = std::string(to_string(parts.error()))};
}

Result<ModelId> read_spec(std::string_view spec) {
  const Result<Model> model = Model::from(spec);
  if (model) return read_id(id_of(spec), model->provider());
  if (model.error().code != "unknown_provider") return model.error();
  return classify(spec);
}

Finding find(std::string_view text, const Provider* provider) {
  Finding finding = provider != nullptr ? Finding{text, read_id(text, *provider)}
                                        : Finding{id_of(text), read_spec(text)};
  if (finding.parts) finding.facts = find_facts(*finding.parts);
  return finding;
}

Json or_null(std::string_view text) { return text.empty() ? Json() : Json(text); }

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

/// `end`: the last day of the model, which need not be its base's.
Json as_json(const Facts& facts, std::string_view end) {
  Json json{{"source", to_string(facts.source)},
            {"price_source", to_string(facts.price_source)},
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
  json["retired_on"] = or_null(end);
  json["replacement"] = or_null(facts.replacement);
  json["checked"] = or_null(facts.checked);
  return json;
}

Json as_json(const Finding& finding) {
  if (!finding.parts) return {{"id", finding.id}, {"error", finding.parts.error().code}};
  const ModelId& id = *finding.parts;
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
          {"facts", finding.facts ? as_json(*finding.facts, ends_on(id)) : Json()}};
}

/// The same for a reader: what the id does not say is left out, what nobody knows is called
/// unknown.
void print_for_reader(const Finding& finding, std::ostream& out) {
  const auto print_row = [&out](std::string_view name, const Json& value) {
    fmt::print(out, "  {:<32}{}\n", name,
               value.is_null()     ? "unknown"
               : value.is_string() ? value.get<std::string>()
                                   : value.dump());
  };
  const Json json = as_json(finding);
  fmt::print(out, "{}\n", finding.id);
  for (const auto& [key, value] : json.items())
    if (key != "id" && key != "facts" && key != "fine_tuned" && !value.is_null())
      print_row(key, value);
  if (!finding.facts) print_row("facts", nullptr);
  for (const auto& [key, value] : json["facts"].items())
    if (key != "capabilities")
      print_row(key, value);
    else
      for (const auto& [name, support] : value.items()) print_row(name, support);
}

/// Prints what is found for one text; the exit status.
int inspect_one(std::string_view text, const Provider* provider, bool json,
                const Streams& streams) {
  const Finding finding = find(text, provider);
  if (json)
    print_line(as_json(finding), streams.out);
  else if (finding.parts)
    print_for_reader(finding, streams.out);
  else
    report(finding.parts.error(), json, streams);
  return finding.parts ? success : failure;
}

}  // namespace

int inspect(const Arguments& arguments, const Streams& streams) {
  const std::string name = arguments.value("--provider");
  const Provider* const provider = find_provider(name);
  if (arguments.has("--provider") && provider == nullptr)
    return misuse("inspect", fmt::format("There is no provider {}.", name), streams);
  if (arguments.rest.empty())
    return misuse("inspect", "Name at least one model, or - to read them from standard input.",
                  streams);
  const bool json = arguments.has("--json");
  int status = success;
  const auto inspect_next = [&](std::string_view text) {
    if (inspect_one(text, provider, json, streams) != success) status = failure;
  };
  for (const std::string& word : arguments.rest) {
    if (word != "-") {
      inspect_next(word);
      continue;
    }
    for (std::string line; std::getline(streams.in, line);) {
      if (line.ends_with('\r')) line.pop_back();
      inspect_next(line);
    }
    if (streams.in.bad())
      return report({.message = "Standard input cannot be read to its end."}, json, streams);
  }
  return status;
}

}  // namespace ft
