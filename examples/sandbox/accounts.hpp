#pragma once

// The way to the sandbox, for a Chat.

#include "sandbox.hpp"

#include <FineTuning/chat.hpp>
#include <FineTuning/providers.hpp>

#include <map>
#include <string>

namespace FineTuning::examples {

/// ChatOptions::accounts that send every provider's calls to the sandbox, which outlives the Chat.
inline std::map<std::string, Account, std::less<>> accounts_at(const Sandbox& sandbox) {
  std::map<std::string, Account, std::less<>> accounts;
  for (const Provider* provider : providers::all)
    if (provider->dialect != Dialect::none)
      accounts[std::string(provider->name)] = {.api_key = std::string(Sandbox::api_key),
                                               .base_url = sandbox.base_url(provider->name),
                                               .project = "my-project",
                                               .location = "us-central1"};
  return accounts;
}

}  // namespace FineTuning::examples
