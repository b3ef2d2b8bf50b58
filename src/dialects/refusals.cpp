// What refusals mean.

#include "dialects/refusals.hpp"

#include "json/reader.hpp"

#include <FineTuning/internal/scan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace FineTuning::internal {
namespace {

/// The title of a page says what a proxy means.
std::string html_summary(std::string_view page) {
  const std::size_t from = page.find("<title>");
  const std::size_t to = page.find("</title>");
  if (from == std::string_view::npos || to == std::string_view::npos || to < from)
    return "an HTML page instead of JSON";
  return fmt::format("an HTML page instead of JSON, titled \"{}\"",
                     page.substr(from + 7, to - from - 7));
}

std::string explain_text(std::string_view body) {
  const std::size_t start = body.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return "nothing";
  body.remove_prefix(start);
  if (body.starts_with('<')) return html_summary(body);
  return fmt::format("\"{}\"", body);
}

/// FastAPI's list of what is wrong, or its text.
std::string detail_text(const JsonValue& detail) {
  if (!detail.is_array()) return as_text(detail);
  std::string text;
  for (const JsonValue& item : detail) {
    if (!text.empty()) text += "; ";
    std::string place;
    if (const JsonValue* parts = find(item, "loc"))
      for (const JsonValue& part : *parts) place += (place.empty() ? "" : ".") + as_text(part);
    text += place.empty() ? place : place + ": ";
    text += text_of(item, "msg");
  }
  return text;
}

/// A code is a text, a number or nothing.
std::string code_of(const JsonValue& object) {
  const JsonValue* code = find(object, "code");
  return code == nullptr ? std::string() : as_text(*code);
}

bool has_any(std::string_view message, std::span<const std::string_view> phrases) {
  return std::any_of(phrases.begin(), phrases.end(), [message](std::string_view phrase) {
    return message.find(phrase) != std::string_view::npos;
  });
}

constexpr std::array<std::string_view, 7> context_length_phrases{
    "context length",           "context window",  "context size",  "maximum context",
    "maximum number of tokens", "too many tokens", "max_new_tokens"};
constexpr std::array<std::string_view, 2> model_phrases{"model", "Model"};

}  // namespace

ErrorKind kind_of_status(int status) {
  struct Row {
    int status;
    ErrorKind kind;
  };
  constexpr std::array rows{
      Row{401, ErrorKind::authentication},
      Row{402, ErrorKind::quota_exhausted},
      Row{403, ErrorKind::permission_denied},
      Row{404, ErrorKind::not_found},
      Row{408, ErrorKind::timed_out},
      Row{410, ErrorKind::not_found},
      Row{429, ErrorKind::rate_limited},
      Row{498, ErrorKind::other},  // not standard: each service has its own meaning
      Row{499, ErrorKind::other},
      Row{501, ErrorKind::unsupported},
      Row{503, ErrorKind::overloaded},
      Row{504, ErrorKind::timed_out},
      Row{529, ErrorKind::overloaded},
  };
  const auto* row = std::find_if(rows.begin(), rows.end(),
                                 [status](const Row& each) { return each.status == status; });
  if (row != rows.end()) return row->kind;
  if (status >= 400 && status < 500) return ErrorKind::invalid_request;
  return status >= 500 && status < 600 ? ErrorKind::server_error : ErrorKind::other;
}

namespace {

Error explain_value(int status, const JsonValue& body, std::span<const NamedError> names) {
  const JsonValue* first = first_element(body);
  const JsonValue* root = first != nullptr && first->is_object() ? first : &body;
  const JsonValue* object = find(*root, "error");
  Error error{.kind = kind_of_status(status), .http_status = status};
  if (object != nullptr && object->is_string()) {
    error.message = object->characters();
    object = nullptr;
  }
  const JsonValue& details = object != nullptr ? *object : *root;
  if (error.message.empty()) error.message = text_of(details, "message");
  if (const JsonValue* detail = find(details, "detail"); detail != nullptr && error.message.empty())
    error.message = detail_text(*detail);
  if (error.message.empty()) error.message = as_text(*root);

  const std::array candidates{code_of(details), text_of(details, "status"),
                              text_of(details, "type")};
  for (const std::string& candidate : candidates) {
    if (error.code.empty() && !all_digits(candidate)) error.code = candidate;
    const auto named = std::find_if(names.begin(), names.end(),
                                    [&](const NamedError& each) { return each.name == candidate; });
    if (named == names.end()) continue;
    error.kind = named->kind;
    break;
  }
  if (status == 402) error.kind = ErrorKind::quota_exhausted;  // whatever the body calls it
  const bool may_be_length =                                   // one service refuses with 403
      error.kind == ErrorKind::invalid_request || error.kind == ErrorKind::permission_denied;
  if (may_be_length && has_any(error.message, context_length_phrases))
    error.kind = ErrorKind::context_length_exceeded;
  if (error.kind == ErrorKind::not_found && has_any(error.message, model_phrases))
    error.kind = ErrorKind::model_not_found;
  return error;
}

/// The same for a body that may not be JSON.
Error explain_any(int status, std::string_view body, std::span<const NamedError> names) {
  const JsonDocument value(body);
  if (value && (value->is_object() || value->is_array()))
    return explain_value(status, *value, names);
  return {.kind = kind_of_status(status), .message = explain_text(body), .http_status = status};
}

}  // namespace

Error explain_body(int status, std::string_view body, const Accent& accent,
                   std::span<const NamedError> names) {
  Error error = explain_any(status, body, names);
  for (const StatusMeaning& row : accent.statuses)
    if (row.status == status) error.kind = row.kind;
  return error;
}

Error explain_event(const JsonValue& event, std::span<const NamedError> names) {
  const JsonValue* object = find(event, "error");
  const std::uint64_t code = object == nullptr ? 0 : count_of(*object, "code");
  Error error =
      explain_value(code >= 400 && code < 600 ? static_cast<int>(code) : 500, event, names);
  error.http_status = 200;
  return error;
}

Error explain_event(std::string_view event, std::span<const NamedError> names) {
  if (const JsonDocument value{event}; value && value->is_object())
    return explain_event(*value, names);
  Error error = explain_any(500, event, names);
  error.http_status = 200;
  return error;
}

}  // namespace FineTuning::internal
