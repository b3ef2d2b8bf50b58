#pragma once

// How the answers of a chat are read, whole or streamed, in any dialect.

#include "call/answer_reader.hpp"
#include "call/call.hpp"
#include "client/planner.hpp"
#include "http/event_reader.hpp"

#include <FineTuning/catalog.hpp>
#include <FineTuning/responder.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace FineTuning::internal {

/// An answer in one piece.
class ChatAnswer : public WholeAnswer {
 public:
  /// The plan outlives the reader.
  explicit ChatAnswer(const ChatPlan& plan) : plan_(plan) {}

  /// The answer with what is known of the call. Once, after the call has gone well.
  [[nodiscard]] ChatResponse take(const Success& success, const Catalog& catalog);

 protected:
  [[nodiscard]] const DialectFunctions& dialect() const { return *plan_.dialect; }
  [[nodiscard]] const Accent& accent() const { return plan_.model.provider().accent; }
  [[nodiscard]] std::string_view title() const { return plan_.model.provider().title; }
  void set_response(ChatResponse response) { response_ = std::move(response); }

 private:
  Reading read_whole(std::string body) override;

  const ChatPlan& plan_;
  ChatResponse response_;
};

/// An answer as a stream of events, whose pieces go to the context as they arrive.
class StreamedChatAnswer final : public ChatAnswer {
 public:
  /// Both outlive the reader.
  StreamedChatAnswer(const ChatPlan& plan, const CallContext& context);

  bool begin(const http::Head& head) override;
  http::Flow read(std::string_view piece) override;
  Reading end(bool is_whole) override;
  [[nodiscard]] bool restart() override;
  void complete(Error& error) override;

 private:
  bool absorb(const SseEvent& event);
  void deliver(const StreamEvent& piece);
  [[nodiscard]] Unusable interrupted() const;

  const CallContext& context_;
  const Deliver deliver_;
  EventReader events_;
  StreamState stream_;
  std::optional<Error> error_;  // of an event
  bool is_streaming_ = false;   // what arrives is a stream
  bool is_delivered_ = false;   // a piece of it has reached the caller
  bool is_unwanted_ = false;    // the caller wants no more
};

}  // namespace FineTuning::internal
