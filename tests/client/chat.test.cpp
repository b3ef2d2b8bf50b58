// Chat on a transport that answers from a list: what is sent, and what is made of the answer.

#include "support/canned_transport.hpp"
#include "support/catch.hpp"
#include "support/sample.hpp"

#include <FineTuning/chat.hpp>
#include <FineTuning/providers.hpp>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace FineTuning;
using namespace std::chrono_literals;
using test::Answer;
using test::canned;
using test::chat_on;
using test::sample;

namespace {

const std::string tuned = "openai:ft:gpt-4o-mini-2024-07-18:acme::x";
const std::string whole_answer =
    R"({"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]})";
const std::string first_event = "data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\n";
const std::string stream_answer =
    first_event +
    "data: {\"choices\":[{\"delta\":{\"content\":\"lo\"},\"finish_reason\":\"stop\"}]}\n\n"
    "data: [DONE]\n\n";
/// A refusal that is sent again almost at once.
const Answer busy{.status = 503, .headers = {{"retry-after-ms", "1"}}};

bool takes_all(std::string_view) { return true; }

/// What was sent in the only exchange.
http::Exchange only_exchange(const test::CannedTransport& transport) {
  const std::vector<http::Exchange> asked = transport.asked();
  REQUIRE(asked.size() == 1);
  return asked.front();
}

}  // namespace

// ---- every provider

TEST_CASE("every provider is asked as it wants to be, and its answer is read", "[chat]") {
  struct Case {
    std::string spec;
    std::string url;
    http::Headers headers;
    std::string body;
    std::string answer;
    std::string content;
    http::Headers answer_headers{{"x-request-id", "req_1"}};
    std::string request_id = "req_1";
  };
  const http::Headers bearer{{"Content-Type", "application/json"},
                             {"Authorization", "Bearer sk-secret"}};
  const std::string google_body =
      R"({"contents":[{"role":"user","parts":[{"text":"Hi"}]}],"generationConfig":{"maxOutputTokens":20}})";
  const std::vector<Case> cases{
      {tuned, "https://api.openai.com/v1/chat/completions", bearer,
       R"({"model":"ft:gpt-4o-mini-2024-07-18:acme::x","messages":[{"role":"user","content":"Hi"}],"max_completion_tokens":20})",
       sample("openai/response.json"), "Paris."},
      {"google:tunedModels/my-model",
       "https://generativelanguage.googleapis.com/v1beta/tunedModels/my-model:generateContent",
       {{"Content-Type", "application/json"}, {"x-goog-api-key", "sk-secret"}},
       google_body,
       sample("google/response.json"),
       "There are **3** r's."},
      {"vertex:projects/p/locations/europe-west4/endpoints/1234",
       "https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/"
       "endpoints/1234:generateContent",
       bearer, google_body, sample("google/response.json"), "There are **3** r's."},
      {"cohere:custom-rag-assistant", "https://api.cohere.com/v2/chat", bearer,
       R"({"model":"custom-rag-assistant","messages":[{"role":"user","content":"Hi"}],"max_tokens":20})",
       sample("cohere/response.json"), "You get a gym membership."},
      {"together:acme_a03a/Llama-3.3-70B-Instruct-Reference-my-suffix-38d369c4",
       "https://api.together.ai/v1/chat/completions",
       bearer,
       R"({"model":"acme_a03a/Llama-3.3-70B-Instruct-Reference-my-suffix-38d369c4","messages":[{"role":"user","content":"Hi"}],"max_tokens":20})",
       sample("together/response.json"),
       "Paris.",
       {{"CF-Ray", "9b3-FRA"}},
       "9b3-FRA"},
      {"groq:llama-3.3-70b-versatile", "https://api.groq.com/openai/v1/chat/completions", bearer,
       R"({"model":"llama-3.3-70b-versatile","messages":[{"role":"user","content":"Hi"}],"max_completion_tokens":20})",
       sample("groq/response.json"), ""},
      {"local:my/model@v1#x", "http://localhost:8080/v1/chat/completions", bearer,
       R"({"model":"my/model@v1#x","messages":[{"role":"user","content":"Hi"}],"max_tokens":20})",
       whole_answer, "Hello"},
  };
  for (const Case& c : cases) {
    INFO(c.spec);
    const auto transport = canned({{.headers = c.answer_headers, .body = c.answer}});
    const Chat chat =
        chat_on(transport, {.accounts = {{"local", {.base_url = "http://localhost:8080/v1"}}}});
    const Result<ChatResponse> response = chat.send(c.spec, "Hi", {.max_tokens = 20});
    const http::Exchange sent = only_exchange(*transport);
    CHECK(sent.method == "POST");
    CHECK(sent.url == c.url);
    CHECK(sent.headers == c.headers);
    CHECK(sent.body == c.body);
    REQUIRE(response);
    CHECK(response->content == c.content);
    CHECK(response->raw == c.answer);
    CHECK(response->request_id == c.request_id);
    CHECK(response->attempts == 1);
  }
}

