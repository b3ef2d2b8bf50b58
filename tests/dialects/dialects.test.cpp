// How every recorded answer, stream and refusal is read, and what nobody recorded.

#include "dialects/dialect.hpp"
#include "http/event_reader.hpp"
#include "json/reader.hpp"
#include "support/catch.hpp"
#include "support/sample.hpp"

#include <FineTuning/providers/groq.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;
using Json = nlohmann::json;
using test::sample;

namespace {

/// A dialect, spoken with an accent.
struct Speaker {
  const DialectFunctions* dialect;
  Accent accent{};

  [[nodiscard]] Result<ChatResponse> decode(std::string_view body) const {
    return dialect->decode(body, accent);
  }
  [[nodiscard]] Error explain(int status, std::string_view body) const {
    return dialect->explain(status, body, accent);
  }
  [[nodiscard]] Result<void> absorb(StreamState& state, const SseEvent& event,
                                    const Deliver& deliver) const {
    return dialect->absorb(state, event, accent, deliver);
  }
};

const Speaker openai{&openai_chat_dialect};
const Speaker groq{&openai_chat_dialect, providers::groq.accent};
const Speaker gemini{&gemini_dialect};
const Speaker cohere{&cohere_chat_dialect, providers::cohere.accent};
const std::array all_speakers{openai, groq, gemini, cohere};

Json json(std::string_view text) { return Json::parse(text); }

std::string operator+(std::string_view a, std::string_view b) { return std::string(a).append(b); }

// ---- answers, made comparable

Json view_of(const ToolCall& call) {
  Json view{{"id", call.id}, {"name", call.name}, {"arguments", call.arguments}};
  if (!call.signature.empty()) view["signature"] = call.signature;
  return view;
}

Json view_of(const Citation& citation) {
  return {{"start", citation.start},
          {"end", citation.end},
          {"text", citation.text},
          {"sources", citation.sources}};
}

/// What an answer says, without what is empty.
Json view_of(const ChatResponse& response) {
  Json view{{"finish", to_string(response.finish_reason) + " " + response.raw_finish_reason}};
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) view[name] = text;
  };
  add("content", response.content);
  add("reasoning", response.reasoning);
  add("id", response.id);
  add("model", response.model);
  add("request_id", response.request_id);
  for (const ToolCall& call : response.tool_calls) view["tool_calls"].push_back(view_of(call));
  for (const Citation& citation : response.citations)
    view["citations"].push_back(view_of(citation));
  const Usage& usage = response.usage;
  if (usage.known)
    view["usage"] = {usage.input_tokens, usage.output_tokens, usage.total_tokens,
                     usage.cached_input_tokens, usage.reasoning_tokens};
  return view;
}

/// What came of a stream, and what was handed over while it came.
struct Streamed {
  StreamState state{};
  std::optional<Error> error{};
  ChatResponse delivered{};
  bool operator==(const Streamed& other) const {
    return view_of(state.response) == view_of(other.state.response) &&
           view_of(delivered) == view_of(other.delivered) &&
           state.is_whole == other.state.is_whole && error.has_value() == other.error.has_value() &&
           (!error || error->message == other.error->message);
  }
};

void keep(ChatResponse& delivered, const StreamEvent& event) {
  switch (event.kind) {
    case StreamEvent::Kind::text: delivered.content += event.text; break;
    case StreamEvent::Kind::reasoning: delivered.reasoning += event.text; break;
    case StreamEvent::Kind::citation: delivered.citations.push_back(*event.citation); break;
    case StreamEvent::Kind::tool_call:
      delivered.tool_calls.resize(std::max(delivered.tool_calls.size(), event.index + 1));
      delivered.tool_calls[event.index].name += event.tool_name;
      delivered.tool_calls[event.index].arguments += event.text;
      break;
  }
}

Streamed stream(const Speaker& speaker, const std::vector<std::string_view>& pieces) {
  Streamed streamed;
  EventReader reader;
  const auto absorb = [&](const SseEvent& event) {
    const Result<void> absorbed = speaker.absorb(
        streamed.state, event, [&](const StreamEvent& piece) { keep(streamed.delivered, piece); });
    if (!absorbed) streamed.error = absorbed.error();
    return absorbed && !streamed.state.is_over;
  };
  for (const std::string_view piece : pieces)
    if (!reader.feed(piece, absorb)) return streamed;
  reader.finish(absorb);
  return streamed;
}

Streamed stream(const Speaker& speaker, std::string_view body) {
  return stream(speaker, std::vector{body});
}

/// Events without a name, as most services send them; each line is a line of data.
std::string events(std::initializer_list<std::string_view> data) {
  std::string body;
  for (const std::string_view each : data) {
    body += "data: ";
    for (const char c : each) body += c == '\n' ? std::string("\ndata: ") : std::string(1, c);
    body += "\n\n";
  }
  return body;
}

/// The JSON texts of a sample: its events, or itself.
std::vector<std::string> json_texts(std::string_view body) {
  std::vector<std::string> texts;
  EventReader reader;
  const auto keep_json = [&](const SseEvent& event) {
    if (JsonDocument(event.data)) texts.emplace_back(event.data);
    return true;
  };
  reader.feed(body, keep_json);
  reader.finish(keep_json);
  if (JsonDocument(body)) texts.emplace_back(body);
  return texts;
}

// ---- the samples

struct Answer {
  Speaker speaker;
  const char* file;
  const char* view;
};

