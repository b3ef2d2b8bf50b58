#pragma once

// Where the body of an answer goes that is too long for a text, as http::BodySource is where the
// body of a request is from.

#include <FineTuning/result.hpp>

#include <string_view>

namespace FineTuning::internal {

class BodySink {
 public:
  BodySink() = default;
  BodySink(const BodySink&) = delete;
  BodySink& operator=(const BodySink&) = delete;
  virtual ~BodySink() = default;

  /// Appends a piece. After an error the body cannot become whole.
  [[nodiscard]] virtual Result<void> write(std::string_view piece) = 0;
  /// The body is whole: nothing follows.
  [[nodiscard]] virtual Result<void> finish() = 0;
  /// Drops what was written, because the body begins again; false if that cannot be done.
  [[nodiscard]] virtual bool restart() = 0;
};

}  // namespace FineTuning::internal
