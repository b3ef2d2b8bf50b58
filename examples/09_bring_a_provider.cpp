// A provider of your own: a value with its facts. This one speaks as OpenAI does.

#include <FineTuning/FineTuning.hpp>

#include <fmt/format.h>

using namespace FineTuning;

constexpr Provider acme{
    .name = "acme",
    .title = "Acme Inference",
    .dialect = Dialect::openai_chat,
    .base_url = "https://llm.acme.example/v1",
    .chat_path = "/chat/completions",
    .key_variable = "ACME_API_KEY",
};

int main() {
  const Chat chat(ChatOptions{.providers = {acme}});
  const Result<ChatResponse> response = chat.send("acme:law-7b-tuned", "Hello");
  if (!response) {
    fmt::print(stderr, "{}\n", response.error().message);
    return 1;
  }
  fmt::print("{}\n", response->content);
}
