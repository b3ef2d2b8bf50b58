#pragma once

// Who asks, and where: the keys and addresses of every provider, for whichever client asks it.

#include <FineTuning/account.hpp>
#include <FineTuning/http.hpp>
#include <FineTuning/model_id.hpp>
#include <FineTuning/provider.hpp>
#include <FineTuning/result.hpp>

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace FineTuning::internal {

/// Accounts by the names of their providers.
using AccountMap = std::map<std::string, Account, std::less<>>;

/// The accounts of the library's providers and of the caller's own: what was not given comes from
/// the environment, which is read by the constructor only. Safe to use from several threads at
/// once.
class Accounts {
 public:
  Accounts(const AccountMap& given, std::span<const Provider> own_providers, bool allow_plain_http);

  /// Fails if an account was given for a provider that does not exist.
  [[nodiscard]] Result<void> check() const;

  /// Scheme, host and the beginning of the path, checked. `id` is for providers whose address
  /// depends on the model.
  [[nodiscard]] Result<std::string> base_url(const Provider& provider,
                                             const ModelId& id = {}) const;
  /// Where bare names are looked up; views into the account.
  [[nodiscard]] Place place(const Provider& provider) const;

  /// The header that carries the key, as the provider wants it; empty if it needs no key and there
  /// is none. A token is asked for each time; `refresh` says that the last one was refused.
  [[nodiscard]] Result<http::Headers> key_headers(const Provider& provider, bool refresh) const;
  /// The same header without the key.
  [[nodiscard]] http::Headers redacted_key_headers(const Provider& provider) const;
  [[nodiscard]] bool can_refresh_key(const Provider& provider) const;

 private:
  [[nodiscard]] const Account& account_of(const Provider& provider) const;
  /// Empty if there is none.
  [[nodiscard]] Result<std::string> unchecked_base_url(const Provider& provider,
                                                       const ModelId& id) const;

  AccountMap accounts_;  // every provider that can be asked has one
  std::string unknown_;
  bool allow_plain_http_;
};

/// True if a header of this name carries the key, as the provider or everybody writes it.
[[nodiscard]] bool carries_key(std::string_view header, const Provider& provider);

}  // namespace FineTuning::internal
