// The curl transport against servers that behave well and badly: what arrives, which
// connection it takes, and that nothing is sent twice.

#include "http/curl_transport.hpp"

#include "support/catch.hpp"
#include "support/environment.hpp"
#include "support/exchange.hpp"
#include "support/loopback_server.hpp"

#include <FineTuning/version.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <functional>
#include <future>
#include <latch>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace http = FineTuning::http;
using FineTuning::internal::curl_transport;
using FineTuning::test::answer;
using FineTuning::test::answer_each;
using FineTuning::test::body_of;
using FineTuning::test::check_failure;
using FineTuning::test::chunk;
using FineTuning::test::chunked_head;
using FineTuning::test::Exchanged;
using FineTuning::test::get;
using FineTuning::test::header_values;
using FineTuning::test::LoopbackServer;
using FineTuning::test::perform;
using FineTuning::test::post;
using FineTuning::test::source_of;
using FineTuning::test::was_answered;
using http::Failure;
using http::Flow;
using http::Phase;
using std::chrono::milliseconds;
using Connection = LoopbackServer::Connection;
using Kind = Failure::Kind;
using Values = std::vector<std::string>;

namespace {

/// A port that neither accepts nor refuses: its queue of connections is full.
class FullPort {
 public:
  FullPort() {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* address = reinterpret_cast<sockaddr*>(&address_);
    socklen_t size = sizeof address_;
    REQUIRE(::bind(sockets_[0], address, size) == 0);
    REQUIRE(::listen(sockets_[0], 0) == 0);
    REQUIRE(::getsockname(sockets_[0], address, &size) == 0);
    for (std::size_t i = 1; i < sockets_.size(); ++i) {
      ::fcntl(sockets_[i], F_SETFL, O_NONBLOCK);
      static_cast<void>(::connect(sockets_[i], address, size));
    }
  }
  FullPort(const FullPort&) = delete;
  FullPort& operator=(const FullPort&) = delete;
  ~FullPort() {
    for (const int socket : sockets_) ::close(socket);
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(ntohs(address_.sin_port)); }

 private:
  static int make_socket() { return ::socket(AF_INET, SOCK_STREAM, 0); }

  std::array<int, 4> sockets_{make_socket(), make_socket(), make_socket(), make_socket()};
  sockaddr_in address_{};
};

/// An address where nobody listens any more.
std::string refusing_url() {
  return LoopbackServer([](Connection&) {}).url();
}

}  // namespace

// ---- the request

