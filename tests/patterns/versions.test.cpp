// The registry of versions: what a name stands for, what changes that, and which names say nothing.

#include "support/catch.hpp"

#include <FineTuning/registry.hpp>

#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace FineTuning;

namespace {

const std::string v1 = "openai:ft:gpt-4:org:legal-v1:id1";
const std::string v2 = "openai:ft:gpt-4:org:legal-v2:id2";
const std::string v3 = "openai:ft:gpt-4:org:legal-v3:id3";

using Kind = VersionChange::Kind;

/// 2026-11-25T23:59:58Z
constexpr std::chrono::sys_seconds first_moment(std::chrono::seconds(1795651198));

/// Begins a little after the first moment and goes on by a second with each look.
Clock ticking() {
  return {.wall = [looks = 0]() mutable {
    return first_moment + std::chrono::seconds(looks++) + std::chrono::milliseconds(250);
  }};
}

/// The guide's registry: three versions, of which the third is current, the second previous and the
/// first stable.
VersionRegistry guides_registry() {
  VersionRegistry registry(memory_version_store(), ticking());
  REQUIRE(registry.add("legal_assistant", {.label = "v1", .model = v1}));
  REQUIRE(registry.mark_stable("legal_assistant"));
  REQUIRE(registry.add("legal_assistant", {.label = "v2", .model = v2}));
  REQUIRE(registry.promote("legal_assistant", "v2"));
  REQUIRE(registry.add("legal_assistant", {.label = "v3", .model = v3}));
  REQUIRE(registry.promote("legal_assistant", "v3"));
  return registry;
}

/// The model of a version, or the code of the error.
std::string model_or_code(const Result<ModelVersion>& version) {
  return version ? version->model : version.error().code;
}

/// Current, previous and stable.
std::vector<std::string> places(const VersionRegistry& registry) {
  const VersionedModel model = registry.table().value().at("legal_assistant");
  return {model.current, model.previous, model.stable};
}

bool is_sentence(const std::string& text) {
  return text.size() > 1 && text.front() >= 'A' && text.front() <= 'Z' && text.back() == '.';
}

}  // namespace

TEST_CASE("a version is found by its label, and by the words for its place", "[versions]") {
  const VersionRegistry registry = guides_registry();
  CHECK(model_or_code(registry.get("legal_assistant")) == v3);
  const std::pair<const char*, std::string> cases[] = {
      {"v1", v1},
      {"v2", v2},
      {"v3", v3},
      {"current", v3},
      {"latest", v3},
      {"previous", v2},
      {"stable", v1},
      {"v4", "version_not_found"},
      {"V1", "version_not_found"},
      {"", "version_not_found"},
      {"Stable", "version_not_found"},
  };
  for (const auto& [label, expected] : cases) {
    INFO(label);
    CHECK(model_or_code(registry.get("legal_assistant", label)) == expected);
    CHECK(model_or_code(registry.get("nobody", label)) == "model_not_found");
  }
}

TEST_CASE("the first version is current at once, and any other waits to be promoted",
          "[versions]") {
  VersionRegistry registry;
  REQUIRE(registry.add("legal_assistant", {.label = "v1", .model = v1}));
  REQUIRE(registry.add("legal_assistant", {.label = "v2", .model = v2}));
  CHECK(model_or_code(registry.get("legal_assistant")) == v1);
  CHECK(model_or_code(registry.get("legal_assistant", "latest")) == v2);
  CHECK(model_or_code(registry.get("legal_assistant", "previous")) == "no_previous_version");
  CHECK(model_or_code(registry.get("legal_assistant", "stable")) == "version_not_found");
  CHECK(model_or_code(registry.promote("legal_assistant", "latest")) == v2);
  CHECK(places(registry) == std::vector<std::string>{"v2", "v1", ""});
}

TEST_CASE("a rollback swaps current and previous, and a second one swaps them back", "[versions]") {
  VersionRegistry registry = guides_registry();
  CHECK(places(registry) == std::vector<std::string>{"v3", "v2", "v1"});
  CHECK(model_or_code(registry.rollback("legal_assistant")) == v2);
  CHECK(places(registry) == std::vector<std::string>{"v2", "v3", "v1"});
  CHECK(model_or_code(registry.rollback("legal_assistant")) == v3);
  CHECK(places(registry) == std::vector<std::string>{"v3", "v2", "v1"});
}