TEST_CASE("every provider is asked for a stream, and it arrives whole however it is cut",
          "[chat]") {
  struct Case {
    std::string spec;
    std::string url;
    std::string body_end;
    std::string answer;
    std::string content;
  };
  const std::vector<Case> cases{
      {tuned, "https://api.openai.com/v1/chat/completions",
       R"(,"stream":true,"stream_options":{"include_usage":true}})",
       sample("openai/text.stream.sse"), "Paris — «é»"},
      {"google:models/gemini-2.5-flash",
       "https://generativelanguage.googleapis.com/v1beta/models/"
       "gemini-2.5-flash:streamGenerateContent?alt=sse",
       R"({"contents":[{"role":"user","parts":[{"text":"Hi"}]}]})",
       sample("google/text.stream.sse"), "There are **3** \"r\"s.\n"},
      {"vertex:projects/p/locations/us/endpoints/1234",
       "https://aiplatform.us.rep.googleapis.com/v1/projects/p/locations/us/endpoints/"
       "1234:streamGenerateContent?alt=sse",
       R"({"contents":[{"role":"user","parts":[{"text":"Hi"}]}]})",
       sample("vertex/text.stream.sse"), "Paris is it."},
      {"cohere:command-r-plus", "https://api.cohere.com/v2/chat", R"(,"stream":true})",
       sample("cohere/text.stream.sse"), "The capital is Paris."},
      {"together:acme/x-38d369c4", "https://api.together.ai/v1/chat/completions",
       R"("}],"stream":true})", sample("together/text.stream.sse"), "Paris."},
      {"groq:llama-3.3-70b-versatile", "https://api.groq.com/openai/v1/chat/completions",
       R"("}],"stream":true})", sample("groq/text.stream.sse"), "Paris."},
      {"local:any", "http://localhost:8080/v1/chat/completions",
       R"(,"stream":true,"stream_options":{"include_usage":true}})", stream_answer, "Hello"},
  };
  const std::size_t piece_size = GENERATE(1U, 2U, 7U, 100'000U);
  for (const Case& c : cases) {
    INFO(c.spec << ", pieces of " << piece_size);
    const auto transport = canned({{.body = c.answer}});
    transport->piece_size = piece_size;
    const Chat chat =
        chat_on(transport, {.accounts = {{"local", {.base_url = "http://localhost:8080/v1"}}}});
    std::string seen;
    const Result<ChatResponse> response = chat.stream(c.spec, "Hi", [&](std::string_view text) {
      seen += text;
      return true;
    });
    CHECK(only_exchange(*transport).url == c.url);
    CHECK(only_exchange(*transport).body.ends_with(c.body_end));
    REQUIRE(response);
    CHECK(seen == c.content);
    CHECK(response->content == c.content);
    CHECK(response->finish_reason == FinishReason::stop);
    CHECK(response->raw.empty());
  }
}

