// A call as a line of a log, with OpenTelemetry's attribute names, and back. The names are those of
// docs/registry/attributes/gen-ai.md in open-telemetry/semantic-conventions-genai.

#include "json/reader.hpp"

#include <FineTuning/model.hpp>
#include <FineTuning/monitor.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <system_error>

namespace FineTuning {

using namespace internal;
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace names {
constexpr const char* operation = "gen_ai.operation.name";
constexpr const char* provider = "gen_ai.provider.name";
constexpr const char* model = "gen_ai.request.model";
constexpr const char* stream = "gen_ai.request.stream";
constexpr const char* response_model = "gen_ai.response.model";
constexpr const char* id = "gen_ai.response.id";
constexpr const char* finish_reasons = "gen_ai.response.finish_reasons";
constexpr const char* time_to_first_text = "finetuning.time_to_first_text";
constexpr const char* input_tokens = "gen_ai.usage.input_tokens";
constexpr const char* cached_input_tokens = "gen_ai.usage.cache_read.input_tokens";
constexpr const char* output_tokens = "gen_ai.usage.output_tokens";
constexpr const char* reasoning_tokens = "gen_ai.usage.reasoning.output_tokens";
constexpr const char* score = "gen_ai.evaluation.score.value";
constexpr const char* error = "error.type";
constexpr const char* total_tokens = "finetuning.usage.total_tokens";
constexpr const char* started = "finetuning.started_unix_ms";
constexpr const char* latency = "finetuning.latency_seconds";
constexpr const char* cost_usd = "finetuning.cost_usd";
constexpr const char* attempts = "finetuning.attempts";
constexpr const char* may_be_billed = "finetuning.may_be_billed";
}  // namespace names

std::string_view telemetry_name_of(const Provider& provider) {
  return provider.telemetry_name.empty() ? provider.name : provider.telemetry_name;
}

constexpr double most_cost_usd = 1e300;

double in_seconds(nanoseconds time) {
  return std::max(std::chrono::duration<double>(time).count(), 0.0);
}

/// A spec is written as a provider and the id that goes on the wire; another name as it is.
void write_model(const std::string& name, Json& json) {
  const Result<Model> model = Model::from(name);
  if (model && model->spec() == name) {
    json[names::provider] = telemetry_name_of(model->provider());
    json[names::model] = model->id();
  } else {
    json[names::model] = name;
  }
}

void write_answer(const CallRecord& call, Json& json) {
  if (!call.response_model.empty()) json[names::response_model] = call.response_model;
  if (!call.id.empty()) json[names::id] = call.id;
  if (call.finish_reason)
    json[names::finish_reasons] = Json::array({to_string(*call.finish_reason)});
  if (call.usage.known) {
    json[names::input_tokens] = call.usage.input_tokens;
    json[names::cached_input_tokens] = call.usage.cached_input_tokens;
    json[names::output_tokens] = call.usage.output_tokens;
    json[names::reasoning_tokens] = call.usage.reasoning_tokens;
    json[names::total_tokens] = call.usage.total_tokens;
  }
  if (call.cost_usd && *call.cost_usd >= 0 && *call.cost_usd <= most_cost_usd)
    json[names::cost_usd] = *call.cost_usd;
  if (call.score && *call.score >= 0 && *call.score <= 1) json[names::score] = *call.score;
}

/// Reads members of an object. The first one that is not what it has to be is kept as the fault.
class RecordReader {
 public:
  explicit RecordReader(const JsonValue& object) : object_(object) {}

  [[nodiscard]] const std::string& fault() const { return fault_; }

  std::string text(std::string_view name) {
    const JsonValue* const value = find(object_, name);
    if (value == nullptr) return {};
    if (!value->is_string()) complain(name, "a text");
    return value->is_string() ? value->characters() : std::string();
  }

  /// Of an array of texts the first.
  std::string first_text(std::string_view name) {
    const JsonValue* const value = find(object_, name);
    if (value == nullptr) return {};
    const JsonValue* const first = first_element(*value);
    if (first == nullptr || !first->is_string()) complain(name, "a list of texts");
    return first != nullptr ? first->characters() : std::string();
  }

  bool flag(std::string_view name) {
    const JsonValue* const value = find(object_, name);
    if (value == nullptr) return false;
    if (value->raw() != "true" && value->raw() != "false") complain(name, "true or false");
    return value->is_true();
  }

  /// A number from 0 to `most`.
  std::optional<double> number(std::string_view name, double most) {
    const std::optional<double> number = parsed<double>(name, "a number that can be");
    if (number && !(*number >= 0 && *number <= most)) complain(name, "a number that can be");
    return number;
  }

  /// A whole number from 0 to `most`; 0 where there is none.
  template <class T>
  T whole_number(std::string_view name, T most = std::numeric_limits<T>::max()) {
    const T number = parsed<T>(name, "a whole number that can be").value_or(0);
    if (number < 0 || number > most) complain(name, "a whole number that can be");
    return number;
  }

