// Split: who is assigned to which arm, on every machine and in every release.

#include "support/catch.hpp"

#include <FineTuning/split.hpp>

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace FineTuning;
using Json = nlohmann::json;

namespace {

// The assignments below must never change: people would be moved to another model by an update.
constexpr std::array<Share, 2> tenth{{{"current", 90}, {"new", 10}}};
constexpr std::array<Share, 2> fifth{{{"current", 80}, {"new", 20}}};
static_assert(stable_hash("user-1") == 0x41a2fca5c68401c5U);
static_assert(stable_hash("user-1", 1) == 0x1a00b5d3a8defbd1U);
static_assert(choose_arm(tenth, "user-1") == 0 && choose_arm(fifth, "user-1") == 0);
static_assert(choose_arm(tenth, "user-3") == 0 && choose_arm(fifth, "user-3") == 1);
static_assert(choose_arm(tenth, "user-4") == 1 && choose_arm(fifth, "user-4") == 1);

using Arms = std::vector<Share>;

std::string key_of(int i) { return "user-" + std::to_string(i); }

/// How many of the keys each arm gets.
std::vector<int> count(const Arms& arms, int keys, const std::string& salt = "") {
  std::vector<int> counts(arms.size());
  for (int i = 0; i < keys; ++i) ++counts.at(*choose_arm(arms, key_of(i), salt));
  return counts;
}

/// Pearson's statistic of counts beside what the weights promise.
double chi_square(const std::vector<int>& counts, const std::vector<double>& expected) {
  double sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i)
    sum += (counts[i] - expected[i]) * (counts[i] - expected[i]) / expected[i];
  return sum;
}

/// Answers with its name.
Responder says(std::string name) {
  return [name = std::move(name)](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
    return ChatResponse{.content = name};
  };
}

Split two_arms(std::uint32_t a = 1, std::uint32_t b = 1) {
  return Split({{.name = "a", .weight = a, .responder = says("a")},
                {.name = "b", .weight = b, .responder = says("b")}});
}

std::string answer(const Split& split, const ChatRequest& request) {
  CallContext context;
  return split(request, context).value().content;
}

}  // namespace

TEST_CASE("the assignments in the file never change", "[split]") {
  std::ifstream file(FINETUNING_TEST_DATA "/split_vectors.jsonl");
  int lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    INFO(line);
    const Json vector = Json::parse(line);
    std::vector<SplitArm> arms;
    for (const Json& arm : vector["arms"])
      arms.push_back({.name = arm.at(0), .weight = arm.at(1).get<std::uint32_t>()});
    const Split split(arms, {.salt = vector["salt"].get<std::string>()});
    CHECK(vector["arm"] == split.arm_of(vector["key"].get<std::string>()).value());
  }
  CHECK(lines == 114);
}

TEST_CASE("the hash is FNV-1a with a finaliser", "[split]") {
  // FNV-1a: the test values of draft-eastlake-fnv. The finaliser: fmix64 of MurmurHash3.
  const auto finalised = [](std::uint64_t h) {
    h = (h ^ (h >> 33U)) * 0xff51afd7ed558ccdU;
    h = (h ^ (h >> 33U)) * 0xc4ceb9fe1a85ec53U;
    return h ^ (h >> 33U);
  };
  CHECK(finalised(1) == 0xb456bcfc34c2cb2cU);
  CHECK(stable_hash("") == finalised(0xcbf29ce484222325U));
  CHECK(stable_hash("a") == finalised(0xaf63dc4c8601ec8cU));
  CHECK(stable_hash("foobar") == finalised(0x85944171f73967e8U));
  CHECK(stable_hash("\xff") == finalised((0xcbf29ce484222325U ^ 0xffU) * 0x100000001b3U));
}

TEST_CASE("the logarithm in integers is that of the real numbers", "[split]") {
  CHECK(internal::negative_log2(std::uint64_t{1} << 63U) == std::uint64_t{1} << 26U);
  CHECK(internal::negative_log2(1) == std::uint64_t{64} << 26U);
  CHECK(internal::negative_log2(0) == internal::negative_log2(1));
  CHECK(internal::negative_log2(std::numeric_limits<std::uint64_t>::max()) == 1);
  std::mt19937_64 dice(1);
  for (int i = 0; i < 10000; ++i) {
    const std::uint64_t u = dice() >> (dice() % 64);
    if (u == 0) continue;
    const double exact = 64 - std::log2(static_cast<double>(u));
    const double ours = std::ldexp(static_cast<double>(internal::negative_log2(u)), -26);
    REQUIRE(std::abs(ours - exact) < std::ldexp(1.0, -25));
  }
}