TEST_CASE("without a previous version there is no way back", "[versions]") {
  VersionRegistry registry;
  CHECK(model_or_code(registry.rollback("legal_assistant")) == "model_not_found");
  REQUIRE(registry.add("legal_assistant", {.label = "v1", .model = v1}));
  CHECK(model_or_code(registry.rollback("legal_assistant")) == "no_previous_version");
  CHECK(places(registry) == std::vector<std::string>{"v1", "", ""});
}

TEST_CASE("to promote what is current changes nothing", "[versions]") {
  VersionRegistry registry = guides_registry();
  const std::size_t changes = registry.history("legal_assistant").value().size();
  CHECK(model_or_code(registry.promote("legal_assistant", "v3")) == v3);
  CHECK(model_or_code(registry.mark_stable("legal_assistant", "v1")) == v1);
  CHECK(places(registry) == std::vector<std::string>{"v3", "v2", "v1"});
  CHECK(registry.history("legal_assistant").value().size() == changes);
}

TEST_CASE("what is not there can be neither promoted nor stable", "[versions]") {
  VersionRegistry registry = guides_registry();
  CHECK(model_or_code(registry.promote("legal_assistant", "v9")) == "version_not_found");
  CHECK(model_or_code(registry.promote("nobody", "v1")) == "model_not_found");
  CHECK(model_or_code(registry.mark_stable("legal_assistant", "v9")) == "version_not_found");
  CHECK(model_or_code(registry.mark_stable("nobody")) == "model_not_found");
  CHECK(places(registry) == std::vector<std::string>{"v3", "v2", "v1"});
}

TEST_CASE("every change is in the history, with its time, its place before and its note",
          "[versions]") {
  VersionRegistry registry(memory_version_store(), ticking());
  REQUIRE(registry.add("legal_assistant", {.label = "v1", .model = v1, .note = "first"}));
  REQUIRE(registry.add("legal_assistant", {.label = "v2", .model = v2}));
  REQUIRE(registry.promote("legal_assistant", "v2", "passed 98 %"));
  REQUIRE(registry.rollback("legal_assistant", "previous", "slow"));
  REQUIRE(registry.mark_stable("legal_assistant", "v1", "a year of use"));
  const struct {
    Kind what;
    std::string label, from, note;
  } expected[] = {{Kind::added, "v1", "", "first"},
                  {Kind::added, "v2", "v1", ""},
                  {Kind::promoted, "v2", "v1", "passed 98 %"},
                  {Kind::rolled_back, "v1", "v2", "slow"},
                  {Kind::marked_stable, "v1", "", "a year of use"}};
  const std::vector<VersionChange> history = registry.history("legal_assistant").value();
  REQUIRE(history.size() == std::size(expected));
  for (std::size_t at = 0; at < history.size(); ++at) {
    CAPTURE(at);
    CHECK(history[at].when == first_moment + std::chrono::seconds(at));
    CHECK(history[at].what == expected[at].what);
    CHECK(history[at].raw_what.empty());
    CHECK(history[at].label == expected[at].label);
    CHECK(history[at].from == expected[at].from);
    CHECK(history[at].note == expected[at].note);
  }
  CHECK(registry.history("nobody").error().code == "model_not_found");
}

TEST_CASE("versions and names are listed", "[versions]") {
  VersionRegistry registry(memory_version_store(), ticking());
  CHECK(registry.names().value().empty());
  REQUIRE(registry.add("support", {.label = "v1", .model = v1, .note = "first"}));
  REQUIRE(registry.add("support",
                       {.label = "v0", .model = v2, .day = std::chrono::year(2025) / 1 / 31}));
  REQUIRE(registry.add("legal_assistant", {.label = "v1", .model = v1}));
  CHECK(registry.names().value() == std::vector<std::string>{"legal_assistant", "support"});
  const std::vector<ModelVersion> versions = registry.versions("support").value();
  REQUIRE(versions.size() == 2);
  CHECK(versions[0].label == "v1");
  CHECK(versions[0].model == v1);
  CHECK(versions[0].note == "first");
  CHECK(versions[0].day == std::chrono::year(2026) / 11 / 25);
  CHECK(versions[1].label == "v0");
  CHECK(versions[1].day == std::chrono::year(2025) / 1 / 31);
  CHECK(registry.versions("nobody").error().code == "model_not_found");
}