TEST_CASE("a prompt follows the messages that the request has", "[chat]") {
  const auto transport = canned({{.body = whole_answer}});
  REQUIRE(chat_on(transport).send(
      tuned, "Hi", {.model = "ignored", .messages = {Message::system("Be brief.")}}));
  CHECK(only_exchange(*transport).body ==
        R"({"model":"ft:gpt-4o-mini-2024-07-18:acme::x","messages":[{"role":"system",)"
        R"("content":"Be brief."},{"role":"user","content":"Hi"}]})");
}

TEST_CASE("what routes a request is not sent", "[chat]") {
  const auto transport = canned({{.body = whole_answer}});
  REQUIRE(chat_on(transport).send(tuned, "Hi", {.task = "routing-task", .key = "sticky-key"}));
  const http::Exchange sent = only_exchange(*transport);
  CHECK(sent.body.find("routing-task") == std::string::npos);
  CHECK(sent.body.find("sticky-key") == std::string::npos);
  CHECK(sent.headers.size() == 2);
}

TEST_CASE("an exchange has the time-outs of the options", "[chat]") {
  const auto transport = canned(std::vector<Answer>(3, {.body = whole_answer}));
  REQUIRE(chat_on(transport).send(tuned, "Hi"));
  REQUIRE(chat_on(transport, {.connect_timeout = 1ms,
                              .first_byte_timeout = 2ms,
                              .idle_timeout = 3ms,
                              .total_timeout = 0ms})
              .send(tuned, "Hi"));
  REQUIRE(
      chat_on(transport, {.total_timeout = std::chrono::milliseconds::max()}).send(tuned, "Hi"));
  const std::vector<http::Exchange> asked = transport->asked();
  CHECK(asked[0].connect_timeout == 10s);
  CHECK(asked[0].first_byte_timeout == 300s);
  CHECK(asked[0].idle_timeout == 60s);
  CHECK(asked[0].total_timeout <= 600s);
  CHECK(asked[0].total_timeout > 500s);
  CHECK(asked[1].connect_timeout == 1ms);
  CHECK(asked[1].first_byte_timeout == 2ms);
  CHECK(asked[1].idle_timeout == 3ms);
  CHECK(asked[1].total_timeout == 0ms);
  CHECK(asked[2].total_timeout > 24h);
}

// ---- what cannot be asked

TEST_CASE("what cannot be asked is refused before anything is sent", "[chat]") {
  struct Case {
    ChatRequest request;
    ErrorKind kind;
    std::string message;
  };
  const std::vector<Case> cases{
      {{.model = ""}, ErrorKind::invalid_model, "The model id is empty; name a model."},
      {{.model = "llama3:8b"},
       ErrorKind::invalid_model,
       "The model \"llama3:8b\" does not name its provider; write it in front, as in "
       "openai:gpt-4o."},
      {{.model = "mistral:ft:open-mistral-7b:587a6b29:20240514:7e773925"},
       ErrorKind::unsupported,
       "Mistral is known by its model ids only: FineTuning cannot talk to it."},
      {{.model = tuned, .documents = {{.content = "text"}}},
       ErrorKind::unsupported,
       "OpenAI takes no documents; put their text into a message."},
      {{.model = tuned, .extra = "[]"},
       ErrorKind::invalid_request,
       "ChatRequest::extra is not a JSON object of at most 128 levels; correct it."},
      {{.model = tuned, .messages = {Message::user("\xff")}},
       ErrorKind::invalid_request,
       "The request has text that is not UTF-8, or a number that is not finite; convert it first."},
  };
  for (const Case& c : cases) {
    const auto transport = canned();
    const Result<ChatResponse> response = chat_on(transport).send(c.request);
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == c.kind);
    CHECK(response.error().message == c.message);
    CHECK(transport->asked().empty());
  }
}

