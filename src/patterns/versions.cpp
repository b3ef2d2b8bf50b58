// Which version a name stands for, what changes that, and the store in memory.

#include "patterns/version_names.hpp"
#include "time/calendar.hpp"

#include <FineTuning/days.hpp>
#include <FineTuning/internal/errors.hpp>
#include <FineTuning/internal/scan.hpp>
#include <FineTuning/internal/text.hpp>
#include <FineTuning/model.hpp>
#include <FineTuning/registry.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <utility>

namespace FineTuning {

using namespace internal;
namespace {

// ---- finding a version

/// Stands for the label that a model has in that place.
struct Alias {
  std::string_view text;
  std::string VersionedModel::*label;
  std::string_view code;  ///< Of the error if no version has the place.
  std::string_view remedy;
};
constexpr std::array aliases{
    Alias{"current", &VersionedModel::current, "version_not_found", "promote one"},
    Alias{"previous", &VersionedModel::previous, "no_previous_version", "promote a second one"},
    Alias{"stable", &VersionedModel::stable, "version_not_found", "mark one as stable"}};
constexpr std::string_view latest = "latest";

Error not_found(std::string_view code, std::string message) {
  return {.kind = ErrorKind::not_found, .message = std::move(message), .code = std::string(code)};
}

/// What there is, for a message: "it has a, b and 3 more" of a list whose items `text_of` names.
template <class Items, class TextOf>
std::string listed(const Items& items, TextOf text_of) {
  constexpr std::size_t most = 20;
  std::string list;
  std::size_t count = 0;
  for (const auto& item : items)
    if (count++ < most) list += fmt::format("{}{}", list.empty() ? "it has " : ", ", text_of(item));
  if (count == 0) return "add one";
  return count <= most ? list : fmt::format("{} and {} more", list, count - most);
}

Error unknown_model(const VersionTable& table, std::string_view name) {
  const auto name_of = [](const auto& entry) { return entry.first; };
  return not_found("model_not_found", fmt::format("The registry has no model {}; {}.",
                                                  in_quotes(name), listed(table, name_of)));
}

/// A table's model, const or not; null if there is none.
template <class Table>
auto find_model(Table& table, std::string_view name) {
  const auto at = table.find(name);
  return at == table.end() ? nullptr : &at->second;
}

Result<ModelVersion> find_version(const VersionedModel& model, std::string_view name,
                                  std::string_view label) {
  if (label == latest && !model.versions.empty()) return model.versions.back();
  const auto* const alias = std::find_if(
      aliases.begin(), aliases.end(), [label](const Alias& known) { return known.text == label; });
  if (alias != aliases.end()) label = model.*alias->label;
  if (alias != aliases.end() && label.empty())
    return not_found(alias->code, fmt::format("The model {} has no {} version; {}.",
                                              in_quotes(name), alias->text, alias->remedy));
  for (const ModelVersion& version : model.versions)
    if (version.label == label) return version;
  const auto label_of = [](const ModelVersion& version) { return version.label; };
  return not_found("version_not_found",
                   fmt::format("The model {} has no version {}; {}.", in_quotes(name),
                               in_quotes(label), listed(model.versions, label_of)));
}

Result<ModelVersion> find_version(const VersionTable& table, std::string_view name,
                                  std::string_view label) {
  if (const VersionedModel* model = find_model(table, name))
    return find_version(*model, name, label);
  return unknown_model(table, name);
}

// ---- changing the table

/// Whether a version can be added.
Result<void> check(std::string_view name, const ModelVersion& version) {
  if (!is_version_name(name))
    return invalid_request(
        fmt::format("The name {} cannot be used; write {}.", in_quotes(name), version_name_rule));
  if (!is_version_name(version.label))
    return invalid_request(fmt::format("The label {} cannot be used; write {}.",
                                       in_quotes(version.label), version_name_rule));
  if (is_version_alias(version.label))
    return invalid_request(
        fmt::format("The label {} has a meaning of its own; write another one, as v3.",
                    in_quotes(version.label)));
  if (version.model.empty())
    return invalid_request(
        fmt::format("The version {} has no model; give its spec, a provider, a colon and a model "
                    "id.",
                    in_quotes(version.label)));
  if (std::any_of(version.model.begin(), version.model.end(), is_in_no_id))
    return invalid_request(
        fmt::format("The model {} has characters that no model id has; copy it again.",
                    in_quotes(version.model)));
  if (version.day && day_text(*version.day).empty())
    return invalid_request(fmt::format(
        "The day of the version {} is not in the calendar; correct it.", in_quotes(version.label)));
  return {};
}

Result<ModelVersion> add_version(VersionTable& table, const std::string& name, ModelVersion version,
                                 Moment now) {
  if (Result<void> checked = check(name, version); !checked) return std::move(checked).error();
  VersionedModel& model = table[name];
  for (const ModelVersion& known : model.versions) {
    if (known.label != version.label) continue;
    if (known.model == version.model && known.note == version.note) return known;
    return invalid_request(
        fmt::format("The model {} has a version {} already, with another model or note; add this "
                    "one under a new label.",
                    in_quotes(name), in_quotes(known.label)));
  }
  if (!version.day) version.day = utc_day(now);
  model.history.push_back({.when = now,
                           .what = VersionChange::Kind::added,
                           .label = version.label,
                           .from = model.versions.empty() ? "" : model.versions.back().label,
                           .note = version.note});
  if (model.versions.empty()) model.current = version.label;
  model.versions.push_back(version);
  return version;
}

/// Puts the version of a label or an alias in a place of its model, and says so in the history.
/// Changes nothing if it is there already. `change` says when, what and why.
Result<ModelVersion> put(VersionTable& table, std::string_view name, std::string_view label,
                         std::string VersionedModel::*place, VersionChange change) {
  Result<ModelVersion> version = find_version(table, name, label);
  if (!version) return version;
  VersionedModel& model = *find_model(table, name);
  if (version->label == model.*place) return version;
  if (place == &VersionedModel::current) model.previous = model.current;
  change.label = version->label;
  change.from = std::exchange(model.*place, version->label);
  model.history.push_back(std::move(change));
  return version;
}

class MemoryVersionStore : public VersionStore {
 public:
  Result<VersionTable> load() override {
    const std::lock_guard lock(mutex_);
    return table_;
  }

