// The sandbox against what was recorded of the real services: the members of its answers, what it
// refuses, how it fails on demand.

#include "support/catch.hpp"

#include <httplib.h>
#include <nlohmann/json.hpp>
#include <sandbox/sandbox.hpp>

#include <chrono>
#include <fstream>
#include <functional>
#include <future>
#include <iterator>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using FineTuning::examples::Sandbox;
using Json = nlohmann::json;

namespace {

constexpr std::string_view providers[] = {"openai",   "google", "vertex", "cohere",
                                          "together", "groq",   "local"};

struct Got {
  int status = 0;
  httplib::Headers headers;
  std::string body;
  bool is_whole = false;

  [[nodiscard]] Json json() const { return Json::parse(body); }
};

/// One call; `sink` sees the body grow and answers whether to go on.
Got call(const Sandbox& sandbox, std::string_view provider, const std::string& method,
         const std::string& path, const std::string& body, const httplib::Headers& headers,
         const std::function<bool(const std::string&)>& sink = {}) {
  const std::string base = sandbox.base_url(provider);
  const std::size_t path_start = base.find('/', std::string_view("http://").size());
  httplib::Client client(base.substr(0, path_start));
  client.set_read_timeout(20);
  Got got;
  httplib::Request request;
  request.method = method;
  request.path = base.substr(path_start) + path;
  request.headers = headers;
  request.body = body;
  request.response_handler = [&](const httplib::Response& response) {
    got.status = response.status;
    got.headers = response.headers;
    return true;
  };
  request.content_receiver = [&](const char* data, std::size_t size, auto, auto) {
    got.body.append(data, size);
    return !sink || sink(got.body);
  };
  got.is_whole = static_cast<bool>(client.send(request));
  return got;
}

httplib::Headers key_for(std::string_view provider,
                         std::string key = std::string(Sandbox::api_key)) {
  httplib::Headers headers{{"Content-Type", "application/json"}};
  if (provider == "google")
    headers.emplace("x-goog-api-key", std::move(key));
  else
    headers.emplace("Authorization", "Bearer " + std::move(key));
  return headers;
}

bool is_gemini(std::string_view provider) { return provider == "google" || provider == "vertex"; }

struct Chat {
  std::string_view provider;
  std::string model = "a-model";
  bool stream = false;
  std::string text = "Review this \"contract\"";
  Json extra = Json::object();  // merged into the body

  [[nodiscard]] std::string path() const {
    const std::string verb = stream ? ":streamGenerateContent?alt=sse" : ":generateContent";
    if (provider == "google") return "/v1beta/models/" + model + verb;
    if (provider == "vertex")
      return "/v1/projects/p/locations/us-central1/endpoints/" + model + verb;
    return provider == "cohere" ? "/v2/chat" : "/chat/completions";
  }
  [[nodiscard]] Json body() const {
    Json body;
    if (is_gemini(provider)) {
      body["systemInstruction"]["parts"] = {{{"text", "Be brief."}}};
      body["contents"] = {{{"role", "user"}, {"parts", {{{"text", text}}}}}};
    } else {
      body = {{"model", model},
              {"messages",
               {{{"role", "system"}, {"content", "Be brief."}},
                {{"role", "user"}, {"content", text}}}}};
      if (stream) body["stream"] = true;
    }
    body.merge_patch(extra);
    return body;
  }
};

Got send(const Sandbox& sandbox, const Chat& chat,
         const std::function<bool(const std::string&)>& sink = {}) {
  return call(sandbox, chat.provider, "POST", chat.path(), chat.body().dump(),
              key_for(chat.provider), sink);
}

std::vector<Json> events_of(std::string_view stream) {
  std::vector<Json> events;
  for (std::size_t at = stream.find("data: {"); at != std::string_view::npos;
       at = stream.find("data: {", at + 1)) {
    const std::string_view rest = stream.substr(at + 6);
    events.push_back(Json::parse(rest.substr(0, rest.find_first_of("\r\n"))));
  }
  return events;
}

/// The paths of all members, the elements of an array taken together.
void add_members(const Json& json, std::set<std::string>& members) {
  const Json flat = json.flatten();
  for (const auto& [pointer, value] : flat.items()) {
    std::string path;
    std::istringstream names(pointer);
    for (std::string name; std::getline(names, name, '/');)
      if (name.find_first_not_of("0123456789") != std::string::npos) path.append(".").append(name);
    members.insert(path);
  }
}

Json at(const Json& json, const std::string& pointer) {
  const Json::json_pointer path(pointer);
  return json.contains(path) ? json.at(path) : Json();
}

/// Adds the text, the finish reason and the usage of an answer or of an event to those so far.
/// Each wire has them in places of its own.
void listen(Json& said, std::string_view provider, const Json& json) {
  struct Places {
    std::vector<const char*> text, finish, usage;
  };
  static const Places openai{{"/choices/0/message/content", "/choices/0/delta/content"},
                             {"/choices/0/finish_reason"},
                             {"/usage"}};
  static const Places gemini{
      {"/candidates/0/content/parts/0/text"}, {"/candidates/0/finishReason"}, {"/usageMetadata"}};
  static const Places cohere{{"/message/content/0/text", "/delta/message/content/text"},
                             {"/finish_reason", "/delta/finish_reason"},
                             {"/usage", "/delta/usage"}};
  const Places& places = provider == "cohere" ? cohere : is_gemini(provider) ? gemini : openai;
  for (const char* place : places.text)
    if (const Json text = at(json, place); text.is_string())
      said["text"].get_ref<std::string&>() += text;
  for (const char* place : places.finish)
    if (const Json finish = at(json, place); !finish.is_null()) said["finish"] = finish;
  for (const char* place : places.usage)
    if (const Json usage = at(json, place); !usage.is_null()) said["usage"] = usage;
}

Json said_by(const Chat& chat, const Got& got) {
  Json said = {{"text", ""}, {"finish", nullptr}, {"usage", nullptr}};
  if (!chat.stream)
    listen(said, chat.provider, got.json());
  else
    for (const Json& event : events_of(got.body)) listen(said, chat.provider, event);
  return said;
}

const Json tool = Json::parse(R"({"name":"weather","parameters":{"type":"object",
    "properties":{"location":{"type":"string"}}}})");

