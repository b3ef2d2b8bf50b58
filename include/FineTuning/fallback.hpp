#pragma once

// Asks the next one when the first one fails: a fine-tune and then its base, or any list of arms.

#include <FineTuning/model.hpp>
#include <FineTuning/responder.hpp>
#include <FineTuning/result.hpp>

#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace FineTuning {

/// When a Fallback goes on.
struct FallbackOptions {
  /// Asks the next one also where the failed call may have been carried out, and may be billed.
  bool after_unknown_outcome = false;
};

/// The same responder, asked for another model. Copies the request, once a call.
[[nodiscard]] inline Responder with_model(std::string model, Responder responder) {
  return [model = std::move(model), responder = std::move(responder)](ChatRequest request,
                                                                      CallContext& context) {
    request.model = model;
    return detail::ask(responder, request, context);
  };
}

/// Asks each arm in turn until one answers. Goes on after any error but a cancellation, an unknown
/// outcome (unless an option allows it), and one that came after a piece of the answer had reached
/// the caller. The last error carries those before it in Error::causes. Latency and attempts of the
/// answer are those of the arm that gave it. Every arm has all of its own
/// ChatOptions::total_timeout unless CallContext::deadline ends them together. Holds no state: safe
/// to use from several threads at once where its arms are.
class Fallback {
 public:
  explicit Fallback(std::vector<Responder> arms, FallbackOptions options = {})
      : arms_(std::move(arms)), options_(options) {}

  Result<ChatResponse> operator()(const ChatRequest& request, CallContext& context) const {
    bool delivered = false;
    CallContext watched = context;
    if (context.on_event)
      watched.on_event = [&](const StreamEvent& event) {
        delivered = true;
        return context.on_event(event);
      };

    std::vector<Error> causes;
    for (std::size_t arm = 0; arm < arms_.size(); ++arm) {
      Result<ChatResponse> response = detail::ask(arms_[arm], request, watched);
      if (response) return response;
      Error error = std::move(response).error();
      const bool is_last = arm + 1 == arms_.size();
      if (is_last || delivered || !goes_on_after(error)) {
        error.causes.insert(error.causes.begin(), std::make_move_iterator(causes.begin()),
                            std::make_move_iterator(causes.end()));
        return error;
      }
      if (context.trace)
        context.trace({.kind = TraceEvent::Kind::next_arm,
                       .model = request.model,
                       .attempt = static_cast<int>(arm) + 2,
                       .error = &error});
      causes.push_back(std::move(error));
    }
    return Error{.kind = ErrorKind::invalid_request,
                 .message = "The fallback has no arm to ask; give it at least one responder."};
  }

 private:
  [[nodiscard]] bool goes_on_after(const Error& error) const {
    if (error.kind == ErrorKind::cancelled) return false;
    return !error.outcome_unknown || options_.after_unknown_outcome;
  }

  std::vector<Responder> arms_;
  FallbackOptions options_;
};

/// A fine-tune, and its base where the fine-tune fails. A model without a known base answers alone.
[[nodiscard]] inline Fallback with_base(const Model& model, const Responder& responder,
                                        FallbackOptions options = {}) {
  std::vector<Responder> arms{with_model(model.spec(), responder)};
  if (const Result<Model> base = model.base()) arms.push_back(with_model(base->spec(), responder));
  return Fallback(std::move(arms), options);
}

}  // namespace FineTuning
