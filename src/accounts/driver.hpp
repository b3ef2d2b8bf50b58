#pragma once

// Makes calls: does what the machine of a call says is next, over a transport, on the caller's
// thread.

#include "accounts/accounts.hpp"
#include "call/call.hpp"

#include <FineTuning/http.hpp>
#include <FineTuning/responder.hpp>
#include <FineTuning/result.hpp>

#include <memory>
#include <string_view>

namespace FineTuning::internal {

/// Safe to use from several threads at once, as its transport is.
class Driver {
 public:
  /// The accounts outlive the driver.
  Driver(std::shared_ptr<http::Transport> transport, const Accounts& accounts)
      : transport_(std::move(transport)), accounts_(accounts) {}

  /// Makes a call and returns when it is done: the reader then has the answer. The context stops
  /// it, ends it by its deadline, and hears of its steps, in which `name` stands for what is asked
  /// (TraceEvent::model). What the reader and the functions of the context throw reaches the
  /// caller.
  [[nodiscard]] Result<Success> run(CallPlan plan, AnswerReader& reader, std::string_view name,
                                    const CallContext& context) const;

 private:
  std::shared_ptr<http::Transport> transport_;
  const Accounts& accounts_;
};

}  // namespace FineTuning::internal