TEST_CASE("the same version may be added twice, and no other one under its label", "[versions]") {
  VersionRegistry registry;
  REQUIRE(registry.add("support", {.label = "v1", .model = v1, .note = "first"}));
  CHECK(model_or_code(registry.add("support", {.label = "v1", .model = v1, .note = "first"})) ==
        v1);
  for (const ModelVersion& other : {ModelVersion{.label = "v1", .model = v2, .note = "first"},
                                    ModelVersion{.label = "v1", .model = v1, .note = "other"}}) {
    const Result<ModelVersion> refused = registry.add("support", other);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::invalid_request);
    CHECK(is_sentence(refused.error().message));
  }
  CHECK(registry.versions("support").value().size() == 1);
  CHECK(registry.history("support").value().size() == 1);
}

TEST_CASE(
    "names, labels, models and days that cannot be used are refused, and leave nothing behind",
    "[versions]") {
  const std::string longest(100, 'x');
  const struct {
    std::string name;
    ModelVersion version;
    bool is_good;
  } cases[] = {
      {"support", {.label = "v1", .model = v1}, true},
      {"Support_2.es-MX", {.label = "2026-11-25", .model = v1}, true},
      {longest, {.label = longest, .model = v1}, true},
      {longest + 'x', {.label = "v1", .model = v1}, false},
      {"", {.label = "v1", .model = v1}, false},
      {"two words", {.label = "v1", .model = v1}, false},
      {"a@b", {.label = "v1", .model = v1}, false},
      {"a:b", {.label = "v1", .model = v1}, false},
      {"-rf", {.label = "v1", .model = v1}, false},
      {"b\xC3\xBCro", {.label = "v1", .model = v1}, false},
      {std::string("a\0b", 3), {.label = "v1", .model = v1}, false},
      {"support", {.label = "", .model = v1}, false},
      {"support", {.label = longest + 'x', .model = v1}, false},
      {"support", {.label = "v 1", .model = v1}, false},
      {"support", {.label = "--note", .model = v1}, false},
      {"support", {.label = "current", .model = v1}, false},
      {"support", {.label = "previous", .model = v1}, false},
      {"support", {.label = "stable", .model = v1}, false},
      {"support", {.label = "latest", .model = v1}, false},
      {"support", {.label = "Latest", .model = v1}, false},
      {"support", {.label = "v1", .model = ""}, false},
      {"support", {.label = "v1", .model = "openai:gpt 4"}, false},
      {"support", {.label = "v1", .model = "openai:gpt-4\n"}, false},
      {"support", {.label = "v1", .model = "a-provider-of-its-own:m"}, true},
      {"support", {.label = "v1", .model = v1, .day = std::chrono::year(2026) / 2 / 30}, false},
      {"support", {.label = "v1", .model = v1, .day = std::chrono::year(10000) / 1 / 1}, false},
  };
  for (const auto& [name, given, is_good] : cases) {
    CAPTURE(name, given.label, given.model);
    VersionRegistry registry;
    const Result<ModelVersion> added = registry.add(name, given);
    CHECK(added.has_value() == is_good);
    CHECK(registry.names().value().size() == (is_good ? 1 : 0));
    if (added) continue;
    CHECK(added.error().kind == ErrorKind::invalid_request);
    CHECK(is_sentence(added.error().message));
  }
}

TEST_CASE("what is not found is said, with what there is", "[versions]") {
  VersionRegistry registry;
  const auto message_of = [&](const char* name, const char* label) {
    const Result<ModelVersion> found = registry.get(name, label);
    REQUIRE_FALSE(found);
    CHECK(found.error().kind == ErrorKind::not_found);
    return found.error().message;
  };
  CHECK(message_of("m", "v1") == R"(The registry has no model "m"; add one.)");
  REQUIRE(registry.add("legal", {.label = "v1", .model = v1}));
  REQUIRE(registry.add("support", {.label = "v1", .model = v1}));
  CHECK(message_of("m", "v1") == R"(The registry has no model "m"; it has legal, support.)");
  CHECK(message_of("legal", "v2") == R"(The model "legal" has no version "v2"; it has v1.)");
  CHECK(message_of("legal", "previous") ==
        R"(The model "legal" has no previous version; promote a second one.)");
  CHECK(message_of("legal", "stable") ==
        R"(The model "legal" has no stable version; mark one as stable.)");
  for (int i = 2; i <= 23; ++i)
    REQUIRE(registry.add("legal", {.label = 'v' + std::to_string(i), .model = v1}));
  CHECK(message_of("legal", "v0").ends_with("v19, v20 and 3 more."));
}

TEST_CASE("a registry without a store says so", "[versions]") {
  VersionRegistry registry(nullptr);
  CHECK(registry.get("support").error().kind == ErrorKind::invalid_request);
  CHECK(registry.add("support", {.label = "v1", .model = v1}).error().kind ==
        ErrorKind::invalid_request);
}

