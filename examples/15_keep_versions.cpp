// Keeps the versions of a fine-tune under one name: promotes a new one, and goes back to the old.

#include <FineTuning/FineTuning.hpp>

#include <fmt/format.h>

#include <string>

using namespace FineTuning;

int report(const Error& error) {
  fmt::print(stderr, "{}\n", error.message);
  return 1;
}

int main(int count, char** words) {
  // Only legal_assistant is added below: any other name shows the error for one that is unknown.
  const std::string name = count > 1 ? words[1] : "legal_assistant";
  VersionRegistry registry;  // in memory; json_version_store("models.json") keeps it in a file
  for (const std::string label : {"v1", "v2"}) {
    const std::string model =
        fmt::format("openai:ft:gpt-4o-mini-2024-07-18:myorg:legal-{}:abc", label);
    const auto added = registry.add("legal_assistant", {.label = label, .model = model});
    if (!added) return report(added.error());
  }
  const Responder ask = versioned(registry, Chat());
  for (const bool is_first : {true, false}) {
    const auto current = is_first ? registry.promote(name, "v2") : registry.rollback(name);
    if (!current) return report(current.error());
    CallContext context;
    const Result<ChatResponse> response =
        ask({.model = name, .messages = {Message::user("Review this contract: ...")}}, context);
    if (!response) return report(response.error());
    fmt::print("{} {}: {}\n", name, current->label, response->content);
  }
}
