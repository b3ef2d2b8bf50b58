// What a monitor's figures and records look like as text: JSON, Prometheus, lines of a log.

#include "support/catch.hpp"

#include <FineTuning/monitor.hpp>
#include <FineTuning/providers.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace FineTuning;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

/// A call with every member.
CallRecord whole_call() {
  return {.model = "openai:ft:gpt-4o-mini-2024-07-18:acme::x",
          .response_model = "ft:gpt-4o-mini-2024-07-18:acme::x",
          .id = "chatcmpl-1",
          .started = std::chrono::system_clock::time_point(1764092622123ms),
          .latency = 1234567891ns,
          .streamed = true,
          .time_to_first_text = 250ms,
          .finish_reason = FinishReason::tool_calls,
          .usage = {.input_tokens = 100,
                    .output_tokens = 20,
                    .total_tokens = 121,
                    .cached_input_tokens = 64,
                    .reasoning_tokens = 8,
                    .known = true},
          .cost_usd = 0.1 + 0.2,
          .attempts = 2,
          .score = 0.75};
}

/// What a record says, so that two can be compared.
auto members_of(const CallRecord& call) {
  const Usage& usage = call.usage;
  return std::tuple(call.model, call.response_model, call.id, call.started, call.latency,
                    call.streamed, call.time_to_first_text, call.error, call.finish_reason,
                    call.may_be_billed, call.cost_usd, call.attempts, call.score,
                    std::tuple(usage.input_tokens, usage.output_tokens, usage.total_tokens,
                               usage.cached_input_tokens, usage.reasoning_tokens, usage.known));
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

/// A model whose every figure is known, and one of which nothing is.
std::vector<ModelStats> two_models() {
  const Monitor monitor;
  CallRecord call = whole_call();
  call.model = "a";
  call.latency = 2s;
  call.cost_usd = 0.5;
  monitor.record(call);
  monitor.record({.model = "a", .error = ErrorKind::rate_limited});
  monitor.record({.model = "a", .error = ErrorKind::rate_limited});
  monitor.record({.model = "a", .error = ErrorKind::cancelled});
  monitor.record({.model = "b", .error = ErrorKind::tls});
  return monitor.stats();
}

}  // namespace

TEST_CASE("a record is written with the names of OpenTelemetry", "[monitor_reports]") {
  const std::string line = to_json(whole_call());
  CHECK(line.find('\n') == std::string::npos);
  CHECK(Json::parse(line) == Json::parse(R"({
    "finetuning.started_unix_ms": 1764092622123,
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "ft:gpt-4o-mini-2024-07-18:acme::x",
    "gen_ai.request.stream": true,
    "finetuning.latency_seconds": 1.234567891,
    "finetuning.time_to_first_text": 0.25,
    "gen_ai.response.model": "ft:gpt-4o-mini-2024-07-18:acme::x",
    "gen_ai.response.id": "chatcmpl-1",
    "gen_ai.response.finish_reasons": ["tool_calls"],
    "gen_ai.usage.input_tokens": 100,
    "gen_ai.usage.cache_read.input_tokens": 64,
    "gen_ai.usage.output_tokens": 20,
    "gen_ai.usage.reasoning.output_tokens": 8,
    "finetuning.usage.total_tokens": 121,
    "finetuning.cost_usd": 0.30000000000000004,
    "gen_ai.evaluation.score.value": 0.75,
    "finetuning.attempts": 2})"));
}

TEST_CASE("what is unknown of a call is left out", "[monitor_reports]") {
  CHECK(Json::parse(to_json(CallRecord{.model = "m", .error = ErrorKind::timed_out})) ==
        Json::parse(R"({"finetuning.started_unix_ms":0,"gen_ai.operation.name":"chat",
          "gen_ai.request.model":"m","gen_ai.request.stream":false,"error.type":"timed_out",
          "finetuning.latency_seconds":0.0,"finetuning.attempts":0})"));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double none : {nan, -0.5, std::numeric_limits<double>::infinity()})
    CHECK(to_json(CallRecord{.latency = -1s, .cost_usd = none, .score = none}) ==
          to_json(CallRecord{}));
}

