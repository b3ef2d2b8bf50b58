// The JSON writer: what it escapes, what it refuses, and that a parser reads back what was written.

#include "json/writer.hpp"

#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;
using namespace std::string_literals;

namespace {

template <class Write>
std::string written(Write write) {
  JsonWriter json;
  write(json);
  CHECK(json.valid());
  return json.take();
}

std::string as_json(std::string_view text) {
  return written([text](JsonWriter& json) { json.string(text); });
}

bool accepts(std::string_view text) {
  JsonWriter json;
  json.string(text);
  return json.valid();
}

/// How far behind the start a sequence is put: all places in a word, and the seams of chunks.
constexpr std::array<std::size_t, 18> offsets{0,  1,  2,  3,  4,  5,  6,   7,   8,
                                              13, 15, 16, 17, 31, 32, 509, 511, 512};

}  // namespace

TEST_CASE("a string escapes what JSON demands and nothing else", "[json_writer]") {
  struct Case {
    std::string text;
    std::string json;
  };
  const std::vector<Case> cases{
      {"", R"("")"},
      {"plain", R"("plain")"},
      {R"(say "hi")", R"("say \"hi\"")"},
      {R"(C:\temp)", R"("C:\\temp")"},
      {"\b\f\n\r\t", R"("\b\f\n\r\t")"},
      {"\0"s, R"("\u0000")"},
      {"\x01\x0B\x1F", R"("\u0001\u000b\u001f")"},
      {"</script>/", R"("</script>/")"},
      {"\x7F", "\"\x7F\""},
      {"caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80",
       "\"caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\""},
      {"\xE2\x80\xA8\xE2\x80\xA9", "\"\xE2\x80\xA8\xE2\x80\xA9\""},
  };
  for (const Case& each : cases) CHECK(as_json(each.text) == each.json);
}

TEST_CASE("every ASCII character survives at every place", "[json_writer]") {
  for (const std::size_t offset : offsets)
    for (int c = 0; c < 0x80; ++c) {
      const std::string text = std::string(offset, 'x') + static_cast<char>(c) + "yz"s;
      CAPTURE(offset, c);
      CHECK(as_json(text) == nlohmann::json(text).dump());
    }
}

TEST_CASE("a string that is not UTF-8 makes the text invalid", "[json_writer]") {
  const std::vector<std::string> bad{
      "\x80",              // a continuation byte alone
      "\xBF",              //
      "\xC0\x80",          // overlong
      "\xC1\xBF",          //
      "\xE0\x80\x80",      //
      "\xE0\x9F\xBF",      //
      "\xF0\x80\x80\x80",  //
      "\xF0\x8F\xBF\xBF",  //
      "\xED\xA0\x80",      // surrogates
      "\xED\xBF\xBF",      //
      "\xF4\x90\x80\x80",  // beyond U+10FFFF
      "\xF5\x80\x80\x80",  // bytes that never occur
      "\xFE",              //
      "\xFF",              //
      "\xC3",              // cut
      "\xE2\x82",          //
      "\xF0\x9F\x98",      //
      "\xC3(",             // another character where one goes on
      "\xE2(\xAC",         //
      "\xE2\x82(",         //
      "\xE2\x82\xC0",      //
      "\xF0(\x98\x80",     //
      "\xF0\x9F(\x80",     //
      "\xF0\x9F\x98(",     //
  };
  for (const std::size_t offset : offsets)
    for (const std::string& sequence : bad) {
      CAPTURE(offset, sequence);
      CHECK_FALSE(accepts(std::string(offset, 'x') + sequence));
      CHECK_FALSE(accepts(std::string(offset, 'x') + sequence + std::string(offset, 'y')));
      CHECK_FALSE(accepts("\xC3\xA9" + std::string(offset, '\n') + sequence + "\xC3\xA9"));
    }
}

TEST_CASE("what follows a text does not complete its last character", "[json_writer]") {
  for (const std::string_view character : {"\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"})
    for (std::size_t size = 1; size < character.size(); ++size)
      CHECK_FALSE(accepts(character.substr(0, size)));
}

TEST_CASE("the first and last characters of each UTF-8 length are accepted", "[json_writer]") {
  const std::vector<std::string> good{"\x7F",
                                      "\xC2\x80",
                                      "\xDF\xBF",
                                      "\xE0\xA0\x80",
                                      "\xEC\xBF\xBF",
                                      "\xED\x80\x80",
                                      "\xED\x9F\xBF",
                                      "\xEE\x80\x80",
                                      "\xEF\xBF\xBF",
                                      "\xF0\x90\x80\x80",
                                      "\xF3\xBF\xBF\xBF",
                                      "\xF4\x80\x80\x80",
                                      "\xF4\x8F\xBF\xBF"};
  for (const std::size_t offset : offsets)
    for (const std::string& sequence : good) {
      const std::string text = std::string(offset, 'x').append(sequence).append("z");
      CAPTURE(offset, sequence);
      CHECK(as_json(text) == '"' + text + '"');
    }
}

