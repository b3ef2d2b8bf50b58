#pragma once

// How a provider is reached: keys and addresses.

#include <FineTuning/result.hpp>

#include <functional>
#include <string>

namespace FineTuning {

/// How one provider is reached. What is empty comes from the environment, which is read once, when
/// the client (as Chat) is made, then from the default.
struct Account {
  std::string api_key{};   ///< Environment: the provider's key variable, as OPENAI_API_KEY.
  std::string base_url{};  ///< Environment: the provider's name in front, as OPENAI_BASE_URL.
  /// Gives the token instead of a key, sent as "Authorization: Bearer"; called before every
  /// attempt. `refresh` is true if the last one was refused (401), at most once a call. May be
  /// called from several threads at once.
  std::function<Result<std::string>(bool refresh)> access_token{};
  std::string project{};   ///< Of a cloud's bare model names. Environment: GOOGLE_CLOUD_PROJECT.
  std::string location{};  ///< Environment: GOOGLE_CLOUD_LOCATION.
};

}  // namespace FineTuning
