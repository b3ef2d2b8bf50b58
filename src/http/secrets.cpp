// Finds secrets and takes them out of texts.

#include "http/secrets.hpp"

#include <FineTuning/internal/markup.hpp>
#include <FineTuning/internal/scan.hpp>
#include <FineTuning/internal/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace FineTuning::internal {

Result<void> check_key(std::string_view key, std::string_view where) {
  if (std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c <= '~'; })) return {};
  return Error{.kind = ErrorKind::authentication,
               .message = fmt::format("The key from {} has a space, a line break or another "
                                      "character that no key has; copy it again.",
                                      where)};
}

std::string_view secret_of(std::string_view value) { return after_last(value, ' '); }

bool is_secret_header(std::string_view name) {
  const std::string lowered = lower_case(name);
  constexpr std::array<std::string_view, 6> marks{"auth",   "key",    "token",
                                                  "secret", "cookie", "password"};
  return std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) {
    return lowered.find(mark) != std::string::npos;
  });
}

namespace {

std::string percent_decoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string decoded;
  while (!text.empty()) {
    const bool is_escape =
        text.size() > 2 && text[0] == '%' && is_hex_of(lower_case(text.substr(1, 2)), 2);
    if (is_escape) {
      const auto value = [&](std::size_t at) { return digits.find(lower(text[at])); };
      decoded += static_cast<char>(value(1) * 16 + value(2));
    } else {
      decoded += text[0];
    }
    text.remove_prefix(is_escape ? 3 : 1);
  }
  return decoded;
}

}  // namespace

void add_secrets_of_url(std::vector<std::string>& secrets, std::string_view url) {
  constexpr std::size_t shortest = 16;  // a signature or a token is longer, dates and sizes are not
  std::string_view query = url;
  take_until(query, '?');
  while (!query.empty()) {
    const std::string_view part = take_until(query, '&');
    std::string_view value = part.substr(part.find('=') + 1);
    if (value.find_first_not_of('=') == std::string_view::npos) value = part;  // a token alone
    if (value.size() < shortest) continue;
    secrets.emplace_back(value);
    if (std::string decoded = percent_decoded(value); decoded != value)
      secrets.push_back(std::move(decoded));  // services quote either
  }
}

void redact(std::string& text, const std::vector<std::string>& secrets) {
  constexpr std::size_t shortest = 4;  // what is shorter is part of many words, and not a secret
  // The longest first, since one may begin another.
  std::vector<std::string_view> longest_first(secrets.begin(), secrets.end());
  std::sort(longest_first.begin(), longest_first.end(),
            [](std::string_view a, std::string_view b) { return a.size() > b.size(); });
  for (const std::string_view secret : longest_first) {
    if (secret.size() < shortest) continue;
    std::string clean;  // replacing in place would take quadratic time
    std::size_t from = 0;
    for (std::size_t at = 0; (at = text.find(secret, from)) != std::string::npos;
         from = at + secret.size())
      clean.append(text, from, at - from).append(redacted);
    if (from != 0) text = std::move(clean.append(text, from));
  }
}

namespace {

// How a character of a secret, which is printable ASCII, is written where services quote it.

std::string json_escape(char c) {
  return c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
}
std::string json_escape_with_slash(char c) { return c == '/' ? "\\/" : json_escape(c); }

std::string html_escape(char c) {
  const std::string_view name = markup_escape(c);
  return name.empty() ? std::string(1, c) : std::string(name);
}

bool is_unreserved(char c) {  // RFC 3986, 2.3
  return is_digit(c) || is_lower(lower(c)) || c == '-' || c == '.' || c == '_' || c == '~';
}
std::string percent_escape(char c) {
  return is_unreserved(c) ? std::string(1, c)
                          : fmt::format("%{:02X}", static_cast<unsigned char>(c));
}
std::string small_percent_escape(char c) {
  return is_unreserved(c) ? std::string(1, c) : lower_case(percent_escape(c));
}

/// The secrets in every form in which a service, or a proxy, may quote them.
std::vector<std::string> forms_of(const std::vector<std::string>& secrets) {
  std::vector<std::string> forms = secrets;
  for (const std::string& secret : secrets)
    for (const auto escape :
         {json_escape, json_escape_with_slash, html_escape, percent_escape, small_percent_escape}) {
      std::string form;
      for (const char c : secret) form += escape(c);
      if (form != secret) forms.push_back(std::move(form));
    }
  return forms;
}

void redact_forms(Error& error, const std::vector<std::string>& forms) {
  for (std::string* text : {&error.message, &error.code, &error.request_id, &error.partial})
    redact(*text, forms);
  for (Error& cause : error.causes) redact_forms(cause, forms);
}

}  // namespace

void redact(Error& error, const std::vector<std::string>& secrets) {
  redact_forms(error, forms_of(secrets));
}

}  // namespace FineTuning::internal