Json tools_for(std::string_view provider) {
  if (is_gemini(provider)) return {{"tools", {{{"functionDeclarations", {tool}}}}}};
  return {{"tools", {{{"type", "function"}, {"function", tool}}}}};
}

const Json custom_tools = Json::parse(R"([{"type":"custom","custom":{"name":"shell"}}])");
const Json developer_turn =
    Json::parse(R"([{"role":"developer","content":"Be brief."},{"role":"user","content":"x"}])");
const Json system_parts = Json::parse(
    R"([{"role":"system","content":[{"type":"text","text":"Be brief."}]},
        {"role":"user","content":"x"}])");
const Json refusal_turn =
    Json::parse(R"([{"role":"assistant","refusal":"I will not."},{"role":"user","content":"x"}])");
const Json nameless_format =
    Json::parse(R"({"response_format":{"type":"json_schema","json_schema":{"schema":{}}}})");

std::string file(const std::string& name) {
  std::ifstream stream(FINETUNING_TEST_DATA "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::set<std::string> members_of(const std::string& body, bool is_stream) {
  std::set<std::string> members;
  if (is_stream)
    for (const Json& event : events_of(body)) add_members(event, members);
  else
    add_members(Json::parse(body), members);
  return members;
}

}  // namespace

TEST_CASE("answers have the members of the real ones, no more and no fewer", "[sandbox]") {
  const Json asks_usage = {{"stream_options", {{"include_usage", true}}}};
  Json openai_tool = tools_for("openai");
  openai_tool.update(asks_usage);
  const struct {
    const char* file;
    Chat chat;
  } cases[] = {
      {"openai/response.json", {.provider = "openai"}},
      {"openai/text.stream.sse", {.provider = "openai", .stream = true, .extra = asks_usage}},
      {"openai/tools.stream.sse", {"openai", "m", true, "use a tool", openai_tool}},
      {"openai/error.404.json", {.provider = "openai", .model = "missing"}},
      {"openai/error.400.json", {.provider = "openai", .extra = {{"max_tokens", 0}}}},
      {"together/response.json", {.provider = "together"}},
      {"together/text.stream.sse", {.provider = "together", .stream = true}},
      {"together/error.404.json", {.provider = "together", .model = "missing"}},
      {"groq/response.json", {"groq", "m", false, "use a tool", tools_for("groq")}},
      {"groq/text.stream.sse", {.provider = "groq", .stream = true}},
      {"groq/tools.stream.sse", {"groq", "m", true, "use a tool", tools_for("groq")}},
      {"cohere/response.json",
       {.provider = "cohere",
        .extra = {{"documents", {{{"data", {{"title", "t"}, {"text", "x"}}}}}}}}},
      {"cohere/text.stream.sse", {.provider = "cohere", .stream = true}},
      {"cohere/citations.stream.sse",
       {.provider = "cohere", .stream = true, .extra = {{"documents", {"x"}}}}},
      {"cohere/tools.response.json", {"cohere", "m", false, "use a tool", tools_for("cohere")}},
      {"cohere/tools.stream.sse", {"cohere", "m", true, "use a tool", tools_for("cohere")}},
      {"cohere/error.404.json", {.provider = "cohere", .model = "missing"}},
      {"google/response.json", {.provider = "google"}},
      {"google/text.stream.sse", {.provider = "google", .stream = true}},
      {"google/tools.stream.sse", {"google", "m", true, "use a tool", tools_for("google")}},
      {"google/error.429.json", {.provider = "google", .model = "fail-429"}},
      {"vertex/text.stream.sse", {.provider = "vertex", .stream = true}},
  };
  const Sandbox sandbox;
  for (const auto& [name, chat] : cases) {
    CAPTURE(name);
    const std::string real = file(name);
    REQUIRE_FALSE(real.empty());
    CHECK(members_of(send(sandbox, chat).body, chat.stream) == members_of(real, chat.stream));
  }
}