TEST_CASE("a request is sent as it was given", "[curl_transport]") {
  LoopbackServer server(answer_each(answer("ok")));
  const auto transport = curl_transport({});
  http::Exchange exchange = post(server.url(), R"({"text":"a\u0000b"})");
  exchange.headers.emplace_back("X-Empty", "");
  exchange.headers.emplace_back("X-Marks", "a  b; c: d, \"e\"");
  REQUIRE(was_answered(perform(*transport, exchange), "ok"));

  const std::string request = server.requests().at(0);
  INFO(request);
  CHECK(request.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"));
  CHECK(body_of(request) == exchange.body);
  for (const auto& [name, value] : exchange.headers) {
    INFO(name);
    CHECK(header_values(request, name) == Values{value});
  }
  CHECK(header_values(request, "Content-Length") == Values{std::to_string(exchange.body.size())});
  CHECK(header_values(request, "User-Agent") ==
        Values{"FineTuning/" + std::string(FineTuning::version)});
  for (const char* absent : {"Expect", "Transfer-Encoding", "Accept-Encoding", "Cookie"}) {
    INFO(absent);
    CHECK(header_values(request, absent).empty());
  }
}

TEST_CASE("a body of any size arrives whole", "[curl_transport]") {
  const std::size_t size = GENERATE(0U, 1U, 16'384U, 65'537U, 1'048'577U, 5U << 20U);
  LoopbackServer server(answer_each(answer("ok")));
  std::string body(size, 'x');
  for (std::size_t i = 0; i < size; i += 97) body[i] = static_cast<char>('0' + i % 10);
  const auto transport = curl_transport({});
  REQUIRE(was_answered(perform(*transport, post(server.url(), body)), "ok"));
  REQUIRE(server.requests().size() == 1);
  CHECK(body_of(server.requests()[0]) == body);  // as a bool: not to be printed
}

TEST_CASE("every method is sent with and without a body, and its connection is kept",
          "[curl_transport]") {
  struct Case {
    std::string method;
    std::string body;
    Values lengths;
  };
  const Case cases[] = {
      {"GET", "", {}},    {"GET", "{}", {"2"}},    {"POST", "", {"0"}},  {"POST", "{}", {"2"}},
      {"PUT", "", {"0"}}, {"PUT", "{}", {"2"}},    {"PATCH", "", {"0"}}, {"PATCH", "{}", {"2"}},
      {"DELETE", "", {}}, {"DELETE", "{}", {"2"}},
  };
  const bool is_in_a_source = GENERATE(false, true);
  for (const Case& sent : cases) {
    INFO(sent.method << " \"" << sent.body << "\"" << (is_in_a_source ? " from a source" : ""));
    LoopbackServer server(answer_each(answer("ok")));
    const auto transport = curl_transport({});
    http::Exchange exchange{.method = sent.method, .url = server.url() + "/v1/files/1"};
    if (is_in_a_source)
      exchange.source = source_of(sent.body);
    else
      exchange.body = sent.body;
    REQUIRE(was_answered(perform(*transport, exchange), "ok"));
    const std::size_t connections = server.connections();
    CHECK(was_answered(perform(*transport, get(server.url())), "ok"));
    CHECK(server.connections() == connections);

    const std::string request = server.requests().at(0);
    INFO(request);
    CHECK(request.starts_with(sent.method + " /v1/files/1 HTTP/1.1\r\n"));
    CHECK(body_of(request) == sent.body);
    CHECK(header_values(request, "Content-Length") == sent.lengths);
    for (const char* absent : {"Expect", "Transfer-Encoding", "Content-Type"}) {
      INFO(absent);
      CHECK(header_values(request, absent).empty());
    }
    CHECK(server.requests().at(1).starts_with("GET /v1/models HTTP/1.1\r\n"));
    CHECK(body_of(server.requests().at(1)).empty());
  }
}

TEST_CASE("nothing of an exchange is left in the next one", "[curl_transport]") {
  LoopbackServer server(answer_each(answer("ok")));
  const auto transport = curl_transport({});
  http::Exchange other = post(server.url(), "{}");
  other.headers = {{"Content-Type", "text/plain"}, {"Authorization", "Bearer key-2"}};
  for (const http::Exchange& exchange :
       {post(server.url()), get(server.url()), other, get(server.url()), post(server.url())})
    REQUIRE(was_answered(perform(*transport, exchange), "ok"));

  CHECK(server.connections() == 1);
  const std::vector<std::string> requests = server.requests();
  for (const std::size_t i : {1U, 3U}) {
    INFO(requests.at(i));
    CHECK(requests[i].starts_with("GET /v1/models HTTP/1.1\r\n"));
    for (const char* absent : {"Content-Length", "Content-Type", "Authorization"})
      CHECK(header_values(requests[i], absent).empty());
    CHECK(body_of(requests[i]).empty());
  }
  CHECK(header_values(requests.at(2), "Authorization") == Values{"Bearer key-2"});
  CHECK(header_values(requests.at(2), "Content-Type") == Values{"text/plain"});
  CHECK(body_of(requests.at(2)) == "{}");
  CHECK(requests.at(4) == requests.at(0));
}

// ---- the answer

TEST_CASE("an answer reaches its listener once, whatever its form", "[curl_transport]") {
  const std::string text(40'000, 't');
  struct Case {
    const char* what;
    std::string bytes;
    int status;
    std::string body;
  };
  const Case cases[] = {
      {"of known length", answer(text), 200, text},
      {"in chunks", chunked_head() + chunk(text) + chunk("end") + chunk(""), 200, text + "end"},
      {"in chunks, with trailers", chunked_head() + chunk("a") + "0\r\nX-Checksum: 1\r\n\r\n", 200,
       "a"},
      {"until the server closes", "HTTP/1.1 200 OK\r\n\r\n" + text, 200, text},
      {"of the old protocol", "HTTP/1.0 200 OK\r\n\r\nold", 200, "old"},
      {"without a body", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""},
      {"after interim heads",
       "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX-Interim: 1\r\n\r\n" +
           answer("late"),
       200, "late"},
      {"with a header that looks like a status",
       "HTTP/1.1 200 OK\r\nHTTP/1.1 503: x\r\nHTTP/x y: 1\r\nContent-Length: 2\r\n\r\nok", 200,
       "ok"},
      {"a refusal", answer("no", "429 Too Many Requests"), 429, "no"},
      {"a server's failure", answer("oops", "503 Service Unavailable"), 503, "oops"},
  };
  for (const Case& expected : cases) {
    INFO(expected.what);
    LoopbackServer server([&](Connection& connection) {
      connection.read_request();
      connection.send(expected.bytes);
    });
    const Exchanged outcome = perform(*curl_transport({}), post(server.url()));
    CHECK(was_answered(outcome, expected.body, expected.status));
    REQUIRE(outcome.heads.size() == 1);
    CHECK(http::find_header(outcome.heads[0].headers, "X-Interim").empty());
    CHECK(server.requests().size() == 1);
  }
}

TEST_CASE("headers of an answer keep their order, their case and their repetitions",
          "[curl_transport]") {
  LoopbackServer server(
      answer_each(answer("", "200 OK", "X-B:  two words \r\nx-a:1\r\nX-B: again\r\nX-Empty:\r\n")));
  const Exchanged outcome = perform(*curl_transport({}), get(server.url()));
  REQUIRE(outcome.heads.size() == 1);
  CHECK(outcome.heads[0].headers == http::Headers{{"Content-Length", "0"},
                                                  {"X-B", "two words"},
                                                  {"x-a", "1"},
                                                  {"X-B", "again"},
                                                  {"X-Empty", ""}});
}

TEST_CASE("an answer that comes before the whole request was sent is heard", "[curl_transport]") {
  LoopbackServer server([](Connection& connection) {
    connection.read_head();
    connection.send(answer("too large", "413 Content Too Large", "Connection: close\r\n"));
    connection.hold();
  });
  const http::Exchange exchange = post(server.url(), std::string(32U << 20U, 'x'));
  CHECK(was_answered(perform(*curl_transport({}), exchange), "too large", 413));
  CHECK(server.connections() == 1);
}

TEST_CASE("a redirect is an answer like any other and is not followed", "[curl_transport]") {
  const char* status = GENERATE("301 Moved Permanently", "302 Found", "303 See Other",
                                "307 Temporary Redirect", "308 Permanent Redirect");
  LoopbackServer other(answer_each(answer("stolen")));
  LoopbackServer server(
      answer_each(answer("elsewhere", status, "Location: " + other.url() + "/v1\r\n")));
  const Exchanged outcome = perform(*curl_transport({}), post(server.url()));
  CHECK(was_answered(outcome, "elsewhere", std::stoi(status)));
  CHECK(server.requests().size() == 1);
  CHECK(other.connections() == 0);
}

// ---- what fails

TEST_CASE("a failure says what it was, how far it got, and whether the server may have the request",
          "[curl_transport]") {
  constexpr milliseconds soon{150};
  const auto never = [](Connection& connection) {
    connection.read_request();
    connection.hold();
  };
  const auto sends = [](std::string bytes) {
    return [bytes = std::move(bytes)](Connection& connection) {
      connection.read_request();
      connection.send(bytes);
    };
  };
  const auto stalls_after = [](std::string bytes) {
    return [bytes = std::move(bytes)](Connection& connection) {
      connection.read_request();
      connection.send(bytes);
      connection.hold();
    };
  };
  const auto floods_after = [](std::string bytes, std::string flood) {
    return [bytes = std::move(bytes), flood = std::move(flood)](Connection& connection) {
      connection.read_request();
      connection.send(bytes);
      connection.send_for_ever(flood);
    };
  };
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";
  struct Case {
    const char* what;
    LoopbackServer::Script script;
    http::Exchange limits;
    Kind kind;
    Phase phase;
  };
  const Case cases[] = {
      {"no answer", never, {.first_byte_timeout = soon}, Kind::timed_out, Phase::waiting},
      {"no answer at all", never, {.total_timeout = soon}, Kind::timed_out, Phase::waiting},
      {"half a head",
       stalls_after("HTTP/1.1 200 OK\r\nX-"),
       {.first_byte_timeout = soon},
       Kind::timed_out,
       Phase::waiting},
      {"an interim head",
       stalls_after("HTTP/1.1 100 Continue\r\n\r\n"),
       {.first_byte_timeout = soon},
       Kind::timed_out,
       Phase::waiting},
      {"a head and no body",
       stalls_after(head),
       {.idle_timeout = soon},
       Kind::timed_out,
       Phase::receiving},
      {"a body that stalls",
       stalls_after(head + "some"),
       {.idle_timeout = soon},
       Kind::timed_out,
       Phase::receiving},
      {"a body that never ends",
       floods_after(chunked_head(), chunk("and more")),
       {.idle_timeout = soon, .total_timeout = 3 * soon},
       Kind::timed_out,
       Phase::receiving},
      {"closed unanswered",
       [](Connection& connection) { connection.read_request(); },
       {},
       Kind::network,
       Phase::waiting},
      {"reset unanswered",
       [](Connection& connection) {
         connection.read_request();
         connection.reset();
       },
       {},
       Kind::network,
       Phase::waiting},
      {"a short body", sends(head + "some"), {}, Kind::network, Phase::receiving},
      {"no last chunk", sends(chunked_head() + chunk("some")), {}, Kind::network, Phase::receiving},
      {"half a chunk", sends(chunked_head() + "64\r\nsome"), {}, Kind::network, Phase::receiving},
      {"a chunk of no size",
       sends(chunked_head() + "xyz\r\n"),
       {},
       Kind::network,
       Phase::receiving},
      {"half a head, closed", sends("HTTP/1.1 200 OK\r\nX-"), {}, Kind::network, Phase::waiting},
      {"not HTTP", sends("SSH-2.0-server\r\n"), {}, Kind::network, Phase::waiting},
      {"HTML without a head",
       sends("<html><body>Hello</body></html>"),
       {},
       Kind::network,
       Phase::waiting},
      {"zeros", sends(std::string(1'000, '\0')), {}, Kind::network, Phase::waiting},
      {"headers without end",
       floods_after("HTTP/1.1 200 OK\r\n", "X-Filler: " + std::string(1'000, 'x') + "\r\n"),
       {},
       Kind::network,
       Phase::waiting},
      {"a header without end",
       floods_after("HTTP/1.1 200 OK\r\nX-Filler: ", std::string(1'000, 'x')),
       {},
       Kind::network,
       Phase::waiting},
      {"interim heads without end",
       floods_after(
           "", "HTTP/1.1 103 Early Hints\r\nX-Filler: " + std::string(1'000, 'x') + "\r\n\r\n"),
       {},
       Kind::network,
       Phase::waiting},
  };
  const auto transport = curl_transport({});
  for (const Case& failing : cases)
    for (const char* method : {"POST", "GET"}) {
      INFO(method << ": " << failing.what);
      LoopbackServer server(failing.script);
      http::Exchange exchange = failing.limits;
      exchange.method = method;
      exchange.url = server.url() + "/";
      if (exchange.method == "POST") exchange.body = "{}";
      check_failure(perform(*transport, exchange), failing.kind, failing.phase, true);
      CHECK(server.wait_for_closed(1));
      CHECK(server.connections() == 1);
    }
}

TEST_CASE("a request that cannot have reached the server says so", "[curl_transport]") {
  const FullPort full_port;
  const std::string long_label(64, 'a');  // longer than a label can be: no name server is asked
  struct Case {
    const char* what;
    std::string url;
    Kind kind;
    Phase phase;
  };
  const Case cases[] = {
      {"a port that refuses", refusing_url(), Kind::network, Phase::connecting},
      {"a host without an address", "http://" + long_label + ".invalid", Kind::network,
       Phase::resolving},
      {"a port that says nothing", full_port.url(), Kind::timed_out, Phase::connecting},
      {"a file", "file:///etc/passwd", Kind::network, Phase::resolving},
      {"another protocol", "ftp://127.0.0.1/x", Kind::network, Phase::resolving},
      {"no URL", "http://", Kind::network, Phase::resolving},
  };
  const auto transport = curl_transport({});
  for (const Case& failing : cases) {
    INFO(failing.what);
    http::Exchange exchange = post(failing.url);
    exchange.connect_timeout = milliseconds(200);
    const Exchanged outcome = perform(*transport, exchange);
    check_failure(outcome, failing.kind, failing.phase, false);
    CHECK(outcome.heads.empty());
    CHECK(outcome.body.empty());
  }
}

TEST_CASE("a source does not shorten the time to connect", "[curl_transport]") {
  const FullPort full_port;
  http::Exchange exchange = post(full_port.url());
  exchange.source = source_of("{}");
  exchange.idle_timeout = exchange.first_byte_timeout = milliseconds(50);
  exchange.connect_timeout = milliseconds(200);
  const auto start = std::chrono::steady_clock::now();
  check_failure(perform(*curl_transport({}), exchange), Kind::timed_out, Phase::connecting, false);
  CHECK(std::chrono::steady_clock::now() - start >= exchange.connect_timeout);
}

TEST_CASE("a body without a final head is not an answer", "[curl_transport]") {
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 101 Switching Protocols\r\n\r\n" + std::string(2'000'000, 'x'));
  });
  const Exchanged outcome = perform(*curl_transport({}), post(server.url()));
  check_failure(outcome, Kind::network, Phase::waiting, true);
  CHECK(outcome.failure->message == "the answer has no whole head");
  CHECK(outcome.body.empty());
}

TEST_CASE("a limit of time less than nothing is none", "[curl_transport]") {
  LoopbackServer server(answer_each(answer("ok")));
  http::Exchange exchange = post(server.url());
  for (std::chrono::milliseconds* limit : {&exchange.connect_timeout, &exchange.first_byte_timeout,
                                           &exchange.idle_timeout, &exchange.total_timeout})
    *limit = std::chrono::milliseconds::min();
  CHECK(was_answered(perform(*curl_transport({}), exchange), "ok"));
}

TEST_CASE("a server that closes before it reads is a network failure", "[curl_transport]") {
  LoopbackServer server([](Connection&) {});
  const Exchanged outcome = perform(*curl_transport({}), post(server.url()));
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->kind == Kind::network);
  CHECK(outcome.failure->phase >= Phase::sending);  // how far it got is a race
  CHECK(server.connections() == 1);
}

TEST_CASE("a request that stalls on its way out is still being sent", "[curl_transport]") {
  LoopbackServer server([](Connection& connection) {
    connection.read_head();
    connection.wait_for_requests(2);  // which do not come
  });
  http::Exchange exchange = post(server.url(), std::string(64U << 20U, 'x'));
  exchange.first_byte_timeout = milliseconds(300);
  check_failure(perform(*curl_transport({}), exchange), Kind::timed_out, Phase::sending, true);
}

TEST_CASE("a reset in the middle of a body keeps what arrived before", "[curl_transport]") {
  std::promise<void> arrived;
  LoopbackServer server([&](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome");
    arrived.get_future().wait_for(std::chrono::seconds(30));
    connection.reset();
  });
  const Exchanged outcome =
      perform(*curl_transport({}), post(server.url()), [&](const Exchanged& so_far) {
        if (so_far.body == "some") arrived.set_value();
        return Flow::go_on;
      });
  check_failure(outcome, Kind::network, Phase::receiving, true);
  CHECK(outcome.body == "some");
}

TEST_CASE("a time-out on a connection that was used before has its own phase", "[curl_transport]") {
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    connection.send(answer("ok"));
    connection.read_request();
    connection.hold();
  });
  const auto transport = curl_transport({});
  REQUIRE(was_answered(perform(*transport, post(server.url())), "ok"));
  http::Exchange exchange = post(server.url());
  exchange.first_byte_timeout = milliseconds(150);
  check_failure(perform(*transport, exchange), Kind::timed_out, Phase::waiting, true);
  CHECK(server.connections() == 1);
}

// ---- connections

TEST_CASE("a request on a used connection that is closed unanswered is not sent again",
          "[curl_transport]") {
  const std::string body = GENERATE(std::string("{}"), std::string(1U << 20U, 'x'));
  const std::string method = GENERATE("POST", "PUT", "PATCH", "DELETE");
  const bool is_in_a_source = GENERATE(false, true);
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    connection.send(answer("ok"));
    if (connection.number() == 0) connection.read_request();
  });
  const auto transport = curl_transport({});
  REQUIRE(was_answered(perform(*transport, post(server.url(), "first")), "ok"));
  http::Exchange exchange = post(server.url(), body);
  exchange.method = method;
  if (is_in_a_source) exchange.source = source_of(std::exchange(exchange.body, {}));
  check_failure(perform(*transport, exchange), Kind::network, Phase::waiting, true);

  // libcurl may have opened a connection for the request that it then did not repeat; this call
  // comes after it.
  REQUIRE(was_answered(perform(*transport, get(server.url())), "ok"));
  REQUIRE(server.wait_for_closed(server.connections()));
  const std::vector<std::string> requests = server.requests();
  REQUIRE(requests.size() == 3);
  CHECK(body_of(requests[1]) == body);
  CHECK(requests[2].starts_with("GET "));
}

TEST_CASE("without a body, all but a GET take a new connection, on which nothing is sent again",
          "[curl_transport]") {
  http::Exchange exchange;
  exchange.method = GENERATE("POST", "PUT", "PATCH", "DELETE");
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    if (connection.number() > 0) return;
    connection.send(answer("ok"));
    connection.read_request();
  });
  const auto transport = curl_transport({});
  REQUIRE(was_answered(perform(*transport, post(server.url(), "first")), "ok"));
  exchange.url = server.url();
  check_failure(perform(*transport, exchange), Kind::network, Phase::waiting, true);
  CHECK(server.requests().size() == 2);
  CHECK(server.connections() == 2);
}

TEST_CASE("a connection that the server closed meanwhile is replaced by a new one",
          "[curl_transport]") {
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    connection.send(answer("ok"));
  });
  const auto transport = curl_transport({});
  for (std::size_t call = 1; call <= 3; ++call) {
    CHECK(was_answered(perform(*transport, post(server.url())), "ok"));
    REQUIRE(server.wait_for_closed(call));
  }
  CHECK(server.requests().size() == 3);
}

