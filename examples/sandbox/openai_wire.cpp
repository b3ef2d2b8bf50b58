// OpenAI's chat completions, and how Together, Groq and local servers differ from them.

#include "wire.hpp"

#include <algorithm>
#include <array>

namespace FineTuning::examples::wire {
namespace {

bool never(const Json& /*value*/) { return false; }
bool is_one(const Json& value) { return value == 1; }
bool is_stop(const Json& value) { return value.is_string() || is_text_list<4>(value); }
bool is_text_or_object(const Json& value) { return value.is_string() || value.is_object(); }
bool is_typed(const Json& value) { return is_name(member(value, "type")); }
bool is_named_format(const Json& value) {
  return member(value, "type") != "json_schema" ||
         is_name(member(member(value, "json_schema"), "name"));
}
bool are_messages(const Json& value) {
  return is_list(value, [](const Json& message) {
    return is_message(message, "developer system user assistant tool function",
                      "tool_calls function_call refusal audio");
  });
}
bool are_nameless(const Json& value) {
  return is_list(value, [](const Json& message) { return member(message, "name").is_null(); });
}
bool are_together_messages(const Json& value) {
  return is_list(value, [](const Json& message) {
    return member(message, "role") != "developer" &&
           (member(message, "role") == "user" || !member(message, "content").is_array());
  });
}
bool are_functions(const Json& value) { return is_tool_list(value); }
bool are_tools(const Json& value) { return is_tool_list(value, "function custom"); }

constexpr Rule common_rules[] = {
    {"model", is_name, "the id of a model", true},
    {"messages", are_messages, "messages with a known role and content", true},
    {"stream", is_bool, "a boolean"},
    {"stream_options", is_object, "an object"},
    {"temperature", is_between<0, 2>, "a number from 0 to 2"},
    {"top_p", is_between<0, 1>, "a number from 0 to 1"},
    {"max_tokens", is_count, "an integer from 1"},
    {"stop", is_stop, "a string or up to four strings"},
    {"seed", is_integer, "an integer"},
    {"tools", are_tools, "functions with a name"},
    {"tool_choice", is_text_or_object, "a string or an object"},
    {"response_format", is_typed, "an object with a type"},
};
constexpr Rule openai_rules[] = {
    {"max_completion_tokens", is_count, "an integer from 1"},
    {"response_format", is_named_format, "a name beside the schema"},
};
constexpr std::string_view openai_fields =
    "audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens "
    "metadata modalities moderation n parallel_tool_calls prediction presence_penalty "
    "prompt_cache_key "
    "prompt_cache_options prompt_cache_retention reasoning_effort safety_identifier service_tier "
    "store top_logprobs user verbosity web_search_options";
constexpr Rule together_rules[] = {
    {"messages", are_together_messages, "no developer, and parts from the user alone"},
    {"stop", is_text_list<100>, "an array of strings"},
    {"logprobs", is_between<0, 20>, "an integer from 0 to 20"},
    {"tools", are_functions, "functions with a name"},
};
constexpr Rule groq_rules[] = {
    {"messages", are_nameless, "messages without a name"},
    {"max_completion_tokens", is_count, "an integer from 1"},
    {"n", is_one, "1"},
    {"logprobs", never, "nothing: it is not supported"},
    {"top_logprobs", never, "nothing: it is not supported"},
    {"logit_bias", never, "nothing: it is not supported"},
    {"tools", are_functions, "functions with a name"},
};
constexpr Rule local_rules[] = {
    {"max_completion_tokens", is_count, "an integer from 1"},
    {"tools", are_functions, "functions with a name"},
};

constexpr Refusal common_refusals[] = {
    {Fault::unauthorized, 401, "invalid_request_error", "invalid_api_key",
     "Incorrect API key for "},
    {Fault::not_found, 404, "invalid_request_error", "model_not_found", "There is no model "},
    {Fault::rate_limited, 429, "requests", "rate_limit_exceeded", "Rate limit reached for ", "1"},
    {Fault::quota, 429, "insufficient_quota", "insufficient_quota",
     "You exceeded your current quota, please check your plan and billing details, for "},
    {Fault::server_error, 500, "server_error", "", "The server had an error with "},
};
constexpr auto together_refusals = [] {
  auto table = std::to_array(common_refusals);
  *std::ranges::find(table, Fault::not_found, &Refusal::fault) = {
      .fault = Fault::not_found,
      .status = 404,
      .type = "invalid_request_error",
      .code = "model_not_available",
      .message = "Unable to access model ",
      .param = "model"};
  return table;
}();

enum class StreamUsage : std::uint8_t { extra_chunk_if_asked, last_chunk, last_chunk_and_x_groq };

/// How one of them speaks, in patterns.
struct Speaker {
  std::string_view provider;
  std::array<std::string_view, 2> models;
  std::string_view response;
  std::string_view message;
  std::string_view tool_message;
  std::string_view usage;
  std::string_view chunk;
  std::string_view opening{};  // the first delta; without one the stream opens with a word
  std::string_view delta = R"({"content":$piece})";
  std::string_view last_delta = "{}";
  std::span<const std::string_view> tool_deltas;
  StreamUsage stream_usage = StreamUsage::extra_chunk_if_asked;
  bool lists_bare_models = false;  // as an array, and with members of their own
  std::string_view error;
  std::string_view request_id_header{};
  std::span<const Rule> rules{};                           // beside the common ones
  std::string_view other_fields = any_field;               // beside those with a rule
  std::string_view newer_limit = "max_completion_tokens";  // if there is no max_tokens
  std::span<const Refusal> refusals = common_refusals;
};

constexpr std::string_view error_with_param =
    R"({"error":{"message":$message,"type":$type,"param":$param,"code":$code}})";
constexpr std::string_view error_without_param =
    R"({"error":{"message":$message,"type":$type,"code":$code}})";
constexpr std::string_view error_with_status =
    R"({"error":{"code":$status,"message":$message,"type":$type}})";

constexpr std::string_view plain_usage =
    R"({"prompt_tokens":$input,"completion_tokens":$output,"total_tokens":$total})";

constexpr std::string_view call_in_fragments[] = {
    R"({"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_$id",
        "type":"function","function":{"name":$tool,"arguments":""}}],"refusal":null})",
    R"({"tool_calls":[{"index":0,"function":{"arguments":$arguments_head}}]})",
    R"({"tool_calls":[{"index":0,"function":{"arguments":$arguments_tail}}]})"};
