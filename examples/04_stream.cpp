// Streams an answer as it is written, and says what it used.

#include <FineTuning/FineTuning.hpp>

#include <fmt/format.h>

#include <cstdio>

using namespace FineTuning;

int main(int count, char** words) {
  const char* model = count > 1 ? words[1] : "openai:ft:gpt-4o-mini-2024-07-18:myorg:legal:abc123";
  const Chat chat;
  const Result<ChatResponse> response =
      chat.stream(model, "Summarise the risks of this clause: ...", [](std::string_view text) {
        fmt::print("{}", text);
        return std::fflush(stdout) == 0;  // false would stop the call
      });
  if (!response) {
    // What had arrived is not lost: response.error().partial has it.
    fmt::print(stderr, "\n{}\n", response.error().message);
    return 1;
  }
  if (response->usage.known)
    fmt::print("\n{} tokens in, {} out\n", response->usage.input_tokens,
               response->usage.output_tokens);
  else
    fmt::print("\nthe provider did not say what it used\n");
}
