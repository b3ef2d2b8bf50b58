// The life of one call.

#include "call/call.hpp"

#include "call/sentences.hpp"
#include "http/headers.hpp"
#include "http/retry.hpp"
#include "http/secrets.hpp"
#include "http/url.hpp"
#include "time/calendar.hpp"
#include "time/limits.hpp"

#include <FineTuning/internal/scan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace FineTuning::internal {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t longest_refusal = std::size_t{1} << 20U;  // bytes that are read

bool is_redirect(int status) {
  constexpr int not_modified = 304;
  return status >= 300 && status < 400 && status != not_modified;
}

/// Whether nobody on the way can read what goes to another address, and no server can make this
/// machine ask itself.
bool may_redirect(std::string_view from, std::string_view to) {
  return is_loopback_url(to) ? is_loopback_url(from) : to.starts_with("https://");
}

/// What may show who asks goes nowhere else, whatever the reader of the redirect has copied.
void remove_credentials(Request& request, const Provider& provider) {
  request.credential = Credential::url;
  std::erase_if(request.exchange.headers, [&](const auto& header) {
    return is_secret_header(header.first) ||
           equal_ignoring_case(header.first, provider.key_header.name);
  });
}

/// Whether advice would be about a key or an address, neither of which a signed URL has.
bool is_about_access(ErrorKind kind) {
  return kind == ErrorKind::authentication || kind == ErrorKind::permission_denied ||
         kind == ErrorKind::not_found || kind == ErrorKind::malformed_response;
}

http::Failure as_stopped(http::Failure failure) {
  failure.kind = http::Failure::Kind::stopped;
  return failure;
}

}  // namespace

Call::Call(CallPlan plan, AnswerReader& reader, Now start)
    : plan_(std::move(plan)), reader_(&reader), start_(start.steady) {
  if (limits().total_timeout.count() > 0)
    time_limit_ = start_ + std::min(limits().total_timeout, practically_never);
  begin_request();
}

// ---- what is next

Call::Step Call::next(Now now) {
  if (stopped_ && state_ != State::done) give_up(cancelled());
  if (is_late(now)) give_up(too_late());
  const bool needs_key = plan_.request.credential == Credential::account;
  if (state_ == State::authorizing && !needs_key) state_ = State::sending;
  if (state_ == State::sending && exchange().source && !exchange().source->rewind())
    give_up(unreadable_body(plan_.provider->title, *exchange().source));
  switch (state_) {
    case State::authorizing: return Authorize{.refresh = refreshes_key_};
    case State::waiting: return Wait{.duration = wait_, .after = &last_error_};
    case State::done: return Done{};
    case State::sending: break;
  }
  return send(now);
}

bool Call::is_late(Now now) const {
  const bool is_due = state_ == State::authorizing || state_ == State::sending;
  const std::optional<TimePoint> end = deadline();
  return is_due && end && now.steady >= *end;
}

std::optional<Call::TimePoint> Call::deadline() const {
  if (!time_limit_ || !plan_.deadline) return time_limit_ ? time_limit_ : plan_.deadline;
  return std::min(*time_limit_, *plan_.deadline);
}

Call::Step Call::send(Now now) {
  const Request& request = plan_.request;
  if (const std::optional<TimePoint> end = deadline())
    exchange().total_timeout = std::chrono::ceil<milliseconds>(*end - now.steady);
  if (!request.is_lookup) ++attempts_;
  shown_url_ = request.exchange.url;
  if (request.credential == Credential::url)
    shown_url_.resize(std::min(shown_url_.find('?'), shown_url_.size()));
  redact(shown_url_, plan_.secrets);  // a service may have named the key in what it looked up
  return Send{.exchange = &request.exchange,
              .attempt = request.is_lookup ? 0 : attempts_,
              .url = shown_url_};
}

void Call::begin_request() {
  const Request& request = plan_.request;
  set_timeouts(exchange(), limits());
  if (request.exchange.source || !reader_->keeps_answer()) time_limit_.reset();
  if (request.credential == Credential::url) add_secrets_of_url(plan_.secrets, exchange().url);
  begin_attempt();
}

void Call::begin_attempt() {
  head_ = {};
  is_answer_ = false;
  refusal_.clear();
  received_ = 0;
  flow_ = http::Flow::go_on;
  state_ = State::authorizing;
}

// ---- what the driver tells

void Call::authorized(const Result<http::Headers>& headers) {
  if (!headers) return give_up(headers.error());
  refreshes_key_ = false;
  for (const auto& [name, value] : *headers) {
    plan_.secrets.emplace_back(secret_of(value));
    set_header(exchange().headers, name, value);
  }
  state_ = State::sending;
}

void Call::heard(const http::Head& head) {
  head_ = head;
  is_answer_ = reader_->begin(head);
}

http::Flow Call::heard(std::string_view piece) {
  if (head_.status == 0) return http::Flow::stop;
  if (!is_answer_) {
    refusal_ += piece.substr(0, longest_refusal - refusal_.size());
    return refusal_.size() < longest_refusal ? http::Flow::go_on : http::Flow::finish;
  }
  if (flow_ != http::Flow::go_on) return flow_;
  received_ += piece.size();
  if (is_too_large()) return http::Flow::stop;
  return flow_ = reader_->read(piece);
}

/// A refusal is never too large: only its beginning is read.
bool Call::is_too_large() const {
  return is_answer_ && limits().max_response_bytes > 0 && received_ > limits().max_response_bytes &&
         flow_ != http::Flow::finish && reader_->keeps_answer();
}

