#pragma once

// How a provider is reached: keys and addresses.

#include <FineTuning/result.hpp>

#include <functional>
#include <string>

namespace FineTuning {

/// How to reach one provider. Anything left empty comes from the environment, read once when the
/// client (such as a Chat) is made, and otherwise from the default.
struct Account {
  std::string api_key{};   ///< Environment: the provider's key variable, such as OPENAI_API_KEY.
  std::string base_url{};  ///< Environment: PROVIDER_BASE_URL, such as OPENAI_BASE_URL.
  /// Gives the token instead of a key, sent as "Authorization: Bearer"; called before every
  /// attempt. `refresh` is true if the last one was refused (401), at most once per call. May be
  /// called from several threads at once.
  std::function<Result<std::string>(bool refresh)> access_token{};
  std::string project{};   ///< For a cloud's short model names. Environment: GOOGLE_CLOUD_PROJECT.
  std::string location{};  ///< Environment: GOOGLE_CLOUD_LOCATION.
};

}  // namespace FineTuning