const std::vector<Answer> answers{
    {openai, "openai/response.json",
     R"({"content":"Paris.","finish":"stop stop","usage":[16,3,19,0,0],
         "id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
         "model":"ft:gpt-4o-mini-2024-07-18:my-org:custom-suffix:7q8mpxmy"})"},
    {openai, "openai/tools.response.json",
     R"({"finish":"tool_calls tool_calls","usage":[16,3,19,0,0],"id":"chatcmpl-abc123",
         "model":"ft:gpt-4o-mini-2024-07-18:my-org:custom-suffix:7q8mpxmy",
         "tool_calls":[{"id":"call_abc123","name":"get_weather",
                        "arguments":"{\n\"location\": \"Oslo\"\n}"}]})"},
    {groq, "groq/response.json",
     R"({"finish":"tool_calls tool_calls","usage":[45,2,47,0,0],
         "id":"chatcmpl-1fd017fc-60b8-44eb-a736-375b8e1bc3e7","model":"llama-3.3-70b-versatile",
         "request_id":"req_01kh52madzem68scv0bcz3vm00",
         "tool_calls":[{"id":"ax9fskhev","name":"weather","arguments":"{}"}]})"},
    {openai, "together/response.json",
     R"({"content":"Paris.","finish":"stop eos","usage":[21,2,23,0,0],
         "id":"oDy3Bb9-3NKUce-9b3f1d2c4e5f6a7b",
         "model":"acme_a03a/Llama-3.3-70B-Instruct-Reference-my-suffix-38d369c4-c55e4fcf"})"},
    {gemini, "google/response.json",
     R"({"content":"There are **3** r's.","finish":"stop STOP","usage":[9,272,281,0,244],
         "id":"Un6LacrVMcjUxs0PmJfWoQc","model":"gemini-3-pro-preview"})"},
    {gemini, "vertex/text.stream.array.json",
     R"({"content":"Paris is it.","finish":"stop STOP","usage":[5,4,9,0,0],
         "id":"_vr4aYiWEJnYodAPkujX0QM",
         "model":"projects/123456789012/locations/us-central1/endpoints/4095574160837705728"})"},
    {cohere, "cohere/response.json",
     R"({"content":"You get a gym membership.","finish":"stop COMPLETE","usage":[1683,62,1745,992,0],
         "id":"68475c80-574b-4c65-98a4-e81cebab5dce",
         "citations":[{"start":10,"end":24,"text":"gym membership","sources":["doc:0"]}]})"},
    {cohere, "cohere/tools.response.json",
     R"({"reasoning":"I will use the currentTime tool to find the current time.",
         "finish":"tool_calls TOOL_CALL","usage":[1445,43,1488,992,0],
         "id":"316f0604-ff50-49f6-ba38-c64616e972b4",
         "tool_calls":[{"id":"currentTime_tf4dywn8wgnk","name":"currentTime","arguments":"{}"}]})"},
};

const std::vector<Answer> streams{
    {openai, "openai/text.stream.sse",
     R"({"content":"Paris — «é»","finish":"stop stop","usage":[16,3,19,0,0],
         "id":"chatcmpl-D8Z5oo6uDh67AD85p73ksdT1KxhE0",
         "model":"ft:gpt-4o-mini-2024-07-18:my-org:custom-suffix:7q8mpxmy"})"},
    {openai, "openai/tools.stream.sse",
     R"({"finish":"tool_calls tool_calls","usage":[16,3,19,0,0],
         "id":"chatcmpl-D8Z5oo6uDh67AD85p73ksdT1KxhE0",
         "model":"ft:gpt-4o-mini-2024-07-18:my-org:custom-suffix:7q8mpxmy",
         "tool_calls":[{"id":"call_abc123","name":"get_weather",
                        "arguments":"{\"location\":\"Oslo\"}"},
                       {"id":"call_def456","name":"get_time","arguments":"{}"}]})"},
    {openai, "azure/text.stream.sse",
     R"({"content":"Paris","finish":"stop stop","usage":[16,3,19,0,0],
         "id":"chatcmpl-CYPS1lijGoK8gd9lYzY3r9Sx50nbt","model":"gpt-4o-mini-2024-07-18"})"},
    {groq, "groq/text.stream.sse",
     R"({"content":"Paris.","finish":"stop stop","usage":[45,2,47,0,0],
         "id":"chatcmpl-7eb08824-fb8d-47af-a1f0-3aa786f2d1f3","model":"llama-3.3-70b-versatile",
         "request_id":"req_01kh52ndshfr2azv0xe6tnv4fx"})"},
    {groq, "groq/tools.stream.sse",
     R"({"finish":"tool_calls tool_calls","usage":[45,2,47,0,0],
         "id":"chatcmpl-7eb08824-fb8d-47af-a1f0-3aa786f2d1f3","model":"llama-3.3-70b-versatile",
         "request_id":"req_01kh52nj5yfcat8hrmvrk2j2hj",
         "tool_calls":[{"id":"tk85n1k4m","name":"weather","arguments":"{}"}]})"},
    {openai, "mistral/text.stream.sse",
     R"({"content":"Paris.","finish":"stop stop","usage":[13,2,15,0,0],
         "id":"5319bd0299614c679a0068a4f2c8ffd0",
         "model":"ft:open-mistral-7b:587a6b29:20240514:7e773925"})"},
    {openai, "mistral/tools.stream.sse",
     R"({"finish":"tool_calls tool_calls","usage":[124,22,146,0,0],
         "id":"5319bd0299614c679a0068a4f2c8ffd0",
         "model":"ft:open-mistral-7b:587a6b29:20240514:7e773925",
         "tool_calls":[{"id":"gSIMJiOkT","name":"weather",
                        "arguments":"{\"location\": \"Oslo\"}"}]})"},
    {openai, "together/text.stream.sse",
     R"({"content":"Paris.","finish":"stop stop","usage":[21,2,23,0,0],
         "id":"oDy3Bb9-3NKUce-9b3f1d2c4e5f6a7b",
         "model":"acme_a03a/Llama-3.3-70B-Instruct-Reference-my-suffix-38d369c4-c55e4fcf"})"},
    {gemini, "google/text.stream.sse",
     R"({"content":"There are **3** \"r\"s.\n","finish":"stop STOP","usage":[9,208,217,0,185],
         "id":"bH6LaZW8Fp_3nsEPqtaSwQ4","model":"gemini-3-pro-preview"})"},
    {gemini, "google/tools.stream.sse",
     R"({"finish":"tool_calls STOP","usage":[9,200,209,0,185],
         "id":"bH6LaZW8Fp_3nsEPqtaSwQ4","model":"gemini-3-pro-preview",
         "tool_calls":[{"id":"unnamed_call_0","name":"weather","arguments":"{\"location\":\"Oslo\"}",
                        "signature":"EqUCCqICAb4+9vsh8Pd5taZVoPzSvjWW"}]})"},
    {gemini, "google/blocked.stream.sse",
     R"({"finish":"content_filter PROHIBITED_CONTENT","usage":[9,0,9,0,0],
         "id":"aaaLaZW8Fp_3nsEPqtaSwQ4","model":"gemini-2.5-flash"})"},
    {gemini, "vertex/text.stream.sse",
     R"({"content":"Paris is it.","finish":"stop STOP","usage":[5,4,9,0,0],
         "id":"_vr4aYiWEJnYodAPkujX0QM",
         "model":"projects/123456789012/locations/us-central1/endpoints/4095574160837705728"})"},
    {gemini, "vertex/text.stream.array.json",
     R"({"content":"Paris is it.","finish":"stop STOP","usage":[5,4,9,0,0],
         "id":"_vr4aYiWEJnYodAPkujX0QM",
         "model":"projects/123456789012/locations/us-central1/endpoints/4095574160837705728"})"},
    {cohere, "cohere/text.stream.sse",
     R"({"content":"The capital is Paris.","finish":"stop COMPLETE","usage":[507,10,517,448,0],
         "id":"321d178c-2c12-44d3-ae42-2f5510f6b1cc"})"},
    {cohere, "cohere/tools.stream.sse",
     R"({"reasoning":"I will use the weather tool.","finish":"tool_calls TOOL_CALL",
         "usage":[507,10,517,448,0],"id":"321d178c-2c12-44d3-ae42-2f5510f6b1cc",
         "tool_calls":[{"id":"weather_e8p4pn45zt0t","name":"weather",
                        "arguments":"{\"location\":\"Oslo\"}"},
                       {"id":"currentTime_y46ar19t5gvw","name":"currentTime","arguments":"{}"}]})"},
    {cohere, "cohere/citations.stream.sse",
     R"({"content":"You get a gym membership.","finish":"stop COMPLETE","usage":[507,10,517,448,0],
         "id":"321d178c-2c12-44d3-ae42-2f5510f6b1cc",
         "citations":[{"start":10,"end":24,"text":"gym membership","sources":["doc:1"]}]})"},
};

}  // namespace

