#pragma once

// How providers, and the proxies in front of them, say that something did not work.

#include "json/reader.hpp"

#include <FineTuning/error.hpp>
#include <FineTuning/provider.hpp>

#include <span>
#include <string_view>

namespace FineTuning::internal {

/// What a name in an error body means. A name is a code, a type or a status.
struct NamedError {
  std::string_view name;
  ErrorKind kind;
};

/// What an HTTP status means if the body says nothing more exact.
[[nodiscard]] ErrorKind kind_of_status(int status);

/// Reads the body of a refusal in any of the shapes that providers and the proxies in front of them
/// use: {"error":{..}}, {"error":"text"}, {"message":..}, {"detail":..}, one of these in an
/// array, a text, a page of HTML, nothing. The message is what it says.
[[nodiscard]] Error explain_body(int status, std::string_view body, const Accent& accent,
                                 std::span<const NamedError> names);

/// The same for an error inside a stream, whose HTTP status was 200.
[[nodiscard]] Error explain_event(const JsonValue& event, std::span<const NamedError> names);
[[nodiscard]] Error explain_event(std::string_view event, std::span<const NamedError> names);

}  // namespace FineTuning::internal
