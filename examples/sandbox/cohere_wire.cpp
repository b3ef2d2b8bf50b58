// Cohere's chat, version 2.

#include "wire.hpp"

namespace FineTuning::examples::wire {
namespace {

bool are_messages(const Json& value) {
  return is_list(value, [](const Json& message) {
    return is_message(message, "system user assistant tool", "tool_calls tool_plan");
  });
}
bool are_tools(const Json& value) { return is_tool_list(value); }
bool are_documents(const Json& value) {
  return is_list(value, [](const Json& document) {
    return document.is_string() || member(document, "data").is_object();
  });
}
bool is_tool_choice(const Json& value) { return is_word_of(value, "REQUIRED NONE"); }
bool is_format(const Json& value) { return is_word_of(member(value, "type"), "text json_object"); }
bool is_p(const Json& value) { return value.is_number() && value >= 0.01 && value <= 0.99; }

constexpr Rule rules[] = {
    {"model", is_name, "the id of a model", true},
    {"messages", are_messages, "messages with a known role and content", true},
    {"stream", is_bool, "a boolean"},
    {"tools", are_tools, "functions with a name"},
    {"tool_choice", is_tool_choice, "REQUIRED or NONE"},
    {"documents", are_documents, "strings or objects with data"},
    {"response_format", is_format, "an object of type text or json_object"},
    {"max_tokens", is_count, "an integer from 1"},
    {"stop_sequences", is_text_list<5>, "up to five strings"},
    {"temperature", is_between<0, 1>, "a number from 0 to 1"},
    {"p", is_p, "a number from 0.01 to 0.99"},
    {"k", is_between<0, 500>, "an integer from 0 to 500"},
    {"seed", is_integer, "an integer"},
};
constexpr std::string_view other_fields =
    "strict_tools citation_options safety_mode frequency_penalty presence_penalty logprobs "
    "thinking priority";

constexpr Refusal refusals[] = {
    {Fault::unauthorized, 401, "", "", "invalid api token"},
    {Fault::not_found, 404, "", "", "model not found, or no access to it: "},
    {Fault::rate_limited, 429, "", "", "please wait and try again later: the rate limit of ", "1"},
    {Fault::quota, 402, "", "", "please check your billing: nothing is left of your credit for "},
    {Fault::server_error, 500, "", "", "internal server error with "},
};

constexpr std::string_view error_pattern = R"({"id":$id,"message":$message})";
constexpr std::string_view usage_pattern =
    R"({"billed_units":{"input_tokens":$billed_input,"output_tokens":$billed_output},
        "tokens":{"input_tokens":$input,"output_tokens":$output},"cached_tokens":0})";
constexpr std::string_view citation_pattern =
    R"({"start":0,"end":8,"text":"Clause 4","sources":$sources,"type":"TEXT_CONTENT"})";
constexpr std::string_view text_response =
    R"({"id":$id,"message":{"role":"assistant","content":[{"type":"text","text":$text}]},
        "finish_reason":$finish,"usage":$usage})";
constexpr std::string_view tool_response =
    R"({"id":$id,"message":{"role":"assistant","tool_plan":$plan,
        "tool_calls":[{"id":$call_id,"type":"function",
                       "function":{"name":$tool,"arguments":$arguments_text}}]},
        "finish_reason":$finish,"usage":$usage})";
constexpr std::string_view message_start =
    R"({"id":$id,"type":"message-start","delta":{"message":{"role":"assistant","content":[],
        "tool_plan":"","tool_calls":[],"citations":[]}}})";
constexpr std::string_view content_start =
    R"({"type":"content-start","index":0,
        "delta":{"message":{"content":{"type":"text","text":""}}}})";
constexpr std::string_view content_delta =
    R"({"type":"content-delta","index":0,"delta":{"message":{"content":{"text":$piece}}}})";
constexpr std::string_view citation_start =
    R"({"type":"citation-start","index":0,"delta":{"message":{"citations":$citation}}})";
constexpr std::string_view citation_end = R"({"type":"citation-end","index":0})";
constexpr std::string_view content_end = R"({"type":"content-end","index":0})";
constexpr std::string_view tool_plan_delta =
    R"({"type":"tool-plan-delta","delta":{"message":{"tool_plan":$plan}}})";
constexpr std::string_view tool_call_start =
    R"({"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":$call_id,
        "type":"function","function":{"name":$tool,"arguments":""}}}}})";
constexpr std::string_view tool_call_delta =
    R"({"type":"tool-call-delta","index":0,
        "delta":{"message":{"tool_calls":{"function":{"arguments":$piece}}}}})";
constexpr std::string_view tool_call_end = R"({"type":"tool-call-end","index":0})";
constexpr std::string_view message_end =
    R"({"type":"message-end","delta":{"finish_reason":$finish,"usage":$usage}})";

std::string id_of(const Request& request) {
  return dump("00000000-0000-4000-8000-" + request.serial);
}

