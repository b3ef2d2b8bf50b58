#pragma once

// The words of the errors of a call: what happened, and what to do about it.

#include <FineTuning/catalog.hpp>
#include <FineTuning/http.hpp>
#include <FineTuning/result.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace FineTuning::internal {

/// Makes what a provider said fit for a sentence: without secrets, each text in one line and not
/// endless.
void tidy(Error& error, const std::vector<std::string>& secrets);

/// Completes what a dialect read from a refusal: `opening` says who did what ("OpenAI answered
/// 404"), and what to do about it follows. A model that the table (or the catalog) knows to have
/// ended becomes model_retired. `today` is YYYY-MM-DD.
void complete_refusal(Error& error, std::string_view opening, const Model& model,
                      const Catalog& catalog, std::string_view today);

/// An exchange without a whole answer, as an error.
[[nodiscard]] Error error_of(const http::Failure& failure, const Model& model);

/// Makes the first letter a capital, where a sentence begins with a provider's name.
void capitalize(std::string& sentence);

/// Where the key of a provider is looked for: "OPENAI_API_KEY or Account::api_key".
[[nodiscard]] std::string key_place(const Provider& provider);

/// "1.5 s", "250 ms"
[[nodiscard]] std::string spelled(std::chrono::milliseconds duration);

/// YYYY-MM-DD, in UTC.
[[nodiscard]] std::string day_of(std::chrono::system_clock::time_point moment);

}  // namespace FineTuning::internal
