// The bodies that the protocols write, compared as JSON.

#include "dialects/dialect.hpp"
#include "json/reader.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;
using namespace std::string_literals;
using Json = nlohmann::json;

namespace {

using Dialects = std::vector<const DialectFunctions*>;

constexpr const DialectFunctions* openai = &openai_chat_dialect;
constexpr const DialectFunctions* gemini = &gemini_dialect;
constexpr const DialectFunctions* cohere = &cohere_chat_dialect;
const Dialects all_dialects{openai, gemini, cohere};

Json json(std::string_view text) { return Json::parse(text); }

}  // namespace

TEST_CASE("requests are written as each protocol wants them", "[dialects]") {
  const ToolCall call{.id = "c1", .name = "weather", .arguments = R"({"city":"Oslo"})"};
  const ToolCall signed_call{.id = "unnamed_call_0", .name = "time", .signature = "c2ln"};
  const std::string schema = R"({"type":"object"})";
  struct Case {
    const char* name;
    ChatRequest request;
    const char* openai;
    const char* gemini;
    const char* cohere;
  };
  const std::vector<Case> cases{
      {"a prompt",
       {.messages = {Message::user("Hi \"you\"\n日本")}},
       R"({"model":"m","messages":[{"role":"user","content":"Hi \"you\"\n日本"}]})",
       R"({"contents":[{"role":"user","parts":[{"text":"Hi \"you\"\n日本"}]}]})",
       R"({"model":"m","messages":[{"role":"user","content":"Hi \"you\"\n日本"}]})"},
      {"roles",
       {.messages = {Message::system("Be brief."), Message::user("a"), Message::user("b"),
                     Message::assistant("c"), Message::system("And kind."), Message::user("d")}},
       R"({"model":"m","messages":[
           {"role":"system","content":"Be brief."},{"role":"user","content":"a"},
           {"role":"user","content":"b"},{"role":"assistant","content":"c"},
           {"role":"system","content":"And kind."},{"role":"user","content":"d"}]})",
       R"({"systemInstruction":{"parts":[{"text":"Be brief."},{"text":"And kind."}]},"contents":[
           {"role":"user","parts":[{"text":"a"},{"text":"b"}]},
           {"role":"model","parts":[{"text":"c"}]},{"role":"user","parts":[{"text":"d"}]}]})",
       R"({"model":"m","messages":[
           {"role":"system","content":"Be brief."},{"role":"user","content":"a"},
           {"role":"user","content":"b"},{"role":"assistant","content":"c"},
           {"role":"system","content":"And kind."},{"role":"user","content":"d"}]})"},
      {"messages that hold nothing",
       {.messages = {Message::system(""), Message::user("a"), Message::assistant(""),
                     Message{.role = Role::assistant}, Message::user("b")}},
       R"({"model":"m","messages":[{"role":"system","content":""},{"role":"user","content":"a"},
           {"role":"assistant","content":""},{"role":"assistant","content":""},{"role":"user","content":"b"}]})",
       R"({"contents":[{"role":"user","parts":[{"text":"a"},{"text":"b"}]}]})",
       R"({"model":"m","messages":[{"role":"system","content":""},{"role":"user","content":"a"},
           {"role":"assistant","content":""},{"role":"assistant","content":""},{"role":"user","content":"b"}]})"},
      {"numbers and stops",
       {.temperature = 0.5,
        .top_p = 0.25,
        .max_tokens = 4'294'967'295U,
        .stop = {"a", "b"},
        .seed = -9'007'199'254'740'993},
       R"({"model":"m","messages":[],"temperature":0.5,"top_p":0.25,"max_tokens":4294967295,
           "stop":["a","b"],"seed":-9007199254740993})",
       R"({"contents":[],"generationConfig":{"temperature":0.5,"topP":0.25,
           "maxOutputTokens":4294967295,"stopSequences":["a","b"],"seed":-9007199254740993}})",
       R"({"model":"m","messages":[],"temperature":0.5,"p":0.25,"max_tokens":4294967295,
           "stop_sequences":["a","b"],"seed":-9007199254740993})"},
      {"images",
       {.messages = {Message::user(
            {"Look:", Image{.bytes = "\xff\x01", .media_type = "image/png"},
             Image{.url = "data:image/gif;x=y;base64,R0lG"},
             Image{.url = "https://a.example/x;base64,y.png"},
             Image{.url = "gs://bucket/b.png", .media_type = "image/png"}})}},
       R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"Look:"},
           {"type":"image_url","image_url":{"url":"data:image/png;base64,/wE="}},
           {"type":"image_url","image_url":{"url":"data:image/gif;x=y;base64,R0lG"}},
           {"type":"image_url","image_url":{"url":"https://a.example/x;base64,y.png"}},
           {"type":"image_url","image_url":{"url":"gs://bucket/b.png"}}]}]})",
       R"({"contents":[{"role":"user","parts":[{"text":"Look:"},
           {"inlineData":{"mimeType":"image/png","data":"/wE="}},
           {"inlineData":{"mimeType":"image/gif","data":"R0lG"}},
           {"fileData":{"fileUri":"https://a.example/x;base64,y.png"}},
           {"fileData":{"mimeType":"image/png","fileUri":"gs://bucket/b.png"}}]}]})",
       R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"Look:"},
           {"type":"image_url","image_url":{"url":"data:image/png;base64,/wE="}},
           {"type":"image_url","image_url":{"url":"data:image/gif;x=y;base64,R0lG"}},
           {"type":"image_url","image_url":{"url":"https://a.example/x;base64,y.png"}},
           {"type":"image_url","image_url":{"url":"gs://bucket/b.png"}}]}]})"},
      {"tool calls and their results",
       {.messages =
            {Message{.role = Role::assistant, .parts = {""}, .tool_calls = {call, signed_call}},
             Message::tool_result(call, R"({"sky":"clear"})"),
             Message{.role = Role::tool, .parts = {"noon"}, .tool_call_id = "unnamed_call_0"}}},
       R"({"model":"m","messages":[{"role":"assistant","content":"","tool_calls":[
           {"id":"c1","type":"function",
            "function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}},
           {"id":"unnamed_call_0","type":"function","function":{"name":"time","arguments":"{}"}}]},
           {"role":"tool","tool_call_id":"c1","content":"{\"sky\":\"clear\"}"},
           {"role":"tool","tool_call_id":"unnamed_call_0","content":"noon"}]})",
       R"({"contents":[{"role":"model","parts":[
           {"functionCall":{"id":"c1","name":"weather","args":{"city":"Oslo"}}},
           {"functionCall":{"name":"time","args":{}},"thoughtSignature":"c2ln"}]},
           {"role":"user","parts":[
           {"functionResponse":{"id":"c1","name":"weather","response":{"sky":"clear"}}},
           {"functionResponse":{"name":"time","response":{"output":"noon"}}}]}]})",
       R"({"model":"m","messages":[{"role":"assistant","content":"","tool_calls":[
           {"id":"c1","type":"function",
            "function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}},
           {"id":"unnamed_call_0","type":"function","function":{"name":"time","arguments":"{}"}}]},
           {"role":"tool","tool_call_id":"c1","content":"{\"sky\":\"clear\"}"},
           {"role":"tool","tool_call_id":"unnamed_call_0","content":"noon"}]})"},
      {"tools, one of which is required",
       {.tools = {{.name = "f", .description = "does", .parameters = schema}, {.name = "g"}},
        .tool_choice = ToolChoice{.mode = ToolChoice::Mode::required}},
       R"({"model":"m","messages":[],"tool_choice":"required","tools":[
           {"type":"function","function":
            {"name":"f","description":"does","parameters":{"type":"object"}}},
           {"type":"function","function":{"name":"g"}}]})",
       R"({"contents":[],"toolConfig":{"functionCallingConfig":{"mode":"ANY"}},
           "tools":[{"functionDeclarations":[
           {"name":"f","description":"does","parametersJsonSchema":{"type":"object"}},
           {"name":"g"}]}]})",
       R"({"model":"m","messages":[],"tool_choice":"REQUIRED","tools":[
           {"type":"function","function":
            {"name":"f","description":"does","parameters":{"type":"object"}}},
           {"type":"function","function":{"name":"g"}}]})"},
      {"tools that are not to be used",
       {.tool_choice = ToolChoice{.mode = ToolChoice::Mode::none}},
       R"({"model":"m","messages":[],"tool_choice":"none"})",
       R"({"contents":[],"toolConfig":{"functionCallingConfig":{"mode":"NONE"}}})",
       R"({"model":"m","messages":[],"tool_choice":"NONE"})"},
      {"tools as the model likes",
       {.tool_choice = ToolChoice{}},
       R"({"model":"m","messages":[],"tool_choice":"auto"})",
       R"({"contents":[],"toolConfig":{"functionCallingConfig":{"mode":"AUTO"}}})",
       R"({"model":"m","messages":[]})"},
      {"a text",
       {.response_format = ResponseFormat{}},
       R"({"model":"m","messages":[],"response_format":{"type":"text"}})",
       R"({"contents":[],"generationConfig":{"responseMimeType":"text/plain"}})",
       R"({"model":"m","messages":[],"response_format":{"type":"text"}})"},
      {"an object",
       {.response_format = ResponseFormat{.type = ResponseFormat::Type::json_object}},
       R"({"model":"m","messages":[],"response_format":{"type":"json_object"}})",
       R"({"contents":[],"generationConfig":{"responseMimeType":"application/json"}})",
       R"({"model":"m","messages":[],"response_format":{"type":"json_object"}})"},
      {"a schema",
       {.response_format =
            ResponseFormat{.type = ResponseFormat::Type::json_schema, .schema = schema}},
       R"({"model":"m","messages":[],"response_format":{"type":"json_schema",
           "json_schema":{"name":"answer","schema":{"type":"object"}}}})",
       R"({"contents":[],"generationConfig":{"responseMimeType":"application/json",
           "responseJsonSchema":{"type":"object"}}})",
       R"({"model":"m","messages":[],"response_format":{"type":"json_object",
           "json_schema":{"type":"object"}}})"},
      {"what the caller adds, changes and takes away",
       {.temperature = 0.5,
        .max_tokens = 9U,
        .extra = R"({"generationConfig":{"topK":3,"maxOutputTokens":null},"k":3,
                     "temperature":0.75,"max_tokens":null,"a":{"b":[1]}})"},
       R"({"model":"m","messages":[],"temperature":0.75,"generationConfig":{"topK":3},"k":3,
           "a":{"b":[1]}})",
       R"({"contents":[],"generationConfig":{"temperature":0.5,"topK":3},"k":3,"temperature":0.75,
           "a":{"b":[1]}})",
       R"({"model":"m","messages":[],"temperature":0.75,"generationConfig":{"topK":3},"k":3,
           "a":{"b":[1]}})"},
      {"what is not sent",
       {.model = "openai:m", .extra_headers = {{"a", "b"}}, .task = "t", .key = "k"},
       R"({"model":"m","messages":[]})",
       R"({"contents":[]})",
       R"({"model":"m","messages":[]})"},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    const std::vector<std::pair<const DialectFunctions*, const char*>> written{
        {openai, c.openai}, {gemini, c.gemini}, {cohere, c.cohere}};
    for (const auto& [dialect, expected] : written) {
      const Result<std::string> body = dialect->encode(c.request, "m", Accent{}, false);
      REQUIRE(body.has_value());
      CHECK(json(*body) == json(expected));
    }
  }
}

