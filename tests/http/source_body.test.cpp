// A body that is read piece by piece: what is sent of it and when, how long it may take, and what
// is made of a source that does not give what it announced.

#include "http/curl_transport.hpp"
#include "support/catch.hpp"
#include "support/exchange.hpp"
#include "support/loopback_server.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace http = FineTuning::http;
using FineTuning::internal::curl_transport;
using FineTuning::test::answer;
using FineTuning::test::answer_each;
using FineTuning::test::body_of;
using FineTuning::test::check_failure;
using FineTuning::test::Exchanged;
using FineTuning::test::get;
using FineTuning::test::header_values;
using FineTuning::test::long_source;
using FineTuning::test::LoopbackServer;
using FineTuning::test::perform;
using FineTuning::test::source_of;
using FineTuning::test::TestSource;
using FineTuning::test::was_answered;
using http::Phase;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
using Connection = LoopbackServer::Connection;
using Kind = http::Failure::Kind;

namespace {

constexpr std::uint64_t more_than_buffers_hold = 64U << 20U;

http::Exchange upload(const std::string& url, std::shared_ptr<http::BodySource> source) {
  return {.method = "PUT", .url = url + "/v1/files/1", .source = std::move(source)};
}

}  // namespace

// ---- what is sent

TEST_CASE("a source of any size arrives whole, in pieces, and is not rewound", "[source_body]") {
  const std::size_t size = GENERATE(1U, 65'536U, 65'537U, 524'288U, 524'289U, 5U << 20U);
  LoopbackServer server(answer_each(answer("ok")));
  std::string body(size, 'x');
  for (std::size_t i = 0; i < size; i += 97) body[i] = static_cast<char>('0' + i % 10);
  const auto source = source_of(body);
  REQUIRE(was_answered(perform(*curl_transport({}), upload(server.url(), source)), "ok"));
  CHECK(body_of(server.requests().at(0)) == body);  // as a bool: not to be printed
  CHECK(source->rewinds() == 0);
  CHECK(source->largest_buffer() <= 1U << 20U);
}

TEST_CASE("a source that was rewound is sent again whole", "[source_body]") {
  LoopbackServer server(answer_each(answer("later", "503 Service Unavailable")));
  const auto transport = curl_transport({});
  const auto source = source_of("the body");
  for (int attempt = 0; attempt < 3; ++attempt) {
    REQUIRE(source->rewind());
    CHECK(was_answered(perform(*transport, upload(server.url(), source)), "later", 503));
  }
  for (const std::string& request : server.requests()) CHECK(body_of(request) == "the body");
  CHECK(server.requests().size() == 3);
  CHECK(server.connections() == 1);
}

TEST_CASE("a source takes precedence over a text", "[source_body]") {
  LoopbackServer server(answer_each(answer("ok")));
  http::Exchange exchange = upload(server.url(), source_of("from the source"));
  exchange.body = "from the text";
  REQUIRE(was_answered(perform(*curl_transport({}), exchange), "ok"));
  CHECK(body_of(server.requests().at(0)) == "from the source");
}

TEST_CASE("the length of a body beyond 4 GB is sent whole", "[source_body]") {
  LoopbackServer server([](Connection& connection) {
    connection.read_head();
    connection.send(answer("too large", "413 Content Too Large", "Connection: close\r\n"));
    connection.hold();
  });
  constexpr std::uint64_t size = (5ULL << 30U) + 7;
  const Exchanged outcome = perform(*curl_transport({}), upload(server.url(), long_source(size)));
  CHECK(was_answered(outcome, "too large", 413));
  CHECK(header_values(server.requests().at(0), "Content-Length").at(0) == "5368709127");
}

// ---- sources that do not give what they announced

