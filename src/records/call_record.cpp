// A call as a line of a log, with OpenTelemetry's attribute names, and back. The names are those of
// docs/registry/attributes/gen-ai.md in open-telemetry/semantic-conventions-genai.

#include "json/fields.hpp"

#include <FineTuning/internal/errors.hpp>
#include <FineTuning/model.hpp>
#include <FineTuning/monitor.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

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

/// A record on its way.
struct Draft {
  CallRecord call{};
  std::string provider{};
};

/// The first reason of several: the library reads one answer.
JsonResult read_finish_reason(const JsonValue& value, FinishReason& to) {
  if (const JsonValue* first = first_element(value)) return read_enum_or_other(*first, to);
  if (value.is_array()) return JsonFault{.problem = "is empty; write a reason"};
  return unlike(value, "an array of texts");
}

JsonResult read_seconds(const JsonValue& value, nanoseconds& to) {
  constexpr double longest = 1e9;  // thirty years
  double seconds = 0;
  JsonResult read = read_number_between(value, seconds, 0, longest);
  to = nanoseconds(std::llround(seconds * 1e9));
  return read;
}

JsonResult read_started(const JsonValue& value, std::chrono::system_clock::time_point& to) {
  constexpr std::int64_t last = 9'000'000'000'000;  // of 2255: a clock of nanoseconds ends
  std::int64_t count = 0;
  JsonResult read = read_whole_between(value, count, 0, last);
  to = std::chrono::system_clock::time_point(milliseconds(count));
  return read;
}

JsonResult read_cost(const JsonValue& value, double& to) {
  return read_number_between(value, to, 0, most_cost_usd);
}

JsonResult read_score(const JsonValue& value, double& to) {
  return read_number_between(value, to, 0, 1);
}

template <auto count>
JsonResult read_tokens(const JsonValue& value, Draft& draft) {
  return read_count(value, draft.call.usage.*count);
}

/// A count that is written only if the usage is known.
template <auto count>
JsonResult read_known_tokens(const JsonValue& value, Draft& draft) {
  draft.call.usage.known = true;
  return read_tokens<count>(value, draft);
}

template <auto read, auto member>
JsonResult in_call(const JsonValue& value, Draft& draft) {
  return into<read, member>(value, draft.call);
}

using Field = JsonField<Draft>;

constexpr std::array fields{
    Field{names::provider, into<read_text, &Draft::provider>},
    Field{names::model, in_call<read_text, &CallRecord::model>, Presence::required},
    Field{names::stream, in_call<read_flag, &CallRecord::streamed>},
    Field{names::response_model, in_call<read_text, &CallRecord::response_model>},
    Field{names::id, in_call<read_text, &CallRecord::id>},
    Field{names::finish_reasons, in_call<read_finish_reason, &CallRecord::finish_reason>},
    Field{names::input_tokens, read_known_tokens<&Usage::input_tokens>},
    Field{names::output_tokens, read_known_tokens<&Usage::output_tokens>},
    Field{names::cached_input_tokens, read_tokens<&Usage::cached_input_tokens>},
    Field{names::reasoning_tokens, read_tokens<&Usage::reasoning_tokens>},
    Field{names::total_tokens, read_tokens<&Usage::total_tokens>},
    Field{names::score, in_call<read_score, &CallRecord::score>},
    Field{names::error, in_call<read_enum_or_other<ErrorKind>, &CallRecord::error>},
    Field{names::started, in_call<read_started, &CallRecord::started>},
    Field{names::latency, in_call<read_seconds, &CallRecord::latency>, Presence::required},
    Field{names::time_to_first_text, in_call<read_seconds, &CallRecord::time_to_first_text>},
    Field{names::cost_usd, in_call<read_cost, &CallRecord::cost_usd>},
    Field{names::attempts, in_call<read_count<int>, &CallRecord::attempts>},
    Field{names::may_be_billed, in_call<read_flag, &CallRecord::may_be_billed>}};

JsonResult read_record(const JsonValue& value, Draft& draft) {
  return read_object(value, draft, fields, ignore_other);
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

Result<CallRecord> parse_call_record(std::string_view line) {
  Draft draft;
  if (const JsonResult read = read_json(line, draft, read_record); !read)
    return invalid_request(
        fmt::format("The line is not a record of a call: {}; leave it out or correct it.",
                    read.error().text()),
        "invalid_call_record");
  draft.call.model = model_of(draft.provider, draft.call.model);
  return std::move(draft.call);
}

}  // namespace FineTuning