TEST_CASE("every recorded answer is read", "[dialects]") {
  for (const auto& [speaker, file, view] : answers) {
    INFO(file);
    const Result<ChatResponse> response = speaker.decode(sample(file));
    REQUIRE(response.has_value());
    CHECK(view_of(*response) == json(view));
  }
}

TEST_CASE("every recorded stream is read, and what it says is handed over piece by piece",
          "[dialects]") {
  for (const auto& [speaker, file, view] : streams) {
    INFO(file);
    const Streamed streamed = stream(speaker, sample(file));
    CHECK_FALSE(streamed.error.has_value());
    CHECK(streamed.state.is_whole);
    const ChatResponse& response = streamed.state.response;
    CHECK(view_of(response) == json(view));
    CHECK(streamed.delivered.content == response.content);
    CHECK(streamed.delivered.reasoning == response.reasoning);
    CHECK(streamed.delivered.citations.size() == response.citations.size());
    REQUIRE(streamed.delivered.tool_calls.size() == response.tool_calls.size());
    for (std::size_t i = 0; i < response.tool_calls.size(); ++i) {
      CHECK(streamed.delivered.tool_calls[i].name == response.tool_calls[i].name);
      CHECK(streamed.delivered.tool_calls[i].arguments == response.tool_calls[i].arguments);
    }
  }
}

TEST_CASE("a stream says the same however it is cut", "[dialects]") {
  std::vector<Answer> all = streams;
  all.insert(all.end(), {{openai, "openai/stream-error.sse", ""},
                         {groq, "groq/stream-error.sse", ""},
                         {gemini, "google/stream-error.txt", ""}});
  for (const auto& [speaker, file, view] : all) {
    const std::string body = sample(file);
    const std::string_view text = body;
    const Streamed whole = stream(speaker, text);
    std::vector<std::string_view> bytes;
    for (std::size_t at = 0; at < text.size(); ++at) bytes.push_back(text.substr(at, 1));
    INFO(file);
    CHECK(stream(speaker, bytes) == whole);
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
      if (stream(speaker, {text.substr(0, cut), text.substr(cut)}) == whole) continue;
      FAIL("cut at byte " << cut);
    }
  }
}

TEST_CASE("half a stream has not ended", "[dialects]") {
  for (const auto& [speaker, file, view] : streams) {
    const std::string body = sample(file);
    if (json_texts(body).size() == 1) continue;
    INFO(file);
    const Streamed half = stream(speaker, std::string_view(body).substr(0, body.size() / 2));
    CHECK_FALSE(half.state.is_whole);
  }
}

TEST_CASE("an error inside a stream has what the provider says", "[dialects]") {
  struct Case {
    Speaker speaker;
    std::string body;
    ErrorKind kind;
    std::string code;
    std::string message;
    std::string content;
  };
  const std::string overloaded =
      R"({"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}})";
  for (const Case& c : std::vector<Case>{
           {openai, sample("openai/stream-error.sse"), ErrorKind::server_error, "server_error",
            "The server had an error while processing your request.", "Par"},
           {groq, sample("groq/stream-error.sse"), ErrorKind::server_error, "invalid_request_error",
            "The server had an error processing your request. Sorry about that!", ""},
           {groq, events({R"({"x_groq":{"error":"over capacity"}})"}), ErrorKind::server_error, "",
            "over capacity", ""},
           {openai, "event: error\ndata: {\"message\":\"boom\"}\n\n", ErrorKind::server_error, "",
            "boom", ""},
           {openai, events({R"({"error":{"message":"Slow","code":429}})"}), ErrorKind::rate_limited,
            "", "Slow", ""},
           {openai, events({"{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}", "oops"}),
            ErrorKind::malformed_response, "", "The stream has an event that is not a JSON object.",
            "a"},
           {openai, events({"5"}), ErrorKind::malformed_response, "",
            "The stream has an event that is not a JSON object.", ""},
           {openai, events({R"({"choices":[{"delta":{"tool_calls":[{"index":-1,"id":"a"}]}}]})"}),
            ErrorKind::malformed_response, "", "The answer has a tool call with the index -1.", ""},
           {gemini, sample("google/stream-error.txt"), ErrorKind::overloaded, "UNAVAILABLE",
            "The model is overloaded. Please try again later.", "There are"},
           {gemini, events({overloaded}), ErrorKind::overloaded, "UNAVAILABLE",
            "The model is overloaded.", ""},
           {gemini, events({"[" + overloaded + "]"}), ErrorKind::overloaded, "UNAVAILABLE",
            "The model is overloaded.", ""},
           {gemini, "[" + overloaded + "]", ErrorKind::overloaded, "UNAVAILABLE",
            "The model is overloaded.", ""},
           {gemini, events({"oops"}), ErrorKind::malformed_response, "",
            "The stream has an event that is not JSON.", ""},
           {cohere,
            events(
                {R"({"type":"message-end","delta":{"finish_reason":"ERROR","error":"no GPU"}})"}),
            ErrorKind::server_error, "", "no GPU", ""},
           {cohere, events({R"({"type":"message-end","delta":{"finish_reason":"ERROR"}})"}),
            ErrorKind::server_error, "", "The model failed.", ""},
           {cohere, events({R"({"type":"message-end","delta":{"error":"no GPU"}})"}),
            ErrorKind::server_error, "", "no GPU", ""},
           {cohere, "event: error\ndata: {\"message\":\"boom\"}\n\n", ErrorKind::server_error, "",
            "boom", ""},
           {cohere, events({"oops"}), ErrorKind::malformed_response, "",
            "The stream has an event that is not JSON.", ""},
       }) {
    INFO(c.body);
    const Streamed streamed = stream(c.speaker, c.body);
    REQUIRE(streamed.error.has_value());
    CHECK(to_string(streamed.error->kind) == to_string(c.kind));
    CHECK(streamed.error->code == c.code);
    CHECK(streamed.error->message == c.message);
    CHECK(streamed.state.response.content == c.content);
    CHECK(streamed.delivered.content == c.content);
  }
}

