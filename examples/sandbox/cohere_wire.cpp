// Cohere's chat, version 2.

#include "wire.hpp"

#include <array>

namespace FineTuning::examples::wire {
namespace {

bool is_one_of(const Json& value, std::span<const std::string_view> names) {
  return std::ranges::any_of(names, [&value](std::string_view name) { return value == name; });
}
bool are_messages(const Json& value) {
  return is_list(value, [](const Json& message) {
    static constexpr std::array<std::string_view, 4> roles{"system", "user", "assistant", "tool"};
    return is_message(message, roles);
  });
}
bool are_documents(const Json& value) {
  return is_list(value, [](const Json& document) {
    return document.is_string() || member(document, "data").is_object();
  });
}
bool is_tool_choice(const Json& value) {
  static constexpr std::array<std::string_view, 2> choices{"REQUIRED", "NONE"};
  return is_one_of(value, choices);
}
bool is_safety_mode(const Json& value) {
  static constexpr std::array<std::string_view, 3> modes{"CONTEXTUAL", "STRICT", "OFF"};
  return is_one_of(value, modes);
}
bool is_format(const Json& value) {
  static constexpr std::array<std::string_view, 2> types{"text", "json_object"};
  return is_one_of(member(value, "type"), types);
}
bool is_p(const Json& value) { return value.is_number() && value >= 0.01 && value <= 0.99; }
bool is_stop(const Json& value) { return is_text_list(value) && value.size() <= 5; }

constexpr std::array<Rule, 21> rules{{
    {"model", is_name, "the id of a model", true},
    {"messages", are_messages, "messages with a known role and content", true},
    {"stream", is_bool, "a boolean"},
    {"tools", is_function_list, "functions with a name"},
    {"strict_tools", is_bool, "a boolean"},
    {"tool_choice", is_tool_choice, "REQUIRED or NONE"},
    {"documents", are_documents, "strings or objects with data"},
    {"citation_options", is_object, "an object"},
    {"response_format", is_format, "an object of type text or json_object"},
    {"safety_mode", is_safety_mode, "CONTEXTUAL, STRICT or OFF"},
    {"max_tokens", is_count, "an integer from 1"},
    {"stop_sequences", is_stop, "up to five strings"},
    {"temperature", is_between<0, 1>, "a number from 0 to 1"},
    {"p", is_p, "a number from 0.01 to 0.99"},
    {"k", is_between<0, 500>, "an integer from 0 to 500"},
    {"seed", is_integer, "an integer"},
    {"frequency_penalty", is_between<0, 1>, "a number from 0 to 1"},
    {"presence_penalty", is_between<0, 1>, "a number from 0 to 1"},
    {"logprobs", is_bool, "a boolean"},
    {"thinking", is_object, "an object"},
    {"priority", is_between<0, 999>, "an integer from 0 to 999"},
}};

struct Refusal {
  Fault fault;
  int status;
  std::string_view message;
};
constexpr std::array<Refusal, 4> refusals{{
    {Fault::unauthorized, 401, "invalid api token"},
    {Fault::rate_limited, 429, "rate limit reached, please wait and try again later"},
    {Fault::quota, 402, "nothing is left of your credit, please check your billing"},
    {Fault::server_error, 500, "internal server error"},
}};

constexpr std::string_view cited = "Clause 4";  // what every answer begins with

/// One request's way to its answer.
class Exchange {
 public:
  explicit Exchange(const Request& request) : request_(request) {}

  Answer answer(Faults& faults) {
    if (!request_.has_bearer_key()) return refused(Fault::unauthorized);
    if (request_.path == "/v1/models" && request_.method == "GET") return models();
    if (request_.path != "/v2/chat") return error(404, "no such path: " + request_.path);
    if (request_.method != "POST") return error(405, "not allowed: " + request_.method);
    if (const auto wrong = read_body(request_, rules, UnknownFields::refused, body_))
      return error(400, "invalid request: " + wrong->message);
    const Fault fault = faults.of("cohere", body_["model"].get<std::string>());
    if (fault != Fault::none && fault != Fault::cut && fault != Fault::stall) return refused(fault);

    Prompt prompt = read_prompt(body_["messages"]);
    prompt.max_tokens = body_.value("max_tokens", prompt.max_tokens);
    const Json& tools = member(body_, "tools");
    reply_ = reply_to(prompt, tools.is_null() ? tools : tools[0]["function"]);
    return member(body_, "stream") == true ? streamed(fault) : plain_answer(response(), fault);
  }

 private:
  std::string id() const { return "00000000-0000-4000-8000-" + request_.serial; }

  Answer error(int status, const std::string& message) const {
    return json_answer({{"id", id()}, {"message", message}}, status);
  }

  Answer refused(Fault fault) const {
    if (fault == Fault::bad_gateway) return bad_gateway();
    if (fault == Fault::not_found)
      return error(404, "model '" + body_["model"].get<std::string>() +
                            "' not found, make sure the correct model ID was used and that you "
                            "have access to the model.");
    const auto& refusal = *std::ranges::find(refusals, fault, &Refusal::fault);
    Answer answer = error(refusal.status, std::string(refusal.message));
    if (fault == Fault::rate_limited) answer.headers.emplace_back("Retry-After", "1");
    return answer;
  }