TEST_CASE("documents go to who takes them", "[chat]") {
  const auto transport = canned({{.body = sample("cohere/response.json")}});
  const Result<ChatRequest> request =
      build_rag_options({{.content = "We offer gym memberships."}},
                        {.model = "cohere:command-r-plus"}, providers::cohere);
  REQUIRE(request);
  const Result<ChatResponse> response = chat_on(transport).send(*request);
  CHECK(only_exchange(*transport).body.find("We offer gym memberships.") != std::string::npos);
  REQUIRE(response);
  REQUIRE(response->citations.size() == 1);
  CHECK(response->citations[0].sources == std::vector<std::string>{"doc:0"});
}

// ---- retries

TEST_CASE("a call is sent again until its retries are used up", "[chat]") {
  for (const int retries : {0, 2}) {
    const auto transport = canned(std::vector<Answer>(3, busy));
    const Result<ChatResponse> response =
        chat_on(transport, {.max_retries = retries}).send(tuned, "Hi");
    const std::vector<http::Exchange> asked = transport->asked();
    CHECK(asked.size() == static_cast<std::size_t>(retries) + 1);
    CHECK(asked.front().body == asked.back().body);
    CHECK(asked.front().headers == asked.back().headers);
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == ErrorKind::overloaded);
    CHECK(response.error().attempts == retries + 1);
  }
  const auto transport = canned({busy, busy, {.body = whole_answer}});
  const Result<ChatResponse> response = chat_on(transport).send(tuned, "Hi");
  REQUIRE(response);
  CHECK(response->attempts == 3);
  CHECK(response->latency >= 2ms);
}

TEST_CASE("what may have been carried out is sent again only if an option allows it", "[chat]") {
  const Answer lost{
      .status = 0,
      .failure = http::Failure{
          .phase = http::Phase::waiting, .may_have_reached_server = true, .message = "it broke"}};
  const auto careful = canned({lost});
  const Result<ChatResponse> response = chat_on(careful).send(tuned, "Hi");
  CHECK(careful->asked().size() == 1);
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::network);
  CHECK(response.error().outcome_unknown);

  const auto bold = canned({lost, {.body = whole_answer}});
  CHECK(chat_on(bold, {.retry_unknown_outcomes = true}).send(tuned, "Hi"));
  CHECK(bold->asked().size() == 2);
}

// ---- streams

TEST_CASE("a stream that fails says how, with the text so far", "[chat]") {
  struct Case {
    std::string rest;
    std::optional<http::Failure> failure;
    ErrorKind kind;
  };
  const http::Failure stall{.kind = http::Failure::Kind::timed_out,
                            .phase = http::Phase::receiving,
                            .may_have_reached_server = true};
  const http::Failure cut{.phase = http::Phase::receiving, .may_have_reached_server = true};
  const std::vector<Case> cases{
      {"", {}, ErrorKind::interrupted_stream},
      {"data: {\"cho", {}, ErrorKind::interrupted_stream},
      {"", cut, ErrorKind::interrupted_stream},
      {"", stall, ErrorKind::timed_out},
      {"data: {\"error\":{\"message\":\"Oh\",\"code\":\"server_error\"}}\n\n",
       {},
       ErrorKind::server_error},
      {"data: {\"error\":{\"message\":\"Oh\",\"code\":\"content_filter\"}}\n\n",
       {},
       ErrorKind::content_filtered},
      {"data: oops\n\n", {}, ErrorKind::malformed_response},
  };
  for (const Case& c : cases) {
    INFO(c.rest);
    const auto transport = canned({{.body = first_event + c.rest, .failure = c.failure}});
    std::string seen;
    const Result<ChatResponse> response =
        chat_on(transport).stream(tuned, "Hi", [&](std::string_view text) {
          seen += text;
          return true;
        });
    CHECK(transport->asked().size() == 1);
    CHECK(seen == "Hel");
    REQUIRE_FALSE(response);
    CHECK(to_string(response.error().kind) == to_string(c.kind));
    CHECK(response.error().partial == "Hel");
  }
}

