// The life of one call.

#include "call/call.hpp"

#include "call/sentences.hpp"
#include "http/headers.hpp"
#include "http/retry.hpp"
#include "http/secrets.hpp"
#include "time/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace FineTuning::internal {
namespace {

using std::chrono::milliseconds;

bool is_passing(ErrorKind kind) {
  return kind == ErrorKind::server_error || kind == ErrorKind::overloaded ||
         kind == ErrorKind::rate_limited || kind == ErrorKind::timed_out;
}

Error cancelled() {
  return {.kind = ErrorKind::cancelled, .message = "The call was cancelled by its caller."};
}

constexpr std::size_t longest_refusal = std::size_t{1} << 20U;  // bytes that are read

/// A call that only an index beyond it has brought about: some services count from 1.
bool is_nobodys(const ToolCall& call) {
  return call.id.empty() && call.name.empty() && call.arguments.empty();
}

bool is_page(const http::Head& head) {
  return http::find_header(head.headers, "content-type").starts_with("text/html");
}

}  // namespace

Call::Call(CallPlan plan, Moment start) : plan_(std::move(plan)), start_(start.steady) {}

Call::Step Call::next(Moment now) {
  if (stopped_ && state_ != State::done) finish(cancelled());
  const bool is_due = state_ == State::authorizing || state_ == State::sending;
  if (is_due && plan_.deadline && now.steady >= *plan_.deadline) {
    Error error{.kind = ErrorKind::timed_out,
                .message = "The time for the call ran out before it could be sent; allow more."};
    if (retries_ > 0) error.causes.push_back(std::move(last_error_));
    finish(std::move(error));
  }
  if (state_ == State::authorizing && plan_.brings_key) state_ = State::sending;
  switch (state_) {
    case State::authorizing: return Authorize{.refresh = refreshes_key_};
    case State::waiting: return Wait{.duration = wait_, .after = &last_error_};
    case State::done: return Done{};
    case State::sending: break;
  }
  if (plan_.deadline)
    exchange().total_timeout = std::chrono::ceil<milliseconds>(*plan_.deadline - now.steady);
  if (!plan_.lookup) ++attempts_;
  return Send{.exchange = &exchange(), .attempt = plan_.lookup ? 0 : attempts_};
}

void Call::begin_attempt() {
  head_ = {};
  body_.clear();
  received_ = 0;
  events_ = {};
  stream_ = {};
  stream_error_.reset();
  state_ = State::authorizing;
}

void Call::authorized(const Result<http::Headers>& headers) {
  if (!headers) return finish(headers.error());
  refreshes_key_ = false;
  for (const auto& [name, value] : *headers) {
    plan_.secrets.emplace_back(secret_of(value));
    set_header(exchange().headers, name, value);
  }
  state_ = State::sending;
}

/// A page instead of a stream is read as a page.
bool Call::is_streaming() const {
  return plan_.stream && !plan_.lookup && head_.status / 100 == 2 && !is_page(head_);
}

/// A refusal is never too large: what it says stands in its beginning.
bool Call::is_too_large() const {
  return head_.status / 100 == 2 && plan_.max_response_bytes > 0 &&
         received_ > plan_.max_response_bytes && !stream_.is_over;
}

http::Flow Call::heard(std::string_view piece, const Deliver& deliver) {
  if (stream_.is_over) return http::Flow::finish;
  received_ += piece.size();
  if (is_too_large()) return http::Flow::stop;
  if (!is_streaming()) {
    const bool is_refusal = head_.status / 100 != 2;
    body_ += is_refusal ? piece.substr(0, longest_refusal - std::min(longest_refusal, body_.size()))
                        : piece;
    return http::Flow::go_on;
  }
  const bool goes_on =
      events_.feed(piece, [&](const SseEvent& event) { return absorb(event, deliver); });
  if (stream_.is_over) return http::Flow::finish;
  return goes_on ? http::Flow::go_on : http::Flow::stop;
}

