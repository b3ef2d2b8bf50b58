// The event reader: what it hands over for every rule of the format, and that no cut changes it.

#include "http/event_reader.hpp"

#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;
using namespace std::string_literals;

namespace {

/// An event that outlives its piece.
struct Event {
  std::string name;
  std::string data;
  bool complete = true;

  bool operator==(const Event&) const = default;

  friend std::ostream& operator<<(std::ostream& out, const Event& event) {
    return out << '(' << event.name << " | " << event.data << (event.complete ? ")" : " | cut)");
  }
};

/// Reads a body that is fed piece after piece.
class Body {
 public:
  void feed(std::string_view piece) {
    const std::string copy(piece);  // so that a sanitizer sees a view that outlives its piece
    reader_.feed(copy, *this);
  }

  std::vector<Event> finish() {
    reader_.finish(*this);
    return std::move(events_);
  }

  bool operator()(const SseEvent& event) {
    events_.push_back({std::string(event.name), std::string(event.data), event.complete});
    return true;
  }

 private:
  EventReader reader_;
  std::vector<Event> events_;
};

std::vector<Event> read(std::string_view text) {
  Body body;
  body.feed(text);
  return body.finish();
}

std::vector<Event> read_cut_at(std::string_view text, std::size_t cut) {
  Body body;
  body.feed(text.substr(0, cut));
  body.feed(text.substr(cut));
  return body.finish();
}

std::vector<Event> read_in_pieces(std::string_view text, std::size_t size) {
  Body body;
  for (std::size_t at = 0; at < text.size(); at += size) body.feed(text.substr(at, size));
  return body.finish();
}

/// No cut changes what is read.
void check_cuts(std::string_view text, const std::vector<Event>& events) {
  for (std::size_t cut = 0; cut <= text.size(); ++cut)
    if (read_cut_at(text, cut) != events) {
      INFO("cut at byte " << cut);
      CHECK(read_cut_at(text, cut) == events);
    }
  CHECK(read_in_pieces(text, 1) == events);
  CHECK(read_in_pieces(text, 2) == events);
  CHECK(read_in_pieces(text, 3) == events);
}

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

const std::filesystem::path test_data = FINETUNING_TEST_DATA;

const std::string mark = "\xEF\xBB\xBF";  // the byte order mark

struct Case {
  std::string what;
  std::string body;
  std::vector<Event> events;
};

void check(const std::vector<Case>& cases) {
  for (const Case& each : cases) {
    INFO(each.what);
    CHECK(read(each.body) == each.events);
    check_cuts(each.body, each.events);
  }
}

}  // namespace

