// TLS: no key leaves before the server has proved who it is.

#include "http/curl_transport.hpp"
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/exchange.hpp"
#include "support/loopback_server.hpp"

#include <FineTuning/chat.hpp>

#include <openssl/ssl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace http = FineTuning::http;
using FineTuning::Chat;
using FineTuning::ChatOptions;
using FineTuning::ErrorKind;
using FineTuning::internal::curl_transport;
using FineTuning::internal::CurlSettings;
using FineTuning::test::answer;
using FineTuning::test::answer_each;
using FineTuning::test::body_of;
using FineTuning::test::Identity;
using FineTuning::test::issue;
using FineTuning::test::long_source;
using FineTuning::test::LoopbackServer;
using FineTuning::test::make_authority;
using FineTuning::test::self_signed;
using FineTuning::test::source_of;
using FineTuning::test::to_pem;
using FineTuning::test::Wire;
using http::Failure;
using http::Phase;
using std::chrono::hours;
using std::chrono::milliseconds;
using Connection = LoopbackServer::Connection;
using Kind = Failure::Kind;

namespace {

const std::string completion =
    R"({"choices":[{"index":0,"message":{"role":"assistant","content":"Yes."}}]})";

using Session = std::unique_ptr<SSL, Identity::Free<SSL_free>>;

class TlsWire final : public Wire {
 public:
  explicit TlsWire(Session session) : session_(std::move(session)) {}

  std::size_t read(char* buffer, std::size_t size) override {
    std::size_t count = 0;
    return SSL_read_ex(session_.get(), buffer, size, &count) == 1 ? count : 0;
  }
  bool write(std::string_view bytes) override {
    std::size_t count = 0;
    return SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &count) == 1;
  }

 private:
  Session session_;
};

/// What a server needs to accept TLS.
class TlsSide {
 public:
  explicit TlsSide(const Identity& identity, std::string_view protocol = "http/1.1")
      : context_(SSL_CTX_new(TLS_server_method())), protocol_(protocol) {
    REQUIRE(SSL_CTX_use_certificate(context_.get(), identity.certificate.get()) == 1);
    REQUIRE(SSL_CTX_use_PrivateKey(context_.get(), identity.key.get()) == 1);
    SSL_CTX_set_alpn_select_cb(context_.get(), choose_protocol, this);
  }
  TlsSide(const TlsSide&) = delete;
  TlsSide& operator=(const TlsSide&) = delete;
  ~TlsSide() = default;

  LoopbackServer::MakeWire accept() const {
    return [this](int socket) -> std::unique_ptr<Wire> {
      Session session(SSL_new(context_.get()));
      SSL_set_fd(session.get(), socket);
      if (SSL_accept(session.get()) != 1) return nullptr;
      return std::make_unique<TlsWire>(std::move(session));
    };
  }

  /// The protocols that the last client offered, each with its length before it. To be read when
  /// the server has answered.
  const std::string& offered() const { return offered_; }

 private:
  static int choose_protocol(SSL* /*session*/, const unsigned char** chosen, unsigned char* size,
                             const unsigned char* offered, unsigned offered_size, void* side) {
    auto& self = *static_cast<TlsSide*>(side);
    self.offered_.assign(offered, offered + offered_size);
    const bool is_offered = self.offered_.find(self.protocol_) != std::string::npos;
    const std::string_view protocol = is_offered ? std::string_view(self.protocol_) : "http/1.1";
    *chosen = reinterpret_cast<const unsigned char*>(protocol.data());
    *size = static_cast<unsigned char>(protocol.size());
    return SSL_TLSEXT_ERR_OK;
  }

  std::unique_ptr<SSL_CTX, Identity::Free<SSL_CTX_free>> context_;
  std::string protocol_;
  std::string offered_;
};

/// A CA file, for as long as this lives.
class CaFile {
 public:
  explicit CaFile(const Identity& authority) {
    const int file = ::mkstemp(path_.data());
    const std::string pem = to_pem(authority);
    REQUIRE(::write(file, pem.data(), pem.size()) == static_cast<ssize_t>(pem.size()));
    ::close(file);
  }
  CaFile(const CaFile&) = delete;
  CaFile& operator=(const CaFile&) = delete;
  ~CaFile() { ::unlink(path_.c_str()); }

  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/FineTuning-ca-XXXXXX";
};

