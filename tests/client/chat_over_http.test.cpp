// A Chat on real connections: what the state machine of a call and the curl transport make of one
// another.

#include "support/catch.hpp"
#include "support/loopback_server.hpp"

#include <FineTuning/chat.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using FineTuning::Chat;
using FineTuning::ChatOptions;
using FineTuning::ChatResponse;
using FineTuning::ErrorKind;
using FineTuning::Result;
using FineTuning::test::answer;
using FineTuning::test::answer_each;
using FineTuning::test::body_of;
using FineTuning::test::chunk;
using FineTuning::test::chunked_head;
using FineTuning::test::header_values;
using FineTuning::test::LoopbackServer;
using std::chrono::milliseconds;
using Connection = LoopbackServer::Connection;
using Values = std::vector<std::string>;

namespace {

Chat chat_with(const LoopbackServer& server, ChatOptions options = {}) {
  options.accounts["local"].base_url = server.url();
  return Chat(std::move(options));
}

std::string completion(std::string_view content) {
  return R"({"choices":[{"index":0,"message":{"role":"assistant","content":")" +
         std::string(content) + R"("},"finish_reason":"stop"}]})";
}

/// A chunk of a stream that holds one piece of text.
std::string piece(std::string_view content) {
  return chunk(R"(data: {"choices":[{"index":0,"delta":{"content":")" + std::string(content) +
               "\"}}]}\n\n");
}

std::string stream_of(std::string_view content) {
  return chunked_head() + piece(content) + chunk("data: [DONE]\n\n") + chunk("");
}

bool is_streaming(std::string_view request) {
  return request.find(R"("stream":true)") != std::string_view::npos;
}

/// Answers a question with itself, streamed if that is wanted.
void echo(Connection& connection) {
  for (std::string request; !(request = connection.read_request()).empty();) {
    constexpr std::string_view begin = "question ";
    const std::size_t at = request.find(begin);
    const std::string question = request.substr(at, request.find('"', at) - at);
    connection.send(is_streaming(request) ? stream_of(question) : answer(completion(question)));
  }
}

bool ignore(std::string_view) { return true; }

}  // namespace

TEST_CASE("a call on a used connection that is closed unanswered has an unknown outcome",
          "[chat_over_http]") {
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    connection.send(answer(completion("Yes.")));
    connection.read_request();
  });
  const Chat chat = chat_with(server);
  REQUIRE(chat.send("local:m", "first"));
  const auto second = chat.send("local:m", "second");
  REQUIRE_FALSE(second);
  INFO(second.error().message);
  CHECK(second.error().kind == ErrorKind::network);
  CHECK(second.error().outcome_unknown);
  CHECK(second.error().attempts == 1);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("a request with an unknown outcome is sent again if the options say so",
          "[chat_over_http]") {
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    if (connection.number() > 0) connection.send(answer(completion("Yes.")));
  });
  const auto response = chat_with(server, {.retry_unknown_outcomes = true}).send("local:m", "Hi");
  REQUIRE(response);
  CHECK(response->attempts == 2);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("a call opens a new connection if the server closed the old one", "[chat_over_http]") {
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    connection.send(answer(completion("Yes.")));
  });
  const Chat chat = chat_with(server);
  for (std::size_t call = 1; call <= 3; ++call) {
    const auto response = chat.send("local:m", "Hi");
    REQUIRE(response);
    CHECK(response->attempts == 1);
    REQUIRE(server.wait_for_closed(call));
  }
  CHECK(server.requests().size() == 3);
}

TEST_CASE("answers, streams and refusals share a connection, and so do copies",
          "[chat_over_http]") {
  LoopbackServer server([](Connection& connection) {
    for (std::string request; !(request = connection.read_request()).empty();) {
      if (request.find("refuse") != std::string::npos)
        connection.send(answer(R"({"error":{"message":"No."}})", "400 Bad Request"));
      else
        connection.send(is_streaming(request) ? stream_of("Yes.") : answer(completion("Yes.")));
    }
  });
  const Chat chat = chat_with(server);
  for (int round = 0; round < 3; ++round) {
    const Chat copy = chat;
    CHECK(chat.send("local:m", "Hi").value().content == "Yes.");
    CHECK(copy.stream("local:m", "Hi", ignore).value().content == "Yes.");
    CHECK_FALSE(copy.send("local:m", "refuse"));
    CHECK_FALSE(chat.stream("local:m", "refuse", ignore));
  }
  CHECK(server.requests().size() == 12);
  CHECK(server.connections() == 1);
}

