// What the sandbox's wires share: checks, faults, and what the sandbox says.

#include "wire.hpp"

#include "sandbox.hpp"

#include <algorithm>

namespace FineTuning::examples::wire {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::vector<std::string> words_of(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  std::vector<std::string> words;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
    if (text.empty()) return words;
    words.emplace_back(text.substr(0, text.find_first_of(space)));
    text.remove_prefix(words.back().size());
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// At most `size` bytes and a mark, cut between two characters.
std::string shortened(const std::string& text, std::size_t size) {
  constexpr auto is_continuation = [](char c) { return (static_cast<unsigned char>(c) >> 6) == 2; };
  if (text.size() <= size) return text;
  while (is_continuation(text[size])) --size;
  return text.substr(0, size) + "\u2026";
}

std::string_view behind(std::string_view text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  return at == text.npos ? std::string_view{} : text.substr(at + mark.size());
}

/// For "Which of these: red, blue? Answer with that one word.", an empty line, and a text.
std::string chosen_word(std::string_view user_text) {
  const std::string_view text = behind(user_text, "\n\n");
  for (std::string word : words_of(behind(user_text.substr(0, user_text.find('?')), ": "))) {
    if (word.ends_with(',')) word.pop_back();
    if (has_word(text, word)) return word;
  }
  return "other";
}

std::string answer_to(std::string_view user_text) {
  constexpr std::size_t echoed = 80;
  if (user_text.find("Answer with that one word") != user_text.npos) return chosen_word(user_text);
  return "Clause 4 applies \u2014 \u201c" + shortened(joined(words_of(user_text)), echoed) +
         "\u201d raises no objection.";
}

std::string text_of(const Json& content) {
  if (content.is_string()) return content;
  std::string text;
  if (content.is_array())
    for (const Json& part : content)
      if (const Json& piece = member(part, "text"); piece.is_string()) text += piece;
  return text;
}

}  // namespace

std::string_view Request::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string_view{} : found->second;
}

bool Request::has_bearer_key() const {
  return header("authorization") == "Bearer " + std::string(Sandbox::api_key);
}

bool has_word(std::string_view id, std::string_view word) {
  for (std::size_t at = id.find(word); at != std::string_view::npos; at = id.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_letter_or_digit(id[at - 1])) &&
        (end == id.size() || !is_letter_or_digit(id[end])))
      return true;
  }
  return false;
}

Fault Faults::of(std::string_view provider, std::string_view model) {
  static constexpr std::pair<std::string_view, Fault> faults[] = {
      {"fail-401", Fault::unauthorized}, {"fail-404", Fault::not_found},
      {"missing", Fault::not_found},     {"fail-429", Fault::rate_limited},
      {"fail-quota", Fault::quota},      {"fail-500", Fault::server_error},
      {"fail-html", Fault::bad_gateway}, {"cut", Fault::cut},
      {"stall", Fault::stall},
  };
  for (const auto& [word, fault] : faults)
    if (has_word(model, word)) return fault;
  if (!has_word(model, "flaky")) return Fault::none;
  const std::scoped_lock lock(mutex_);
  const bool first = failed_once_.insert(std::string(provider) + ' ' + std::string(model)).second;
  return first ? Fault::server_error : Fault::none;
}

std::string fill(std::string_view pattern, const Values& values) {
  std::string text;
  while (true) {
    const std::size_t dollar = std::min(pattern.find('$'), pattern.size());
    text += pattern.substr(0, dollar);
    if (dollar == pattern.size()) return text;
    pattern.remove_prefix(dollar + 1);
    const std::size_t end =
        std::min(pattern.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), pattern.size());
    text += values.at(std::string(pattern.substr(0, end)));
    pattern.remove_prefix(end);
  }
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_refused(Fault fault) {
  return fault != Fault::none && fault != Fault::cut && fault != Fault::stall;
}

Answer refused(Fault fault, std::span<const Refusal> table, std::string_view subject,
               std::string_view error_pattern, Values values) {
  if (fault == Fault::bad_gateway)
    return {.status = 502,
            .content_type = "text/html",
            .pieces = {"<html><head><title>502 Bad Gateway</title></head>"
                       "<body><h1>502 Bad Gateway</h1></body></html>\n"}};
  const Refusal& refusal = *std::ranges::find(table, fault, &Refusal::fault);
  values["status"] = std::to_string(refusal.status);
  values["type"] = dump(refusal.type);
  values["code"] = refusal.code.empty() ? "null" : dump(refusal.code);
  values["param"] = refusal.param.empty() ? "null" : dump(refusal.param);
  values["message"] = dump(std::string(refusal.message) + std::string(subject));
  Answer answer = json_answer(fill(error_pattern, values), refusal.status);
  if (!refusal.retry_after.empty()) answer.headers.emplace_back("Retry-After", refusal.retry_after);
  return answer;
}

Answer json_answer(std::string body, int status) {
  return {.status = status, .pieces = {std::move(body)}};
}

Answer plain_answer(std::string body, Fault fault) {
  if (fault == Fault::none) return json_answer(std::move(body));
  const std::size_t half = body.size() / 2;
  return {.pieces = {body.substr(0, half), body.substr(half)}, .fault = fault, .fault_at = 1};
}

Answer stream_answer(std::vector<std::string> events, std::size_t opening, Fault fault) {
  const std::size_t fault_at = std::min(opening + 2, events.size() - 1);
  return {.content_type = "text/event-stream",
          .pieces = std::move(events),
          .streamed = true,
          .fault = fault,
          .fault_at = fault_at};
}

std::string decoded(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  std::string plain;
  for (; !text.empty(); text.remove_prefix(1)) {
    if (text.front() != '%' || text.size() < 3) {
      plain += text.front();
    } else {
      plain += static_cast<char>(digit(text[1]) * 16 + digit(text[2]));
      text.remove_prefix(2);
    }
  }
  return plain;
}

