// The body of a chat completion, read as a request.

#include "support/catch.hpp"

#include <FineTuning/chat_request.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

using namespace FineTuning;
using Json = nlohmann::ordered_json;

namespace {

/// A request that is in order, with some members changed.
std::string body_with(std::string_view change) {
  Json body =
      Json::parse(R"({"model":"openai:gpt-4o","messages":[{"role":"user","content":"Hello"}]})");
  body.merge_patch(Json::parse(change));
  return body.dump();
}

std::string text_of(const Message& message) {
  return message.parts.empty() ? "" : std::get<std::string>(message.parts.front());
}

}  // namespace

TEST_CASE("a body says everything that a request has", "[chat_request]") {
  const auto body = parse_chat_request(R"({
      "model": "openai:gpt-4o",
      "messages": [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "name": "ann", "content": [
          {"type": "text", "text": "What is this?"},
          {"type": "image_url", "image_url": {"url": "https://a.example/b.png", "detail": "low"}}]},
        {"role": "assistant", "content": null, "tool_calls": [
          {"id": "call_1", "type": "function",
           "function": {"name": "look", "arguments": "{\"closely\":true}"}}]},
        {"role": "tool", "tool_call_id": "call_1", "content": "a cat"}],
      "temperature": 0.5, "top_p": 0.25, "max_completion_tokens": 20, "max_tokens": 10,
      "stop": ["END", "STOP"], "seed": -7,
      "tools": [
        {"type": "function", "function": {"name": "look", "description": "Looks.", "strict": true,
         "parameters": {"type": "object"}}},
        {"type": "function", "function": {"name": "wait"}}],
      "tool_choice": {"type": "function", "function": {"name": "look"}},
      "response_format": {"type": "json_schema",
        "json_schema": {"name": "animal", "schema": {"type": "object"}, "strict": true}},
      "documents": [{"content": "Cats purr.", "title": "cats", "url": "https://c.example",
                     "id": "c1", "metadata": {"year": "2026"}}],
      "stream": true, "stream_options": {"include_usage": true},
      "user": "u-1", "logit_bias": {"5": 1}, "n": null})");
  REQUIRE(body);
  CHECK(body->stream);
  const ChatRequest& request = body->request;
  CHECK(request.model == "openai:gpt-4o");

  REQUIRE(request.messages.size() == 4);
  CHECK(request.messages[0].role == Role::system);
  CHECK(text_of(request.messages[0]) == "Be brief.");
  CHECK(request.messages[1].role == Role::user);
  REQUIRE(request.messages[1].parts.size() == 2);
  CHECK(text_of(request.messages[1]) == "What is this?");
  CHECK(std::get<Image>(request.messages[1].parts[1]).url == "https://a.example/b.png");
  CHECK(request.messages[2].role == Role::assistant);
  CHECK(request.messages[2].parts.empty());
  REQUIRE(request.messages[2].tool_calls.size() == 1);
  CHECK(request.messages[2].tool_calls[0].id == "call_1");
  CHECK(request.messages[2].tool_calls[0].name == "look");
  CHECK(request.messages[2].tool_calls[0].arguments == R"({"closely":true})");
  CHECK(request.messages[3].role == Role::tool);
  CHECK(request.messages[3].tool_call_id == "call_1");
  CHECK(request.messages[3].tool_name == "look");  // the call's, which the result leaves out
  CHECK(text_of(request.messages[3]) == "a cat");

  CHECK(request.temperature == 0.5);
  CHECK(request.top_p == 0.25);
  CHECK(request.max_tokens == 20U);  // the newer of the two names counts
  CHECK(request.stop == std::vector<std::string>{"END", "STOP"});
  CHECK(request.seed == -7);
  REQUIRE(request.tools.size() == 2);
  CHECK(request.tools[0].name == "look");
  CHECK(request.tools[0].description == "Looks.");
  CHECK(request.tools[0].parameters == R"({"type":"object"})");
  CHECK(request.tools[1].name == "wait");
  CHECK(request.tools[1].parameters.empty());
  REQUIRE(request.tool_choice);
  CHECK(request.tool_choice->mode == ToolChoice::Mode::named);
  CHECK(request.tool_choice->name == "look");
  REQUIRE(request.response_format);
  CHECK(request.response_format->type == ResponseFormat::Type::json_schema);
  CHECK(request.response_format->name == "animal");
  CHECK(request.response_format->schema == R"({"type":"object"})");
  REQUIRE(request.documents.size() == 1);
  CHECK(request.documents[0].content == "Cats purr.");
  CHECK(request.documents[0].title == "cats");
  CHECK(request.documents[0].url == "https://c.example");
  CHECK(request.documents[0].id == "c1");
  CHECK(request.documents[0].metadata.at("year") == "2026");
  CHECK(request.extra == R"({"user":"u-1","logit_bias":{"5":1}})");
}