TEST_CASE("a stream brings the text, the end and the usage of the plain answer", "[sandbox]") {
  const Sandbox sandbox;
  for (const std::string_view provider : providers) {
    CAPTURE(provider);
    Chat chat{.provider = provider};
    const Json plain = said_by(chat, send(sandbox, chat));
    chat.stream = true;
    if (provider == "openai" || provider == "local")
      chat.extra = {{"stream_options", {{"include_usage", true}}}};
    const Got got = send(sandbox, chat);
    const Json streamed = said_by(chat, got);
    CHECK(plain["text"] ==
          "Clause 4 applies \u2014 \u201cReview this \"contract\"\u201d raises no objection.");
    CHECK(streamed["text"] == plain["text"]);
    CHECK(streamed["usage"] == plain["usage"]);
    CHECK(plain["usage"].is_object());
    if (provider == "together")
      CHECK(plain["finish"] == "eos");
    else
      CHECK(streamed["finish"] == plain["finish"]);
    CHECK(got.headers.find("Content-Type")->second == "text/event-stream");
    CHECK(events_of(got.body).size() > 5);
    if (is_gemini(provider)) {
      CHECK(got.body.ends_with("}\r\n\r\n"));
      CHECK(got.body.find("[DONE]") == std::string::npos);
    } else {
      CHECK(got.body.ends_with("\n\ndata: [DONE]\n\n"));
    }
  }
}

TEST_CASE("words are tokens, and no more of them come than were asked for", "[sandbox]") {
  const struct {
    std::string_view provider;
    Json extra;
    const char* finish;
    const char* input;
    const char* output;
  } cases[] = {
      {"openai", {{"max_completion_tokens", 3}}, "length", "prompt_tokens", "completion_tokens"},
      {"groq", {{"max_completion_tokens", 3}}, "length", "prompt_tokens", "completion_tokens"},
      {"together", {{"max_tokens", 3}}, "length", "prompt_tokens", "completion_tokens"},
      {"local", {{"max_tokens", 3}}, "length", "prompt_tokens", "completion_tokens"},
      {"cohere", {{"max_tokens", 3}}, "MAX_TOKENS", "tokens/input_tokens", "tokens/output_tokens"},
      {"google",
       {{"generationConfig", {{"maxOutputTokens", 3}}}},
       "MAX_TOKENS",
       "promptTokenCount",
       "candidatesTokenCount"},
      {"vertex",
       {{"generationConfig", {{"maxOutputTokens", 3}}}},
       "MAX_TOKENS",
       "promptTokenCount",
       "candidatesTokenCount"},
  };
  const Sandbox sandbox;
  for (const auto& [provider, extra, finish, input, output] : cases) {
    CAPTURE(provider);
    const Chat chat{.provider = provider, .extra = extra};
    const Json said = said_by(chat, send(sandbox, chat));
    CHECK(said["text"] == "Clause 4 applies");
    CHECK(said["finish"] == finish);
    CHECK(at(said["usage"], "/" + std::string(input)) == 5);
    CHECK(at(said["usage"], "/" + std::string(output)) == 3);
  }
}

TEST_CASE("an OpenAI stream tells its usage only when asked", "[sandbox]") {
  const Sandbox sandbox;
  const Got got = send(sandbox, {.provider = "openai", .stream = true});
  CHECK(got.body.find("usage") == std::string::npos);
}

TEST_CASE("a user who says so gets a tool call, and after its result a text", "[sandbox]") {
  const struct {
    std::string_view provider;
    const char* call;
    Json expected;
    Json result;  // the turns that follow
  } cases[] = {
      {"openai",
       "/choices/0/message/tool_calls/0/function",
       {{"name", "weather"}, {"arguments", R"({"location":"Oslo"})"}},
       {{"role", "tool"}, {"tool_call_id", "call_1"}, {"content", "cold"}}},
      {"cohere",
       "/message/tool_calls/0/function",
       {{"name", "weather"}, {"arguments", R"({"location":"Oslo"})"}},
       {{"role", "tool"}, {"tool_call_id", "call_1"}, {"content", "cold"}}},
      {"google",
       "/candidates/0/content/parts/0/functionCall",
       {{"name", "weather"}, {"args", {{"location", "Oslo"}}}},
       {{"role", "user"},
        {"parts",
         {{{"functionResponse", {{"name", "weather"}, {"response", {{"output", "cold"}}}}}}}}}},
  };
  const Sandbox sandbox;
  for (const auto& [provider, call_at, expected, result] : cases) {
    CAPTURE(provider);
    Chat chat{.provider = provider, .text = "Please use a tool.", .extra = tools_for(provider)};
    CHECK(at(send(sandbox, chat).json(), call_at) == expected);
    const char* turns = is_gemini(provider) ? "contents" : "messages";
    Json conversation = chat.body()[turns];
    conversation.push_back(result);
    chat.extra[turns] = conversation;
    CHECK(said_by(chat, send(sandbox, chat))["text"].get<std::string>().starts_with("Clause 4"));
  }
}