struct Listener final : http::Listener {
  http::Flow on_head(const http::Head& head) noexcept override {
    status = head.status;
    return http::Flow::go_on;
  }
  http::Flow on_body(std::string_view piece) noexcept override {
    body += piece;
    return opinion;
  }
  http::Flow opinion = http::Flow::go_on;
  int status = 0;
  std::string body;
};

http::Exchange post(const std::string& url) {
  return {.url = url + "/v1", .headers = {{"Authorization", "Bearer key-1"}}, .body = "{}"};
}

/// Why the exchange failed, and that the listener heard nothing.
Failure failure_of(const CurlSettings& settings, const http::Exchange& exchange,
                   const std::stop_token& stop = {}) {
  Listener listener;
  const auto outcome = curl_transport(settings)->perform(exchange, listener, stop);
  REQUIRE_FALSE(outcome);
  CHECK(listener.status == 0);
  return outcome.error();
}

}  // namespace

TEST_CASE("a server that cannot prove who it is gets no key", "[tls]") {
  const Identity authority = make_authority();
  const Identity stranger = make_authority("Somebody else");
  const CaFile ca_file(authority);
  struct Case {
    const char* what;
    Identity identity;
  };
  Case cases[] = {
      {"signed by itself", self_signed()},
      {"of an authority that nobody named", issue(stranger)},
      {"expired", issue(authority, {.begins = hours(-48), .ends = hours(-24)})},
      {"not yet valid", issue(authority, {.begins = hours(24), .ends = hours(48)})},
      {"of another host", issue(authority, {.names = "DNS:elsewhere.example"})},
      {"of another address", issue(authority, {.names = "IP:127.0.0.2"})},
  };
  for (const Case& refused : cases) {
    INFO(refused.what);
    const TlsSide tls(refused.identity);
    LoopbackServer server(answer_each(answer(completion)), tls.accept());

    const Failure failure = failure_of({.ca_file = ca_file.path()}, post(server.url("https")));
    INFO(failure.message);
    CHECK(failure.kind == Kind::tls);
    CHECK(failure.phase == Phase::tls);
    CHECK_FALSE(failure.may_have_reached_server);

    ChatOptions options{.ca_file = ca_file.path()};
    options.accounts["local"] = {.api_key = "key-1", .base_url = server.url("https")};
    const auto response = Chat(options).send("local:m", "Hi");
    REQUIRE_FALSE(response);
    INFO(response.error().message);
    CHECK(response.error().kind == ErrorKind::tls);
    CHECK_FALSE(response.error().outcome_unknown);
    CHECK(response.error().attempts == 1);
    CHECK(response.error().message.ends_with('.'));

    CHECK(server.wait_for_closed(2));
    CHECK(server.requests().empty());
  }
}

TEST_CASE("a server with a forged certificate gets no key", "[tls]") {
  const Identity authority = make_authority();
  const CaFile ca_file(authority);
  const TlsSide tls(issue(make_authority()));  // of the same name, with another key
  LoopbackServer server(answer_each(answer("ok")), tls.accept());
  const Failure failure = failure_of({.ca_file = ca_file.path()}, post(server.url("https")));
  CHECK(failure.phase == Phase::tls);
  CHECK_FALSE(failure.may_have_reached_server);
  CHECK(server.wait_for_closed(1));
  CHECK(server.requests().empty());
}

TEST_CASE("the system's authorities do not vouch for a test's", "[tls]") {
  const TlsSide tls(issue(make_authority()));
  LoopbackServer server(answer_each(answer("ok")), tls.accept());
  CHECK(failure_of({}, post(server.url("https"))).kind == Kind::tls);
  CHECK(server.wait_for_closed(1));
  CHECK(server.requests().empty());
}

TEST_CASE("a server whose authority is in the CA file is asked, on one connection", "[tls]") {
  const Identity authority = make_authority();
  const CaFile ca_file(authority);
  const TlsSide tls(issue(authority));
  LoopbackServer server(answer_each(answer(completion)), tls.accept());
  std::string url = server.url("https");
  SECTION("by its address") {}
  SECTION("by its name") { url.replace(url.find("127.0.0.1"), 9, "localhost"); }
  ChatOptions options{.ca_file = ca_file.path()};
  options.accounts["local"].base_url = url;
  const Chat chat(options);
  for (int call = 0; call < 3; ++call) {
    const auto response = chat.send("local:m", "Hi");
    REQUIRE(response);
    CHECK(response->content == "Yes.");
  }
  CHECK(server.requests().size() == 3);
  CHECK(server.connections() == 1);
}