TEST_CASE("a refusal says what happened, as far as its body tells", "[dialects]") {
  struct Case {
    Speaker speaker;
    int status;
    std::string body;
    ErrorKind kind;
    std::string code;
    std::string message;
    std::string request_id{};
  };
  using Kind = ErrorKind;
  const std::string bad_gateway =
      "<html>\r\n<head><title>502 Bad\nGateway</title></head>\r\n<body>nginx</body></html>";
  const std::string bad_gateway_message =
      "an HTML page instead of JSON, titled \"502 Bad\nGateway\"";
  const std::string status_only = R"({"error":{"status":")";
  for (
      const Case& c : std::vector<Case>{
          {openai, 400, sample("openai/error.400.json"), Kind::invalid_request,
           "unsupported_parameter",
           "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
           "'max_completion_tokens' instead."},
          {openai, 404, sample("openai/error.404.json"), Kind::model_not_found, "model_not_found",
           "The model `ft:gpt-4o-mini-2024-07-18:my-org::00000000` does not exist or you do not "
           "have access to it."},
          {openai, 404, sample("together/error.404.json"), Kind::model_not_found,
           "model_not_available",
           "Unable to access model acme_a03a/none. Please visit https://api.together.ai/models to "
           "view the list of supported models."},
          {groq, 400, sample("groq/error.400.json"), Kind::invalid_request, "tool_use_failed",
           "Failed to call a function. Please adjust your prompt. See failed_generation for more "
           "details."},
          {openai, 401, sample("mistral/error.401.json"), Kind::authentication,
           "invalid_request_error", "Unauthorized"},
          {openai, 422, sample("mistral/error.422.json"), Kind::invalid_request, "",
           "body.messages: Field required"},
          {openai, 429, R"({"error":{"message":"No credit.","code":"insufficient_quota"}})",
           Kind::quota_exhausted, "insufficient_quota", "No credit."},
          {openai, 402, R"({"error":{"message":"No credit.","code":"rate_limit"}})",
           Kind::quota_exhausted, "rate_limit", "No credit."},
          {openai, 400, R"({"error":{"message":"The context window is 8192 tokens."}})",
           Kind::context_length_exceeded, "", "The context window is 8192 tokens."},
          {openai, 404, R"({"object":"error","message":"The model `x` does not exist."})",
           Kind::model_not_found, "", "The model `x` does not exist."},
          {openai, 404, R"({"detail":"Not Found"})", Kind::not_found, "", "Not Found"},
          {groq, 498, R"({"error":{"message":"Busy."}})", Kind::overloaded, "", "Busy."},
          {openai, 500, R"({"error":"it broke"})", Kind::server_error, "", "it broke"},
          {gemini, 429, sample("google/error.429.json"), Kind::rate_limited, "RESOURCE_EXHAUSTED",
           "You exceeded your current quota, please check your plan."},
          {gemini, 400, sample("google/error.array.json"), Kind::authentication, "INVALID_ARGUMENT",
           "API key not valid. Please pass a valid API key."},
          {gemini, 402, R"({"error":{"message":"No credit.","status":"RESOURCE_EXHAUSTED"}})",
           Kind::quota_exhausted, "RESOURCE_EXHAUSTED", "No credit."},
          {gemini, 400,
           R"({"error":{"message":"The input token count (9) exceeds the maximum number of tokens )"
           R"(allowed (8).","status":"INVALID_ARGUMENT"}})",
           Kind::context_length_exceeded, "INVALID_ARGUMENT",
           "The input token count (9) exceeds the maximum number of tokens allowed (8)."},
          {gemini, 400, status_only + R"(FAILED_PRECONDITION","message":"m"}})",
           Kind::invalid_request, "FAILED_PRECONDITION", "m"},
          {gemini, 401, status_only + R"(UNAUTHENTICATED","message":"m"}})", Kind::authentication,
           "UNAUTHENTICATED", "m"},
          {gemini, 403, status_only + R"(PERMISSION_DENIED","message":"m"}})",
           Kind::permission_denied, "PERMISSION_DENIED", "m"},
          {gemini, 404, status_only + R"(NOT_FOUND","message":"m"}})", Kind::model_not_found,
           "NOT_FOUND", "m"},
          {gemini, 500, status_only + R"(INTERNAL","message":"m"}})", Kind::server_error,
           "INTERNAL", "m"},
          {gemini, 503, status_only + R"(UNAVAILABLE","message":"m"}})", Kind::overloaded,
           "UNAVAILABLE", "m"},
          {gemini, 504, status_only + R"(DEADLINE_EXCEEDED","message":"m"}})", Kind::timed_out,
           "DEADLINE_EXCEEDED", "m"},
          {gemini, 499, status_only + R"(CANCELLED","message":"m"}})", Kind::other, "CANCELLED",
           "m"},
          {gemini, 404, bad_gateway, Kind::not_found, "", bad_gateway_message},
          {cohere, 404, sample("cohere/error.404.json"), Kind::model_not_found, "",
           "model 'ccc2a8dd-bac5-4482-8d5e-ddf19e847823-ft' not found, make sure the correct "
           "model ID was used and that you have access to the model.",
           "0f2a3b6e-1c7d-4c9e-8a51-2f1b5a0c9d3e"},
          {cohere, 404, R"({"message":"no such path"})", Kind::not_found, "", "no such path"},
          {cohere, 400, R"({"message":"too many tokens: 9"})", Kind::context_length_exceeded, "",
           "too many tokens: 9"},
          {cohere, 498, R"({"message":"denied"})", Kind::content_filtered, "", "denied"},
          {cohere, 429, R"({"message":"too many calls"})", Kind::rate_limited, "",
           "too many calls"},
          {cohere, 429,
           R"({"message":"You are using a Trial key, which is limited to 1000 API calls / month."})",
           Kind::quota_exhausted, "",
           "You are using a Trial key, which is limited to 1000 API calls / month."},
          {openai, 429, R"({"error":{"message":"m","type":"billing_not_active","code":null}})",
           Kind::quota_exhausted, "billing_not_active", "m"},
          {openai, 400, R"({"error":{"message":"m","code":"model_decommissioned"}})",
           Kind::model_retired, "model_decommissioned", "m"},
          {openai, 503, R"({"error":{"message":"m","type":"server_error"}})", Kind::overloaded,
           "server_error", "m"},
          {openai, 504, R"({"error":{"message":"m","type":"server_error"}})", Kind::timed_out,
           "server_error", "m"},
          {openai, 403,
           R"({"error":{"message":"`inputs` tokens + `max_new_tokens` must be <= 9"}})",
           Kind::context_length_exceeded, "", "`inputs` tokens + `max_new_tokens` must be <= 9"},
          {gemini, 400,
           R"({"error":{"status":"INVALID_ARGUMENT","message":"API Key not found.",
               "details":[{"reason":"API_KEY_INVALID"}]}})",
           Kind::authentication, "INVALID_ARGUMENT", "API Key not found."},
          {cohere, 499, R"({"message":"gone"})", Kind::other, "", "gone"},
          {cohere, 402, R"({"message":"pay","id":"r1"})", Kind::quota_exhausted, "", "pay", "r1"},
      }) {
    INFO(c.status << " " << c.body);
    const Error error = c.speaker.explain(c.status, c.body);
    CHECK(to_string(error.kind) == to_string(c.kind));
    CHECK(error.code == c.code);
    CHECK(error.message == c.message);
    CHECK(error.request_id == c.request_id);
    CHECK(error.http_status == c.status);
  }
}

