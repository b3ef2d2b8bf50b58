// The client: makes a plan of a request, and drives the call through a transport.

#include "call/call.hpp"
#include "call/sentences.hpp"
#include "client/documents.hpp"
#include "http/curl_transport.hpp"
#include "http/headers.hpp"
#include "http/secrets.hpp"
#include "http/url.hpp"
#include "time/limits.hpp"
#include "time/wait.hpp"

#include <FineTuning/chat.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <mutex>
#include <random>
#include <system_error>
#include <utility>

namespace FineTuning {

using namespace internal;
namespace {

using std::chrono::milliseconds;

Call::Moment moment() {
  return {.steady = std::chrono::steady_clock::now(), .wall = std::chrono::system_clock::now()};
}

std::string environment(std::string_view variable) {
  const char* value = variable.empty() ? nullptr : std::getenv(std::string(variable).c_str());
  return value == nullptr ? std::string() : std::string(value);
}

std::string base_url_variable(const Provider& provider) {
  std::string name;
  for (const char c : provider.name) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return name + "_BASE_URL";
}

/// What the caller did not say comes from the environment.
Account completed(Account account, const Provider& provider) {
  const auto complete = [](std::string& value, std::string_view variable) {
    if (value.empty()) value = environment(variable);
  };
  complete(account.api_key, provider.key_variable);
  complete(account.base_url, base_url_variable(provider));
  complete(account.project, provider.project_variable);
  complete(account.location, provider.location_variable);
  while (account.base_url.ends_with('/')) account.base_url.pop_back();
  return account;
}

double roll_dice() {
  static thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(generator);
}

/// Feeds a call with what an exchange brings. What the caller's functions throw is held until the
/// transport has unwound.
class CallListener final : public http::Listener {
 public:
  CallListener(Call& call, const Deliver& deliver) : call_(call), deliver_(deliver) {}

  http::Flow on_head(const http::Head& head) noexcept override {
    return guarded([&] {
      call_.heard(head);
      return http::Flow::go_on;
    });
  }
  http::Flow on_body(std::string_view piece) noexcept override {
    return guarded([&] { return call_.heard(piece, deliver_); });
  }
  void rethrow() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  template <class F>
  http::Flow guarded(F&& hear) noexcept {
    try {
      return hear();
    } catch (...) {
      thrown_ = std::current_exception();
      return http::Flow::stop;
    }
  }

  Call& call_;
  const Deliver& deliver_;
  std::exception_ptr thrown_;
};

Error capitalized(Error error) {
  capitalize(error.message);
  return error;
}

Error unsupported(const Provider& provider, std::string_view what) {
  return {.kind = ErrorKind::unsupported, .message = fmt::format("{} {}.", provider.title, what)};
}

Error no_key(const Provider& provider) {
  return {.kind = ErrorKind::authentication,
          .message =
              fmt::format("There is no key for {}: set {}.", provider.title, key_place(provider))};
}

bool carries_key(std::string_view header, const Provider& provider) {
  return equal_ignoring_case(header, provider.key_header.name) ||
         equal_ignoring_case(header, KeyHeader{}.name);
}

/// A key as the provider wants to see it; a token goes the same way everywhere.
http::Headers key_headers(const Account& account, const Provider& provider, std::string_view key) {
  if (key.empty()) return {};
  const KeyHeader header = account.access_token ? KeyHeader{} : provider.key_header;
  return {{std::string(header.name), std::string(header.prefix) + std::string(key)}};
}

}  // namespace

/// What the copies of a Chat share.
class Chat::Shared {
 public:
  explicit Shared(ChatOptions options) : options_(std::move(options)) {
    for (const Provider* provider : providers::all) complete_account(*provider);
    for (const Provider& provider : options_.providers) complete_account(provider);
    for (const auto& [name, account] : options_.accounts)
      if (!accounts_.contains(name)) unknown_account_ = name;
    transport_ = options_.transport
                     ? options_.transport
                     : curl_transport({.ca_file = options_.ca_file, .proxy = options_.proxy});
  }

  Result<CallPlan> plan(const ChatRequest& request, bool stream) const {
    if (!unknown_account_.empty())
      return Error{
          .kind = ErrorKind::invalid_request,
          .message = fmt::format("ChatOptions::accounts has an account of {}, and there is "
                                 "no provider of that name; correct it.",
                                 in_quotes(unknown_account_)),
          .code = "unknown_provider"};
    Result<Model> model = Model::from(request.model, options_.providers);
    if (!model) return std::move(model).error();
    const Provider& provider = model->provider();
    const DialectFunctions* dialect = functions_of(provider.dialect);
    if (dialect == nullptr)
      return unsupported(provider, "is known by its model ids only: FineTuning cannot talk to it");
    if (!request.documents.empty())
      if (std::optional<Error> error = check_documents(request.documents, provider))
        return *std::move(error);

    CallPlan plan{.model = *std::move(model),
                  .dialect = dialect,
                  .stream = stream,
                  .catalog = options_.catalog,
                  .max_retries = options_.max_retries,
                  .retry_unknown_outcomes = options_.retry_unknown_outcomes,
                  .key_is_refreshable = static_cast<bool>(account_of(provider).access_token),
                  .max_response_bytes = options_.max_response_bytes};
    if (std::optional<Error> error = address(plan)) return *std::move(error);
    if (std::optional<Error> error = add_headers(plan, request)) return *std::move(error);
    Result<std::string> body = dialect->encode(request, plan.model.id(), provider.accent, stream);
    if (!body) return std::move(body).error();
    plan.exchange.body = *std::move(body);
    return plan;
  }

