#pragma once

// The environment that a test wants, and nothing of the one that it was started in.

#include <FineTuning/providers.hpp>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace FineTuning::test {

/// While it lives, no variable that the library reads is set but those that are given. Not for
/// tests that run threads meanwhile.
class Environment {
 public:
  explicit Environment(const std::map<std::string, std::string>& variables = {}) {
    for (const Provider* provider : providers::all) {
      std::string base_url(provider->name);
      std::transform(base_url.begin(), base_url.end(), base_url.begin(),
                     [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
      replace(base_url + "_BASE_URL", std::nullopt);
      for (const std::string_view name :
           {provider->key_variable, provider->project_variable, provider->location_variable})
        if (!name.empty()) replace(std::string(name), std::nullopt);
    }
    for (const auto& [name, value] : variables) replace(name, value);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() {
    for (const auto& [name, value] : before_) set(name, value);
  }

 private:
  void replace(const std::string& name, const std::optional<std::string>& value) {
    const char* old = std::getenv(name.c_str());
    before_.emplace(name, old == nullptr ? std::nullopt : std::optional<std::string>(old));
    set(name, value);
  }

  static void set(const std::string& name, const std::optional<std::string>& value) {
    if (value)
      setenv(name.c_str(), value->c_str(), 1);
    else
      unsetenv(name.c_str());
  }

  std::map<std::string, std::optional<std::string>> before_;
};

}  // namespace FineTuning::test