Answer error(const Request& request, int status, const std::string& message) {
  return json_answer(fill(error_pattern, {{"id", id_of(request)}, {"message", dump(message)}}),
                     status);
}

Answer list_of_models() {
  return json_answer(R"({"models":[
      {"name":"command-r-08-2024","is_deprecated":false,"endpoints":["chat"],"finetuned":false,
       "context_length":128000,"default_endpoints":[]},
      {"name":"fee37446-7fc7-42f9-a026-c6ba2fcc422d-ft","is_deprecated":false,
       "endpoints":["chat"],"finetuned":true,"context_length":128000,"default_endpoints":[]}],
      "next_page_token":""})");
}

Json sources_of(const Json& documents) {
  Json sources = Json::array();
  for (const Json& document : documents) {
    const Json& id = member(document, "id");
    Json known = {{"id", id.is_string() ? id : Json("doc:" + std::to_string(sources.size()))}};
    Json source = {{"type", "document"}, {"id", known["id"]}};
    known.update(document.is_string() ? Json{{"text", document}} : document["data"]);
    source["document"] = std::move(known);
    sources.push_back(std::move(source));
  }
  return sources;
}

/// The words that every answer begins with are cited from all documents.
bool is_cited(const Json& body, const Reply& reply) {
  const Json& mode = member(member(body, "citation_options"), "mode");
  return body.contains("documents") && reply.pieces.size() >= 2 &&
         !is_word_of(mode, "OFF DISABLED");
}

Answer stream(const Reply& reply, Values values, Fault fault) {
  std::vector<std::string> events;
  const auto add = [&](std::string_view pattern, const std::string& piece = "") {
    values["piece"] = dump(piece);
    const Json data = Json::parse(fill(pattern, values));
    events.push_back("event: " + data["type"].get<std::string>() + "\ndata: " + dump(data) +
                     "\n\n");
  };
  add(message_start);
  if (reply.tool.empty()) {
    add(content_start);
    for (const std::string& piece : reply.pieces) add(content_delta, piece);
    if (values.contains("citation")) {
      add(citation_start);
      add(citation_end);
    }
    add(content_end);
  } else {
    add(tool_plan_delta);
    add(tool_call_start);
    // A call without arguments has no delta.
    if (const std::string arguments = dump(reply.arguments); !reply.arguments.empty()) {
      add(tool_call_delta, arguments.substr(0, 2));
      add(tool_call_delta, arguments.substr(2));
    }
    add(tool_call_end);
  }
  add(message_end);
  events.emplace_back("data: [DONE]\n\n");
  return stream_answer(std::move(events), 2, fault);
}

Answer plain(const Reply& reply, Values values, Fault fault) {
  if (reply.arguments.empty()) values["arguments_text"] = R"("null")";
  Json response = Json::parse(fill(reply.tool.empty() ? text_response : tool_response, values));
  if (values.contains("citation"))
    response["message"]["citations"] = Json::array({Json::parse(values["citation"])});
  return plain_answer(dump(response), fault);
}

Answer chat(const Request& request, Faults& faults) {
  Json body;
  if (const auto wrong = read_body(request, rules, other_fields, body))
    return error(request, wrong->is_unknown ? 422 : 400, "invalid request: " + wrong->message);
  const std::string model = body["model"];
  const Fault fault = faults.of("cohere", model);
  if (is_refused(fault))
    return refused(fault, refusals, "'" + model + "'", error_pattern, {{"id", id_of(request)}});

  const Reply reply =
      reply_to(read_prompt(body["messages"]), member(body, "max_tokens"),
               first_function(member(body, "tools")), {"COMPLETE", "MAX_TOKENS", "TOOL_CALL"});
  Values values = values_of(reply);
  values["id"] = id_of(request);
  values["call_id"] = dump(reply.tool + "_" + request.serial);
  values["plan"] = dump("I will use the " + reply.tool + " tool.");
  // What is billed is another, smaller number than what was read and written.
  values["billed_input"] = std::to_string(reply.input_tokens / 2);
  values["billed_output"] = std::to_string(reply.output_tokens / 2);
  values["usage"] = fill(usage_pattern, values);
  if (is_cited(body, reply)) {
    values["sources"] = dump(sources_of(body["documents"]));
    values["citation"] = fill(citation_pattern, values);
  }
  return member(body, "stream") == true ? stream(reply, std::move(values), fault)
                                        : plain(reply, std::move(values), fault);
}

}  // namespace

Answer cohere(const Request& request, Faults& faults) {
  if (!request.has_bearer_key())
    return refused(Fault::unauthorized, refusals, "", error_pattern, {{"id", id_of(request)}});
  if (request.path == "/v2/chat" && request.method == "POST") return chat(request, faults);
  if (request.path == "/v1/models" && request.method == "GET") return list_of_models();
  return error(request, 404, "no such path: " + request.method + " " + request.path);
}

}  // namespace FineTuning::examples::wire