bool Call::absorb(const SseEvent& event, const Deliver& deliver) {
  const Accent& accent = plan_.model.provider().accent;
  Result<void> absorbed =
      plan_.dialect->absorb(stream_, event, accent, [&](const StreamEvent& piece) {
        if (stopped_) return;
        delivered_ = true;
        deliver(piece);
      });
  if (!absorbed) stream_error_ = std::move(absorbed).error();
  // Of an event that is cut, the end of the stream tells.
  if (!event.complete && stream_error_ && stream_error_->kind == ErrorKind::malformed_response)
    stream_error_.reset();
  return !stream_error_ && !stopped_ && !stream_.is_over;
}

void Call::exchanged(const std::optional<http::Failure>& failure, Moment now, double dice,
                     const Deliver& deliver) {
  if (is_too_large())
    return finish(
        Error{.kind = ErrorKind::malformed_response,
              .message = fmt::format("The answer of {} is larger than the {} bytes that "
                                     "ChatOptions::max_response_bytes allows; raise it.",
                                     plan_.model.provider().title, plan_.max_response_bytes)});
  if (is_streaming() && !stopped_ && !stream_error_ && !stream_.is_over)
    events_.finish([&](const SseEvent& event) { return absorb(event, deliver); });
  if (stopped_) return finish(cancelled());
  if (head_.status != 0 && head_.status / 100 != 2) return refused(now, dice);
  if (stream_error_ || stream_.is_over) return stream_ended(now, dice);
  if (failure && !stream_.is_whole) return failed(*failure, now, dice);
  if (plan_.lookup) return looked_up(now);
  return is_streaming() ? stream_ended(now, dice) : answered(now);
}

void Call::failed(http::Failure failure, Moment now, double dice) {
  if (plan_.lookup) failure.may_have_reached_server = false;  // to look twice changes nothing
  Error error = error_of(failure, plan_.model);
  error.http_status = head_.status;
  if (is_streaming() && error.kind == ErrorKind::network)
    error.kind = ErrorKind::interrupted_stream;
  const bool is_safe = !error.outcome_unknown || plan_.retry_unknown_outcomes;
  const bool may_pass = error.kind == ErrorKind::network ||
                        error.kind == ErrorKind::interrupted_stream ||
                        error.kind == ErrorKind::timed_out;
  retry_or_finish(std::move(error), is_safe && may_pass, now, dice);
}

void Call::refused(Moment now, double dice) {
  if (head_.status == 401 && plan_.key_is_refreshable && !plan_.brings_key && !has_refreshed_key_) {
    refreshes_key_ = has_refreshed_key_ = true;
    return begin_attempt();
  }
  Error error = plan_.dialect->explain(head_.status, body_, plan_.model.provider().accent);
  if (const auto wait = requested_wait(head_.headers, now.wall)) error.retry_after = wait;
  if (error.request_id.empty()) error.request_id = request_id();
  error = completed(std::move(error),
                    fmt::format("{} answered {}", plan_.model.provider().title, head_.status), now);
  const bool may_retry = is_retryable(head_.status, head_.headers) &&
                         error.kind != ErrorKind::quota_exhausted &&
                         error.kind != ErrorKind::model_retired;
  retry_or_finish(std::move(error), may_retry, now, dice);
}

void Call::looked_up(Moment now) {
  const std::string_view title = plan_.model.provider().title;
  const Result<std::string> endpoint = plan_.dialect->decode_lookup(body_);
  if (!endpoint)
    return finish(completed(endpoint.error(),
                            fmt::format("{} answered what is not its protocol", title), now));
  if (endpoint->empty())
    return finish(Error{.kind = ErrorKind::model_not_found,
                        .message = fmt::format("The model {} exists at {} and is deployed to no "
                                               "endpoint; deploy it first, then ask again.",
                                               plan_.model.id(), title),
                        .code = "not_deployed"});
  Result<std::string> url = plan_.url_of_endpoint(*endpoint);
  if (!url) return finish(std::move(url).error());
  plan_.exchange.url = *std::move(url);
  found_endpoint_ = *endpoint;
  plan_.lookup.reset();
  retries_ = 0;
  begin_attempt();
}

