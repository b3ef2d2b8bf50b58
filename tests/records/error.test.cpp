// Errors as JSON.

#include "support/catch.hpp"

#include <FineTuning/chat.hpp>

#include <chrono>
#include <string>

using namespace FineTuning;
using namespace std::chrono_literals;

// The names that JSON gives them.
static_assert(to_string(ErrorKind::authentication) == "authentication");
static_assert(to_string(ErrorKind::permission_denied) == "permission_denied");
static_assert(to_string(ErrorKind::model_not_found) == "model_not_found");
static_assert(to_string(ErrorKind::model_retired) == "model_retired");
static_assert(to_string(ErrorKind::quota_exhausted) == "quota_exhausted");
static_assert(to_string(ErrorKind::rate_limited) == "rate_limited");
static_assert(to_string(ErrorKind::context_length_exceeded) == "context_length_exceeded");
static_assert(to_string(ErrorKind::content_filtered) == "content_filtered");
static_assert(to_string(ErrorKind::invalid_request) == "invalid_request");
static_assert(to_string(ErrorKind::invalid_model) == "invalid_model");
static_assert(to_string(ErrorKind::not_fine_tuned) == "not_fine_tuned");
static_assert(to_string(ErrorKind::not_found) == "not_found");
static_assert(to_string(ErrorKind::overloaded) == "overloaded");
static_assert(to_string(ErrorKind::server_error) == "server_error");
static_assert(to_string(ErrorKind::timed_out) == "timed_out");
static_assert(to_string(ErrorKind::network) == "network");
static_assert(to_string(ErrorKind::tls) == "tls");
static_assert(to_string(ErrorKind::cancelled) == "cancelled");
static_assert(to_string(ErrorKind::malformed_response) == "malformed_response");
static_assert(to_string(ErrorKind::interrupted_stream) == "interrupted_stream");
static_assert(to_string(ErrorKind::unsupported) == "unsupported");
static_assert(to_string(ErrorKind::other) == "other");

TEST_CASE("an error is written as JSON, without what it does not say", "[error]") {
  CHECK(to_json(Error{}) == R"({"error":{"kind":"other","message":"","attempts":0}})");
  CHECK(to_json(Error{.kind = ErrorKind::rate_limited,
                      .message = "Too \"fast\".",
                      .http_status = 429,
                      .code = "rate_limit_exceeded",
                      .request_id = "req_1",
                      .retry_after = 1500ms,
                      .partial = "Hel",
                      .outcome_unknown = true,
                      .attempts = 3}) ==
        R"({"error":{"kind":"rate_limited","message":"Too \"fast\".","http_status":429,)"
        R"("code":"rate_limit_exceeded","request_id":"req_1","retry_after_ms":1500,)"
        R"("partial":"Hel","outcome_unknown":true,"attempts":3}})");
}

TEST_CASE("the causes of an error are written like it", "[error]") {
  const Error first{.kind = ErrorKind::timed_out, .message = "Late.", .attempts = 1};
  const Error second{.kind = ErrorKind::network, .message = "Gone.", .causes = {first}};
  CHECK(to_json(Error{.causes = {second, first}}) ==
        R"({"error":{"kind":"other","message":"","attempts":0,"causes":[)"
        R"({"kind":"network","message":"Gone.","attempts":0,"causes":[)"
        R"({"kind":"timed_out","message":"Late.","attempts":1}]},)"
        R"({"kind":"timed_out","message":"Late.","attempts":1}]}})");
}

TEST_CASE("an error may be billed if it was answered, or if that is unknown", "[error]") {
  CHECK_FALSE(Error{}.may_be_billed());
  CHECK(Error{.outcome_unknown = true}.may_be_billed());
  for (const int status : {200, 204, 299}) CHECK(Error{.http_status = status}.may_be_billed());
  for (const int status : {100, 199, 300, 400, 429, 500, 599})
    CHECK_FALSE(Error{.http_status = status}.may_be_billed());
}

TEST_CASE("errors are equal if every member is, and so are their causes", "[error]") {
  const Error error{.kind = ErrorKind::network, .causes = {{.causes = {{.message = "Late."}}}}};
  CHECK(error == Error(error));
  Error other = error;
  other.causes[0].causes[0].message = "Gone.";
  CHECK(other != error);
  CHECK(Error{.retry_after = 1ms} != Error{});
}

TEST_CASE("bytes that are not UTF-8 do not keep an error from being written", "[error]") {
  CHECK(to_json(Error{.message = "a\xff z"}) ==
        "{\"error\":{\"kind\":\"other\",\"message\":\"a\xEF\xBF\xBD z\",\"attempts\":0}}");
}
