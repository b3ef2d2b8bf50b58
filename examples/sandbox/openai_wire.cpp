// OpenAI's chat completions, and how Together, Groq and local servers differ from them.

#include "wire.hpp"

#include <array>

namespace FineTuning::examples::wire {
namespace {

enum class StreamUsage : std::uint8_t { extra_chunk_if_asked, last_chunk, last_chunk_and_x_groq };
enum class ErrorCode : std::uint8_t { beside_param, alone, numeric };

/// What a speaker adds to the shape that all have in common: members as JSON text.
struct Accent {
  std::string_view provider;
  std::array<std::string_view, 2> models;
  std::string_view id_prefix = "chatcmpl-";
  std::string_view stop_reason = "stop";
  std::string_view no_such_model = "model_not_found";
  std::string_view request_id_header{};
  std::string_view response = "{}";
  std::string_view choice = R"({"logprobs":null})";
  std::string_view message = "{}";
  std::string_view tool_message = R"({"content":null})";
  std::string_view usage = "{}";
  std::string_view chunk = "{}";
  std::string_view chunk_choice = R"({"logprobs":null})";
  std::string_view delta = "{}";
  std::string_view first_delta{};  // none: the stream opens with the first word
  std::string_view first_chunk = "{}";
  StreamUsage stream_usage = StreamUsage::extra_chunk_if_asked;
  ErrorCode error_code = ErrorCode::beside_param;
  bool whole_tool_calls = false;   // a stream brings a call's arguments in one piece
  bool text_beside_delta = false;  // chunks say their text twice
  bool key_is_optional = false;
  std::span<const Rule> extra_rules{};
};

bool never(const Json& /*value*/) { return false; }
bool is_one(const Json& value) { return value == 1; }
bool is_stop(const Json& value) {
  return value.is_string() || (is_text_list(value) && value.size() <= 4);
}
bool is_text_or_object(const Json& value) { return value.is_string() || value.is_object(); }
bool is_typed(const Json& value) { return is_name(member(value, "type")); }
bool are_messages(const Json& value) {
  return is_list(value, [](const Json& message) {
    static constexpr std::array<std::string_view, 5> roles{"developer", "system", "user",
                                                           "assistant", "tool"};
    return is_message(message, roles);
  });
}

constexpr std::array<Rule, 13> common_rules{{
    {"model", is_name, "the id of a model", true},
    {"messages", are_messages, "messages with a known role and content", true},
    {"stream", is_bool, "a boolean"},
    {"stream_options", is_object, "an object"},
    {"temperature", is_between<0, 2>, "a number from 0 to 2"},
    {"top_p", is_between<0, 1>, "a number from 0 to 1"},
    {"max_tokens", is_count, "an integer from 1"},
    {"max_completion_tokens", is_count, "an integer from 1"},
    {"stop", is_stop, "a string or up to four strings"},
    {"seed", is_integer, "an integer"},
    {"tools", is_function_list, "functions with a name"},
    {"tool_choice", is_text_or_object, "a string or an object"},
    {"response_format", is_typed, "an object with a type"},
}};
constexpr std::array<Rule, 2> together_rules{{
    {"stop", is_text_list, "an array of strings"},
    {"logprobs", is_between<0, 20>, "an integer from 0 to 20"},
}};
constexpr std::array<Rule, 4> groq_rules{{
    {"n", is_one, "1"},
    {"logprobs", never, "to be left out"},
    {"top_logprobs", never, "to be left out"},
    {"logit_bias", never, "to be left out"},
}};

constexpr std::array<Accent, 4> accents{{
    {.provider = "openai",
     .models = {"gpt-4o-mini-2024-07-18",
                "ft:gpt-4o-mini-2024-07-18:my-org:custom-suffix:7q8mpxmy"},
     .request_id_header = "x-request-id",
     .response = R"({"service_tier":"default","system_fingerprint":"fp_sandbox"})",
     .message = R"({"refusal":null,"annotations":[]})",
     .tool_message = R"({"content":null,"refusal":null})",
     .usage = R"({"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},
                  "completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,
                    "accepted_prediction_tokens":0,"rejected_prediction_tokens":0}})",
     .chunk = R"({"service_tier":"default","system_fingerprint":"fp_sandbox","obfuscation":"Q"})",
     .first_delta = R"({"role":"assistant","content":"","refusal":null})"},
    {.provider = "together",
     .models = {"meta-llama/Llama-3.3-70B-Instruct-Turbo",
                "acme_a03a/Llama-3.3-70B-Instruct-Reference-my-suffix-38d369c4-c55e4fcf"},
     .id_prefix = "oDy3Bb9-",
     .stop_reason = "eos",
     .no_such_model = "model_not_available",
     .request_id_header = "cf-ray",
     .response = R"({"prompt":[]})",
     .choice = R"({"seed":9571843242,"logprobs":null})",
     .message = R"({"tool_calls":[]})",
     .chunk = R"({"usage":null})",
     .chunk_choice = R"({"logprobs":null,"seed":null})",
     .delta = R"({"token_id":1234,"role":"assistant","content":"","tool_calls":null})",
     .stream_usage = StreamUsage::last_chunk,
     .whole_tool_calls = true,
     .text_beside_delta = true,
     .extra_rules = together_rules},
    {.provider = "groq",
     .models = {"llama-3.3-70b-versatile", "openai/gpt-oss-120b"},
     .response = R"({"usage_breakdown":null,"system_fingerprint":"fp_sandbox",
                     "x_groq":{"id":"req_sandbox","seed":1790130236},"service_tier":"on_demand"})",
     .tool_message = "{}",
     .usage = R"({"queue_time":0.01,"prompt_time":0.01,"completion_time":0.02,"total_time":0.03})",
     .chunk = R"({"system_fingerprint":"fp_sandbox"})",
     .first_delta = R"({"role":"assistant","content":""})",
     .first_chunk = R"({"x_groq":{"id":"req_sandbox","seed":1790130236}})",
     .stream_usage = StreamUsage::last_chunk_and_x_groq,
     .error_code = ErrorCode::alone,
     .whole_tool_calls = true,
     .extra_rules = groq_rules},
    {.provider = "local",
     .models = {"tiny-talk", "tiny-talk-tuned"},
     .choice = "{}",
     .chunk_choice = "{}",
     .first_delta = R"({"role":"assistant","content":null})",
     .error_code = ErrorCode::numeric,
     .key_is_optional = true},
}};

