// Keys and addresses, from options and environment.

#include "accounts/accounts.hpp"

#include "support/catch.hpp"
#include "support/environment.hpp"

#include <FineTuning/providers.hpp>

#include <string>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;
using test::Environment;

namespace {

const Provider mine{.name = "mine",
                    .title = "My service",
                    .base_url = "https://my.example/api",
                    .key_variable = "MY_KEY",
                    .key_header = {.name = "api-key", .prefix = "Key "},
                    .project_variable = "MY_PROJECT",
                    .location_variable = "MY_LOCATION"};

Account account_with_token(std::string token) {
  return {.api_key = "unused", .access_token = [token](bool refresh) -> Result<std::string> {
            return refresh ? token + "-new" : token;
          }};
}

}  // namespace

TEST_CASE("an account is completed from the environment, member by member", "[accounts]") {
  const Environment variables{{{"MY_KEY", "env-key"},
                               {"MINE_BASE_URL", "https://env.example//"},
                               {"MY_PROJECT", "env-project"},
                               {"MY_LOCATION", "env-location"}}};
  const Accounts by_environment({}, {&mine, 1}, false);
  CHECK(by_environment.key_headers(mine, false).value() ==
        http::Headers{{"api-key", "Key env-key"}});
  CHECK(by_environment.base_url(mine).value() == "https://env.example");
  CHECK(by_environment.place(mine).project == "env-project");
  CHECK(by_environment.place(mine).location == "env-location");

  const Accounts by_option(
      {{"mine", {.api_key = "key", .base_url = "https://option.example/", .project = "p"}}},
      {&mine, 1}, false);
  CHECK(by_option.key_headers(mine, false).value() == http::Headers{{"api-key", "Key key"}});
  CHECK(by_option.base_url(mine).value() == "https://option.example");
  CHECK(by_option.place(mine).project == "p");
  CHECK(by_option.place(mine).location == "env-location");
}

TEST_CASE("the environment is read by the constructor only", "[accounts]") {
  const Accounts accounts = [] {
    const Environment variables{{{"OPENAI_API_KEY", "of-then"}}};
    return Accounts({}, {}, false);
  }();
  const Environment variables{{{"OPENAI_API_KEY", "of-now"}}};
  CHECK(accounts.key_headers(providers::openai, false).value() ==
        http::Headers{{"Authorization", "Bearer of-then"}});
}

TEST_CASE("an address is the account's, then the model's, then the provider's", "[accounts]") {
  const Environment nothing;
  const ModelId id = providers::vertex.parse_id("projects/p/locations/eu/endpoints/1").value();
  CHECK(Accounts({}, {}, false).base_url(providers::vertex, id).value() ==
        "https://aiplatform.eu.rep.googleapis.com");
  CHECK(Accounts({{"vertex", {.base_url = "https://mine"}}}, {}, false)
            .base_url(providers::vertex, id)
            .value() == "https://mine");
  CHECK(Accounts({{"vertex", {.location = "global"}}}, {}, false)
            .base_url(providers::vertex)
            .value() == "https://aiplatform.googleapis.com");
  CHECK(Accounts({}, {}, false).base_url(providers::openai).value() == "https://api.openai.com/v1");
}

TEST_CASE("what is wrong with an address is reported", "[accounts]") {
  const Environment nothing;
  const auto error_of = [](const AccountMap& given, const Provider& provider, bool plain = false) {
    return Accounts(given, {}, plain).base_url(provider).error().message;
  };
  CHECK(error_of({}, providers::local) ==
        "Local server has no address: set LOCAL_BASE_URL or Account::base_url.");
  CHECK(error_of({}, providers::vertex).starts_with("This model name has no project and location"));
  const AccountMap plain{{"openai", {.base_url = "http://10.0.0.5"}}};
  CHECK(error_of(plain, providers::openai).starts_with("Plain http:// to 10.0.0.5"));
  CHECK(Accounts(plain, {}, true).base_url(providers::openai));
}

TEST_CASE("a token goes before a key, the same way everywhere, and can be refreshed",
          "[accounts]") {
  const Environment nothing;
  const Accounts accounts({{"google", account_with_token("token")}, {"openai", {.api_key = "key"}}},
                          {}, false);
  CHECK(accounts.can_refresh_key(providers::google));
  CHECK_FALSE(accounts.can_refresh_key(providers::openai));
  CHECK(accounts.key_headers(providers::google, false).value() ==
        http::Headers{{"Authorization", "Bearer token"}});
  CHECK(accounts.key_headers(providers::google, true).value() ==
        http::Headers{{"Authorization", "Bearer token-new"}});
  CHECK(accounts.redacted_key_headers(providers::google) ==
        http::Headers{{"Authorization", "Bearer [redacted]"}});
  CHECK(accounts.redacted_key_headers(providers::groq).size() == 1);  // it will be asked for
  CHECK(accounts.redacted_key_headers(providers::local).empty());
}

TEST_CASE("what is wrong with a key is reported, and where it is from", "[accounts]") {
  const Environment nothing;
  struct Case {
    Account account;
    const Provider* provider;
    std::string message;  ///< Empty: no header, and no error.
  };
  const std::string unfit =
      " has a space, a line break or another character that no key has; copy it again.";
  const std::vector<Case> cases{
      {{},
       &providers::openai,
       "There is no key for OpenAI: set OPENAI_API_KEY or Account::api_key."},
      {{.api_key = "a b"},
       &providers::openai,
       "The key from OPENAI_API_KEY or Account::api_key" + unfit},
      {account_with_token("a\nb"), &providers::openai,
       "The key from Account::access_token" + unfit},
      {account_with_token(""), &providers::openai,
       "There is no key for OpenAI: set OPENAI_API_KEY or Account::api_key."},
      {{.access_token = [](bool) { return Error{.message = "Log in first."}; }},
       &providers::openai,
       "Log in first."},
      {{}, &providers::local, ""},
  };
  for (const auto& [account, provider, message] : cases) {
    const Accounts accounts({{std::string(provider->name), account}}, {}, false);
    const Result<http::Headers> headers = accounts.key_headers(*provider, false);
    CHECK(headers.has_value() == message.empty());
    if (headers)
      CHECK(headers->empty());
    else
      CHECK(headers.error().message == message);
  }
}

TEST_CASE("an account of no provider is found", "[accounts]") {
  const Environment nothing;
  CHECK(Accounts({{"openai", {}}}, {}, false).check());
  CHECK(Accounts({{"mine", {}}}, {&mine, 1}, false).check());
  const Result<void> unknown = Accounts({{"mine", {}}}, {}, false).check();
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().kind == ErrorKind::invalid_request);
  CHECK(unknown.error().code == "unknown_provider");
  CHECK(unknown.error().message ==
        "The accounts have one for \"mine\", and there is no provider of that name; correct it.");
}

TEST_CASE("a header carries the key by the provider's name for it, or by everybody's",
          "[accounts]") {
  CHECK(carries_key("API-Key", mine));
  CHECK(carries_key("authorization", mine));
  CHECK_FALSE(carries_key("x-goog-api-key", mine));
}
