// The client: has a request planned, and the call made.

#include "accounts/accounts.hpp"
#include "accounts/driver.hpp"
#include "client/chat_answer.hpp"
#include "client/chat_refusals.hpp"
#include "client/look_up.hpp"
#include "client/planner.hpp"
#include "http/curl_transport.hpp"
#include "http/headers.hpp"
#include "http/secrets.hpp"

#include <FineTuning/chat.hpp>

#include <fmt/format.h>

#include <system_error>
#include <utility>

namespace FineTuning {

using namespace internal;
namespace {

Limits limits_of(const ChatOptions& options) {
  return {.connect_timeout = options.connect_timeout,
          .first_byte_timeout = options.first_byte_timeout,
          .idle_timeout = options.idle_timeout,
          .total_timeout = options.total_timeout,
          .max_response_bytes = options.max_response_bytes,
          .max_retries = options.max_retries,
          .retry_unknown_outcomes = options.retry_unknown_outcomes};
}

std::shared_ptr<http::Transport> transport_of(const ChatOptions& options) {
  if (options.transport) return options.transport;
  return curl_transport({.ca_file = options.ca_file, .proxy = options.proxy});
}

}  // namespace

/// What the copies of a Chat share.
class Chat::Shared {
 public:
  explicit Shared(ChatOptions options)
      : options_(std::move(options)),
        accounts_(options_.accounts, options_.providers, options_.allow_plain_http),
        planner_(accounts_, options_.providers),
        driver_(transport_of(options_), accounts_) {}

  Result<ChatResponse> answer(const ChatRequest& request, const CallContext& context) const {
    Result<ChatPlan> plan = plan_for(request, static_cast<bool>(context.on_event));
    if (!plan) return std::move(plan).error();
    if (plan->stream) {
      StreamedChatAnswer reader(*plan, context);
      return run(*plan, reader, context);
    }
    ChatAnswer reader(*plan);
    return run(*plan, reader, context);
  }

  Result<http::Exchange> preview(const ChatRequest& request, bool stream) const {
    Result<ChatPlan> plan = plan_for(request, stream);
    if (!plan) return std::move(plan).error();
    const Provider& provider = plan->model.provider();
    Request& first = plan->lookup ? *plan->lookup : plan->chat;
    set_timeouts(first.exchange, limits_of(options_));
    for (auto& [name, value] : first.exchange.headers)
      if (is_secret_header(name) || carries_key(name, provider)) value = redacted;
    if (first.credential == Credential::account)
      for (const auto& [name, value] : accounts_.redacted_key_headers(provider))
        set_header(first.exchange.headers, name, value);
    return std::move(first.exchange);
  }

 private:
  /// The plan, without the look-up of an endpoint that is known already.
  Result<ChatPlan> plan_for(const ChatRequest& request, bool stream) const {
    Result<ChatPlan> plan = planner_.plan(request, stream);
    if (!plan || !plan->lookup) return plan;
    const std::string endpoint = endpoints_.find(plan->model);
    if (endpoint.empty()) return plan;
    Result<std::string> url = planner_.endpoint_url(*plan, endpoint);
    if (!url) return std::move(url).error();
    plan->chat.exchange.url = *std::move(url);
    plan->lookup.reset();
    return plan;
  }

  Result<ChatResponse> run(ChatPlan& plan, ChatAnswer& reader, const CallContext& context) const {
    const ChatRefusals refusals(plan, options_.catalog);
    LookUp look_up(plan, planner_, endpoints_, reader);
    const bool is_lookup = plan.lookup.has_value();
    CallPlan call{.provider = &plan.model.provider(),
                  .refusals = &refusals,
                  .request = std::move(is_lookup ? *plan.lookup : plan.chat),
                  .limits = limits_of(options_),
                  .secrets = std::move(plan.secrets)};
    AnswerReader& first = is_lookup ? static_cast<AnswerReader&>(look_up) : reader;
    Result<Success> success = driver_.run(std::move(call), first, plan.model.spec(), context);
    if (success) return reader.take(*success, options_.catalog);
    if (success.error().http_status == 404) endpoints_.forget(plan.model);
    return std::move(success).error();
  }

  const ChatOptions options_;
  const Accounts accounts_;
  const Planner planner_;
  const Driver driver_;
  mutable Endpoints endpoints_;
};

Chat::Chat() : Chat(ChatOptions{}) {}
Chat::Chat(ChatOptions options) : shared_(std::make_shared<const Shared>(std::move(options))) {}

Result<ChatResponse> Chat::operator()(const ChatRequest& request,
                                      const CallContext& context) const {
  const std::shared_ptr<const Shared> shared = shared_;  // a sink may destroy the last Chat
  return shared->answer(request, context);
}

Result<ChatResponse> Chat::send(const ChatRequest& request, std::stop_token stop) const {
  CallContext context{.stop = std::move(stop)};
  return (*this)(request, context);
}

Result<ChatResponse> Chat::send(std::string_view model, std::string_view prompt,
                                ChatRequest request, std::stop_token stop) const {
  request.model = model;
  request.messages.push_back(Message::user(std::string(prompt)));
  return send(request, std::move(stop));
}

Result<ChatResponse> Chat::stream(const ChatRequest& request, const TextSink& sink,
                                  std::stop_token stop) const {
  CallContext context{.on_event =
                          [&sink](const StreamEvent& event) {
                            return event.kind != StreamEvent::Kind::text || !sink ||
                                   sink(event.text);
                          },
                      .stop = std::move(stop)};
  return (*this)(request, context);
}

Result<ChatResponse> Chat::stream(std::string_view model, std::string_view prompt,
                                  const TextSink& sink, ChatRequest request,
                                  std::stop_token stop) const {
  request.model = model;
  request.messages.push_back(Message::user(std::string(prompt)));
  return stream(request, sink, std::move(stop));
}

std::future<Result<ChatResponse>> Chat::send_async(ChatRequest request,
                                                   std::stop_token stop) const {
  try {
    return std::async(std::launch::async,
                      [chat = *this, request = std::move(request), stop = std::move(stop)] {
                        return chat.send(request, stop);
                      });
  } catch (const std::system_error& error) {
    std::promise<Result<ChatResponse>> failed;
    failed.set_value(Error{.message = fmt::format("There is no thread for the call: {}; send it "
                                                  "again when others have ended.",
                                                  error.what())});
    return failed.get_future();
  }
}

Result<http::Exchange> Chat::preview(const ChatRequest& request, bool stream) const {
  return shared_->preview(request, stream);
}

}  // namespace FineTuning
