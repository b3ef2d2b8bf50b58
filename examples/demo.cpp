// The tour: a model of each provider, with its name, its facts, a streamed answer and a fallback. A
// provider whose key is in the environment is asked for real, all others are played by the sandbox.
//
//     demo [SPEC...]      models to show in place of those below

#include "sandbox/accounts.hpp"

#include <FineTuning/FineTuning.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

namespace {

using namespace FineTuning;

const std::vector<std::string> shown_by_default{
    "openai:ft:gpt-4o-mini-2024-07-18:myorg:legal:abc123",
    "google:tunedModels/legal-assistant-u3b7m",
    "vertex:projects/my-project/locations/us-central1/models/custom-gemini-123",
    "cohere:custom-rag-assistant",
    "together:myorg/Llama-3.3-70B-Instruct-Reference-legal-38d369c4-c55e4fcf",
    "groq:llama-3.1-8b-instant",
    "local:my-tuned-llama",
};

bool is_set(std::string_view variable) {
  const char* value = std::getenv(std::string(variable).c_str());
  return value != nullptr && *value != '\0';
}

/// Whether the caller has a key (or an address) for the provider.
bool is_real(const Provider& provider) {
  return provider.key_is_optional ? is_set("LOCAL_BASE_URL") : is_set(provider.key_variable);
}

/// The sandbox plays every provider that the caller has no key for.
ChatOptions options_with(const examples::Sandbox& sandbox) {
  ChatOptions options{.accounts = examples::accounts_at(sandbox)};
  for (const Provider* provider : providers::all)
    if (is_real(*provider)) options.accounts.erase(std::string(provider->name));
  return options;
}

void show_part(std::string_view name, std::string_view value) {
  if (!value.empty()) fmt::print("  {:<14}{}\n", name, value);
}

void show_id(const ModelId& id) {
  show_part("kind", to_string(id.kind));
  if (id.is_fine_tuned())
    show_part("base model", id.base_model.empty() ? "(the id does not say)" : id.base_model);
  if (id.base_source == ModelId::BaseSource::assumed && !id.base_model.empty())
    show_part("", "(a guess from the name)");
  show_part("organization", id.organization);
  show_part("suffix", id.suffix);
  show_part("fine-tune id", id.fine_tune_id);
  show_part("location", id.location);
}

std::string price(const std::optional<double>& usd) {
  return usd ? fmt::format("{} USD", *usd) : "unknown";
}

void show_facts(const Model& model) {
  const Result<Facts> known = facts(model);
  if (!known) {
    show_part("facts", "unknown");
    return;
  }
  std::string can;
  for (const Capability capability : all_capabilities)
    if (known->capabilities[capability] == Support::yes)
      can += fmt::format("{}{}", can.empty() ? "" : ", ", to_string(capability));
  show_part("can", can);
  const bool is_estimate = model.is_fine_tuned() && known->source == Facts::Source::base_row;
  show_part("costs",
            fmt::format("{} in, {} out per million tokens{}", price(known->input_usd_per_mtok),
                        price(known->output_usd_per_mtok),
                        is_estimate && known->input_usd_per_mtok ? " (its base's)" : ""));
  const auto end = ends_on(model);
  show_part("ends", end ? day_text(*end) : "unknown");
}

void show_usage(const ChatResponse& response) {
  const Usage& usage = response.usage;
  if (!usage.known) return show_part("usage", "unknown");
  show_part("usage", fmt::format("{} tokens in, {} out", usage.input_tokens, usage.output_tokens));
  const std::optional<double>& cost = response.cost_usd;
  show_part("cost", cost ? fmt::format("about {:.6f} USD", *cost) : "unknown");
}

/// Streams an answer of the model, or of its base; false if none came.
bool ask(const Model& model, const Chat& chat) {
  CallContext context;
  context.on_event = [](const StreamEvent& event) {
    if (event.kind == StreamEvent::Kind::text) fmt::print("{}", event.text);
    return std::fflush(stdout) == 0;
  };
  context.trace = [](const TraceEvent& event) {
    if (event.kind != TraceEvent::Kind::next_arm) return;
    fmt::print("{}\n  {:<14}", event.error->message, "from its base");
  };
  fmt::print("  {:<14}", "answer");
  const Result<ChatResponse> response = with_base(model, chat)(
      {.messages = {Message::user("Is a verbal contract binding? Answer in one sentence.")},
       .max_tokens = 100},
      context);
  fmt::print("{}\n", response ? "" : response.error().message);
  if (response) show_usage(*response);
  return response.has_value();
}

bool show(const std::string& spec, const Chat& chat) {
  const Result<Model> model = Model::from(spec);
  if (!model) {
    fmt::print("{}\n", model.error().message);
    return false;
  }
  const Provider& provider = model->provider();
  fmt::print("\n{}  ({})\n", spec, is_real(provider) ? provider.title : "played by the sandbox");
  show_id(model->parts());
  show_facts(*model);
  return ask(*model, chat);
}

}  // namespace

int main(int count, char** words) try {
  const examples::Sandbox sandbox;
  const Chat chat(options_with(sandbox));
  bool all_answered = true;
  const std::vector<std::string> given(words + std::min(count, 1), words + count);
  for (const std::string& spec : given.empty() ? shown_by_default : given)
    all_answered = show(spec, chat) && all_answered;

  if (given.empty()) {
    fmt::print("\nA fine-tune that fails, and its base that answers in its place:\n");
    all_answered =
        show("openai:ft:gpt-4o-mini-2024-07-18:myorg:fail-404:abc123", chat) && all_answered;
  }
  return all_answered ? 0 : 1;
} catch (const std::exception& unforeseen) {
  fmt::print(stderr, "The demo cannot go on: {}.\n", unforeseen.what());
  return 1;
}
