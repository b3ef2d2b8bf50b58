// Makes a plan of a chat request.

#include "client/planner.hpp"

#include "client/documents.hpp"
#include "http/headers.hpp"
#include "http/secrets.hpp"

#include <FineTuning/internal/errors.hpp>

#include <fmt/format.h>

#include <utility>

namespace FineTuning::internal {
namespace {

Error only_ids_are_known(const Provider& provider) {
  return {.kind = ErrorKind::unsupported,
          .message = fmt::format("{} is known by its model ids only: FineTuning cannot talk to it.",
                                 provider.title)};
}

Error not_an_endpoint(const Provider& provider) {
  return {.kind = ErrorKind::malformed_response,
          .message = fmt::format("What {} named as the endpoint of the model is not one; call the "
                                 "endpoint itself by its name.",
                                 provider.title)};
}

/// The caller's own headers go with the look-up as well.
Result<void> add_headers(ChatPlan& plan, const http::Headers& extra_headers) {
  set_header(plan.chat.exchange.headers, "Content-Type", "application/json");
  for (const auto& [name, value] : extra_headers) {
    if (Result<void> valid = check_header(name, value); !valid) return valid;
    set_header(plan.chat.exchange.headers, name, value);
    if (plan.lookup) set_header(plan.lookup->exchange.headers, name, value);
    const bool is_key = carries_key(name, plan.model.provider());
    if (is_key) plan.chat.credential = Credential::caller;
    if (is_key || is_secret_header(name))
      plan.secrets.insert(plan.secrets.end(), {value, std::string(secret_of(value))});
  }
  if (plan.lookup) plan.lookup->credential = plan.chat.credential;
  return {};
}

}  // namespace

Result<ChatPlan> Planner::plan(const ChatRequest& request, bool stream) const {
  if (Result<void> known = accounts_.check(); !known) return std::move(known).error();
  Result<Model> model = Model::from(request.model, own_providers_);
  if (!model) return std::move(model).error();
  const Provider& provider = model->provider();
  const DialectFunctions* dialect = functions_of(provider.dialect);
  if (dialect == nullptr) return only_ids_are_known(provider);
  if (!request.documents.empty())
    if (Result<void> valid = check_documents(request.documents, provider); !valid)
      return std::move(valid).error();

  ChatPlan plan{.model = *std::move(model), .dialect = dialect, .stream = stream};
  if (Result<void> done = set_addresses(plan); !done) return std::move(done).error();
  if (Result<void> done = add_headers(plan, request.extra_headers); !done)
    return std::move(done).error();
  Result<std::string> body =
      dialect->encode(request, plan.model.id(), plan.model.provider().accent, stream);
  if (!body) return std::move(body).error();
  plan.chat.exchange.body = *std::move(body);
  return plan;
}

Result<void> Planner::set_addresses(ChatPlan& plan) const {
  const Provider& provider = plan.model.provider();
  ModelId id = plan.model.parts();
  id.text = without_routing_prefix(id.text, provider);  // no part of a path
  const Result<std::string> path = lookup_path(id, provider);
  if (!path) return path.error();
  const bool is_callable = path->empty();
  Result<std::string> url =
      is_callable ? chat_url(id, provider, plan.stream) : accounts_.base_url(provider, id);
  if (!url) return std::move(url).error();
  if (is_callable)
    plan.chat.exchange.url = *std::move(url);
  else
    plan.lookup = Request{.exchange = {.method = "GET", .url = *url + *path},
                          .may_be_repeated = true,
                          .is_lookup = true};
  return {};
}

Result<std::string> Planner::chat_url(const ModelId& id, const Provider& provider,
                                      bool stream) const {
  Result<std::string> base = accounts_.base_url(provider, id);
  if (!base) return base;
  if (provider.addressing.chat_path == nullptr)
    return fmt::format("{}{}", *base, provider.chat_path);
  return provider.addressing.chat_path(id, accounts_.place(provider), stream)
      .transform([&](std::string&& path) { return *base + path; });
}

/// The path to GET for the endpoint behind a model; empty if the model can be called as it is.
Result<std::string> Planner::lookup_path(const ModelId& id, const Provider& provider) const {
  const bool can_look_up = provider.addressing.lookup_path != nullptr &&
                           functions_of(provider.dialect)->decode_lookup != nullptr;
  if (!can_look_up) return std::string();
  return provider.addressing.lookup_path(id, accounts_.place(provider));
}

Result<std::string> Planner::endpoint_url(const ChatPlan& plan, std::string_view endpoint) const {
  const Provider& provider = plan.model.provider();
  const Result<ModelId, IdError> id = parse_model_id(endpoint, provider);
  if (!id) return not_an_endpoint(provider);
  const Result<std::string> path = lookup_path(*id, provider);
  const bool is_callable = path && path->empty();
  return is_callable ? chat_url(*id, provider, plan.stream) : not_an_endpoint(provider);
}

}  // namespace FineTuning::internal
