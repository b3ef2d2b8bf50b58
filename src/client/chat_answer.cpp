// Reads the answers of a chat.

#include "client/chat_answer.hpp"

#include "call/sentences.hpp"

#include <FineTuning/facts.hpp>

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace FineTuning::internal {
namespace {

bool may_pass(ErrorKind kind) {
  return kind == ErrorKind::server_error || kind == ErrorKind::overloaded ||
         kind == ErrorKind::rate_limited || kind == ErrorKind::timed_out;
}

bool is_page(const http::Head& head) {
  return http::find_header(head.headers, "content-type").starts_with("text/html");
}

/// Of a call that nothing was said of: a later one made room for it, since some services count
/// from 1.
bool is_empty_call(const ToolCall& call) {
  return call.id.empty() && call.name.empty() && call.arguments.empty();
}

}  // namespace

// ---- in one piece

Reading ChatAnswer::read_whole(std::string body) {
  Result<ChatResponse> response = dialect().decode(body, accent());
  if (!response) {
    const bool is_foreign = response.error().kind == ErrorKind::malformed_response;
    return Unusable{.error = std::move(response).error(),
                    .opening = fmt::format("{} answered {}", title(),
                                           is_foreign ? "what is not its protocol"
                                                      : "an error as if it were an answer")};
  }
  response->raw = std::move(body);
  set_response(*std::move(response));
  return Answered{};
}

ChatResponse ChatAnswer::take(const Success& success, const Catalog& catalog) {
  if (!success.request_id.empty()) response_.request_id = success.request_id;
  if (response_.model.empty()) response_.model = plan_.model.id();
  response_.attempts = success.attempts;
  response_.latency = success.latency;
  if (const Result<Facts> known = facts(plan_.model, catalog))
    response_.cost_usd = estimate_cost(*known, response_.usage);
  return std::move(response_);
}

// ---- streamed

StreamedChatAnswer::StreamedChatAnswer(const ChatPlan& plan, const CallContext& context)
    : ChatAnswer(plan),
      context_(context),
      deliver_([this](const StreamEvent& piece) { deliver(piece); }) {}

/// A page instead of a stream is read as a page.
bool StreamedChatAnswer::begin(const http::Head& head) {
  const bool is_answer = ChatAnswer::begin(head);
  is_streaming_ = is_answer && !is_page(head);
  return is_answer;
}

http::Flow StreamedChatAnswer::read(std::string_view piece) {
  if (!is_streaming_) return ChatAnswer::read(piece);
  const bool goes_on = events_.feed(piece, [this](const SseEvent& event) { return absorb(event); });
  if (stream_.is_over) return http::Flow::finish;
  return goes_on ? http::Flow::go_on : http::Flow::stop;
}

bool StreamedChatAnswer::absorb(const SseEvent& event) {
  Result<void> absorbed = dialect().absorb(stream_, event, accent(), deliver_);
  if (!absorbed) error_ = std::move(absorbed).error();
  // That an event is cut is what the end of the stream tells.
  if (!event.complete && error_ && error_->kind == ErrorKind::malformed_response) error_.reset();
  return !error_ && !is_unwanted_ && !stream_.is_over;
}

void StreamedChatAnswer::deliver(const StreamEvent& piece) {
  if (is_unwanted_) return;
  is_delivered_ = true;
  is_unwanted_ = context_.stop.stop_requested() || (context_.on_event && !context_.on_event(piece));
}

Reading StreamedChatAnswer::end(bool is_whole) {
  if (!is_streaming_) return ChatAnswer::end(is_whole);
  if (!error_ && !is_unwanted_ && !stream_.is_over)
    events_.finish([this](const SseEvent& event) { return absorb(event); });
  if (is_unwanted_) return Unusable{.error = cancelled()};
  if (error_) {
    const bool passes = may_pass(error_->kind);
    return Unusable{.error = *std::move(error_),
                    .opening = fmt::format("The stream of {} failed", title()),
                    .may_pass = passes};
  }
  if (!stream_.is_whole) return is_whole || stream_.is_over ? Reading(interrupted()) : Incomplete{};
  std::erase_if(stream_.response.tool_calls, is_empty_call);
  set_response(std::move(stream_.response));
  return Answered{};
}

Unusable StreamedChatAnswer::interrupted() const {
  return {.error = {.kind = ErrorKind::interrupted_stream,
                    .message = fmt::format("The stream of {} ended before its terminator, so the "
                                           "answer is not whole; Error::partial has its beginning.",
                                           title()),
                    .outcome_unknown = true},
          .may_pass = true};
}

bool StreamedChatAnswer::restart() {
  if (is_delivered_) return false;
  events_ = {};
  stream_ = {};
  error_.reset();
  is_streaming_ = false;
  return ChatAnswer::restart();
}

void StreamedChatAnswer::complete(Error& error) {
  if (is_streaming_ && error.kind == ErrorKind::network) error.kind = ErrorKind::interrupted_stream;
  if (error.request_id.empty()) error.request_id = stream_.response.request_id;
  error.partial = std::move(stream_.response.content);
}

}  // namespace FineTuning::internal
