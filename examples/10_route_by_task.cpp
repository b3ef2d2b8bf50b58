// Sends each request to the model that was tuned for its task, and all others to a default.

#include <FineTuning/FineTuning.hpp>

#include <fmt/format.h>

using namespace FineTuning;

int main(int count, char** words) {
  const Chat chat;
  const Router answer(
      {{"legal", with_model("openai:ft:gpt-4o-mini-2024-07-18:myorg:legal:id1", chat)},
       {"medical", with_model("openai:ft:gpt-4o-mini-2024-07-18:myorg:medical:id2", chat)},
       {"support", with_model("openai:ft:gpt-3.5-turbo-0125:myorg:support:id3", chat)}},
      with_model("openai:gpt-4o", chat));

  const CallContext context{.trace = [](const TraceEvent& event) {
    if (event.kind == TraceEvent::Kind::chosen) fmt::print("route: {}\n", event.arm);
  }};
  const Result<ChatResponse> response =
      answer({.messages = {Message::user("May I keep a llama in my flat?")},
              .task = count > 1 ? words[1] : "legal"},
             context);
  if (!response) {
    fmt::print(stderr, "{}\n", response.error().message);
    return 1;
  }
  fmt::print("{} says: {}\n", response->model, response->content);
}
