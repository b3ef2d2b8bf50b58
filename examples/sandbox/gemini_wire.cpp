// Google's generateContent: the Gemini API and Vertex AI.

#include "sandbox.hpp"
#include "wire.hpp"

#include <algorithm>
#include <initializer_list>

namespace FineTuning::examples::wire {
namespace {

bool is_part(const Json& value) {
  const Json& result = member(value, "functionResponse");
  if (!result.is_null() && !member(result, "response").is_object()) return false;
  return value.is_object() && !value.empty();
}
bool has_parts(const Json& value) { return is_list(member(value, "parts"), is_part); }
bool are_contents(const Json& value) {
  return is_list(value, [](const Json& content) {
    const Json& role = member(content, "role");
    return (role.is_null() || is_word_of(role, "user model")) && has_parts(content);
  });
}
bool are_tools(const Json& value) { return is_list(value, is_object); }

constexpr Rule rules[] = {
    {"contents", are_contents, "contents with parts, of the role user or model", true},
    {"systemInstruction", has_parts, "a content with parts"},
    {"generationConfig", is_object, "an object"},
    {"tools", are_tools, "objects"},
};
constexpr Rule generation_rules[] = {
    {"temperature", is_between<0, 2>, "a number from 0 to 2"},
    {"topP", is_between<0, 1>, "a number from 0 to 1"},
    {"maxOutputTokens", is_count, "an integer from 1"},
    {"stopSequences", is_text_list<5>, "up to five strings"},
    {"seed", is_integer, "an integer"},
    {"responseMimeType", is_name, "a media type"},
};
constexpr Refusal refusals[] = {
    {Fault::unauthorized, 401, "UNAUTHENTICATED", "", "The request has no valid credentials."},
    {Fault::not_found, 404, "NOT_FOUND", "", "The model was not found: "},
    {Fault::rate_limited, 429, "RESOURCE_EXHAUSTED", "", "You exceeded the rate limit of "},
    {Fault::quota, 402, "RESOURCE_EXHAUSTED", "", "Nothing is left of your prepaid credit for "},
    {Fault::server_error, 500, "INTERNAL", "", "An internal error has occurred with "},
};

constexpr std::string_view error_pattern =
    R"({"error":{"code":$status,"message":$message,"status":$type}})";
constexpr std::string_view rate_limit_pattern =
    R"({"error":{"code":$status,"message":$message,"status":$type,"details":[
        {"@type":"type.googleapis.com/google.rpc.QuotaFailure",
         "violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel"}]},
        {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1s"}]}})";

constexpr std::string_view bad_key =
    R"({"error":{"code":400,"message":"API key not valid. Please pass a valid API key.",
        "status":"INVALID_ARGUMENT","details":[
        {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID",
         "domain":"googleapis.com"}]}})";

/// What one of the two takes beside what has a rule, and how it speaks, in patterns.
struct Speaker {
  std::string_view fields;
  std::string_view generation_fields;
  std::string_view chunk;
  std::string_view usage;  // of every chunk but the last
  std::string_view last_usage;
  std::string_view signature;  // beside the last part
  std::size_t thoughts;        // tokens that are in the total and in no other count
};
constexpr std::string_view google_usage =
    R"({"promptTokenCount":$input,"candidatesTokenCount":$so_far,"totalTokenCount":$total,
        "promptTokensDetails":[{"modality":"TEXT","tokenCount":$input}],"thoughtsTokenCount":3})";
constexpr Speaker google{
    .fields = "cachedContent model safetySettings toolConfig",
    .generation_fields =
        "candidateCount enableEnhancedCivicAnswers frequencyPenalty logprobs mediaResolution "
        "presencePenalty responseJsonSchema responseLogprobs responseModalities responseSchema "
        "speechConfig thinkingConfig topK",
    .chunk = R"({"candidates":[{"content":{"parts":[{$part}],"role":"model"},$ending"index":0}],
        "usageMetadata":$usage,"modelVersion":$version,"responseId":"sandbox-$id"})",
    .usage = google_usage,
    .last_usage = google_usage,
    .signature = R"(,"thoughtSignature":"c2FuZGJveA==")",
    .thoughts = 3};