TEST_CASE("server-sent events are read by the rules of the HTML standard", "[event_reader]") {
  check({
      {"LF", "data: a\n\ndata: b\n\n", {{"", "a"}, {"", "b"}}},
      {"CR", "data: a\r\rdata: b\r\r", {{"", "a"}, {"", "b"}}},
      {"CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", {{"", "a"}, {"", "b"}}},
      {"LF, CR and CRLF mixed",
       "data: a\r\ndata: b\rdata: c\n\r\ndata: d\n\r",
       {{"", "a\nb\nc"}, {"", "d"}}},
      {"no blank behind the colon", "data:a\n\n", {{"", "a"}}},
      {"only one blank is cut off", "data:  a \n\n", {{"", " a "}}},
      {"a tab is not cut off", "data:\ta\n\n", {{"", "\ta"}}},
      {"colons in the value", "data: a: b:c\n\n", {{"", "a: b:c"}}},
      {"lines of data", "data: a\ndata\ndata:\ndata: b\n\n", {{"", "a\n\n\nb"}}},
      {"a name", "event: start\ndata: a\n\ndata: b\n\n", {{"start", "a"}, {"", "b"}}},
      {"a name behind the data", "data: a\nevent: start\n\n", {{"start", "a"}}},
      {"the last name", "event: a\nevent: b\ndata: c\n\n", {{"b", "c"}}},
      {"an empty name", "event: a\nevent\ndata: c\n\n", {{"", "c"}}},
      {"a name without data", "event: a\n\ndata: b\n\n", {{"", "b"}}},
      {"empty data", "data\n\ndata:\n\ndata: \n\n", {{"", ""}, {"", ""}, {"", ""}}},
      {"two lines of empty data", "data\ndata\n\n", {{"", "\n"}}},
      {"no data", "id: 1\n\nretry: 5\n\nevent: ping\n\n", {}},
      {"comments", ":\n: keep-alive\n\ndata: a\n:data: x\ndata: b\n\n", {{"", "a\nb"}}},
      {"id and retry", "id: 7\nretry: 10\ndata: a\n\n", {{"", "a"}}},
      {"unknown fields", "dat: x\ndatas: x\nDATA: x\n data: x\nfoo\ndata: a\n\n", {{"", "a"}}},
      {"blank lines", "\n\r\n\r\n\ndata: a\n\n\n\n\n", {{"", "a"}}},
      {"a byte order mark", mark + "data: a\n\n", {{"", "a"}}},
      {"a second byte order mark", mark + mark + "data: a\ndata: b\n\n", {{"", "b"}}},
      {"a byte order mark later on", "data: a\n\n" + mark + "data: b\n\n", {{"", "a"}}},
      {"half a byte order mark", "\xEF\xBB\ndata: a\n\n", {{"", "a"}}},
      {"half a byte order mark before data", mark.substr(0, 2) + "data: a\n\n", {}},
      {"only a byte order mark", mark, {}},
      {"braces inside an event", "data: a\n{\"b\":1}\n[\n\n", {{"", "a"}}},
      {"braces behind a name", "event: a\n{\"b\":1}\ndata: c\n\n", {{"a", "c"}}},
      {"JSON as data", "data: {\"a\":\"}{\"}\n\n", {{"", R"({"a":"}{"})"}}},
      {"NUL", "data: a\0b\n\0\n\n"s, {{"", "a\0b"s}}},
      {"bytes that are not UTF-8", "data: \xFF\xC0\n\xFE\n\n", {{"", "\xFF\xC0"}}},
      {"only line ends", "\r\r\r\n\n\r\n", {}},
      {"nothing", "", {}},
  });
}

TEST_CASE("an event at the end of the body says whether it is whole", "[event_reader]") {
  check({
      {"no blank line", "data: a\n", {{"", "a"}}},
      {"no blank line, CR", "data: a\r", {{"", "a"}}},
      {"no blank line, CRLF", "event: e\r\ndata: a\r\n", {{"e", "a"}}},
      {"no line end", "data: a", {{"", "a", false}}},
      {"a cut line behind a whole one", "data: a\ndata: b", {{"", "a\nb", false}}},
      {"a cut field name", "data: a\nda", {{"", "a", false}}},
      {"a cut field name alone", "da", {}},
      {"a cut name", "event: star", {}},
      {"no value yet", "data:", {{"", "", false}}},
      {"an ended event before", "data: a\n\ndata: [DO", {{"", "a"}, {"", "[DO", false}}},
      {"cut JSON", R"({"a":{"b":"}")", {{"", R"({"a":{"b":"}")", false}}},
      {"JSON cut in a string",
       R"({"a":1},{"b":"\)",
       {{"", R"({"a":1})"}, {"", R"({"b":"\)", false}}},
      {"JSON cut in an array", "[{\"a\":1},", {{"", R"({"a":1})"}}},
  });
}