TEST_CASE("calls one after another take one connection", "[curl_transport]") {
  struct Case {
    const char* what;
    std::string bytes;
    std::size_t connections;
  };
  constexpr std::size_t calls = 5;
  const Case cases[] = {
      {"answers of known length", answer("ok"), 1},
      {"answers in chunks", chunked_head() + chunk("ok") + chunk(""), 1},
      {"refusals", answer("no such model", "404 Not Found"), 1},
      {"refusals of the key", answer("", "401 Unauthorized", "WWW-Authenticate: Bearer\r\n"), 1},
      {"a server that wants to close", answer("ok", "200 OK", "Connection: close\r\n"), calls},
  };
  for (const Case& expected : cases) {
    INFO(expected.what);
    LoopbackServer server(answer_each(expected.bytes));
    const auto transport = curl_transport({});
    for (std::size_t call = 0; call < calls; ++call)
      CHECK_FALSE(perform(*transport, post(server.url())).failure);
    CHECK(server.requests().size() == calls);
    CHECK(server.connections() == expected.connections);
  }
}

TEST_CASE("threads that take turns take one connection", "[curl_transport]") {
  LoopbackServer server(answer_each(answer("ok")));
  const auto transport = curl_transport({});
  for (int turn = 0; turn < 6; ++turn) {
    bool answered = false;
    std::thread([&] {
      answered = was_answered(perform(*transport, post(server.url())), "ok");
    }).join();
    CHECK(answered);
  }
  CHECK(server.requests().size() == 6);
  CHECK(server.connections() == 1);
}

