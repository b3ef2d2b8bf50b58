#pragma once

// The endpoint behind a model that cannot be called itself: how its answer is read, and what was
// found before.

#include "call/answer_reader.hpp"
#include "client/planner.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace FineTuning::internal {

/// What look-ups have found, by the specs of models. Safe to use from several threads at once.
class Endpoints {
 public:
  /// Empty if it is not known.
  [[nodiscard]] std::string find(const Model& model) const;
  void remember(const Model& model, std::string_view endpoint);
  void forget(const Model& model);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> names_;
};

/// Reads the answer to a look-up, and goes on with the chat.
class LookUp final : public WholeAnswer {
 public:
  /// All of them outlive the reader. `chat` reads what is answered to the planned chat, which is
  /// taken out of the plan.
  LookUp(ChatPlan& plan, const Planner& planner, Endpoints& endpoints, AnswerReader& chat)
      : plan_(plan), planner_(planner), endpoints_(endpoints), chat_(chat) {}

 private:
  Reading read_whole(std::string body) override;

  ChatPlan& plan_;
  const Planner& planner_;
  Endpoints& endpoints_;
  AnswerReader& chat_;
};

}  // namespace FineTuning::internal
