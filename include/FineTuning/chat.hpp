#pragma once

// Talks to fine-tuned models, and to any other, of every provider.

#include <FineTuning/account.hpp>
#include <FineTuning/catalog.hpp>
#include <FineTuning/export.hpp>
#include <FineTuning/http.hpp>
#include <FineTuning/responder.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace FineTuning {

/// Options of a Chat. Every member has a default that works; a duration of zero means no limit.
struct ChatOptions {
  /// Keyed by provider name. A name that no provider has makes every call fail.
  std::map<std::string, Account, std::less<>> accounts{};
  std::vector<Provider> providers{};  ///< The caller's own.
  Catalog catalog{};                  ///< Rows over the library's table.

  int max_retries = 2;  ///< How often a request is sent again at most; 0 or less: never.
  /// Sends a request again although it may have been carried out, and may be billed twice.
  bool retry_unknown_outcomes = false;
  /// Until the connection is made, TLS included.
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);
  /// From the start of an attempt to the head of its answer.
  std::chrono::milliseconds first_byte_timeout = std::chrono::seconds(300);
  /// Between two pieces of an answer.
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(60);
  std::chrono::milliseconds total_timeout = std::chrono::seconds(600);  ///< Over all attempts.
  std::size_t max_response_bytes = std::size_t{64} << 20U;  ///< Of an answer; 0: no limit.

  std::string ca_file{};          ///< PEM, instead of the system's authorities.
  std::string proxy{};            ///< As libcurl takes it; empty: from the environment.
  bool allow_plain_http = false;  ///< http:// also to hosts other than this one: exposes the key.
  std::shared_ptr<http::Transport> transport{};  ///< Empty: libcurl.
};

/// Takes the text of an answer as it is written; false stops the call. The view is valid during
/// the call of the sink only; what the sink throws reaches whoever called stream().
using TextSink = std::function<bool(std::string_view)>;

/// Talks to the models of every provider. Copies are cheap and share their connections, which stay
/// open between calls; all of them may be used from several threads at once. What is not a whole
/// answer (an HTTP error, a broken stream) is an Error; see ErrorKind. Do not use one on both sides
/// of a fork(): the two processes would write to the same connections.
///
/// A request that failed is sent again if that is safe: on 408, 409, 429 and 5xx, and if it did not
/// reach the server; never after text has been delivered.
class FINETUNING_EXPORT Chat {
 public:
  /// Keys and addresses come from the environment, which is read here and not again.
  Chat();
  /// The same for whatever the options leave empty. If they are invalid, every call says so.
  explicit Chat(ChatOptions options);

  /// Sends a request and waits for the answer.
  [[nodiscard]] Result<ChatResponse> send(const ChatRequest& request,
                                          std::stop_token stop = {}) const;
  /// The same for one prompt, which follows the messages of `request`.
  [[nodiscard]] Result<ChatResponse> send(std::string_view model, std::string_view prompt,
                                          ChatRequest request = {},
                                          std::stop_token stop = {}) const;

  /// Sends a request and passes on the text as it is written, on this thread. Returns the whole
  /// answer. An exception of the sink reaches the caller.
  [[nodiscard]] Result<ChatResponse> stream(const ChatRequest& request, const TextSink& sink,
                                            std::stop_token stop = {}) const;
  /// The same for one prompt, which follows the messages of `request`.
  [[nodiscard]] Result<ChatResponse> stream(std::string_view model, std::string_view prompt,
                                            const TextSink& sink, ChatRequest request = {},
                                            std::stop_token stop = {}) const;

  /// Sends from a thread of its own. As with std::async, the future's destructor waits for it:
  /// request a stop to end it sooner.
  [[nodiscard]] std::future<Result<ChatResponse>> send_async(ChatRequest request,
                                                             std::stop_token stop = {}) const;

  /// A Chat is a Responder: it streams if the context takes events.
  Result<ChatResponse> operator()(const ChatRequest& request,
                                  const CallContext& context = {}) const;

  /// What would be sent first, with every secret replaced by "[redacted]". Sends nothing and needs
  /// no key.
  [[nodiscard]] Result<http::Exchange> preview(const ChatRequest& request,
                                               bool stream = false) const;

 private:
  class Shared;
  std::shared_ptr<const Shared> shared_;
};

/// A request with documents for the answer to quote. Fails with invalid_request if there are none
/// or more than 100, or if one is empty or longer than 500,000 bytes; with unsupported if the
/// provider does not take documents.
[[nodiscard]] FINETUNING_EXPORT Result<ChatRequest> build_rag_options(
    std::vector<Document> documents, ChatRequest request, const Provider& provider);

}  // namespace FineTuning
