#pragma once

// What a request to a service is, whichever client makes it, and the limits that its call keeps.

#include <FineTuning/http.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace FineTuning::internal {

/// What shows a server who is asking.
enum class Credential : std::uint8_t {
  account,  ///< The key of the account, asked for and set before every attempt.
  caller,   ///< A header of the caller's own, which the exchange has already.
  url,      ///< The URL alone, as a signed one does: no key goes along, and its query is a secret.
};

/// One request, checked and encoded, as yet without the account's key and without time limits.
struct Request {
  http::Exchange exchange{};
  bool may_be_repeated = false;  ///< Twice does no more than once: GET, PUT, DELETE.
  bool is_lookup = false;        ///< It only finds the way, so it does not count as an attempt.
  Credential credential = Credential::account;
};

/// What a call keeps to. A duration or a size of zero means no limit.
struct Limits {
  std::chrono::milliseconds connect_timeout{};
  std::chrono::milliseconds first_byte_timeout{};
  std::chrono::milliseconds idle_timeout{};
  /// Over all attempts; not once a body comes from a source, or an answer goes to a sink.
  std::chrono::milliseconds total_timeout{};
  std::size_t max_response_bytes = 0;   ///< Of an answer that is kept in memory.
  int max_retries = 0;                  ///< 0 or less: none.
  bool retry_unknown_outcomes = false;  ///< Also for requests that may not be repeated.
};

/// Gives an exchange the limits that hold for each one alone.
inline void set_timeouts(http::Exchange& exchange, const Limits& limits) {
  exchange.connect_timeout = limits.connect_timeout;
  exchange.first_byte_timeout = limits.first_byte_timeout;
  exchange.idle_timeout = limits.idle_timeout;
}

}  // namespace FineTuning::internal
