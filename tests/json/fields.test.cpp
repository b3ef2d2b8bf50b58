// Objects that are read strictly, by a table: what is read, and what is said of what is wrong.

#include "json/fields.hpp"

#include "support/catch.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;

namespace {

enum class Colour : std::uint8_t { red, green, blue };

}  // namespace

template <>
inline constexpr auto FineTuning::internal::enum_names<Colour> =
    std::to_array<std::string_view>({"red", "green", "blue"});

namespace {

struct Point {
  int x = 0;
  int y = 0;
};

struct Drawing {
  std::string name{};
  Point origin{};
  std::vector<Point> points{};
  std::vector<std::string> tags{};
  std::optional<double> scale{};
  std::optional<bool> is_filled{};
  std::optional<std::chrono::year_month_day> day{};
  Colour colour = Colour::red;
  int layer = 0;
  std::uint64_t size = 0;
  std::string anything{};
  std::string object{};
  std::vector<std::string> others{};
};

JsonResult read_coordinate(const JsonValue& value, int& to) {
  return read_whole_between(value, to, -10, 10);
}

JsonResult read_point(const JsonValue& value, Point& to) {
  constexpr std::array fields{
      JsonField<Point>{"x", into<read_coordinate, &Point::x>, Presence::required},
      JsonField<Point>{"y", into<read_coordinate, &Point::y>}};
  return read_object(value, to, fields);
}

JsonResult read_share(const JsonValue& value, double& to) {
  return read_number_between(value, to, 0, 1);
}

JsonResult read_layer(const JsonValue& value, int& to) {
  return read_name<int>(value, to,
                        std::array{JsonName<int>{"back", -1}, JsonName<int>{"front", 1}});
}

JsonResult keep_other(std::string_view name, const JsonValue& value, Drawing& to) {
  to.others.push_back(std::string(name) + '=' + compact_json(value));
  return {};
}

constexpr std::array fields{
    JsonField<Drawing>{"name", into<read_text, &Drawing::name>, Presence::required},
    JsonField<Drawing>{"origin", into<read_point, &Drawing::origin>},
    JsonField<Drawing>{"points", into<list_of<read_point>, &Drawing::points>},
    JsonField<Drawing>{"tags", into<list_of<read_text>, &Drawing::tags>},
    JsonField<Drawing>{"scale", into<read_number, &Drawing::scale>},
    JsonField<Drawing>{"x", into<read_coordinate, &Drawing::origin, &Point::x>},
    JsonField<Drawing>{"share", into<read_share, &Drawing::scale>},
    JsonField<Drawing>{"is_filled", into<read_flag, &Drawing::is_filled>},
    JsonField<Drawing>{"day", into<read_day, &Drawing::day>},
    JsonField<Drawing>{"colour", into<read_enum<Colour>, &Drawing::colour>},
    JsonField<Drawing>{"layer", into<read_layer, &Drawing::layer>},
    JsonField<Drawing>{"size", into<read_count<std::uint64_t>, &Drawing::size>},
    JsonField<Drawing>{"anything", into<read_any, &Drawing::anything>, Presence::nullable},
    JsonField<Drawing>{"object", into<read_any_object, &Drawing::object>}};

JsonResult read_drawing(const JsonValue& value, Drawing& to) {
  return read_object(value, to, fields);
}

Drawing drawing_of(std::string_view text) {
  Drawing drawing;
  read_json(text, drawing, read_drawing).value();
  return drawing;
}

std::string fault_of(std::string_view text) {
  Drawing drawing;
  const JsonResult read = read_json(text, drawing, read_drawing);
  return read ? std::string() : read.error().text();
}

}  // namespace

TEST_CASE("an object is read by its table", "[json_fields]") {
  const Drawing drawing = drawing_of(R"( {"name":"caf\u00e9", "points":[{"x":1,"y":-2},{"x":3}],
      "tags":["a","b"], "scale":0.5, "is_filled":false, "day":"2028-02-29", "colour":"blue",
      "layer":"front", "size":18446744073709551615, "anything":{"a" : [1, "b \" c"] , "d":null},
      "object":{ }, "origin":{"x":-10}} )");
  CHECK(drawing.name == "caf\xC3\xA9");
  REQUIRE(drawing.points.size() == 2);
  CHECK(drawing.points[0].y == -2);
  CHECK(drawing.points[1].x == 3);
  CHECK(drawing.tags == std::vector<std::string>{"a", "b"});
  CHECK(drawing.scale == 0.5);
  CHECK(drawing.is_filled == false);
  CHECK(drawing.day == std::chrono::year(2028) / 2 / 29);
  CHECK(drawing.colour == Colour::blue);
  CHECK(drawing.layer == 1);
  CHECK(drawing.size == std::numeric_limits<std::uint64_t>::max());
  CHECK(drawing.anything == R"({"a":[1,"b \" c"],"d":null})");
  CHECK(drawing.object == "{}");
  CHECK(drawing.origin.x == -10);
}