TEST_CASE("calls at the same time have a connection each, and keep it", "[curl_transport]") {
  LoopbackServer server([](Connection& connection) {
    while (!connection.read_request().empty()) {
      connection.wait_for_requests(2);
      connection.send(answer(std::to_string(connection.number())));
    }
  });
  const auto transport = curl_transport({});
  std::array<Exchanged, 2> outcome;
  {
    std::array<std::jthread, 2> threads;
    for (std::size_t i = 0; i < threads.size(); ++i)
      threads[i] = std::jthread([&, i] { outcome[i] = perform(*transport, post(server.url())); });
  }
  CHECK_FALSE(outcome[0].failure);
  CHECK_FALSE(outcome[1].failure);
  CHECK(outcome[0].body != outcome[1].body);
  CHECK(server.connections() == 2);
  for (int call = 0; call < 3; ++call) CHECK_FALSE(perform(*transport, post(server.url())).failure);
  CHECK(server.connections() == 2);
}

TEST_CASE("bytes that nobody asked for are not the answer to the next call", "[curl_transport]") {
  LoopbackServer server([](Connection& connection) {
    const std::string name = std::to_string(connection.number());
    while (!connection.read_request().empty())
      connection.send(answer("good " + name) + answer("stray " + name));
  });
  const auto transport = curl_transport({});
  CHECK(was_answered(perform(*transport, post(server.url())), "good 0"));
  CHECK(was_answered(perform(*transport, post(server.url())), "good 1"));
}

