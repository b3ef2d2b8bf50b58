// What is checked before anything is sent.

#include "checks.hpp"

#include "support/catch.hpp"

#include <FineTuning/chat.hpp>

#include <string>
#include <vector>

using namespace FineTuning;

TEST_CASE("a base URL has a host, a port and a path, and http:// stays on this machine",
          "[checks]") {
  struct Case {
    std::string_view url;
    bool accepted;
    bool accepted_where_plain_http_is = true;
  };
  const std::vector<Case> cases{
      {"https://api.openai.com/v1", true},
      {"https://api.openai.com", true},
      {"https://proxy.example:8443/a/b", true},
      {"https://[2001:db8::1]:8443", true},
      {"http://localhost", true},
      {"http://localhost:8080/v1", true},
      {"http://LOCALHOST:8080", true},
      {"http://127.0.0.1:11434/v1", true},
      {"http://127.1.2.3", true},
      {"http://[::1]", true},
      {"http://[::1]:8080/v1", true},

      {"http://api.openai.com/v1", false},
      {"http://10.0.0.5:8000", false},
      {"http://127.0.0.1.evil.com", false},
      {"http://127.0.0.1x", false},
      {"http://localhost.evil.com", false},
      {"http://localhost.", false},
      {"http://evil.com/127.0.0.1", false},
      {"http://evil.com/localhost", false},
      {"http://127.1", false},
      {"http://127.0.0", false},
      {"http://127.0.0.256", false},
      {"http://127.0.0.09", false},
      {"http://127.0.0.0001", false},
      {"http://0127.0.0.1", false},
      {"http://0x7f.0.0.1", false},
      {"http://2130706433", false},
      {"http://0.0.0.0", false},
      {"http://[::1]evil.com", false, false},
      {"http://[::ffff:127.0.0.1]", false},
      {"http://localhost%2eevil.com", false, false},
      {"https://api.openai.com:65536", false, false},
      {"https://api.openai.com:000080", false, false},
      {"https://[::1", false, false},
      {"https://[]", false, false},
      {"https://a'b", false, false},
      {"https://*", false, false},

      {"http://localhost:80evil.com", false, false},
      {"http://localhost:", false, false},
      {"http://[::1]:80:90", false, false},
      {"http://user@localhost", false, false},
      {"http://localhost@evil.com", false, false},
      {"http://localhost:80@evil.com", false, false},
      {"http://localhost\\@evil.com", false, false},
      {"http://localhost\\.evil.com", false, false},
      {"http://localhost#@evil.com", false, false},
      {"http://localhost?.evil.com", false, false},
      {"https://user:secret@api.openai.com", false, false},
      {"https://api.openai.com/v1?key=secret", false, false},
      {"https://api.openai.com/v1#x", false, false},
      {"https://api.openai.com/v1 ", false, false},
      {"https://api.openai.com/\r\nHost: evil.com", false, false},
      {"https://api.openai.com/\x01", false, false},
      {"https://api.openai.com/\xc3\xa4", false, false},
      {"https://", false, false},
      {"https:///v1", false, false},
      {"https://:443", false, false},
      {"HTTPS://api.openai.com", false, false},
      {"ftp://localhost", false, false},
      {"file:///etc/passwd", false, false},
      {"//localhost", false, false},
      {"localhost:8080", false, false},
      {"", false, false},
  };
  for (const auto& [url, accepted, accepted_where_plain_http_is] : cases) {
    INFO(url);
    const std::optional<Error> error = check_base_url(url, false);
    CHECK(!error == accepted);
    CHECK(!check_base_url(url, true) == accepted_where_plain_http_is);
    if (error) CHECK(error->kind == ErrorKind::invalid_request);
    if (error) CHECK(error->message.find("secret") == std::string::npos);
  }
}

TEST_CASE("a key is one line of printable ASCII without spaces", "[checks]") {
  for (const std::string_view key : {"sk-proj-abc_DEF-123", "ya29.a0Af/+=~", "x"})
    CHECK_FALSE(check_key(key, "OPENAI_API_KEY"));
  for (const std::string_view key : {"sk-abc\n", "sk-abc\r\nX-Evil: 1", "sk abc", "Bearer sk-abc",
                                     "sk\tabc", "sk-\x7f", "sk-\xc3\xa4", " sk-abc"}) {
    const std::optional<Error> error = check_key(key, "OPENAI_API_KEY");
    REQUIRE(error);
    CHECK(error->kind == ErrorKind::authentication);
    CHECK(error->message ==
          "The key from OPENAI_API_KEY has a space, a line break or another character that no key "
          "has; copy it again.");
  }
  CHECK(check_key(std::string_view("sk\0abc", 6), "OPENAI_API_KEY"));
}

TEST_CASE("a header can be nothing but a header", "[checks]") {
  struct Case {
    std::string_view name;
    std::string_view value;
    bool accepted;
  };
  const std::vector<Case> cases{
      {"OpenAI-Organization", "org-1", true},
      {"x-tag", "", true},
      {"x-tag", "a b\tc", true},
      {"x-tag", "gr\xc3\xbc\xc3\x9f", true},
      {"", "a", false},
      {"x tag", "a", false},
      {"x-tag:", "a", false},
      {"x-tag\r\nX-Evil", "a", false},
      {"x-t\xc3\xa4g", "a", false},
      {"x-tag", "a\nX-Evil: 1", false},
      {"x-tag", "a\r", false},
      {"x-tag", std::string_view("a\0b", 3), false},
      {"x-tag", "a\x7f", false},
      {"Host", "evil.com", false},
      {"content-length", "0", false},
      {"Transfer-Encoding", "chunked", false},
      {"CONNECTION", "close", false},
  };
  for (const auto& [name, value, accepted] : cases) {
    INFO(name << ": " << value);
    const std::optional<Error> error = check_header(name, value);
    CHECK(!error == accepted);
    if (error) CHECK(error->kind == ErrorKind::invalid_request);
  }
}

TEST_CASE("a header is set once, whatever the case of its name", "[checks]") {
  http::Headers headers;
  set_header(headers, "Content-Type", "application/json");
  set_header(headers, "x-tag", "a");
  set_header(headers, "content-type", "text/plain");
  CHECK(headers == http::Headers{{"Content-Type", "text/plain"}, {"x-tag", "a"}});
}

TEST_CASE("headers that carry secrets are known by their names", "[checks]") {
  for (const std::string_view name : {"Authorization", "x-goog-api-key", "API-KEY", "Cookie",
                                      "X-Access-Token", "Proxy-Authorization", "x-client-secret"})
    CHECK(is_secret_header(name));
  for (const std::string_view name : {"Content-Type", "OpenAI-Organization", "X-Tag"})
    CHECK_FALSE(is_secret_header(name));
  CHECK(secret_of("Bearer sk-abc") == "sk-abc");
  CHECK(secret_of("sk-abc") == "sk-abc");
}

TEST_CASE("secrets are taken out of every text of an error", "[checks]") {
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

TEST_CASE("a secret that holds the mark itself does not go round in circles", "[checks]") {
  std::string text = "a redacted b";
  redact(text, {"redacted"});
  CHECK(text == "a [redacted] b");
}