Json with(std::string_view members, const Json& others) {
  Json all = Json::parse(members);
  all.update(others);
  return all;
}

struct Refusal {
  Fault fault;
  int status;
  std::string_view type;
  std::string_view code;
  std::string_view message;
};
constexpr std::array<Refusal, 4> refusals{{
    {Fault::unauthorized, 401, "invalid_request_error", "invalid_api_key", "Incorrect API key: "},
    {Fault::rate_limited, 429, "requests", "rate_limit_exceeded", "Rate limit reached for "},
    {Fault::quota, 429, "insufficient_quota", "insufficient_quota",
     "You exceeded your current quota, please check your plan and billing details, for "},
    {Fault::server_error, 500, "server_error", "",
     "The server had an error while processing your request to "},
}};

/// One request's way to its answer.
class Exchange {
 public:
  Exchange(const Accent& accent, const Request& request) : accent_(accent), request_(request) {}

  Answer answer(Faults& faults) {
    const std::string_view key = request_.header("authorization");
    if (!request_.has_bearer_key() && !(accent_.key_is_optional && key.empty()))
      return refused(Fault::unauthorized, key.substr(key.find(' ') + 1));
    if (request_.path == "/models") return request_.method == "GET" ? models() : wrong_method();
    if (request_.path != "/chat/completions")
      return error(404, "invalid_request_error", "", "Unknown request URL: " + request_.path);
    if (request_.method != "POST") return wrong_method();
    auto complaint = read_body(request_, common_rules, UnknownFields::allowed, body_);
    if (!complaint) complaint = check(body_, accent_.extra_rules, UnknownFields::allowed);
    if (complaint)
      return error(400, "invalid_request_error", "", complaint->message, complaint->field);
    return chat(faults.of(accent_.provider, std::string(body_["model"])));
  }