TEST_CASE("the greatest weights do not overflow", "[split]") {
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  const Arms arms{{"a", most}, {"b", most}, {"c", 1}};
  const std::vector<int> counts = count(arms, 10000);
  CHECK(counts[0] > 4700);
  CHECK(counts[1] > 4700);
  CHECK(counts[2] == 0);
}

TEST_CASE("keys fall to the arms as the weights say", "[split]") {
  // Critical values of chi-square at 0.001: NIST/SEMATECH e-Handbook of Statistical Methods,
  // section 1.3.6.7.4. 9 degrees of freedom: 27.877, 3: 16.266, 1: 10.828.
  constexpr int keys = 100000;
  struct Case {
    Arms arms;
    double critical;
  };
  const std::vector<Case> cases{
      {{{"0", 1},
        {"1", 1},
        {"2", 1},
        {"3", 1},
        {"4", 1},
        {"5", 1},
        {"6", 1},
        {"7", 1},
        {"8", 1},
        {"9", 1}},
       27.877},
      {{{"a", 1}, {"b", 2}, {"c", 3}, {"d", 4}}, 16.266},
      {{{"current", 90}, {"new", 10}}, 10.828},
      {{{"current", 9999}, {"new", 1}}, 10.828},
  };
  for (const auto& [arms, critical] : cases)
    for (const std::string salt : {"", "another", "a third"}) {
      CAPTURE(arms.size(), salt);
      double total = 0;
      for (const Share& arm : arms) total += arm.weight;
      std::vector<double> expected;
      for (const Share& arm : arms) expected.push_back(keys * (arm.weight / total));
      CHECK(chi_square(count(arms, keys, salt), expected) < critical);
    }
}

TEST_CASE("two salts assign independently", "[split]") {
  // A table of two by two has one degree of freedom; the critical value is as above.
  constexpr int keys = 100000;
  std::vector<int> together(4);
  for (int i = 0; i < keys; ++i)
    ++together[2 * *choose_arm(tenth, key_of(i), "spring") +
               *choose_arm(tenth, key_of(i), "summer")];
  const double first = (together[2] + together[3]) / double{keys};
  const double second = (together[1] + together[3]) / double{keys};
  CHECK(chi_square(together, {keys * (1 - first) * (1 - second), keys * (1 - first) * second,
                              keys * first * (1 - second), keys * first * second}) < 10.828);
}

TEST_CASE("raising a weight moves keys to that arm only", "[split]") {
  std::mt19937 dice(2);
  const auto up_to = [&](std::uint32_t most) {
    return std::uniform_int_distribution<std::uint32_t>(0, most)(dice);
  };
  const std::array<std::string_view, 5> names{"a", "b", "c", "d", "e"};
  for (int round = 0; round < 200; ++round) {
    Arms before;
    for (const auto name : names) before.push_back({name, up_to(20)});
    Arms after = before;
    const std::size_t raised = up_to(4);
    after[raised].weight += 1 + up_to(20);
    for (int i = 0; i < 200; ++i) {
      const auto was = choose_arm(before, key_of(i));
      const auto is = choose_arm(after, key_of(i));
      REQUIRE((is == was || is == raised));
    }
  }
}

TEST_CASE("a rollout only ever moves callers to the new model", "[split]") {
  const int percentages[] = {0, 1, 10, 20, 50, 99, 100};
  std::vector<Split> steps;
  for (const int percentage : percentages)
    steps.push_back(roll_out(says("old"), says("fresh"), percentage).value());
  int early = 0;
  for (int i = 0; i < 2000; ++i) {
    bool is_new = false;
    for (const Split& step : steps) {
      const bool now = step.arm_of(key_of(i)).value() == "new";
      REQUIRE((now || !is_new));
      is_new = now;
    }
    if (steps[2].arm_of(key_of(i)).value() == "new") ++early;
    CHECK(steps.front().arm_of(key_of(i)).value() == "current");
    CHECK(steps.back().arm_of(key_of(i)).value() == "new");
  }
  CHECK(early > 140);
  CHECK(early < 260);
  CHECK(answer(steps.front(), {.key = "k"}) == "old");
  CHECK(answer(steps.back(), {.key = "k"}) == "fresh");
}

TEST_CASE("a percentage is from 0 to 100", "[split]") {
  for (const int percentage : {-1, 101, std::numeric_limits<int>::min()}) {
    const Result<Split> split = roll_out(says("old"), says("fresh"), percentage);
    REQUIRE_FALSE(split);
    CHECK(split.error().kind == ErrorKind::invalid_request);
    CHECK(split.error().message == "A percentage of " + std::to_string(percentage) +
                                       " cannot be rolled out; give one from 0 to 100.");
  }
}

