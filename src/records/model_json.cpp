// What an id says and what is known of its model, as JSON. `ft inspect` prints it.

#include <FineTuning/days.hpp>
#include <FineTuning/facts.hpp>
#include <FineTuning/model.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace FineTuning {

using namespace internal;
namespace {

using Json = nlohmann::ordered_json;

Json or_null(std::string_view text) { return text.empty() ? Json() : Json(text); }

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json or_null(const std::optional<std::chrono::year_month_day>& day) {
  const std::string text = day ? day_text(*day) : std::string();
  return text.empty() ? Json() : Json(text);
}

Json as_json(const Capabilities& capabilities) {
  Json json;
  for (const Capability capability : all_capabilities)
    json[std::string(to_string(capability))] = to_string(capabilities[capability]);
  return json;
}

void add_prices(Json& json, const std::string& prefix, const Prices& prices) {
  json[prefix + "input_usd_per_mtok"] = or_null(prices.input);
  json[prefix + "cached_input_usd_per_mtok"] = or_null(prices.cached_input);
  json[prefix + "output_usd_per_mtok"] = or_null(prices.output);
}

/// An id that is not one may have any bytes: those that are not UTF-8 are replaced.
std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string to_json(const ModelId& id) {
  return text_of({{"id", id.text},
                  {"provider", or_null(id.provider)},
                  {"kind", to_string(id.kind)},
                  {"fine_tuned", id.is_fine_tuned()},
                  {"base_model", or_null(id.base_model)},
                  {"base_source", id.base_model.empty() ? Json() : Json(to_string(id.base_source))},
                  {"organization", or_null(id.organization)},
                  {"suffix", or_null(id.suffix)},
                  {"fine_tune_id", or_null(id.fine_tune_id)},
                  {"checkpoint", or_null(id.checkpoint)},
                  {"location", or_null(id.location)}});
}

std::string to_json(const Facts& facts) {
  Json json{{"source", to_string(facts.source)},
            {"price_source", to_string(facts.price_source)},
            {"model_id", facts.model_id},
            {"context_window", or_null(facts.context_window)},
            {"max_output", or_null(facts.max_output)},
            {"capabilities", as_json(facts.capabilities)}};
  add_prices(json, "",
             {.input = facts.input_usd_per_mtok,
              .cached_input = facts.cached_input_usd_per_mtok,
              .output = facts.output_usd_per_mtok});
  add_prices(json, "base_", facts.base_prices);
  add_prices(json, "ft_", facts.fine_tuned_prices);
  json["training_usd_per_mtok"] = or_null(facts.training_usd_per_mtok);
  json["deprecated_on"] = or_null(facts.deprecated_on);
  json["retired_on"] = or_null(facts.retired_on);
  json["replacement"] = or_null(facts.replacement);
  json["checked"] = or_null(facts.checked);
  return text_of(json);
}

}  // namespace FineTuning
