#pragma once

// Names that stay while models come and go: "legal_assistant" is version v3 today, v2 after a
// rollback, and the program that asks for it does not change.

#include <FineTuning/enum_names.hpp>
#include <FineTuning/export.hpp>
#include <FineTuning/responder.hpp>
#include <FineTuning/result.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace FineTuning {

/// One model that a name has stood for, or may come to stand for.
struct ModelVersion {
  /// As in "v3". Up to 100 ASCII letters, digits, '-', '_' and '.', the first a letter or a digit;
  /// not current, previous, stable or latest, which have a meaning of their own.
  std::string label{};
  /// A spec, as in "openai:ft:gpt-4o-mini-2024-07-18:acme:legal-v3:id3". Refused if it has
  /// characters that no id has; its provider may be one that the library does not know.
  std::string model{};
  std::string note{};  ///< A free-form note.
  /// The UTC day on which it was added.
  std::optional<std::chrono::year_month_day> day{};
};

/// One change of a name.
struct VersionChange {
  /// What became of VersionChange::label.
  enum class Kind : std::uint8_t {
    added,          ///< It can be promoted from now on; a name's first version is current at once.
    promoted,       ///< It became current.
    rolled_back,    ///< It became current again.
    marked_stable,  ///< It became the stable one.
    other,          ///< Something that this release does not know: see VersionChange::raw_what.
  };
  /// When it was made, to the second; empty if a file does not say.
  std::optional<std::chrono::system_clock::time_point> when{};
  Kind what = Kind::other;  ///< What was done.
  /// With Kind::other: the text in the file, which is kept.
  std::string raw_what{};
  std::string label{};  ///< The version that it is about.
  /// The label that was there before: the one added last, the current or the stable one. Empty if
  /// there was none.
  std::string from{};
  std::string note{};  ///< Why, if somebody said so.
};

template <>
inline constexpr auto internal::enum_names<VersionChange::Kind> =
    std::to_array<std::string_view>({"added", "promoted", "rolled_back", "marked_stable", "other"});

/// What a registry knows of one name. A label is empty if no version has that role.
struct VersionedModel {
  std::vector<ModelVersion> versions{};  ///< In the order in which they were added.
  std::string current{};                 ///< The label of the version that the name stands for.
  std::string previous{};                ///< Of the one that a rollback brings back.
  std::string stable{};                  ///< Of the one that somebody said can be relied on.
  std::vector<VersionChange> history{};  ///< Oldest first.
};

/// All names of a registry.
using VersionTable = std::map<std::string, VersionedModel, std::less<>>;

/// Where a registry keeps its names. Safe to use from several threads at once.
class FINETUNING_EXPORT VersionStore {
 public:
  /// For derived classes.
  VersionStore() = default;
  /// Stores are shared, not copied.
  VersionStore(const VersionStore&) = delete;
  /// Stores are shared, not copied.
  VersionStore& operator=(const VersionStore&) = delete;
  /// Writes nothing: every update is complete when it returns.
  virtual ~VersionStore() = default;

  /// What is stored now: the whole of some finished update.
  [[nodiscard]] virtual Result<VersionTable> load() = 0;

  /// Reads, changes and stores the table while no other update of the store does. If `change`
  /// returns an error, or throws, nothing is stored, and that reaches the caller. `change` must not
  /// update the same store. If an error has Error::outcome_unknown, the change may be stored.
  [[nodiscard]] virtual Result<void> update(
      const std::function<Result<void>(VersionTable&)>& change) = 0;
};

/// Keeps the names as long as the process lives.
[[nodiscard]] FINETUNING_EXPORT std::shared_ptr<VersionStore> memory_version_store();