TEST_CASE("what only some protocols have is written by them", "[dialects]") {
  const ChatRequest named{.tool_choice = ToolChoice{.mode = ToolChoice::Mode::named, .name = "f"}};
  const ChatRequest limited{.max_tokens = 5U};
  const ChatRequest with_documents{
      .documents = {{.content = "We offer gyms."},
                    {.content = "Text.",
                     .title = "T",
                     .url = "https://a.example",
                     .id = "d1",
                     .metadata = {{"text", "not this"}, {"title", "nor this"}, {"year", "2024"}}}}};
  struct Case {
    const DialectFunctions* dialect;
    ChatRequest request;
    Accent accent;
    bool stream;
    const char* body;
  };
  for (const Case& c : std::vector<Case>{
           {openai,
            named,
            {},
            false,
            R"({"model":"m","messages":[],
                "tool_choice":{"type":"function","function":{"name":"f"}}})"},
           {gemini,
            named,
            {},
            false,
            R"({"contents":[],"toolConfig":{"functionCallingConfig":
                {"mode":"ANY","allowedFunctionNames":["f"]}}})"},
           {openai,
            limited,
            {.max_tokens = "max_completion_tokens"},
            false,
            R"({"model":"m","messages":[],"max_completion_tokens":5})"},
           {openai, {}, {}, true, R"({"model":"m","messages":[],"stream":true})"},
           {openai,
            {},
            {.asks_for_stream_usage = true},
            true,
            R"({"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":true}})"},
           {openai, {}, {.asks_for_stream_usage = true}, false, R"({"model":"m","messages":[]})"},
           {gemini, {}, {}, true, R"({"contents":[]})"},
           {cohere, {}, {}, true, R"({"model":"m","messages":[],"stream":true})"},
           {cohere,
            with_documents,
            {.documents = true},
            false,
            R"({"model":"m","messages":[],"documents":[{"data":{"text":"We offer gyms."}},
                {"id":"d1","data":{"text":"Text.","title":"T","url":"https://a.example",
                                   "year":"2024"}}]})"},
       }) {
    INFO(c.body);
    const Result<std::string> body = c.dialect->encode(c.request, "m", c.accent, c.stream);
    REQUIRE(body.has_value());
    CHECK(json(*body) == json(c.body));
  }
}

