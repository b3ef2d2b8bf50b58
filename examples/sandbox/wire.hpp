#pragma once

// What the sandbox's wires share: a request, an answer, checks, faults asked for by a model's id,
// and what the sandbox says.

#include <nlohmann/json.hpp>

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

using Json = nlohmann::ordered_json;  // members in the order of the real answers

struct Request {
  std::string_view provider;
  std::string method;
  std::string path;  // below the provider's base, percent-encoded, without the query
  std::string query;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  std::string serial;  // twelve digits, different for every request: the tail of its ids

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

struct Answer {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::string> pieces;  // each is sent by itself
  bool streamed = false;            // chunked; else with its length
  Fault fault = Fault::none;        // cut or stall, once `fault_at` pieces are out
  std::size_t fault_at = 0;
};

Answer json_answer(const Json& body, int status = 200);
Answer bad_gateway();
/// `opening` pieces come before the first with text. Where it breaks, two with text have come.
Answer stream_answer(std::vector<std::string> pieces, std::size_t opening, Fault fault);
/// The answer as it is, or, with a fault, broken in the middle of its body.
Answer plain_answer(const Json& body, Fault fault);

/// Text that a client sent may be anything; an answer is always UTF-8.
std::string dump(const Json& json);
/// The member of that name; null where there is none or `value` is no object.
const Json& member(const Json& value, const std::string& field);

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
};

enum class UnknownFields : bool { allowed, refused };

/// The first thing wrong with an object. A member that is null counts as absent.
std::optional<Complaint> check(const Json& object, std::span<const Rule> rules,
                               UnknownFields unknown);
/// Reads the body of a POST into `body`, without its null members, and checks it.
std::optional<Complaint> read_body(const Request& request, std::span<const Rule> rules,
                                   UnknownFields unknown, Json& body);

bool is_bool(const Json& value);
bool is_integer(const Json& value);
bool is_count(const Json& value);  // an integer from 1
bool is_name(const Json& value);   // a text that is not empty
bool is_object(const Json& value);
bool is_text_list(const Json& value);
bool is_function_list(const Json& value);  // [{"type":"function","function":{"name":...}}]
template <int low, int high>
bool is_between(const Json& value) {
  return value.is_number() && value.get<double>() >= low && value.get<double>() <= high;
}
/// An array that is not empty, of which every element passes.
bool is_list(const Json& value, bool (*fits)(const Json&));
/// A message of the roles' list: a text or parts for content, what a tool's answer answers.
bool is_message(const Json& value, std::span<const std::string_view> roles);

struct Prompt {
  std::string last_user_text;
  bool user_speaks_last = false;
  std::size_t tokens = 0;
  std::size_t max_tokens = SIZE_MAX;
};

/// Reads messages [{"role","content"}] whose content is a text or parts with a text.
Prompt read_prompt(const Json& messages);

enum class Finish : std::uint8_t { stop, length, tool_call };

struct Reply {
  std::vector<std::string> pieces;  // of the text, one a token
  std::string tool;                 // the name of the tool to call, if one is
  Json arguments = Json::object();
  Finish finish = Finish::stop;
  std::size_t input_tokens = 0;
  std::size_t output_tokens = 0;

  std::string text() const;
};

/// What the sandbox says. `function` is the first tool, {"name","parameters"}, or null.
Reply reply_to(const Prompt& prompt, const Json& function);

/// The wires: each answers a request to its providers.
Answer openai(const Request& request, Faults& faults);  // and together, groq, local
Answer gemini(const Request& request, Faults& faults);  // google and vertex
Answer cohere(const Request& request, Faults& faults);

}  // namespace FineTuning::examples::wire