/// Keeps the names in a JSON file that people can read and compare; the first update makes it if
/// there is none. Every load reads the file, which is always that of one finished update.
/// Updates of several processes come one after the other, by a lock on PATH.lock beside the file,
/// which stays; one that has waited `patience` for it fails with timed_out.
///
/// An update that was killed leaves the old file or the new one. The new one keeps the mode of the
/// old, its owner and group as far as the process may set them, members that are not the library's,
/// and a symbolic link that leads to it. (A hard link to the old one keeps the old one.) What
/// cannot be read, locked or written is an error with the code version_file_error; a file that is
/// not such a file, or is of a newer form, one with invalid_version_file or newer_version_file:
/// it is left as it is.
[[nodiscard]] FINETUNING_EXPORT std::shared_ptr<VersionStore> json_version_store(
    std::string path, std::chrono::milliseconds patience = std::chrono::seconds(10));

/// Names and the versions that they stand for. Every call reads its store anew, so that it sees
/// what others have changed. Copies share the store; all of them may be used from several threads
/// at once.
///
/// A version is asked for by its label or by a word: current, previous, stable, or latest, the one
/// that was added last. Errors of kind not_found have the codes model_not_found, version_not_found
/// and no_previous_version; bad names, labels and models are invalid_request. The errors of the
/// store reach the caller.
class FINETUNING_EXPORT VersionRegistry {
 public:
  /// A registry over a store. Clock::wall gives the times of changes, and is asked while the store
  /// is locked.
  explicit VersionRegistry(std::shared_ptr<VersionStore> store = memory_version_store(),
                           Clock clock = {});

  /// The version that a name stands for, or another one of its versions.
  [[nodiscard]] Result<ModelVersion> get(std::string_view name,
                                         std::string_view label = "current") const;

  /// Adds a version, and a name with its first one, which becomes current; any other waits to be
  /// promoted. ModelVersion::day is set if it is empty. Adding the same model and note again under
  /// the same label changes nothing. Names follow the rules for labels. Returns it as stored.
  Result<ModelVersion> add(std::string_view name, ModelVersion version);

  /// Makes a version the current one; what was current becomes previous. Changes nothing if it is
  /// current already.
  Result<ModelVersion> promote(std::string_view name, std::string_view label,
                               std::string_view note = {});

  /// Goes back to the previous version, or to another one: what was current becomes previous, so
  /// that a second rollback undoes the first. Returns the version that is now current.
  Result<ModelVersion> rollback(std::string_view name, std::string_view label = "previous",
                                std::string_view note = {});

  /// Marks a version as reliable; the current version does not change.
  Result<ModelVersion> mark_stable(std::string_view name, std::string_view label = "current",
                                   std::string_view note = {});

  /// All names, in alphabetical order.
  [[nodiscard]] Result<std::vector<std::string>> names() const;
  /// The versions of a name, in the order in which they were added.
  [[nodiscard]] Result<std::vector<ModelVersion>> versions(std::string_view name) const;
  /// Every change of a name, oldest first.
  [[nodiscard]] Result<std::vector<VersionChange>> history(std::string_view name) const;
  /// A consistent snapshot of everything.
  [[nodiscard]] Result<VersionTable> table() const;

 private:
  /// Changes the table, now.
  using Change =
      std::function<Result<ModelVersion>(VersionTable&, std::chrono::system_clock::time_point now)>;
  Result<ModelVersion> update(const Change& change);

  std::shared_ptr<VersionStore> store_;
  Clock clock_;
};

/// Asks the responder for the model that a registry's name stands for: ChatRequest::model is a
/// name, or a name, '@' and a label or word, as in "legal_assistant@v2". It is looked up for every
/// call, so that a change of the registry takes effect with the next one. If it cannot be found,
/// the error of VersionRegistry::get() is returned and the responder is not called. Copies the
/// request, once per call. Safe to use from several threads at once if the responder is.
[[nodiscard]] FINETUNING_EXPORT Responder versioned(VersionRegistry registry, Responder responder);

/// Advice, a whole sentence, on a name that does not say what the model is for (model1, test,
/// final-v2); empty if the name is good. For a fine-tune's spec or id it looks at the suffix, and
/// advises against leaving it out if the form has one. It gives no advice on other models, which
/// the user did not name. For a text with ':' or '/' that Model::from() refuses, it returns the
/// message of that error.
[[nodiscard]] FINETUNING_EXPORT std::optional<std::string> advice_on_name(std::string_view text);

}  // namespace FineTuning
