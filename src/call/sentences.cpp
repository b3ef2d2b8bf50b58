// The words of the errors of a call.

#include "call/sentences.hpp"

#include "http/secrets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace FineTuning::internal {
namespace {

/// What to do about a refusal. Kinds that are not here speak for themselves.
std::string advice_on(const Error& error, const Model& model) {
  const Provider& provider = model.provider();
  switch (error.kind) {
    case ErrorKind::authentication: return fmt::format("Check the key in {}.", key_place(provider));
    case ErrorKind::permission_denied:
      return "Ask the owner of the account to let this key use the model.";
    case ErrorKind::model_not_found:
      if (model.is_fine_tuned())
        return "Check that the id is whole, that its fine-tuning job has finished, and that the "
               "key belongs to the organisation or project that owns it.";
      return "Check how the model is spelt, and that the key may use it.";
    case ErrorKind::model_retired: return "Move to another model.";
    case ErrorKind::not_found:
    case ErrorKind::malformed_response: return "Check the base URL.";
    case ErrorKind::quota_exhausted: return "Add credit or raise the limit; waiting does not help.";
    case ErrorKind::rate_limited:
      return error.retry_after
                 ? fmt::format("Send less, or again in {}.", spelled(*error.retry_after))
                 : "Send less, or again later.";
    case ErrorKind::context_length_exceeded: return "Shorten the messages, or lower max_tokens.";
    case ErrorKind::content_filtered: return "Change the messages.";
    case ErrorKind::overloaded:
    case ErrorKind::server_error:
    case ErrorKind::timed_out: return "Send it again later.";
    default: return {};
  }
}

std::string with_full_stop(std::string text) {
  if (!text.empty() && text.find_last_of(".!?") != text.size() - 1) text += '.';
  return text;
}

/// The last day of a model that has ended; empty where nothing says that it has.
std::string_view known_end(const Model& model, const Catalog& catalog, std::string_view today) {
  return is_retired(model, today, catalog) ? ends_on(model, catalog) : std::string_view{};
}

std::string retirement_advice(const Model& model, const Catalog& catalog, std::string_view end) {
  const std::string_view replacement =
      facts(model, catalog).transform(&Facts::replacement).value_or("");
  return fmt::format("{} ended on {}; move to {}.", model.id(), end,
                     replacement.empty() ? "another model" : replacement);
}

/// The bytes of the white space, control character or mark of the writing direction (which some
/// terminals obey) that a text begins with; 0 where it begins with none.
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

}  // namespace

void tidy(Error& error, const std::vector<std::string>& secrets) {
  constexpr std::size_t longest_message = 600;
  constexpr std::size_t longest_name = 100;
  redact(error, secrets);  // first: half a secret would not be recognised
  error.message = one_line(error.message, longest_message);
  error.code = one_line(error.code, longest_name);
  error.request_id = one_line(error.request_id, longest_name);
}

void complete_refusal(Error& error, std::string_view opening, const Model& model,
                      const Catalog& catalog, std::string_view today) {
  constexpr int not_modified = 304;
  const bool is_redirect =
      error.http_status >= 300 && error.http_status < 400 && error.http_status != not_modified;
  if (is_redirect) {
    error.kind = ErrorKind::invalid_request;
    error.code = "redirected";
    error.message = fmt::format(
        "{}, a redirect; it is not followed, so that the key goes nowhere else. Correct the base "
        "URL.",
        opening);
    return;
  }
  std::string advice = advice_on(error, model);
  if (error.kind == ErrorKind::model_not_found || error.kind == ErrorKind::model_retired) {
    if (const std::string_view end = known_end(model, catalog, today); !end.empty()) {
      error.kind = ErrorKind::model_retired;
      advice = retirement_advice(model, catalog, end);
    }
  }
  const std::string code = error.code.empty() ? "" : fmt::format(" ({})", error.code);
  error.message = fmt::format("{}{}: {}", opening, code, with_full_stop(std::move(error.message)));
  if (!advice.empty()) error.message += ' ' + advice;
  constexpr std::array<int, 4> doubtful{401, 403, 404, 503};
  const std::string_view more = model.provider().fine_tune_advice;
  if (!more.empty() && error.kind != ErrorKind::model_retired && model.is_fine_tuned() &&
      std::find(doubtful.begin(), doubtful.end(), error.http_status) != doubtful.end())
    error.message.append(" ").append(more);
}

Error error_of(const http::Failure& failure, const Model& model) {
  const std::string_view title = model.provider().title;
  Error error{.outcome_unknown = failure.may_have_reached_server};
  switch (failure.kind) {
    case http::Failure::Kind::request:
      error.code = "request_not_sent";
      error.outcome_unknown = false;  // a part of a request cannot be carried out
      error.message = fmt::format("The request to {} was not sent whole: {}", title,
                                  with_full_stop(failure.message));
      break;
    case http::Failure::Kind::timed_out:
      error.kind = ErrorKind::timed_out;
      error.message =
          fmt::format("{} took too long: time ran out while {}.", title, doing(failure.phase));
      break;
    case http::Failure::Kind::tls:
      error.kind = ErrorKind::tls;
      error.message = fmt::format(
          "There is no safe connection to {}, so nothing was sent: {} If the server is "
          "yours, name its authority in ChatOptions::ca_file.",
          title, with_full_stop(failure.message));
      break;
    case http::Failure::Kind::stopped:
      error.kind = ErrorKind::cancelled;
      error.message = fmt::format("The call was cancelled while {}.", doing(failure.phase));
      break;
    case http::Failure::Kind::network:
      error.kind = ErrorKind::network;
      error.message = failure.phase < http::Phase::sending
                          ? fmt::format("{} could not be reached", title)
                          : fmt::format("The connection to {} broke", title);
      error.message +=
          fmt::format(" while {}: {}", doing(failure.phase), with_full_stop(failure.message));
      break;
  }
  if (error.outcome_unknown && error.kind != ErrorKind::cancelled)
    error.message +=
        " The request may have been carried out, and billed; look before it is sent again.";
  return error;
}

void capitalize(std::string& sentence) {
  if (!sentence.empty() && sentence.front() >= 'a' && sentence.front() <= 'z')
    sentence.front() = static_cast<char>(sentence.front() - 'a' + 'A');
}

std::string key_place(const Provider& provider) {
  if (provider.key_variable.empty()) return "Account::api_key";
  return fmt::format("{} or Account::api_key", provider.key_variable);
}

std::string spelled(std::chrono::milliseconds duration) {
  if (duration.count() < 1000) return fmt::format("{} ms", duration.count());
  return fmt::format("{} s", static_cast<double>(duration.count()) / 1000);
}

std::string day_of(std::chrono::system_clock::time_point moment) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(moment));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

}  // namespace FineTuning::internal