void Call::answered(Moment now) {
  Result<ChatResponse> response = plan_.dialect->decode(body_, plan_.model.provider().accent);
  if (!response) {
    Error error = std::move(response).error();
    const bool is_foreign = error.kind == ErrorKind::malformed_response;
    return finish(completed(
        std::move(error),
        fmt::format("{} answered {}", plan_.model.provider().title,
                    is_foreign ? "what is not its protocol" : "an error as if it were an answer"),
        now));
  }
  response->raw = std::move(body_);
  finish(*std::move(response));
}

void Call::stream_ended(Moment now, double dice) {
  const std::string_view title = plan_.model.provider().title;
  if (stream_error_) {
    Error error = *std::move(stream_error_);
    if (!error.retry_after) error.retry_after = requested_wait(head_.headers, now.wall);
    error = completed(std::move(error), fmt::format("The stream of {} failed", title), now);
    const bool may_retry =
        is_passing(error.kind) && http::find_header(head_.headers, "x-should-retry") != "false";
    return retry_or_finish(std::move(error), may_retry, now, dice);
  }
  if (stream_.is_whole) std::erase_if(stream_.response.tool_calls, is_nobodys);
  if (stream_.is_whole) return finish(std::move(stream_.response));
  Error error{.kind = ErrorKind::interrupted_stream,
              .message = fmt::format("The stream of {} ended before its terminator, so the answer "
                                     "is not whole; Error::partial has what came.",
                                     title),
              .outcome_unknown = true};
  retry_or_finish(std::move(error), plan_.retry_unknown_outcomes, now, dice);
}

Error Call::completed(Error error, std::string_view opening, Moment now) const {
  tidy(error, plan_.secrets);
  complete_refusal(error, opening, plan_.model, plan_.catalog, day_of(now.wall));
  return error;
}

void Call::retry_or_finish(Error error, bool may_retry, Moment now, double dice) {
  if (!may_retry || delivered_ || retries_ >= plan_.max_retries) return finish(std::move(error));
  const milliseconds wait = error.retry_after.value_or(backoff(retries_, dice));
  const bool is_too_long =
      wait > longest_retry_wait || (plan_.deadline && now.steady + wait >= *plan_.deadline);
  if (is_too_long) return finish(std::move(error));
  ++retries_;
  wait_ = wait;
  redact(error, plan_.secrets);
  capitalize(error.message);
  last_error_ = std::move(error);
  state_ = State::waiting;
}

std::string_view Call::request_id() const {
  return http::find_header(head_.headers, plan_.model.provider().accent.request_id_header);
}

void Call::finish(Error error) {
  if (error.http_status == 0) error.http_status = head_.status;
  if (error.request_id.empty()) error.request_id = request_id();
  if (error.request_id.empty()) error.request_id = stream_.response.request_id;
  error.partial = std::move(stream_.response.content);
  error.attempts = attempts_;
  redact(error, plan_.secrets);
  capitalize(error.message);
  result_ = std::move(error);
  state_ = State::done;
}

void Call::finish(ChatResponse response) {
  if (const std::string_view id = request_id(); !id.empty()) response.request_id = id;
  if (response.model.empty()) response.model = plan_.model.id();
  response.attempts = attempts_;
  if (const Result<Facts> known = facts(plan_.model, plan_.catalog))
    response.cost_usd = estimate_cost(*known, response.usage);
  result_ = std::move(response);
  state_ = State::done;
}

Result<ChatResponse> Call::result(Moment now) && {
  if (result_->has_value()) (*result_)->latency = now.steady - start_;
  return *std::move(result_);
}

}  // namespace FineTuning::internal
