// One chat call after the other, beside the least that a program without the library has to do:
// libcurl with a handle that is kept, and the same with the JSON written and read by nlohmann.
// OPENAI_BASE_URL has the address of tests/benchmarks/server; see run.

#include "measure.hpp"

#include <FineTuning/chat.hpp>

#include <curl/curl.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace {

constexpr const char* key = "sk-0123456789abcdefghijklmnopqrstuvwxyz0123456789";
constexpr const char* model = "ft:gpt-4o-mini-2024-07-18:my-org:custom-suffix:7q8mpxmy";

/// Text with what texts have: words, lines, quotes and a character beyond ASCII.
std::string prompt_of(benchmark::State& state) {
  constexpr std::string_view line =
      "She said \"what is the capital of France?\" \xE2\x80\x94 and left.\n";
  std::string prompt;
  while (prompt.size() < static_cast<std::size_t>(state.range(0))) prompt += line;
  return prompt;
}

class RawCurl {
 public:
  RawCurl() {
    headers_.reset(curl_slist_append(nullptr, "Content-Type: application/json"));
    curl_slist_append(headers_.get(), ("Authorization: Bearer " + std::string(key)).c_str());
    curl_slist_append(headers_.get(), "Expect:");
    const std::string url = std::string(std::getenv("OPENAI_BASE_URL")) + "/chat/completions";
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_HTTPHEADER, headers_.get());
    set(CURLOPT_NOSIGNAL, 1L);
    set(
        CURLOPT_WRITEFUNCTION, +[](char* data, std::size_t size, std::size_t count, void* text) {
          static_cast<std::string*>(text)->append(data, size * count);
          return size * count;
        });
    set(CURLOPT_WRITEDATA, &answer_);
  }

  const std::string& post(const std::string& body) {
    answer_.clear();
    set(CURLOPT_POSTFIELDS, body.c_str());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    if (curl_easy_perform(easy_.get()) != CURLE_OK) std::abort();
    return answer_;
  }

 private:
  template <class T>
  void set(CURLoption option, T value) {
    curl_easy_setopt(easy_.get(), option, value);
  }

  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers_{nullptr,
                                                                       curl_slist_free_all};
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy_{curl_easy_init(), curl_easy_cleanup};
  std::string answer_;
};

std::string body_of(const std::string& prompt) {
  return nlohmann::json{{"model", model},
                        {"messages", {{{"role", "user"}, {"content", prompt}}}},
                        {"max_completion_tokens", 200}}
      .dump();
}

void raw_curl(benchmark::State& state) {
  RawCurl curl;
  const std::string body = body_of(prompt_of(state));
  benchmarks::measure(state, 1, [&] { benchmark::DoNotOptimize(curl.post(body)); });
}

void raw_curl_and_nlohmann(benchmark::State& state) {
  RawCurl curl;
  const std::string prompt = prompt_of(state);
  benchmarks::measure(state, 1, [&] {
    const auto answer = nlohmann::json::parse(curl.post(body_of(prompt)));
    benchmark::DoNotOptimize(
        answer.at("choices").at(0).at("message").at("content").get<std::string>());
  });
}

void chat_send(benchmark::State& state) {
  const FineTuning::Chat chat({.accounts = {{"openai", {.api_key = key}}}});
  const std::string spec = std::string("openai:") + model;
  const std::string prompt = prompt_of(state);
  benchmarks::measure(state, 1, [&] {
    const auto answer = chat.send(spec, prompt, {.max_tokens = 200});
    if (!answer || answer->content.empty()) std::abort();
  });
}

void with_both_prompts(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(100)->Arg(64 << 10)->UseRealTime()->Apply(benchmarks::as_long_as_asked);
}

}  // namespace

BENCHMARK(raw_curl)->Apply(with_both_prompts);
BENCHMARK(raw_curl_and_nlohmann)->Apply(with_both_prompts);
BENCHMARK(chat_send)->Apply(with_both_prompts);
BENCHMARK_MAIN();
