#pragma once

// What a chat request becomes: checked, encoded, with an address and all headers but the key. Pure:
// nothing is sent, and no environment and no clock is read.

#include "accounts/accounts.hpp"
#include "call/request.hpp"
#include "dialects/dialect.hpp"

#include <FineTuning/message.hpp>
#include <FineTuning/model.hpp>
#include <FineTuning/result.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace FineTuning::internal {

struct ChatPlan {
  Model model;
  const DialectFunctions* dialect = nullptr;
  bool stream = false;
  Request chat{};                      ///< Has no URL yet if there is a look-up.
  std::optional<Request> lookup{};     ///< Finds the endpoint behind the model, which is called.
  std::vector<std::string> secrets{};  ///< Of the caller's own headers.
};

class Planner {
 public:
  /// Both outlive the planner.
  Planner(const Accounts& accounts, std::span<const Provider> own_providers)
      : accounts_(accounts), own_providers_(own_providers) {}

  [[nodiscard]] Result<ChatPlan> plan(const ChatRequest& request, bool stream) const;

  /// The URL of a planned chat at an endpoint that a service named: a text from the network, which
  /// has to be the name of something that can be called.
  [[nodiscard]] Result<std::string> endpoint_url(const ChatPlan& plan,
                                                 std::string_view endpoint) const;

 private:
  [[nodiscard]] Result<void> set_addresses(ChatPlan& plan) const;
  [[nodiscard]] Result<std::string> chat_url(const ModelId& id, const Provider& provider,
                                             bool stream) const;
  [[nodiscard]] Result<std::string> lookup_path(const ModelId& id, const Provider& provider) const;

  const Accounts& accounts_;
  std::span<const Provider> own_providers_;
};

}  // namespace FineTuning::internal