TEST_CASE("null means a missing member, unless it is a value itself", "[json_fields]") {
  const Drawing drawing =
      drawing_of(R"({"name":"n","points":null,"scale":null,"colour":null,"anything":null})");
  CHECK(drawing.points.empty());
  CHECK_FALSE(drawing.scale);
  CHECK(drawing.anything == "null");
  CHECK(drawing_of(R"({"name":"n"})").anything.empty());
}

TEST_CASE("what is wrong is told with its place", "[json_fields]") {
  const std::string deep = std::string(200, '[') + std::string(200, ']');
  const struct {
    std::string text;
    std::string fault;
  } cases[] = {
      {"", "it is not JSON"},
      {R"({"name":"n")", "it is not JSON"},
      {"{\"name\":\"\xFF\"}", "it is not JSON"},
      {R"({"name":)" + deep + "}", "it nests deeper than 128 levels"},
      {"[]", "it is not an object"},
      {"null", "it is missing; write an object"},
      {"{}", "name is missing; write a text"},
      {R"({"name":null})", "name is missing; write a text"},
      {R"({"name":1})", "name is not a text"},
      {R"({"name":"n","nmae":1})", "nmae is not a known member; correct it or leave it out"},
      {R"({"name":"n","two words\n":1})",
       R"("two words?" is not a known member; correct it or leave it out)"},
      {R"({"name":"n","":1})", R"("" is not a known member; correct it or leave it out)"},
      {R"({"name":"n","points":{}})", "points is not an array"},
      {R"({"name":"n","points":[{"x":1},7]})", "points[1] is not an object"},
      {R"({"name":"n","points":[null]})", "points[0] is missing; write an object"},
      {R"({"name":"n","points":[{"y":1}]})",
       "points[0].x is missing; write a whole number from -10 to 10"},
      {R"({"name":"n","points":[{"x":1,"z":1}]})",
       "points[0].z is not a known member; correct it or leave it out"},
      {R"({"name":"n","origin":{"x":11}})", "origin.x is not a whole number from -10 to 10"},
      {R"({"name":"n","x":1.0})", "x is not a whole number from -10 to 10"},
      {R"({"name":"n","x":99999999999999999999})", "x is not a whole number from -10 to 10"},
      {R"({"name":"n","x":"1"})", "x is not a whole number from -10 to 10"},
      {R"({"name":"n","size":-1})", "size is not a whole number from 0 to 18446744073709551615"},
      {R"({"name":"n","tags":["a",false]})", "tags[1] is not a text"},
      {R"({"name":"n","scale":"1"})", "scale is not a number"},
      {R"({"name":"n","scale":1e999})", "scale is not a number"},
      {R"({"name":"n","share":1.5})", "share is not a number from 0 to 1"},
      {R"({"name":"n","is_filled":"yes"})", "is_filled is not true or false"},
      {R"({"name":"n","day":"2027-02-29"})", "day is not a day as YYYY-MM-DD"},
      {R"({"name":"n","day":20270228})", "day is not a day as YYYY-MM-DD"},
      {R"({"name":"n","colour":"pink"})", "colour is not red, green or blue"},
      {R"({"name":"n","colour":2})", "colour is not red, green or blue"},
      {R"({"name":"n","layer":"middle"})", "layer is not back or front"},
      {R"({"name":"n","object":[]})", "object is not an object"},
      {R"({"name":"n","name":"n"})", "name appears twice; leave one of them out"},
      {R"({"name":"n","n\u0061me":"n"})", "name appears twice; leave one of them out"},
      {R"({"name":"n","anything":[0,{"b":{"c":1,"c":2}}]})",
       "anything[1].b.c appears twice; leave one of them out"},
  };
  for (const auto& [text, fault] : cases) {
    CAPTURE(text);
    CHECK(fault_of(text) == fault);
  }
}

TEST_CASE("members that are not in the table go where the reader says", "[json_fields]") {
  const JsonDocument document(R"({"name":"n","b":[1, 2],"a":"x\"y","c":null})");
  Drawing drawing;
  REQUIRE(read_object(*document, drawing, fields, keep_other));
  CHECK(drawing.others == std::vector<std::string>{"b=[1,2]", R"(a="x\"y")", "c=null"});
  REQUIRE(read_object(*document, drawing, fields, ignore_other));
  CHECK(drawing.name == "n");
}

TEST_CASE("a very long name is cut in the message", "[json_fields]") {
  const std::string name(1'000'000, 'x');
  CHECK(fault_of(R"({"name":"n",")" + name + R"(":1})").size() < 300);
  CHECK(fault_of("{\"" + name + "\":1,\"" + name + "\":1}").size() < 300);
}

TEST_CASE("an object with very many members is checked in a moment", "[json_fields]") {
  std::string text = R"({"name":"n","anything":{)";
  for (int member = 0; member < 200'000; ++member)
    text += R"("\u0061)" + std::to_string(member) + "\":0,";
  text += R"("b":0}})";
  CHECK(fault_of(text).empty());
}