TEST_CASE("plain http to this machine goes through no proxy", "[curl_transport]") {
  LoopbackServer proxy(answer_each(answer("from the proxy")));
  LoopbackServer server(answer_each(answer("ok")));
  for (const char* variable : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}) {
    INFO(variable);
    const FineTuning::test::Environment environment({{variable, proxy.url()}});
    CHECK(was_answered(perform(*curl_transport({}), post(server.url())), "ok"));
  }
  CHECK(was_answered(perform(*curl_transport({.proxy = proxy.url()}), post(server.url())), "ok"));
  CHECK(proxy.connections() == 0);
}

TEST_CASE("plain http to another machine goes through a proxy", "[curl_transport]") {
  LoopbackServer proxy(answer_each(answer("from the proxy")));
  const std::string url = "http://model.example:8080";  // nobody but the proxy looks it up
  CHECK(
      was_answered(perform(*curl_transport({.proxy = proxy.url()}), post(url)), "from the proxy"));
  const FineTuning::test::Environment environment({{"http_proxy", proxy.url()}});
  CHECK(was_answered(perform(*curl_transport({}), post(url)), "from the proxy"));
  REQUIRE(proxy.requests().size() == 2);
  CHECK(proxy.requests()[0].starts_with("POST " + url + "/v1/chat/completions HTTP/1.1"));
}

