// Rolls a new model out to a part of the callers. Each keeps what it has when the part grows.

#include <FineTuning/FineTuning.hpp>

#include <fmt/format.h>

using namespace FineTuning;

int main(int count, char** words) {
  const Chat chat;
  const Responder v1 = with_model("openai:ft:gpt-4o-mini-2024-07-18:myorg:legal-v1:id1", chat);
  const Responder v2 = with_model("openai:ft:gpt-4o-mini-2024-07-18:myorg:legal-v2:id2", chat);
  const std::string caller = count > 1 ? words[1] : "user-7";

  for (const int percentage : {10, 20, 100}) {
    const Result<Split> answer = roll_out(v1, v2, percentage, {.salt = "legal-v2"});
    if (!answer) {
      fmt::print(stderr, "{}\n", answer.error().message);
      return 1;
    }
    const Result<ChatResponse> response =
        (*answer)({.messages = {Message::user("Review this contract: ...")}, .key = caller});
    if (!response) {
      fmt::print(stderr, "{}\n", response.error().message);
      return 1;
    }
    fmt::print("at {} % {} is answered by {}\n", percentage, caller, response->model);
  }
}
