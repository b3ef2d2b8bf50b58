// Who is assigned to which arm, and which arms nobody can be assigned to.

#include <FineTuning/internal/errors.hpp>
#include <FineTuning/model.hpp>
#include <FineTuning/split.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace FineTuning {

using namespace internal;

namespace {

/// Whether anybody can be assigned to these arms.
Result<void> check_arms(const std::vector<SplitArm>& arms) {
  std::vector<std::string_view> names;
  for (const SplitArm& arm : arms) {
    if (std::find(names.begin(), names.end(), arm.name) != names.end())
      return invalid_request(
          fmt::format("Two arms of the split have the name {}; names decide who is assigned where, "
                      "so give each its own.",
                      in_quotes(arm.name)));
    names.push_back(arm.name);
  }
  const auto has_weight = [](const SplitArm& arm) { return arm.weight > 0; };
  if (std::any_of(arms.begin(), arms.end(), has_weight)) return {};
  return invalid_request(
      "The split has no arm with a weight; give at least one arm a weight above zero.");
}

/// What a request is assigned by.
std::string assignment_key(const ChatRequest& request) {
  if (!request.key.empty()) return request.key;
  const auto first =
      std::find_if(request.messages.begin(), request.messages.end(),
                   [](const Message& message) { return message.role == Role::user; });
  return first == request.messages.end() ? std::string() : first->text();
}

}  // namespace

Split::Split(std::vector<SplitArm> arms, SplitOptions options)
    : arms_(std::move(arms)), options_(std::move(options)), checked_(check_arms(arms_)) {}

Result<ChatResponse> Split::operator()(const ChatRequest& request,
                                       const CallContext& context) const {
  const Result<std::size_t> index = index_of(assignment_key(request));
  if (!index) return index.error();
  const SplitArm& arm = arms_[*index];
  if (context.trace)
    context.trace({.kind = TraceEvent::Kind::chosen, .model = request.model, .arm = arm.name});
  return ask(arm.responder, request, context);
}

Result<std::string> Split::arm_of(std::string_view key) const {
  return index_of(key).transform([&](std::size_t index) { return arms_[index].name; });
}

Result<std::string> Split::pick(const ChatRequest& request) const {
  return arm_of(assignment_key(request));
}

Result<std::size_t> Split::index_of(std::string_view key) const {
  if (!checked_) return checked_.error();
  return choose_arm(arms_, key, options_.salt, options_.hash).value();
}

Result<Split> roll_out(Responder current_model, Responder new_model, int percentage,
                       SplitOptions options) {
  if (percentage < 0 || percentage > 100)
    return invalid_request(fmt::format(
        "A percentage of {} cannot be rolled out; give one from 0 to 100.", percentage));
  const auto weight = static_cast<std::uint32_t>(percentage);
  return Split({{.name = "current", .weight = 100 - weight, .responder = std::move(current_model)},
                {.name = "new", .weight = weight, .responder = std::move(new_model)}},
               std::move(options));
}

}  // namespace FineTuning
