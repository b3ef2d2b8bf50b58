#pragma once

// Ids in URL paths: percent-encoded, and never able to climb out of the path they are put in.

#include <FineTuning/result.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace FineTuning::internal {

/// `text` with all but unreserved characters (and '@', which model versions use) as %XX.
inline std::string percent_encoded(std::string_view text) {
  constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~@";
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', hex[byte >> 4U], hex[byte & 15U]};
    }
  }
  return encoded;
}

/// `/a/b/c` for the name a/b/c; an error if a part is empty, "." or "..".
inline Result<std::string> path_of(std::string_view name) {
  std::string path;
  for (std::size_t from = 0; from <= name.size();) {
    const std::size_t to = std::min(name.find('/', from), name.size());
    const std::string_view part = name.substr(from, to - from);
    if (part.empty() || part == "." || part == "..")
      return Error{.kind = ErrorKind::invalid_model,
                   .message =
                       "The model name has an empty, \".\" or \"..\" part and cannot be put "
                       "into a URL; write the name as its provider gives it.",
                   .code = "invalid_format"};
    path += '/';
    path += percent_encoded(part);
    from = to + 1;
  }
  return path;
}

}  // namespace FineTuning::internal