constexpr Speaker vertex{
    .fields = "cachedContent labels modelArmorConfig safetySettings toolConfig",
    .generation_fields =
        "audioTimestamp audioTranscriptionConfig candidateCount enableAffectiveDialog "
        "frequencyPenalty imageConfig logprobs mediaResolution presencePenalty responseFormat "
        "responseJsonSchema responseLogprobs responseModalities responseSchema routingConfig "
        "speechConfig thinkingConfig topK",
    .chunk = R"({"candidates":[{$ending"content":{"role":"model","parts":[{$part}]}}],
        "usageMetadata":$usage,"modelVersion":$version,
        "createTime":"2026-05-04T20:01:02.264968Z","responseId":"sandbox-$id"})",
    .usage = R"({"trafficType":"ON_DEMAND"})",
    .last_usage = R"({"promptTokenCount":$input,"candidatesTokenCount":$so_far,
        "totalTokenCount":$total,"trafficType":"ON_DEMAND",
        "promptTokensDetails":[{"modality":"TEXT","tokenCount":$input}],
        "candidatesTokensDetails":[{"modality":"TEXT","tokenCount":$so_far}]})",
    .signature = "",
    .thoughts = 0};

/// Where a request goes: the parts of its path, each decoded, and the verb after the last colon.
struct Target {
  std::vector<std::string> parts{};
  std::string verb{};

  /// `*` stands for one part of any name.
  [[nodiscard]] bool is(std::initializer_list<std::string_view> pattern) const {
    return std::ranges::equal(parts, pattern, [](std::string_view part, std::string_view wanted) {
      return wanted == "*" ? !part.empty() : part == wanted;
    });
  }
  [[nodiscard]] bool is_registered_model() const {
    return is({"v1", "projects", "*", "locations", "*", "models", "*"});
  }
  [[nodiscard]] bool is_registry() const {
    return is({"v1", "projects", "*", "locations", "*", "models"});
  }
  [[nodiscard]] bool is_publisher_model() const {
    return is({"v1beta", "models", "*"}) ||
           is({"v1", "projects", "*", "locations", "*", "publishers", "google", "models", "*"});
  }
  [[nodiscard]] bool is_tuned() const {
    return is({"v1beta", "tunedModels", "*"}) ||
           is({"v1", "projects", "*", "locations", "*", "endpoints", "*"});
  }
  /// A publisher's model has a short name, what somebody tuned has its path.
  [[nodiscard]] std::string version() const {
    std::string name = parts.back();
    if (is_tuned())
      for (std::size_t i = parts.size() - 1; i > 1; --i) name.insert(0, parts[i - 1] + "/");
    return name;
  }
};

Target target_of(std::string_view path) {
  Target target;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view part = path.substr(0, path.find('/'));
    target.parts.push_back(decoded(part));
    path.remove_prefix(part.size());
  }
  std::string& last = target.parts.back();
  if (const std::size_t colon = last.rfind(':'); colon != std::string::npos) {
    target.verb = last.substr(colon + 1);
    last.resize(colon);
  }
  return target;
}

Answer error(int status, std::string_view name, const std::string& message) {
  return json_answer(
      fill(error_pattern,
           {{"status", std::to_string(status)}, {"message", dump(message)}, {"type", dump(name)}}),
      status);
}

constexpr std::string_view list_of_models =
    R"({"models":[
      {"name":"models/gemini-2.5-flash","baseModelId":"gemini-2.5-flash","version":"001",
       "displayName":"Gemini 2.5 Flash","inputTokenLimit":1048576,"outputTokenLimit":65536,
       "supportedGenerationMethods":["generateContent","countTokens"]},
      {"name":"models/gemini-2.5-pro","baseModelId":"gemini-2.5-pro","version":"2.5",
       "displayName":"Gemini 2.5 Pro","inputTokenLimit":1048576,"outputTokenLimit":65536,
       "supportedGenerationMethods":["generateContent","countTokens"]}]})";