TEST_CASE("exactly the sequences of bytes that a parser takes are accepted", "[json_writer]") {
  // Each byte behind each lead byte, and two more of those at the edges of what is allowed.
  const std::vector<unsigned char> edges{0x20, 0x7F, 0x80, 0x8F, 0x90,
                                         0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
  const auto agrees = [](const std::string& text) {
    return accepts(text) == nlohmann::json::accept('"' + text + '"');
  };
  for (int lead = 0x80; lead < 0x100; ++lead) {
    const std::string first(1, static_cast<char>(lead));
    for (int second = 'a'; second < 0x100; ++second)
      CHECK(agrees(first + static_cast<char>(second)));
    for (const unsigned char second : edges)
      for (const unsigned char third : edges) {
        const std::string three = first + static_cast<char>(second) + static_cast<char>(third);
        CHECK(agrees(three));
        for (const unsigned char fourth : edges) CHECK(agrees(three + static_cast<char>(fourth)));
      }
  }
}

TEST_CASE("random texts are read back as they were", "[json_writer]") {
  const std::vector<std::string> alphabet{"a",
                                          "b",
                                          " ",
                                          "\n",
                                          "\t",
                                          "\"",
                                          "\\",
                                          "\0"s,
                                          "\x1F",
                                          "\x7F",
                                          "/",
                                          "{",
                                          "\xC3\xA9",
                                          "\xE2\x82\xAC",
                                          "\xF0\x9F\x98\x80",
                                          "a long run of plain characters"};
  std::mt19937 random(20260101);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (auto parts = random() % 300; parts > 0; --parts)
      text += alphabet[random() % alphabet.size()];
    const nlohmann::json read = nlohmann::json::parse(as_json(text), nullptr, false);
    REQUIRE(read.is_string());
    REQUIRE(read.get_ref<const std::string&>() == text);
  }
}

TEST_CASE("a number is written in the fewest digits that read back as the same", "[json_writer]") {
  const auto number = [](auto value) {
    return written([value](JsonWriter& json) { json.number(value); });
  };
  CHECK(number(0.1) == "0.1");
  CHECK(number(1.0) == "1");
  CHECK(number(-0.0) == "-0");
  CHECK(number(1e300) == "1e+300");
  CHECK(number(0.7f + 0.0) == "0.699999988079071");
  CHECK(number(0) == "0");
  CHECK(number(200U) == "200");
  CHECK(number(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(number(std::numeric_limits<std::int64_t>::max()) == "9223372036854775807");
  CHECK(number(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  for (const double value : {std::numeric_limits<double>::max(), 5e-324, -1.0 / 3, 123456789.125})
    CHECK(nlohmann::json::parse(number(value)).get<double>() == value);
}

TEST_CASE("a number that is not finite makes the text invalid", "[json_writer]") {
  using Limits = std::numeric_limits<double>;
  for (const double value : {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()}) {
    JsonWriter json;
    json.begin_array();
    json.number(value);
    json.number(1);
    json.end_array();
    CHECK_FALSE(json.valid());
    CHECK(json.take() == "[null,1]");
  }
}

TEST_CASE("there are commas between values and nowhere else", "[json_writer]") {
  const std::string json = written([](JsonWriter& out) {
    out.begin_object();
    out.key("empty").begin_object();
    out.end_object();
    out.key("list").begin_array();
    out.number(1);
    out.string("[");
    out.string(":");
    out.begin_array();
    out.end_array();
    out.begin_object();
    out.key("{").boolean(true);
    out.key("b,").boolean(false);
    out.end_object();
    out.null();
    out.end_array();
    out.key("raw").raw(R"({"a":[1,2]})");
    out.key("last").number(2.5);
    out.end_object();
  });
  CHECK(json == R"({"empty":{},"list":[1,"[",":",[],{"{":true,"b,":false},null],)"
                R"("raw":{"a":[1,2]},"last":2.5})");
  CHECK(nlohmann::json::accept(json));
}

TEST_CASE("a key is escaped like any string", "[json_writer]") {
  CHECK(written([](JsonWriter& json) {
          json.begin_object();
          json.key("a\"\n").null();
          json.end_object();
        }) == R"({"a\"\n":null})");
}

TEST_CASE("a writer is empty once its text is taken", "[json_writer]") {
  JsonWriter json;
  json.string("first");
  CHECK(json.take() == R"("first")");
  json.string("second");
  CHECK(json.take() == R"("second")");
}

TEST_CASE("a long text and many short ones are written whole", "[json_writer]") {
  const std::string text(3'000'001, 'x');
  CHECK((as_json(text) == '"' + text + '"'));  // in (()), not to be printed
  const std::string escaped(100'001, '\x01');
  CHECK((as_json(escaped) == nlohmann::json(escaped).dump()));

  const nlohmann::json many(20'000, "text\n");
  CHECK(written([](JsonWriter& json) {
          json.begin_array();
          for (int i = 0; i < 20'000; ++i) json.string("text\n");
          json.end_array();
        }) == many.dump());
}