TEST_CASE("what a proxy's setting holds is in no message", "[curl_transport]") {
  for (const char* proxy : {"http://user:proxy-password@proxy.example:31 28",
                            "odd://user:proxy-password@proxy.example"}) {
    const Exchanged outcome =
        perform(*curl_transport({.proxy = proxy}), get("https://host.example"));
    REQUIRE(outcome.failure);
    INFO(outcome.failure->message);
    CHECK(outcome.failure->message.find("password") == std::string::npos);
  }
}

TEST_CASE("a connection that was idle for long is not used again", "[curl_transport]") {
  // At an age of 0 seconds each is too old at once.
  LoopbackServer server(answer_each(answer("ok")));
  const auto transport = curl_transport({.idle_connection_age = std::chrono::seconds(0)});
  for (int call = 0; call < 3; ++call)
    CHECK(was_answered(perform(*transport, post(server.url())), "ok"));
  CHECK(server.connections() == 3);
}

TEST_CASE("connections that a peak of calls has left are closed when they are cold",
          "[curl_transport]") {
  constexpr std::size_t peak = 8;
  std::latch all_sent(peak);
  LoopbackServer server([&](Connection& connection) {
    connection.read_request();
    if (connection.number() < peak) all_sent.arrive_and_wait();
    connection.send(answer("ok"));
    connection.hold();
  });
  const auto transport = curl_transport({.idle_connection_age = std::chrono::seconds(0)});
  std::vector<std::jthread> callers(peak);
  for (std::jthread& caller : callers)
    caller = std::jthread([&] { perform(*transport, post(server.url())); });
  callers.clear();
  perform(*transport, post(server.url()));
  CHECK(server.wait_for_closed(peak));
}