  static Answer models() {
    const auto model = [](std::string_view name, bool finetuned) {
      return Json{{"name", name},
                  {"is_deprecated", false},
                  {"endpoints", {"chat"}},
                  {"finetuned", finetuned},
                  {"context_length", 128000},
                  {"default_endpoints", Json::array()}};
    };
    return json_answer({{"models",
                         {model("command-r-08-2024", false),
                          model("fee37446-7fc7-42f9-a026-c6ba2fcc422d-ft", true)}},
                        {"next_page_token", ""}});
  }

  bool calls_tool() const { return reply_.finish == Finish::tool_call; }
  std::string tool_plan() const { return "I will use the " + reply_.tool + " tool."; }

  std::string_view finish_reason() const {
    if (reply_.finish == Finish::stop) return "COMPLETE";
    return reply_.finish == Finish::length ? "MAX_TOKENS" : "TOOL_CALL";
  }

  /// What is billed is another, smaller number than what was read and written.
  Json usage() const {
    return {{"billed_units",
             {{"input_tokens", reply_.input_tokens / 2},
              {"output_tokens", reply_.output_tokens / 2}}},
            {"tokens",
             {{"input_tokens", reply_.input_tokens}, {"output_tokens", reply_.output_tokens}}},
            {"cached_tokens", 0}};
  }

  Json tool_call(const std::string& arguments) const {
    return {{"id", reply_.tool + "_" + request_.serial},
            {"type", "function"},
            {"function", {{"name", reply_.tool}, {"arguments", arguments}}}};
  }

  Json sources() const {
    Json all = Json::array();
    for (const Json& document : body_["documents"]) {
      Json known = {{"id", "doc:" + std::to_string(all.size())}};
      if (document.is_string()) known["text"] = document;
      if (member(document, "id").is_string()) known["id"] = document["id"];
      const std::string id = known["id"];
      if (document.is_object()) known.update(document["data"]);
      all.push_back({{"type", "document"}, {"id", id}, {"document", known}});
    }
    return all;
  }

  /// The citation of all documents, or null.
  Json citation() const {
    static constexpr std::array<std::string_view, 2> without{"OFF", "DISABLED"};
    const Json& mode = member(member(body_, "citation_options"), "mode");
    if (!body_.contains("documents") || calls_tool() || is_one_of(mode, without) ||
        !reply_.text().starts_with(cited))
      return {};
    return {{"start", 0},
            {"end", cited.size()},
            {"text", cited},
            {"sources", sources()},
            {"type", "TEXT_CONTENT"}};
  }

  Json response() const {
    Json message = {{"role", "assistant"}};
    if (calls_tool()) {
      const bool none = reply_.arguments.empty();
      message["tool_plan"] = tool_plan();
      message["tool_calls"] = Json::array({tool_call(none ? "null" : dump(reply_.arguments))});
    } else {
      message["content"] = Json::array({{{"type", "text"}, {"text", reply_.text()}}});
      if (const Json cites = citation(); !cites.is_null())
        message["citations"] = Json::array({cites});
    }
    return {{"id", id()},
            {"message", message},
            {"finish_reason", finish_reason()},
            {"usage", usage()}};
  }

  static std::string event(const Json& data) {
    return "event: " + data["type"].get<std::string>() + "\ndata: " + dump(data) + "\n\n";
  }

  /// An event of the first content block, tool call or citation, with a part of the message.
  static std::string event(std::string_view type, const Json& part = nullptr) {
    Json data = {{"type", type}, {"index", 0}};
    if (!part.is_null()) data["delta"] = {{"message", part}};
    return event(data);
  }

  std::vector<std::string> text_events() const {
    std::vector<std::string> events{
        event("content-start", {{"content", {{"type", "text"}, {"text", ""}}}})};
    for (const std::string& piece : reply_.pieces)
      events.push_back(event("content-delta", {{"content", {{"text", piece}}}}));
    if (const Json cites = citation(); !cites.is_null()) {
      events.push_back(event("citation-start", {{"citations", cites}}));
      events.push_back(event("citation-end"));
    }
    events.push_back(event("content-end"));
    return events;
  }

  /// A call without arguments has no delta.
  std::vector<std::string> tool_events() const {
    std::vector<std::string> events{
        event({{"type", "tool-plan-delta"}, {"delta", {{"message", {{"tool_plan", tool_plan()}}}}}}),
        event("tool-call-start", {{"tool_calls", tool_call("")}})};
    const std::string arguments = dump(reply_.arguments);
    if (!reply_.arguments.empty())
      for (const std::string& text : {arguments.substr(0, 2), arguments.substr(2)})
        events.push_back(
            event("tool-call-delta", {{"tool_calls", {{"function", {{"arguments", text}}}}}}));
    events.push_back(event("tool-call-end"));
    return events;
  }

  Answer streamed(Fault fault) const {
    const Json opening = {{"role", "assistant"},
                          {"content", Json::array()},
                          {"tool_plan", ""},
                          {"tool_calls", Json::array()},
                          {"citations", Json::array()}};
    std::vector<std::string> events{
        event({{"id", id()}, {"type", "message-start"}, {"delta", {{"message", opening}}}})};
    for (std::string& middle : calls_tool() ? tool_events() : text_events())
      events.push_back(std::move(middle));
    events.push_back(
        event({{"type", "message-end"},
               {"delta", {{"finish_reason", finish_reason()}, {"usage", usage()}}}}));
    events.emplace_back("data: [DONE]\n\n");
    return stream_answer(std::move(events), 2, fault);
  }

  const Request& request_;
  Json body_;
  Reply reply_;
};

}  // namespace

Answer cohere(const Request& request, Faults& faults) { return Exchange(request).answer(faults); }

}  // namespace FineTuning::examples::wire