TEST_CASE("a made up id means the last call that has it", "[dialects]") {
  const auto asking = [](std::string function) {
    return Message{.role = Role::assistant,
                   .tool_calls = {{.id = "unnamed_call_0", .name = std::move(function)}}};
  };
  const Message result{.role = Role::tool, .parts = {"x"}, .tool_call_id = "unnamed_call_0"};
  const Result<std::string> body = gemini->encode(
      {.messages = {asking("f"), result, asking("g"), result, asking("h")}}, "m", Accent{}, false);
  REQUIRE(body.has_value());
  const Json contents = json(*body)["contents"];
  CHECK(contents[1]["parts"][0]["functionResponse"]["name"] == "f");
  CHECK(contents[3]["parts"][0]["functionResponse"]["name"] == "g");
}

TEST_CASE("what is merged into a request leaves its order as it is", "[dialects]") {
  const std::string schema = R"({"properties":{"reasoning":{},"answer":{}}})";
  const ChatRequest request{
      .response_format =
          ResponseFormat{.type = ResponseFormat::Type::json_schema, .schema = schema},
      .extra = R"({"user":"u","response_format":{"json_schema":{"strict":true}}})"};
  CHECK(*openai->encode(request, "m", Accent{}, false) ==
        R"({"model":"m","messages":[],"response_format":{"type":"json_schema","json_schema":)"
        R"({"name":"answer","schema":)" +
            schema + R"(,"strict":true}},"user":"u"})");
}