TEST_CASE("a body may leave out everything, and null is left out", "[chat_request]") {
  for (const char* text : {"{}", R"({"model":null,"messages":null,"temperature":null,"top_p":null,
           "max_tokens":null,"max_completion_tokens":null,"stop":null,"seed":null,"tools":null,
           "tool_choice":null,"response_format":null,"documents":null,"stream":null,"user":null})"}) {
    const auto body = parse_chat_request(text);
    REQUIRE(body);
    CHECK_FALSE(body->stream);
    CHECK(body->request.model.empty());
    CHECK(body->request.messages.empty());
    CHECK_FALSE(body->request.temperature);
    CHECK_FALSE(body->request.max_tokens);
    CHECK_FALSE(body->request.seed);
    CHECK(body->request.tools.empty());
    CHECK_FALSE(body->request.tool_choice);
    CHECK_FALSE(body->request.response_format);
    CHECK(body->request.extra.empty());
  }
}

TEST_CASE("a body may say the same in several ways", "[chat_request]") {
  using Mode = ToolChoice::Mode;
  using Type = ResponseFormat::Type;
  const auto read = [](std::string_view change) {
    return parse_chat_request(body_with(change)).value().request;
  };
  CHECK(read(R"({"stop":"END"})").stop == std::vector<std::string>{"END"});
  CHECK(read(R"({"max_tokens":4294967295})").max_tokens == 4294967295U);
  CHECK(read(R"({"seed":9223372036854775807})").seed == INT64_MAX);
  CHECK(read(R"({"seed":-9223372036854775808})").seed == INT64_MIN);
  CHECK(read(R"({"temperature":1})").temperature == 1.0);
  CHECK(read(R"({"tool_choice":"auto"})").tool_choice->mode == Mode::automatic);
  CHECK(read(R"({"tool_choice":"none"})").tool_choice->mode == Mode::none);
  CHECK(read(R"({"tool_choice":"required"})").tool_choice->mode == Mode::required);
  CHECK(read(R"({"response_format":{"type":"text"}})").response_format->type == Type::text);
  CHECK(read(R"({"response_format":{"type":"json_object"}})").response_format->type ==
        Type::json_object);
  const auto bare = read(R"({"response_format":{"type":"json_schema","json_schema":{}}})");
  CHECK(bare.response_format->name == "answer");
  CHECK(bare.response_format->schema == "{}");
}

TEST_CASE("what is wrong in a body is named by its place", "[chat_request]") {
  const struct {
    const char* change;
    const char* complaint;
  } cases[] = {
      {R"({"model":5})", "model is not a text."},
      {R"({"messages":{}})", "messages is not an array."},
      {R"({"messages":["Hello"]})", "messages[0] is not an object."},
      {R"({"messages":[{"role":"user","content":"a"},{"content":"b"}]})",
       "messages[1].role is missing; write system, developer, user, assistant or tool."},
      {R"({"messages":[{"role":"pirate","content":"b"}]})",
       "messages[0].role is not system, developer, user, assistant or tool."},
      {R"({"messages":[{"role":"user","content":7}]})",
       "messages[0].content is not a text or an array of parts."},
      {R"({"messages":[{"role":"user","content":["a"]}]})",
       "messages[0].content[0] is not an object."},
      {R"({"messages":[{"role":"user","content":[{"type":"text"}]}]})",
       "messages[0].content[0].text is missing; write a text."},
      {R"({"messages":[{"role":"user","content":[{"type":"input_audio"}]}]})",
       "messages[0].content[0].type is not text or image_url."},
      {R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":"x"}]}]})",
       "messages[0].content[0].image_url is not an object."},
      {R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":1}}]}]})",
       "messages[0].content[0].image_url.url is not a text."},
      {R"({"messages":[{"role":"assistant","tool_calls":[{"id":"1"}]}]})",
       "messages[0].tool_calls[0].function is missing; write an object."},
      {R"({"messages":[{"role":"assistant","tool_calls":[{"id":1,"function":{}}]}]})",
       "messages[0].tool_calls[0].id is not a text."},
      {R"({"messages":[{"role":"assistant",
            "tool_calls":[{"id":"1","function":{"name":"f","arguments":{}}}]}]})",
       "messages[0].tool_calls[0].function.arguments is not a text."},
      {R"({"messages":[{"role":"tool","content":"x","tool_call_id":1}]})",
       "messages[0].tool_call_id is not a text."},
      {R"({"temperature":"hot"})", "temperature is not a number."},
      {R"({"top_p":true})", "top_p is not a number."},
      {R"({"max_tokens":1.9})", "max_tokens is not a whole number from 1 to 4294967295."},
      {R"({"max_tokens":"9"})", "max_tokens is not a whole number from 1 to 4294967295."},
      {R"({"max_tokens":0})", "max_tokens is not a whole number from 1 to 4294967295."},
      {R"({"max_tokens":-1})", "max_tokens is not a whole number from 1 to 4294967295."},
      {R"({"max_completion_tokens":4294967296})",
       "max_completion_tokens is not a whole number from 1 to 4294967295."},
      {R"({"stop":5})", "stop is not a text or an array of texts."},
      {R"({"stop":["a",5]})", "stop[1] is not a text."},
      {R"({"seed":1.5})",
       "seed is not a whole number from -9223372036854775808 to 9223372036854775807."},
      {R"({"seed":18446744073709551615})",
       "seed is not a whole number from -9223372036854775808 to 9223372036854775807."},
      {R"({"tools":{}})", "tools is not an array."},
      {R"({"tools":[{"type":"custom"}]})", "tools[0].function is missing; write an object."},
      {R"({"tools":[{"function":{"name":5}}]})", "tools[0].function.name is not a text."},
      {R"({"tools":[{"function":{"name":"f","parameters":"{}"}}]})",
       "tools[0].function.parameters is not an object."},
      {R"({"tool_choice":"any"})", "tool_choice is not auto, none or required."},
      {R"({"tool_choice":{"type":"function"}})",
       "tool_choice.function is missing; write an object."},
      {R"({"tool_choice":5})", "tool_choice is not an object."},
      {R"({"response_format":"json"})", "response_format is not an object."},
      {R"({"response_format":{"type":"xml"}})",
       "response_format.type is not text, json_object or json_schema."},
      {R"({"response_format":{"type":"json_schema"}})",
       "response_format.json_schema is missing; write an object."},
      {R"({"response_format":{"type":"json_schema","json_schema":{"name":5}}})",
       "response_format.json_schema.name is not a text."},
      {R"({"response_format":{"type":"json_schema","json_schema":{"schema":[]}}})",
       "response_format.json_schema.schema is not an object."},
      {R"({"documents":["a"]})", "documents[0] is not an object."},
      {R"({"documents":[{"title":"a"}]})", "documents[0].content is missing; write a text."},
      {R"({"documents":[{"content":"a","metadata":[]}]})",
       "documents[0].metadata is not an object."},
      {R"({"documents":[{"content":"a","metadata":{"year":2026}}]})",
       "documents[0].metadata.year is not a text."},
      {R"({"documents":[{"content":"a","metadata":{"a b":7}}]})",
       "documents[0].metadata.\"a b\" is not a text."},
      {R"({"stream":"yes"})", "stream is not true or false."},
  };
  for (const auto& [change, complaint] : cases) {
    CAPTURE(change);
    const auto body = parse_chat_request(body_with(change));
    REQUIRE_FALSE(body);
    CHECK(body.error().kind == ErrorKind::invalid_request);
    CHECK(body.error().message == std::string("The request is wrong: ") + complaint);
  }
}

