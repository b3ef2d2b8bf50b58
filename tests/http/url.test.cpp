// What a base URL may be.

#include "http/url.hpp"

#include "support/catch.hpp"

#include <FineTuning/result.hpp>

#include <string>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;

TEST_CASE("a base URL has a host, a port and a path, and http:// stays on this machine", "[url]") {
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
    const Result<void> valid = check_base_url(url, false);
    CHECK(valid.has_value() == accepted);
    CHECK(check_base_url(url, true).has_value() == accepted_where_plain_http_is);
    if (valid) continue;
    CHECK(valid.error().kind == ErrorKind::invalid_request);
    CHECK(valid.error().message.find("secret") == std::string::npos);
  }
}
