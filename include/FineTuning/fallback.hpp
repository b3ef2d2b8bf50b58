#pragma once

// Asks the next one when the first one fails: a fine-tune and then its base, or any list of arms.

#include <FineTuning/export.hpp>
#include <FineTuning/responder.hpp>
#include <FineTuning/result.hpp>

#include <chrono>
#include <memory>
#include <vector>

namespace FineTuning {

class Model;

/// When a Fallback goes on, and how long it avoids an arm that has failed.
struct FallbackOptions {
  /// Asks the next arm even if the failed call may have been carried out, and may be billed.
  bool after_unknown_outcome = false;
  /// How long an arm cools down after a failure of its own; Error::retry_after makes it longer.
  /// Zero or less: not at all.
  std::chrono::milliseconds cooldown = std::chrono::seconds(5);
  Clock clock{};  ///< Clock::steady measures cooldowns.
};

/// Asks each arm in turn until one answers. Goes on after any error but a cancellation, an unknown
/// outcome (unless an option allows it), and one that came after a piece of the answer had reached
/// the caller. The last error carries those before it in Error::causes. Latency, attempts, usage
/// and cost of the answer are those of the arm that gave it. Every arm has its own
/// ChatOptions::total_timeout in full, unless CallContext::deadline ends them together.
///
/// An arm cools down after a failure of its own: a limit, a broken server, a key that is refused
/// and the like; not after an error that any arm would give for this request, nor after a time-out
/// at the caller's own deadline. Another failure never makes a cooldown shorter; an answer ends it,
/// unless the call began before the failure. Arms that cool down are skipped; if none of the others
/// has answered, the one whose cooldown ends first is asked after all. An arm whose model is
/// retired (model_retired, with no other kind among the causes) is never asked again; if that is
/// true of all, the error says so. The last error of a skipped arm is among the causes, without
/// Error::partial.
///
/// Cooldowns are kept for each arm and ChatRequest::model, at most the 1024 that end last; copies
/// share them. Therefore put Fallbacks inside a Router, a Split or versioned(), not the other way
/// round: there, one failing model would make every model behind that arm cool down. Safe to use
/// from several threads at once if its arms are.
class FINETUNING_EXPORT Fallback {
 public:
  /// A fallback that asks the arms in this order.
  explicit Fallback(std::vector<Responder> arms, FallbackOptions options = {});

  /// Asks the arms.
  Result<ChatResponse> operator()(const ChatRequest& request,
                                  const CallContext& context = {}) const;

 private:
  class Cooldowns;
  [[nodiscard]] bool goes_on_after(const Error& error) const;

  std::vector<Responder> arms_;
  FallbackOptions options_;
  std::shared_ptr<Cooldowns> cooldowns_;
};

/// A fine-tune (see model.hpp), and its base if the fine-tune fails. A model whose base is unknown
/// answers alone.
[[nodiscard]] FINETUNING_EXPORT Fallback with_base(const Model& model, const Responder& responder,
                                                   FallbackOptions options = {});

}  // namespace FineTuning