TEST_CASE("a new key is used at once, on the connection of the old one", "[chat_over_http]") {
  LoopbackServer server(answer_each(answer(completion("Yes."))));
  int number = 0;
  ChatOptions options;
  options.accounts["local"].access_token = [&](bool) { return "key-" + std::to_string(++number); };
  const Chat chat = chat_with(server, options);
  for (const char* header : {"Bearer key-1", "Bearer key-2", "Bearer key-3"}) {
    REQUIRE(chat.send("local:m", "Hi"));
    CHECK(header_values(server.requests().back(), "Authorization") == Values{header});
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("a failed exchange becomes an error that says whether it may be billed",
          "[chat_over_http]") {
  struct Case {
    const char* what;
    LoopbackServer::Script script;
    ErrorKind kind;
  };
  const auto stalls_after = [](std::string bytes) {
    return [bytes = std::move(bytes)](Connection& connection) {
      connection.read_request();
      connection.send(bytes);
      connection.hold();
    };
  };
  const Case cases[] = {
      {"no answer", stalls_after(""), ErrorKind::timed_out},
      {"half an answer", stalls_after("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
       ErrorKind::timed_out},
      {"a closed connection", [](Connection& connection) { connection.read_request(); },
       ErrorKind::network},
      {"a head that is cut",
       [](Connection& connection) {
         connection.read_request();
         connection.send("HTTP/1.1 200 OK\r\nContent-");
       },
       ErrorKind::network},
  };
  for (const Case& failing : cases) {
    INFO(failing.what);
    LoopbackServer server(failing.script);
    const auto response = chat_with(server, {.first_byte_timeout = milliseconds(150),
                                             .idle_timeout = milliseconds(150)})
                              .send("local:m", "Hi");
    REQUIRE_FALSE(response);
    INFO(response.error().message);
    CHECK(response.error().kind == failing.kind);
    CHECK(response.error().outcome_unknown);
    CHECK(server.requests().size() == 1);
  }
}

TEST_CASE("a call that cannot connect is tried again and says that nothing was sent",
          "[chat_over_http]") {
  const std::string url = LoopbackServer([](Connection&) {}).url();
  ChatOptions options{.max_retries = 1};
  options.accounts["local"].base_url = url;
  const auto response = Chat(options).send("local:m", "Hi");
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::network);
  CHECK_FALSE(response.error().outcome_unknown);
  CHECK(response.error().attempts == 2);
}

TEST_CASE("a redirect is refused and the key goes nowhere else", "[chat_over_http]") {
  LoopbackServer other(answer_each(answer(completion("stolen"))));
  LoopbackServer server(
      answer_each(answer("", "307 Temporary Redirect", "Location: " + other.url() + "\r\n")));
  const auto response = chat_with(server).send("local:m", "Hi");
  REQUIRE_FALSE(response);
  CHECK(response.error().code == "redirected");
  CHECK(response.error().http_status == 307);
  CHECK(other.connections() == 0);
}

TEST_CASE("an answer that never ends is read up to its limit", "[chat_over_http]") {
  LoopbackServer server([](Connection& connection) {
    const std::string request = connection.read_request();
    connection.send(chunked_head());
    connection.send_for_ever(is_streaming(request) ? piece("more") : chunk("more"));
  });
  const Chat chat = chat_with(server, {.max_response_bytes = 100'000});
  const auto check_refused = [](const Result<ChatResponse>& response) {
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == ErrorKind::malformed_response);
  };
  check_refused(chat.send("local:m", "Hi"));
  CHECK(server.wait_for_closed(1));
  check_refused(chat.stream("local:m", "Hi", ignore));
  CHECK(server.wait_for_closed(2));
}

TEST_CASE("a stream ends at its terminator although the server leaves it open",
          "[chat_over_http]") {
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    connection.send(chunked_head() + piece("Yes.") + chunk("data: [DONE]\n\n"));
    connection.hold();
  });
  const Chat chat =
      chat_with(server, {.idle_timeout = milliseconds(0), .total_timeout = milliseconds(0)});
  CHECK(chat.stream("local:m", "Hi", ignore).value().content == "Yes.");
  CHECK(server.wait_for_closed(1));
}

TEST_CASE("a stream that breaks keeps what has arrived", "[chat_over_http]") {
  struct Case {
    const char* what;
    std::string rest;
    ErrorKind kind;
  };
  const Case cases[] = {
      {"cut", "", ErrorKind::interrupted_stream},
      {"ended without its terminator", chunk(""), ErrorKind::interrupted_stream},
      {"an error", chunk("data: {\"error\":{\"message\":\"Boom.\",\"type\":\"server_error\"}}\n\n"),
       ErrorKind::server_error},
      {"not JSON", chunk("data: oops\n\n"), ErrorKind::malformed_response},
  };
  for (const Case& failing : cases) {
    INFO(failing.what);
    LoopbackServer server([&](Connection& connection) {
      connection.read_request();
      connection.send(chunked_head() + piece("Yes") + failing.rest);
    });
    const auto response = chat_with(server).stream("local:m", "Hi", ignore);
    REQUIRE_FALSE(response);
    INFO(response.error().message);
    CHECK(response.error().kind == failing.kind);
    CHECK(response.error().partial == "Yes");
    CHECK(server.requests().size() == 1);
  }
}

TEST_CASE("a stop token ends a call that waits for its answer", "[chat_over_http]") {
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    connection.hold();
  });
  const Chat chat = chat_with(server);
  std::stop_source stop;
  auto answering = chat.send_async(
      {.model = "local:m", .messages = {FineTuning::Message::user("Hi")}}, stop.get_token());
  REQUIRE(server.wait_for_requests(1));
  stop.request_stop();
  const auto response = answering.get();
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::cancelled);
  CHECK(server.wait_for_closed(1));
}