TEST_CASE("another method is not sent", "[curl_transport]") {
  LoopbackServer server(answer_each(answer("ok")));
  http::Exchange exchange = post(server.url());
  for (const char* method : {"HEAD", "OPTIONS", "CONNECT", "TRACE", "get", "GET /", ""}) {
    INFO(method);
    exchange.method = method;
    const Exchanged outcome = perform(*curl_transport({}), exchange);
    check_failure(outcome, Kind::request, Phase::resolving, false);
    CHECK(outcome.failure->message == "only GET, POST, PUT, PATCH and DELETE can be sent");
  }
  CHECK(server.connections() == 0);
}

// ---- listeners that have enough

TEST_CASE("a finished listener does not wait for a server that leaves the answer open",
          "[curl_transport]") {
  // Were the rest awaited for ever, this test would not end: nothing else limits the exchange.
  const std::string begin = chunked_head() + chunk("data: [DONE]\n\n");
  const auto finished = [](const Exchanged& outcome) {
    return outcome.body.find("[DONE]") == std::string::npos ? Flow::go_on : Flow::finish;
  };
  SECTION("and silent") {
    LoopbackServer server([&](Connection& connection) {
      connection.read_request();
      connection.send(begin);
      connection.hold();
    });
    const Exchanged outcome = perform(*curl_transport({}), post(server.url()), finished);
    CHECK_FALSE(outcome.failure);
    CHECK(outcome.body == "data: [DONE]\n\n");
    CHECK(server.wait_for_closed(1));
  }
  SECTION("and goes on sending") {
    LoopbackServer server([&](Connection& connection) {
      connection.read_request();
      connection.send(begin);
      connection.send_for_ever(chunk(": ping\n\n"));
    });
    CHECK_FALSE(perform(*curl_transport({}), post(server.url()), finished).failure);
    CHECK(server.wait_for_closed(1));
  }
  SECTION("and then breaks off") {
    LoopbackServer server([&](Connection& connection) {
      connection.read_request();
      connection.send(begin);
    });
    CHECK_FALSE(perform(*curl_transport({}), post(server.url()), finished).failure);
  }
}

