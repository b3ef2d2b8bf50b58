// Keys and tokens: what one may be, and that no text shows one.

#include "http/secrets.hpp"

#include "support/catch.hpp"

#include <FineTuning/error.hpp>

#include <string>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;

TEST_CASE("a key is one line of printable ASCII without spaces", "[secrets]") {
  for (const std::string_view key : {"sk-proj-abc_DEF-123", "ya29.a0Af/+=~", "x"})
    CHECK(check_key(key, "OPENAI_API_KEY"));
  for (const std::string_view key : {"sk-abc\n", "sk-abc\r\nX-Evil: 1", "sk abc", "Bearer sk-abc",
                                     "sk\tabc", "sk-\x7f", "sk-\xc3\xa4", " sk-abc"}) {
    const Result<void> valid = check_key(key, "OPENAI_API_KEY");
    REQUIRE_FALSE(valid);
    CHECK(valid.error().kind == ErrorKind::authentication);
    CHECK(valid.error().message ==
          "The key from OPENAI_API_KEY has a space, a line break or another character that no key "
          "has; copy it again.");
  }
  CHECK_FALSE(check_key(std::string_view("sk\0abc", 6), "OPENAI_API_KEY"));
}

TEST_CASE("headers that carry secrets are known by their names", "[secrets]") {
  for (const std::string_view name : {"Authorization", "x-goog-api-key", "API-KEY", "Cookie",
                                      "X-Access-Token", "Proxy-Authorization", "x-client-secret"})
    CHECK(is_secret_header(name));
  for (const std::string_view name : {"Content-Type", "OpenAI-Organization", "X-Tag"})
    CHECK_FALSE(is_secret_header(name));
  CHECK(secret_of("Bearer sk-abc") == "sk-abc");
  CHECK(secret_of("sk-abc") == "sk-abc");
}

TEST_CASE("what lets in whoever has a URL is a secret", "[secrets]") {
  std::vector<std::string> secrets{"sk-secret"};
  add_secrets_of_url(secrets,
                     "https://host/a-path-that-is-long?X-Date=20261122&X-Signature=0123456789abcdef"
                     "&empty=&flag&X-Token=abcdefghijklmnopqrs==");
  CHECK(secrets ==
        std::vector<std::string>{"sk-secret", "0123456789abcdef", "abcdefghijklmnopqrs=="});
  add_secrets_of_url(secrets, "https://host/no-query-at-all-in-this-one");
  CHECK(secrets.size() == 3);
  add_secrets_of_url(secrets, "https://host/?0123456789abcdefg==");
  CHECK(secrets.back() == "0123456789abcdefg==");
  add_secrets_of_url(secrets, "https://host/?token=a%2Fb%2Bcdefghijklm%3d%4");
  CHECK(secrets[4] == "a%2Fb%2Bcdefghijklm%3d%4");
  CHECK(secrets[5] == "a/b+cdefghijklm=%4");
}

TEST_CASE("secrets are taken out of every text of an error", "[secrets]") {
  const std::vector<std::string> secrets{"sk-secret", "ab", ""};
  std::string text = "sk-secretsk-secret about sk-secre";
  redact(text, secrets);
  CHECK(text == "[redacted][redacted] about sk-secre");

  Error error{.message = "No sk-secret!",
              .code = "sk-secret",
              .request_id = "sk-secret-1",
              .partial = "It is sk-secret",
              .causes = {{.message = "sk-secret", .causes = {{.message = "sk-secret"}}}}};
  redact(error, secrets);
  CHECK(to_json(error).find("sk-secret") == std::string::npos);
  CHECK(error.message == "No [redacted]!");
  CHECK(error.causes[0].causes[0].message == "[redacted]");
}

TEST_CASE("a secret is taken out of an error however it is escaped", "[secrets]") {
  const std::vector<std::string> secrets{R"(ya29.a"b/c\d+e&f<g>h'i==)"};
  for (const std::string message :
       {R"(ya29.a"b/c\d+e&f<g>h'i==)", R"(ya29.a\"b/c\\d+e&f<g>h'i==)",
        R"(ya29.a\"b\/c\\d+e&f<g>h'i==)", "ya29.a&quot;b/c\\d+e&amp;f&lt;g&gt;h&#39;i==",
        "ya29.a%22b%2Fc%5Cd%2Be%26f%3Cg%3Eh%27i%3D%3D",
        "ya29.a%22b%2fc%5cd%2be%26f%3cg%3eh%27i%3d%3d"}) {
    Error error{.message = message};
    redact(error, secrets);
    CHECK(error.message == "[redacted]");
  }
}

TEST_CASE("of two secrets the longer is taken out first", "[secrets]") {
  std::string text = "sk-token-new and sk-token";
  redact(text, {"sk-token", "sk-token-new"});
  CHECK(text == "[redacted] and [redacted]");
}

TEST_CASE("a secret that holds the mark itself does not go round in circles", "[secrets]") {
  std::string text = "a redacted b";
  redact(text, {"redacted"});
  CHECK(text == "a [redacted] b");
}