void Call::exchanged(const Result<void, http::Failure>& outcome, Now now, double dice) {
  if (is_too_large()) return finish(too_large(plan_.provider->title, limits().max_response_bytes));
  const auto failure = [&outcome] { return outcome ? cut_answer() : outcome.error(); };
  if (stopped_) return failed(as_stopped(failure()), now, dice);
  if (head_.status != 0 && !is_answer_) return refused(now, dice);
  if (head_.status == 0) return failed(failure(), now, dice);  // a body alone is not an answer
  Reading reading = reader_->end(outcome.has_value());
  if (std::holds_alternative<Answered>(reading)) {
    state_ = State::done;
  } else if (auto* further = std::get_if<Further>(&reading)) {
    go_on(std::move(*further));
  } else if (auto* unusable = std::get_if<Unusable>(&reading)) {
    found_unusable(std::move(*unusable), now, dice);
  } else {
    failed(failure(), now, dice);
  }
}

// ---- what became of an exchange

void Call::failed(http::Failure failure, Now now, double dice) {
  if (head_.status != 0) failure.may_have_reached_server = true;  // whatever the transport says
  const bool may_pass = failure.kind == http::Failure::Kind::network ||
                        failure.kind == http::Failure::Kind::timed_out;
  retry_or_finish(error_of(failure, plan_.provider->title, plan_.request), may_pass, now, dice);
}

void Call::refused(Now now, double dice) {
  const bool has_key_of_account = plan_.request.credential == Credential::account;
  if (head_.status == 401 && has_key_of_account && plan_.key_is_refreshable &&
      !has_refreshed_key_) {
    refreshes_key_ = has_refreshed_key_ = true;
    return begin_attempt();
  }
  const std::string opening = fmt::format("{} answered {}", plan_.provider->title, head_.status);
  Error error = plan_.refusals->explain(head_.status, refusal_);
  if (const auto wait = requested_wait(head_.headers, now.wall)) error.retry_after = wait;
  if (error.request_id.empty()) error.request_id = request_id();
  error = in_sentences(std::move(error), opening, now);
  if (is_redirect(head_.status)) redirect(error, opening);
  const bool may_pass = is_retryable(head_.status, head_.headers) &&
                        error.kind != ErrorKind::quota_exhausted &&
                        error.kind != ErrorKind::model_retired;
  retry_or_finish(std::move(error), may_pass, now, dice);
}

void Call::found_unusable(Unusable unusable, Now now, double dice) {
  Error& error = unusable.error;
  if (unusable.opening) {
    if (!error.retry_after) error.retry_after = requested_wait(head_.headers, now.wall);
    error = in_sentences(std::move(error), *unusable.opening, now);
  }
  const bool may_pass =
      unusable.may_pass && http::find_header(head_.headers, "x-should-retry") != "false";
  retry_or_finish(std::move(error), may_pass, now, dice);
}

void Call::go_on(Further further) {
  if (is_redirect(head_.status)) {
    if (!may_redirect(exchange().url, further.request.exchange.url))
      return finish(unsafe_redirect(plan_.provider->title, head_.status));
    remove_credentials(further.request, *plan_.provider);
  }
  plan_.request = std::move(further.request);
  if (further.reader != nullptr) reader_ = further.reader;
  retries_ = 0;
  begin_request();
}

// ---- errors

Error Call::in_sentences(Error error, std::string_view opening, Now now) const {
  tidy(error, plan_.secrets);
  std::string advice = plan_.refusals->advise(error, utc_day(now.wall));
  if (plan_.request.credential == Credential::url && is_about_access(error.kind))
    advice = "The signed URL may have expired; ask for a new one.";
  error.message = refusal_sentences(opening, error, advice);
  return error;
}

Error Call::completed(Error error) {
  const bool is_answered_lookup = plan_.request.is_lookup && is_answer_;  // which is not billed
  if (error.http_status == 0 && !is_answered_lookup) error.http_status = head_.status;
  if (error.request_id.empty()) error.request_id = request_id();
  reader_->complete(error);
  error.attempts = attempts_;
  if (outcome_unknown_ && !error.outcome_unknown) doubt_earlier_attempt(error, plan_.request);
  outcome_unknown_ = error.outcome_unknown;
  redact(error, plan_.secrets);
  return error;
}

std::string_view Call::request_id() const {
  return http::find_header(head_.headers, plan_.provider->accent.request_id_header);
}

bool Call::is_safe_to_repeat(const Error& error) const {
  return !error.outcome_unknown || plan_.request.may_be_repeated || limits().retry_unknown_outcomes;
}

void Call::retry_or_finish(Error error, bool may_pass, Now now, double dice) {
  const bool may_retry = may_pass && is_safe_to_repeat(error) && retries_ < limits().max_retries;
  const milliseconds wait = error.retry_after.value_or(backoff(retries_, dice));
  const std::optional<TimePoint> end = deadline();
  const bool is_too_long = wait > longest_retry_wait || (end && now.steady + wait >= *end);
  last_error_ = completed(std::move(error));
  if (!may_retry || is_too_long || !reader_->restart()) return fail();
  ++retries_;
  wait_ = wait;
  state_ = State::waiting;
}

void Call::finish(Error error) {
  last_error_ = completed(std::move(error));
  fail();
}

void Call::give_up(Error error) {
  if (retries_ > 0) error.causes.push_back(std::move(last_error_));
  finish(std::move(error));
}

void Call::fail() {
  has_failed_ = true;
  state_ = State::done;
}

Result<Success> Call::result(Now now) && {
  if (has_failed_) return std::move(last_error_);
  return Success{.attempts = attempts_,
                 .request_id = std::string(request_id()),
                 .latency = now.steady - start_};
}

}  // namespace FineTuning::internal
