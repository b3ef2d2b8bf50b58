// What a header may be.

#include "http/headers.hpp"

#include "support/catch.hpp"

#include <FineTuning/http.hpp>
#include <FineTuning/result.hpp>

#include <string>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;

TEST_CASE("a header can be nothing but a header", "[headers]") {
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
    const Result<void> valid = check_header(name, value);
    CHECK(valid.has_value() == accepted);
    if (!valid) CHECK(valid.error().kind == ErrorKind::invalid_request);
  }
}

TEST_CASE("a header is set once, whatever the case of its name", "[headers]") {
  http::Headers headers;
  set_header(headers, "Content-Type", "application/json");
  set_header(headers, "x-tag", "a");
  set_header(headers, "content-type", "text/plain");
  CHECK(headers == http::Headers{{"Content-Type", "text/plain"}, {"x-tag", "a"}});
}