TEST_CASE("a finished listener whose answer ends keeps its connection", "[curl_transport]") {
  LoopbackServer server(answer_each(chunked_head() + chunk("[DONE]") + chunk("")));
  const auto transport = curl_transport({});
  for (int call = 0; call < 3; ++call)
    CHECK_FALSE(perform(*transport, post(server.url()), [](const Exchanged&) {
                  return Flow::finish;
                }).failure);
  CHECK(server.connections() == 1);
}

TEST_CASE("a listener that stops ends the exchange and its connection at once",
          "[curl_transport]") {
  const std::size_t bytes_wanted = GENERATE(0U, 1U);  // 0: it stops at the head
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    connection.send(chunked_head() + chunk("some"));
    connection.hold();
  });
  const auto transport = curl_transport({});
  const auto enough = [&](const Exchanged& outcome) {
    return outcome.body.size() >= bytes_wanted ? Flow::stop : Flow::go_on;
  };
  for (std::size_t call = 1; call <= 2; ++call) {
    check_failure(perform(*transport, post(server.url()), enough), Kind::stopped, Phase::receiving,
                  true);
    CHECK(server.wait_for_closed(call));
  }
}

// ---- the caller stops

TEST_CASE("a stop request ends an exchange that waits for the first byte", "[curl_transport]") {
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    connection.hold();
  });
  std::stop_source stop;
  const std::jthread stopper([&] {
    static_cast<void>(server.wait_for_requests(1));
    stop.request_stop();
  });
  const auto transport = curl_transport({});
  check_failure(perform(*transport, post(server.url()), {}, stop.get_token()), Kind::stopped,
                Phase::waiting, true);
  CHECK(server.wait_for_closed(1));
}

TEST_CASE("a stop request ends an exchange in the middle of its answer", "[curl_transport]") {
  LoopbackServer server([](Connection& connection) {
    connection.read_request();
    connection.send(chunked_head() + chunk("some"));
    connection.hold();
  });
  std::stop_source stop;
  std::promise<void> arrived;
  const std::jthread stopper([&] {
    arrived.get_future().wait();
    stop.request_stop();
  });
  const Exchanged outcome = perform(
      *curl_transport({}), post(server.url()),
      [&](const Exchanged& so_far) {
        if (so_far.body == "some") arrived.set_value();
        return Flow::go_on;
      },
      stop.get_token());
  check_failure(outcome, Kind::stopped, Phase::receiving, true);
  CHECK(server.wait_for_closed(1));
}

TEST_CASE("a stop request ends an exchange that connects", "[curl_transport]") {
  const FullPort full_port;
  std::stop_source stop;
  const std::jthread stopper([&] { stop.request_stop(); });
  const Exchanged outcome =
      perform(*curl_transport({}), post(full_port.url()), {}, stop.get_token());
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->kind == Kind::stopped);
  CHECK(outcome.failure->phase <= Phase::connecting);  // how far it got is a race
  CHECK_FALSE(outcome.failure->may_have_reached_server);
}

TEST_CASE("an exchange that was stopped before it began sends nothing", "[curl_transport]") {
  LoopbackServer server(answer_each(answer("ok")));
  const auto transport = curl_transport({});
  REQUIRE(was_answered(perform(*transport, post(server.url())), "ok"));
  std::stop_source stop;
  stop.request_stop();
  const Exchanged outcome = perform(*transport, post(server.url()), {}, stop.get_token());
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->kind == Kind::stopped);
  CHECK_FALSE(outcome.failure->may_have_reached_server);
  CHECK(was_answered(perform(*transport, post(server.url())), "ok"));
  CHECK(server.requests().size() == 2);
}

TEST_CASE("a stop request that comes too late changes nothing", "[curl_transport]") {
  LoopbackServer server(answer_each(answer("ok")));
  const auto transport = curl_transport({});
  std::stop_source stop;
  REQUIRE(was_answered(perform(*transport, post(server.url()), {}, stop.get_token()), "ok"));
  stop.request_stop();
  CHECK(was_answered(perform(*transport, post(server.url())), "ok"));
}
