// Answers as JSON.

#include "support/catch.hpp"

#include <FineTuning/message.hpp>

#include <chrono>

using namespace FineTuning;
using namespace std::chrono_literals;

TEST_CASE("an answer is written as JSON, and what is not known of it as null", "[response]") {
  CHECK(to_json(ChatResponse{}) ==
        R"({"content":"","tool_calls":[],"finish_reason":"other","usage":null,"cost_usd":null,)"
        R"("latency_ms":0,"model":"","id":"","attempts":0})");
  CHECK(to_json(ChatResponse{
            .content = "\"Paris\"",
            .tool_calls = {{.id = "call_1", .name = "weather", .arguments = R"({"city":"Oslo"})"}},
            .finish_reason = FinishReason::tool_calls,
            .usage = {.input_tokens = 7, .output_tokens = 2, .total_tokens = 9, .known = true},
            .cost_usd = 0.25,
            .model = "gpt-4o",
            .id = "r1",
            .citations = {{.start = 1, .end = 3, .text = "Pa", .sources = {"doc:0", "doc:1"}}},
            .latency = 1500ms + 999us,
            .attempts = 2}) ==
        R"({"content":"\"Paris\"","tool_calls":[{"id":"call_1","name":"weather",)"
        R"("arguments":"{\"city\":\"Oslo\"}"}],"finish_reason":"tool_calls",)"
        R"("usage":{"input_tokens":7,"output_tokens":2,"total_tokens":9},"cost_usd":0.25,)"
        R"("latency_ms":1500,"model":"gpt-4o","id":"r1","attempts":2,)"
        R"("citations":[{"start":1,"end":3,"text":"Pa","sources":["doc:0","doc:1"]}]})");
}

TEST_CASE("bytes that are not UTF-8 do not keep an answer from being written", "[response]") {
  CHECK(
      to_json(ChatResponse{.content = "a\xff z"}).starts_with("{\"content\":\"a\xEF\xBF\xBD z\""));
}