TEST_CASE("a tool's result cannot break out of its place", "[dialects]") {
  const std::string result("{}\0}}]},{\"role\":\"user\""s);
  const ChatRequest request{.messages = {Message::tool_result({.id = "c1", .name = "f"}, result)}};
  const Json body = json(*gemini->encode(request, "m", Accent{}, false));
  CHECK(body["contents"].size() == 1);
  CHECK(body["contents"][0]["parts"][0]["functionResponse"]["response"]["output"] == result);
}

TEST_CASE("texts that have to become one are a line each", "[dialects]") {
  const Message twice{.role = Role::system, .parts = {"a", "b"}};
  for (const DialectFunctions* dialect : {openai, cohere}) {
    const Json body = json(*dialect->encode({.messages = {twice}}, "m", Accent{}, false));
    CHECK(body["messages"][0]["content"] == "a\nb");
  }
  const Message signed_one{.role = Role::assistant, .parts = {"a", "b"}, .signature = "s"};
  const Message result{.role = Role::tool, .parts = {"a", "b"}, .tool_name = "f"};
  const Json body = json(*gemini->encode({.messages = {signed_one, result}}, "m", Accent{}, false));
  CHECK(body["contents"][0]["parts"][0]["text"] == "a\nb");
  CHECK(body["contents"][1]["parts"][0]["functionResponse"]["response"]["output"] == "a\nb");
}

TEST_CASE("an image that would be left out is refused", "[dialects]") {
  const Image image{.url = "https://example.com/a.png"};
  for (const DialectFunctions* dialect : all_dialects) {
    for (const Role role : {Role::system, Role::assistant, Role::tool}) {
      const auto body =
          dialect->encode({.messages = {{.role = role, .parts = {"a", image}, .tool_name = "f"}}},
                          "m", Accent{}, false);
      REQUIRE_FALSE(body.has_value());
      CHECK(body.error().kind == ErrorKind::unsupported);
    }
    const auto body = dialect->encode({.messages = {Message::user({Image{.bytes = "abc"}})}}, "m",
                                      Accent{}, false);
    REQUIRE_FALSE(body.has_value());
    CHECK(body.error().kind == ErrorKind::invalid_request);
  }
}