TEST_CASE("a CA file that is not there is a failure and no way round it", "[tls]") {
  const TlsSide tls(issue(make_authority()));
  LoopbackServer server(answer_each(answer("ok")), tls.accept());
  const Failure failure =
      failure_of({.ca_file = "/tmp/FineTuning-no-such-file"}, post(server.url("https")));
  CHECK(failure.kind == Kind::tls);
  CHECK(failure.message == "the file of certificate authorities cannot be read");
  CHECK_FALSE(failure.may_have_reached_server);
}

TEST_CASE("HTTP/2 is offered to a server that speaks TLS", "[tls]") {
  const Identity authority = make_authority();
  const CaFile ca_file(authority);
  const TlsSide tls(issue(authority));
  LoopbackServer server(answer_each(answer("ok")), tls.accept());
  Listener listener;
  REQUIRE(curl_transport({.ca_file = ca_file.path()})
              ->perform(post(server.url("https")), listener, {}));
  CHECK(listener.body == "ok");
  CHECK(tls.offered() == "\2h2\10http/1.1");
}

TEST_CASE("over HTTP/2 as well, a server hears at once that nobody waits for the rest", "[tls]") {
  using namespace std::string_view_literals;
  // Frames: SETTINGS, the ACK of the client's, HEADERS with ":status: 200", DATA that is not the
  // end.
  constexpr std::string_view begun =
      "\0\0\0\4\0\0\0\0\0"
      "\0\0\0\4\1\0\0\0\0"
      "\0\0\1\1\4\0\0\0\1\x88"
      "\0\0\4\0\0\0\0\0\1some"sv;
  const Identity authority = make_authority();
  const CaFile ca_file(authority);
  const TlsSide tls(issue(authority), "h2");
  LoopbackServer server(
      [begun](Connection& connection) {
        connection.send(begun);
        connection.hold();
      },
      tls.accept());
  const auto transport = curl_transport({.ca_file = ca_file.path()});
  Listener listener;
  listener.opinion = http::Flow::stop;
  const auto outcome = transport->perform(post(server.url("https")), listener, {});
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == Kind::stopped);
  CHECK(listener.body == "some");
  CHECK(server.wait_for_closed(1));  // while the transport is there
}

TEST_CASE("a server that wants HTTP/1.1 after all does not get the request again by itself",
          "[tls]") {
  using namespace std::string_view_literals;
  // Frames: SETTINGS, the ACK of the client's; RST_STREAM with HTTP_1_1_REQUIRED.
  constexpr std::string_view settings = "\0\0\0\4\0\0\0\0\0\0\0\0\4\1\0\0\0\0"sv;
  constexpr std::string_view wants_http_1 = "\0\0\4\3\0\0\0\0\1\0\0\0\x0D"sv;
  const Identity authority = make_authority();
  const CaFile ca_file(authority);
  const TlsSide tls(issue(authority), "h2");
  LoopbackServer server(
      [&](Connection& connection) {
        if (connection.number() > 0) return connection.hold();
        connection.send(settings);
        // The two parts of the preface, and all up to the end of the body.
        for (int part = 0; part < 3; ++part) connection.read_head();
        connection.send(wants_http_1);
        connection.hold();
      },
      tls.accept());
  http::Exchange exchange = post(server.url("https"));
  exchange.body = "the body\r\n\r\n";
  const Failure failure = failure_of({.ca_file = ca_file.path()}, exchange);
  INFO(failure.message);
  CHECK(failure.kind == Kind::network);
  CHECK(failure.may_have_reached_server);
  CHECK(server.wait_for_closed(server.connections()));
  for (const std::string& request : server.requests()) CHECK_FALSE(request.starts_with("POST"));
}

TEST_CASE("over HTTP/2 as well, a source that ends early fails its request", "[tls]") {
  const Identity authority = make_authority();
  const CaFile ca_file(authority);
  const TlsSide tls(issue(authority), "h2");
  LoopbackServer server([](Connection& connection) { connection.hold(); }, tls.accept());
  http::Exchange exchange = post(server.url("https"));
  exchange.source = source_of("123456789", 10);
  const auto transport = curl_transport({.ca_file = ca_file.path()});
  Listener listener;
  const auto outcome = transport->perform(exchange, listener, {});
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind == Kind::request);
  CHECK(outcome.error().message == "the body ended before its last byte");
  CHECK(server.wait_for_closed(1));  // while the transport is there
}

