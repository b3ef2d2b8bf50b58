// What a base URL may be.

#include "http/url.hpp"

#include <FineTuning/internal/errors.hpp>
#include <FineTuning/internal/scan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace FineTuning::internal {
namespace {

bool is_printable(char c) { return c > ' ' && c <= '~'; }

/// 127.0.0.0/8 written as four numbers; other spellings of it are not accepted.
bool is_loopback_v4(std::string_view host) {
  std::array<std::string_view, 4> parts{};
  if (split(host, '.', parts) != parts.size() || parts[0] != "127") return false;
  return std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    int number = 0;
    if (!all_digits(part) || part.size() > 3 || (part.size() > 1 && part[0] == '0')) return false;
    std::from_chars(part.data(), part.data() + part.size(), number);
    return number <= 255;
  });
}

bool is_loopback(std::string_view host) {
  return equal_ignoring_case(host, "localhost") || host == "[::1]" || is_loopback_v4(host);
}

bool is_port(std::string_view text) {
  if (!all_digits(text) || text.size() > 5) return false;
  int port = 0;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port <= 65535;
}

/// A name, an IPv4 address, or an IPv6 address in brackets.
bool is_host(std::string_view text) {
  const bool is_bracketed = text.size() > 2 && text.starts_with('[') && text.ends_with(']');
  if (is_bracketed) text = text.substr(1, text.size() - 2);
  return !text.empty() && std::all_of(text.begin(), text.end(), [is_bracketed](char c) {
    const char l = lower(c);
    if (is_bracketed) return is_lower_hex(l) || c == ':' || c == '.';
    return is_digit(c) || (l >= 'a' && l <= 'z') || c == '-' || c == '.' || c == '_';
  });
}

/// The host of "host[:port][/path]"; empty if it is not of that form.
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
  if (!take_prefix(url, "https://")) take_prefix(url, "http://");
  return is_loopback(host_of(url));
}

Result<void> check_base_url(std::string_view url, bool allow_plain_http) {
  std::string_view rest = url;
  const bool is_https = take_prefix(rest, "https://");
  if (!is_https && !take_prefix(rest, "http://"))
    return invalid_request(
        "A base URL begins with https://, or with http:// on this machine; correct it.");
  if (!std::all_of(rest.begin(), rest.end(), is_printable) ||
      rest.find_first_of("@?#\\\"<>^`{|}") != std::string_view::npos)
    return invalid_request(
        "A base URL has a host, a port and a path, but no user, query or fragment; correct it, and "
        "give a key as the key of the account.");
  const std::string_view host = host_of(rest);
  if (host.empty())
    return invalid_request(
        "The base URL has no host, or its host or port is not valid; correct it.");
  if (!is_https && !allow_plain_http && !is_loopback(host))
    return invalid_request(fmt::format(
        "Plain http:// to {} would show the key to everybody on the way; use https://, or allow it "
        "with the option allow_plain_http.",
        host));
  return {};
}

}  // namespace FineTuning::internal
