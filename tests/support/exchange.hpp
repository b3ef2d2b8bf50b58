#pragma once

// One exchange on a transport, what came of it, and bodies that are read piece by piece.

#include "support/catch.hpp"

#include <FineTuning/http.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace FineTuning::test {

/// What came of one exchange.
struct Exchanged {
  std::optional<http::Failure> failure{};
  std::vector<http::Head> heads{};
  std::string body{};
};
using Decide = std::function<http::Flow(const Exchanged&)>;

class Recorder final : public http::Listener {
 public:
  Recorder(Exchanged& outcome, const Decide& decide) : outcome_(outcome), decide_(decide) {}

  http::Flow on_head(const http::Head& head) noexcept override {
    outcome_.heads.push_back(head);
    return decide_ ? decide_(outcome_) : http::Flow::go_on;
  }
  http::Flow on_body(std::string_view piece) noexcept override {
    outcome_.body += piece;
    return decide_ ? decide_(outcome_) : http::Flow::go_on;
  }

 private:
  Exchanged& outcome_;
  const Decide& decide_;
};

inline Exchanged perform(http::Transport& transport, const http::Exchange& exchange,
                         const Decide& decide = {}, const std::stop_token& stop = {}) {
  Exchanged outcome;
  Recorder recorder(outcome, decide);
  const auto performed = transport.perform(exchange, recorder, stop);
  if (!performed) outcome.failure = performed.error();
  return outcome;
}

inline http::Exchange post(const std::string& url, std::string body = R"({"model":"m"})") {
  return {.url = url + "/v1/chat/completions",
          .headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer key-1"}},
          .body = std::move(body)};
}

inline http::Exchange get(const std::string& url) {
  return {.method = "GET", .url = url + "/v1/models"};
}

inline bool was_answered(const Exchanged& outcome, std::string_view body, int status = 200) {
  return !outcome.failure && outcome.heads.size() == 1 && outcome.heads[0].status == status &&
         outcome.body == body;
}

inline void check_failure(const Exchanged& outcome, http::Failure::Kind kind, http::Phase phase,
                          bool may_have_reached_server) {
  REQUIRE(outcome.failure);
  INFO(outcome.failure->message);
  CHECK(outcome.failure->kind == kind);
  CHECK(outcome.failure->phase == phase);
  CHECK(outcome.failure->may_have_reached_server == may_have_reached_server);
  CHECK_FALSE(outcome.failure->message.empty());
}

/// A source that does what a test says.
class TestSource final : public http::BodySource {
 public:
  /// Writes what stands behind `at` bytes, as http::BodySource::read().
  using Read = std::function<std::optional<std::size_t>(std::uint64_t at, std::span<char> buffer)>;

  TestSource(std::uint64_t size, Read read) : size_(size), read_(std::move(read)) {}

  [[nodiscard]] std::uint64_t size() const noexcept override { return size_; }
  [[nodiscard]] bool rewind() noexcept override {
    at_ = 0;
    ++rewinds_;
    return true;
  }
  [[nodiscard]] std::optional<std::size_t> read(std::span<char> buffer) noexcept override {
    largest_buffer_ = std::max(largest_buffer_, buffer.size());
    const std::optional<std::size_t> count = read_(at_, buffer);
    at_ += count.value_or(0);
    return count;
  }

  [[nodiscard]] int rewinds() const { return rewinds_; }
  [[nodiscard]] std::size_t largest_buffer() const { return largest_buffer_; }

 private:
  std::uint64_t size_;
  Read read_;
  std::uint64_t at_ = 0;
  int rewinds_ = 0;
  std::size_t largest_buffer_ = 0;
};

/// Gives a text, of which it says that it has `announced` bytes.
inline std::shared_ptr<TestSource> source_of(std::string text, std::uint64_t announced) {
  return std::make_shared<TestSource>(
      announced, [text = std::move(text)](std::uint64_t at, std::span<char> buffer) {
        return text.copy(buffer.data(), buffer.size(), static_cast<std::size_t>(at));
      });
}

inline std::shared_ptr<TestSource> source_of(std::string text) {
  const std::uint64_t size = text.size();
  return source_of(std::move(text), size);
}

/// Gives `size` times 'x'.
inline std::shared_ptr<TestSource> long_source(std::uint64_t size) {
  return std::make_shared<TestSource>(size, [size](std::uint64_t at, std::span<char> buffer) {
    const std::size_t count = std::min<std::uint64_t>(buffer.size(), size - at);
    std::fill_n(buffer.begin(), count, 'x');
    return count;
  });
}

}  // namespace FineTuning::test
