// Lets the model ask for a function, calls it, and gives the result back.

#include <FineTuning/FineTuning.hpp>

#include <fmt/format.h>

using namespace FineTuning;

int main(int count, char** words) {
  const Chat chat;
  ChatRequest request{
      .model = count > 1 ? words[1] : "openai:ft:gpt-4o-mini-2024-07-18:myorg:support:abc123",
      .messages = {Message::user("Where is order 17? Please use a tool.")},
      .tools = {{.name = "find_order",
                 .description = "Where an order is.",
                 .parameters = R"({"type":"object","properties":{"number":{"type":"integer"}}})"}}};

  Result<ChatResponse> response = chat.send(request);
  for (int round = 0; round < 3 && response && !response->tool_calls.empty(); ++round) {
    // Repeat what the model said and asked for, then add each result.
    request.messages.push_back(Message::assistant(*response));
    for (const ToolCall& call : response->tool_calls) {
      fmt::print("the model calls {}({})\n", call.name, call.arguments);
      request.messages.push_back(Message::tool_result(call, R"({"place":"Oslo"})"));
    }
    response = chat.send(request);
  }
  if (!response) {
    fmt::print(stderr, "{}\n", response.error().message);
    return 1;
  }
  fmt::print("{}\n", response->content);
}
