// What everything that wraps a responder has in common, alone and nested: it returns what that
// returns, passes on what travels with the call, asks nobody again once the caller has heard a
// piece of the answer, and loses no error. A new wrapper is one more row of wrappers().

#include "support/catch.hpp"

#include <FineTuning/fallback.hpp>
#include <FineTuning/model.hpp>
#include <FineTuning/monitor.hpp>
#include <FineTuning/registry.hpp>
#include <FineTuning/router.hpp>
#include <FineTuning/split.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <numeric>
#include <random>
#include <sstream>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace FineTuning;
using std::chrono::milliseconds;
using Time = std::chrono::steady_clock::time_point;

namespace {

// ---- the wrappers

/// A pattern around one responder, which has to be unseen by the caller.
struct Wrapper {
  std::string name;
  std::function<Responder(Responder)> wrap;
};

/// A classifier that names the task "small talk", takes no time and costs nothing.
Classifier free_classifier() {
  return {.responder = [](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
            return ChatResponse{.content = "Small talk.", .usage = {.known = true}, .cost_usd = 0};
          },
          .clock = {.steady = [] { return Time(); }}};
}

/// A registry whose name "assistant" stands for the model "openai:gpt-4o".
VersionRegistry registry_with_assistant() {
  VersionRegistry registry;
  (void)registry.add("assistant", {.label = "v1", .model = "openai:gpt-4o"}).value();
  return registry;
}

std::vector<Wrapper> wrappers() {
  const Model model = Model::from("openai:ft:gpt-4o-mini-2024-07-18:acme::x").value();
  return {
      {"with_model", [](Responder inner) { return with_model("m", std::move(inner)); }},
      {"Router by task",
       [](Responder inner) {
         return Router({{"any", std::move(inner)}});
       }},
      {"Router by default", [](Responder inner) { return Router({}, std::move(inner)); }},
      {"Router by a function",
       [](Responder inner) {
         return Router({{"some", std::move(inner)}}, {}, [](const ChatRequest&) { return "some"; });
       }},
      {"Router by complexity",
       [](Responder inner) {
         return Router({{"simple", std::move(inner)}}, {}, by_complexity());
       }},
      {"Router by a classifier",
       [](Responder inner) {
         return Router({{"small talk", std::move(inner)}}, {}, free_classifier());
       }},
      {"Split",
       [](Responder inner) {
         return Split({{.name = "a", .weight = 1, .responder = inner},
                       {.name = "b", .weight = 1, .responder = std::move(inner)}});
       }},
      {"Fallback of one", [](Responder inner) { return Fallback({std::move(inner)}); }},
      {"Fallback of two",
       [](const Responder& inner) {
         return Fallback({inner, inner});
       }},
      {"with_base", [=](const Responder& inner) { return with_base(model, inner); }},
      {"Monitor", [](Responder inner) { return Monitor().watch(std::move(inner)); }},
      {"Monitor by name", [](Responder inner) { return Monitor().watch(std::move(inner), "n"); }},
      {"versioned",
       [](Responder inner) {
         return with_model("assistant", versioned(registry_with_assistant(), std::move(inner)));
       }},
  };
}

Wrapper around(const Wrapper& outer, const Wrapper& inner) {
  return {outer.name + " / " + inner.name,
          [=](Responder responder) { return outer.wrap(inner.wrap(std::move(responder))); }};
}

/// All wrappers, and one of all of them around each other.
std::vector<Wrapper> wrappers_and_their_chain() {
  std::vector<Wrapper> all = wrappers();
  all.push_back(std::accumulate(all.begin() + 1, all.end(), all.front(), around));
  return all;
}

/// These, and each wrapper around each.
std::vector<Wrapper> nested_wrappers() {
  const std::vector<Wrapper> single = wrappers();
  std::vector<Wrapper> all = wrappers_and_their_chain();
  for (const Wrapper& outer : single)
    for (const Wrapper& inner : single) all.push_back(around(outer, inner));
  return all;
}

// ---- random answers, and all of them as text

using Dice = std::mt19937;

std::string random_text(Dice& dice) {
  std::string text(dice() % 9, ' ');
  for (char& c : text) c = static_cast<char>('a' + dice() % 26);
  return text;
}

ChatResponse random_response(Dice& dice) {
  ChatResponse response{.content = random_text(dice),
                        .finish_reason = static_cast<FinishReason>(dice() % 6),
                        .raw_finish_reason = random_text(dice),
                        .usage = {dice(), dice(), dice(), dice(), dice(), dice() % 2 == 0},
                        .model = random_text(dice),
                        .id = random_text(dice),
                        .request_id = random_text(dice),
                        .reasoning = random_text(dice),
                        .signature = random_text(dice),
                        .latency = milliseconds(dice()),
                        .attempts = static_cast<int>(dice() % 9),
                        .raw = random_text(dice)};
  if (dice() % 2 == 0) response.cost_usd = static_cast<double>(dice()) / 3;
  for (auto left = dice() % 3; left > 0; --left) {
    response.tool_calls.push_back(
        {random_text(dice), random_text(dice), random_text(dice), random_text(dice)});
    response.citations.push_back({dice(), dice(), random_text(dice), {random_text(dice)}});
  }
  return response;
}

/// Any error, with one cause at most.
Error random_error(Dice& dice, bool may_have_causes = true) {
  Error error{.kind = static_cast<ErrorKind>(dice() % (static_cast<int>(ErrorKind::other) + 1)),
              .message = random_text(dice),
              .http_status = static_cast<int>(dice() % 600),
              .code = random_text(dice),
              .request_id = random_text(dice),
              .partial = random_text(dice),
              .outcome_unknown = dice() % 2 == 0,
              .attempts = static_cast<int>(dice() % 9)};
  if (dice() % 2 == 0) error.retry_after = milliseconds(dice());
  if (may_have_causes && dice() % 2 == 0) error.causes.push_back(random_error(dice, false));
  return error;
}

/// Every member; the bindings do not compile when there is one more.
std::string shown(const ChatResponse& response) {
  const auto& [content, tool_calls, finish_reason, raw_finish_reason, usage, cost_usd, model, id,
               request_id, reasoning, signature, citations, latency, attempts, raw] = response;
  const auto& [input, output, total, cached, thought, known] = usage;
  std::ostringstream text;
  const char end = '\n';
  text << content << end << to_string(finish_reason) << end << raw_finish_reason << end << input
       << end << output << end << total << end << cached << end << thought << end << known << end
       << cost_usd.value_or(-1) << end << model << end << id << end << request_id << end
       << reasoning << end << signature << end << latency.count() << end << attempts << end << raw;
  for (const auto& [call_id, name, arguments, call_signature] : tool_calls)
    text << end << call_id << end << name << end << arguments << end << call_signature;
  for (const auto& [from, to, cited, sources] : citations) {
    text << end << from << end << to << end << cited;
    for (const std::string& source : sources) text << end << source;
  }
  return text.str();
}

/// Every member but the causes.
std::string shown(const Error& error) {
  const auto& [kind, message, http_status, code, request_id, retry_after, partial, outcome_unknown,
               attempts, causes] = error;
  std::ostringstream text;
  const char end = '\n';
  text << to_string(kind) << end << message << end << http_status << end << code << end
       << request_id << end << retry_after.value_or(milliseconds(-1)).count() << end << partial
       << end << outcome_unknown << end << attempts;
  return text.str();
}

/// The messages of an error and of everything that it carries.
std::vector<std::string> all_messages(const Error& error) {
  std::vector<std::string> messages{error.message};
  for (const Error& cause : error.causes)
    for (std::string& message : all_messages(cause)) messages.push_back(std::move(message));
  return messages;
}

/// A request that every wrapper takes, and that of its routers only the first takes at its word.
ChatRequest request_for_all() {
  return {.model = "m", .messages = {Message::user("Hi")}, .task = "any", .key = "k"};
}

Responder gives(Result<ChatResponse> result) {
  return [result = std::move(result)](const ChatRequest&, const CallContext&) { return result; };
}

/// Streams three pieces while the caller wants them, and then answers so.
Responder streams(Result<ChatResponse> result) {
  return [result = std::move(result)](const ChatRequest&,
                                      const CallContext& context) -> Result<ChatResponse> {
    for (std::size_t i = 0; i < 3 && context.on_event; ++i)
      if (!context.on_event({.kind = StreamEvent::Kind::reasoning, .text = "piece", .index = i}))
        return Error{.kind = ErrorKind::cancelled, .message = "stopped"};
    return result;
  };
}

/// Every kind of error, each as an arm's own failure and as one that stops a fallback.
std::vector<Error> errors_of_all_kinds() {
  std::vector<Error> errors;
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::other); ++kind)
    for (const bool unknown : {false, true})
      errors.push_back({.kind = static_cast<ErrorKind>(kind), .outcome_unknown = unknown});
  return errors;
}

}  // namespace