constexpr std::string_view list_of_tuned_models =
    R"({"tunedModels":[
      {"name":"tunedModels/legal-assistant-u3b7m","displayName":"Legal Assistant",
       "baseModel":"models/gemini-1.5-flash-001","state":"ACTIVE",
       "createTime":"2025-01-10T10:00:00.000000Z","updateTime":"2025-01-10T10:20:00.000000Z",
       "tuningTask":{"startTime":"2025-01-10T10:00:01.000000Z",
                     "completeTime":"2025-01-10T10:19:59.000000Z",
                     "snapshots":[{"step":1,"meanLoss":7.2,
                                   "computeTime":"2025-01-10T10:01:00.000000Z"}],
                     "hyperparameters":{"epochCount":5,"batchSize":4,"learningRate":0.001}},
       "temperature":1,"topP":0.95,"topK":40,"readerProjectNumbers":["123456789012"]}]})";

/// The endpoint is named after the model, so that what the model's id asks for happens there.
Json registered_model(const Target& target, const std::string& id, const std::string& version) {
  const std::string location = "projects/" + target.parts[2] + "/locations/" + target.parts[4];
  Json model = Json::parse(R"({"versionAliases":["default"],
      "labels":{"google-vertex-llm-tuning-base-model-id":"gemini-2-5-flash",
                "google-vertex-llm-tuning-job-id":"4303478340632707072","tune-type":"sft"},
      "baseModelSource":{"genieSource":{"baseModelUri":""}},
      "modelSourceInfo":{"sourceType":"GENIE"}})");
  model["name"] = location + "/models/" + id;
  model["displayName"] = id;
  model["versionId"] = version;
  if (!has_word(id, "undeployed"))
    model["deployedModels"] = Json::array(
        {{{"endpoint", location + "/endpoints/serving-" + id}, {"deployedModelId", "1234567890"}}});
  return model;
}

Answer one_registered_model(const Target& target) {
  const std::string& asked = target.parts.back();
  const std::size_t at = asked.find('@');
  const std::string id = asked.substr(0, at);
  if (has_word(id, "missing")) return refused(Fault::not_found, refusals, asked, error_pattern);
  const std::string version = at == std::string::npos ? "1" : asked.substr(at + 1);
  return json_answer(dump(registered_model(target, id, version)));
}

Answer list_of_registered_models(const Target& target) {
  Json list = Json::array();
  for (const char* id : {"9030969596621881344", "custom-gemini-123"})
    list.push_back(registered_model(target, id, "1"));
  return json_answer(dump({{"models", list}}));
}

/// The messages that the other wires speak of.
Json messages_of(const Json& body) {
  const Json& system = member(member(body, "systemInstruction"), "parts");
  Json messages = Json::array({{{"role", "system"}, {"content", system}}});
  for (const Json& content : body["contents"]) {
    const bool is_tool_result = !member(content["parts"][0], "functionResponse").is_null();
    const bool is_answer = member(content, "role") == "model";
    messages.push_back({{"role", is_tool_result ? "tool"
                                 : is_answer    ? "model"
                                                : "user"},
                        {"content", content["parts"]}});
  }
  return messages;
}

Json first_declaration(const Json& tools) {
  for (const Json& tool : tools)
    for (const Json& function : member(tool, "functionDeclarations"))
      if (is_name(member(function, "name"))) return function;
  return {};
}

constexpr std::string_view verbs = "generateContent streamGenerateContent";

/// Where it is not asked for events, a stream is one array, piece by piece; so is its error.
bool is_array(const Request& request) {
  return request.path.ends_with(":streamGenerateContent") &&
         ('&' + request.query + '&').find("&alt=sse&") == std::string::npos;
}

