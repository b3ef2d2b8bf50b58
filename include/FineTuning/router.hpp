#pragma once

// Sends every request to the responder for its task: legal questions to the model that was tuned
// for them, simple ones to a small model, and what fits nowhere to a default.

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

/// Names the task of a request, as a route of the Router is called; anything else means the
/// default. Called from several threads at once where the Router is.
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
/// program's, and the same with every request.
struct ComplexityLimits {
  std::size_t text_bytes = 2000;  ///< Of all messages together.
  std::size_t messages = 8;       ///< So about four questions and their answers.
};

/// Estimates from what a request has, without asking anybody. Complex is one with
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

/// A model that names the task: a small and fast one will do, as in with_model("..", chat).
struct Classifier {
  Responder responder{};          ///< Asked for one word, without streaming.
  std::uint32_t max_tokens = 10;  ///< Of its answer; a model that reasons first needs more.
  Clock clock{};                  ///< Clock::steady measures its part of the latency.
};

/// What a classifier is asked: which of the tasks a text belongs to, in one word.
[[nodiscard]] FINETUNING_EXPORT ChatRequest classification_request(
    std::string_view text, const std::vector<std::string>& tasks, std::uint32_t max_tokens);

/// The task that a classifier's answer names: all of the answer but for upper and lower case (of
/// ASCII letters) and for white space, punctuation, quotes and markdown around it. Of several, the
/// longest. Nothing where it is none of them.
[[nodiscard]] FINETUNING_EXPORT std::optional<std::string> match_task(
    std::string_view answer, const std::vector<std::string>& tasks);

/// Asks the responder for the task of a request, or a default where there is none for it. A request
/// whose ChatRequest::task is the name of a route is taken at its word; of any other, a function or
/// a classifier names the task, where the router has one. Without a default, a request that fits no
/// route is an invalid_request. Returns what the responder returns.
///
/// A classifier is asked about the text of the last user message; where that is empty, nobody is,
/// and the default answers. It has the caller's stop token, deadline and trace, and
/// ChatRequest::model and key. Its tokens, cost and time are added to those of the answer (unknown
/// where one of both is, or where it failed and may have been billed); ChatResponse::attempts are
/// those of the answer alone. An Error has no room for them: where all of a classifier's calls have
/// to be counted, let a Monitor watch it. Where it is cancelled, so is the call. After any other
/// error the default answers, and that error is in the trace, and first among the causes where the
/// default fails too.
///
/// Traces `chosen` with the name of the route, or "otherwise" for the default. Holds no mutable
/// state: safe to use from several threads at once where its responders are.
class FINETUNING_EXPORT Router {
 public:
  /// Responders by the name of their task.
  using Routes = std::map<std::string, Responder, std::less<>>;

  /// Routes by ChatRequest::task, and where that names no route, by what `choose` says, if given.
  explicit Router(Routes routes, Responder otherwise = {}, TaskChooser choose = {});
  /// Routes by ChatRequest::task, and where that names no route, by what a model says.
  Router(Routes routes, Responder otherwise, Classifier classifier);

  /// Asks the responder for the task of the request.
  Result<ChatResponse> operator()(const ChatRequest& request,
                                  const CallContext& context = {}) const;

 private:
  Result<ChatResponse> follow(std::string_view task, const ChatRequest& request,
                              const CallContext& context,
                              const Error* classifier_error = nullptr) const;
  Result<ChatResponse> classify_and_follow(const ChatRequest& request,
                                           const CallContext& context) const;
  [[nodiscard]] std::vector<std::string> tasks() const;

  Routes routes_;
  Responder otherwise_;
  TaskChooser choose_{};
  std::optional<Classifier> classifier_{};
};

}  // namespace FineTuning