TEST_CASE("every pattern returns the answer that it got", "[patterns]") {
  Dice dice(1);
  for (const auto& [name, wrap] : nested_wrappers()) {
    INFO(name);
    const ChatResponse given = random_response(dice);
    CallContext context;
    const Result<ChatResponse> got = wrap(gives(given))(request_for_all(), context);
    REQUIRE(got);
    CHECK(shown(*got) == shown(given));
  }
}

TEST_CASE("every pattern returns the error that it got, with its causes behind others",
          "[patterns]") {
  Dice dice(2);
  for (const auto& [name, wrap] : nested_wrappers()) {
    INFO(name);
    const Error given = random_error(dice);
    CallContext context;
    const Result<ChatResponse> got = wrap(gives(given))(request_for_all(), context);
    REQUIRE_FALSE(got);
    CHECK(shown(got.error()) == shown(given));
    if (given.causes.empty()) continue;
    REQUIRE_FALSE(got.error().causes.empty());
    CHECK(shown(got.error().causes.back()) == shown(given.causes.back()));
  }
}

TEST_CASE("every pattern loses no error", "[patterns]") {
  for (const auto& [name, wrap] : nested_wrappers()) {
    INFO(name);
    for (const Error& kind : errors_of_all_kinds()) {
      std::vector<std::string> said;
      const Responder failing =
          wrap([&](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
            Error error = kind;
            error.message = "error " + std::to_string(said.size());
            said.push_back(error.message);
            return error;
          });
      for (int call = 0; call < 3; ++call) {  // later ones meet arms that cool down
        said.clear();
        CallContext context;
        const Result<ChatResponse> got = failing(request_for_all(), context);
        REQUIRE_FALSE(got);
        const std::vector<std::string> told = all_messages(got.error());
        for (const std::string& message : said)
          REQUIRE(std::find(told.begin(), told.end(), message) != told.end());
      }
    }
  }
}

