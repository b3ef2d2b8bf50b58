// Reads the stored results of test cases, which to_json() has written, one a line.

#include "json/fields.hpp"
#include "records/lines.hpp"

#include <FineTuning/evaluate.hpp>
#include <FineTuning/internal/errors.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace FineTuning {

using namespace internal;
namespace {

/// How each line of results begins.
constexpr std::string_view start_of_result = R"({"fingerprint":")";

constexpr std::string_view advice = "name a file of results, or a new one";

JsonResult read_status(const JsonValue& value, int& to) {
  return read_whole_between(value, to, 0, 999);
}

JsonResult read_error(const JsonValue& value, Error& to) {
  constexpr std::array fields{
      JsonField<Error>{"kind", into<read_enum_or_other<ErrorKind>, &Error::kind>},
      JsonField<Error>{"message", into<read_text, &Error::message>},
      JsonField<Error>{"http_status", into<read_status, &Error::http_status>},
      JsonField<Error>{"code", into<read_text, &Error::code>}};
  return read_object(value, to, fields, ignore_other);
}

JsonResult read_usage(const JsonValue& value, Usage& to) {
  constexpr auto read_tokens = read_count<std::uint64_t>;
  constexpr std::array fields{
      JsonField<Usage>{"input_tokens", into<read_tokens, &Usage::input_tokens>},
      JsonField<Usage>{"output_tokens", into<read_tokens, &Usage::output_tokens>},
      JsonField<Usage>{"total_tokens", into<read_tokens, &Usage::total_tokens>},
      JsonField<Usage>{"cached_input_tokens", into<read_tokens, &Usage::cached_input_tokens>},
      JsonField<Usage>{"reasoning_tokens", into<read_tokens, &Usage::reasoning_tokens>}};
  to.known = true;
  return read_object(value, to, fields, ignore_other);
}

JsonResult read_latency(const JsonValue& value, std::chrono::nanoseconds& to) {
  constexpr std::uint64_t longest = 1'000'000'000;  // eleven days: a sum of them never overflows
  std::uint64_t count = 0;
  JsonResult read = read_whole_between(value, count, 0, longest);
  to = std::chrono::milliseconds(count);
  return read;
}

using Field = JsonField<CaseResult>;

constexpr std::array fields{
    Field{"fingerprint", into<read_text, &CaseResult::fingerprint>},
    Field{"id", into<read_text, &CaseResult::id>},
    Field{"tags", into<list_of<read_text>, &CaseResult::tags>},
    Field{"input", into<read_text, &CaseResult::input>},
    Field{"expected", into<read_text, &CaseResult::expected>},
    Field{"outcome", into<read_enum<Outcome>, &CaseResult::outcome>, Presence::required},
    Field{"answer", into<read_text, &CaseResult::answer>},
    Field{"score", into<read_number, &CaseResult::score>},
    Field{"error", into<read_error, &CaseResult::error>},
    Field{"model", into<read_text, &CaseResult::model>},
    Field{"usage", into<read_usage, &CaseResult::usage>},
    Field{"cost_usd", into<read_number, &CaseResult::cost_usd>},
    Field{"latency_ms", into<read_latency, &CaseResult::latency>}};

JsonResult read_result(const JsonValue& value, CaseResult& to) {
  return read_object(value, to, fields, ignore_other);
}

/// Whether the text can be the beginning of a line of results.
bool begins_result(std::string_view text) {
  const std::size_t size = std::min(text.size(), start_of_result.size());
  return text.substr(0, size) == start_of_result.substr(0, size);
}

}  // namespace

Result<StoredResults> parse_results(std::string_view text) {
  StoredResults stored;
  const std::size_t end = text.rfind('\n') + 1;  // npos + 1 is 0
  const auto read_line = [&stored](std::string_view line, std::size_t number) -> Result<void> {
    if (!line.starts_with(start_of_result))
      return invalid_request(
          fmt::format("Line {} is not a result of a test case; {}.", number, advice));
    const JsonResult read = read_json(line, stored.results.emplace_back(), read_result);
    if (read) return {};
    return invalid_request(fmt::format("Line {} of the results is wrong: {}; {}.", number,
                                       read.error().text(), advice));
  };
  if (Result<void> read = for_each_line(text.substr(0, end), read_line); !read)
    return std::move(read).error();
  if (!begins_result(text.substr(end)))
    return invalid_request(
        fmt::format("What follows the last line is not a result of a test case; {}.", advice));
  stored.torn_bytes = text.size() - end;
  return stored;
}

}  // namespace FineTuning
