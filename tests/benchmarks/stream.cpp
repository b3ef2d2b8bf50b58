// Reading a streamed answer from memory, beside the least that reading lines can cost, and the same
// with each event read by nlohmann.

#include "measure.hpp"

#include <FineTuning/chat.hpp>

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t count_of_events = 1'000;

/// The recorded stream, with its events that carry text said over and over again.
std::string make_stream() {
  std::ifstream file(FINETUNING_TEST_DATA "/openai/text.stream.sse");
  const std::string recorded{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::string> events;
  for (std::size_t from = 0, to = 0; (to = recorded.find("\n\n", from)) != std::string::npos;
       from = to + 2)
    events.push_back(recorded.substr(from, to + 2 - from));
  std::string stream = events.at(0);
  for (std::size_t made = events.size() - 2; made < count_of_events; made += 2)
    stream += events.at(1) + events.at(2);
  for (std::size_t at = 3; at < events.size(); ++at) stream += events[at];
  return stream;
}

const std::string& stream() {
  static const std::string text = make_stream();
  return text;
}

/// Hands each line of the stream to `take`, without its end.
template <class F>
void for_each_line(F take) {
  const char* at = stream().data();
  const char* const end = at + stream().size();
  while (const void* found = std::memchr(at, '\n', static_cast<std::size_t>(end - at))) {
    const char* line_end = static_cast<const char*>(found);
    take(std::string_view(at, line_end));
    at = line_end + 1;
  }
}

void line_scan(benchmark::State& state) {
  benchmarks::measure(state, count_of_events, [] {
    std::size_t events = 0;
    for_each_line([&](std::string_view line) { events += line.starts_with("data:") ? 1 : 0; });
    benchmark::DoNotOptimize(events);
  });
}

void line_scan_and_nlohmann(benchmark::State& state) {
  benchmarks::measure(state, count_of_events, [] {
    std::string content;
    for_each_line([&](std::string_view line) {
      if (!line.starts_with("data: {")) return;
      const auto event = nlohmann::json::parse(line.substr(6));
      const auto& choices = event.at("choices");
      if (!choices.empty()) content += choices.at(0).at("delta").value("content", "");
    });
    benchmark::DoNotOptimize(content);
  });
}

/// Answers everything with the stream, in the pieces in which libcurl hands over a body.
class Memory : public FineTuning::http::Transport {
 public:
  FineTuning::Result<void, FineTuning::http::Failure> perform(
      const FineTuning::http::Exchange& /*exchange*/, FineTuning::http::Listener& listener,
      const std::stop_token& /*stop*/) override {
    constexpr std::size_t piece_size = 16 << 10;
    listener.on_head({.status = 200});
    for (std::size_t at = 0; at < stream().size(); at += piece_size)
      listener.on_body(std::string_view(stream()).substr(at, piece_size));
    return {};
  }
};

void chat_stream(benchmark::State& state) {
  const FineTuning::Chat chat(
      {.accounts = {{"openai", {.api_key = "sk-test"}}}, .transport = std::make_shared<Memory>()});
  benchmarks::measure(state, count_of_events, [&] {
    std::size_t size = 0;
    const auto answer = chat.stream("openai:gpt-4o", "Hello", [&](std::string_view text) {
      size += text.size();
      return true;
    });
    if (!answer || answer->content.size() != size) std::abort();
  });
}

}  // namespace

BENCHMARK(line_scan)->Apply(benchmarks::as_long_as_asked);
BENCHMARK(line_scan_and_nlohmann)->Apply(benchmarks::as_long_as_asked);
BENCHMARK(chat_stream)->Apply(benchmarks::as_long_as_asked);
BENCHMARK_MAIN();