TEST_CASE("providers are named as OpenTelemetry names them", "[monitor_reports]") {
  // The well-known values of gen_ai.provider.name, docs/registry/attributes/gen-ai.md in
  // open-telemetry/semantic-conventions-genai. It has no name for Together, Fireworks and a local
  // server, whose own stand.
  const std::vector<std::pair<std::string, std::string>> cases{
      {"openai:gpt-4o", "openai"},
      {"azure:my-deployment", "azure.ai.openai"},
      {"google:gemini-2.5-flash", "gcp.gemini"},
      {"vertex:projects/p/locations/l/endpoints/1", "gcp.vertex_ai"},
      {"cohere:command-r", "cohere"},
      {"groq:llama-3.1-8b-instant", "groq"},
      {"mistral:mistral-small-latest", "mistral_ai"},
      {"bedrock:amazon.nova-lite-v1:0", "aws.bedrock"},
      {"together:org/model", "together"},
      {"fireworks:accounts/a/models/m", "fireworks"},
      {"local:llama", "local"}};
  CHECK(cases.size() == providers::all.size());
  for (const auto& [model, provider] : cases) {
    CAPTURE(model);
    const std::string line = to_json(CallRecord{.model = model});
    const Json json = Json::parse(line);
    CHECK(json["gen_ai.provider.name"] == provider);
    CHECK(json["gen_ai.request.model"] == model.substr(model.find(':') + 1));
    CHECK(parse_call_record(line).value().model == model);
  }
}

TEST_CASE("a record that is written and read is the same", "[monitor_reports]") {
  std::vector<CallRecord> calls{whole_call(),
                                CallRecord{},
                                CallRecord{.model = "gpt-4o"},
                                CallRecord{.model = "a \"name\"\n\\ \xC3\xA9"},
                                CallRecord{.model = "acme:model"},
                                CallRecord{.error = ErrorKind::cancelled, .may_be_billed = true}};
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::other); ++kind)
    calls.push_back({.model = "m", .error = static_cast<ErrorKind>(kind)});
  for (int reason = 0; reason <= static_cast<int>(FinishReason::other); ++reason)
    calls.push_back({.model = "m", .finish_reason = static_cast<FinishReason>(reason)});
  for (std::int64_t time = 1; time < 1'000'000'000'000'000; time = time * 7 + 1)
    calls.push_back({.model = "m", .latency = std::chrono::nanoseconds(time)});
  for (const CallRecord& call : calls) {
    const std::string line = to_json(call);
    CAPTURE(line);
    const Result<CallRecord> read = parse_call_record(line);
    REQUIRE(read);
    CHECK(members_of(*read) == members_of(call));
  }
}

TEST_CASE("a record of a later release or of another program is read as far as it goes",
          "[monitor_reports]") {
  const CallRecord call = parse_call_record(R"({"gen_ai.provider.name":"anthropic",
    "gen_ai.request.model":"claude","finetuning.latency_seconds":1e-3,"error.type":"out_of_luck",
    "gen_ai.response.finish_reasons":["end_turn","stop"],"more":{"to":["come"]},
    "gen_ai.response.id":null})")
                              .value();
  CHECK(call.model == "anthropic:claude");
  CHECK(call.latency == 1ms);
  CHECK(call.error == ErrorKind::other);
  CHECK(call.finish_reason == FinishReason::other);
  CHECK(call.id.empty());
  CHECK_FALSE(call.usage.known);
}

