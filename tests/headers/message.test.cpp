// Messages: how they are made, and the names of what ends an answer.

#include "support/catch.hpp"

#include <FineTuning/message.hpp>

#include <chrono>
#include <string>
#include <variant>
#include <vector>

using namespace FineTuning;

// The names that JSON gives them.
static_assert(to_string(FinishReason::stop) == "stop");
static_assert(to_string(FinishReason::length) == "length");
static_assert(to_string(FinishReason::tool_calls) == "tool_calls");
static_assert(to_string(FinishReason::content_filter) == "content_filter");
static_assert(to_string(FinishReason::error) == "error");
static_assert(to_string(FinishReason::other) == "other");

constexpr Usage sum(Usage first, const Usage& second) { return first += second; }
constexpr Usage one{.input_tokens = 1,
                    .output_tokens = 2,
                    .total_tokens = 3,
                    .cached_input_tokens = 4,
                    .reasoning_tokens = 5,
                    .known = true};
static_assert(sum(one, one).input_tokens == 2 && sum(one, one).output_tokens == 4 &&
              sum(one, one).total_tokens == 6 && sum(one, one).cached_input_tokens == 8 &&
              sum(one, one).reasoning_tokens == 10 && sum(one, one).known);
static_assert(one == one && one != Usage{} && sum(one, one) != one);
static_assert(!sum(one, {}).known && !sum({}, one).known, "Half of it is not all of it.");

namespace {

std::string text_of(const Message& message) { return std::get<std::string>(message.parts.at(0)); }

}  // namespace

TEST_CASE("a message is made of its text, and has the role that made it", "[message]") {
  CHECK(Message::system("Be brief.").role == Role::system);
  CHECK(Message::user("Hi").role == Role::user);
  CHECK(Message::assistant("Hello").role == Role::assistant);
  CHECK(text_of(Message::system("Be brief.")) == "Be brief.");
  CHECK(text_of(Message::user("Hi")) == "Hi");
  CHECK(text_of(Message::assistant("Hello")) == "Hello");
  CHECK(Message{}.role == Role::user);
}

TEST_CASE("a user's message may hold text and images", "[message]") {
  const Message message = Message::user({"What is this?", Image{.url = "https://host/a.png"}});
  CHECK(message.role == Role::user);
  CHECK(text_of(message) == "What is this?");
  CHECK(std::get<Image>(message.parts.at(1)).url == "https://host/a.png");
}

TEST_CASE("the result of a tool names the call that it answers", "[message]") {
  const Message result = Message::tool_result({.id = "call_1", .name = "weather"}, "{}");
  CHECK(result.role == Role::tool);
  CHECK(result.tool_call_id == "call_1");
  CHECK(result.tool_name == "weather");
  CHECK(text_of(result) == "{}");
}

TEST_CASE("the text of a message is its texts, a line each", "[message]") {
  CHECK(Message{}.text().empty());
  CHECK(Message::user("Hi").text() == "Hi");
  CHECK(Message::user({"Look:", Image{.url = "https://host/a.png"}, "What is it?"}).text() ==
        "Look:\nWhat is it?");
  CHECK(Message::user({Image{.url = "https://host/a.png"}}).text().empty());
}

TEST_CASE("what is asked and answered is equal if every member is", "[message]") {
  const ChatRequest request{.model = "openai:gpt-4o",
                            .messages = {Message::user({"a", Image{.bytes = "b"}})},
                            .temperature = 0.5,
                            .tools = {{.name = "f"}},
                            .tool_choice = ToolChoice{.mode = ToolChoice::Mode::required},
                            .response_format = ResponseFormat{.schema = "{}"},
                            .documents = {{.metadata = {{"page", "1"}}}},
                            .extra_headers = {{"a", "b"}}};
  CHECK(request == ChatRequest(request));
  const std::vector<void (*)(ChatRequest&)> changes_of_request{
      [](ChatRequest& changed) { changed.model = "openai:gpt-4"; },
      [](ChatRequest& changed) { changed.messages[0].role = Role::system; },
      [](ChatRequest& changed) { std::get<Image>(changed.messages[0].parts[1]).bytes = "c"; },
      [](ChatRequest& changed) { changed.messages[0].tool_calls.push_back({.id = "1"}); },
      [](ChatRequest& changed) { changed.temperature.reset(); },
      [](ChatRequest& changed) { changed.tools[0].parameters = "{}"; },
      [](ChatRequest& changed) { changed.tool_choice->name = "f"; },
      [](ChatRequest& changed) { changed.response_format->name = "other"; },
      [](ChatRequest& changed) { changed.documents[0].metadata["page"] = "2"; },
      [](ChatRequest& changed) { changed.extra_headers[0].second = "c"; },
      [](ChatRequest& changed) { changed.key = "k"; }};
  for (const auto change : changes_of_request) {
    ChatRequest changed = request;
    change(changed);
    CHECK(changed != request);
  }

  const ChatResponse response{.content = "a",
                              .tool_calls = {{.id = "1"}},
                              .usage = {.input_tokens = 7, .known = true},
                              .citations = {{.sources = {"doc"}}}};
  CHECK(response == ChatResponse(response));
  const std::vector<void (*)(ChatResponse&)> changes_of_response{
      [](ChatResponse& changed) { changed.content = "b"; },
      [](ChatResponse& changed) { changed.tool_calls[0].arguments = "{}"; },
      [](ChatResponse& changed) { changed.usage.known = false; },
      [](ChatResponse& changed) { changed.citations[0].sources.clear(); },
      [](ChatResponse& changed) { changed.latency = std::chrono::nanoseconds(1); }};
  for (const auto change : changes_of_response) {
    ChatResponse changed = response;
    change(changed);
    CHECK(changed != response);
  }
}
