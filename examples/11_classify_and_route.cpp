// Lets a small, fast model name the task of a text, and sends the text to the model for that task.

#include <FineTuning/FineTuning.hpp>

#include <fmt/format.h>

using namespace FineTuning;

int main(int count, char** words) {
  const Chat chat;
  const Classifier classifier{.responder = with_model("groq:llama-3.1-8b-instant", chat)};
  const Router answer(
      {{"legal", with_model("openai:ft:gpt-4o-mini-2024-07-18:myorg:legal:id1", chat)},
       {"medical", with_model("openai:ft:gpt-4o-mini-2024-07-18:myorg:medical:id2", chat)}},
      with_model("openai:gpt-4o", chat), classifier);

  const CallContext context{.trace = [](const TraceEvent& event) {
    if (event.kind != TraceEvent::Kind::chosen) return;
    fmt::print("route: {}\n", event.arm);
    if (event.error != nullptr) fmt::print("not classified: {}\n", event.error->message);
  }};
  const char* text = count > 1 ? words[1] : "Is it legal to keep a llama in my flat?";
  const Result<ChatResponse> response = answer({.messages = {Message::user(text)}}, context);
  if (!response) {
    fmt::print(stderr, "{}\n", response.error().message);
    return 1;
  }
  fmt::print("{} says: {}\n", response->model, response->content);
  fmt::print("{} tokens with the classifier's\n", response->usage.total_tokens);
}
