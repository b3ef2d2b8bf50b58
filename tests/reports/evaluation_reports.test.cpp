// The reports of an evaluation: what they say, and that nothing an answer holds can do harm.

#include "reports/markup.hpp"
#include "support/catch.hpp"

#include <FineTuning/evaluate.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t times = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + part.size()))
    ++times;
  return times;
}

bool has(std::string_view text, std::string_view part) { return count(text, part) > 0; }

Evaluation evaluation_of(std::vector<CaseResult> results) {
  Evaluation evaluation{.model = "openai:m", .results = std::move(results)};
  for (const CaseResult& result : evaluation.results) evaluation.total.add(result);
  return evaluation;
}

/// One of each outcome, two of them with a tag.
Evaluation one_of_each() {
  return evaluation_of(
      {{.fingerprint = "f1",
        .id = "one",
        .tags = {"law"},
        .input = "question",
        .expected = "is: a",
        .outcome = Outcome::passed,
        .answer = "a",
        .usage = {.input_tokens = 3, .output_tokens = 4, .total_tokens = 7, .known = true},
        .cost_usd = 0.5,
        .latency = 1500ms},
       {.id = "two",
        .tags = {"law", "tax"},
        .input = "question",
        .expected = "is: b",
        .outcome = Outcome::failed,
        .answer = "c",
        .score = 0.25,
        .latency = 500ms},
       {.id = "three",
        .outcome = Outcome::error,
        .error = Error{.kind = ErrorKind::timed_out, .message = "No answer came."}},
       {.id = "four",
        .outcome = Outcome::not_run,
        .error = Error{.kind = ErrorKind::unsupported, .message = "No engine."}}});
}

/// An answer with all that could do harm, in every text of a result.
Evaluation hostile() {
  std::string text = "]]><script>alert(1)</script>\"' onload='x' &lt; <!-- --> </style></div>";
  for (char c = 1; c < 32; ++c) text += c;
  text += '\0';
  text += "\x7F\xC2\x9B\xEF\xBF\xBE\xEF\xBF\xBF\xED\xA0\x80\xFF\xF4\x90\x80\x80\xC3";
  std::vector<CaseResult> results;
  for (const Outcome outcome : {Outcome::passed, Outcome::failed, Outcome::error, Outcome::not_run})
    results.push_back({.id = text,
                       .tags = {text},
                       .input = text,
                       .expected = text,
                       .outcome = outcome,
                       .answer = text + std::string(1'000'000, '<'),
                       .error = Error{.message = text},
                       .model = text,
                       .latency = 1ms});
  Evaluation evaluation = evaluation_of(std::move(results));
  evaluation.model = text;
  return evaluation;
}

/// Whether every < opens a tag of these, and no quote ends an attribute early: tags are closed, and
/// quotes within them are in pairs.
bool is_made_of(std::string_view markup, const std::vector<std::string>& tags) {
  for (std::size_t at = markup.find('<'); at != markup.npos; at = markup.find('<', at + 1)) {
    const std::size_t end = markup.find('>', at);
    if (end == markup.npos) return false;
    std::string_view tag = markup.substr(at + 1, end - at - 1);
    if (count(tag, "\"") % 2 != 0) return false;
    if (tag.starts_with('/')) tag.remove_prefix(1);
    tag = tag.substr(0, tag.find_first_of(" /"));
    if (std::find(tags.begin(), tags.end(), tag) == tags.end()) return false;
  }
  return true;
}

/// UTF-8 without the characters that XML 1.0 forbids.
bool is_clean(const std::string& text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) {
                        return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') ||
                               c == 0x7F;
                      }) &&
         !has(text, "\xEF\xBF\xBE") && !has(text, "\xEF\xBF\xBF") && !has(text, "\xC2\x9B") &&
         Json::accept(Json(text).dump(-1, ' ', false, Json::error_handler_t::ignore)) &&
         Json(text).dump(-1, ' ', false, Json::error_handler_t::ignore) ==
             Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

const std::vector<std::string> xml_tags{"?xml",  "testsuites", "testsuite",  "testcase", "failure",
                                        "error", "skipped",    "properties", "property"};
const std::vector<std::string> html_tags{
    "!DOCTYPE", "html", "head", "meta", "title", "style", "body",  "header", "main",  "h1",
    "h2",       "p",    "dl",   "div",  "dt",    "dd",    "table", "thead",  "tbody", "tr",
    "th",       "td",   "br",   "span", "svg",   "desc",  "rect",  "circle", "line",  "text"};

}  // namespace