constexpr std::string_view call_after_opening[] = {R"({"role":"assistant","content":null})",
                                                   R"({"tool_calls":[{"index":0,$call}]})"};
constexpr std::string_view call_alone[] = {
    R"({"token_id":1234,"role":"assistant","content":"","tool_calls":[{"index":0,$call}]})"};

constexpr Speaker speakers[] = {
    {.provider = "openai",
     .models = {"gpt-4o-mini-2024-07-18",
                "ft:gpt-4o-mini-2024-07-18:my-org:custom-suffix:7q8mpxmy"},
     .response = R"({"id":"chatcmpl-$id","object":"chat.completion","created":1741569952,
         "model":$model,"choices":[{"index":0,"message":$message,"logprobs":null,
         "finish_reason":$finish}],"usage":$usage,"service_tier":"default",
         "system_fingerprint":"fp_sandbox"})",
     .message = R"({"role":"assistant","content":$text,"refusal":null,"annotations":[]})",
     .tool_message = R"({"role":"assistant","content":null,"tool_calls":[{$call}],"refusal":null})",
     .usage = R"({"prompt_tokens":$input,"completion_tokens":$output,"total_tokens":$total,
         "prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},
         "completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,
         "accepted_prediction_tokens":0,"rejected_prediction_tokens":0}})",
     .chunk = R"({"id":"chatcmpl-$id","object":"chat.completion.chunk","created":1770933892,
         "model":$model,"service_tier":"default","system_fingerprint":"fp_sandbox",
         "choices":[{"index":0,"delta":$delta,"logprobs":null,"finish_reason":$reason}],
         "obfuscation":"Qx7"})",
     .opening = R"({"role":"assistant","content":"","refusal":null})",
     .tool_deltas = call_in_fragments,
     .error = error_with_param,
     .request_id_header = "x-request-id",
     .rules = openai_rules,
     .other_fields = openai_fields},
    {.provider = "together",
     .models = {"meta-llama/Llama-3.3-70B-Instruct-Turbo",
                "acme_a03a/Llama-3.3-70B-Instruct-Reference-my-suffix-38d369c4-c55e4fcf"},
     .response = R"({"id":"oDy3Bb9-$id","object":"chat.completion","created":1744654321,
         "model":$model,"prompt":[],"choices":[{"finish_reason":$finish,"seed":9571843242,
         "logprobs":null,"index":0,"message":$message}],"usage":$usage})",
     .message = R"({"role":"assistant","content":$text,"tool_calls":[]})",
     .tool_message = R"({"role":"assistant","content":null,"tool_calls":[{$call}]})",
     .usage = plain_usage,
     .chunk = R"({"id":"oDy3Bb9-$id","object":"chat.completion.chunk","created":1744654321,
         "model":$model,"choices":[{"index":0,"text":$piece,"logprobs":null,
         "finish_reason":$reason,"seed":null,"delta":$delta}],"usage":null})",
     .delta = R"({"token_id":1234,"role":"assistant","content":$piece,"tool_calls":null})",
     .last_delta = R"({"token_id":1234,"role":"assistant","content":"","tool_calls":null})",
     .tool_deltas = call_alone,
     .stream_usage = StreamUsage::last_chunk,
     .lists_bare_models = true,
     .error = error_with_param,
     .request_id_header = "cf-ray",
     .rules = together_rules,
     .newer_limit = "",
     .refusals = together_refusals},
    {.provider = "groq",
     .models = {"llama-3.3-70b-versatile", "openai/gpt-oss-120b"},
     .response = R"({"id":"chatcmpl-$id","object":"chat.completion","created":1770770815,
         "model":$model,"choices":[{"index":0,"message":$message,"logprobs":null,
         "finish_reason":$finish}],"usage":$usage,"usage_breakdown":null,
         "system_fingerprint":"fp_sandbox","x_groq":{"id":"req_$id","seed":1790130236},
         "service_tier":"on_demand"})",
     .message = R"({"role":"assistant","content":$text})",
     .tool_message = R"({"role":"assistant","tool_calls":[{$call}]})",
     .usage = R"({"queue_time":0.04,"prompt_tokens":$input,"prompt_time":0.01,
         "completion_tokens":$output,"completion_time":0.02,"total_tokens":$total,
         "total_time":0.03})",
     .chunk = R"({"id":"chatcmpl-$id","object":"chat.completion.chunk","created":1770770839,
         "model":$model,"system_fingerprint":"fp_sandbox",
         "choices":[{"index":0,"delta":$delta,"logprobs":null,"finish_reason":$reason}]})",
     .opening = R"({"role":"assistant","content":""})",
     .tool_deltas = call_after_opening,
     .stream_usage = StreamUsage::last_chunk_and_x_groq,
     .error = error_without_param,
     .rules = groq_rules},
    {.provider = "local",
     .models = {"tiny-talk", "tiny-talk-tuned"},
     .response = R"({"id":"chatcmpl-$id","object":"chat.completion","created":1770770815,
         "model":$model,"choices":[{"index":0,"message":$message,"finish_reason":$finish}],
         "usage":$usage})",
     .message = R"({"role":"assistant","content":$text})",
     .tool_message = R"({"role":"assistant","content":null,"tool_calls":[{$call}]})",
     .usage = plain_usage,
     .chunk = R"({"id":"chatcmpl-$id","object":"chat.completion.chunk","created":1770770839,
         "model":$model,"choices":[{"index":0,"delta":$delta,"finish_reason":$reason}]})",
     .opening = R"({"role":"assistant","content":null})",
     .tool_deltas = call_after_opening,
     .error = error_with_status,
     .rules = local_rules},
};