TEST_CASE("a source that does not give its body fails its request, and the connection closes",
          "[source_body]") {
  using Count = std::optional<std::size_t>;
  const auto text = [](std::string what, std::uint64_t announced) {
    return [what = std::move(what), announced] { return source_of(what, announced); };
  };
  const auto reading = [](std::uint64_t announced, TestSource::Read read) {
    return [=] {
      return std::make_shared<TestSource>(announced, [=](std::uint64_t at, std::span<char> buffer) {
        std::fill(buffer.begin(), buffer.end(), 'x');
        return read(at, buffer);
      });
    };
  };
  struct Case {
    const char* what;
    std::function<std::shared_ptr<http::BodySource>()> source;
    bool may_have_reached_server;
    std::string message;
  };
  const Case cases[] = {
      {"nothing", text("", 10), false, "the body ended before its last byte"},
      {"one byte too few", text("123456789", 10), true, "the body ended before its last byte"},
      {"one byte too many", text("12345678901", 10), false,
       "the body is longer than it said at first"},
      {"far too many", text(std::string(3U << 20U, 'x'), 2U << 20U), true,
       "the body is longer than it said at first"},
      {"unreadable", reading(10, [](auto, auto) { return Count(); }), false,
       "the body cannot be read"},
      {"unreadable later",
       reading(10, [](std::uint64_t at, auto) { return at < 5 ? Count(1) : Count(); }), true,
       "the body cannot be read"},
      {"unreadable behind its end",
       reading(10, [](std::uint64_t at, auto) { return at < 10 ? Count(1) : Count(); }), true,
       "the body cannot be read"},
      {"more than was asked for",
       reading(10, [](auto, std::span<char> buffer) { return Count(buffer.size() + 1); }), false,
       "the body wrote beyond its buffer"},
  };
  for (const Case& failing : cases) {
    INFO(failing.what);
    LoopbackServer server(answer_each(answer("ok")));
    const auto transport = curl_transport({});
    const Exchanged outcome = perform(*transport, upload(server.url(), failing.source()));
    check_failure(outcome, Kind::request, Phase::sending, failing.may_have_reached_server);
    CHECK(outcome.failure->message == failing.message);
    CHECK(outcome.heads.empty());
    CHECK(server.wait_for_closed(1));

    CHECK(was_answered(perform(*transport, get(server.url())), "ok"));
    CHECK(server.connections() == 2);
  }
}

TEST_CASE("a source without a length is not sent", "[source_body]") {
  LoopbackServer server(answer_each(answer("ok")));
  const auto source = source_of("the body", UINT64_MAX);
  const Exchanged outcome = perform(*curl_transport({}), upload(server.url(), source));
  check_failure(outcome, Kind::request, Phase::resolving, false);
  CHECK(server.connections() == 0);
}

TEST_CASE("a server never gets the last byte of a body that is too long", "[source_body]") {
  std::uint64_t arrived = 0;
  {
    LoopbackServer server([&](Connection& connection) {
      arrived = connection.read_body(connection.read_head(), [](std::string_view) {});
    });
    const auto source = source_of(std::string(2'000'001, 'x'), 2'000'000);
    check_failure(perform(*curl_transport({}), upload(server.url(), source)), Kind::request,
                  Phase::sending, true);
    CHECK(server.wait_for_closed(1));
  }
  CHECK(arrived > 0);
  CHECK(arrived < 2'000'000);
}

// ---- answers that come early

TEST_CASE("an answer that comes before the whole source was sent is heard", "[source_body]") {
  const std::string status =
      GENERATE("413 Content Too Large", "401 Unauthorized", "307 Temporary Redirect");
  const bool reads_on = GENERATE(true, false);
  INFO(status << (reads_on ? ", and the server reads on" : ", and the server stops reading"));
  LoopbackServer server([&](Connection& connection) {
    if (connection.number() > 0) return answer_each(answer("ok"))(connection);
    connection.read_head();
    connection.send(answer("early", status));
    if (reads_on)
      connection.hold();
    else
      connection.stop_reading();
  });
  const auto transport = curl_transport({});
  const auto source = long_source(more_than_buffers_hold);
  const Exchanged outcome = perform(*transport, upload(server.url(), source));
  CHECK(was_answered(outcome, "early", std::stoi(status)));

  // What is left of the body is no part of the next request.
  CHECK(was_answered(perform(*transport, get(server.url())), "ok"));
  CHECK(server.connections() == 2);
}

TEST_CASE("a server that answers early and reads all of the body keeps its connection",
          "[source_body]") {
  std::atomic<std::uint64_t> arrived = 0;
  LoopbackServer server([&](Connection& connection) {
    const std::string head = connection.read_head();
    connection.send(answer("early"));
    arrived = connection.read_body(head, [](std::string_view) {});
    answer_each(answer("ok"))(connection);
  });
  const auto transport = curl_transport({});
  const auto source = long_source(more_than_buffers_hold);
  CHECK(was_answered(perform(*transport, upload(server.url(), source)), "early"));
  CHECK(was_answered(perform(*transport, get(server.url())), "ok"));
  CHECK(server.connections() == 1);
  CHECK(arrived == more_than_buffers_hold);
}

