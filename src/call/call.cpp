// The life of one call.

#include "call/call.hpp"

#include "call/sentences.hpp"
#include "http/headers.hpp"
#include "http/retry.hpp"
#include "http/secrets.hpp"
#include "time/calendar.hpp"
#include "time/limits.hpp"

#include <FineTuning/internal/errors.hpp>

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

}  // namespace

Call::Call(CallPlan plan, AnswerReader& reader, Moment start)
    : plan_(std::move(plan)), reader_(&reader), start_(start.steady) {
  if (limits().total_timeout.count() > 0)
    time_limit_ = start_ + std::min(limits().total_timeout, practically_never);
  begin_request();
}

// ---- what is next

Call::Step Call::next(Moment now) {
  if (stopped_ && state_ != State::done) finish(cancelled());
  if (is_late(now)) give_up(too_late());
  const bool needs_key = plan_.request.credential == Credential::account;
  if (state_ == State::authorizing && !needs_key) state_ = State::sending;
  if (state_ == State::sending && exchange().source && !exchange().source->rewind())
    give_up(unreadable_body(plan_.provider->title));
  switch (state_) {
    case State::authorizing: return Authorize{.refresh = refreshes_key_};
    case State::waiting: return Wait{.duration = wait_, .after = &last_error_};
    case State::done: return Done{};
    case State::sending: break;
  }
  return send(now);
}

bool Call::is_late(Moment now) const {
  const bool is_due = state_ == State::authorizing || state_ == State::sending;
  const std::optional<TimePoint> end = deadline();
  return is_due && end && now.steady >= *end;
}

std::optional<Call::TimePoint> Call::deadline() const {
  if (!time_limit_ || !plan_.deadline) return time_limit_ ? time_limit_ : plan_.deadline;
  return std::min(*time_limit_, *plan_.deadline);
}

Call::Step Call::send(Moment now) {
  const Request& request = plan_.request;
  if (const std::optional<TimePoint> end = deadline())
    exchange().total_timeout = std::chrono::ceil<milliseconds>(*end - now.steady);
  if (!request.is_lookup) ++attempts_;
  std::string_view url = request.exchange.url;
  if (request.credential == Credential::url) url = url.substr(0, url.find('?'));
  return Send{
      .exchange = &request.exchange, .attempt = request.is_lookup ? 0 : attempts_, .url = url};
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
  if (!headers) return finish(headers.error());
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
  if (!is_answer_) {
    refusal_ += piece.substr(0, longest_refusal - refusal_.size());
    return http::Flow::go_on;
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

void Call::exchanged(const std::optional<http::Failure>& failure, Moment now, double dice) {
  if (is_too_large()) return finish(too_large(plan_.provider->title, limits().max_response_bytes));
  if (stopped_) return finish(cancelled());
  if (head_.status != 0 && !is_answer_) return refused(now, dice);
  Reading outcome = reader_->end(!failure);
  if (std::holds_alternative<Answered>(outcome)) {
    state_ = State::done;
  } else if (auto* further = std::get_if<Further>(&outcome)) {
    go_on(std::move(*further));
  } else if (auto* answer = std::get_if<Unusable>(&outcome)) {
    found_unusable(std::move(*answer), now, dice);
  } else {
    failed(failure.value_or(cut_answer()), now, dice);
  }
}

// ---- what became of an exchange

void Call::failed(const http::Failure& failure, Moment now, double dice) {
  const bool may_pass = failure.kind == http::Failure::Kind::network ||
                        failure.kind == http::Failure::Kind::timed_out;
  retry_or_finish(error_of(failure, plan_.provider->title, plan_.request), may_pass, now, dice);
}

void Call::refused(Moment now, double dice) {
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

void Call::found_unusable(Unusable answer, Moment now, double dice) {
  Error& error = answer.error;
  if (!answer.opening.empty()) {
    if (!error.retry_after) error.retry_after = requested_wait(head_.headers, now.wall);
    error = in_sentences(std::move(error), answer.opening, now);
  }
  const bool may_pass =
      answer.may_pass && http::find_header(head_.headers, "x-should-retry") != "false";
  retry_or_finish(std::move(error), may_pass, now, dice);
}

void Call::go_on(Further further) {
  plan_.request = std::move(further.request);
  if (is_redirect(head_.status)) plan_.request.credential = Credential::url;  // whatever it says
  if (further.reader != nullptr) reader_ = further.reader;
  retries_ = 0;
  begin_request();
}

// ---- errors

Error Call::in_sentences(Error error, std::string_view opening, Moment now) const {
  tidy(error, plan_.secrets);
  const std::string advice = plan_.refusals->advise(error, utc_day(now.wall));
  error.message = refusal_sentences(opening, error, advice);
  return error;
}

Error Call::completed(Error error) const {
  if (error.http_status == 0) error.http_status = head_.status;
  if (error.request_id.empty()) error.request_id = request_id();
  reader_->complete(error);
  error.attempts = attempts_;
  redact(error, plan_.secrets);
  return error;
}

std::string_view Call::request_id() const {
  return http::find_header(head_.headers, plan_.provider->accent.request_id_header);
}

bool Call::is_safe_to_repeat(const Error& error) const {
  return !error.outcome_unknown || plan_.request.may_be_repeated || limits().retry_unknown_outcomes;
}

void Call::retry_or_finish(Error error, bool may_pass, Moment now, double dice) {
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

Result<Success> Call::result(Moment now) && {
  if (has_failed_) return std::move(last_error_);
  return Success{.attempts = attempts_,
                 .request_id = std::string(request_id()),
                 .latency = now.steady - start_};
}

}  // namespace FineTuning::internal
