// Keys and addresses, from options and environment.

#include "accounts/accounts.hpp"

#include "call/sentences.hpp"
#include "http/secrets.hpp"
#include "http/url.hpp"

#include <FineTuning/internal/errors.hpp>
#include <FineTuning/internal/text.hpp>
#include <FineTuning/providers.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

namespace FineTuning::internal {
namespace {

std::string environment(std::string_view variable) {
  const char* value = variable.empty() ? nullptr : std::getenv(std::string(variable).c_str());
  return value == nullptr ? std::string() : std::string(value);
}

std::string base_url_variable(const Provider& provider) {
  std::string name(provider.name);
  for (char& c : name)
    if (is_lower(c)) c = static_cast<char>(c - 'a' + 'A');
  return fmt::format("{}_BASE_URL", name);
}

/// The account with what the environment adds.
Account completed(Account account, const Provider& provider) {
  const auto complete = [](std::string& value, std::string_view variable) {
    if (value.empty()) value = environment(variable);
  };
  complete(account.api_key, provider.key_variable);
  complete(account.base_url, base_url_variable(provider));
  complete(account.project, provider.project_variable);
  complete(account.location, provider.location_variable);
  while (account.base_url.ends_with('/')) account.base_url.pop_back();
  return account;
}

Error no_key(const Provider& provider) {
  return {.kind = ErrorKind::authentication,
          .message =
              fmt::format("There is no key for {}: set {}.", provider.title, key_place(provider))};
}

Error no_address(const Provider& provider) {
  return invalid_request(fmt::format("{} has no address: set {} or Account::base_url.",
                                     provider.title, base_url_variable(provider)));
}

/// A key as the provider wants it; a token is sent the same way everywhere.
http::Headers headers_of(const Account& account, const Provider& provider, std::string_view key) {
  if (key.empty()) return {};
  const KeyHeader header = account.access_token ? KeyHeader{} : provider.key_header;
  return {{std::string(header.name), fmt::format("{}{}", header.prefix, key)}};
}

}  // namespace

Accounts::Accounts(const AccountMap& given, std::span<const Provider> own_providers,
                   bool allow_plain_http)
    : allow_plain_http_(allow_plain_http) {
  const auto add = [&](const Provider& provider) {
    const auto account = given.find(provider.name);
    accounts_.insert_or_assign(
        std::string(provider.name),
        completed(account == given.end() ? Account{} : account->second, provider));
  };
  for (const Provider* provider : providers::all) add(*provider);
  for (const Provider& provider : own_providers) add(provider);
  for (const auto& [name, account] : given)
    if (!accounts_.contains(name)) unknown_ = name;
}

Result<void> Accounts::check() const {
  if (unknown_.empty()) return {};
  return invalid_request(fmt::format("The accounts have one for {}, and there is no provider of "
                                     "that name; correct it.",
                                     in_quotes(unknown_)),
                         "unknown_provider");
}

Result<std::string> Accounts::base_url(const Provider& provider, const ModelId& id) const {
  return unchecked_base_url(provider, id).and_then([&](std::string&& url) -> Result<std::string> {
    if (url.empty()) return no_address(provider);
    return check_base_url(url, allow_plain_http_).transform([&url] { return std::move(url); });
  });
}

Result<std::string> Accounts::unchecked_base_url(const Provider& provider,
                                                 const ModelId& id) const {
  const Account& account = account_of(provider);
  if (!account.base_url.empty()) return account.base_url;
  if (provider.addressing.base_url != nullptr)
    return provider.addressing.base_url(id, place(provider));
  return std::string(provider.base_url);
}

Place Accounts::place(const Provider& provider) const {
  const Account& account = account_of(provider);
  return {.project = account.project, .location = account.location};
}

Result<http::Headers> Accounts::key_headers(const Provider& provider, bool refresh) const {
  const Account& account = account_of(provider);
  const bool has_token = can_refresh_key(provider);
  const Result<std::string> key = has_token ? account.access_token(refresh) : account.api_key;
  if (!key) return key.error();
  if (key->empty() && !provider.key_is_optional) return no_key(provider);
  const std::string source = has_token ? "Account::access_token" : key_place(provider);
  if (Result<void> valid = check_key(*key, source); !valid) return std::move(valid).error();
  return headers_of(account, provider, *key);
}

http::Headers Accounts::redacted_key_headers(const Provider& provider) const {
  const Account& account = account_of(provider);
  const bool has_none = account.api_key.empty() && !account.access_token;
  return headers_of(account, provider, has_none && provider.key_is_optional ? "" : redacted);
}

bool Accounts::can_refresh_key(const Provider& provider) const {
  return static_cast<bool>(account_of(provider).access_token);
}

const Account& Accounts::account_of(const Provider& provider) const {
  return accounts_.at(std::string(provider.name));
}

bool carries_key(std::string_view header, const Provider& provider) {
  return equal_ignoring_case(header, provider.key_header.name) ||
         equal_ignoring_case(header, KeyHeader{}.name);
}

}  // namespace FineTuning::internal
