// Answers from documents, and shows which part of the answer each of them supports.

#include <FineTuning/FineTuning.hpp>

#include <fmt/format.h>

using namespace FineTuning;

int main(int count, char** words) {
  const char* model = count > 1 ? words[1] : "cohere:custom-rag-assistant";
  const Chat chat;
  const Result<ChatResponse> response =
      build_rag_options({{.content = "We offer gym memberships.", .title = "benefits.txt"},
                         {.content = "Lunch is served at noon.", .title = "canteen.txt"}},
                        {}, providers::cohere)
          .and_then([&](const ChatRequest& request) {
            return chat.send(model, "What are my benefits?", request);
          });
  if (!response) {
    fmt::print(stderr, "{}\n", response.error().message);
    return 1;
  }
  fmt::print("{}\n", response->content);
  for (const Citation& citation : response->citations)
    fmt::print("  \"{}\" is from {}\n", citation.text, fmt::join(citation.sources, ", "));
}
