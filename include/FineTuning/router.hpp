#pragma once

// Sends every request to the responder for its task: legal questions to the model that was tuned
// for them, simple ones to a small model, and everything else to a default.

#include <FineTuning/enum_names.hpp>
#include <FineTuning/export.hpp>
#include <FineTuning/responder.hpp>
#include <FineTuning/result.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace FineTuning {

/// Returns the task of a request, which is the name of a route; any other text selects the default.
/// Called from several threads at once if the Router is.
using TaskChooser = std::function<std::string(const ChatRequest&)>;

/// How hard a request looks; the names are those of the tasks of by_complexity().
enum class Complexity : std::uint8_t {
  simple,   ///< A short question.
  complex,  ///< Anything that ComplexityLimits or estimate_complexity() names.
};

template <>
inline constexpr auto internal::enum_names<Complexity> =
    std::to_array<std::string_view>({"simple", "complex"});

/// What a request may have and still be simple. System messages do not count: they are the
/// program's, and the same in every request.
struct ComplexityLimits {
  std::size_t text_bytes = 2000;  ///< Of all messages together.
  std::size_t messages = 8;       ///< About four questions and their answers.
};

/// Estimates from what a request has, without asking a model. A request is complex if it has
///
/// | what                         | more than                    |
/// |------------------------------|------------------------------|
/// | text in its messages         | ComplexityLimits::text_bytes |
/// | messages                     | ComplexityLimits::messages   |
/// | tools                        | none                         |
/// | images in its messages       | none                         |
/// | documents                    | none                         |
/// | a JSON schema for the answer | none                         |
[[nodiscard]] FINETUNING_EXPORT Complexity estimate_complexity(const ChatRequest& request,
                                                               const ComplexityLimits& limits = {});

/// A chooser that names "simple" or "complex", by estimate_complexity().
[[nodiscard]] FINETUNING_EXPORT TaskChooser by_complexity(ComplexityLimits limits = {});

/// A model that names the task; a small and fast one will do, as in with_model("..", chat).
struct Classifier {
  Responder responder{};          ///< Asked for one word, without streaming.
  std::uint32_t max_tokens = 10;  ///< Of its answer; a model that reasons first needs more.
  Clock clock{};                  ///< Clock::steady measures its part of the latency.
};

/// What a classifier is asked: which of the tasks a text belongs to, to be answered in one word.
[[nodiscard]] FINETUNING_EXPORT ChatRequest classification_request(
    std::string_view text, const std::vector<std::string>& tasks, std::uint32_t max_tokens);

/// The task that a classifier's answer names. The answer has to be the task and nothing else, apart
/// from the case of ASCII letters, and from white space, punctuation, quotes and Markdown around
/// it. If several tasks fit, it is the longest; if none does, it is empty.
[[nodiscard]] FINETUNING_EXPORT std::optional<std::string> match_task(
    std::string_view answer, const std::vector<std::string>& tasks);

/// Asks the responder for the task of a request, or a default if there is none. If
/// ChatRequest::task is the name of a route, that is the task; otherwise a function or a classifier
/// names it, if the router has one. Without a default, a request that fits no route fails with
/// invalid_request. Returns what the responder returns.
///
/// A classifier is asked about the text of the last user message; if that is empty, it is not
/// asked, and the default answers. It has the caller's stop token, deadline and trace, and
/// ChatRequest::model and key. Its tokens, cost and time are added to those of the answer (and are
/// unknown if either is, or if the classifier failed and may have been billed);
/// ChatResponse::attempts are those of the answer alone. An Error cannot carry them: to count
/// all calls of a classifier, let a Monitor watch it. If it is cancelled, so is the call. After any
/// other error of the classifier the default answers; that error is in the trace, and first among
/// the causes if the default fails too.
///
/// Traces `chosen` with the name of the route, or "otherwise" for the default. Holds no mutable
/// state: safe to use from several threads at once if its responders are.
class FINETUNING_EXPORT Router {
 public:
  /// Responders by the name of their task.
  using Routes = std::map<std::string, Responder, std::less<>>;

  /// Routes by ChatRequest::task, and if that names no route, by what `choose` returns, if given.
  explicit Router(Routes routes, Responder otherwise = {}, TaskChooser choose = {});
  /// Routes by ChatRequest::task, and if that names no route, by what a model says.
  Router(Routes routes, Responder otherwise, Classifier classifier);

  /// Asks the responder for the task of the request.
  Result<ChatResponse> operator()(const ChatRequest& request,
                                  const CallContext& context = {}) const;

 private:
  Result<ChatResponse> follow(std::string_view task, const ChatRequest& request,
                              const CallContext& context,
                              const Error* classifier_error = nullptr) const;
  Result<ChatResponse> classify(const std::string& text, const ChatRequest& request,
                                const CallContext& context) const;
  Result<ChatResponse> classify_and_follow(const ChatRequest& request,
                                           const CallContext& context) const;
  [[nodiscard]] std::vector<std::string> tasks() const;

  Routes routes_;
  Responder otherwise_;
  TaskChooser choose_{};
  std::optional<Classifier> classifier_{};
};

}  // namespace FineTuning