TEST_CASE("a stream that fails before its text may be sent again", "[chat]") {
  const Answer failed{
      .headers = {{"x-request-id", "req_1"}},
      .body = "data: {\"error\":{\"message\":\"Oh\",\"code\":\"server_error\"}}\n\n"};
  const auto transport = canned({busy, {.body = stream_answer}});
  CHECK(chat_on(transport).stream(tuned, "Hi", takes_all));
  CHECK(transport->asked().size() == 2);

  const auto once = canned({failed});
  const Result<ChatResponse> response =
      chat_on(once, {.max_retries = 0}).stream(tuned, "Hi", takes_all);
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::server_error);
  CHECK(response.error().message ==
        "The stream of OpenAI failed (server_error): Oh. Send it again later.");
  CHECK(response.error().request_id == "req_1");
}

TEST_CASE("an answer that is too large is not read to its end", "[chat]") {
  const bool stream = GENERATE(false, true);
  const auto transport = canned({{.body = stream ? stream_answer : whole_answer}});
  const Chat chat = chat_on(transport, {.max_response_bytes = first_event.size() + 1});
  const Result<ChatResponse> response =
      stream ? chat.stream(tuned, "Hi", takes_all) : chat.send(tuned, "Hi");
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::malformed_response);
  CHECK(response.error().message.find("the option max_response_bytes") != std::string::npos);
}

TEST_CASE("a sink that returns false ends the call", "[chat]") {
  const auto transport = canned({{.body = stream_answer}});
  int pieces = 0;
  const Result<ChatResponse> response = chat_on(transport).stream(tuned, "Hi", [&](auto) {
    ++pieces;
    return false;
  });
  CHECK(pieces == 1);
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::cancelled);
  CHECK(response.error().partial == "Hel");
}

TEST_CASE("an exception of the sink reaches the caller, and the Chat goes on", "[chat]") {
  struct OwnError : std::runtime_error {
    using std::runtime_error::runtime_error;
  };
  // The second body's last event ends with the body: it is handed over when the exchange is done.
  const std::string unended = first_event.substr(0, first_event.size() - 1);
  const auto transport =
      canned({{.body = stream_answer}, {.body = unended}, {.body = whole_answer}});
  const Chat chat = chat_on(transport);
  for (int call = 0; call < 2; ++call)
    CHECK_THROWS_AS(chat.stream(tuned, "Hi", [](auto) -> bool { throw OwnError("mine"); }),
                    OwnError);
  CHECK(transport->asked().size() == 2);
  CHECK(chat.send(tuned, "Hi"));
}

TEST_CASE("a context hears text, reasoning, tool calls and citations as they arrive", "[chat]") {
  const std::string openai =
      "data: {\"choices\":[{\"delta\":{\"reasoning\":\"Hm\"}}]}\n\n"
      "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n"
      "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":"
      "{\"name\":\"f\",\"arguments\":\"{\"}}]}}]}\n\n"
      "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":"
      "{\"arguments\":\"}\"}}]},\"finish_reason\":\"tool_calls\"}]}\n\n"
      "data: [DONE]\n\n";
  const auto transport =
      canned({{.body = openai}, {.body = sample("cohere/citations.stream.sse")}});
  std::vector<std::string> heard;
  CallContext context{.on_event = [&](const StreamEvent& event) {
    const std::string text(event.text);
    switch (event.kind) {
      case StreamEvent::Kind::text: heard.push_back("text " + text); break;
      case StreamEvent::Kind::reasoning: heard.push_back("reasoning " + text); break;
      case StreamEvent::Kind::tool_call:
        heard.push_back("tool " + std::to_string(event.index) + ' ' + std::string(event.tool_name) +
                        ' ' + text);
        break;
      case StreamEvent::Kind::citation: heard.push_back("cites " + event.citation->text); break;
    }
    return true;
  }};
  const Chat chat = chat_on(transport);
  const Result<ChatResponse> response = chat({.model = tuned}, context);
  CHECK(heard == std::vector<std::string>{"reasoning Hm", "text Hi", "tool 0 f {", "tool 0  }"});
  REQUIRE(response);
  CHECK(response->reasoning == "Hm");
  REQUIRE(response->tool_calls.size() == 1);
  CHECK(response->tool_calls[0].id == "c");
  CHECK(response->tool_calls[0].arguments == "{}");

  heard.clear();
  const Result<ChatResponse> cited = chat({.model = "cohere:command-r-plus"}, context);
  REQUIRE(cited);
  REQUIRE_FALSE(cited->citations.empty());
  CHECK(std::find(heard.begin(), heard.end(), "cites " + cited->citations[0].text) != heard.end());
}

