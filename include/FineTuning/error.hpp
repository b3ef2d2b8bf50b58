#pragma once

// What can go wrong, as a value: a kind that a caller can act on, and what the provider said.

#include <FineTuning/enum_names.hpp>
#include <FineTuning/export.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace FineTuning {

/// What went wrong, as far as a caller can act on it.
enum class ErrorKind : std::uint8_t {
  authentication,           ///< No key, or one that the provider does not accept.
  permission_denied,        ///< The key is valid but may not do this.
  model_not_found,          ///< No such model for this key.
  model_retired,            ///< The model has ended for good; move to another one.
  quota_exhausted,          ///< The account has nothing left to spend; waiting does not help.
  rate_limited,             ///< Too many requests for now; see Error::retry_after.
  context_length_exceeded,  ///< The prompt and the answer do not fit the model's window.
  content_filtered,         ///< The provider refused the content.
  invalid_request,          ///< The request is wrong; correct it.
  invalid_model,            ///< The model spec or id cannot be used.
  not_fine_tuned,           ///< A fine-tuned model was needed, and this is not one.
  not_found,                ///< Something other than the model does not exist.
  overloaded,               ///< The provider has too much work at the moment.
  server_error,             ///< The provider failed.
  timed_out,                ///< The answer did not arrive in time.
  network,                  ///< The provider could not be reached, or the connection broke.
  tls,                      ///< The server could not prove who it is.
  cancelled,                ///< The caller stopped the call.
  malformed_response,       ///< The answer does not follow the provider's protocol.
  interrupted_stream,       ///< A stream ended before its terminator.
  unsupported,              ///< This provider or this library cannot do that.
  other,                    ///< None of these; see Error::code and Error::http_status.
};

template <>
inline constexpr auto internal::enum_names<ErrorKind> =
    std::to_array<std::string_view>({"authentication",
                                     "permission_denied",
                                     "model_not_found",
                                     "model_retired",
                                     "quota_exhausted",
                                     "rate_limited",
                                     "context_length_exceeded",
                                     "content_filtered",
                                     "invalid_request",
                                     "invalid_model",
                                     "not_fine_tuned",
                                     "not_found",
                                     "overloaded",
                                     "server_error",
                                     "timed_out",
                                     "network",
                                     "tls",
                                     "cancelled",
                                     "malformed_response",
                                     "interrupted_stream",
                                     "unsupported",
                                     "other"});
static_assert(to_string(ErrorKind::authentication) == "authentication");
static_assert(to_string(ErrorKind::other) == "other");

/// A failure. No member contains a key or a token (of four characters or more), not even one that
/// the provider repeats.
struct FINETUNING_EXPORT Error {
  ErrorKind kind = ErrorKind::other;  ///< What to act on.
  std::string message{};              ///< A whole sentence: what happened and what to do about it.
  int http_status = 0;                ///< 0 when no answer arrived.
  std::string code{};        ///< A more specific code: the provider's, or that of an IdError.
  std::string request_id{};  ///< Quote this to the provider's support.
  /// How long the provider asks to wait, if it says so.
  std::optional<std::chrono::milliseconds> retry_after{};
  std::string partial{};  ///< The text that had arrived when a stream failed.
  /// The request may have been carried out (and billed) although no whole answer arrived. Also true
  /// of a call that a stop token ended after part of it was sent; not of a stream that its sink
  /// stopped, which was answered and is billed.
  bool outcome_unknown = false;
  int attempts = 0;             ///< How many times the request was sent.
  std::vector<Error> causes{};  ///< The errors of the earlier arms of a fallback, oldest first.

  /// True if the call may have cost something: its outcome is unknown, or the provider answered it.
  [[nodiscard]] bool may_be_billed() const noexcept {
    return outcome_unknown || http_status / 100 == 2;
  }

  /// Equal if every member is, the causes too.
  friend bool operator==(const Error&, const Error&) = default;
};

/// {"error":{"kind":"rate_limited","message":..,"http_status":429,..}}, with its causes.
[[nodiscard]] FINETUNING_EXPORT std::string to_json(const Error& error);

}  // namespace FineTuning