TEST_CASE("a source is sent over TLS", "[tls]") {
  const Identity authority = make_authority();
  const CaFile ca_file(authority);
  const TlsSide tls(issue(authority));
  LoopbackServer server(answer_each(answer("ok")), tls.accept());
  http::Exchange exchange = post(server.url("https"));
  exchange.source = long_source(3U << 20U);
  Listener listener;
  REQUIRE(curl_transport({.ca_file = ca_file.path()})->perform(exchange, listener, {}));
  CHECK(body_of(server.requests().at(0)) == std::string(3U << 20U, 'x'));  // as a bool
}

TEST_CASE("a request on a used TLS connection that is closed unanswered is not sent again",
          "[tls]") {
  const Identity authority = make_authority();
  const CaFile ca_file(authority);
  const TlsSide tls(issue(authority));
  LoopbackServer server(
      [](Connection& connection) {
        connection.read_request();
        connection.send(answer("ok"));
        connection.read_request();
      },
      tls.accept());
  const auto transport = curl_transport({.ca_file = ca_file.path()});
  Listener first;
  REQUIRE(transport->perform(post(server.url("https")), first, {}));
  Listener second;
  const auto outcome = transport->perform(post(server.url("https")), second, {});
  REQUIRE_FALSE(outcome);
  INFO(outcome.error().message);
  CHECK(outcome.error().kind == Kind::network);
  CHECK(outcome.error().phase == Phase::waiting);
  CHECK(outcome.error().may_have_reached_server);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("a TLS connection that the server closed meanwhile is replaced by a new one", "[tls]") {
  const Identity authority = make_authority();
  const CaFile ca_file(authority);
  const TlsSide tls(issue(authority));
  LoopbackServer server(
      [](Connection& connection) {
        connection.read_request();
        connection.send(answer("ok"));
      },
      tls.accept());
  const auto transport = curl_transport({.ca_file = ca_file.path()});
  for (std::size_t call = 1; call <= 3; ++call) {
    Listener listener;
    CHECK(transport->perform(post(server.url("https")), listener, {}));
    CHECK(listener.body == "ok");
    REQUIRE(server.wait_for_closed(call));
  }
}

TEST_CASE("a server that does not speak TLS gets nothing of the request", "[tls]") {
  LoopbackServer server([](Connection& connection) { connection.hold(); });
  http::Exchange exchange = post(server.url("https"));
  SECTION("and is not waited for beyond the time to connect") {
    exchange.connect_timeout = milliseconds(150);
    const Failure failure = failure_of({}, exchange);
    CHECK(failure.kind == Kind::timed_out);
    CHECK(failure.phase == Phase::tls);
    CHECK_FALSE(failure.may_have_reached_server);
  }
  SECTION("and a stop request ends the wait") {
    std::stop_source stop;
    const std::jthread stopper([&] { stop.request_stop(); });
    const Failure failure = failure_of({}, exchange, stop.get_token());
    CHECK(failure.kind == Kind::stopped);
    CHECK_FALSE(failure.may_have_reached_server);
  }
}

TEST_CASE("a server that answers a TLS greeting with plain HTTP is a network failure", "[tls]") {
  LoopbackServer server([](Connection& connection) {
    connection.send(answer("This is plain HTTP.", "400 Bad Request"));
    connection.hold();
  });
  const Failure failure = failure_of({}, post(server.url("https")));
  CHECK(failure.kind == Kind::network);
  CHECK(failure.phase == Phase::tls);
  CHECK_FALSE(failure.may_have_reached_server);
}

TEST_CASE("a proxy is asked for a tunnel and does not see the key", "[tls]") {
  LoopbackServer proxy(answer_each(answer("", "403 Forbidden")));
  const Failure failure = failure_of({.proxy = proxy.url()}, post("https://api.example"));
  CHECK(failure.kind == Kind::network);
  CHECK_FALSE(failure.may_have_reached_server);
  REQUIRE(proxy.requests().size() == 1);
  const std::string request = proxy.requests()[0];
  CHECK(request.starts_with("CONNECT api.example:443 HTTP/1.1\r\n"));
  CHECK(request.find("key-1") == std::string::npos);
}