  /// A time in seconds; thirty years at most.
  std::optional<nanoseconds> seconds(std::string_view name) {
    const std::optional<double> seconds = number(name, 1e9);
    if (!seconds || !fault_.empty()) return std::nullopt;
    return nanoseconds(std::llround(*seconds * 1e9));
  }

  [[nodiscard]] bool has(std::string_view name) const { return find(object_, name) != nullptr; }

 private:
  template <class T>
  std::optional<T> parsed(std::string_view name, std::string_view expected) {
    const JsonValue* const value = find(object_, name);
    if (value == nullptr) return std::nullopt;
    const std::string_view raw = value->is_number() ? value->raw() : std::string_view();
    T number{};
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), number);
    if (raw.empty() || error != std::errc() || end != raw.data() + raw.size())
      complain(name, expected);
    return number;
  }

  void complain(std::string_view name, std::string_view expected) {
    if (fault_.empty()) fault_ = fmt::format("its {} is not {}", name, expected);
  }

  const JsonValue& object_;
  std::string fault_;
};

/// What the call counts under, from the names of its provider and of its model.
std::string model_of(const std::string& provider_name, const std::string& model) {
  if (provider_name.empty() || model.empty()) return model;
  const auto* const provider = std::find_if(
      providers::all.begin(), providers::all.end(),
      [&](const Provider* shipped) { return telemetry_name_of(*shipped) == provider_name; });
  const std::string_view name =
      provider == providers::all.end() ? std::string_view(provider_name) : (*provider)->name;
  return fmt::format("{}:{}", name, model);
}

CallRecord read_members(RecordReader& read) {
  constexpr std::int64_t last_started = 9'000'000'000'000;  // of 2255: a clock of nanoseconds ends
  CallRecord call{
      .model = model_of(read.text(names::provider), read.text(names::model)),
      .response_model = read.text(names::response_model),
      .id = read.text(names::id),
      .started = std::chrono::system_clock::time_point(
          milliseconds(read.whole_number(names::started, last_started))),
      .latency = read.seconds(names::latency).value_or(nanoseconds{}),
      .streamed = read.flag(names::stream),
      .time_to_first_text = read.seconds(names::time_to_first_text),
      .may_be_billed = read.flag(names::may_be_billed),
      .usage = {.input_tokens = read.whole_number<std::uint64_t>(names::input_tokens),
                .output_tokens = read.whole_number<std::uint64_t>(names::output_tokens),
                .total_tokens = read.whole_number<std::uint64_t>(names::total_tokens),
                .cached_input_tokens = read.whole_number<std::uint64_t>(names::cached_input_tokens),
                .reasoning_tokens = read.whole_number<std::uint64_t>(names::reasoning_tokens),
                .known = read.has(names::input_tokens) || read.has(names::output_tokens)},
      .cost_usd = read.number(names::cost_usd, most_cost_usd),
      .attempts = read.whole_number<int>(names::attempts),
      .score = read.number(names::score, 1)};
  if (read.has(names::error))
    call.error = enum_from<ErrorKind>(read.text(names::error)).value_or(ErrorKind::other);
  if (read.has(names::finish_reasons))
    call.finish_reason = enum_from<FinishReason>(read.first_text(names::finish_reasons))
                             .value_or(FinishReason::other);
  return call;
}

Error no_record(std::string_view why) {
  return {.kind = ErrorKind::invalid_request,
          .message =
              fmt::format("The line is no record of a call: {}; leave it out or correct it.", why),
          .code = "invalid_call_record"};
}

}  // namespace

std::string to_json(const CallRecord& call) {
  const auto started = std::chrono::floor<milliseconds>(call.started.time_since_epoch());
  Json json{{names::started, started.count()}, {names::operation, "chat"}};
  write_model(call.model, json);
  json[names::stream] = call.streamed;
  if (call.error) json[names::error] = to_string(*call.error);
  if (call.may_be_billed) json[names::may_be_billed] = true;
  json[names::latency] = in_seconds(call.latency);
  if (call.time_to_first_text)
    json[names::time_to_first_text] = in_seconds(*call.time_to_first_text);
  write_answer(call, json);
  json[names::attempts] = call.attempts;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<CallRecord> read_call_record(std::string_view line) {
  const JsonDocument document(line);
  if (!document || !document->is_object()) return no_record("it is no JSON object");
  RecordReader read(*document);
  CallRecord call = read_members(read);
  if (!read.fault().empty()) return no_record(read.fault());
  if (!read.has(names::model)) return no_record(fmt::format("it has no {}", names::model));
  if (!read.has(names::latency)) return no_record(fmt::format("it has no {}", names::latency));
  return call;
}

}  // namespace FineTuning
