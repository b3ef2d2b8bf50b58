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

/// What an id says, whether it is a fine-tune's or not.
Result<ModelId> parse_id(std::string_view id, const Provider& provider) {
  const Result<ModelId, IdError> parts = parse_model_id(id, provider);
  if (parts || parts.error() == IdError::not_fine_tuned) return classify(id, provider);
  constexpr std::size_t longest = 120;
  const std::string shown =
      Json(id.substr(0, longest)).dump(-1, ' ', true, Json::error_handler_t::replace);
  return Error{.kind = ErrorKind::invalid_model,
               .message = fmt::format("The model id {} cannot be read ({}); compare it with the "
                                      "one that the provider gave.",
                                      shown, to_string(parts.error())),
               .code = std::string(to_string(parts.error()))};
}

Result<ModelId> parse_spec(std::string_view spec) {
  const Result<Model> model = Model::from(spec);
  if (model) return parse_id(id_of(spec), model->provider());
  if (model.error().code != "unknown_provider") return model.error();
  return classify(spec);
}

Finding find(std::string_view text, const Provider* provider) {
  Finding finding = provider != nullptr ? Finding{text, parse_id(text, *provider)}
                                        : Finding{id_of(text), parse_spec(text)};
  if (finding.parts) finding.facts = find_facts(*finding.parts);
  return finding;
}

/// The facts, with the last day of the model itself, which need not be its base's.
Json as_json(Facts facts, const ModelId& id) {
  facts.retired_on = ends_on(id);
  return Json::parse(to_json(facts));
}

Json as_json(const Finding& finding) {
  if (!finding.parts) return {{"id", finding.id}, {"error", finding.parts.error().code}};
  Json json = Json::parse(to_json(*finding.parts));
  json["facts"] = finding.facts ? as_json(*finding.facts, *finding.parts) : Json();
  return json;
}

/// The same for a reader: what the id does not say is left out, and what is not known is called
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