TEST_CASE("a user who asks to choose a word gets the one that the text has", "[sandbox]") {
  const Sandbox sandbox;
  const std::string question = "Which of these: red, deep-blue? Answer with that one word.";
  const struct {
    std::string text, word;
  } cases[] = {{question + "\n\nRoses are red.", "red"},
               {question + "\n\nThe sea is deep-blue.", "deep-blue"},
               {question + "\n\nI am tired.", "other"},
               {question, "other"},
               {"Answer with that one word!", "other"}};
  for (const std::string_view provider : providers)
    for (const auto& [text, word] : cases) {
      CAPTURE(provider, text);
      const Chat chat{.provider = provider, .text = text};
      CHECK(said_by(chat, send(sandbox, chat))["text"] == word);
    }
}

TEST_CASE("fragments of a streamed tool call make its arguments", "[sandbox]") {
  const Sandbox sandbox;
  for (const std::string_view provider : {"openai", "together", "groq", "local", "cohere"}) {
    CAPTURE(provider);
    const Got got = send(sandbox, {provider, "m", true, "use a tool", tools_for(provider)});
    std::string arguments;
    for (const Json& event : events_of(got.body))
      for (const char* pointer : {"/choices/0/delta/tool_calls/0/function/arguments",
                                  "/delta/message/tool_calls/function/arguments"})
        if (const Json piece = at(event, pointer); piece.is_string()) arguments += piece;
    CHECK(arguments == R"({"location":"Oslo"})");
  }
}

TEST_CASE("Cohere's tool without arguments is called with null, and streamed without a delta",
          "[sandbox]") {
  const Sandbox sandbox;
  Chat chat{.provider = "cohere", .text = "use a tool", .extra = tools_for("cohere")};
  chat.extra["tools"][0]["function"].erase("parameters");
  CHECK(at(send(sandbox, chat).json(), "/message/tool_calls/0/function/arguments") == "null");
  chat.stream = true;
  CHECK(send(sandbox, chat).body.find("tool-call-delta") == std::string::npos);
}

TEST_CASE("Cohere cites the documents by the ids it was given, or by its own", "[sandbox]") {
  const Sandbox sandbox;
  const Json documents = {"a gym", {{"id", "rules"}, {"data", {{"text", "a rule"}}}}};
  const Json answer =
      send(sandbox, {.provider = "cohere", .extra = {{"documents", documents}}}).json();
  const Json citation = at(answer, "/message/citations/0");
  CHECK(citation["text"] == "Clause 4");
  CHECK(citation["start"] == 0);
  CHECK(citation["end"] == 8);
  CHECK(citation["sources"][0]["document"] == Json{{"id", "doc:0"}, {"text", "a gym"}});
  CHECK(citation["sources"][1]["document"] == Json{{"id", "rules"}, {"text", "a rule"}});
}

TEST_CASE("what a provider would refuse is refused in its own shape", "[sandbox]") {
  const Json system_turn = {{"contents", {{{"role", "system"}, {"parts", {{{"text", "x"}}}}}}}};
  const Json named = {{"messages", {{{"role", "user"}, {"content", "x"}, {"name", "Ann"}}}}};
  const Json bare_answer = {{"messages", {{{"role", "tool"}, {"content", "x"}}}}};
  const Json bare_refusal = {{{"role", "user"}, {"refusal", "no"}}};
  const struct {
    std::string_view provider;
    Json change;
    const char* named;  // in the message
  } cases[] = {
      {"openai", {{"model", nullptr}}, "'model'"},
      {"openai", {{"messages", nullptr}}, "'messages'"},
      {"openai", {{"messages", Json::array()}}, "'messages'"},
      {"openai", {{"messages", {{{"role", "pirate"}, {"content", "x"}}}}}, "'messages'"},
      {"openai", {{"messages", {{{"role", "user"}}}}}, "'messages'"},
      {"openai", bare_answer, "'messages'"},
      {"openai", {{"stream", "yes"}}, "'stream'"},
      {"openai", {{"temperature", 2.5}}, "'temperature'"},
      {"openai", {{"max_completion_tokens", -1}}, "'max_completion_tokens'"},
      {"openai", {{"stop", {"1", "2", "3", "4", "5"}}}, "'stop'"},
      {"openai", {{"tools", {{{"name", "bare"}}}}}, "'tools'"},
      {"together", {{"stop", "a string"}}, "'stop'"},
      {"together", {{"logprobs", true}}, "'logprobs'"},
      {"groq", {{"logprobs", true}}, "'logprobs'"},
      {"groq", {{"n", 2}}, "'n'"},
      {"groq", named, "'messages'"},
      {"local", {{"messages", "hi"}}, "'messages'"},
      {"openai", {{"messages", bare_refusal}}, "'messages'"},
      {"openai", {{"tools", {{{"type", "custom"}}}}}, "'tools'"},
      {"openai", nameless_format, "'response_format'"},
      {"groq", {{"tools", custom_tools}}, "'tools'"},
      {"together", {{"tools", custom_tools}}, "'tools'"},
      {"together", {{"messages", developer_turn}}, "'messages'"},
      {"together", {{"messages", system_parts}}, "'messages'"},
      {"cohere", {{"messages", refusal_turn}}, "'messages'"},
      {"cohere", {{"p", 1}}, "'p'"},
      {"cohere", {{"temperature", 1.5}}, "'temperature'"},
      {"cohere", {{"tool_choice", "auto"}}, "'tool_choice'"},
      {"cohere", {{"documents", {7}}}, "'documents'"},
      {"cohere", {{"messages", {{{"role", "developer"}, {"content", "x"}}}}}, "'messages'"},
      {"google", system_turn, "'contents'"},
      {"google", {{"contents", {{{"role", "user"}}}}}, "'contents'"},
      {"google", {{"max_tokens", 5}}, "'max_tokens'"},
      {"google", {{"generationConfig", {{"max_tokens", 5}}}}, "'max_tokens'"},
      {"google", {{"labels", {{"a", "b"}}}}, "'labels'"},
      {"google", {{"generationConfig", {{"audioTimestamp", true}}}}, "'audioTimestamp'"},
      {"vertex", system_turn, "'contents'"},
      {"vertex", {{"model", "m"}}, "'model'"},
      {"vertex", {{"generationConfig", {{"maxOutputTokens", "5"}}}}, "'maxOutputTokens'"},
  };
  const Sandbox sandbox;
  for (const auto& [provider, change, name] : cases) {
    CAPTURE(provider, change.dump());
    const Got got = send(sandbox, {.provider = provider, .extra = change});
    CHECK(got.status == 400);
    const Json body = got.json();
    const Json message = provider == "cohere" ? body["message"] : at(body, "/error/message");
    CHECK(message.get<std::string>().find(name) != std::string::npos);
    if (is_gemini(provider)) CHECK(at(body, "/error/status") == "INVALID_ARGUMENT");
  }
}