TEST_CASE("JSON that is not framed is an event for each object", "[event_reader]") {
  check({
      {"an object", R"({"a":1})", {{"", R"({"a":1})"}}},
      {"an object with a byte order mark", mark + "{}", {{"", "{}"}}},
      {"an object over lines",
       "{\r\n  \"a\": [1,\r\n2]\r\n}\r\n",
       {{"", "{\r\n  \"a\": [1,\r\n2]\r\n}"}}},
      {"an array", R"([{"a":1},{"b":2}])", {{"", R"({"a":1})"}, {"", R"({"b":2})"}}},
      {"an array over lines", "[{\n}\n,\r\n\t{}\n]\n", {{"", "{\n}"}, {"", "{}"}}},
      {"an empty array", "[]\n", {}},
      {"arrays", "[[{}],[]]\n[{\"a\":1}]", {{"", "{}"}, {"", R"({"a":1})"}}},
      {"objects side by side", "{}{}\n{}", {{"", "{}"}, {"", "{}"}, {"", "{}"}}},
      {"braces in strings", R"({"}":"{\"}\\","a":"\\"})", {{"", R"({"}":"{\"}\\","a":"\\"})"}}},
      {"objects in objects", R"({"a":{"b":[{"c":{}}]}})", {{"", R"({"a":{"b":[{"c":{}}]}})"}}},
      {"JSON between events",
       "data: a\n\n{\"error\":1}\n\ndata: b\n\n",
       {{"", "a"}, {"", R"({"error":1})"}, {"", "b"}}},
      {"JSON right before an event", "{}\ndata: a\n\n", {{"", "{}"}, {"", "a"}}},
      {"JSON behind a comment", ": wait\n{}\n", {{"", "{}"}}},
      {"an array that holds no object", "[1, \"{\"]\ndata: a\n\n", {{"", "a"}}},
      {"a bracket that is no JSON", "[DONE]\n\ndata: a\n\n", {{"", "a"}}},
      {"a line that does not begin with a brace", " {}\nx{}\n\n", {}},
  });
}

TEST_CASE("JSON nested a million deep is an event like any other", "[event_reader]") {
  std::string object;
  for (int i = 0; i < 1'000'000; ++i) object += "{\"a\":";
  object += "1" + std::string(1'000'000, '}');
  CHECK((read(object) == std::vector<Event>{{"", object}}));  // in (()), not to be printed
}

TEST_CASE("every provider's stream gives its events", "[event_reader]") {
  struct Stream {
    std::string_view file;
    std::size_t events;
    std::string_view first_name;
    std::string_view last;  ///< How the data of the last one begins.
  };
  const std::vector<Stream> streams{
      {"azure/text.stream.sse", 6, "", "[DONE]"},
      {"cohere/citations.stream.sse", 9, "message-start", "[DONE]"},
      {"cohere/text.stream.sse", 8, "message-start", "[DONE]"},
      {"cohere/tools.stream.sse", 11, "message-start", "[DONE]"},
      {"google/blocked.stream.sse", 1, "", R"({"promptFeedback")"},
      {"google/error.array.json", 1, "", "{\n    \"error\""},
      {"google/stream-error.txt", 2, "", "{\r\n  \"error\""},
      {"google/text.stream.sse", 3, "", R"({"candidates")"},
      {"google/tools.stream.sse", 2, "", R"({"candidates")"},
      {"groq/stream-error.sse", 3, "", "[DONE]"},
      {"groq/text.stream.sse", 5, "", "[DONE]"},
      {"groq/tools.stream.sse", 4, "", "[DONE]"},
      {"mistral/text.stream.sse", 4, "", "[DONE]"},
      {"mistral/tools.stream.sse", 3, "", "[DONE]"},
      {"openai/stream-error.sse", 2, "", R"({"error")"},
      {"openai/text.stream.sse", 6, "", "[DONE]"},
      {"openai/tools.stream.sse", 8, "", "[DONE]"},
      {"together/text.stream.sse", 4, "", "[DONE]"},
      {"vertex/text.stream.array.json", 2, "", "{\n  \"candidates\""},
      {"vertex/text.stream.sse", 2, "", R"({"candidates")"},
  };
  for (const Stream& stream : streams) {
    INFO(stream.file);
    const std::vector<Event> events = read(file_text(test_data / stream.file));
    REQUIRE(events.size() == stream.events);
    CHECK(events.front().name == stream.first_name);
    CHECK_THAT(events.back().data, Catch::Matchers::StartsWith(std::string(stream.last)));
    for (const Event& event : events) {
      CHECK(event.complete);
      CHECK((event.data == "[DONE]" || nlohmann::json::accept(event.data)));
    }
  }
}

