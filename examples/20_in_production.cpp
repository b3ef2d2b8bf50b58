// All of it nested: a router over fine-tunes that fall back to their bases, and every call counted.

#include <FineTuning/FineTuning.hpp>

#include <fmt/format.h>

using namespace FineTuning;

int main() {
  const Monitor monitor;
  const Responder chat = monitor.watch(Chat());
  const auto tuned = [&](std::string_view spec) {
    return with_base(Model::from(spec).value(), chat);  // throws if the spec cannot be used
  };
  const Router answer({{"legal", tuned("openai:ft:gpt-4o-mini-2024-07-18:myorg:legal:abc123")},
                       {"support", tuned("openai:ft:gpt-4o-mini-2024-07-18:myorg:support:def456")}},
                      with_model("openai:gpt-4o-mini", chat),
                      Classifier{.responder = with_model("groq:llama-3.1-8b-instant", chat)});
  const Result<ChatResponse> response =
      answer({.messages = {Message::user("Is a verbal contract binding?")}});
  for (const ModelStats& asked : monitor.stats())
    fmt::print("{}: {} of {} calls succeeded\n", asked.model, asked.total.succeeded,
               asked.total.requests());
  if (!response) {
    fmt::print(stderr, "{}\n", response.error().message);
    return 1;
  }
  fmt::print("{}\n", response->content);
}