TEST_CASE("a line that is not a record says why", "[monitor_reports]") {
  const std::string whole = to_json(whole_call());
  struct Case {
    std::string line;
    std::string why;
  };
  std::vector<Case> cases{
      {"", "it is not JSON"},
      {"[]", "it is not an object"},
      {whole + whole, "it is not JSON"},
      {"{}", "gen_ai.request.model is missing; write a text"},
      {R"({"gen_ai.request.model":"m"})",
       "finetuning.latency_seconds is missing; write a number from 0 to 1000000000"},
      {R"({"gen_ai.request.model":"m","gen_ai.request.model":"n"})",
       "gen_ai.request.model appears twice"},
      {R"({"gen_ai.request.model":"m","gen_ai.response.finish_reasons":[]})",
       "gen_ai.response.finish_reasons is empty; write a reason"}};
  const std::vector<std::pair<std::string, Json>> wrong_members{
      {"gen_ai.request.model", 5},
      {"gen_ai.provider.name", true},
      {"gen_ai.request.stream", "yes"},
      {"gen_ai.response.finish_reasons", "stop"},
      {"gen_ai.usage.input_tokens", -1},
      {"gen_ai.usage.output_tokens", 1.5},
      {"gen_ai.usage.input_tokens", "5"},
      {"finetuning.latency_seconds", -1},
      {"finetuning.latency_seconds", 1e10},
      {"finetuning.started_unix_ms", 9'000'000'000'001},
      {"finetuning.started_unix_ms", -1},
      {"finetuning.attempts", 3'000'000'000},
      {"finetuning.cost_usd", -0.5},
      {"gen_ai.evaluation.score.value", 2},
      {"error.type", 404}};
  for (const auto& [name, value] : wrong_members) {
    Json json = Json::parse(whole);
    json[name] = value;
    cases.push_back({json.dump(), name + " is not "});
  }
  for (std::size_t size = 1; size < whole.size(); ++size)
    cases.push_back({whole.substr(0, size), "it is not JSON"});
  for (const auto& [line, why] : cases) {
    CAPTURE(line);
    const Result<CallRecord> read = parse_call_record(line);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::invalid_request);
    CHECK(read.error().message.starts_with("The line is not a record of a call: " + why));
    CHECK(read.error().message.ends_with("; leave it out or correct it."));
  }
}

TEST_CASE("a log restores a monitor", "[monitor_reports]") {
  std::string log;
  const Monitor before({.on_call = [&](const CallRecord& call) { log += to_json(call) + '\n'; }});
  int calls = 0;
  const Responder watched = before.watch([&](const ChatRequest&,
                                             const CallContext&) -> Result<ChatResponse> {
    if (++calls % 3 == 0) return Error{.kind = ErrorKind::overloaded};
    return ChatResponse{
        .usage = {.input_tokens = 7, .known = true}, .cost_usd = 0.1, .id = std::to_string(calls)};
  });
  for (const char* model : {"gpt-4o", "local:llama", "a name", ""})
    for (int n = 0; n < 10; ++n) {
      CallContext context;
      (void)watched({.model = model}, context);
    }
  const Monitor after;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) after.record(parse_call_record(line).value());
  CHECK(to_json(after.stats()) == to_json(before.stats()));
  CHECK(after.feedback("1", 1));
}

TEST_CASE("figures are written as JSON, what is unknown as null", "[monitor_reports]") {
  const std::vector<ModelStats> stats = two_models();
  const Json models = Json::parse(to_json(stats)).at("models");
  REQUIRE(models.size() == 2);
  CHECK(models[0] == Json::parse(to_json(stats[0])));
  CHECK(models[0]["recent"] == models[0]["total"]);
  CHECK(models[0]["total"] == Json::parse(R"({"requests":4,"succeeded":1,"failed":2,"cancelled":1,
    "success_rate":0.3333333333333333,"errors":{"rate_limited":2},"mean_latency_seconds":2.0,
    "mean_time_to_first_text_seconds":0.25,"tokens":{"input":100,"cached_input":64,"output":20,
    "reasoning":8,"total":121},"usage_unknown":0,"cost_usd":0.5,"priced":1,"unpriced":0,"scores":1,
    "mean_score":0.75})"));
  CHECK(models[0]["latency_seconds"] == Json::parse(R"({"p50":2.0,"p95":2.0,"p99":2.0})"));
  CHECK(models[0]["time_to_first_text_seconds"]["p99"] == 0.25);
  CHECK(models[1]["model"] == "b");
  for (const char* name : {"mean_latency_seconds", "mean_time_to_first_text_seconds", "tokens",
                           "cost_usd", "mean_score"})
    CHECK(models[1]["total"][name].is_null());
  CHECK(models[1]["latency_seconds"]["p50"].is_null());
  CHECK(models[1]["total"]["success_rate"] == 0.0);
  CHECK(to_json(std::vector<ModelStats>{}) == R"({"models":[]})");
}

