// Saves money: simple requests go to a small fine-tune, complex ones to a larger one.

#include <FineTuning/FineTuning.hpp>

#include <fmt/format.h>

using namespace FineTuning;

int main(int count, char** words) {
  const Chat chat;
  const Router answer(
      {{"simple", with_model("openai:ft:gpt-3.5-turbo-0125:myorg:simple:id1", chat)},
       {"complex", with_model("openai:ft:gpt-4o-2024-08-06:myorg:complex:id2", chat)}},
      {}, by_complexity());

  const std::string question = "Which clause is about damages?";
  const std::string contract(5000, '.');
  const std::string task = count > 1 ? words[1] : "";  // "complex": no estimate is made
  for (const std::string& text : {question, fmt::format("{}\n{}", question, contract)}) {
    const Result<ChatResponse> response = answer({.messages = {Message::user(text)}, .task = task});
    if (!response) {
      fmt::print(stderr, "{}\n", response.error().message);
      return 1;
    }
    fmt::print("{} bytes are answered by {}\n", text.size(), response->model);
  }
}