TEST_CASE("every answer in the test data gives the same events however it is cut",
          "[event_reader]") {
  std::size_t events = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(test_data)) {
    if (!entry.is_regular_file() || entry.path().parent_path() == test_data) continue;
    INFO(entry.path());
    const std::string body = file_text(entry.path());
    check_cuts(body, read(body));
    events += read(body).size();
  }
  CHECK(events > 80);
}

TEST_CASE("an event that lies in one piece is not copied", "[event_reader]") {
  for (const std::string_view piece :
       {"event: a\ndata: one\n\ndata: two\n\n", "data:one\r\n\r\n: x\r\ndata: two\r\n\r\n",
        "{\"one\":1}\n[{\"two\":2},{\"three\":3}]", ": comment\r\rdata: one\r\r"}) {
    std::size_t events = 0;
    EventReader reader;
    reader.feed(piece, [&](const SseEvent& event) {
      CHECK((event.data.data() >= piece.data() &&
             event.data.data() + event.data.size() <= piece.data() + piece.size()));
      return ++events > 0;
    });
    CHECK(events > 0);
  }
}

TEST_CASE("a callback that answers false stops the reader at once", "[event_reader]") {
  for (const std::string_view body : {"data: a\n\ndata: b\n\n", "data: a\ndata: a\n\ndata: b\n\n",
                                      "[{},{}]", "{}\n\ndata: b\n\n"}) {
    std::size_t events = 0;
    const auto stop = [&events](const SseEvent&) { return ++events == 0; };
    EventReader reader;
    CHECK_FALSE(reader.feed(body, stop));
    CHECK(events == 1);
  }
  for (const std::string_view body : {"data: a", "data: a\n", "{"}) {
    const auto stop = [](const SseEvent&) { return false; };
    EventReader reader;
    CHECK(reader.feed(body, stop));
    CHECK_FALSE(reader.finish(stop));
  }
}

TEST_CASE("an empty piece changes nothing", "[event_reader]") {
  Body body;
  for (const std::string_view piece :
       {"", "data: a\r", "", "\n", "", "\r", "", "\ndata: b\n\n", ""})
    body.feed(piece);
  CHECK(body.finish() == std::vector<Event>{{"", "a"}, {"", "b"}});
}

TEST_CASE("long lines, long objects and many lines are read in linear time", "[event_reader]") {
  // A reader that looks at what it has kept, or at what lies ahead, again and again takes hours.
  const std::string text(8'000'000, 'x');
  const std::string object = R"({"a":")" + text + R"("})";
  CHECK((read_in_pieces("data: " + text + "\n\n", 16) == std::vector<Event>{{"", text}}));
  CHECK((read_in_pieces(object, 16) == std::vector<Event>{{"", object}}));

  std::string lines;
  while (lines.size() < 8'000'000) lines += "data:\r";
  CHECK(read(lines + "\r").size() == 1);
  std::replace(lines.begin(), lines.end(), '\r', '\n');
  CHECK(read(lines + "\n").size() == 1);
}

TEST_CASE("random bodies give the same events however they are cut", "[event_reader]") {
  const std::vector<std::string> parts{
      "data", "data:",        "data: ", "event:", "event: x", "id: 1",
      ":",    ": c",          "\n",     "\n\n",   "\r",       "\r\r",
      "\r\n", "\r\n\r\n",     "{",      "}",      "[",        "]",
      ",",    "\"",           "\\",     " ",      "a",        R"({"a":"}"})",
      "\0"s,  "\xEF\xBB\xBF", "\xEF"};
  std::mt19937 random(20260102);
  for (int round = 0; round < 3000; ++round) {
    std::string body;
    for (auto count = random() % 40; count > 0; --count) body += parts[random() % parts.size()];
    const std::vector<Event> events = read(body);
    Body cut;
    for (std::string_view rest = body; !rest.empty();) {
      const std::size_t size = std::min<std::size_t>(random() % 6, rest.size());
      cut.feed(rest.substr(0, size));
      rest.remove_prefix(size);
    }
    INFO(body);
    REQUIRE(cut.finish() == events);
    REQUIRE(read_in_pieces(body, 1) == events);
  }
}
