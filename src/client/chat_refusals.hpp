#pragma once

// What refusals say of a chat, and of the look-up before it: what is wrong may be the model.

#include "call/answer_reader.hpp"
#include "client/planner.hpp"

#include <FineTuning/catalog.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace FineTuning::internal {

class ChatRefusals final : public RefusalReader {
 public:
  /// Both outlive the reader.
  ChatRefusals(const ChatPlan& plan, const Catalog& catalog) : plan_(plan), catalog_(catalog) {}

  [[nodiscard]] Error explain(int status, std::string_view body) const override {
    return plan_.dialect->explain(status, body, plan_.model.provider().accent);
  }
  /// A model that the table (or the catalog) knows to have ended becomes model_retired.
  [[nodiscard]] std::string advise(Error& error, std::chrono::year_month_day today) const override;

 private:
  const ChatPlan& plan_;
  const Catalog& catalog_;
};

}  // namespace FineTuning::internal
