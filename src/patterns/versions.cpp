// Which version a name stands for, what changes that, and the store in memory.

#include "patterns/version_words.hpp"

#include <FineTuning/catalog.hpp>
#include <FineTuning/internal/errors.hpp>
#include <FineTuning/internal/scan.hpp>
#include <FineTuning/model.hpp>
#include <FineTuning/registry.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <mutex>
#include <string>
#include <utility>

namespace FineTuning {

using namespace internal;
namespace {

// ---- what may be written

constexpr std::string_view name_rule =
    "write up to 100 letters, digits, '-', '_' and '.', and begin with a letter or a digit.";

// ---- finding a version

/// A word that stands for the label that a model has in that place.
struct Word {
  std::string_view text;
  std::string VersionedModel::*label;
  std::string_view code;  ///< Of the error where there is none.
  std::string_view remedy;
};
constexpr std::array words{
    Word{"current", &VersionedModel::current, "version_not_found", "promote one"},
    Word{"previous", &VersionedModel::previous, "no_previous_version", "promote a second one"},
    Word{"stable", &VersionedModel::stable, "version_not_found", "mark one as stable"}};
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
    if (count++ < most) list += (list.empty() ? "it has " : ", ") + text_of(item);
  if (count == 0) return "add one";
  return count <= most ? list : list + " and " + std::to_string(count - most) + " more";
}

Error unknown_model(const VersionTable& table, std::string_view name) {
  return not_found("model_not_found",
                   "The registry has no model " + in_quotes(name) + "; " +
                       listed(table, [](const auto& entry) { return entry.first; }) + ".");
}

/// A table's model, const or not; null where there is none.
template <class Table>
auto find_model(Table& table, std::string_view name) {
  const auto at = table.find(name);
  return at == table.end() ? nullptr : &at->second;
}

Result<ModelVersion> find_version(const VersionedModel& model, std::string_view name,
                                  std::string_view label) {
  if (label == latest && !model.versions.empty()) return model.versions.back();
  const auto* const word = std::find_if(words.begin(), words.end(),
                                        [label](const Word& known) { return known.text == label; });
  if (word != words.end()) label = model.*word->label;
  if (word != words.end() && label.empty())
    return not_found(word->code, "The model " + in_quotes(name) + " has no " +
                                     std::string(word->text) + " version; " +
                                     std::string(word->remedy) + ".");
  for (const ModelVersion& version : model.versions)
    if (version.label == label) return version;
  return not_found(
      "version_not_found",
      "The model " + in_quotes(name) + " has no version " + in_quotes(label) + "; " +
          listed(model.versions, [](const ModelVersion& version) { return version.label; }) + ".");
}

Result<ModelVersion> find_version(const VersionTable& table, std::string_view name,
                                  std::string_view label) {
  if (const VersionedModel* model = find_model(table, name))
    return find_version(*model, name, label);
  return unknown_model(table, name);
}

// ---- changing the table

/// Why a version cannot be added; empty where it can.
std::optional<Error> fault_of(std::string_view name, const ModelVersion& version) {
  if (!is_version_name(name))
    return invalid_request("The name " + in_quotes(name) + " cannot be used; " +
                           std::string(name_rule));
  if (!is_version_name(version.label))
    return invalid_request("The label " + in_quotes(version.label) + " cannot be used; " +
                           std::string(name_rule));
  if (is_version_word(version.label))
    return invalid_request("The label " + in_quotes(version.label) +
                           " is a word with a meaning of its own; write another one, as v3.");
  if (version.model.empty())
    return invalid_request("The version " + in_quotes(version.label) +
                           " has no model; give its spec, a provider, a colon and a model id.");
  if (std::any_of(version.model.begin(), version.model.end(), is_in_no_id))
    return invalid_request("The model " + in_quotes(version.model) +
                           " has characters that no model id has; copy it again.");
  if (!version.day.empty() && !is_day(version.day))
    return invalid_request("The day " + in_quotes(version.day) +
                           " is none; write it as YYYY-MM-DD.");
  return std::nullopt;
}

Result<ModelVersion> add_version(VersionTable& table, const std::string& name, ModelVersion version,
                                 const std::string& when) {
  if (std::optional<Error> fault = fault_of(name, version)) return *std::move(fault);
  VersionedModel& model = table[name];
  for (const ModelVersion& known : model.versions) {
    if (known.label != version.label) continue;
    if (known.model == version.model && known.note == version.note) return known;
    return invalid_request("The model " + in_quotes(name) + " has a version " +
                           in_quotes(known.label) +
                           " already, with another model or note; add this one under a new label.");
  }
  if (version.day.empty()) version.day = when.substr(0, std::string_view("YYYY-MM-DD").size());
  model.history.push_back({.when = when,
                           .what = "added",
                           .label = version.label,
                           .from = model.versions.empty() ? "" : model.versions.back().label,
                           .note = version.note});
  if (model.versions.empty()) model.current = version.label;
  model.versions.push_back(version);
  return version;
}

/// Puts the version that a label or a word names in a place of its model, and says so in the
/// history. Changes nothing where it is there already. `change` says when, what and why.
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

/// YYYY-MM-DDThh:mm:ssZ
std::string utc_text(std::chrono::system_clock::time_point time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  const auto padded = [](auto number, std::size_t size) {
    std::string digits = std::to_string(number);
    return std::string(size - std::min(size, digits.size()), '0') + digits;
  };
  return padded(static_cast<int>(date.year()), 4) + '-' +
         padded(static_cast<unsigned>(date.month()), 2) + '-' +
         padded(static_cast<unsigned>(date.day()), 2) + 'T' + padded(clock.hours().count(), 2) +
         ':' + padded(clock.minutes().count(), 2) + ':' + padded(clock.seconds().count(), 2) + 'Z';
}

class MemoryVersionStore : public VersionStore {
 public:
  Result<VersionTable> load() override {
    const std::lock_guard lock(mutex_);
    return table_;
  }