  Result<ChatResponse> run(CallPlan plan, const CallContext& context) const {
    const Model model = plan.model;
    const Call::Moment start = moment();
    if (options_.total_timeout.count() > 0)
      plan.deadline = start.steady + std::min(options_.total_timeout, practically_never);
    if (context.deadline)
      plan.deadline = std::min(plan.deadline.value_or(*context.deadline), *context.deadline);
    Call call(std::move(plan), start);
    const Deliver deliver = [&](const StreamEvent& event) {
      const bool goes_on =
          !context.stop.stop_requested() && (!context.on_event || context.on_event(event));
      if (!goes_on) call.stop();
    };
    do {
      if (context.stop.stop_requested()) call.stop();
    } while (perform(call.next(moment()), call, model, deliver, context));
    Result<ChatResponse> result = std::move(call).result(moment());
    if (!result && result.error().http_status == 404) forget(model);
    return result;
  }

  /// The header that would carry the key, without it.
  http::Headers preview_key(const Provider& provider) const {
    return key_headers(account_of(provider), provider, redacted);
  }

 private:
  void complete_account(const Provider& provider) {
    const auto given = options_.accounts.find(provider.name);
    accounts_.insert_or_assign(
        std::string(provider.name),
        completed(given == options_.accounts.end() ? Account{} : given->second, provider));
  }

  const Account& account_of(const Provider& provider) const {
    return accounts_.find(provider.name)->second;
  }

  // ---- planning

  Result<std::string> base_url(const ModelId& id, const Provider& provider) const {
    const Account& account = account_of(provider);
    Result<std::string> url = account.base_url;
    if (url->empty() && provider.addressing.base_url != nullptr)
      url = provider.addressing.base_url(id, place_of(account));
    else if (url->empty())
      url = std::string(provider.base_url);
    if (!url) return url;
    if (url->empty())
      return Error{.kind = ErrorKind::invalid_request,
                   .message = fmt::format("{} has no address: set {} or Account::base_url.",
                                          provider.title, base_url_variable(provider))};
    if (auto error = check_base_url(*url, options_.allow_plain_http)) return *std::move(error);
    return url;
  }

  static Place place_of(const Account& account) {
    return {.project = account.project, .location = account.location};
  }

  Result<std::string> chat_url(const ModelId& id, const Provider& provider, bool stream) const {
    Result<std::string> base = base_url(id, provider);
    if (!base) return base;
    if (provider.addressing.chat_path == nullptr) return *base + std::string(provider.chat_path);
    return provider.addressing.chat_path(id, place_of(account_of(provider)), stream)
        .transform([&](std::string&& path) { return *base + path; });
  }

  /// The URL of the call; or, for a name that cannot be called, that of the look-up.
  std::optional<Error> address(CallPlan& plan) const {
    const Provider& provider = plan.model.provider();
    ModelId id = plan.model.parts();
    id.text = without_routing_prefix(id.text, provider);  // no part of a path
    plan.url_of_endpoint = [this, provider, stream = plan.stream](std::string_view endpoint) {
      return endpoint_url(endpoint, provider, stream);
    };
    std::string lookup_path;
    if (provider.addressing.lookup_path != nullptr && plan.dialect->decode_lookup != nullptr) {
      Result<std::string> path =
          provider.addressing.lookup_path(id, place_of(account_of(provider)));
      if (!path) return std::move(path).error();
      lookup_path = *std::move(path);
    }
    const std::string known = lookup_path.empty() ? std::string() : remembered(plan.model);
    if (!lookup_path.empty() && known.empty()) {
      Result<std::string> base = base_url(id, provider);
      if (!base) return std::move(base).error();
      plan.lookup = timed({.method = "GET", .url = *base + lookup_path});
    }
    plan.exchange = timed({});
    if (plan.lookup) return std::nullopt;
    Result<std::string> url =
        known.empty() ? chat_url(id, provider, plan.stream) : plan.url_of_endpoint(known);
    if (!url) return std::move(url).error();
    plan.exchange.url = *std::move(url);
    return std::nullopt;
  }

  /// An endpoint's name comes from the network: it must be one that can be called.
  Result<std::string> endpoint_url(std::string_view endpoint, const Provider& provider,
                                   bool stream) const {
    const Result<ModelId, IdError> id = parse_model_id(endpoint, provider);
    if (!id || !provider.addressing.lookup_path(*id, {}).value_or("x").empty())
      return Error{.kind = ErrorKind::malformed_response,
                   .message = fmt::format("{} named an endpoint that is none; call the endpoint "
                                          "itself by its name.",
                                          provider.title)};
    return chat_url(*id, provider, stream);
  }