 private:
  Answer error(int status, std::string_view type, std::string_view code, const std::string& message,
               const std::string& field = "") const {
    Json error = {{"message", message}, {"type", type}};
    if (accent_.error_code == ErrorCode::beside_param)
      error["param"] = field.empty() ? Json() : Json(field);
    error["code"] = code.empty() ? Json() : Json(code);
    if (accent_.error_code == ErrorCode::numeric) error["code"] = status;
    return with_request_id(json_answer({{"error", error}}, status));
  }

  Answer wrong_method() const {
    return error(405, "invalid_request_error", "", "Not allowed: " + request_.method);
  }

  /// The message repeats the key or the model that it is about, as the real ones do.
  Answer refused(Fault fault, std::string_view subject) const {
    if (fault == Fault::bad_gateway) return bad_gateway();
    if (fault == Fault::not_found)
      return error(404, "invalid_request_error", accent_.no_such_model,
                   "The model `" + std::string(subject) + "` does not exist.", "model");
    const auto& refusal = *std::ranges::find(refusals, fault, &Refusal::fault);
    Answer answer = error(refusal.status, refusal.type, refusal.code,
                          std::string(refusal.message) + std::string(subject) + ".");
    if (fault == Fault::rate_limited) answer.headers.emplace_back("Retry-After", "1");
    return answer;
  }

  Answer with_request_id(Answer answer) const {
    if (!accent_.request_id_header.empty())
      answer.headers.emplace_back(accent_.request_id_header, "req_" + request_.serial);
    return answer;
  }

  Answer models() const {
    Json list = Json::array();
    for (const std::string_view id : accent_.models)
      list.push_back({{"id", id}, {"object", "model"}, {"created", 1733000000}});
    if (accent_.provider == "together") {
      for (Json& model : list)
        model.update({{"type", "chat"}, {"display_name", model["id"]}, {"context_length", 131072}});
      return json_answer(list);
    }
    for (Json& model : list) model["owned_by"] = accent_.provider;
    return json_answer({{"object", "list"}, {"data", list}});
  }

  Answer chat(Fault fault) {
    if (fault != Fault::none && fault != Fault::cut && fault != Fault::stall)
      return refused(fault, std::string(body_["model"]));
    Prompt prompt = read_prompt(body_["messages"]);
    for (const char* field : {"max_tokens", "max_completion_tokens"})
      if (body_.contains(field)) prompt.max_tokens = body_[field];
    reply_ = reply_to(prompt, member(first(member(body_, "tools")), "function"));
    return with_request_id(member(body_, "stream") == true ? streamed(fault)
                                                           : plain_answer(response(), fault));
  }

  static Json first(const Json& list) { return list.is_array() ? list.front() : Json(); }

  std::string_view finish_reason() const {
    if (reply_.finish == Finish::stop) return "stop";
    return reply_.finish == Finish::length ? "length" : "tool_calls";
  }

  Json usage() const {
    return with(accent_.usage, {{"prompt_tokens", reply_.input_tokens},
                                {"completion_tokens", reply_.output_tokens},
                                {"total_tokens", reply_.input_tokens + reply_.output_tokens}});
  }

  Json tool_call(const std::string& arguments) const {
    return {{"id", "call_" + request_.serial},
            {"type", "function"},
            {"function", {{"name", reply_.tool}, {"arguments", arguments}}}};
  }

  Json envelope(std::string_view object, const Json& choices) const {
    return {{"id", std::string(accent_.id_prefix) + request_.serial},
            {"object", object},
            {"created", 1770933892},
            {"model", body_["model"]},
            {"choices", choices}};
  }

