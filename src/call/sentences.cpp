// The sentences of a call's errors.

#include "call/sentences.hpp"

#include "http/secrets.hpp"

#include <FineTuning/internal/errors.hpp>

#include <fmt/format.h>

#include <array>

namespace FineTuning::internal {
namespace {

std::string with_full_stop(std::string text) {
  if (!text.empty() && text.find_last_of(".!?") != text.size() - 1) text += '.';
  return text;
}

/// The bytes of the white space, control character or mark of the writing direction (which some
/// terminals obey) that a text begins with; 0 if it begins with something else.
std::size_t control_size(std::string_view text) {
  const auto byte = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  if (byte(0) <= ' ' || byte(0) == 0x7F) return 1;
  if (text.size() > 1 && byte(0) == 0xC2 && byte(1) >= 0x80 && byte(1) <= 0x9F) return 2;
  const bool is_mark = text.size() > 2 && byte(0) == 0xE2 &&
                       ((byte(1) == 0x80 && byte(2) >= 0xAA && byte(2) <= 0xAE) ||
                        (byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9));
  return is_mark ? 3 : 0;
}

/// In one line, its white space folded, and of at most `longest` bytes and an ellipsis.
std::string one_line(std::string_view text, std::size_t longest) {
  std::string line;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const std::size_t control = control_size(text.substr(at));
    if (control == 0) {
      line += c;
      continue;
    }
    at += control - 1;
    if (!line.empty() && line.back() != ' ') line += ' ';
  }
  if (line.ends_with(' ')) line.pop_back();
  if (line.size() > longest) {
    const auto is_continuation = [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    };
    std::size_t end = longest;
    while (end > 0 && is_continuation(line[end])) --end;
    line.resize(end);
    line += "...";
  }
  return line;
}

std::string_view doing(http::Phase phase) {
  constexpr std::array<std::string_view, 6> names{"looking up the host",   "connecting",
                                                  "agreeing on TLS",       "sending the request",
                                                  "waiting for an answer", "receiving the answer"};
  return names.at(static_cast<std::size_t>(phase));
}

ErrorKind kind_of(http::Failure::Kind kind) {
  switch (kind) {
    case http::Failure::Kind::request: return ErrorKind::other;
    case http::Failure::Kind::network: return ErrorKind::network;
    case http::Failure::Kind::tls: return ErrorKind::tls;
    case http::Failure::Kind::timed_out: return ErrorKind::timed_out;
    case http::Failure::Kind::stopped: return ErrorKind::cancelled;
  }
  return ErrorKind::other;
}

std::string sentence_on(const http::Failure& failure, std::string_view title) {
  switch (failure.kind) {
    case http::Failure::Kind::request:
      return fmt::format("The request to {} was not sent whole: {} Correct it, and send it again.",
                         title, with_full_stop(failure.message));
    case http::Failure::Kind::timed_out:
      return fmt::format("{} took too long: time ran out while {}{}; allow more.", title,
                         doing(failure.phase),
                         failure.message.empty() ? "" : fmt::format(" ({})", failure.message));
    case http::Failure::Kind::tls:
      return fmt::format(
          "There is no safe connection to {}, so nothing was sent: {} If the server is yours, name "
          "its authority in the option ca_file.",
          title, with_full_stop(failure.message));
    case http::Failure::Kind::stopped:
      return fmt::format("The call was cancelled while {}.", doing(failure.phase));
    case http::Failure::Kind::network: break;
  }
  const bool was_connected = failure.phase >= http::Phase::sending;
  return fmt::format("{} while {}: {}",
                     was_connected ? fmt::format("The connection to {} broke", title)
                                   : fmt::format("{} could not be reached", title),
                     doing(failure.phase), with_full_stop(failure.message));
}

}  // namespace

void tidy(Error& error, const std::vector<std::string>& secrets) {
  constexpr std::size_t longest_message = 600;
  constexpr std::size_t longest_name = 100;
  redact(error, secrets);  // first: half a secret would not be recognised
  error.message = one_line(error.message, longest_message);
  error.code = one_line(error.code, longest_name);
  error.request_id = one_line(error.request_id, longest_name);
}