TEST_CASE("what a provider would take is taken", "[sandbox]") {
  const Json no_role = {{"contents", {{{"parts", {{{"text", "x"}}}}}}}};
  const Json named_format = Json::parse(
      R"({"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{}}}})");
  const struct {
    std::string_view provider;
    Json change;
  } cases[] = {
      {"openai", {{"tools", custom_tools}}},
      {"openai", {{"messages", refusal_turn}}},
      {"openai", {{"messages", developer_turn}}},
      {"openai", {{"messages", system_parts}}},
      {"openai", named_format},
      {"openai", {{"verbosity", "low"}, {"web_search_options", Json::object()}}},
      {"together", {{"min_p", 0.1}, {"unheard_of", 1}}},
      {"together", {{"max_completion_tokens", -1}}},  // it does not know the name
      {"groq", {{"stop", "a string"}}},
      {"local", nameless_format},
      {"local", {{"min_p", 0.1}}},
      {"cohere", {{"safety_mode", "OFF"}}},
      {"google", no_role},
      {"google", {{"model", "models/m"}}},
      {"google", {{"generationConfig", {{"mediaResolution", "MEDIA_RESOLUTION_LOW"}}}}},
      {"google", {{"generationConfig", {{"speechConfig", Json::object()}}}}},
      {"vertex", no_role},
      {"vertex", {{"labels", {{"a", "b"}}}, {"modelArmorConfig", Json::object()}}},
      {"vertex",
       {{"generationConfig", {{"audioTimestamp", true}, {"routingConfig", Json::object()}}}}},
  };
  const Sandbox sandbox;
  for (const auto& [provider, change] : cases) {
    CAPTURE(provider, change.dump());
    const Got got = send(sandbox, {.provider = provider, .extra = change});
    CAPTURE(got.body);
    CHECK(got.status == 200);
    CHECK(got.body.find("Clause 4") != std::string::npos);
  }
}

TEST_CASE("a member that a provider does not have is refused in its own way", "[sandbox]") {
  const Sandbox sandbox;
  for (const char* field : {"top_p", "max_completion_tokens", "stop", "unheard_of"}) {
    CAPTURE(field);
    const Got got = send(sandbox, {.provider = "cohere", .extra = {{field, 1}}});
    CHECK(got.status == 422);
    CHECK(got.json()["message"].get<std::string>().find(field) != std::string::npos);
  }
  const Got got = send(sandbox, {.provider = "openai", .extra = {{"stop_sequences", {"x"}}}});
  CHECK(got.status == 400);
  CHECK(got.json()["error"] ==
        Json{{"message", "Unrecognized request argument supplied: stop_sequences"},
             {"type", "invalid_request_error"},
             {"param", nullptr},
             {"code", nullptr}});
}

TEST_CASE("a custom tool before a function leaves the function to be called", "[sandbox]") {
  Json tools = custom_tools;
  tools.push_back(tools_for("openai")["tools"][0]);
  const Sandbox sandbox;
  const Json answer =
      send(sandbox, {.provider = "openai", .text = "use a tool", .extra = {{"tools", tools}}})
          .json();
  CHECK(at(answer, "/choices/0/message/tool_calls/0/function/name") == "weather");
}

