#pragma once

// An answer that is too long for the memory, as a file is: it goes to a sink, piece by piece.

#include "call/answer_reader.hpp"

#include <string_view>

namespace FineTuning::internal {

/// Where a body goes.
class BodySink {
 public:
  BodySink() = default;
  BodySink(const BodySink&) = delete;
  BodySink& operator=(const BodySink&) = delete;
  virtual ~BodySink() = default;

  /// Takes the next piece; false if it cannot, which ends the call.
  [[nodiscard]] virtual bool write(std::string_view piece) = 0;
  /// Forgets all that was written, because the body begins again; false if that cannot be done:
  /// then it does not begin again.
  [[nodiscard]] virtual bool restart() = 0;
};

/// Has no limit of size, and the call no limit of time but the caller's deadline.
class Download final : public AnswerReader {
 public:
  /// The sink outlives the reader.
  explicit Download(BodySink& sink) : sink_(sink) {}

  http::Flow read(std::string_view piece) override {
    is_written_ = sink_.write(piece);
    return is_written_ ? http::Flow::go_on : http::Flow::stop;
  }
  Reading end(bool is_whole) override {
    if (!is_written_) return Unusable{.error = not_written()};
    if (!is_whole) return Incomplete{};
    return Answered{};
  }
  [[nodiscard]] bool restart() override { return sink_.restart(); }
  [[nodiscard]] bool keeps_answer() const override { return false; }

 private:
  static Error not_written() {
    return {.kind = ErrorKind::other,
            .message = "The answer could not be written; check that there is room for it.",
            .code = "not_written"};
  }

  BodySink& sink_;
  bool is_written_ = true;
};

}  // namespace FineTuning::internal