TEST_CASE("an update of the store in memory that fails or throws changes nothing", "[versions]") {
  const std::shared_ptr<VersionStore> store = memory_version_store();
  const Result<void> updated = store->update([](VersionTable& table) -> Result<void> {
    table["half"] = {};
    return Error{.message = "No."};
  });
  REQUIRE_FALSE(updated);
  CHECK(updated.error().message == "No.");
  CHECK_THROWS_AS(store->update([](VersionTable& table) -> Result<void> {
    table["half"] = {};
    throw std::runtime_error("stop");
  }),
                  std::runtime_error);
  CHECK(store->load().value().empty());
  CHECK(store->update([](VersionTable&) { return Result<void>(); }));
}

TEST_CASE("kinds of changes have names", "[versions]") {
  CHECK(to_string(Kind::rolled_back) == "rolled_back");
  CHECK(enum_from<Kind>("marked_stable") == Kind::marked_stable);
  CHECK(to_string(Kind::other) == "other");
}

TEST_CASE("copies of a registry share its store", "[versions]") {
  VersionRegistry registry;
  const VersionRegistry copy = registry;
  REQUIRE(registry.add("support", {.label = "v1", .model = v1}));
  CHECK(model_or_code(copy.get("support")) == v1);
}

TEST_CASE("a registry may be changed and read from several threads", "[versions]") {
  constexpr int each = 50;
  VersionRegistry registry;
  REQUIRE(registry.add("support", {.label = "v0", .model = v1}));
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread)
    threads.emplace_back([copy = registry, thread]() mutable {
      for (int i = 0; i < each; ++i) {
        const std::string label = std::to_string(thread) + '.' + std::to_string(i);
        if (copy.add("support", {.label = label, .model = v1}))
          static_cast<void>(copy.promote("support", label));
        static_cast<void>(copy.get("support"));
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(registry.versions("support").value().size() == 8 * each + 1);
  CHECK(registry.history("support").value().size() == 2 * 8 * each + 1);
}

// Asking by name.

namespace {

/// Says which model it was asked for.
Result<ChatResponse> say_model(const ChatRequest& request, const CallContext& /*context*/) {
  return ChatResponse{.content = request.model};
}

std::string answer_of(const Responder& responder, std::string model) {
  CallContext context;
  const Result<ChatResponse> response = responder({.model = std::move(model)}, context);
  return response ? response->content : response.error().code;
}

}  // namespace

TEST_CASE("a name is asked for as the version that it stands for", "[versions]") {
  const Responder responder = versioned(guides_registry(), say_model);
  CHECK(answer_of(responder, "legal_assistant") == v3);
  CHECK(answer_of(responder, "legal_assistant@v1") == v1);
  CHECK(answer_of(responder, "legal_assistant@previous") == v2);
  CHECK(answer_of(responder, "legal_assistant@v9") == "version_not_found");
  CHECK(answer_of(responder, "legal_assistant@") == "version_not_found");
  CHECK(answer_of(responder, "legal_assistant@v1@v2") == "version_not_found");
  CHECK(answer_of(responder, "nobody") == "model_not_found");
  CHECK(answer_of(responder, "@v1") == "model_not_found");
  CHECK(answer_of(responder, "") == "model_not_found");
  CHECK(answer_of(responder, v1) == "model_not_found");
}

TEST_CASE("a change of the registry takes effect with the next call", "[versions]") {
  VersionRegistry registry = guides_registry();
  const Responder responder = versioned(registry, say_model);
  REQUIRE(registry.rollback("legal_assistant"));
  CHECK(answer_of(responder, "legal_assistant") == v2);
  REQUIRE(registry.promote("legal_assistant", "stable"));
  CHECK(answer_of(responder, "legal_assistant") == v1);
}

TEST_CASE("nothing is asked for a model that is not found", "[versions]") {
  int asked = 0;
  const Responder responder = versioned(
      guides_registry(), [&](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
        ++asked;
        return ChatResponse{};
      });
  CHECK(answer_of(responder, "legal_assistant@v9") == "version_not_found");
  CHECK(asked == 0);
}

TEST_CASE("all but the model of a request, and its context, are passed on; so is the answer",
          "[versions]") {
  std::stop_source source;
  const auto deadline = std::chrono::steady_clock::now();
  std::string seen;
  CallContext context{.on_event =
                          [&](const StreamEvent& event) {
                            seen += event.text;
                            return true;
                          },
                      .stop = source.get_token(),
                      .deadline = deadline,
                      .trace = [&](const TraceEvent& event) { seen += event.model; }};
  const Responder fails = [&](const ChatRequest& request,
                              const CallContext& inner) -> Result<ChatResponse> {
    CHECK(&inner == &context);
    CHECK(request.key == "a user");
    inner.on_event({.text = "Hel"});
    inner.trace({.model = "m"});
    return Error{.kind = ErrorKind::interrupted_stream, .partial = "Hel"};
  };
  const ChatRequest request{.model = "legal_assistant", .key = "a user"};
  const Result<ChatResponse> response = versioned(guides_registry(), fails)(request, context);
  REQUIRE_FALSE(response);
  CHECK(response.error().kind == ErrorKind::interrupted_stream);
  CHECK(response.error().partial == "Hel");
  CHECK(seen == "Helm");
  CHECK(request.model == "legal_assistant");

  CallContext plain;
  CHECK_THROWS_AS(versioned(guides_registry(),
                            [](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
                              throw std::runtime_error("stop");
                            })({.model = "legal_assistant"}, plain),
                  std::runtime_error);
  CHECK(
      versioned(guides_registry(), Responder{})({.model = "legal_assistant"}, plain).error().kind ==
      ErrorKind::invalid_request);
}

// Names that say nothing.

TEST_CASE("names and suffixes that say nothing are worth advice, and good ones are not",
          "[versions]") {
  const struct {
    std::string text;
    bool is_good;
  } cases[] = {
      // The guide's own, good and bad.
      {"ft:gpt-4:myorg:legal-contract-review:v1", true},
      {"ft:gpt-3.5:myorg:customer-support-es:v2", true},
      {"ft:gpt-4:myorg:model1:abc", false},
      {"ft:gpt-4:myorg:test:xyz", false},
      {"openai:ft:gpt-4:org:legal-v3:id3", true},
      {"openai:ft:gpt-3.5:org:support-v2:id2", true},
      {"openai:ft:gpt-4:org:custom:id", false},
      {"legal_assistant", true},
      {"customer_support", true},
      // Names.
      {"model1", false},
      {"test", false},
      {"TEST", false},
      {"tmp", false},
      {"new", false},
      {"final", false},
      {"final-final-v2", false},
      {"abc", false},
      {"123", false},
      {"2026-11-25", false},
      {"x", false},
      {"", false},
      {"--", false},
      {"default", false},
      {"custom", false},
      {"my-new-model", false},
      {"myNewModel", false},
      {"fine_tuned_gpt4", false},
      {"v7", false},
      {"latest-news-summary", true},
      {"test-report-triage", true},
      {"new-york-guide", true},
      {"final-exam-grader", true},
      {"first-aid", true},
      {"es", true},
      {"tests", true},
      {"latestNews", true},
      {"modelling", true},
      {"b\xC3\xBCro", true},
      {"\xE6\xB3\x95", true},
      // Specs: a suffix counts where the form has one, and nothing else does.
      {"openai:ft:gpt-4o-mini-2024-07-18:acme::abc123", false},
      {"ft:gpt-4:org:id", false},
      {"mistral:ft:mistral-small:my-model:abc123", false},
      {"together:acct/Qwen3-8B-legal-8b98da31-79f56385", true},
      {"together:acct/Qwen3-8B-test-8b98da31-79f56385", false},
      {"together:myorg/fine-tuned-llama-70b", true},
      {"openai:gpt-4o", true},
      {"vertex:projects/p/locations/l/endpoints/1234567890", true},
      {"nobodys:model", false},
  };
  for (const auto& [text, is_good] : cases) {
    CAPTURE(text);
    const std::optional<std::string> advice = advice_on_name(text);
    CHECK(advice.has_value() == !is_good);
    if (advice) CHECK(is_sentence(*advice));
  }
}

TEST_CASE("the advice names what says nothing, and what to do", "[versions]") {
  CHECK(advice_on_name("model1") ==
        R"(The name "model1" says nothing of what the model is for; name its task, as in )"
        "legal-contract-review or customer-support-es.");
  CHECK(advice_on_name("openai:ft:gpt-4:myorg:test:xyz")
            ->starts_with(R"(The suffix "test" of "openai:ft:gpt-4:myorg:test:xyz" says nothing)"));
  CHECK(advice_on_name("ft:gpt-4:org:id")
            ->starts_with(R"(The fine-tune "ft:gpt-4:org:id" has no suffix)"));
}