const Json& member(const Json& value, std::string_view field) {
  static const Json nothing;
  if (!value.is_object()) return nothing;
  const auto found = value.find(std::string(field));
  return found == value.end() ? nothing : *found;
}

std::optional<Complaint> check(const Json& object, std::span<const Rule> rules,
                               std::string_view other_fields) {
  for (const Rule& rule : rules) {
    const std::string field(rule.field);
    const Json& value = member(object, field);
    if (value.is_null() ? rule.required : !rule.fits(value))
      return Complaint{field, (value.is_null() ? "Missing '" : "Invalid '") + field +
                                  "': expected " + std::string(rule.expected) + "."};
  }
  if (other_fields == any_field) return {};
  for (const auto& [field, value] : object.items())
    if (std::ranges::find(rules, field, &Rule::field) == rules.end() &&
        !is_word_of(field, other_fields))
      return Complaint{field, "Unknown field '" + field + "'.", true};
  return {};
}

std::optional<Complaint> read_body(const Request& request, std::span<const Rule> rules,
                                   std::string_view other_fields, Json& body) {
  if (!request.header("content-type").starts_with("application/json"))
    return Complaint{"", "The Content-Type has to be application/json."};
  Json sent = Json::parse(request.body, nullptr, false);
  if (!sent.is_object()) return Complaint{"", "The body has to be a JSON object."};
  body = Json::object();
  for (const auto& [field, value] : sent.items())
    if (!value.is_null()) body[field] = std::move(value);
  return check(body, rules, other_fields);
}

bool is_bool(const Json& value) { return value.is_boolean(); }
bool is_integer(const Json& value) { return value.is_number_integer(); }
bool is_count(const Json& value) { return value.is_number_unsigned() && value > 0; }
bool is_name(const Json& value) {
  return value.is_string() && !value.get_ref<const std::string&>().empty();
}
bool is_object(const Json& value) { return value.is_object(); }

bool is_word_of(const Json& value, std::string_view words) {
  return value.is_string() && std::ranges::count(words_of(words), value.get<std::string>()) > 0;
}

bool is_tool_list(const Json& value, std::string_view types) {
  return is_list(value, [types](const Json& tool) {
    const Json& type = member(tool, "type");
    return is_word_of(type, types) &&
           is_name(member(member(tool, type.get<std::string>()), "name"));
  });
}

Json first_function(const Json& tools) {
  for (const Json& tool : tools)
    if (const Json& function = member(tool, "function"); !function.is_null()) return function;
  return {};
}

bool is_message(const Json& value, std::string_view roles, std::string_view instead) {
  const Json& role = member(value, "role");
  const Json& content = member(value, "content");
  const Json& calls = member(value, "tool_calls");
  if (!is_word_of(role, roles)) return false;
  if (role == "tool" && !is_name(member(value, "tool_call_id"))) return false;
  if (role == "assistant" && !calls.is_null() && !is_tool_list(calls, "function custom"))
    return false;
  if (role == "assistant" && content.is_null())
    return std::ranges::any_of(words_of(instead), [&value](const std::string& field) {
      return !member(value, field).is_null();
    });
  return content.is_string() ||
         is_list(content, [](const Json& part) { return is_name(member(part, "type")); });
}

Prompt read_prompt(const Json& messages) {
  Prompt prompt;
  for (const Json& message : messages) {
    const std::string text = text_of(member(message, "content"));
    prompt.tokens += words_of(text).size();
    prompt.user_speaks_last = member(message, "role") == "user";
    if (prompt.user_speaks_last) prompt.last_user_text = text;
  }
  return prompt;
}

std::string Reply::text() const {
  std::string text;
  for (const std::string& piece : pieces) text += piece;
  return text;
}

Reply reply_to(const Prompt& prompt, const Json& max_tokens, const Json& function,
               const FinishReasons& reasons) {
  Reply reply{.finish = reasons.stop, .input_tokens = prompt.tokens};
  const bool wants_tool = prompt.last_user_text.find("use a tool") != std::string::npos;
  if (wants_tool && prompt.user_speaks_last && !function.is_null()) {
    const Json& parameters = member(member(function, "parameters"), "properties");
    if (parameters.is_object() && !parameters.empty())
      reply.arguments[parameters.items().begin().key()] = "Oslo";
    reply.tool = function["name"];
    reply.finish = reasons.tool_call;
    reply.output_tokens = 1 + reply.arguments.size();
    return reply;
  }
  reply.pieces = words_of(answer_to(prompt.last_user_text));
  for (std::size_t i = 1; i < reply.pieces.size(); ++i) reply.pieces[i].insert(0, " ");
  if (!max_tokens.is_null() && reply.pieces.size() > max_tokens) {
    reply.pieces.resize(max_tokens);
    reply.finish = reasons.length;
  }
  reply.output_tokens = reply.pieces.size();
  return reply;
}

Values values_of(const Reply& reply) {
  const std::string arguments = dump(reply.arguments);
  const std::size_t half = arguments.find(':') == std::string::npos ? 0 : 4;
  return {
      {"text", dump(reply.text())},
      {"tool", dump(reply.tool)},
      {"arguments", arguments},
      {"arguments_text", dump(arguments)},
      {"arguments_head", dump(arguments.substr(0, half))},
      {"arguments_tail", dump(arguments.substr(half))},
      {"finish", dump(reply.finish)},
      {"input", std::to_string(reply.input_tokens)},
      {"output", std::to_string(reply.output_tokens)},
      {"total", std::to_string(reply.input_tokens + reply.output_tokens)},
  };
}

}  // namespace FineTuning::examples::wire
