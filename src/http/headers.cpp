// What a header may be.

#include "http/headers.hpp"

#include <FineTuning/internal/errors.hpp>
#include <FineTuning/internal/scan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace FineTuning::internal {

Result<void> check_header(std::string_view name, std::string_view value) {
  constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";
  const bool is_token = !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    const char l = lower(c);
    return is_digit(c) || (l >= 'a' && l <= 'z') || token_marks.find(c) != std::string_view::npos;
  });
  if (!is_token)
    return invalid_request("The name of an extra header is not an HTTP token; correct it.");
  const bool is_line = std::none_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < ' ' && c != '\t') || byte == 0x7f;
  });
  if (!is_line)
    return invalid_request(
        fmt::format("The value of the extra header {} has a line break or another control "
                    "character; remove it.",
                    name));
  constexpr std::array<std::string_view, 9> own{
      "Content-Length",  "Transfer-Encoding", "Host",   "Connection",
      "Accept-Encoding", "Content-Encoding",  "Expect", "TE",
      "Upgrade"};
  for (const std::string_view reserved : own)
    if (equal_ignoring_case(name, reserved))
      return invalid_request(
          fmt::format("The header {} is written by the library; leave it out.", name));
  return {};
}

void set_header(http::Headers& headers, std::string_view name, std::string_view value) {
  for (auto& [key, old] : headers)
    if (equal_ignoring_case(key, name)) {
      old = value;
      return;
    }
  headers.emplace_back(name, value);
}

}  // namespace FineTuning::internal