TEST_CASE("Gemini streams one array if it is not asked for events", "[sandbox]") {
  const Sandbox sandbox;
  for (const std::string_view provider : {"google", "vertex"})
    for (const std::string query : {"", "?foo=bar"}) {
      CAPTURE(provider, query);
      Chat chat{.provider = provider};
      const Json plain = said_by(chat, send(sandbox, chat));
      const auto stream = [&](const std::string& model) {
        std::string path = Chat{.provider = provider, .model = model, .stream = true}.path();
        path.resize(path.find('?'));
        return call(sandbox, provider, "POST", path + query, chat.body().dump(), key_for(provider));
      };
      const Got got = stream("a-model");
      CHECK(got.headers.find("Content-Type")->second == "application/json");
      Json said = {{"text", ""}, {"finish", nullptr}, {"usage", nullptr}};
      REQUIRE(got.json().is_array());
      CHECK(got.json().size() > 5);
      for (const Json& chunk : got.json()) listen(said, provider, chunk);
      CHECK(said == plain);
      CHECK(at(stream("fail-429").json(), "/0/error/code") == 429);
    }
}

TEST_CASE("a body that is not a JSON object, or not declared as one, is a bad request",
          "[sandbox]") {
  const Sandbox sandbox;
  for (const std::string_view provider : providers) {
    const std::string path = Chat{.provider = provider}.path();
    for (const std::string& body : {std::string(), std::string("[]"), std::string("{\"model\":"),
                                    std::string("\xff\xfe"), std::string(20'000, '[')}) {
      CAPTURE(provider, body.substr(0, 10));
      CHECK(call(sandbox, provider, "POST", path, body, key_for(provider)).status == 400);
    }
    httplib::Headers headers = key_for(provider);
    headers.find("Content-Type")->second = "text/plain";
    const std::string good = Chat{.provider = provider}.body().dump();
    CHECK(call(sandbox, provider, "POST", path, good, headers).status == 400);
  }
}

TEST_CASE("only the sandbox's key opens, in the provider's own header", "[sandbox]") {
  const Sandbox sandbox;
  for (const std::string_view provider : providers) {
    CAPTURE(provider);
    const Chat chat{.provider = provider};
    const auto status_with = [&](const httplib::Headers& headers) {
      return call(sandbox, provider, "POST", chat.path(), chat.body().dump(), headers).status;
    };
    CHECK(status_with(key_for(provider)) == 200);
    CHECK(status_with(key_for(provider, "another-key")) == (provider == "google" ? 400 : 401));
    // A local server asks for a key only if it was given one, so it accepts none.
    const std::string_view other = provider == "google" ? "openai" : "google";
    CHECK(status_with(key_for(other)) == (provider == "local"    ? 200
                                          : provider == "google" ? 403
                                                                 : 401));
  }
}

TEST_CASE("the Gemini API tells a wrong key from none", "[sandbox]") {
  const Sandbox sandbox;
  const Chat chat{.provider = "google"};
  const auto error_with = [&](const httplib::Headers& headers) {
    return at(call(sandbox, "google", "POST", chat.path(), chat.body().dump(), headers).json(),
              "/error");
  };
  const Json wrong = error_with(key_for("google", "no"));
  CHECK(wrong["status"] == "INVALID_ARGUMENT");
  CHECK(wrong["message"] == "API key not valid. Please pass a valid API key.");
  CHECK(at(wrong, "/details/0/reason") == "API_KEY_INVALID");
  CHECK(error_with({})["status"] == "PERMISSION_DENIED");
}

TEST_CASE("paths and methods that a provider does not have are not found", "[sandbox]") {
  const struct {
    std::string_view provider;
    const char* method;
    const char* path;
    int status;
  } cases[] = {
      {"openai", "POST", "/completions", 404},
      {"openai", "GET", "/chat/completions", 405},
      {"groq", "DELETE", "/models", 404},
      {"cohere", "POST", "/v1/chat", 404},
      {"cohere", "GET", "/v2/chat", 404},
      {"google", "POST", "/v1/models/m:generateContent", 404},
      {"google", "POST", "/v1beta/models/m:predict", 404},
      {"google", "POST", "/v1beta/models/a/b:generateContent", 404},
      {"google", "GET", "/v1beta/models/m:generateContent", 404},
      {"google", "GET", "/v1/projects/p/locations/l/models/m", 404},
      {"vertex", "POST", "/v1/projects/p/locations/l/models/m:generateContent", 404},
      {"vertex", "POST", "/v1beta/models/m:generateContent", 404},
      {"vertex", "GET", "/", 404},
  };
  const Sandbox sandbox;
  for (const auto& [provider, method, path, status] : cases) {
    CAPTURE(provider, method, path);
    const std::string body = Chat{.provider = provider}.body().dump();
    CHECK(call(sandbox, provider, method, path, body, key_for(provider)).status == status);
  }
  CHECK(sandbox.base_url("nobody").empty());
}

TEST_CASE("a word in the model's id asks for an error in the provider's shape", "[sandbox]") {
  const struct {
    const char* word;
    int status;        // of most
    int other_status;  // of Google and Cohere
    const char* code;  // of OpenAI
    const char* google;
  } cases[] = {
      {"fail-401", 401, 401, "invalid_api_key", "UNAUTHENTICATED"},
      {"fail-404", 404, 404, "model_not_found", "NOT_FOUND"},
      {"missing", 404, 404, "model_not_found", "NOT_FOUND"},
      {"fail-429", 429, 429, "rate_limit_exceeded", "RESOURCE_EXHAUSTED"},
      {"fail-quota", 429, 402, "insufficient_quota", "RESOURCE_EXHAUSTED"},
      {"fail-500", 500, 500, nullptr, "INTERNAL"},
  };
  const Sandbox sandbox;
  for (const std::string_view provider : providers)
    for (const auto& [word, status, other_status, code, google] : cases)
      for (const bool stream : {false, true}) {
        CAPTURE(provider, word, stream);
        const bool is_other = is_gemini(provider) || provider == "cohere";
        const Got got = send(
            sandbox, {.provider = provider, .model = "my-" + std::string(word), .stream = stream});
        CHECK(got.status == (is_other ? other_status : status));
        const Json error = at(got.json(), "/error");
        if (provider == "openai") CHECK(error["code"] == (code ? Json(code) : Json()));
        if (provider == "local") CHECK(error["code"] == status);
        if (provider == "cohere") CHECK(got.json()["message"].is_string());
        if (is_gemini(provider)) CHECK(error["status"] == google);
        const bool says_when = got.status == 429 && std::string_view(word) == "fail-429";
        CHECK(got.headers.count("Retry-After") == (says_when && !is_gemini(provider) ? 1U : 0U));
      }
  CHECK(send(sandbox, {.provider = "openai", .model = "dismissing-executive"}).status == 200);
}

TEST_CASE("Together names the member of the request that has a model it does not know",
          "[sandbox]") {
  const Sandbox sandbox;
  const Json error = send(sandbox, {.provider = "together", .model = "missing"}).json()["error"];
  CHECK(error["param"] == "model");
  CHECK(error["code"] == "model_not_available");
  CHECK(
      send(sandbox, {.provider = "openai", .model = "missing"}).json()["error"]["param"].is_null());
}

TEST_CASE("a gateway answers in HTML", "[sandbox]") {
  const Sandbox sandbox;
  for (const std::string_view provider : providers) {
    const Got got = send(sandbox, {.provider = provider, .model = "fail-html"});
    CHECK(got.status == 502);
    CHECK(got.headers.find("Content-Type")->second == "text/html");
    CHECK(got.body.starts_with("<html>"));
  }
}

TEST_CASE("a flaky model fails once for each provider and id", "[sandbox]") {
  const Sandbox sandbox;
  for (const std::string_view provider : providers)
    for (const std::string model : {"flaky", "ft-flaky-2"}) {
      CAPTURE(provider, model);
      const Chat chat{.provider = provider, .model = model};
      CHECK(send(sandbox, chat).status == 500);
      CHECK(send(sandbox, chat).status == 200);
      CHECK(send(sandbox, chat).status == 200);
    }
}

TEST_CASE("a cut answer breaks in the middle, with the connection", "[sandbox]") {
  const Sandbox sandbox;
  for (const std::string_view provider : providers) {
    CAPTURE(provider);
    const Got plain = send(sandbox, {.provider = provider, .model = "cut"});
    CHECK(plain.status == 200);
    CHECK_FALSE(plain.is_whole);
    CHECK_FALSE(plain.body.empty());
    CHECK_FALSE(Json::accept(plain.body));
    const Chat chat{.provider = provider, .model = "cut", .stream = true};
    const Got got = send(sandbox, chat);
    CHECK(got.status == 200);
    CHECK_FALSE(got.is_whole);
    CHECK(said_by(chat, got)["text"] == "Clause 4");
    CHECK(said_by(chat, got)["finish"].is_null());
  }
}

TEST_CASE("a stalled answer sends its middle and then nothing, until the server stops",
          "[sandbox]") {
  for (const bool stream : {false, true}) {
    auto sandbox = std::make_unique<Sandbox>();
    const Chat chat{.provider = "openai", .model = "stall", .stream = stream};
    std::promise<void> arrived;
    auto got = std::async(std::launch::async, [&, &server = *sandbox] {
      bool is_first = true;
      return send(server, chat, [&](const std::string& body) {
        const bool is_middle = stream ? body.find(" 4") != std::string::npos : !body.empty();
        if (is_middle && std::exchange(is_first, false)) arrived.set_value();
        return true;
      });
    });
    arrived.get_future().wait();
    const auto start = std::chrono::steady_clock::now();
    sandbox.reset();
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(3));
    CHECK_FALSE(got.get().is_whole);
  }
}

TEST_CASE("clients that hang up on a stalled answer leave room for others", "[sandbox]") {
  const Sandbox sandbox;
  for (int i = 0; i < 50; ++i)
    send(sandbox, {.provider = "openai", .model = "stall", .stream = true},
         [](const std::string&) { return false; });
  CHECK(send(sandbox, {.provider = "openai"}).status == 200);
}

TEST_CASE("Vertex names the endpoint of a registered model, if it has one", "[sandbox]") {
  const Sandbox sandbox;
  const std::string location = "projects/p/locations/us-central1";
  const auto get = [&](const std::string& model) {
    return call(sandbox, "vertex", "GET", "/v1/" + location + "/models/" + model, "",
                key_for("vertex"));
  };
  const Got tuned = get("123@2");
  CHECK(members_of(tuned.body, false) == members_of(file("vertex/model.json"), false));
  CHECK(tuned.json()["name"] == location + "/models/123");
  CHECK(tuned.json()["versionId"] == "2");
  const std::string endpoint = tuned.json()["deployedModels"][0]["endpoint"];
  CHECK(endpoint == location + "/endpoints/serving-123");
  CHECK(send(sandbox, {.provider = "vertex", .model = "serving-123"}).json()["modelVersion"] ==
        endpoint);
  CHECK(get("123").json()["versionId"] == "1");
  CHECK_FALSE(get("undeployed").json().contains("deployedModels"));
  CHECK(get("missing").status == 404);
}

TEST_CASE("models are listed in the provider's shape", "[sandbox]") {
  const Sandbox sandbox;
  const struct {
    std::string_view provider;
    const char* path;
    const char* first_name;
  } cases[] = {
      {"openai", "/models", "/data/0/id"},
      {"groq", "/models", "/data/0/id"},
      {"local", "/models", "/data/0/id"},
      {"together", "/models", "/0/id"},
      {"cohere", "/v1/models", "/models/0/name"},
      {"google", "/v1beta/models", "/models/0/name"},
      {"google", "/v1beta/tunedModels", "/tunedModels/0/name"},
      {"vertex", "/v1/projects/p/locations/l/models", "/models/0/name"},
  };
  for (const auto& [provider, path, first_name] : cases) {
    CAPTURE(provider);
    const Got got = call(sandbox, provider, "GET", path, "", key_for(provider));
    CHECK(got.status == 200);
    CHECK(at(got.json(), first_name).is_string());
    CHECK(call(sandbox, provider, "GET", path, "", key_for(provider, "no")).status ==
          (provider == "google" ? 400 : 401));
  }
  const Json registered =
      call(sandbox, "vertex", "GET", cases[7].path, "", key_for("vertex")).json();
  CHECK(members_of(at(registered, "/models/0").dump(), false) ==
        members_of(file("vertex/model.json"), false));
}

TEST_CASE("one model is looked up by its id, which may have a slash", "[sandbox]") {
  const Sandbox sandbox;
  for (const std::string_view provider : {"openai", "groq", "local", "together"})
    for (const std::string id : {"ft:gpt-4:acme::1", "acme/law-7b"}) {
      CAPTURE(provider, id);
      std::string escaped = id;
      if (const std::size_t slash = id.find('/'); slash != std::string::npos)
        escaped.replace(slash, 1, "%2F");
      for (const std::string& path : {id, escaped}) {
        const Got got = call(sandbox, provider, "GET", "/models/" + path, "", key_for(provider));
        CHECK(got.status == 200);
        CHECK(got.json()["id"] == id);
        CHECK(got.json()["object"] == "model");
      }
      const Got missing = call(sandbox, provider, "GET", "/models/missing", "", key_for(provider));
      CHECK(missing.status == 404);
      CHECK(missing.json().contains("error"));
    }
}

TEST_CASE("the sandbox keeps what it received", "[sandbox]") {
  const Sandbox sandbox;
  const Chat chat{.provider = "google", .model = "a%2Db", .stream = true};
  CHECK(events_of(send(sandbox, chat).body).front()["modelVersion"] == "a-b");
  REQUIRE(sandbox.requests().size() == 1);
  const auto seen = sandbox.requests().front();
  CHECK(seen.method == "POST");
  CHECK(seen.path == "/google" + chat.path());
  CHECK(seen.headers.at("x-goog-api-key") == Sandbox::api_key);
  CHECK_FALSE(seen.headers.contains("remote_port"));
  CHECK(Json::parse(seen.body) == chat.body());
  CHECK(seen.client_port > 0);
}

TEST_CASE("calls at the same time have answers and ids of their own", "[sandbox]") {
  const Sandbox sandbox;
  std::vector<std::future<std::string>> calls;
  calls.reserve(16);
  for (int i = 0; i < 16; ++i)
    calls.push_back(std::async(std::launch::async, [&sandbox] {
      return send(sandbox, {.provider = "openai"}).json()["id"].get<std::string>();
    }));
  std::set<std::string> ids;
  for (auto& call : calls) ids.insert(call.get());
  CHECK(ids.size() == 16);
  CHECK(sandbox.requests().size() == 16);
}