std::string refusal_sentences(std::string_view opening, const Error& error,
                              std::string_view advice) {
  const std::string code = error.code.empty() ? "" : fmt::format(" ({})", error.code);
  return fmt::format("{}{}: {}{}{}", opening, code, with_full_stop(error.message),
                     advice.empty() ? "" : " ", advice);
}

std::string general_advice_on(const Error& error, const Provider& provider) {
  switch (error.kind) {
    case ErrorKind::authentication: return fmt::format("Check the key in {}.", key_place(provider));
    case ErrorKind::not_found:
    case ErrorKind::malformed_response: return "Check the base URL.";
    case ErrorKind::quota_exhausted: return "Add credit or raise the limit; waiting does not help.";
    case ErrorKind::rate_limited:
      return error.retry_after
                 ? fmt::format("Send less, or try again in {}.", spelled(*error.retry_after))
                 : "Send less, or try again later.";
    case ErrorKind::overloaded:
    case ErrorKind::server_error:
    case ErrorKind::timed_out: return "Send it again later.";
    default: return {};
  }
}

void redirect(Error& error, std::string_view opening) {
  error.kind = ErrorKind::invalid_request;
  error.code = "redirected";
  error.message = fmt::format(
      "{}, a redirect; it is not followed, so that the key goes nowhere else. Correct the base "
      "URL.",
      opening);
}

Error cancelled() {
  return {.kind = ErrorKind::cancelled, .message = "The call was cancelled by its caller."};
}

Error too_late() {
  return {.kind = ErrorKind::timed_out,
          .message = "The time for the call ran out before it could be sent; allow more."};
}

Error too_large(std::string_view title, std::size_t max_response_bytes) {
  return {.kind = ErrorKind::malformed_response,
          .message = fmt::format("The answer of {} is larger than the {} bytes that the option "
                                 "max_response_bytes allows; raise it.",
                                 title, max_response_bytes)};
}

Error unreadable_body(std::string_view title, const http::BodySource& source) {
  return invalid_request(fmt::format("The request to {} cannot be sent, because {} cannot be read "
                                     "from its beginning; see that it is still there.",
                                     title, source.name()),
                         "unreadable_body");
}

Error unsafe_redirect(std::string_view title, int status) {
  return invalid_request(
      fmt::format(
          "{} answered {}, a redirect to plain http or to this machine; it is not followed, "
          "so that nothing is sent where it should not be. Correct the base URL.",
          title, status),
      "redirected");
}

Error error_of(const http::Failure& failure, std::string_view title, const Request& request) {
  // A part of a request cannot be carried out, and a GET changes nothing.
  const bool is_whole = failure.kind != http::Failure::Kind::request;
  const bool may_change = is_whole && request.exchange.method != "GET";
  Error error{.kind = kind_of(failure.kind),
              .message = sentence_on(failure, title),
              .code = is_whole ? "" : "request_not_whole",
              .outcome_unknown = failure.may_have_reached_server && may_change};
  if (error.outcome_unknown && error.kind != ErrorKind::cancelled)
    error.message += request.may_be_repeated
                         ? " The request may have been carried out; it is safe to send it again."
                         : " The request may have been carried out, and billed; look before it is "
                           "sent again.";
  return error;
}

void doubt_earlier_attempt(Error& error, const Request& request) {
  error.outcome_unknown = true;
  error.message +=
      request.may_be_repeated
          ? " An earlier attempt may have been carried out."
          : " An earlier attempt may have been carried out, and billed; look before it "
            "is sent again.";
}

http::Failure cut_answer() {
  return {.phase = http::Phase::receiving, .message = "the answer ended too early"};
}

std::string key_place(const Provider& provider) {
  if (provider.key_variable.empty()) return "Account::api_key";
  return fmt::format("{} or Account::api_key", provider.key_variable);
}

std::string spelled(std::chrono::milliseconds duration) {
  if (duration.count() < 1000) return fmt::format("{} ms", duration.count());
  return fmt::format("{} s", static_cast<double>(duration.count()) / 1000);
}

}  // namespace FineTuning::internal
