// ft chat: asks a model, plain or streamed; shows what would be sent; or asks the sandbox. A log of
// the calls is for ft stats.

#include "ft.hpp"

#include <fmt/ostream.h>

#include <fstream>
#include <ostream>

namespace ft {
namespace {

using namespace FineTuning;

/// The request that the file and the options make together; the options win.
Result<ParsedChatRequest> make_request(const Arguments& arguments, std::istream& standard_input) {
  ParsedChatRequest file;
  if (arguments.has("--request")) {
    Result<ParsedChatRequest> read =
        read_file(arguments.value("--request"), standard_input).and_then([](std::string&& text) {
          return parse_chat_request(text);
        });
    if (!read) return read;
    file = *std::move(read);
  }
  ChatRequest& request = file.request;
  if (arguments.has("--model")) request.model = arguments.value("--model");
  if (arguments.has("--system"))
    request.messages.insert(request.messages.begin(), Message::system(arguments.value("--system")));
  if (arguments.has("--max-tokens"))
    request.max_tokens = read_count(arguments.value("--max-tokens"));
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

int show_preview(const Chat& chat, const ParsedChatRequest& file, bool json,
                 const Streams& streams) {
  const Result<http::Exchange> exchange = chat.preview(file.request, file.stream);
  if (!exchange) return report(exchange.error(), json, streams);
  Json headers = Json::object();
  for (const auto& [name, value] : exchange->headers) headers[name] = value;
  print_line({{"method", exchange->method},
              {"url", exchange->url},
              {"headers", headers},
              {"body", exchange->body.empty() ? Json() : Json::parse(exchange->body)}},
             streams.out);
  return success;
}

int ask(const Responder& responder, const ParsedChatRequest& file, bool json,
        const Streams& streams) {
  CallContext context;
  if (file.stream)
    context.on_event = [&](const StreamEvent& event) {
      if (event.kind != StreamEvent::Kind::text) return true;
      if (json)
        print_line({{"text", event.text}}, streams.out);
      else
        streams.out << event.text << std::flush;
      return streams.out.good();  // false once nobody reads: the rest need not be paid for
    };
  const Result<ChatResponse> response = responder(file.request, context);
  if (!response) {
    if (file.stream && !json && !response.error().partial.empty()) streams.out << std::endl;
    return report(response.error(), json, streams);
  }
  if (json) {
    streams.out << to_json(*response) << std::endl;
    return success;
  }
  fmt::print(streams.out, "{}\n", file.stream ? "" : response->content);
  for (const ToolCall& call : response->tool_calls)
    fmt::print(streams.out, "{}({})\n", call.name, call.arguments);
  return success;
}

/// Whether the file ends within a line, as if its writer was killed: it would spoil the next line.
bool ends_in_torn_line(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  file.seekg(-1, std::ios::end);
  return file && file.get() != '\n';
}

/// Asks, and appends a line about the call to a log. Nothing is asked if the log cannot be written.
int ask_and_log(const Chat& chat, const ParsedChatRequest& file, const std::string& name, bool json,
                const Streams& streams) {
  std::ofstream log(name, std::ios::binary | std::ios::app);
  if (log && ends_in_torn_line(name)) log << '\n';
  int status = failure;
  if (log) {
    const Monitor monitor({.on_call = [&log](const CallRecord& call) {
      log << to_json(call) + '\n' << std::flush;
    }});
    status = ask(monitor.watch(chat), file, json, streams);
  }
  if (log) return status;
  return report({.message = fmt::format("The log {} cannot be written; name another one.", name)},
                json, streams);
}

}  // namespace

int chat(const Arguments& arguments, const Streams& streams) {
  const bool json = arguments.has("--json");
  const bool has_request = arguments.has("--request");
  std::string_view complaint;
  if (!arguments.has("--model") && !has_request)
    complaint = "Name a model with --model.";
  else if (arguments.rest.size() > 1)
    complaint = "Write the prompt as one word, in quotes.";
  else if (arguments.rest.empty() && !has_request)
    complaint = "Write a prompt.";
  else if (arguments.has("--max-tokens") && !read_count(arguments.value("--max-tokens")))
    complaint = "--max-tokens needs a whole number from 1.";
  if (!complaint.empty()) return misuse("chat", complaint, streams);

  const Result<ParsedChatRequest> file = make_request(arguments, streams.in);
  if (!file) return report(file.error(), json, streams);
  return with_chat(arguments, streams, [&](const Chat& chat) {
    if (arguments.has("--dry-run")) return show_preview(chat, *file, json, streams);
    if (arguments.has("--log"))
      return ask_and_log(chat, *file, arguments.value("--log"), json, streams);
    return ask(chat, *file, json, streams);
  });
}

}  // namespace ft