Answer generate(const Request& request, const Target& target, Faults& faults) {
  const Speaker& speaker = request.provider == "vertex" ? vertex : google;
  Json body;
  auto wrong = read_body(request, rules, speaker.fields, body);
  const Json& config = member(body, "generationConfig");
  if (!wrong) wrong = check(config, generation_rules, speaker.generation_fields);
  if (wrong) return error(400, "INVALID_ARGUMENT", wrong->message);
  const Fault fault = faults.of(request.provider, target.parts.back());
  if (is_refused(fault))
    return refused(fault, refusals, target.parts.back(),
                   fault == Fault::rate_limited ? rate_limit_pattern : error_pattern);

  const Reply reply =
      reply_to(read_prompt(messages_of(body)), member(config, "maxOutputTokens"),
               first_declaration(member(body, "tools")), {"STOP", "MAX_TOKENS", "STOP"});
  Values values = values_of(reply);
  values["id"] = request.serial;
  values["version"] = dump(target.version());
  values["signature"] = speaker.signature;
  const auto chunk = [&](std::string_view part, std::size_t so_far, bool is_last) {
    values["so_far"] = std::to_string(so_far);
    values["total"] = std::to_string(reply.input_tokens + so_far + speaker.thoughts);
    values["part"] = fill(part, values);
    values["ending"] = is_last ? fill(R"("finishReason":$finish,)", values) : "";
    values["usage"] = fill(is_last ? speaker.last_usage : speaker.usage, values);
    return dump(Json::parse(fill(speaker.chunk, values)));
  };
  constexpr std::string_view call = R"("functionCall":{"name":$tool,"args":$arguments}$signature)";
  if (target.verb == "generateContent")
    return plain_answer(
        chunk(reply.tool.empty() ? R"("text":$text$signature)" : call, reply.output_tokens, true),
        fault);

  std::vector<std::string> chunks;
  if (!reply.tool.empty()) chunks.push_back(chunk(call, reply.output_tokens, false));
  for (const std::string& piece : reply.pieces) {
    values["piece"] = dump(piece);
    chunks.push_back(chunk(R"("text":$piece)", chunks.size() + 1, false));
  }
  chunks.push_back(chunk(R"("text":""$signature)", reply.output_tokens, true));
  if (!is_array(request)) {
    for (std::string& event : chunks) event.insert(0, "data: ").append("\r\n\r\n");
    return stream_answer(std::move(chunks), 0, fault);
  }
  for (std::string& element : chunks) element.insert(0, &element == &chunks.front() ? "[" : ",\n");
  chunks.back() += "]";
  Answer answer = stream_answer(std::move(chunks), 0, fault);
  answer.content_type = "application/json";
  return answer;
}

/// What a request without the right key is told. (The Gemini API takes ?key= as well; a key in a
/// URL ends in logs, so a client should not send it.)
std::optional<Answer> refuse_key(const Request& request) {
  if (request.provider == "vertex") {
    if (request.has_bearer_key()) return {};
    return refused(Fault::unauthorized, refusals, "", error_pattern);
  }
  const std::string_view key = request.header("x-goog-api-key");
  if (key.empty()) return error(403, "PERMISSION_DENIED", "The request has no API key.");
  if (key != Sandbox::api_key) return json_answer(std::string(bad_key), 400);
  return {};
}

Answer answer_to(const Request& request, Faults& faults) {
  if (auto refusal = refuse_key(request)) return *std::move(refusal);
  const bool is_vertex = request.provider == "vertex";
  const Target target = target_of(request.path);
  const bool is_get = request.method == "GET";
  if (is_get && is_vertex && target.is_registry()) return list_of_registered_models(target);
  if (is_get && is_vertex && target.is_registered_model()) return one_registered_model(target);
  if (is_get && !is_vertex && target.is({"v1beta", "models"}))
    return json_answer(std::string(list_of_models));
  if (is_get && !is_vertex && target.is({"v1beta", "tunedModels"}))
    return json_answer(std::string(list_of_tuned_models));
  if (request.method == "POST" && is_word_of(target.verb, verbs) &&
      target.parts[0] == (is_vertex ? "v1" : "v1beta") &&
      (target.is_publisher_model() || target.is_tuned()))
    return generate(request, target, faults);
  return error(404, "NOT_FOUND", "There is no " + request.method + " " + request.path + ".");
}

}  // namespace

Answer gemini(const Request& request, Faults& faults) {
  Answer answer = answer_to(request, faults);
  if (answer.content_type == "application/json" && answer.status != 200 && is_array(request))
    answer.pieces.front().insert(0, "[").append("]");
  return answer;
}

}  // namespace FineTuning::examples::wire
