// The reader of JSON: what it takes for JSON is what RFC 8259 does, and it reads the same values as
// a parser that was written by others.

#include "json/reader.hpp"

#include "support/catch.hpp"
#include "support/sample.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;
using Tree = nlohmann::ordered_json;

// A copy of a value would walk into whatever memory is behind it.
static_assert(!std::is_copy_constructible_v<JsonValue>);
static_assert(!std::is_copy_assignable_v<JsonValue>);
static_assert(!std::is_move_assignable_v<JsonValue>);
static_assert(!std::is_constructible_v<JsonValue, const JsonValue&&>);
static_assert(std::is_same_v<decltype(*std::declval<JsonDocument&>()), const JsonValue&>);
static_assert(!std::is_move_constructible_v<JsonDocument>);

// So would the root of a document that ends with the expression.
template <class T>
concept HasRoot = requires(T document) {
  *static_cast<T&&>(document);
};
static_assert(HasRoot<JsonDocument&>);
static_assert(!HasRoot<JsonDocument>);

namespace {

/// The same value as a tree, by way of what the reader says of it.
Tree tree_of(const JsonValue& value) {
  if (value.is_string()) return value.characters();
  if (value.is_array()) {
    Tree tree = Tree::array();
    for (const JsonValue& each : value) tree.push_back(tree_of(each));
    return tree;
  }
  // Names are not for iterating over: an object is compared by its text, a number, true, false and
  // null too.
  return Tree::parse(value.raw());
}

/// Reads a text that nothing follows in memory, so that a read beyond its end is caught.
template <class F>
auto read(std::string_view text, F use) {
  const auto exact = std::make_unique<char[]>(text.size());
  std::memcpy(exact.get(), text.data(), text.size());
  const JsonDocument document({exact.get(), text.size()});
  return use(document);
}

bool is_json(std::string_view text) {
  return read(text, [](const JsonDocument& document) { return static_cast<bool>(document); });
}

}  // namespace

TEST_CASE("what is JSON is read, and nothing beside it", "[json_reader]") {
  const std::vector<std::string> good{"null",
                                      " true ",
                                      "\t\r\nfalse\n",
                                      "0",
                                      "-0",
                                      "-1.5e+10",
                                      "1E5",
                                      "0.25",
                                      "1e999",
                                      R"("")",
                                      R"("a\"\\\/\b\f\n\r\t\u0041\uD83D\uDE00")",
                                      "\"caf\xC3\xA9 \xF0\x9F\x98\x80 \x7F\"",
                                      "[]",
                                      "[ ]",
                                      "{}",
                                      "{ }",
                                      "[1,[2,[3]],{}]",
                                      R"({"a":1,"b":{"c":[null]}})",
                                      R"({"":""})",
                                      R"({"a":1,"a":2})"};
  for (const std::string& text : good) {
    INFO(text);
    CHECK(is_json(text));
  }
  const std::vector<std::string> bad{"",
                                     " ",
                                     "nul",
                                     "True",
                                     "tru",
                                     "nulll",
                                     "+1",
                                     "01",
                                     "-",
                                     ".5",
                                     "1.",
                                     "1e",
                                     "1e+",
                                     "0x1",
                                     "NaN",
                                     "Infinity",
                                     "'a'",
                                     "\"",
                                     "\"a",
                                     R"("\)",
                                     R"("\x")",
                                     R"("\u12")",
                                     R"("\u12G4")",
                                     R"("\uD83D")",
                                     R"("\uD83D\n")",
                                     R"("\uD83DA")",
                                     R"("\uDE00")",
                                     "\"a\nb\"",
                                     "\"\t\"",
                                     std::string("\"\0\"", 3),
                                     "\"\xC3\"",
                                     "\"\xED\xA0\x80\"",
                                     "\"\xFF\"",
                                     "[",
                                     "]",
                                     "[1",
                                     "[1,",
                                     "[1,]",
                                     "[,1]",
                                     "[1 2]",
                                     "{",
                                     "{\"a\"",
                                     "{\"a\":",
                                     "{\"a\":1",
                                     "{\"a\":1,",
                                     "{\"a\":1,}",
                                     "{a:1}",
                                     "{1:1}",
                                     "{\"a\" 1}",
                                     "[1]]",
                                     "{}{}",
                                     "1 2",
                                     "[1}",
                                     "{\"a\":1]",
                                     "\xEF\xBB\xBF{}",
                                     "// c\n1",
                                     "1 /* c */",
                                     std::string("{}\0", 3),
                                     std::string("1\0", 2)};
  for (const std::string& text : bad) {
    INFO(text);
    CHECK_FALSE(is_json(text));
  }
}

TEST_CASE("a text that is nested too deep or has too many values is refused", "[json_reader]") {
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + std::string(levels, ']');
  };
  CHECK(is_json(nested(128)));
  CHECK_FALSE(is_json(nested(130)));
  CHECK_FALSE(is_json(std::string(1'000'000, '[')));
  std::string many = "[0";
  for (int i = 0; i < 999'998; ++i) many += ",0";
  CHECK(is_json(many + "]"));
  CHECK_FALSE(is_json(many + ",0]"));
  std::string long_values = "[0.25";  // as the probabilities of a long answer's tokens
  for (int i = 0; i < 1'200'000; ++i) long_values += ",0.25";
  CHECK(is_json(long_values + "]"));
}

