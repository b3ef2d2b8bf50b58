#pragma once

// An answer that is too long for the memory, as a file is: it goes to a sink, piece by piece.

#include "call/answer_reader.hpp"
#include "http/body_sink.hpp"

#include <FineTuning/result.hpp>

#include <string_view>

namespace FineTuning::internal {

/// Has no limit of size, and the call no limit of time but the caller's deadline. What the sink
/// cannot write ends the call with the sink's error.
class Download final : public AnswerReader {
 public:
  /// The sink outlives the reader.
  explicit Download(BodySink& sink) : sink_(sink) {}

  /// Of what was not asked for as a part, only the whole is an answer.
  bool begin(const http::Head& head) override { return head.status == 200; }
  http::Flow read(std::string_view piece) override {
    written_ = sink_.write(piece);
    return written_ ? http::Flow::go_on : http::Flow::stop;
  }
  Reading end(bool is_whole) override {
    if (written_ && !is_whole) return Incomplete{};
    if (written_) written_ = sink_.finish();
    if (!written_) return Unusable{.error = written_.error()};
    return Answered{};
  }
  [[nodiscard]] bool restart() override { return sink_.restart(); }
  [[nodiscard]] bool keeps_answer() const override { return false; }

 private:
  BodySink& sink_;
  Result<void> written_;
};

}  // namespace FineTuning::internal