  std::optional<Error> update(
      const std::function<std::optional<Error>(VersionTable&)>& change) override {
    const std::lock_guard lock(mutex_);
    VersionTable changed = table_;
    if (std::optional<Error> error = change(changed)) return error;
    table_ = std::move(changed);
    return std::nullopt;
  }

 private:
  std::mutex mutex_;
  VersionTable table_;
};

Error no_store() {
  return invalid_request("The registry has no store; give it one, as memory_version_store().");
}

}  // namespace

bool internal::is_version_word(std::string_view text) {
  return equal_ignoring_case(text, latest) ||
         std::any_of(words.begin(), words.end(),
                     [text](const Word& word) { return equal_ignoring_case(text, word.text); });
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
  return update([&](VersionTable& table, const std::string& when) {
    return add_version(table, std::string(name), version, when);
  });
}

Result<ModelVersion> VersionRegistry::promote(std::string_view name, std::string_view label,
                                              std::string_view note) {
  return update([&](VersionTable& table, const std::string& when) {
    return put(table, name, label, &VersionedModel::current,
               {.when = when, .what = "promoted", .note = std::string(note)});
  });
}

Result<ModelVersion> VersionRegistry::rollback(std::string_view name, std::string_view label,
                                               std::string_view note) {
  return update([&](VersionTable& table, const std::string& when) {
    return put(table, name, label, &VersionedModel::current,
               {.when = when, .what = "rolled_back", .note = std::string(note)});
  });
}

Result<ModelVersion> VersionRegistry::mark_stable(std::string_view name, std::string_view label,
                                                  std::string_view note) {
  return update([&](VersionTable& table, const std::string& when) {
    return put(table, name, label, &VersionedModel::stable,
               {.when = when, .what = "marked_stable", .note = std::string(note)});
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
  std::optional<Error> error = store_->update([&](VersionTable& table) -> std::optional<Error> {
    Result<ModelVersion> version = change(table, utc_text(clock_.wall_now()));
    if (!version) return std::move(version).error();
    changed = *std::move(version);
    return std::nullopt;
  });
  if (error) return *std::move(error);
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
