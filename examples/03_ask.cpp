// Asks a fine-tuned model. The key comes from the environment (OPENAI_API_KEY).

#include <FineTuning/FineTuning.hpp>

#include <fmt/format.h>

int main() {
  using namespace FineTuning;
  const Chat chat;
  const auto response = chat.send("openai:ft:gpt-4o-mini-2024-07-18:myorg:legal:abc123",
                                  "Review this contract: ...", {.max_tokens = 200});
  if (!response) {
    fmt::print(stderr, "{}\n", response.error().message);
    return 1;
  }
  fmt::print("{}\n", response->content);
}
