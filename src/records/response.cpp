// Answers as JSON.

#include <FineTuning/message.hpp>

#include <nlohmann/json.hpp>

#include <chrono>

namespace FineTuning {
namespace {

using Json = nlohmann::ordered_json;

Json as_json(const std::vector<ToolCall>& calls) {
  Json json = Json::array();
  for (const ToolCall& call : calls)
    json.push_back({{"id", call.id}, {"name", call.name}, {"arguments", call.arguments}});
  return json;
}

Json as_json(const Usage& usage) {
  if (!usage.known) return nullptr;
  return {{"input_tokens", usage.input_tokens},
          {"output_tokens", usage.output_tokens},
          {"total_tokens", usage.total_tokens}};
}

Json as_json(const Citation& citation) {
  return {{"start", citation.start},
          {"end", citation.end},
          {"text", citation.text},
          {"sources", citation.sources}};
}

}  // namespace

std::string to_json(const ChatResponse& response) {
  using std::chrono::milliseconds;
  Json json{{"content", response.content},
            {"tool_calls", as_json(response.tool_calls)},
            {"finish_reason", to_string(response.finish_reason)},
            {"usage", as_json(response.usage)},
            {"cost_usd", response.cost_usd ? Json(*response.cost_usd) : Json()},
            {"latency_ms", std::chrono::duration_cast<milliseconds>(response.latency).count()},
            {"model", response.model},
            {"id", response.id},
            {"attempts", response.attempts}};
  for (const Citation& citation : response.citations)
    json["citations"].push_back(as_json(citation));
  // A program may have made the response: bytes that are not UTF-8 are replaced.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace FineTuning
