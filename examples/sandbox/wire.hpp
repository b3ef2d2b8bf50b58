#pragma once

// What the sandbox's wires share: a request, an answer, checks, faults asked for by a model's id,
// and what the sandbox says.

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace FineTuning::examples::wire {

using Json = nlohmann::ordered_json;  // the first tool parameter is the first one sent

struct Request {
  std::string_view provider{};
  std::string method{};
  std::string path{};  // below the provider's base, percent-encoded, without the query
  std::string query{};
  std::map<std::string, std::string> headers{};  // names in lower case
  std::string body{};
  std::string serial{};  // twelve digits, different for every request: the tail of its ids

  std::string_view header(const std::string& name) const;
  bool has_bearer_key() const;
};

enum class Fault : std::uint8_t {
  none,
  unauthorized,
  not_found,
  rate_limited,
  quota,
  server_error,
  bad_gateway,
  cut,
  stall,
};

struct Answer {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers{};
  std::vector<std::string> pieces{};  // each is sent by itself
  bool streamed = false;              // chunked; else with its length
  Fault fault = Fault::none;          // cut or stall, once `fault_at` pieces are out
  std::size_t fault_at = 0;
};

/// Whether `word` is in `id`, set off by anything but letters and digits.
bool has_word(std::string_view id, std::string_view word);

/// Reads faults from model ids, and remembers which flaky models have failed already.
class Faults {
 public:
  Fault of(std::string_view provider, std::string_view model);

 private:
  std::mutex mutex_;
  std::set<std::string> failed_once_;
};

/// Answers are patterns with $names in them; their values are JSON texts.
using Values = std::map<std::string, std::string>;
std::string fill(std::string_view pattern, const Values& values);
/// Text that a client sent may be anything; an answer is always UTF-8.
std::string dump(const Json& json);

/// How a provider refuses a call to a model that asks for a fault.
struct Refusal {
  Fault fault;
  int status;
  std::string_view type;
  std::string_view code;
  std::string_view message;
  std::string_view retry_after{};  // the header, in seconds
  std::string_view param{};        // the member of the request that is to blame
};
bool is_refused(Fault fault);
/// By the table of the provider, its message followed by `subject`, in the error pattern with
/// $status, $type, $code, $param and $message.
Answer refused(Fault fault, std::span<const Refusal> table, std::string_view subject,
               std::string_view error_pattern, Values values = {});

Answer json_answer(std::string body, int status = 200);
/// A whole body; with a fault it breaks in the middle.
Answer plain_answer(std::string body, Fault fault);
/// `opening` events come before the first with text; with a fault it breaks after two with text.
Answer stream_answer(std::vector<std::string> events, std::size_t opening, Fault fault);

/// What a member of a request has to be.
struct Rule {
  std::string_view field;
  bool (*fits)(const Json&);
  std::string_view expected;
  bool required = false;
};
struct Complaint {
  std::string field;
  std::string message;
  bool is_unknown = false;  // nothing is wrong with the value: there is no such member
};
constexpr std::string_view any_field = "*";
/// The first thing wrong with an object. A member that is null counts as absent; members without a
/// rule have to be among the `other_fields`, a list between spaces or `any_field`.
std::optional<Complaint> check(const Json& object, std::span<const Rule> rules,
                               std::string_view other_fields);
/// Reads the body of a POST into `body`, without its null members, and checks it.
std::optional<Complaint> read_body(const Request& request, std::span<const Rule> rules,
                                   std::string_view other_fields, Json& body);

/// Text from a URL without its percent signs.
std::string decoded(std::string_view text);

/// The member of that name; null if there is none or `value` is not an object.
const Json& member(const Json& value, std::string_view field);

bool is_bool(const Json& value);
bool is_integer(const Json& value);
bool is_count(const Json& value);  // an integer from 1
bool is_name(const Json& value);   // a text that is not empty
bool is_object(const Json& value);
template <int low, int high>
bool is_between(const Json& value) {
  return value.is_number() && value >= low && value <= high;
}
/// An array that is not empty, of which every element fits.
template <class F>
bool is_list(const Json& value, const F& fits) {
  return value.is_array() && !value.empty() && std::all_of(value.begin(), value.end(), fits);
}
template <std::size_t most>
bool is_text_list(const Json& value) {
  return is_list(value, [](const Json& text) { return text.is_string(); }) && value.size() <= most;
}
bool is_word_of(const Json& value, std::string_view words);
/// [{"type":T,T:{"name":...}}], with T one of the types (between spaces).
bool is_tool_list(const Json& value, std::string_view types = "function");
/// The first function of such a list; null if there is none.
Json first_function(const Json& tools);
/// A message of one of the roles (between spaces), with a text or parts for content. An assistant's
/// message needs none if it has one of the members named by `instead`.
bool is_message(const Json& value, std::string_view roles, std::string_view instead);

struct Prompt {
  std::string last_user_text;
  bool user_speaks_last = false;
  std::size_t tokens = 0;
};
/// Reads messages [{"role","content"}] whose content is a text or parts with a text.
Prompt read_prompt(const Json& messages);

struct Reply {
  std::vector<std::string> pieces{};  // of the text, one a token
  std::string tool{};                 // the name of the tool to call, if one is
  Json arguments = Json::object();
  std::string_view finish{};
  std::size_t input_tokens = 0;
  std::size_t output_tokens = 0;

  std::string text() const;
};
/// A wire's names of the reasons to finish.
struct FinishReasons {
  std::string_view stop;
  std::string_view length;
  std::string_view tool_call;
};
/// What the sandbox says. `max_tokens` is an integer or null; `function` is the request's first,
/// {"name","parameters"}, or null.
Reply reply_to(const Prompt& prompt, const Json& max_tokens, const Json& function,
               const FinishReasons& reasons);
/// $text $tool $arguments (an object) $arguments_text $arguments_head $arguments_tail (texts)
/// $finish $input $output $total
Values values_of(const Reply& reply);

/// The wires: each answers a request to its providers.
Answer openai(const Request& request, Faults& faults);  // and together, groq, local
Answer gemini(const Request& request, Faults& faults);  // google and vertex
Answer cohere(const Request& request, Faults& faults);

}  // namespace FineTuning::examples::wire