Answer error(const Speaker& speaker, int status, std::string_view message,
             const std::string& field = "") {
  return json_answer(fill(speaker.error, {{"status", std::to_string(status)},
                                          {"message", dump(message)},
                                          {"type", R"("invalid_request_error")"},
                                          {"param", field.empty() ? "null" : dump(field)},
                                          {"code", "null"}}),
                     status);
}

Json model_of(const Speaker& speaker, std::string_view id) {
  Json model{{"id", id}, {"object", "model"}, {"created", 1733000000}};
  if (speaker.lists_bare_models)
    model.update({{"type", "chat"}, {"display_name", id}, {"context_length", 131072}});
  else
    model["owned_by"] = speaker.provider;
  return model;
}

Answer list_of_models(const Speaker& speaker) {
  Json list = Json::array();
  for (const std::string_view id : speaker.models) list.push_back(model_of(speaker, id));
  return json_answer(
      dump(speaker.lists_bare_models ? list : Json{{"object", "list"}, {"data", list}}));
}

Answer model(const Speaker& speaker, const std::string& id, Faults& faults) {
  const Fault fault = faults.of(speaker.provider, id);
  return is_refused(fault) ? refused(fault, speaker.refusals, "`" + id + "`.", speaker.error)
                           : json_answer(dump(model_of(speaker, id)));
}

Answer plain(const Speaker& speaker, const Reply& reply, Values values, Fault fault) {
  // Together says eos where its streams say stop.
  if (speaker.provider == "together" && reply.finish == "stop") values["finish"] = R"("eos")";
  values["message"] = fill(reply.tool.empty() ? speaker.message : speaker.tool_message, values);
  return plain_answer(dump(Json::parse(fill(speaker.response, values))), fault);
}