TEST_CASE("a refusal of an unknown shape is passed on as it is", "[dialects]") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "nothing"},
      {" \r\n", "nothing"},
      {"upstream connect error", "\"upstream connect error\""},
      {"<html><head><title>502 Bad Gateway</title></head></html>",
       "an HTML page instead of JSON, titled \"502 Bad Gateway\""},
      {"<!doctype html><p>no title", "an HTML page instead of JSON"},
      {"{\"error\":", "\"{\"error\":\""},
      {"42", "\"42\""},
      {"\"text\"", "\"\"text\"\""},
      {"null", "\"null\""},
      {"[]", "[]"},
      {R"({"error":"text"})", "text"},
      {R"({"error":null,"message":null,"detail":null})",
       R"({"error":null,"message":null,"detail":null})"},
      {R"({"error":{"message":["a",1]}})", R"({"error":{"message":["a",1]}})"},
      {R"({"detail":[{"loc":["body",0],"msg":"bad"},7,{"msg":"worse"}]})", "body.0: bad; ; worse"},
  };
  for (const Speaker& speaker : all_speakers)
    for (const auto& [body, message] : cases) {
      INFO(body);
      const Error error = speaker.explain(500, body);
      CHECK(error.kind == ErrorKind::server_error);
      CHECK(error.message == message);
    }
}

TEST_CASE("the wait that a Google body asks for is read", "[dialects]") {
  using std::chrono::milliseconds;
  const std::vector<std::pair<std::string, std::optional<milliseconds>>> cases{
      {"\"34.4s\"", milliseconds(34400)},
      {"\"0s\"", std::nullopt},
      {"\"2s\"", milliseconds(2000)},
      {"\"0.000000001s\"", milliseconds(1)},
      {"\"99999999999999999999999s\"", std::nullopt},
      {"\"1e300s\"", std::nullopt},
      {"\"-3s\"", std::nullopt},
      {"\"s\"", std::nullopt},
      {"\"\"", std::nullopt},
      {"\"34.4\"", std::nullopt},
      {"\"nans\"", std::nullopt},
      {"\"[1]s\"", std::nullopt},
      {"34.4", std::nullopt},
      {"{\"seconds\":3}", std::nullopt},
  };
  for (const auto& [delay, wait] : cases) {
    const std::string body =
        R"({"error":{"message":"m","details":[{"@type":"x"},{"retryDelay":)" + delay + "}]}}";
    INFO(delay);
    CHECK(gemini.explain(429, body).retry_after == wait);
    CHECK(gemini.explain(429, "[" + body + "]").retry_after == wait);
    CHECK(stream(gemini, events({body})).error->retry_after == wait);
  }
  CHECK(gemini.explain(429, sample("google/error.429.json")).retry_after == milliseconds(34400));
}

TEST_CASE("the endpoint behind a Vertex model is read", "[dialects]") {
  const std::string endpoint =
      "projects/123456789012/locations/us-central1/endpoints/4095574160837705728";
  const std::vector<std::pair<std::string, std::string>> cases{
      {sample("vertex/model.json"), endpoint},
      {R"({"deployedModels":[{"endpoint":"e1"},{"endpoint":"e2"}]})", "e1"},
      {R"({"defaultCheckpointId":"2","deployedModels":[{"endpoint":"e1","checkpointId":"1"},
           {"endpoint":"e2","checkpointId":"2"}]})",
       "e2"},
      {R"({"defaultCheckpointId":"3","deployedModels":[{"endpoint":"e1","checkpointId":"1"}]})",
       "e1"},
      {R"({"deployedModels":[]})", ""},
      {R"({"deployedModels":[{}]})", ""},
      {R"({"deployedModels":null})", ""},
      {R"({"deployedModels":"no"})", ""},
      {"{}", ""},
  };
  for (const auto& [body, expected] : cases) {
    INFO(body);
    const Result<std::string> found = gemini.dialect->decode_lookup(body);
    REQUIRE(found.has_value());
    CHECK(*found == expected);
  }
  for (const std::string_view body : {"", "<html>", "[]", "7"}) {
    const Result<std::string> found = gemini.dialect->decode_lookup(body);
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().kind == ErrorKind::malformed_response);
  }
  CHECK(openai.dialect->decode_lookup == nullptr);
  CHECK(cohere.dialect->decode_lookup == nullptr);
}