  http::Exchange timed(http::Exchange exchange) const {
    exchange.connect_timeout = options_.connect_timeout;
    exchange.first_byte_timeout = options_.first_byte_timeout;
    exchange.idle_timeout = options_.idle_timeout;
    return exchange;
  }

  static std::optional<Error> add_headers(CallPlan& plan, const ChatRequest& request) {
    set_header(plan.exchange.headers, "Content-Type", "application/json");
    for (const auto& [name, value] : request.extra_headers) {
      if (std::optional<Error> error = check_header(name, value)) return error;
      set_header(plan.exchange.headers, name, value);
      if (plan.lookup) set_header(plan.lookup->headers, name, value);
      const bool is_key = carries_key(name, plan.model.provider());
      if (is_key || is_secret_header(name))
        plan.secrets.insert(plan.secrets.end(), {value, std::string(secret_of(value))});
      plan.brings_key = plan.brings_key || is_key;
    }
    return std::nullopt;
  }

  // ---- driving

  /// Does one step; false where there are no more.
  bool perform(const Call::Step& step, Call& call, const Model& model, const Deliver& deliver,
               const CallContext& context) const {
    if (const auto* authorize = std::get_if<Call::Authorize>(&step)) {
      call.authorized(key_for(model.provider(), authorize->refresh));
    } else if (const auto* send = std::get_if<Call::Send>(&step)) {
      trace(context, {.kind = TraceEvent::Kind::sending,
                      .model = model.spec(),
                      .url = send->exchange->url,
                      .attempt = send->attempt});
      CallListener listener(call, deliver);
      const std::optional<http::Failure> failure =
          transport_->perform(*send->exchange, listener, context.stop);
      listener.rethrow();
      call.exchanged(failure, moment(), roll_dice(), deliver);
      if (!call.found_endpoint().empty()) remember(model, call.found_endpoint());
    } else if (const auto* wait = std::get_if<Call::Wait>(&step)) {
      trace(context, {.kind = TraceEvent::Kind::waiting,
                      .model = model.spec(),
                      .wait = wait->duration,
                      .error = wait->after});
      if (!wait_for(wait->duration, context.stop)) call.stop();
      call.waited();
    } else {
      return false;
    }
    return true;
  }

  static void trace(const CallContext& context, const TraceEvent& event) {
    if (context.trace) context.trace(event);
  }

  /// The key as the provider wants to see it; empty where it wants none.
  Result<http::Headers> key_for(const Provider& provider, bool refresh) const {
    const Account& account = account_of(provider);
    Result<std::string> key = account.api_key;
    std::string where = key_place(provider);
    if (account.access_token) {
      key = account.access_token(refresh);
      where = "Account::access_token";
      if (!key) return std::move(key).error();
    }
    if (key->empty() && !provider.key_is_optional) return no_key(provider);
    if (std::optional<Error> error = check_key(*key, where)) return *std::move(error);
    return key_headers(account, provider, *key);
  }

  // ---- endpoints behind models

  std::string remembered(const Model& model) const {
    const std::lock_guard lock(mutex_);
    const auto at = endpoints_.find(model.spec());
    return at == endpoints_.end() ? std::string() : at->second;
  }
  void remember(const Model& model, const std::string& endpoint) const {
    const std::lock_guard lock(mutex_);
    endpoints_.insert_or_assign(model.spec(), endpoint);
  }
  void forget(const Model& model) const {
    const std::lock_guard lock(mutex_);
    endpoints_.erase(model.spec());
  }

  ChatOptions options_;
  std::map<std::string, Account, std::less<>> accounts_;
  std::string unknown_account_;
  std::shared_ptr<http::Transport> transport_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::string, std::less<>> endpoints_;
};

Chat::Chat() : Chat(ChatOptions{}) {}
Chat::Chat(ChatOptions options) : shared_(std::make_shared<const Shared>(std::move(options))) {}

Result<ChatResponse> Chat::operator()(const ChatRequest& request,
                                      const CallContext& context) const {
  const std::shared_ptr<const Shared> shared = shared_;  // should a sink end the last Chat
  Result<CallPlan> plan = shared->plan(request, static_cast<bool>(context.on_event));
  if (!plan) return capitalized(std::move(plan).error());
  return shared->run(*std::move(plan), context);
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
  Result<CallPlan> plan = shared_->plan(request, stream);
  if (!plan) return capitalized(std::move(plan).error());
  http::Exchange exchange = plan->lookup ? *std::move(plan->lookup) : std::move(plan->exchange);
  const Provider& provider = plan->model.provider();
  for (auto& [name, value] : exchange.headers)
    if (is_secret_header(name) || carries_key(name, provider)) value = redacted;
  if (!plan->brings_key)
    for (const auto& [name, value] : shared_->preview_key(provider))
      set_header(exchange.headers, name, value);
  return exchange;
}

}  // namespace FineTuning
