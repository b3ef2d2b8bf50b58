#pragma once

// The sentences of a call's errors: what happened, and what to do about it.

#include "call/request.hpp"

#include <FineTuning/error.hpp>
#include <FineTuning/http.hpp>
#include <FineTuning/provider.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace FineTuning::internal {

// ---- what a service said

/// Makes what a service said fit for a sentence: without secrets, each text in one line and not
/// endless.
void tidy(Error& error, const std::vector<std::string>& secrets);

/// "OpenAI answered 404 (model_not_found): No such model. Check how it is spelt.": `opening` says
/// who did what, the error has the service's words.
[[nodiscard]] std::string refusal_sentences(std::string_view opening, const Error& error,
                                            std::string_view advice);

/// What to do about a refusal, whatever was asked for. Empty for kinds that speak for themselves.
[[nodiscard]] std::string general_advice_on(const Error& error, const Provider& provider);

/// Makes the error of a redirect that is not followed.
void redirect(Error& error, std::string_view opening);

// ---- what else can happen

[[nodiscard]] Error cancelled();
[[nodiscard]] Error too_late();
[[nodiscard]] Error too_large(std::string_view title, std::size_t max_response_bytes);
[[nodiscard]] Error unreadable_body(std::string_view title, const http::BodySource& source);
[[nodiscard]] Error unsafe_redirect(std::string_view title, int status);

/// An exchange without a whole answer, as an error.
[[nodiscard]] Error error_of(const http::Failure& failure, std::string_view title,
                             const Request& request);

/// Adds that an attempt before the one of the error may have been carried out.
void doubt_earlier_attempt(Error& error, const Request& request);

/// The failure of an exchange whose answer is not whole, although the transport saw it end well.
[[nodiscard]] http::Failure cut_answer();

// ---- words

/// Where the key of a provider is looked for: "OPENAI_API_KEY or Account::api_key".
[[nodiscard]] std::string key_place(const Provider& provider);

/// "1.5 s", "250 ms"
[[nodiscard]] std::string spelled(std::chrono::milliseconds duration);

}  // namespace FineTuning::internal
