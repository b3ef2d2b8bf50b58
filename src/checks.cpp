// What is checked before anything is sent.

#include "checks.hpp"

#include <FineTuning/detail/scan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace FineTuning {
namespace {

Error refusal(std::string message) {
  return {.kind = ErrorKind::invalid_request, .message = std::move(message)};
}

bool is_printable(char c) { return c > ' ' && c <= '~'; }

/// 127.0.0.0/8 written as four numbers; other spellings are nobody's way to name this machine.
bool is_loopback_v4(std::string_view host) {
  std::array<std::string_view, 4> parts{};
  if (detail::split(host, '.', parts) != parts.size() || parts[0] != "127") return false;
  return std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    int number = 0;
    if (!detail::all_digits(part) || part.size() > 3 || (part.size() > 1 && part[0] == '0'))
      return false;
    std::from_chars(part.data(), part.data() + part.size(), number);
    return number <= 255;
  });
}

bool is_loopback(std::string_view host) {
  return detail::equal_ignoring_case(host, "localhost") || host == "[::1]" || is_loopback_v4(host);
}

bool is_port(std::string_view text) {
  if (!detail::all_digits(text) || text.size() > 5) return false;
  int port = 0;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port <= 65535;
}

/// A name, an IPv4 address, or an IPv6 address in brackets.
bool is_host(std::string_view text) {
  const bool is_bracketed = text.size() > 2 && text.starts_with('[') && text.ends_with(']');
  if (is_bracketed) text = text.substr(1, text.size() - 2);
  return !text.empty() && std::all_of(text.begin(), text.end(), [is_bracketed](char c) {
    const char l = detail::lower(c);
    if (is_bracketed) return detail::is_lower_hex(l) || c == ':' || c == '.';
    return detail::is_digit(c) || (l >= 'a' && l <= 'z') || c == '-' || c == '.' || c == '_';
  });
}

/// The host of "host[:port][/path]"; empty where it is not of that form.
std::string_view host_of(std::string_view rest) {
  const std::string_view authority = rest.substr(0, rest.find('/'));
  const std::size_t bracket = authority.find(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) return is_host(authority) ? authority : std::string_view{};
  const std::string_view host = authority.substr(0, colon);
  return is_host(host) && is_port(authority.substr(colon + 1)) ? host : std::string_view{};
}

}  // namespace

bool is_loopback_url(std::string_view url) {
  if (!detail::take_prefix(url, "https://")) detail::take_prefix(url, "http://");
  return is_loopback(host_of(url));
}

std::optional<Error> check_base_url(std::string_view url, bool allow_plain_http) {
  std::string_view rest = url;
  const bool is_https = detail::take_prefix(rest, "https://");
  if (!is_https && !detail::take_prefix(rest, "http://"))
    return refusal("A base URL begins with https:// (or http:// on this machine); correct it.");
  if (!std::all_of(rest.begin(), rest.end(), is_printable) ||
      rest.find_first_of("@?#\\\"<>^`{|}") != std::string_view::npos)
    return refusal(
        "A base URL has a host, a port and a path and nothing else: no user, query or fragment; "
        "give keys where keys belong.");
  const std::string_view host = host_of(rest);
  if (host.empty())
    return refusal("The base URL has no host, or a host or port that cannot be one; correct it.");
  if (!is_https && !allow_plain_http && !is_loopback(host))
    return refusal(fmt::format(
        "Plain http:// to {} would show the key to everybody on the way; use https://, or allow it "
        "with ChatOptions::allow_plain_http.",
        host));
  return std::nullopt;
}

std::optional<Error> check_key(std::string_view key, std::string_view where) {
  if (std::all_of(key.begin(), key.end(), is_printable)) return std::nullopt;
  return Error{.kind = ErrorKind::authentication,
               .message = fmt::format("The key from {} has a space, a line break or another "
                                      "character that no key has; copy it again.",
                                      where)};
}

std::optional<Error> check_header(std::string_view name, std::string_view value) {
  constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";
  const bool is_token = !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    const char l = detail::lower(c);
    return detail::is_digit(c) || (l >= 'a' && l <= 'z') ||
           token_marks.find(c) != std::string_view::npos;
  });
  if (!is_token) return refusal("The name of an extra header is no HTTP token; correct it.");
  const bool is_line = std::none_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < ' ' && c != '\t') || byte == 0x7f;
  });
  if (!is_line)
    return refusal(
        fmt::format("The value of the extra header {} has a line break or another control "
                    "character; remove it.",
                    name));
  constexpr std::array<std::string_view, 9> own{
      "Content-Length",  "Transfer-Encoding", "Host",   "Connection",
      "Accept-Encoding", "Content-Encoding",  "Expect", "TE",
      "Upgrade"};
  for (const std::string_view reserved : own)
    if (detail::equal_ignoring_case(name, reserved))
      return refusal(fmt::format("The header {} is written by the client; leave it out.", name));
  return std::nullopt;
}

void set_header(http::Headers& headers, std::string_view name, std::string_view value) {
  for (auto& [key, old] : headers)
    if (detail::equal_ignoring_case(key, name)) {
      old = value;
      return;
    }
  headers.emplace_back(name, value);
}

std::string_view secret_of(std::string_view value) { return detail::after_last(value, ' '); }

bool is_secret_header(std::string_view name) {
  std::string lowered(name);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), detail::lower);
  constexpr std::array<std::string_view, 6> marks{"auth",   "key",    "token",
                                                  "secret", "cookie", "password"};
  return std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) {
    return lowered.find(mark) != std::string::npos;
  });
}

void redact(std::string& text, const std::vector<std::string>& secrets) {
  constexpr std::size_t shortest = 4;  // below that it is no secret, and stands in every other word
  for (const std::string& secret : secrets) {
    if (secret.size() < shortest) continue;
    std::string clean;  // built anew: to replace in place takes quadratic time
    std::size_t from = 0;
    for (std::size_t at = 0; (at = text.find(secret, from)) != std::string::npos;
         from = at + secret.size())
      clean.append(text, from, at - from).append(redacted);
    if (from != 0) text = std::move(clean.append(text, from));
  }
}

void redact(Error& error, const std::vector<std::string>& secrets) {
  for (std::string* text : {&error.message, &error.code, &error.request_id, &error.partial})
    redact(*text, secrets);
  for (Error& cause : error.causes) redact(cause, secrets);
}

}  // namespace FineTuning