TEST_CASE("a context without events is not streamed", "[chat]") {
  const auto transport = canned({{.body = whole_answer}});
  CallContext context;
  CHECK(chat_on(transport)({.model = tuned}, context));
  CHECK(only_exchange(*transport).body.find("stream") == std::string::npos);
}

// ---- stopping and time

TEST_CASE("a call that was stopped before it began sends nothing", "[chat]") {
  const auto transport = canned();
  std::stop_source source;
  source.request_stop();
  const Chat chat = chat_on(transport);
  for (const Result<ChatResponse>& response :
       {chat.send(tuned, "Hi", {}, source.get_token()),
        chat.stream(tuned, "Hi", takes_all, {}, source.get_token()),
        chat.send_async({.model = tuned}, source.get_token()).get()}) {
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == ErrorKind::cancelled);
    CHECK(response.error().attempts == 0);
  }
  CHECK(transport->asked().empty());
}

TEST_CASE("a call that is stopped while it is sent is cancelled, and may have been carried out",
          "[chat]") {
  const auto transport = canned({{.body = whole_answer}});
  std::stop_source source;
  transport->on_exchange = [&](const http::Exchange&) { source.request_stop(); };
  const Result<ChatResponse> response =
      chat_on(transport).send(tuned, "Hi", {}, source.get_token());
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::cancelled);
  CHECK(response.error().message == "The call was cancelled while waiting for an answer.");
  CHECK(response.error().outcome_unknown);
  CHECK(response.error().attempts == 1);
}

TEST_CASE("a stream that is stopped is cancelled, with the text so far", "[chat]") {
  const auto transport = canned({{.body = first_event}});
  std::stop_source source;
  const Result<ChatResponse> response = chat_on(transport).stream(
      tuned, "Hi",
      [&](auto) {
        source.request_stop();
        return true;
      },
      {}, source.get_token());
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::cancelled);
  CHECK(response.error().partial == "Hel");
}

TEST_CASE("a stop ends the wait for a retry, before it and within it", "[chat]") {
  for (const bool within : {false, true}) {
    const auto transport = canned({{.status = 503, .headers = {{"retry-after", "100"}}}});
    std::stop_source source;
    std::jthread stopper;
    CallContext context{.stop = source.get_token(), .trace = [&](const TraceEvent& event) {
                          if (event.kind != TraceEvent::Kind::waiting) return;
                          if (within)  // the wait has most likely begun, and if not, all is well
                            stopper = std::jthread([&source] {
                              std::this_thread::yield();
                              source.request_stop();
                            });
                          else
                            source.request_stop();
                        }};
    const auto start = std::chrono::steady_clock::now();
    const Result<ChatResponse> response = chat_on(transport)({.model = tuned}, context);
    CHECK(std::chrono::steady_clock::now() - start < 50s);
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == ErrorKind::cancelled);
    CHECK(transport->asked().size() == 1);
  }
}

TEST_CASE("nothing is sent after the deadline of a context", "[chat]") {
  const auto transport = canned({{.body = whole_answer}});
  const Chat chat = chat_on(transport);
  CallContext late{.deadline = std::chrono::steady_clock::now() - 1s};
  const Result<ChatResponse> response = chat({.model = tuned}, late);
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::timed_out);
  CHECK(transport->asked().empty());

  CallContext in_time{.deadline = std::chrono::steady_clock::now() + 60s};
  CHECK(chat({.model = tuned}, in_time));
  CHECK(only_exchange(*transport).total_timeout <= 60s);
}

