// Google's generateContent: the Gemini API and Vertex AI.

#include "wire.hpp"

#include "sandbox.hpp"

#include <array>

namespace FineTuning::examples::wire {
namespace {

bool are_parts(const Json& content) {
  return is_list(member(content, "parts"), [](const Json& part) {
    static constexpr std::array<const char*, 6> kinds{
        "text", "inlineData", "fileData", "functionCall", "functionResponse", "thoughtSignature"};
    const Json& response = member(member(part, "functionResponse"), "response");
    return std::ranges::any_of(kinds, [&](auto kind) { return !member(part, kind).is_null(); }) &&
           (response.is_null() || response.is_object());
  });
}
bool are_contents(const Json& value) {
  return is_list(value, [](const Json& content) {
    const Json& role = member(content, "role");
    return (role == "user" || role == "model") && are_parts(content);
  });
}
bool are_tools(const Json& value) { return is_list(value, is_object); }
bool is_stop(const Json& value) { return is_text_list(value) && value.size() <= 5; }
bool is_anything(const Json& /*value*/) { return true; }

constexpr std::array<Rule, 8> rules{{
    {"contents", are_contents, "contents with parts and the role user or model", true},
    {"systemInstruction", are_parts, "a content with parts"},
    {"generationConfig", is_object, "an object"},
    {"tools", are_tools, "objects"},
    {"toolConfig", is_object, "an object"},
    {"safetySettings", is_anything, ""},
    {"cachedContent", is_name, "a name"},
    {"labels", is_object, "an object"},
}};
constexpr std::array<Rule, 19> generation_rules{{
    {"temperature", is_between<0, 2>, "a number from 0 to 2"},
    {"topP", is_between<0, 1>, "a number from 0 to 1"},
    {"topK", is_count, "an integer from 1"},
    {"maxOutputTokens", is_count, "an integer from 1"},
    {"stopSequences", is_stop, "up to five strings"},
    {"candidateCount", is_count, "an integer from 1"},
    {"seed", is_integer, "an integer"},
    {"presencePenalty", is_between<-2, 2>, "a number from -2 to 2"},
    {"frequencyPenalty", is_between<-2, 2>, "a number from -2 to 2"},
    {"responseMimeType", is_name, "a media type"},
    {"responseSchema", is_object, "an object"},
    {"responseJsonSchema", is_anything, ""},
    {"responseFormat", is_anything, ""},
    {"responseLogprobs", is_bool, "a boolean"},
    {"logprobs", is_integer, "an integer"},
    {"thinkingConfig", is_object, "an object"},
    {"responseModalities", is_text_list, "strings"},
    {"speechConfig", is_object, "an object"},
    {"mediaResolution", is_name, "a name"},
}};

struct Refusal {
  Fault fault;
  int code;
  std::string_view status;
  std::string_view message;
};
constexpr std::array<Refusal, 5> refusals{{
    {Fault::unauthorized, 401, "UNAUTHENTICATED", "The request has no valid credentials."},
    {Fault::not_found, 404, "NOT_FOUND", "The model was not found or is not supported."},
    {Fault::rate_limited, 429, "RESOURCE_EXHAUSTED", "You exceeded your current rate limit."},
    {Fault::quota, 402, "RESOURCE_EXHAUSTED", "Nothing is left of your prepaid credit."},
    {Fault::server_error, 500, "INTERNAL", "An internal error has occurred."},
}};

std::string decoded(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      plain += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

/// Where a request goes: the parts of its path, decoded one by one, and the verb after the colon.
struct Target {
  std::vector<std::string> parts;
  std::string verb;

  explicit Target(std::string_view path) {
    path.remove_prefix(1);
    while (true) {
      const std::size_t slash = path.find('/');
      parts.push_back(decoded(path.substr(0, slash)));
      if (slash == std::string_view::npos) break;
      path.remove_prefix(slash + 1);
    }
    const std::size_t colon = parts.back().rfind(':');
    if (colon == std::string::npos) return;
    verb = parts.back().substr(colon + 1);
    parts.back().resize(colon);
  }

  /// `*` stands for one part of any name.
  bool matches(std::initializer_list<std::string_view> pattern) const {
    return std::ranges::equal(parts, pattern, [](std::string_view part, std::string_view wanted) {
      return wanted == "*" ? !part.empty() : part == wanted;
    });
  }

  /// The resource without the version of the API.
  std::string resource() const {
    std::string name = parts[1];
    for (std::size_t i = 2; i < parts.size(); ++i) name += "/" + parts[i];
    return name;
  }
};

/// One request's way to its answer.
class Exchange {
 public:
  explicit Exchange(const Request& request)
      : request_(request), vertex_(request.provider == "vertex"), target_(request.path) {}

  Answer answer(Faults& faults) {
    // The real one takes ?key= as well; a key in a URL ends in logs, so a client should not.
    if (vertex_ ? !request_.has_bearer_key()
                : request_.header("x-goog-api-key") != Sandbox::api_key)
      return refused(Fault::unauthorized);
    if (request_.method == "GET") {
      if (!vertex_ && target_.matches({"v1beta", "models"})) return models();
      if (vertex_ && target_.matches({"v1", "projects", "*", "locations", "*", "models", "*"}))
        return registered_model();
    }
    const bool streams = target_.verb == "streamGenerateContent";
    if (request_.method != "POST" || !is_callable() ||
        !(streams || target_.verb == "generateContent"))
      return error(404, "NOT_FOUND", "There is no " + request_.path + ".");
    auto wrong = read_body(request_, rules, UnknownFields::refused, body_);
    if (!wrong)
      wrong = check(member(body_, "generationConfig"), generation_rules, UnknownFields::refused);
    if (wrong) return error(400, "INVALID_ARGUMENT", wrong->message);
    const Fault fault = faults.of(request_.provider, target_.parts.back());
    if (fault != Fault::none && fault != Fault::cut && fault != Fault::stall) return refused(fault);
    reply();
    return streams ? streamed(fault) : plain_answer(response(), fault);
  }

 private:
  bool is_callable() const {
    if (!vertex_)
      return target_.matches({"v1beta", "models", "*"}) ||
             target_.matches({"v1beta", "tunedModels", "*"});
    return target_.matches({"v1", "projects", "*", "locations", "*", "endpoints", "*"}) ||
           target_.matches(
               {"v1", "projects", "*", "locations", "*", "publishers", "google", "models", "*"});
  }

  bool is_sse() const { return ("&" + request_.query + "&").find("&alt=sse&") != std::string::npos; }

  /// A stream of JSON is an array, and so is its error.
  Answer error(int code, std::string_view status, const std::string& message,
               const Json& details = nullptr) const {
    Json body = {{"error", {{"code", code}, {"message", message}, {"status", status}}}};
    if (!details.is_null()) body["error"]["details"] = details;
    if (target_.verb == "streamGenerateContent" && !is_sse()) body = Json::array({body});
    return json_answer(body, code);
  }

  Answer refused(Fault fault) const {
    if (fault == Fault::bad_gateway) return bad_gateway();
    const auto& refusal = *std::ranges::find(refusals, fault, &Refusal::fault);
    Json details;
    if (fault == Fault::rate_limited)
      details = Json::parse(R"([
        {"@type":"type.googleapis.com/google.rpc.QuotaFailure",
         "violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel"}]},
        {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1s"}])");
    return error(refusal.code, refusal.status, std::string(refusal.message), details);
  }

  static Answer models() {
    const auto model = [](const std::string& id) {
      return Json{{"name", "models/" + id},
                  {"version", "001"},
                  {"displayName", id},
                  {"inputTokenLimit", 1048576},
                  {"outputTokenLimit", 65536},
                  {"supportedGenerationMethods", {"generateContent", "countTokens"}}};
    };
    return json_answer({{"models", {model("gemini-2.5-flash"), model("gemini-2.5-pro")}}});
  }

  /// The endpoint's id repeats the model's, so that a fault asked for there happens there.
  Answer registered_model() const {
    const std::string id = target_.parts.back().substr(0, target_.parts.back().find('@'));
    if (has_word(id, "missing")) return refused(Fault::not_found);
    const std::string location = "projects/" + target_.parts[2] + "/locations/" + target_.parts[4];
    const std::size_t at = target_.parts.back().find('@');
    Json model = {{"name", location + "/models/" + id},
                  {"versionId", at == std::string::npos ? "1" : target_.parts.back().substr(at + 1)},
                  {"versionAliases", {"default"}},
                  {"displayName", id},
                  {"labels", {{"google-vertex-llm-tuning-base-model-id", "gemini-2-5-flash"}}},
                  {"modelSourceInfo", {{"sourceType", "GENIE"}}}};
    if (!has_word(id, "undeployed"))
      model["deployedModels"] = Json::array({{{"endpoint", location + "/endpoints/serving-" + id},
                                              {"deployedModelId", "1234567890"}}});
    return json_answer(model);
  }

  void reply() {
    Json messages = Json::array();
    messages.push_back({{"role", "system"},
                        {"content", member(member(body_, "systemInstruction"), "parts")}});
    for (const Json& content : body_["contents"]) {
      const bool is_tool_result = !member(content["parts"][0], "functionResponse").is_null();
      messages.push_back({{"role", is_tool_result ? Json("tool") : content["role"]},
                          {"content", content["parts"]}});
    }
    Prompt prompt = read_prompt(messages);
    const Json& max_tokens = member(member(body_, "generationConfig"), "maxOutputTokens");
    if (!max_tokens.is_null()) prompt.max_tokens = max_tokens;
    reply_ = reply_to(prompt, first_function());
  }

  Json first_function() const {
    for (const Json& tool : body_.value("tools", Json::array()))
      if (const Json& functions = member(tool, "functionDeclarations"); functions.is_array())
        for (const Json& function : functions) return function;
    return {};
  }

  /// The Gemini API counts thoughts apart; Vertex tells its counts with the last chunk only.
  Json usage(std::size_t output_tokens, bool is_last) const {
    constexpr std::size_t thoughts = 3;
    const auto details = [](std::size_t tokens) {
      return Json::array({{{"modality", "TEXT"}, {"tokenCount", tokens}}});
    };
    if (vertex_ && !is_last) return {{"trafficType", "ON_DEMAND"}};
    Json usage = {{"promptTokenCount", reply_.input_tokens},
                  {"candidatesTokenCount", output_tokens},
                  {"totalTokenCount",
                   reply_.input_tokens + output_tokens + (vertex_ ? 0 : thoughts)},
                  {"promptTokensDetails", details(reply_.input_tokens)}};
    if (vertex_)
      usage.update({{"trafficType", "ON_DEMAND"}, {"candidatesTokensDetails", details(output_tokens)}});
    else
      usage["thoughtsTokenCount"] = thoughts;
    return usage;
  }

  Json chunk(const Json& part, std::size_t output_tokens, bool is_last) const {
    Json candidate = {{"content", {{"parts", Json::array({part})}, {"role", "model"}}}};
    if (is_last) candidate["finishReason"] = reply_.finish == Finish::length ? "MAX_TOKENS" : "STOP";
    if (!vertex_) candidate["index"] = 0;
    const bool is_publishers = !vertex_ && target_.parts[1] == "models";
    Json chunk = {{"candidates", Json::array({candidate})},
                  {"usageMetadata", usage(output_tokens, is_last)},
                  {"modelVersion", is_publishers ? target_.parts.back() : target_.resource()}};
    if (vertex_) chunk["createTime"] = "2026-05-04T20:01:02.264968Z";
    chunk["responseId"] = "sandbox-" + request_.serial;
    return chunk;
  }

  /// The Gemini API signs the thoughts behind an answer.
  Json signed_part(Json part) const {
    if (!vertex_) part["thoughtSignature"] = "c2FuZGJveA==";
    return part;
  }

  Json tool_call() const {
    return {{"functionCall", {{"name", reply_.tool}, {"args", reply_.arguments}}}};
  }

  Json response() const {
    const Json part =
        reply_.finish == Finish::tool_call ? tool_call() : Json{{"text", reply_.text()}};
    return chunk(signed_part(part), reply_.output_tokens, true);
  }

  std::vector<Json> chunks() const {
    std::vector<Json> all;
    if (reply_.finish == Finish::tool_call)
      all.push_back(chunk(signed_part(tool_call()), reply_.output_tokens, false));
    for (const std::string& piece : reply_.pieces)
      all.push_back(chunk({{"text", piece}}, all.size() + 1, false));
    all.push_back(chunk(signed_part({{"text", ""}}), reply_.output_tokens, true));
    return all;
  }

  /// Without alt=sse the stream is one JSON array.
  Answer streamed(Fault fault) const {
    std::vector<std::string> pieces;
    for (const Json& chunk : chunks())
      pieces.push_back(is_sse() ? "data: " + dump(chunk) + "\r\n\r\n"
                                : (pieces.empty() ? "[" : ",\r\n") + dump(chunk));
    if (!is_sse()) pieces.back() += "]";
    Answer answer = stream_answer(std::move(pieces), 0, fault);
    if (!is_sse()) answer.content_type = "application/json";
    return answer;
  }

  const Request& request_;
  bool vertex_;
  Target target_;
  Json body_;
  Reply reply_;
};

}  // namespace

Answer gemini(const Request& request, Faults& faults) { return Exchange(request).answer(faults); }

}  // namespace FineTuning::examples::wire