  Json response() const {
    const bool calls = reply_.finish == Finish::tool_call;
    Json message = with(calls ? accent_.tool_message : accent_.message, {{"role", "assistant"}});
    if (calls)
      message["tool_calls"] = Json::array({tool_call(dump(reply_.arguments))});
    else
      message["content"] = reply_.text();
    const bool stops = reply_.finish == Finish::stop;
    Json choice = with(accent_.choice,
                       {{"index", 0},
                        {"message", message},
                        {"finish_reason", stops ? accent_.stop_reason : finish_reason()}});
    Json all = envelope("chat.completion", Json::array({choice}));
    all["usage"] = usage();
    return with(accent_.response, all);
  }

  Json chunk(const Json& delta, const Json& finish = nullptr) const {
    Json choice = with(accent_.chunk_choice, {{"index", 0},
                                              {"delta", with(accent_.delta, delta)},
                                              {"finish_reason", finish}});
    if (accent_.text_beside_delta) choice["text"] = member(choice["delta"], "content");
    return chunk_of(Json::array({choice}));
  }

  Json chunk_of(const Json& choices) const {
    Json all = with(accent_.chunk, envelope("chat.completion.chunk", choices));
    if (usage_is_asked()) all["usage"] = nullptr;
    return all;
  }

  bool usage_is_asked() const {
    return accent_.stream_usage == StreamUsage::extra_chunk_if_asked &&
           member(member(body_, "stream_options"), "include_usage") == true;
  }

  /// The deltas of a tool call: whole, or its name and then the arguments in two fragments.
  std::vector<Json> tool_call_deltas() const {
    const auto delta = [](Json call) {
      call["index"] = 0;
      return Json{{"tool_calls", Json::array({std::move(call)})}};
    };
    const std::string arguments = dump(reply_.arguments);
    if (accent_.whole_tool_calls) return {delta(tool_call(arguments))};
    const auto fragment = [&delta](const std::string& text) {
      return delta({{"function", {{"arguments", text}}}});
    };
    const std::size_t half = arguments.size() / 2;
    return {delta(tool_call("")), fragment(arguments.substr(0, half)),
            fragment(arguments.substr(half))};
  }

  std::vector<Json> chunks() const {
    std::vector<Json> all;
    const bool calls = reply_.finish == Finish::tool_call;
    if (!accent_.first_delta.empty()) {
      Json delta = Json::parse(accent_.first_delta);
      if (calls) delta["content"] = nullptr;
      all.push_back(with(accent_.first_chunk, chunk(delta)));
    }
    if (calls)
      for (const Json& delta : tool_call_deltas()) all.push_back(chunk(delta));
    for (const std::string& piece : reply_.pieces) all.push_back(chunk({{"content", piece}}));
    all.push_back(chunk(Json::object(), finish_reason()));
    if (accent_.stream_usage != StreamUsage::extra_chunk_if_asked) all.back()["usage"] = usage();
    if (accent_.stream_usage == StreamUsage::last_chunk_and_x_groq)
      all.back()["x_groq"] = {{"id", "req_sandbox"}, {"usage", usage()}};
    if (usage_is_asked()) {
      all.push_back(chunk_of(Json::array()));
      all.back()["usage"] = usage();
    }
    return all;
  }

  Answer streamed(Fault fault) const {
    std::vector<std::string> events;
    for (const Json& chunk : chunks()) events.push_back("data: " + dump(chunk) + "\n\n");
    events.emplace_back("data: [DONE]\n\n");
    return stream_answer(std::move(events), accent_.first_delta.empty() ? 0 : 1, fault);
  }

  const Accent& accent_;
  const Request& request_;
  Json body_;
  Reply reply_;
};

}  // namespace

Answer openai(const Request& request, Faults& faults) {
  return Exchange(*std::ranges::find(accents, request.provider, &Accent::provider), request)
      .answer(faults);
}

}  // namespace FineTuning::examples::wire