Answer stream(const Speaker& speaker, const Reply& reply, Values values, bool usage_asked,
              Fault fault) {
  std::vector<Json> chunks;
  const auto add = [&](std::string_view delta, const std::string& piece, const Json& reason) {
    values["piece"] = dump(piece);
    values["delta"] = fill(delta, values);
    values["reason"] = dump(reason);
    chunks.push_back(Json::parse(fill(speaker.chunk, values)));
  };
  if (reply.tool.empty() && !speaker.opening.empty()) add(speaker.opening, "", nullptr);
  for (const std::string& piece : reply.pieces) add(speaker.delta, piece, nullptr);
  if (!reply.tool.empty())
    for (const std::string_view delta : speaker.tool_deltas) add(delta, "", nullptr);
  add(speaker.last_delta, "", reply.finish);

  const Json usage = Json::parse(values["usage"]);
  if (speaker.stream_usage == StreamUsage::extra_chunk_if_asked) {
    if (usage_asked) {
      chunks.push_back(chunks.back());
      chunks.back()["choices"] = Json::array();
      for (Json& chunk : chunks) chunk["usage"] = nullptr;
      chunks.back()["usage"] = usage;
    }
  } else {
    chunks.back()["usage"] = usage;
  }
  if (speaker.stream_usage == StreamUsage::last_chunk_and_x_groq) {
    chunks.front()["x_groq"] = {{"id", "req_" + values["id"]}, {"seed", 1790130236}};
    chunks.back()["x_groq"] = {{"id", "req_" + values["id"]}, {"usage", usage}};
  }
  std::vector<std::string> events;
  events.reserve(chunks.size() + 1);
  for (const Json& chunk : chunks) events.push_back("data: " + dump(chunk) + "\n\n");
  events.emplace_back("data: [DONE]\n\n");
  return stream_answer(std::move(events), speaker.opening.empty() ? 0 : 1, fault);
}

Answer chat(const Speaker& speaker, const Request& request, Faults& faults) {
  if (request.method != "POST")
    return error(speaker, 405, "Not allowed to " + request.method + " this URL.");
  Json body;
  auto wrong = read_body(request, common_rules, speaker.other_fields, body);
  if (wrong && wrong->is_unknown)
    return error(speaker, 400, "Unrecognized request argument supplied: " + wrong->field);
  if (!wrong) wrong = check(body, speaker.rules, any_field);
  if (wrong) return error(speaker, 400, wrong->message, wrong->field);

  const std::string model = body["model"];
  const Fault fault = faults.of(speaker.provider, model);
  if (is_refused(fault)) return refused(fault, speaker.refusals, "`" + model + "`.", speaker.error);
  const Json& max_tokens =
      member(body, body.contains("max_tokens") ? "max_tokens" : speaker.newer_limit);
  const Reply reply =
      reply_to(read_prompt(body["messages"]), max_tokens, first_function(member(body, "tools")),
               {"stop", "length", "tool_calls"});
  Values values = values_of(reply);
  values["id"] = request.serial;
  values["model"] = dump(model);
  values["usage"] = fill(speaker.usage, values);
  values["call"] = fill(R"("id":"call_$id","type":"function",)"
                        R"("function":{"name":$tool,"arguments":$arguments_text})",
                        values);
  const bool usage_asked = member(member(body, "stream_options"), "include_usage") == true;
  return member(body, "stream") == true
             ? stream(speaker, reply, std::move(values), usage_asked, fault)
             : plain(speaker, reply, std::move(values), fault);
}

}  // namespace

Answer openai(const Request& request, Faults& faults) {
  const Speaker& speaker = *std::ranges::find(speakers, request.provider, &Speaker::provider);
  constexpr std::string_view one_model = "/models/";
  const std::string key(request.header("authorization"));
  Answer answer;
  if (!request.has_bearer_key() && !(speaker.provider == "local" && key.empty()))
    answer = refused(Fault::unauthorized, speaker.refusals, key.substr(key.find(' ') + 1) + ".",
                     speaker.error);
  else if (request.path == "/chat/completions")
    answer = chat(speaker, request, faults);
  else if (request.path == "/models" && request.method == "GET")
    answer = list_of_models(speaker);
  else if (request.path.starts_with(one_model) && request.method == "GET")
    answer =
        model(speaker, decoded(std::string_view(request.path).substr(one_model.size())), faults);
  else
    answer = error(speaker, 404, "Unknown request URL: " + request.path);
  if (!speaker.request_id_header.empty())
    answer.headers.emplace_back(speaker.request_id_header, "req_" + request.serial);
  return answer;
}

}  // namespace FineTuning::examples::wire