TEST_CASE("figures are written as Prometheus reads them", "[monitor_reports]") {
  const std::string text = to_prometheus(two_models());
  for (const char* line : {
           "# TYPE finetuning_requests_total counter",
           R"(finetuning_requests_total{model="a",outcome="succeeded"} 1)",
           R"(finetuning_requests_total{model="a",outcome="failed"} 2)",
           R"(finetuning_requests_total{model="a",outcome="cancelled"} 1)",
           R"(finetuning_errors_total{model="a",error_type="rate_limited"} 2)",
           R"(finetuning_errors_total{model="b",error_type="tls"} 1)",
           R"(finetuning_input_tokens_total{model="a"} 100)",
           R"(finetuning_cost_usd_total{model="a"} 0.5)",
           R"(finetuning_unpriced_requests_total{model="b"} 0)",
           "# TYPE finetuning_latency_seconds summary",
           R"(finetuning_latency_seconds{model="a",quantile="0.99"} 2)",
           R"(finetuning_latency_seconds_sum{model="a"} 2)",
           R"(finetuning_latency_seconds_count{model="a"} 1)",
           R"(finetuning_latency_seconds_count{model="b"} 0)",
           R"(finetuning_time_to_first_text_seconds{model="a",quantile="0.5"} 0.25)",
           R"(finetuning_scored_requests_total{model="a"} 1)",
           "# TYPE finetuning_mean_score gauge",
           R"(finetuning_mean_score{model="a"} 0.75)",
       }) {
    CAPTURE(line);
    CHECK(has_line(text, line));
  }
  for (const char* unknown :
       {R"(finetuning_cost_usd_total{model="b"})", R"(finetuning_mean_score{model="b"})",
        R"(finetuning_input_tokens_total{model="b"})", R"(finetuning_latency_seconds{model="b")"})
    CHECK(text.find(unknown) == std::string::npos);
}

TEST_CASE("what Prometheus reads has one head a family, above its samples", "[monitor_reports]") {
  std::istringstream lines(to_prometheus(two_models()));
  std::vector<std::string> families;
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    if (line.starts_with("# HELP ")) {
      families.push_back(line.substr(7, line.find(' ', 7) - 7));
      CHECK(std::count(families.begin(), families.end(), families.back()) == 1);
      std::string type;
      REQUIRE(std::getline(lines, type));
      CHECK(type.starts_with("# TYPE " + families.back() + ' '));
      CHECK(type.ends_with(" counter") == families.back().ends_with("_total"));
    } else {
      CHECK(line.starts_with(families.back()));
    }
  }
  CHECK(families.size() == 14);
}

TEST_CASE("a model's name cannot break out of its label", "[monitor_reports]") {
  const Monitor monitor;
  monitor.record({.model = "a\"b\\c\nd \xC3\xA9\xFF"});
  CHECK(Json::parse(to_json(monitor.stats())).at("models").size() == 1);
  const std::string text = to_prometheus(monitor.stats());
  CHECK(has_line(text, R"(finetuning_latency_seconds_count{model="a\"b\\c\nd é?"} 1)"));
}