TEST_CASE("what is not a JSON object, or one without end, is not a request", "[chat_request]") {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  const std::string is_not_json = "it is not JSON.";
  const std::string is_too_deep = "it nests deeper than 128 levels.";
  const std::pair<std::string, std::string> cases[] = {
      {"", is_not_json},
      {"  ", is_not_json},
      {"hello", is_not_json},
      {"[]", "it is not an object."},
      {"{\"model\":", is_not_json},
      {"{\"model\":\"\xff\"}", is_not_json},
      {std::string("{\"a\0\":1}", 8), is_not_json},
      {"{\"temperature\":1e999}", "temperature is not a number."},
      {"{\"top_k\":[1e999]}", "top_k is not a value whose numbers a double can hold."},
      {R"({"model":"a","model":"b"})", "model appears twice; leave one of them out."},
      {R"({"user":{"a":1,"a":2}})", "user.a appears twice; leave one of them out."},
      {deep, is_too_deep},
      {std::string(100'000, '['), is_too_deep},
      {R"({"user":)" + deep + "}", is_too_deep},
      {R"({"tools":[{"function":{"name":"f","parameters":)" + deep + "}}]}", is_too_deep}};
  for (const auto& [text, complaint] : cases) {
    CAPTURE(text.substr(0, 100));
    const auto body = parse_chat_request(text);
    REQUIRE_FALSE(body);
    CHECK(body.error().kind == ErrorKind::invalid_request);
    CHECK(body.error().message == "The request is wrong: " + complaint);
  }
}

TEST_CASE("of the two names of the most tokens the newer one counts, whichever comes first",
          "[chat_request]") {
  for (const char* text : {R"({"max_tokens":1,"max_completion_tokens":2})",
                           R"({"max_completion_tokens":2,"max_tokens":1})"})
    CHECK(parse_chat_request(text).value().request.max_tokens == 2U);
}

TEST_CASE("schemas and members of others are kept without white space, and as they are else",
          "[chat_request]") {
  const auto body = parse_chat_request(
      R"({"tools":[{"function":{"name":"f","parameters":{ "a b" : [1.50, "\" \u00e9 "] }}}],
          "logit_bias" : { "5" : -1e2 } })");
  REQUIRE(body);
  CHECK(body->request.tools.at(0).parameters == R"({"a b":[1.50,"\" \u00e9 "]})");
  CHECK(body->request.extra == R"({"logit_bias":{"5":-1e2}})");
}

TEST_CASE("every cut of a body is refused, and none crashes", "[chat_request]") {
  const std::string whole = body_with(
      R"({"tools":[{"function":{"name":"f","parameters":{"a":[1]}}}],"seed":-7,"stop":["a"]})");
  REQUIRE(parse_chat_request(whole));
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK_FALSE(parse_chat_request(whole.substr(0, size)));
}