  Result<void> update(const std::function<Result<void>(VersionTable&)>& change) override {
    const std::lock_guard lock(mutex_);
    VersionTable changed = table_;
    if (Result<void> done = change(changed); !done) return done;
    table_ = std::move(changed);
    return {};
  }

 private:
  std::mutex mutex_;
  VersionTable table_;
};

Error no_store() {
  return invalid_request("The registry has no store; give it one, as memory_version_store().");
}

}  // namespace

bool internal::is_version_alias(std::string_view text) {
  return equal_ignoring_case(text, latest) ||
         std::any_of(aliases.begin(), aliases.end(),
                     [text](const Alias& alias) { return equal_ignoring_case(text, alias.text); });
}

bool internal::is_version_name(std::string_view text) {
  constexpr std::size_t longest = 100;
  const auto is_letter_or_digit = [](char c) { return is_letter(c) || is_digit(c); };
  return !text.empty() && text.size() <= longest && is_letter_or_digit(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
         });
}

std::shared_ptr<VersionStore> memory_version_store() {
  return std::make_shared<MemoryVersionStore>();
}

VersionRegistry::VersionRegistry(std::shared_ptr<VersionStore> store, Clock clock)
    : store_(std::move(store)), clock_(std::move(clock)) {}

Result<ModelVersion> VersionRegistry::get(std::string_view name, std::string_view label) const {
  return table().and_then(
      [&](const VersionTable& table) { return find_version(table, name, label); });
}

Result<ModelVersion> VersionRegistry::add(std::string_view name, ModelVersion version) {
  return update([&](VersionTable& table, Moment now) {
    return add_version(table, std::string(name), version, now);
  });
}

Result<ModelVersion> VersionRegistry::promote(std::string_view name, std::string_view label,
                                              std::string_view note) {
  return update([&](VersionTable& table, Moment now) {
    return put(table, name, label, &VersionedModel::current,
               {.when = now, .what = VersionChange::Kind::promoted, .note = std::string(note)});
  });
}

Result<ModelVersion> VersionRegistry::rollback(std::string_view name, std::string_view label,
                                               std::string_view note) {
  return update([&](VersionTable& table, Moment now) {
    return put(table, name, label, &VersionedModel::current,
               {.when = now, .what = VersionChange::Kind::rolled_back, .note = std::string(note)});
  });
}

Result<ModelVersion> VersionRegistry::mark_stable(std::string_view name, std::string_view label,
                                                  std::string_view note) {
  return update([&](VersionTable& table, Moment now) {
    return put(
        table, name, label, &VersionedModel::stable,
        {.when = now, .what = VersionChange::Kind::marked_stable, .note = std::string(note)});
  });
}

Result<std::vector<std::string>> VersionRegistry::names() const {
  return table().transform([](const VersionTable& table) {
    std::vector<std::string> names;
    for (const auto& [name, model] : table) names.push_back(name);
    return names;
  });
}

Result<std::vector<ModelVersion>> VersionRegistry::versions(std::string_view name) const {
  return table().and_then([&](const VersionTable& table) -> Result<std::vector<ModelVersion>> {
    if (const VersionedModel* model = find_model(table, name)) return model->versions;
    return unknown_model(table, name);
  });
}

Result<std::vector<VersionChange>> VersionRegistry::history(std::string_view name) const {
  return table().and_then([&](const VersionTable& table) -> Result<std::vector<VersionChange>> {
    if (const VersionedModel* model = find_model(table, name)) return model->history;
    return unknown_model(table, name);
  });
}

Result<VersionTable> VersionRegistry::table() const {
  if (store_ == nullptr) return no_store();
  return store_->load();
}

Result<ModelVersion> VersionRegistry::update(const Change& change) {
  if (store_ == nullptr) return no_store();
  ModelVersion changed;
  const Result<void> updated = store_->update([&](VersionTable& table) {
    const auto now = std::chrono::floor<std::chrono::seconds>(clock_.wall_now());
    return change(table, now).transform([&changed](ModelVersion&& version) {
      changed = std::move(version);
    });
  });
  if (!updated) return updated.error();
  return changed;
}

Responder versioned(VersionRegistry registry, Responder responder) {
  return [registry = std::move(registry), responder = std::move(responder)](
             ChatRequest request, const CallContext& context) -> Result<ChatResponse> {
    std::string_view label = request.model;
    const std::string_view name = take_until(label, '@');
    const bool is_labelled = name.size() < request.model.size();
    Result<ModelVersion> version = registry.get(name, is_labelled ? label : "current");
    if (!version) return std::move(version).error();
    request.model = std::move(version->model);
    return ask(responder, request, context);
  };
}

}  // namespace FineTuning
