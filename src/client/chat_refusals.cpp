// What to do about a refused chat.

#include "client/chat_refusals.hpp"

#include "call/sentences.hpp"

#include <FineTuning/days.hpp>
#include <FineTuning/facts.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace FineTuning::internal {
namespace {

/// What to do about a refusal. Kinds that are not here speak for themselves.
std::string advice_on(const Error& error, const Model& model) {
  switch (error.kind) {
    case ErrorKind::permission_denied:
      return "Ask the owner of the account to let this key use the model.";
    case ErrorKind::model_not_found:
      if (model.is_fine_tuned())
        return "Check that the id is whole, that its fine-tuning job has finished, and that the "
               "key belongs to the organisation or project that owns it.";
      return "Check how the model is spelt, and that the key may use it.";
    case ErrorKind::model_retired: return "Move to another model.";
    case ErrorKind::context_length_exceeded: return "Shorten the messages, or lower max_tokens.";
    case ErrorKind::content_filtered: return "Change the messages.";
    default: return general_advice_on(error, model.provider());
  }
}

std::string retirement_advice(const Model& model, const Catalog& catalog,
                              std::chrono::year_month_day end) {
  const std::string_view replacement =
      facts(model, catalog).transform(&Facts::replacement).value_or("");
  return fmt::format("{} ended on {}; move to {}.", model.id(), day_text(end),
                     replacement.empty() ? "another model" : replacement);
}

/// The provider's sentence on why it may refuse a fine-tune that exists; empty if that is not what
/// this refusal is about.
std::string_view fine_tune_advice(const Error& error, const Model& model) {
  constexpr std::array<int, 4> doubtful{401, 403, 404, 503};
  const bool may_apply =
      error.kind != ErrorKind::model_retired && model.is_fine_tuned() &&
      std::find(doubtful.begin(), doubtful.end(), error.http_status) != doubtful.end();
  return may_apply ? model.provider().fine_tune_advice : std::string_view{};
}

}  // namespace

std::string ChatRefusals::advise(Error& error, std::chrono::year_month_day today) const {
  const Model& model = plan_.model;
  const bool may_have_ended =
      error.kind == ErrorKind::model_not_found || error.kind == ErrorKind::model_retired;
  if (may_have_ended && is_retired(model, today, catalog_)) {
    error.kind = ErrorKind::model_retired;
    return retirement_advice(model, catalog_, *ends_on(model, catalog_));
  }
  const std::string advice = advice_on(error, model);
  const std::string_view more = fine_tune_advice(error, model);
  return fmt::format("{}{}{}", advice, advice.empty() || more.empty() ? "" : " ", more);
}

}  // namespace FineTuning::internal
