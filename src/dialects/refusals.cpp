// What refusals say.

#include "refusals.hpp"

#include "../json_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace FineTuning {
namespace {

constexpr std::size_t longest_message = 600;

/// Readable in one line: white space folded, and not endless.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text.substr(0, 4 * longest_message)) {
    const bool is_space = static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
    if (!is_space)
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  if (line.ends_with(' ')) line.pop_back();
  if (line.size() > longest_message) {
    std::size_t end = longest_message;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
    line.resize(end);
    line += "...";
  }
  return line;
}

/// A page's title tells what a proxy wants to say.
std::string html_summary(std::string_view page) {
  const std::size_t from = page.find("<title>");
  const std::size_t to = page.find("</title>");
  if (from == std::string_view::npos || to == std::string_view::npos || to < from)
    return "an HTML page instead of JSON";
  return fmt::format("an HTML page instead of JSON, titled \"{}\"",
                     one_line(page.substr(from + 7, to - from - 7)));
}

std::string explain_text(std::string_view body) {
  const std::size_t start = body.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return "nothing";
  body.remove_prefix(start);
  if (body.starts_with('<')) return html_summary(body);
  return fmt::format("\"{}\"", one_line(body));
}

/// FastAPI's list of what is wrong, or its text.
std::string detail_text(const Json& detail) {
  if (!detail.is_array()) return as_text(detail);
  std::string text;
  for (const Json& item : detail) {
    if (!text.empty()) text += "; ";
    if (const Json* place = find(item, "loc"); place != nullptr && place->is_array())
      for (const Json& part : *place)
        text += as_text(part) + (&part == &place->back() ? ": " : ".");
    text += text_of(item, "msg");
  }
  return text;
}

/// A code is a text, a number or nothing.
std::string code_of(const Json& object) {
  const Json* code = find(object, "code");
  return code == nullptr ? std::string() : as_text(*code);
}

bool has_any(std::string_view message, std::span<const std::string_view> phrases) {
  return std::any_of(phrases.begin(), phrases.end(), [message](std::string_view phrase) {
    return message.find(phrase) != std::string_view::npos;
  });
}

constexpr std::array<std::string_view, 6> context_length_phrases{
    "context length",  "context window",           "context size",
    "maximum context", "maximum number of tokens", "too many tokens"};
constexpr std::array<std::string_view, 2> model_phrases{"model", "Model"};

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

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
      Row{498, ErrorKind::other},
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

Error explain_value(int status, const Json& body, std::span<const NamedError> names) {
  const Json* first = element(body, 0);
  const Json* root = first != nullptr && first->is_object() ? first : &body;
  const Json* object = find(*root, "error");
  Error error{.kind = kind_of_status(status), .http_status = status};
  if (object != nullptr && object->is_string()) {
    error.message = object->get<std::string>();
    object = nullptr;
  }
  const Json& details = object != nullptr ? *object : *root;
  if (error.message.empty()) error.message = text_of(details, "message");
  if (const Json* detail = find(details, "detail"); detail != nullptr && error.message.empty())
    error.message = detail_text(*detail);
  error.message = one_line(error.message);
  if (error.message.empty()) error.message = one_line(as_text(*root));

  const std::array candidates{code_of(details), text_of(details, "status"),
                              text_of(details, "type")};
  for (const std::string& candidate : candidates) {
    if (error.code.empty() && !is_number(candidate)) error.code = candidate;
    const auto named = std::find_if(names.begin(), names.end(),
                                    [&](const NamedError& each) { return each.name == candidate; });
    if (named == names.end()) continue;
    error.kind = named->kind;
    break;
  }
  if (status == 402) error.kind = ErrorKind::quota_exhausted;  // whatever the body calls it
  if (error.kind == ErrorKind::invalid_request && has_any(error.message, context_length_phrases))
    error.kind = ErrorKind::context_length_exceeded;
  if (error.kind == ErrorKind::not_found && has_any(error.message, model_phrases))
    error.kind = ErrorKind::model_not_found;
  return error;
}

}  // namespace

Error explain_body(int status, std::string_view body, std::span<const NamedError> names) {
  const std::optional<Json> value = parse_json(body);
  if (value && (value->is_object() || value->is_array()))
    return explain_value(status, *value, names);
  return {.kind = kind_of_status(status), .message = explain_text(body), .http_status = status};
}

Error explain_event(const Json& event, std::span<const NamedError> names) {
  const Json* code = find(event, "error", "code");
  const bool is_status =
      code != nullptr && code->is_number_integer() && *code >= 400 && *code < 600;
  Error error = explain_value(is_status ? code->get<int>() : 500, event, names);
  error.http_status = 200;
  return error;
}

}  // namespace FineTuning
