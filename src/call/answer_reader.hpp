#pragma once

// What a call does not know itself: how an answer is read, and what a refusal says. One reader is
// for one answer; those of chats, files, jobs and pages stand in the rooms that know them.

#include "call/request.hpp"

#include <FineTuning/error.hpp>
#include <FineTuning/http.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace FineTuning::internal {

class AnswerReader;

// ---- what a reader made of an answer

/// The reader has what the call was for.
struct Answered {};

/// The body ended too early, which is the exchange's failure and not the reader's.
struct Incomplete {};

/// It is not an answer.
struct Unusable {
  Error error{};
  /// Who did what ("OpenAI answered what is not its protocol"), if the error's message is the
  /// service's own: it becomes a sentence that begins like this. Else it is a sentence already.
  std::optional<std::string> opening{};
  bool may_pass = false;  ///< It may be different the next time, if the server does not object.
};

/// The call goes on with another exchange, as after a look-up, or at the Location of a redirect: no
/// credentials go there, and there is https if there was. It has retries of its own and the time
/// that is left; a reader that goes on without an end is not ended by the call.
struct Further {
  Request request{};
  AnswerReader* reader = nullptr;  ///< Reads its answer, and outlives the call; null: the same one.
};

using Reading = std::variant<Answered, Incomplete, Unusable, Further>;

// ---- the interfaces

/// Reads one answer, piece by piece. Called between the steps of a call, on the thread that drives
/// it, for each attempt in this order: begin, read.., end.
class AnswerReader {
 public:
  AnswerReader() = default;
  AnswerReader(const AnswerReader&) = delete;
  AnswerReader& operator=(const AnswerReader&) = delete;
  virtual ~AnswerReader() = default;

  /// Whether this is the head of an answer that it reads; a 3xx may be one. Any other answer is a
  /// refusal, which the call reads, and of which nothing else is heard here.
  virtual bool begin(const http::Head& head) { return head.status / 100 == 2; }
  /// The next piece, which is valid during the call. After Flow::finish there is no more to read;
  /// after Flow::stop the reading says why.
  virtual http::Flow read(std::string_view piece) = 0;
  /// The end of the body; `is_whole` is false if the exchange failed before it.
  virtual Reading end(bool is_whole) = 0;

  /// Forgets the last attempt, before another one. False if a part of it has been passed on and
  /// cannot be taken back: then nothing is sent again.
  [[nodiscard]] virtual bool restart() = 0;
  /// Adds to an error what was read of the answer.
  virtual void complete(Error& /*error*/) {}
  /// Whether the answer is kept in memory: only then its size and the time of the call are limited.
  [[nodiscard]] virtual bool keeps_answer() const { return true; }
};

/// Collects the body of an answer that is read when all of it has arrived.
class WholeAnswer : public AnswerReader {
 public:
  http::Flow read(std::string_view piece) override {
    body_ += piece;
    return http::Flow::go_on;
  }
  Reading end(bool is_whole) override {
    if (!is_whole) return Incomplete{};
    return read_whole(std::exchange(body_, {}));
  }
  [[nodiscard]] bool restart() override {
    body_.clear();
    return true;
  }

 private:
  virtual Reading read_whole(std::string body) = 0;

  std::string body_;
};

/// Knows a service's refusals.
class RefusalReader {
 public:
  RefusalReader() = default;
  RefusalReader(const RefusalReader&) = delete;
  RefusalReader& operator=(const RefusalReader&) = delete;
  virtual ~RefusalReader() = default;

  /// What the body says: kind, code, and the service's own words as message.
  [[nodiscard]] virtual Error explain(int status, std::string_view body) const = 0;
  /// Sentences on what to do about it; may make the kind more exact.
  [[nodiscard]] virtual std::string advise(Error& error,
                                           std::chrono::year_month_day today) const = 0;
};

}  // namespace FineTuning::internal