TEST_CASE("texts are made fit for markup", "[evaluation_reports]") {
  const struct {
    std::string text, markup;
  } cases[] = {
      {"a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;"},
      {"tab\tline\n", "tab\tline\n"},
      {"\x1B\x7F", "\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"one\r\ntwo", "one\ntwo"},
      {std::string(1, '\0'), "\xEF\xBF\xBD"},
      {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"},
      {"\xC2\x85|\xC2\xA0", "\xEF\xBF\xBD|\xC2\xA0"},
      {"\xEF\xBF\xBF|\xEF\xBF\xBD", "\xEF\xBF\xBD|\xEF\xBF\xBD"},
      {"\xC3", "\xEF\xBF\xBD"},
      {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
  };
  for (const auto& [text, markup] : cases) {
    CAPTURE(text);
    CHECK(escaped(text) == markup);
  }
  CHECK(escaped("abc", 3) == "abc");
  CHECK(escaped("abcd", 3) == "abc ... (1 bytes more)");
  CHECK(escaped("ab\xC3\xA9", 3) == "ab ... (2 bytes more)");
  CHECK(escaped("<<<<", 1) == "&lt; ... (3 bytes more)");
}

TEST_CASE("the JSON report has all figures and every result", "[evaluation_reports]") {
  const Json json = Json::parse(to_json(one_of_each()));
  CHECK(json["model"] == "openai:m");
  CHECK(json["threshold"] == 0.9);
  CHECK(json["threshold_met"] == false);
  CHECK(json["reused"] == 0);
  const Json& total = json["total"];
  CHECK(total["cases"] == 4);
  CHECK(total["passed"] == 1);
  CHECK(total["failed"] == 1);
  CHECK(total["errors"] == 1);
  CHECK(total["not_run"] == 1);
  CHECK(total["accuracy"] == 0.5);
  CHECK(total["low"] < 0.5);
  CHECK(total["high"] > 0.5);
  CHECK(total["answered"] == 2);
  CHECK(total["usage"]["total_tokens"] == 7);
  CHECK(total["usage_unknown"] == 1);
  CHECK(total["cost_usd"] == 0.5);
  CHECK(total["unpriced"] == 1);
  CHECK(total["latency_ms"] == 2000);
  CHECK(json["tags"].size() == 2);
  CHECK(json["tags"]["law"]["accuracy"] == 0.5);
  CHECK(json["tags"]["tax"]["accuracy"] == 0.0);
  REQUIRE(json["results"].size() == 4);
  CHECK(json["results"][1]["answer"] == "c");
  CHECK(json["results"][2]["error"]["kind"] == "timed_out");
}

TEST_CASE("what is unknown is null in JSON, and the page says unknown", "[evaluation_reports]") {
  const Evaluation nothing = evaluation_of({});
  const Json total = Json::parse(to_json(nothing))["total"];
  for (const char* name : {"accuracy", "low", "high", "usage", "cost_usd"}) {
    CAPTURE(name);
    CHECK(total[name].is_null());
  }
  const std::string page = to_html(nothing);
  CHECK(has(page, "<p class=\"accuracy\">unknown</p>"));
  CHECK(has(page, "<dt>cost</dt><dd>unknown</dd>"));
  CHECK_FALSE(has(page, "nan"));
  CHECK_FALSE(has(page, "<table"));
}

TEST_CASE("the JUnit report has a test case for each case", "[evaluation_reports]") {
  CHECK(to_junit_xml(one_of_each()) ==
        R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="openai:m" tests="4" failures="1" errors="1" time="2.000">
<testsuite name="openai:m" tests="4" failures="1" errors="1" time="2.000" skipped="1">
<testcase classname="openai:m" name="one" time="1.500"></testcase>
<testcase classname="openai:m" name="two" time="0.500"><failure type="failed" message="The answer is not as expected.">input: question

expected is: b

got: (score 0.25) c</failure></testcase>
<testcase classname="openai:m" name="three" time="0.000"><error type="timed_out" message="No answer came."/></testcase>
<testcase classname="openai:m" name="four" time="0.000"><skipped message="No engine."/></testcase>
</testsuite>
</testsuites>
)");
}

TEST_CASE("the page says how good the model is, and shows what failed", "[evaluation_reports]") {
  const std::string page = to_html(one_of_each());
  for (const char* part :
       {"<title>Evaluation of openai:m</title>", "<p class=\"accuracy\">50.0 %</p>",
        "1 of 2 answers are as expected", "The threshold of 90 % is not met: 2 without a verdict.",
        "<dt>tokens</dt><dd>7</dd><dd class=\"note\">1 unknown</dd>",
        "<dt>cost</dt><dd>0.500000 USD</dd><dd class=\"note\">1 unpriced</dd>", "<h2>Failures</h2>",
        "(score 0.25) c", "<h2>Errors</h2>", "No answer came.", "<h2>Not run</h2>", "No engine.",
        "The marks are the median, 500 ms", "prefers-color-scheme: dark", "width=device-width"}) {
    CAPTURE(part);
    CHECK(has(page, part));
  }
  Evaluation good = evaluation_of({{.outcome = Outcome::passed, .answer = ""}});
  CHECK(has(to_html(good), "The threshold of 90 % is met."));
  CHECK_FALSE(has(to_html(good), "<h2>"));
}

TEST_CASE("the reports name the models that answered", "[evaluation_reports]") {
  Evaluation evaluation = one_of_each();
  evaluation.results[0].model = "tuned";
  evaluation.results[1].model = "base<1>";
  const std::string xml = to_junit_xml(evaluation);
  CHECK(has(xml,
            "<properties>\n<property name=\"answers of base&lt;1&gt;\" value=\"1\"/>\n"
            "<property name=\"answers of tuned\" value=\"1\"/>\n</properties>\n<testcase "));
  CHECK(has(xml, "got: (score 0.25) c\n\nmodel: base&lt;1&gt;</failure>"));
  const std::string page = to_html(evaluation);
  CHECK(has(page, "Answered by base&lt;1&gt; (1), tuned (1)</p>"));
  CHECK(has(page, "two<br><span class=\"model\">base&lt;1&gt;</span>"));

  evaluation.results[0].model = "base<1>";
  CHECK(has(to_html(evaluation), "Answered by base&lt;1&gt; (2)</p>"));
  CHECK_FALSE(has(to_html(evaluation), "<span class=\"model\">"));  // it is the same of all

  std::vector<CaseResult> many(30);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].model = "m" + std::to_string(i);
  CHECK(has(to_html(evaluation_of(std::move(many))), " and 10 more</p>"));
}

TEST_CASE("every chart has a title and a description of its own", "[evaluation_reports]") {
  const std::string page = to_html(one_of_each());
  const std::size_t charts = count(page, "<svg role=\"img\"");
  CHECK(charts == 4);  // the whole, two tags, latency
  CHECK(count(page, "<desc id=\"") == charts);
  for (const char* id : {"accuracy", "tag-1", "tag-2", "latency"}) {
    CAPTURE(id);
    CHECK(count(page, "<title id=\"" + std::string(id) + "-t\">") == 1);
    CHECK(count(page, "<desc id=\"" + std::string(id) + "-d\">") == 1);
  }
}

TEST_CASE("the page loads nothing and runs nothing", "[evaluation_reports]") {
  for (const std::string& page : {to_html(one_of_each()), to_html(hostile())}) {
    CHECK(has(page, "content=\"default-src 'none'; style-src 'unsafe-inline'\""));
    for (const char* part : {"<script", "<link", "<img", "<iframe", "<object",
                             "src=", "href=", "url(", "@import", "http:", "https:", "<a "}) {
      CAPTURE(part);
      CHECK_FALSE(has(page, part));
    }
  }
}

TEST_CASE("hostile answers stay texts in every report, which stays short", "[evaluation_reports]") {
  const Evaluation evaluation = hostile();
  const std::string xml = to_junit_xml(evaluation);
  CHECK(is_clean(xml));
  CHECK(is_made_of(xml, xml_tags));
  CHECK(count(xml, "<testcase ") == 4);
  CHECK(xml.size() < 200'000);
  const std::string page = to_html(evaluation);
  CHECK(is_clean(page));
  CHECK(is_made_of(page, html_tags));
  CHECK(count(page, "</style>") == 1);
  CHECK(count(page, "<tr>") == 8);  // four tables of a head and a row
  CHECK(page.size() < 200'000);
  CHECK(has(page, "bytes more)"));
  CHECK(Json::parse(to_json(evaluation))["results"].size() == 4);
}

TEST_CASE("of very many failures the page shows the first, and says so", "[evaluation_reports]") {
  std::vector<CaseResult> results(700, {.outcome = Outcome::failed, .answer = "x"});
  const std::string page = to_html(evaluation_of(std::move(results)));
  CHECK(count(page, "<tr><th scope=\"row\">") == 500);
  CHECK(has(page, "200 more are left out here; the JSON report has them."));
}
