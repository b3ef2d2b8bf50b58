#pragma once

// A transport that answers from a list and keeps what it was asked, and a Chat on it.

#include "support/environment.hpp"

#include <FineTuning/chat.hpp>
#include <FineTuning/http.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace FineTuning::test {

/// What becomes of one exchange.
struct Answer {
  int status = 200;  ///< 0: not even a head arrives.
  http::Headers headers{};
  std::string body{};                      ///< All of it that arrives.
  std::optional<http::Failure> failure{};  ///< What happens after the body.

  [[nodiscard]] Result<void, http::Failure> outcome() const {
    return failure ? Result<void, http::Failure>(*failure) : Result<void, http::Failure>();
  }
};

/// Safe to use from several threads at once.
class CannedTransport final : public http::Transport {
 public:
  explicit CannedTransport(std::vector<Answer> answers)
      : answers_(answers.begin(), answers.end()) {}

  std::size_t piece_size = 7;  ///< Bodies arrive in pieces of that many bytes.
  /// Called before each exchange is answered.
  std::function<void(const http::Exchange&)> on_exchange{};

  Result<void, http::Failure> perform(const http::Exchange& exchange, http::Listener& listener,
                                      const std::stop_token& stop) override {
    const Answer answer = take(exchange);
    if (on_exchange) on_exchange(exchange);
    const http::Failure stopped{.kind = http::Failure::Kind::stopped,
                                .phase = http::Phase::waiting,
                                .may_have_reached_server = true};
    if (stop.stop_requested()) return stopped;
    if (answer.status == 0) return answer.outcome();
    http::Flow flow = listener.on_head({.status = answer.status, .headers = answer.headers});
    for (std::size_t at = 0; at < answer.body.size() && flow != http::Flow::stop; at += piece_size)
      flow = listener.on_body(std::string_view(answer.body).substr(at, piece_size));
    if (flow == http::Flow::stop || stop.stop_requested()) return stopped;
    return answer.outcome();
  }

  /// What it has been asked so far.
  [[nodiscard]] std::vector<http::Exchange> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  Answer take(const http::Exchange& exchange) {
    const std::lock_guard lock(mutex_);
    asked_.push_back(exchange);
    if (answers_.empty()) throw std::logic_error("An exchange too many: " + exchange.url);
    Answer answer = std::move(answers_.front());
    answers_.pop_front();
    return answer;
  }

  mutable std::mutex mutex_;
  std::deque<Answer> answers_;
  std::vector<http::Exchange> asked_;
};

[[nodiscard]] inline std::shared_ptr<CannedTransport> canned(std::vector<Answer> answers = {}) {
  return std::make_shared<CannedTransport>(std::move(answers));
}

/// The key of every account of chat_on().
inline const std::string canned_key = "sk-secret";

/// A Chat on the transport with a key for every provider, and nothing from the environment.
[[nodiscard]] inline Chat chat_on(std::shared_ptr<http::Transport> transport,
                                  ChatOptions options = {}) {
  const Environment nothing;
  for (const Provider* provider : providers::all) {
    Account& account = options.accounts[std::string(provider->name)];
    if (account.api_key.empty()) account.api_key = canned_key;
  }
  options.transport = std::move(transport);
  return Chat(std::move(options));
}

}  // namespace FineTuning::test
