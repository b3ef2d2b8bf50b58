// ft chat: asks a model, plain or streamed; shows what would be sent; or asks the sandbox.

#include "ft.hpp"

#ifdef FINETUNING_SANDBOX
#include "sandbox/sandbox.hpp"
#endif

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

namespace ft {
namespace {

using namespace FineTuning;

Error wrong(std::string message) {
  return {.kind = ErrorKind::invalid_request, .message = std::move(message)};
}

Result<std::string> read_file(const std::string& name) {
  if (name == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream file(name, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file) return wrong(fmt::format("The file {} cannot be read.", name));
  return text;
}

Result<std::uint32_t> read_count(const std::string& text) {
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count == 0)
    return wrong("--max-tokens needs a positive number.");
  return count;
}

/// The request that the file and the options make together; the options win.
Result<RequestFile> make_request(const Arguments& arguments) {
  RequestFile file;
  if (arguments.has("--request")) {
    Result<RequestFile> read = read_file(arguments.value("--request")).and_then([](auto&& text) {
      return read_request(text);
    });
    if (!read) return read;
    file = *std::move(read);
  }
  ChatRequest& request = file.request;
  if (arguments.has("--model")) request.model = arguments.value("--model");
  if (arguments.has("--system"))
    request.messages.insert(request.messages.begin(), Message::system(arguments.value("--system")));
  if (arguments.has("--max-tokens")) {
    const Result<std::uint32_t> count = read_count(arguments.value("--max-tokens"));
    if (!count) return count.error();
    request.max_tokens = *count;
  }
  for (const std::string& prompt : arguments.rest)
    request.messages.push_back(Message::user(prompt));
  if (arguments.has("--stream")) file.stream = true;
  if (!request.documents.empty()) {
    const Result<Model> model = Model::from(request.model);
    if (!model) return model.error();
    Result<ChatRequest> checked = build_rag_options(request.documents, request, model->provider());
    if (!checked) return std::move(checked).error();
    request = *std::move(checked);
  }
  return file;
}

Json as_json(const ChatResponse& response) {
  Json calls = Json::array();
  for (const ToolCall& call : response.tool_calls)
    calls.push_back({{"id", call.id}, {"name", call.name}, {"arguments", call.arguments}});
  const Usage& usage = response.usage;
  Json json{{"content", response.content},
            {"tool_calls", calls},
            {"finish_reason", to_string(response.finish_reason)},
            {"usage", nullptr},
            {"model", response.model},
            {"id", response.id},
            {"attempts", response.attempts}};
  if (usage.known)
    json["usage"] = {{"input_tokens", usage.input_tokens},
                     {"output_tokens", usage.output_tokens},
                     {"total_tokens", usage.total_tokens}};
  for (const Citation& citation : response.citations)
    json["citations"].push_back({{"start", citation.start},
                                 {"end", citation.end},
                                 {"text", citation.text},
                                 {"sources", citation.sources}});
  return json;
}

int show_preview(const Chat& chat, const RequestFile& file, bool json) {
  const Result<http::Exchange> exchange = chat.preview(file.request, file.stream);
  if (!exchange) return report(exchange.error(), json);
  Json headers = Json::object();
  for (const auto& [name, value] : exchange->headers) headers[name] = value;
  print_line({{"method", exchange->method},
              {"url", exchange->url},
              {"headers", headers},
              {"body", exchange->body.empty() ? Json() : Json::parse(exchange->body)}});
  return success;
}

int ask(const Chat& chat, const RequestFile& file, bool json) {
  const auto show_piece = [json](std::string_view text) {
    if (json)
      print_line({{"text", text}});
    else
      fmt::print("{}", text);
    return std::fflush(stdout) == 0;  // nobody reads on: no need to pay for the rest
  };
  const Result<ChatResponse> response =
      file.stream ? chat.stream(file.request, show_piece) : chat.send(file.request);
  if (!response) {
    if (file.stream && !json && !response.error().partial.empty()) fmt::print("\n");
    return report(response.error(), json);
  }
  if (json) {
    print_line(as_json(*response));
    return success;
  }
  fmt::print("{}\n", file.stream ? "" : response->content);
  for (const ToolCall& call : response->tool_calls)
    fmt::print("{}({})\n", call.name, call.arguments);
  return success;
}

#ifdef FINETUNING_SANDBOX
/// Every provider at the sandbox.
ChatOptions options_for(const examples::Sandbox& sandbox) {
  ChatOptions options;
  for (const Provider* provider : providers::all)
    if (provider->dialect != Dialect::none)
      options.accounts[std::string(provider->name)] = {
          .api_key = std::string(examples::Sandbox::api_key),
          .base_url = sandbox.base_url(provider->name),
          .project = "sandbox",
          .location = "us-central1"};
  return options;
}

int run(const RequestFile& file, const Arguments& arguments) {
  const bool json = arguments.has("--json");
  if (arguments.has("--dry-run")) return show_preview(Chat(), file, json);
  if (!arguments.has("--sandbox")) return ask(Chat(), file, json);
  const examples::Sandbox sandbox;
  return ask(Chat(options_for(sandbox)), file, json);
}
#else
int run(const RequestFile& file, const Arguments& arguments) {
  const bool json = arguments.has("--json");
  if (arguments.has("--dry-run")) return show_preview(Chat(), file, json);
  if (!arguments.has("--sandbox")) return ask(Chat(), file, json);
  return report(
      {.kind = ErrorKind::unsupported,
       .message = "This ft was built without the sandbox; install cpp-httplib and build again."},
      json);
}
#endif

}  // namespace

int chat(std::span<const std::string> words) {
  const Result<Arguments> arguments =
      parse_arguments(words, {"--stream", "--json", "--dry-run", "--sandbox"},
                      {"--model", "--system", "--max-tokens", "--request"});
  std::string complaint;
  if (!arguments)
    complaint = arguments.error().message;
  else if (!arguments->has("--model") && !arguments->has("--request"))
    complaint = "Name a model with --model.";
  else if (arguments->rest.size() > 1)
    complaint = "Write the prompt as one word, in quotes.";
  else if (arguments->rest.empty() && !arguments->has("--request"))
    complaint = "Write a prompt.";
  if (!complaint.empty()) {
    fmt::print(stderr, "ft chat: {}\n", complaint);
    return wrong_usage;
  }
  const Result<RequestFile> file = make_request(*arguments);
  if (!file) return report(file.error(), arguments->has("--json"));
  return run(*file, *arguments);
}

}  // namespace ft