TEST_CASE("values are read as what they are", "[json_reader]") {
  const JsonDocument document(
      R"({"text":"a\u00e9\u20ac\n\ud83d\ude00","n":12,"f":12.0,"neg":-3,"big":18446744073709551615,
          "huge":1e300,"yes":true,"no":false,"nothing":null,"list":[1, "b"],"o":{"x":{"y":"z"}},
          "\u0061b":"c","twice":1,"twice":2,"many":[]})");
  REQUIRE(document);
  const JsonValue& object = *document;
  CHECK(text_of(object, "text") == "a\xC3\xA9\xE2\x82\xAC\n\xF0\x9F\x98\x80");
  CHECK(text_of(object, "n").empty());
  CHECK(text_of(object, "absent").empty());
  CHECK(text_of(object, "ab") == "c");
  CHECK(*find(object, "ab") == "c");
  CHECK(count_of(object, "n") == 12);
  CHECK(count_of(object, "f") == 12);
  CHECK(count_of(object, "neg") == 0);
  CHECK(count_of(object, "big") == 18446744073709551615U);
  CHECK(count_of(object, "huge") == 0);
  CHECK(count_of(object, "text") == 0);
  CHECK(count_of(object, "twice") == 2);
  CHECK(find(object, "yes")->is_true());
  CHECK_FALSE(find(object, "no")->is_true());
  CHECK(find(object, "nothing") == nullptr);
  CHECK(find(object, "o", "x", "y") != nullptr);
  CHECK(find(object, "o", "y") == nullptr);
  CHECK(find(object, "list", "x") == nullptr);
  CHECK(as_text(*find(object, "list")) == R"([1, "b"])");
  CHECK(as_text(*first_element(*find(object, "list"))) == "1");
  CHECK(first_element(*find(object, "many")) == nullptr);
  CHECK(first_element(object) == nullptr);
  std::string elements;
  for (const JsonValue& each : *find(object, "list")) elements += as_text(each) + ";";
  CHECK(elements == "1;b;");
}

TEST_CASE("members are walked over in their order, null ones and repeated ones too",
          "[json_reader]") {
  const JsonDocument document(R"({"b":[{"x":1},2],"\u0061":null,"b":{"c":[]},"":"d"})");
  REQUIRE(document);
  std::string text;
  for (const auto& [name, value] : document->members())
    text += name.characters() + '=' + compact_json(value) + ';';
  CHECK(text == R"(b=[{"x":1},2];a=null;b={"c":[]};="d";)");
  for (const char* other : {"{}", "[1,2]", "3", "null", R"("text")"}) {
    const JsonDocument no_members(other);
    CHECK(no_members->members().begin() == no_members->members().end());
  }
}

TEST_CASE("a value is written without white space between its parts", "[json_reader]") {
  const JsonDocument document(" { \"a b\" : [ 1.50 , \"\\\" \\\\\" ,\n\ttrue ] , \"\" : { } } ");
  REQUIRE(document);
  CHECK(compact_json(*document) == R"({"a b":[1.50,"\" \\",true],"":{}})");
  CHECK(compact_json(*find(*document, "a b")->begin()) == "1.50");
  const JsonDocument text(R"("a \" b")");
  CHECK(compact_json(*text) == R"("a \" b")");
}

TEST_CASE("what is not there is null", "[json_reader]") {
  const JsonDocument document(R"({"a":1,"b":null})");
  CHECK(find_or_null(*document, "a").is_number());
  CHECK(find_or_null(*document, "b").is_null());
  CHECK(find_or_null(*document, "c").is_null());
  CHECK(no_json().is_null());
}

TEST_CASE("a document that nests too deep says so, and no other does", "[json_reader]") {
  const std::string deep(1000, '[');
  CHECK(JsonDocument(deep).is_too_deep());
  for (const char* text : {"", "[", "[[]]", "{}", "[[[[[["}) {
    CAPTURE(text);
    CHECK_FALSE(JsonDocument(text).is_too_deep());
  }
}

TEST_CASE(
    "recorded answers are read as another parser reads them, cut and changed at random as well",
    "[json_reader]") {
  std::minstd_rand generator{2};  // a fixed seed: the same texts in every run
  const auto below = [&generator](std::size_t limit) {
    return static_cast<std::size_t>(generator()) % limit;
  };
  // (No e: a number beyond all doubles is JSON, and the other parser refuses it.)
  constexpr std::string_view odd = "{}[]\",:\\u0dD8-.+1tfn \x01\x7f\xC3\xED\xFF";
  for (const char* name :
       {"openai/response.json", "openai/tools.response.json", "google/response.json",
        "google/error.429.json", "cohere/response.json", "cohere/tools.response.json",
        "groq/response.json", "vertex/model.json", "vertex/text.stream.array.json"}) {
    const std::string whole = test::sample(name);
    for (int round = 0; round < 400; ++round) {
      std::string text = whole;
      if (round % 4 == 1) text.resize(below(text.size()));
      for (std::size_t changes = round % 4 == 0 ? 0 : below(3); changes > 0 && !text.empty();
           --changes)
        text[below(text.size())] = odd[below(odd.size())];
      const Tree tree = Tree::parse(text, nullptr, false);
      INFO(name << '\n' << text);
      read(text, [&](const JsonDocument& document) {
        CHECK(static_cast<bool>(document) == !tree.is_discarded());
        if (document && !tree.is_discarded()) CHECK(tree_of(*document) == tree);
      });
    }
  }
}