TEST_CASE("who has a key stays with it, and who has none with the first words", "[split]") {
  const Split split = two_arms();
  const Message hello = Message::user("hello");
  std::map<std::string, int> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string key = key_of(i);
    const std::string arm = split.arm_of(key).value();
    ++seen[arm];
    CHECK(answer(split, {.messages = {hello}, .key = key}) == arm);
    CHECK(answer(split, {.messages = {Message::user("bye")}, .key = key}) == arm);
    CHECK(answer(split, {.messages = {Message::user(key)}}) == arm);
    const std::vector<Message> later{Message::system("Be brief."), Message::user(key),
                                     Message::assistant("And?"), hello};
    CHECK(split.pick({.messages = later}).value() == arm);
  }
  CHECK(seen.size() == 2);
  CHECK(split.pick({}).value() == split.arm_of("").value());
  CHECK(split.pick({.messages = {Message::user({Image{.url = "u"}, "one", "two"})}}).value() ==
        split.arm_of("one\ntwo").value());
}

TEST_CASE("another hash is another assignment", "[split]") {
  // Gives the last arm the number next to 1, whose logarithm is the least, and the first a small
  // one.
  const StableHash hash = [](std::string_view text, std::uint64_t) {
    return text == "b" ? ~std::uint64_t{0} : std::uint64_t{1};
  };
  const Split split({{.name = "a", .weight = 1}, {.name = "b", .weight = 1}}, {.hash = hash});
  for (int i = 0; i < 20; ++i) CHECK(split.arm_of(key_of(i)).value() == "b");
}

TEST_CASE("of two equal arms the first gets the key", "[split]") {
  const StableHash same = [](std::string_view, std::uint64_t) { return std::uint64_t{7}; };
  CHECK(choose_arm(Arms{{"a", 1}, {"b", 1}}, "k", "", same) == 0);
  CHECK(choose_arm(Arms{{"b", 1}, {"a", 1}}, "k", "", same) == 0);
  CHECK(choose_arm(Arms{{"a", 1}, {"b", 2}}, "k", "", same) == 1);
}

TEST_CASE("an arm without a weight gets nobody", "[split]") {
  for (int i = 0; i < 100; ++i) CHECK(two_arms(0, 1).arm_of(key_of(i)).value() == "b");
  CHECK(choose_arm(Arms{{"a", 0}}, "k") == std::nullopt);
  CHECK(choose_arm(Arms{}, "k") == std::nullopt);
}

TEST_CASE("a split that can assign nobody says why", "[split]") {
  const std::string no_weight =
      "The split has no arm with a weight; give at least one arm a weight above zero.";
  struct Case {
    std::vector<SplitArm> arms;
    std::string message;
  };
  const std::vector<Case> cases{
      {{}, no_weight},
      {{{.name = "a"}, {.name = "b"}}, no_weight},
      {{{.name = "a", .weight = 1}, {.name = "b", .weight = 1}, {.name = "a"}},
       "Two arms of the split have the name \"a\"; names decide who is assigned where, so give "
       "each "
       "its own."},
  };
  for (const auto& [arms, message] : cases) {
    const Split split(arms);
    CallContext context;
    const Result<ChatResponse> response = split({}, context);
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == ErrorKind::invalid_request);
    CHECK(response.error().message == message);
    CHECK(split.arm_of("k").error().message == message);
    CHECK(split.pick({}).error().message == message);
  }
}

TEST_CASE("the trace says which arm was chosen, before it is asked", "[split]") {
  std::vector<std::string> heard;
  const Responder arm = [&](const ChatRequest&, const CallContext&) -> Result<ChatResponse> {
    heard.emplace_back("asked");
    return ChatResponse{};
  };
  CallContext context{.trace = [&](const TraceEvent& event) {
    CHECK(event.kind == TraceEvent::Kind::chosen);
    CHECK(event.error == nullptr);
    heard.push_back(std::string(event.model) + ' ' + std::string(event.arm));
  }};
  CHECK(Split({{.name = "only", .weight = 1, .responder = arm}})({.model = "m"}, context));
  CHECK(heard == std::vector<std::string>{"m only", "asked"});
}

TEST_CASE("an arm without a responder is an error like another", "[split]") {
  CallContext context;
  const auto response = Split({{.name = "only", .weight = 1}})({}, context);
  REQUIRE_FALSE(response);
  CHECK(response.error().message ==
        "The responder is empty; give a Chat or another function that answers.");
}