TEST_CASE("answers that are rarer than the recorded ones are read", "[dialects]") {
  struct Case {
    Speaker speaker;
    const char* body;
    const char* view;
  };
  for (
      const auto& [speaker, body, view] : std::vector<Case>{
          // Chunks of thinking and of text, and what else a message may hold.
          {openai,
           R"({"choices":[{"message":{"content":[{"type":"thinking","thinking":[{"type":"text",
                "text":"Hm."}]},{"type":"text","text":"Yes"}]},"finish_reason":"model_length"}]})",
           R"({"content":"Yes","reasoning":"Hm.","finish":"length model_length"})"},
          {openai,
           R"({"choices":[{"message":{"refusal":"No.","reasoning":"Hm.","reasoning_content":"Hm."},
                "finish_reason":"content_filter"}]})",
           R"({"content":"No.","reasoning":"Hm.","finish":"content_filter content_filter"})"},
          {openai,
           R"({"choices":[{"message":{"tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]},
                "finish_reason":"brand_new"}],"usage":{"prompt_tokens":3,"completion_tokens":4,
                "prompt_tokens_details":{"cached_tokens":2},
                "completion_tokens_details":{"reasoning_tokens":1}}})",
           R"({"finish":"other brand_new","usage":[3,4,7,2,1],
                "tool_calls":[{"id":"","name":"f","arguments":"{\"a\":1}"}]})"},
          // A prompt that was blocked, and answers without parts.
          {gemini, R"({"promptFeedback":{"blockReason":"JAILBREAK"},
                        "usageMetadata":{"promptTokenCount":4}})",
           R"({"finish":"content_filter JAILBREAK","usage":[4,0,4,0,0]})"},
          {gemini, R"({"candidates":[{"finishReason":"MAX_TOKENS"}],
                        "usageMetadata":{"promptTokenCount":4,"thoughtsTokenCount":7}})",
           R"({"finish":"length MAX_TOKENS","usage":[4,7,11,0,7]})"},
          {gemini, R"({"candidates":[{"content":{"role":"model"},"finishReason":"SAFETY"}]})",
           R"({"finish":"content_filter SAFETY"})"},
          {gemini, R"({"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL"}]})",
           R"({"finish":"error MALFORMED_FUNCTION_CALL"})"},
          {gemini, R"({"candidates":[{"finishReason":"BRAND_NEW"}]})",
           R"({"finish":"other BRAND_NEW"})"},
          {gemini,
           R"({"candidates":[{"content":{"parts":[{"thought":true,"text":"Hm."},{"text":"Yes"},
                {"thought":false,"text":"!"},{"executableCode":{"code":"1"}}]},
                "finishReason":"STOP"}]})",
           R"({"content":"Yes!","reasoning":"Hm.","finish":"stop STOP"})"},
          {gemini,
           R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"}},
                {"functionCall":{"id":"x1","name":"g","args":{"a":[1,"b"]}},
                 "thoughtSignature":"c2ln"}]},"finishReason":"STOP"}]})",
           R"({"finish":"tool_calls STOP","tool_calls":[
                {"id":"unnamed_call_0","name":"f","arguments":"{}"},
                {"id":"x1","name":"g","arguments":"{\"a\":[1,\"b\"]}","signature":"c2ln"}]})"},
          {gemini,
           R"({"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":"10",
                "toolUsePromptTokenCount":5,"candidatesTokenCount":"7","thoughtsTokenCount":2,
                "cachedContentTokenCount":"4","totalTokenCount":"24"}})",
           R"({"finish":"stop STOP","usage":[15,9,24,4,2]})"},
          {gemini,
           R"({"candidates":[{"content":{"parts":[{"text":"abc"}]},"citationMetadata":
                {"citationSources":[{"endIndex":2,"uri":"https://a.example","license":"mit"}]}}]})",
           R"({"content":"abc","finish":"other ","citations":[
                {"start":0,"end":2,"text":"","sources":["https://a.example"]}]})"},
          {gemini,
           R"({"candidates":[{"content":{"parts":[{"text":"abc"}]},"citationMetadata":
                {"citations":[{"startIndex":1,"endIndex":3,"title":"no uri"}]}}]})",
           R"({"content":"abc","finish":"other ","citations":[
                {"start":1,"end":3,"text":"","sources":[]}]})"},
          // Thinking, floating-point counts, and no usage to speak of.
          {cohere,
           R"({"message":{"content":[{"type":"thinking","thinking":"Hm."},
                {"type":"text","text":"Yes"},{"type":"text","text":"!"}]},
                "finish_reason":"MAX_TOKENS","usage":{"tokens":{"input_tokens":12.0,
                "output_tokens":3.0},"cached_tokens":8.0}})",
           R"({"content":"Yes!","reasoning":"Hm.","finish":"length MAX_TOKENS",
                "usage":[12,3,15,8,0]})"},
          {cohere, R"({"message":{"content":"Yes"},"finish_reason":"STOP_SEQUENCE",
                        "usage":{"billed_units":{"input_tokens":1}}})",
           R"({"content":"Yes","finish":"stop STOP_SEQUENCE"})"},
          {cohere, R"({"message":{"tool_calls":[{"id":"t","function":{"name":"f","arguments":""}}]},
                        "finish_reason":"TIMEOUT"})",
           R"({"finish":"error TIMEOUT","tool_calls":[{"id":"t","name":"f","arguments":"{}"}]})"},
          {cohere, R"({"message":{},"finish_reason":"BRAND_NEW"})",
           R"({"finish":"other BRAND_NEW"})"},
      }) {
    INFO(body);
    const Result<ChatResponse> response = speaker.decode(body);
    REQUIRE(response.has_value());
    CHECK(view_of(*response) == json(view));
  }
}

TEST_CASE("what is not an answer is malformed", "[dialects]") {
  for (const Speaker& speaker : all_speakers)
    for (const std::string_view body :
         {"", "no JSON", "<html>", "7", "\"text\"", "null", "[]", "{}", "{\"choices\":[]}",
          "{\"candidates\":[]}", "{\"message\":\"text\"}", "{\"a\":1e999}"}) {
      INFO(body);
      const Result<ChatResponse> response = speaker.decode(body);
      REQUIRE_FALSE(response.has_value());
      CHECK(response.error().kind == ErrorKind::malformed_response);
      CHECK(response.error().message.ends_with('.'));
    }
}

TEST_CASE("a citation of what the model thought is not a place in its text", "[dialects]") {
  const auto cited = [](const std::string& type) {
    return R"({"message":{"content":[{"type":"text","text":"Hello"}],"citations":[{"start":0,)"
           R"("end":4,"text":"will","type":")" +
           type + R"("}]},"finish_reason":"COMPLETE"})";
  };
  CHECK(cohere.decode(cited("TEXT_CONTENT"))->citations.size() == 1);
  CHECK(cohere.decode(cited("PLAN"))->citations.empty());
  CHECK(cohere.decode(cited("THINKING_CONTENT"))->citations.empty());
}