TEST_CASE("a wait beyond the time of the call is left to the caller", "[chat]") {
  const Answer limited{.status = 429, .headers = {{"retry-after", "100"}}};
  const auto transport = canned({limited, limited});
  const Result<ChatResponse> by_option =
      chat_on(transport, {.total_timeout = 90s}).send(tuned, "Hi");
  CallContext context{.deadline = std::chrono::steady_clock::now() + 90s};
  const Result<ChatResponse> by_context = chat_on(transport)({.model = tuned}, context);
  for (const Result<ChatResponse>& response : {by_option, by_context}) {
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == ErrorKind::rate_limited);
    CHECK(response.error().retry_after == 100s);
    CHECK(response.error().message.find("again in 100 s") != std::string::npos);
  }
}

// ---- tokens

TEST_CASE("a token is asked for before every attempt, and refreshed once", "[chat]") {
  const auto transport = canned({busy, {.status = 401}, busy, {.status = 401}});
  std::vector<bool> refreshes;
  const Account account{.access_token = [&](bool refresh) -> Result<std::string> {
    refreshes.push_back(refresh);
    return "token-" + std::to_string(refreshes.size());
  }};
  const Result<ChatResponse> response =
      chat_on(transport, {.accounts = {{"openai", account}}}).send(tuned, "Hi");
  CHECK(refreshes == std::vector<bool>{false, false, true, false});
  const std::vector<http::Exchange> asked = transport->asked();
  REQUIRE(asked.size() == 4);
  for (std::size_t at = 0; at < asked.size(); ++at)
    CHECK(asked[at].headers ==
          http::Headers{{"Content-Type", "application/json"},
                        {"Authorization", "Bearer token-" + std::to_string(at + 1)}});
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::authentication);
  CHECK(response.error().attempts == 4);
}

TEST_CASE("a refused key that nobody can refresh is not sent again", "[chat]") {
  const auto transport = canned({{.status = 401}});
  const Result<ChatResponse> response = chat_on(transport).send(tuned, "Hi");
  CHECK(transport->asked().size() == 1);
  REQUIRE_FALSE(response);
  CHECK(response.error().message ==
        "OpenAI answered 401: nothing. Check the key in OPENAI_API_KEY or Account::api_key.");
}

TEST_CASE("the reason why there is no token is passed on", "[chat]") {
  const auto transport = canned();
  const Account account{.access_token = [](bool) -> Result<std::string> {
    return Error{.kind = ErrorKind::permission_denied, .message = "Log in first.", .code = "login"};
  }};
  const Result<ChatResponse> response =
      chat_on(transport, {.accounts = {{"openai", account}}}).send(tuned, "Hi");
  CHECK(transport->asked().empty());
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::permission_denied);
  CHECK(response.error().message == "Log in first.");
  CHECK(response.error().code == "login");
}

// ---- traces

TEST_CASE("a trace hears of the steps of a call", "[chat]") {
  const auto transport = canned({busy, {.body = whole_answer}});
  std::vector<std::string> steps;
  CallContext context{.trace = [&](const TraceEvent& event) {
    CHECK(event.model == tuned);
    if (event.kind == TraceEvent::Kind::sending)
      steps.push_back("sending " + std::to_string(event.attempt) + " to " + std::string(event.url));
    else
      steps.push_back("waiting " + std::to_string(event.wait.count()) + " after " +
                      std::string(to_string(event.error->kind)));
  }};
  CHECK(chat_on(transport)({.model = tuned}, context));
  CHECK(steps ==
        std::vector<std::string>{"sending 1 to https://api.openai.com/v1/chat/completions",
                                 "waiting 1 after overloaded",
                                 "sending 2 to https://api.openai.com/v1/chat/completions"});
}

// ---- threads