TEST_CASE("a stream ends when its caller wants no more, and the next call works",
          "[chat_over_http]") {
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    if (connection.number() > 0) {
      connection.send(stream_of("Yes."));
    } else {
      connection.send(chunked_head() + piece("Hel"));
      connection.hold();
    }
  });
  const Chat chat = chat_with(server);
  SECTION("because the sink says so") {
    const auto response = chat.stream("local:m", "Hi", [](std::string_view) { return false; });
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == ErrorKind::cancelled);
    CHECK(response.error().partial == "Hel");
  }
  SECTION("because the stop token says so") {
    std::stop_source stop;
    const auto stops = [&](std::string_view) { return stop.request_stop(); };
    const auto response = chat.stream("local:m", "Hi", stops, {}, stop.get_token());
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == ErrorKind::cancelled);
    CHECK(response.error().partial == "Hel");
  }
  SECTION("because the sink throws") {
    const auto throws = [](std::string_view) -> bool { throw std::domain_error("enough"); };
    CHECK_THROWS_AS(chat.stream("local:m", "Hi", throws), std::domain_error);
  }
  CHECK(server.wait_for_closed(1));
  CHECK(chat.stream("local:m", "Hi", ignore).value().content == "Yes.");
  CHECK(server.requests().size() == 2);
}

TEST_CASE("threads that share a Chat get their own answers", "[chat_over_http]") {
  constexpr std::size_t threads = 8;
  constexpr int calls = 20;
  LoopbackServer server(echo);
  const Chat chat = chat_with(server);
  std::atomic<int> answered = 0;
  {
    std::vector<std::jthread> running;
    for (std::size_t thread = 0; thread < threads; ++thread)
      running.emplace_back([&, thread] {
        for (int call = 0; call < calls; ++call) {
          const std::string question =
              "question " + std::to_string(thread) + "." + std::to_string(call);
          const auto response = call % 2 == 0 ? chat.send("local:m", question)
                                              : chat.stream("local:m", question, ignore);
          if (response && response->content == question) ++answered;
        }
      });
  }
  CHECK(answered == static_cast<int>(threads) * calls);
  CHECK(server.requests().size() == threads * calls);
  CHECK(server.connections() <= threads);
}