TEST_CASE("every pattern passes the events on, in order", "[patterns]") {
  for (const auto& [name, wrap] : nested_wrappers()) {
    INFO(name);
    std::vector<std::size_t> heard;
    CallContext context{.on_event = [&](const StreamEvent& event) {
      CHECK(event.kind == StreamEvent::Kind::reasoning);
      CHECK(event.text == "piece");
      heard.push_back(event.index);
      return true;
    }};
    CHECK(wrap(streams(ChatResponse{}))(request_for_all(), context));
    CHECK(heard == std::vector<std::size_t>{0, 1, 2});
  }
}

TEST_CASE("every pattern streams only to who listens", "[patterns]") {
  for (const auto& [name, wrap] : nested_wrappers()) {
    INFO(name);
    CallContext context;
    CHECK(wrap([](const ChatRequest&, const CallContext& inner) -> Result<ChatResponse> {
      CHECK_FALSE(inner.on_event);
      CHECK_FALSE(inner.trace);
      return ChatResponse{};
    })(request_for_all(), context));
  }
}

TEST_CASE("every pattern stops when the caller does not want to hear more", "[patterns]") {
  for (const auto& [name, wrap] : nested_wrappers()) {
    INFO(name);
    int heard = 0;
    CallContext context{.on_event = [&](const StreamEvent&) { return ++heard < 2; }};
    const Result<ChatResponse> got = wrap(streams(ChatResponse{}))(request_for_all(), context);
    REQUIRE_FALSE(got);
    CHECK(got.error().kind == ErrorKind::cancelled);
    CHECK(heard == 2);
  }
}