TEST_CASE("a server that says yes early and stops reading runs into the limit of silence",
          "[source_body]") {
  LoopbackServer server([&](Connection& connection) {
    connection.read_head();
    connection.send(answer("early"));
    connection.stop_reading();
  });
  http::Exchange exchange = upload(server.url(), long_source(more_than_buffers_hold));
  exchange.idle_timeout = milliseconds(150);
  const Exchanged outcome = perform(*curl_transport({}), exchange);
  check_failure(outcome, Kind::timed_out, Phase::receiving, true);
  CHECK(outcome.body == "early");
}

TEST_CASE("a server that answers early and closes is heard, unless its reset is faster",
          "[source_body]") {
  LoopbackServer server([&](Connection& connection) {
    if (connection.number() > 0) return answer_each(answer("ok"))(connection);
    connection.read_head();
    connection.send(answer("early", "413 Content Too Large"));
  });
  const auto transport = curl_transport({});
  const auto source = long_source(more_than_buffers_hold);
  const Exchanged outcome = perform(*transport, upload(server.url(), source));
  if (outcome.failure)
    check_failure(outcome, Kind::network, outcome.failure->phase, true);
  else
    CHECK(was_answered(outcome, "early", 413));
  CHECK(was_answered(perform(*transport, get(server.url())), "ok"));
}

// ---- how long it may take

TEST_CASE("a server that stops reading is a time-out of the sending", "[source_body]") {
  LoopbackServer server([](Connection& connection) {
    connection.read_head();
    connection.stop_reading();
  });
  http::Exchange exchange = upload(server.url(), long_source(more_than_buffers_hold));
  SECTION("by the limit of silence") {
    exchange.first_byte_timeout = milliseconds(1);  // not yet
    exchange.idle_timeout = milliseconds(200);
  }
  SECTION("by the limit of the whole") { exchange.total_timeout = milliseconds(200); }
  check_failure(perform(*curl_transport({}), exchange), Kind::timed_out, Phase::sending, true);
}

TEST_CASE("the time to the first byte of an answer begins when the source has been sent",
          "[source_body]") {
  constexpr std::uint64_t pieces = 6;
  constexpr milliseconds pause{100};
  const auto slow =
      std::make_shared<TestSource>(pieces, [=](std::uint64_t at, std::span<char> buffer) {
        buffer[0] = 'x';
        if (at < pieces) std::this_thread::sleep_for(pause);  // a source that takes its time
        return std::size_t{at < pieces};
      });
  SECTION("so that a long body may take longer than that, and than the limit of silence") {
    LoopbackServer server(answer_each(answer("ok")));
    http::Exchange exchange = upload(server.url(), slow);
    exchange.first_byte_timeout = exchange.idle_timeout = pieces * pause - milliseconds(50);
    CHECK(was_answered(perform(*curl_transport({}), exchange), "ok"));
  }
  SECTION("and ends then, whatever the limit of silence") {
    LoopbackServer server([](Connection& connection) {
      connection.read_request();
      connection.hold();
    });
    http::Exchange exchange = upload(server.url(), slow);
    exchange.first_byte_timeout = milliseconds(200);
    exchange.idle_timeout = milliseconds(150);
    const Clock::time_point start = Clock::now();
    check_failure(perform(*curl_transport({}), exchange), Kind::timed_out, Phase::waiting, true);
    CHECK(Clock::now() - start >= pieces * pause + exchange.first_byte_timeout);
  }
}

TEST_CASE("a stop request ends an exchange that sends a source", "[source_body]") {
  LoopbackServer server([](Connection& connection) {
    connection.read_head();
    connection.stop_reading();
  });
  std::stop_source stop;
  const std::jthread stopper([&] {
    static_cast<void>(server.wait_for_requests(1));
    stop.request_stop();
  });
  const http::Exchange exchange = upload(server.url(), long_source(more_than_buffers_hold));
  const Exchanged outcome = perform(*curl_transport({}), exchange, {}, stop.get_token());
  REQUIRE(outcome.failure);
  CHECK(outcome.failure->kind == Kind::stopped);
  CHECK(outcome.failure->phase == Phase::sending);
}