TEST_CASE("a call can be sent from a thread of its own", "[chat]") {
  const auto transport = canned({{.body = whole_answer}, {.status = 400}});
  std::future<Result<ChatResponse>> first;
  {
    const Chat chat = chat_on(transport);
    first = chat.send_async({.model = tuned, .messages = {Message::user("Hi")}});
  }
  const Result<ChatResponse> response = first.get();
  REQUIRE(response);
  CHECK(response->content == "Hello");
  CHECK_FALSE(chat_on(transport).send_async({.model = tuned}).get());
}

namespace {

/// How many of the calls of eight threads, each with a copy of its own, went well.
template <class F>
int count_good_calls(const Chat& chat, F call) {
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread)
    threads.emplace_back([copy = chat, &call, &good] {
      for (int round = 0; round < 20; ++round)
        if (call(copy)) ++good;
    });
  for (std::thread& thread : threads) thread.join();
  return good;
}

}  // namespace

TEST_CASE("copies of a Chat answer from several threads at once", "[chat]") {
  std::vector<Answer> answers;
  for (int at = 0; at < 160; ++at) {
    answers.push_back(busy);
    answers.push_back({.body = stream_answer});
  }
  const auto transport = canned(answers);
  const Account account{
      .access_token = [](bool) -> Result<std::string> { return std::string("token"); }};
  const Chat chat = chat_on(transport, {.accounts = {{"openai", account}}, .max_retries = 1'000});
  CHECK(count_good_calls(chat, [](const Chat& copy) {
          std::string seen;
          const Result<ChatResponse> response = copy.stream(tuned, "Hi", [&](auto text) {
            seen += text;
            return true;
          });
          return response && response->content == "Hello" && seen == "Hello";
        }) == 160);
}

TEST_CASE("several threads at once look up one endpoint, and remember it", "[chat]") {
  // An answer to a look-up and to a chat at once: nobody knows which thread takes which.
  const Answer answer{
      .body = R"({"deployedModels":[{"endpoint":"projects/p/locations/eu/endpoints/1"}],)"
              R"("candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}]})"};
  const auto transport = canned(std::vector<Answer>(320, answer));
  CHECK(count_good_calls(chat_on(transport), [](const Chat& copy) {
          return copy.send("vertex:projects/p/locations/eu/models/M", "Hi").has_value();
        }) == 160);
  CHECK(transport->asked().size() < 160 + 9);
}

TEST_CASE("nothing is delivered after a stop, even if much of the answer has arrived", "[chat]") {
  std::string body;
  for (int i = 0; i < 9; ++i) body += first_event;
  const auto transport = canned({{.body = body + "data: [DONE]\n\n"}});
  transport->piece_size = body.size();
  std::stop_source source;
  int calls = 0;
  const Result<ChatResponse> response = chat_on(transport).stream(
      tuned, "Hi",
      [&](auto) {
        ++calls;
        return source.request_stop();
      },
      {}, source.get_token());
  CHECK(calls == 1);
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::cancelled);
}

TEST_CASE("a stream that nobody listens to is an answer all the same", "[chat]") {
  const auto transport = canned({{.body = first_event + "data: [DONE]\n\n"}});
  const Result<ChatResponse> response = chat_on(transport).stream(tuned, "Hi", {});
  REQUIRE(response);
  CHECK(response->content == "Hel");
}

TEST_CASE("an account of no provider makes every call fail, and says so", "[chat]") {
  const auto transport = canned();
  const Chat chat({.accounts = {{"opnai", {.api_key = "sk-1"}}}, .transport = transport});
  const Result<ChatResponse> response = chat.send(tuned, "Hi");
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::invalid_request);
  CHECK(response.error().message ==
        "The accounts have one for \"opnai\", and there is no provider of that name; correct it.");
  CHECK(transport->asked().empty());
}

TEST_CASE("documents are checked however they got into a request", "[chat]") {
  const auto transport = canned();
  const Result<ChatResponse> response =
      chat_on(transport).send("cohere:command-r-08-2024", "Hi", {.documents = {{.content = ""}}});
  REQUIRE_FALSE(response);
  CHECK(response.error().message == "Document 1 of 1 is empty; leave it out or give its content.");
  CHECK(transport->asked().empty());
}