TEST_CASE("every pattern passes stop, deadline and trace on", "[patterns]") {
  for (const auto& [name, wrap] : nested_wrappers()) {
    INFO(name);
    std::stop_source source;
    const Time deadline = Time(std::chrono::hours(1));
    int sent = 0;
    CallContext context{
        .stop = source.get_token(), .deadline = deadline, .trace = [&](const TraceEvent& event) {
          if (event.kind == TraceEvent::Kind::sending) ++sent;
        }};
    CHECK(wrap([&](const ChatRequest&, const CallContext& inner) -> Result<ChatResponse> {
      CHECK(inner.stop == source.get_token());
      CHECK(inner.deadline == deadline);
      inner.trace({.kind = TraceEvent::Kind::sending});
      return ChatResponse{};
    })(request_for_all(), context));
    CHECK(sent == 1);
  }
}

TEST_CASE("no pattern asks again once the caller has heard a piece", "[patterns]") {
  for (const auto& [name, wrap] : nested_wrappers()) {
    INFO(name);
    for (const Error& error : errors_of_all_kinds()) {
      int calls = 0;
      const Responder inner = streams(error);
      const Responder failing = wrap([&](const ChatRequest& request, const CallContext& context) {
        ++calls;
        return inner(request, context);
      });
      CallContext context{.on_event = [](const StreamEvent&) { return true; }};
      REQUIRE_FALSE(failing(request_for_all(), context));
      REQUIRE(calls == 1);
    }
  }
}

TEST_CASE("every pattern lets exceptions through, and works on behind them", "[patterns]") {
  for (const auto& [name, wrap] : nested_wrappers()) {
    INFO(name);
    bool throws = true;
    const Responder streaming = streams(ChatResponse{});
    const Responder moody =
        wrap([&](const ChatRequest& request, const CallContext& context) -> Result<ChatResponse> {
          if (throws && !context.on_event) throw std::runtime_error("responder");
          return streaming(request, context);
        });
    CallContext silent;
    CHECK_THROWS_AS(moody(request_for_all(), silent), std::runtime_error);
    CallContext loud{
        .on_event = [](const StreamEvent&) -> bool { throw std::logic_error("sink"); }};
    CHECK_THROWS_AS(moody(request_for_all(), loud), std::logic_error);
    throws = false;
    CHECK(moody(request_for_all(), silent));
  }
}

TEST_CASE("every pattern serves eight threads at once", "[patterns]") {
  // With answers and failures of its own for each call; ThreadSanitizer has to be silent.
  for (const auto& [name, wrap] : wrappers_and_their_chain()) {
    const Responder shared =
        wrap([](const ChatRequest& request, const CallContext& context) -> Result<ChatResponse> {
          if (request.key.ends_with("7"))
            return Error{.kind = ErrorKind::overloaded, .message = request.key};
          if (context.on_event) context.on_event({.text = request.key});
          return ChatResponse{.content = request.key};
        });
    std::vector<int> wrong(8);
    {
      std::vector<std::jthread> threads;
      for (std::size_t thread = 0; thread < wrong.size(); ++thread)
        threads.emplace_back([&, thread] {
          for (int call = 0; call < 100; ++call) {
            ChatRequest request = request_for_all();
            request.key = std::to_string(thread) + ' ' + std::to_string(call);
            std::string heard;
            CallContext context{.on_event = [&](const StreamEvent& event) {
              heard += event.text;
              return true;
            }};
            const Result<ChatResponse> got = shared(request, context);
            const bool is_right = got ? got->content == request.key && heard == request.key
                                      : got.error().message == request.key && heard.empty();
            if (!is_right || got.has_value() == request.key.ends_with("7")) ++wrong[thread];
          }
        });
    }
    INFO(name);
    CHECK(wrong == std::vector<int>(8));
  }
}