TEST_CASE("an answer that failed is an error, streamed or not", "[dialects]") {
  const auto decoded = cohere.decode(R"({"message":{"content":[]},"finish_reason":"ERROR"})");
  REQUIRE_FALSE(decoded.has_value());
  CHECK(decoded.error().kind == ErrorKind::server_error);
  const Streamed streamed =
      stream(cohere, events({R"({"type":"message-end","delta":{"finish_reason":"ERROR"}})"}));
  REQUIRE(streamed.error);
  CHECK(streamed.error->kind == ErrorKind::server_error);
}

TEST_CASE("usage beside the answer is read, too", "[dialects]") {
  const auto decoded = groq.decode(
      R"({"choices":[{"message":{"content":"a"}}],"x_groq":{"id":"r","usage":{"total_tokens":7}}})");
  REQUIRE(decoded);
  CHECK(decoded->usage.total_tokens == 7);
}

TEST_CASE("what one provider adds to the dialect means nothing of another's", "[dialects]") {
  const auto decoded = openai.decode(
      R"({"choices":[{"message":{"content":"a"}}],"x_groq":{"id":"r","usage":{"total_tokens":7}}})");
  REQUIRE(decoded);
  CHECK(decoded->request_id.empty());
  CHECK_FALSE(decoded->usage.known);
  const Streamed streamed = stream(openai, events({R"({"x_groq":{"error":"over capacity"}})"}));
  CHECK_FALSE(streamed.error);
  CHECK(openai.explain(498, R"({"error":{"message":"Busy."}})").kind == ErrorKind::other);
}

TEST_CASE("a provider's own status means the same whatever its body says", "[dialects]") {
  constexpr std::array statuses{StatusMeaning{499, ErrorKind::cancelled},
                                StatusMeaning{418, ErrorKind::unsupported}};
  for (Speaker speaker : all_speakers)
    for (const std::string_view body :
         {"", "<html>", R"({"error":{"message":"Slow.","code":"rate_limit"}})"}) {
      speaker.accent.statuses = statuses;
      INFO(body);
      CHECK(speaker.explain(499, body).kind == ErrorKind::cancelled);
      CHECK(speaker.explain(418, body).kind == ErrorKind::unsupported);
      CHECK(speaker.explain(503, "").kind == ErrorKind::overloaded);
    }
}

TEST_CASE("an error in an answer with a good status is an error", "[dialects]") {
  const std::string body = R"({"error":{"code":503,"message":"Busy.","status":"UNAVAILABLE"}})";
  for (const Speaker& speaker : {openai, gemini}) {
    const Result<ChatResponse> response = speaker.decode(body);
    REQUIRE_FALSE(response.has_value());
    CHECK(response.error().kind == ErrorKind::overloaded);
    CHECK(response.error().message == "Busy.");
  }
}

TEST_CASE("streams that are rarer than the recorded ones are read", "[dialects]") {
  struct Case {
    Speaker speaker;
    std::string body;
    const char* view;
    bool ended = true;
  };
  for (const Case& c : std::vector<Case>{
           // Fragments belong to the call of their index; other choices are not this answer.
           {openai,
            events({R"({"choices":[{"delta":{"tool_calls":[{"index":1,"id":"b","function":
                        {"name":"g","arguments":"{"}}]}}]})",
                    R"({"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":
                        {"name":"f","arguments":"{}"}},{"index":1,"function":{"arguments":"}"}}]}}]})",
                    R"({"choices":[{"index":1,"delta":{"content":"another"}}]})", "[DONE]"}),
            R"({"finish":"other ","tool_calls":[{"id":"a","name":"f","arguments":"{}"},
                                                {"id":"b","name":"g","arguments":"{}"}]})"},
           // Some servers know no streams and answer whole.
           {openai, R"({"id":"r1","choices":[{"message":{"content":"whole","tool_calls":[{"id":"a",
                        "function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}]})",
            R"({"id":"r1","content":"whole","finish":"stop stop",
                "tool_calls":[{"id":"a","name":"f","arguments":"{}"}]})"},
           {openai,
            events({R"({"choices":[{"index":1,"delta":{"content":"another"}},
                                   {"index":0,"delta":{"content":"this"}}]})",
                    "[DONE]"}),
            R"({"content":"this","finish":"other "})"},
           // What says nothing of usage leaves it unknown.
           {openai,
            events({R"({"choices":[],"usage":{}})", R"({"choices":[],"usage":
                        {"prompt_tokens":null}})",
                    "[DONE]"}),
            R"({"finish":"other "})"},
           {cohere, events({R"({"type":"message-end","delta":{"usage":{"tokens":{}}}})"}),
            R"({"finish":"other "})"},
           {gemini,
            events(
                {R"({"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}]})",
                 "[DONE]"}),
            R"({"content":"Hi","finish":"stop STOP"})"},
           // No index: a new id begins a call, and no id goes on with the last one.
           {openai,
            events(
                {R"({"choices":[{"delta":{"tool_calls":[{"id":"a","function":{"name":"f"}}]}}]})",
                 R"({"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"1"}}]}}]})",
                 R"({"choices":[{"delta":{"tool_calls":[{"id":"b","function":{"name":"g"}}]}}]})",
                 "[DONE]"}),
            R"({"finish":"other ","tool_calls":[{"id":"a","name":"f","arguments":"1"},
                                                {"id":"b","name":"g","arguments":""}]})"},
           {openai, events({R"({"choices":[{"finish_reason":"stop"}]})"}),
            R"({"finish":"stop stop"})", false},
           {gemini,
            events(
                {R"({"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}]})",
                 R"({"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2}})",
                 R"({"usageMetadata":{"trafficType":"ON_DEMAND"}})"}),
            R"({"content":"Hi","finish":"stop STOP","usage":[1,2,3,0,0]})"},
           {gemini,
            events({R"({"candidates":[{"finishReason":"STOP"}]})",
                    R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"}}]}}]})"}),
            R"({"finish":"tool_calls STOP",
                "tool_calls":[{"id":"unnamed_call_0","name":"f","arguments":"{}"}]})"},
           {gemini, events({R"({"candidates":[{"index":1,"content":{"parts":[{"text":"another"}]},
                        "finishReason":"STOP"}]})"}),
            R"({"finish":"other "})", false},
           {gemini,
            events({R"({"candidates":[{"content":{"parts":[{"text":"Hm.","thought":true}]}}]})",
                    R"({"candidates":[{"content":{"parts":[{"text":"Hi"}]}}]})"}),
            R"({"content":"Hi","reasoning":"Hm.","finish":"other "})", false},
           {cohere,
            events({R"({"type":"message-start","id":"m1"})", R"({"type":"debug","prompt":"p"})",
                    R"({"type":"brand-new","delta":{"message":{"content":{"text":"no"}}}})", "7",
                    R"({"type":"content-start","delta":{"message":{"content":
                        {"type":"thinking","thinking":"H"}}}})",
                    R"({"type":"content-delta","delta":{"message":{"content":{"thinking":"m."}}}})",
                    R"({"type":"content-delta","index":1,"delta":{"message":{"content":
                        {"text":"Hi"}}}})",
                    R"({"type":"tool-call-end","index":9})",
                    R"({"type":"message-end","delta":{"finish_reason":"COMPLETE"}})"}),
            R"({"id":"m1","content":"Hi","reasoning":"Hm.","finish":"stop COMPLETE"})"},
           {cohere, events({R"({"type":"message-end"})", "[DONE]"}), R"({"finish":"other "})"},
       }) {
    INFO(c.body);
    const Streamed streamed = stream(c.speaker, c.body);
    CHECK_FALSE(streamed.error.has_value());
    CHECK(view_of(streamed.state.response) == json(c.view));
    CHECK(streamed.delivered.content == streamed.state.response.content);
    CHECK(streamed.delivered.reasoning == streamed.state.response.reasoning);
    CHECK(streamed.state.is_whole == c.ended);
  }
}

