// Finds the endpoint behind a model.

#include "client/look_up.hpp"

#include <fmt/format.h>

#include <utility>

namespace FineTuning::internal {
namespace {

Error not_deployed(const Model& model) {
  return {
      .kind = ErrorKind::model_not_found,
      .message = fmt::format("The model {} exists at {}, but it is not deployed to an endpoint; "
                             "deploy it first, then ask again.",
                             model.id(), model.provider().title),
      .code = "not_deployed"};
}

}  // namespace

std::string Endpoints::find(const Model& model) const {
  const std::lock_guard lock(mutex_);
  const auto at = names_.find(model.spec());
  return at == names_.end() ? std::string() : at->second;
}

void Endpoints::remember(const Model& model, std::string_view endpoint) {
  const std::lock_guard lock(mutex_);
  names_.insert_or_assign(model.spec(), std::string(endpoint));
}

void Endpoints::forget(const Model& model) {
  const std::lock_guard lock(mutex_);
  names_.erase(model.spec());
}

Reading LookUp::read_whole(std::string body) {
  const Result<std::string> endpoint = plan_.dialect->decode_lookup(body);
  if (!endpoint)
    return Unusable{.error = endpoint.error(),
                    .opening = fmt::format("{} answered what is not its protocol",
                                           plan_.model.provider().title)};
  if (endpoint->empty()) return Unusable{.error = not_deployed(plan_.model)};
  Result<std::string> url = planner_.endpoint_url(plan_, *endpoint);
  if (!url) return Unusable{.error = std::move(url).error()};
  endpoints_.remember(plan_.model, *endpoint);
  plan_.chat.exchange.url = *std::move(url);
  return Further{.request = std::move(plan_.chat), .reader = &chat_};
}

}  // namespace FineTuning::internal