TEST_CASE("a request that cannot be written is refused with the reason", "[dialects]") {
  const auto calling = [](std::string arguments) {
    return ChatRequest{
        .messages = {{.role = Role::assistant,
                      .tool_calls = {{.name = "f", .arguments = std::move(arguments)}}}}};
  };
  const auto with_schema = [](std::string schema) {
    return ChatRequest{.response_format = ResponseFormat{.type = ResponseFormat::Type::json_schema,
                                                         .schema = std::move(schema)}};
  };
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  const std::string bad_text =
      "The request has text that is not UTF-8, or a number that is not finite; convert it first.";
  const std::string bad_call =
      "The arguments of a call of \"f\" are not a JSON object, which this provider requires; "
      "correct them or leave out the call.";
  const std::string bad_schema =
      "The schema of the response format is not a JSON object of at most 128 levels; correct it.";
  const std::string bad_extra =
      "ChatRequest::extra is not a JSON object of at most 128 levels; correct it.";
  struct Case {
    Dialects dialects;
    ChatRequest request;
    std::string message;
  };
  for (const Case& c : std::vector<Case>{
           {all_dialects, {.messages = {Message::user("caf\xe9")}}, bad_text},
           {all_dialects, {.messages = {Message::system("\xed\xa0\x80")}}, bad_text},
           {all_dialects, {.temperature = std::nan("")}, bad_text},
           {all_dialects, {.top_p = std::numeric_limits<double>::infinity()}, bad_text},
           {all_dialects, {.stop = {"\x80"}}, bad_text},
           {all_dialects, {.tools = {{.name = "\xff"}}}, bad_text},
           {all_dialects,
            {.tools = {{.name = "f", .parameters = "[]"}}},
            "The JSON schema of the tool \"f\" is not a JSON object of at most 128 levels; correct "
            "it."},
           {all_dialects, with_schema(""), bad_schema},
           {all_dialects, with_schema("{\"a\":\"\xff\"}"), bad_schema},
           {all_dialects, with_schema("{\"a\":" + deep + "}"), bad_schema},
           {all_dialects, {.extra = "{"}, bad_extra},
           {all_dialects, {.extra = "[1]"}, bad_extra},
           {all_dialects,
            {.extra = R"({"stream":true})"},
            "ChatRequest::extra cannot say whether to stream; call send() or stream() instead."},
           {all_dialects,
            {.extra = R"({"a":1e999})"},
            "ChatRequest::extra cannot be merged into the request; correct it."},
           // What a lenient parser takes for an object would stand in the body as it is.
           {all_dialects, with_schema(std::string("{}\0}}]", 6)), bad_schema},
           {all_dialects, with_schema("\xEF\xBB\xBF{}"), bad_schema},
           {{gemini}, calling(std::string("{}\0,", 4)), bad_call},
           {all_dialects, {.extra = "{\"a\":" + deep + "}"}, bad_extra},
           {{gemini}, calling("{"), bad_call},
           {{gemini}, calling("null"), bad_call},
           {{gemini}, calling("[1]"), bad_call},
           {{gemini}, calling(R"({"a":1e999})"), bad_call},
           {{gemini}, calling("{\"a\":" + deep + "}"), bad_call},
           {{gemini},
            {.messages = {{.role = Role::tool, .parts = {"x"}, .tool_call_id = "c9"}}},
            "No call with the id \"c9\" precedes its result; set Message::tool_name to the "
            "function that was called."},
           {{gemini},
            {.messages = {Message::user({Image{.url = "data:image/svg+xml,%3Csvg/%3E"}})}},
            "An image's data: URL is not in base64; give the image as bytes."},
           {{cohere},
            {.tool_choice = ToolChoice{.mode = ToolChoice::Mode::named, .name = "f"}},
            "This provider cannot be made to call one tool by name; give that tool only and "
            "require a call, or leave the choice to the model."},
           {{cohere}, {.documents = {{.content = "\xff"}}}, bad_text},
       }) {
    INFO(c.message);
    for (const DialectFunctions* dialect : c.dialects) {
      const Result<std::string> body = dialect->encode(c.request, "m", Accent{}, false);
      REQUIRE_FALSE(body.has_value());
      CHECK(body.error().kind == ErrorKind::invalid_request);
      CHECK(body.error().message == c.message);
    }
  }
}
