// Calls of any kind, made over a transport that answers from a list.

#include "accounts/driver.hpp"

#include "call/download.hpp"
#include "call/sentences.hpp"
#include "support/canned_transport.hpp"
#include "support/catch.hpp"
#include "support/environment.hpp"

#include <FineTuning/providers.hpp>

#include <stdexcept>
#include <string>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;
using namespace std::chrono_literals;
using test::Answer;
using test::canned;

namespace {

class Refusals final : public RefusalReader {
 public:
  [[nodiscard]] Error explain(int status, std::string_view body) const override {
    return {.kind = ErrorKind::server_error, .message = std::string(body), .http_status = status};
  }
  [[nodiscard]] std::string advise(Error& /*error*/, std::chrono::year_month_day) const override {
    return {};
  }
};

class Sink final : public BodySink {
 public:
  [[nodiscard]] Result<void> write(std::string_view piece) override {
    if (throws) throw std::domain_error("enough");
    text += piece;
    return {};
  }
  [[nodiscard]] Result<void> finish() override { return {}; }
  [[nodiscard]] bool restart() override {
    text.clear();
    return true;
  }
  std::string text{};
  bool throws = false;
};

/// A file that is fetched.
struct Fetch {
  std::vector<Answer> answers{};
  Account account{.api_key = "sk-secret"};
  Credential credential = Credential::account;
  CallContext context{};
  Limits limits{.max_retries = 2};
  std::shared_ptr<test::CannedTransport> transport = canned(answers);
  Sink sink{};

  Result<Success> run() {
    const test::Environment nothing;
    const Accounts accounts({{"openai", account}}, {}, false);
    const Driver driver(transport, accounts);
    const Refusals refusals;
    Download reader(sink);
    return driver.run({.provider = &providers::openai,
                       .refusals = &refusals,
                       .request = {.exchange = {.method = "GET", .url = "https://host/file?x=1"},
                                   .may_be_repeated = true,
                                   .credential = credential},
                       .limits = limits},
                      reader, "file-1", context);
  }
};

/// A refusal that is sent again almost at once.
const Answer busy{.status = 503, .headers = {{"retry-after-ms", "1"}}, .body = "busy"};

}  // namespace

TEST_CASE("a call is driven to its end, and each attempt has a key of its own", "[driver]") {
  int keys = 0;
  Fetch fetch{
      .answers = {busy, {.status = 401}, {.headers = {{"x-request-id", "r"}}, .body = "all"}},
      .account = {.access_token = [&keys](bool refresh) -> Result<std::string> {
        return "key-" + std::to_string(++keys) + (refresh ? "-new" : "");
      }}};
  const Result<Success> success = fetch.run();
  REQUIRE(success);
  CHECK(success->attempts == 3);
  CHECK(success->request_id == "r");
  CHECK(success->latency >= 1ms);
  CHECK(fetch.sink.text == "all");
  std::vector<std::string> sent;
  for (const http::Exchange& exchange : fetch.transport->asked()) {
    CHECK(exchange.method == "GET");
    sent.emplace_back(http::find_header(exchange.headers, "Authorization"));
  }
  CHECK(sent == std::vector<std::string>{"Bearer key-1", "Bearer key-2", "Bearer key-3-new"});
}

TEST_CASE("a trace names what is asked, and shows no signed URL", "[driver]") {
  for (const Credential credential : {Credential::account, Credential::url}) {
    std::vector<std::string> steps;
    Fetch fetch{.answers = {busy, {.body = "all"}},
                .credential = credential,
                .context = {.trace = [&steps](const TraceEvent& event) {
                  CHECK(event.model == "file-1");
                  steps.push_back(event.kind == TraceEvent::Kind::sending
                                      ? std::string(event.url)
                                      : "waiting after " + event.error->message);
                }}};
    REQUIRE(fetch.run());
    const std::string url =
        credential == Credential::url ? "https://host/file" : "https://host/file?x=1";
    CHECK(steps == std::vector<std::string>{url, "waiting after OpenAI answered 503: busy.", url});
    const http::Exchange sent = fetch.transport->asked().back();
    CHECK(sent.url == "https://host/file?x=1");
    CHECK(sent.headers.empty() == (credential == Credential::url));
  }
}

TEST_CASE("a call ends by the stop token and by the deadline of its context", "[driver]") {
  std::stop_source source;
  source.request_stop();
  Fetch stopped{.context = {.stop = source.get_token()}};
  CHECK(stopped.run().error().kind == ErrorKind::cancelled);
  Fetch late{.context = {.deadline = std::chrono::steady_clock::now() - 1s}};
  CHECK(late.run().error().kind == ErrorKind::timed_out);
  CHECK(stopped.transport->asked().empty());
  CHECK(late.transport->asked().empty());
}

TEST_CASE("what a reader throws reaches the caller, when the transport has unwound", "[driver]") {
  Fetch fetch{.answers = {{.body = "all of it"}}};
  fetch.sink.throws = true;
  CHECK_THROWS_AS(fetch.run(), std::domain_error);
  CHECK(fetch.transport->asked().size() == 1);
}

TEST_CASE("without a key nothing is sent", "[driver]") {
  Fetch fetch{.account = {}};
  CHECK(fetch.run().error().kind == ErrorKind::authentication);
  CHECK(fetch.transport->asked().empty());
}
