#pragma once

// Asks the next one when the first one fails: a fine-tune and then its base, or any list of arms.

#include <FineTuning/export.hpp>
#include <FineTuning/model.hpp>
#include <FineTuning/responder.hpp>
#include <FineTuning/result.hpp>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace FineTuning {

/// When a Fallback goes on, and how long it leaves an arm alone that has failed.
struct FallbackOptions {
  /// Asks the next one also where the failed call may have been carried out, and may be billed.
  bool after_unknown_outcome = false;
  /// How long an arm rests after a failure of its own; Error::retry_after makes it longer. Zero or
  /// less: no arm rests.
  std::chrono::milliseconds cooldown = std::chrono::seconds(5);
  Clock clock{};  ///< Clock::steady measures rests.
};

/// Asks each arm in turn until one answers. Goes on after any error but a cancellation, an unknown
/// outcome (unless an option allows it), and one that came after a piece of the answer had reached
/// the caller. The last error carries those before it in Error::causes. Latency, attempts, usage
/// and cost of the answer are those of the arm that gave it. Every arm has all of its own
/// ChatOptions::total_timeout unless CallContext::deadline ends them together.
///
/// An arm rests after a failure of its own (a limit, a broken server, a key that is refused, ..;
/// not what any arm would say of the request, and not a time-out at the caller's own deadline). Of
/// two rests the longer counts; an answer to a call that began later ends it. Arms that rest are
/// passed over; where none of the others has answered, the one of them that is ready first is asked
/// after all. An arm whose model is retired (model_retired, with no other kind among the causes) is
/// never asked again; where all are, so says the error. What an arm that was passed over said last
/// is among the causes, without Error::partial.
///
/// Remembers this for every arm and ChatRequest::model, of at most 1024 the longest; copies share
/// it. So put a Fallback into the arms of a Router or a Split, or behind versioned(), not these
/// into a Fallback: there, one model that fails lets all that are behind the arm rest. Safe to use
/// from several threads at once where its arms are.
class FINETUNING_EXPORT Fallback {
 public:
  /// A fallback that asks the arms in this order.
  explicit Fallback(std::vector<Responder> arms, FallbackOptions options = {});

  /// Asks the arms.
  Result<ChatResponse> operator()(const ChatRequest& request,
                                  const CallContext& context = {}) const;

 private:
  class Rests;
  [[nodiscard]] bool goes_on_after(const Error& error) const;

  std::vector<Responder> arms_;
  FallbackOptions options_;
  std::shared_ptr<Rests> rests_;
};

/// A fine-tune, and its base where the fine-tune fails. A model without a known base answers alone.
[[nodiscard]] inline Fallback with_base(const Model& model, const Responder& responder,
                                        FallbackOptions options = {}) {
  std::vector<Responder> arms{with_model(model.spec(), responder)};
  if (const Result<Model> base = model.base()) arms.push_back(with_model(base->spec(), responder));
  return Fallback(std::move(arms), std::move(options));
}

}  // namespace FineTuning