TEST_CASE("what an answer's text carried goes back with it", "[dialects]") {
  for (const ChatResponse& response :
       {*gemini.decode(sample("google/response.json")),
        stream(gemini, sample("google/text.stream.sse")).state.response}) {
    REQUIRE_FALSE(response.signature.empty());
    const Json body = json(*gemini.dialect->encode({.messages = {Message::assistant(response)}},
                                                   "m", Accent{}, false));
    CHECK(body["contents"] ==
          Json{{{"role", "model"},
                {"parts",
                 {{{"text", response.content}, {"thoughtSignature", response.signature}}}}}});
  }
}

TEST_CASE("what a stream's tool call carried goes back with it", "[dialects]") {
  const Streamed asked = stream(gemini, sample("google/tools.stream.sse"));
  const std::vector<ToolCall>& calls = asked.state.response.tool_calls;
  REQUIRE(calls.size() == 1);
  const ChatRequest next{.messages = {Message::user("Weather?"),
                                      Message::assistant(asked.state.response),
                                      Message::tool_result(calls[0], "rain")}};
  CHECK(json(*gemini.dialect->encode(next, "m", Accent{}, false))["contents"] == json(R"([
      {"role":"user","parts":[{"text":"Weather?"}]},
      {"role":"model","parts":[{"functionCall":{"name":"weather","args":{"location":"Oslo"}},
                                "thoughtSignature":"EqUCCqICAb4+9vsh8Pd5taZVoPzSvjWW"}]},
      {"role":"user","parts":[{"functionResponse":{"name":"weather",
                                                   "response":{"output":"rain"}}}]}])"));
}

// ---- what nobody would send

namespace {

void collect_paths(const Json& value, const Json::json_pointer& path,
                   std::vector<Json::json_pointer>& paths) {
  paths.push_back(path);
  if (value.is_object())
    for (const auto& [key, inner] : value.items()) collect_paths(inner, path / key, paths);
  if (value.is_array())
    for (std::size_t i = 0; i < value.size(); ++i) collect_paths(value[i], path / i, paths);
}

/// Gives a text to everything that reads one. All of it has to come back, with a reason if it
/// was refused.
void read_everywhere(const Speaker& speaker, const std::string& text) {
  const auto check = [&](const Error& error) {
    if (error.message.empty()) FAIL("no message for " << text.substr(0, 1000));
  };
  if (const auto response = speaker.decode(text); !response) check(response.error());
  check(speaker.explain(400, text));
  if (speaker.dialect->decode_lookup != nullptr)
    if (const auto found = speaker.dialect->decode_lookup(text); !found) check(found.error());
  StreamState state;
  for (int again = 0; again < 2; ++again)
    if (const auto absorbed = speaker.absorb(state, {.data = text}, [](const StreamEvent&) {});
        !absorbed)
      check(absorbed.error());
}

}  // namespace

TEST_CASE("a value of another type anywhere does no harm", "[dialects]") {
  const std::vector<Json> replacements{nullptr,
                                       true,
                                       -7,
                                       1e300,
                                       18'446'744'073'709'551'615U,
                                       "text",
                                       "",
                                       Json::array(),
                                       json("[[null,{}]]"),
                                       Json::object(),
                                       json(R"({"text":{"text":[]},"id":7})")};
  std::vector<Answer> all = answers;
  all.insert(all.end(), streams.begin(), streams.end());
  all.insert(all.end(), {{openai, "openai/error.400.json", ""},
                         {openai, "mistral/error.422.json", ""},
                         {gemini, "google/error.429.json", ""},
                         {gemini, "google/error.array.json", ""},
                         {gemini, "vertex/model.json", ""},
                         {cohere, "cohere/error.404.json", ""}});
  std::size_t count = 0;
  for (const auto& [speaker, file, view] : all)
    for (const std::string& text : json_texts(sample(file))) {
      std::vector<Json::json_pointer> paths;
      const Json original = json(text);
      collect_paths(original, Json::json_pointer(), paths);
      for (const Json::json_pointer& path : paths)
        for (const Json& replacement : replacements) {
          Json mutant = original;
          mutant[path] = replacement;
          read_everywhere(speaker, mutant.dump());
          ++count;
        }
    }
  CHECK(count > 10'000);
}

TEST_CASE("nesting without end, huge numbers and bytes that are not text do no harm",
          "[dialects]") {
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += R"({"error":)";
  for (const Speaker& speaker : all_speakers)
    for (const std::string& text :
         {std::string(1'000'000, '['), std::string(500, '[') + std::string(500, ']'), objects,
          std::string(R"({"usage":{"prompt_tokens":1e400}})"),
          std::string(R"({"usageMetadata":{"promptTokenCount":"99999999999999999999999"}})"),
          std::string(R"({"index":-1e308,"type":"tool-call-start","delta":{"message":{}}})"),
          std::string("\xff\xfe"), std::string("{\"message\":\"\xff\"}"), std::string(3, '\0')})
      read_everywhere(speaker, text);
}
