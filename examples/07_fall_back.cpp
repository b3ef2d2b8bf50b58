// Asks a fine-tuned model, and its base model if that fails.

#include <FineTuning/FineTuning.hpp>

#include <fmt/format.h>

using namespace FineTuning;

int main(int count, char** words) {
  const Result<Model> model =
      Model::from(count > 1 ? words[1] : "openai:ft:gpt-4o-mini-2024-07-18:myorg:legal:abc123");
  if (!model) {
    fmt::print(stderr, "{}\n", model.error().message);
    return 1;
  }
  CallContext context{.trace = [](const TraceEvent& event) {
    if (event.kind == TraceEvent::Kind::next_arm)
      fmt::print(stderr, "falling back to the base model: {}\n", event.error->message);
  }};
  const Fallback answer = with_base(*model, Chat());
  const Result<ChatResponse> response =
      answer({.messages = {Message::user("Review this contract: ...")}}, context);
  if (!response) {
    fmt::print(stderr, "{}\n", response.error().message);
    return 1;
  }
  fmt::print("{} says: {}\n", response->model, response->content);
}
