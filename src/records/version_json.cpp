// Version files: {"finetuning_versions":1,"models":{"legal_assistant":{"current":"v2",..}}}. What
// is read is checked whole, since people edit these files and merge them.

#include "records/version_json.hpp"

#include "patterns/version_words.hpp"

#include <FineTuning/internal/scan.hpp>
#include <FineTuning/model.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace FineTuning::internal {
namespace {

using Json = nlohmann::ordered_json;  // in the order in which people wrote it

constexpr const char* form_name = "finetuning_versions";
constexpr std::uint64_t newest_form = 1;

/// A member of an object, and where its text goes.
template <class T>
struct TextField {
  const char* name;
  std::string T::*text;
};
constexpr std::array version_fields{TextField<ModelVersion>{"label", &ModelVersion::label},
                                    TextField<ModelVersion>{"model", &ModelVersion::model},
                                    TextField<ModelVersion>{"note", &ModelVersion::note},
                                    TextField<ModelVersion>{"day", &ModelVersion::day}};
constexpr std::array change_fields{TextField<VersionChange>{"when", &VersionChange::when},
                                   TextField<VersionChange>{"what", &VersionChange::what},
                                   TextField<VersionChange>{"label", &VersionChange::label},
                                   TextField<VersionChange>{"from", &VersionChange::from},
                                   TextField<VersionChange>{"note", &VersionChange::note}};
constexpr std::array model_fields{TextField<VersionedModel>{"current", &VersionedModel::current},
                                  TextField<VersionedModel>{"previous", &VersionedModel::previous},
                                  TextField<VersionedModel>{"stable", &VersionedModel::stable}};

// ---- reading; each function returns what is wrong, empty where nothing is

/// Parses a text and says what no tree of values would tell: that it nests so deep that to write it
/// would take all of the stack, or that a name stands twice, as after a merge, and one is lost.
std::string parse(std::string_view text, Json& document) {
  constexpr int deepest = 128;
  bool is_too_deep = false;
  std::string twice;
  std::vector<std::set<std::string>> names;  // of the objects that are open
  const auto watch = [&](int depth, Json::parse_event_t event, const Json& value) {
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::object_end) names.pop_back();
    if (event == Json::parse_event_t::key && !names.back().insert(value).second)
      twice = value.get<std::string>();
    is_too_deep = is_too_deep || depth > deepest;
    return true;
  };
  document = Json::parse(text, watch, false);
  if (document.is_discarded()) return "it is not JSON";
  if (is_too_deep) return "it nests deeper than " + std::to_string(deepest) + " levels";
  if (!twice.empty()) return "the name \"" + twice + "\" stands twice in one object";
  return {};
}

/// The member of an object; null where there is none.
const Json& member(const Json& object, const char* name) {
  static const Json nothing;
  const auto at = object.find(name);
  return at == object.end() ? nothing : *at;
}

template <class T>
std::string read_texts(const Json& object, std::span<const TextField<T>> fields, T& to) {
  if (!object.is_object()) return " is not an object";
  for (const auto& [name, text] : fields) {
    const Json& value = member(object, name);
    if (value.is_null()) continue;
    if (!value.is_string()) return std::string(".") + name + " is not a text";
    to.*text = value.get<std::string>();
  }
  return {};
}

template <class T>
std::string read_list(const Json& object, const char* name, std::span<const TextField<T>> fields,
                      std::vector<T>& to) {
  const Json& list = member(object, name);
  if (list.is_null()) return {};
  if (!list.is_array()) return std::string(".") + name + " is not an array";
  for (const Json& element : list) {
    std::string wrong = read_texts(element, fields, to.emplace_back());
    if (!wrong.empty()) return '.' + (name + ('[' + std::to_string(to.size() - 1) + ']')) + wrong;
  }
  return {};
}

/// Whether labels and models are such, and the labels fit together.
std::string check_labels(const VersionedModel& model) {
  std::set<std::string_view> labels{""};
  for (const ModelVersion& version : model.versions) {
    if (!labels.insert(version.label).second)
      return version.label.empty() ? " has a version without a label"
                                   : " has two versions with the label " + version.label;
    if (!is_version_name(version.label))
      return " has a version with the label " + in_quotes(version.label) + ", which is none";
    if (is_version_word(version.label))
      return " has a version with the label " + version.label +
             ", which is a word with a meaning of its own";
    if (version.model.empty()) return " has no model in its version " + version.label;
    if (std::any_of(version.model.begin(), version.model.end(), is_in_no_id))
      return " has the model " + in_quotes(version.model) + ", which is none, in its version " +
             version.label;
  }
  for (const auto& [name, label] : model_fields)
    if (!labels.contains(model.*label))
      return std::string(".") + name + " is " + model.*label + ", which none of its versions is";
  return {};
}

std::string read_model(const Json& object, VersionedModel& model) {
  std::string wrong = read_texts<VersionedModel>(object, model_fields, model);
  if (wrong.empty())
    wrong = read_list<ModelVersion>(object, "versions", version_fields, model.versions);
  if (wrong.empty())
    wrong = read_list<VersionChange>(object, "history", change_fields, model.history);
  return wrong.empty() ? check_labels(model) : wrong;
}

std::string read_models(const Json& models, VersionTable& table) {
  if (models.is_null()) return {};
  if (!models.is_object()) return "models is not an object";
  for (const auto& item : models.items()) {
    if (!is_version_name(item.key()))
      return "models has the name " + in_quotes(item.key()) + ", which is none";
    std::string wrong = read_model(item.value(), table[item.key()]);
    if (!wrong.empty()) return "models." + item.key() + wrong;
  }
  return {};
}

// ---- writing

template <class T>
void write_texts(Json& object, std::span<const TextField<T>> fields, const T& from) {
  if (!object.is_object()) object = Json::object();
  for (const auto& [name, text] : fields) object[name] = from.*text;
}

/// Writes the elements of a list; `old_of` gives what an element was before, or null.
template <class T, class OldOf>
void write_list(Json& list, std::span<const TextField<T>> fields, const std::vector<T>& from,
                OldOf old_of) {
  Json written = Json::array();
  for (const T& element : from) {
    written.push_back(old_of(list, element, written.size()));
    write_texts(written.back(), fields, element);
  }
  list = std::move(written);
}

/// A version keeps the members of the one with its label.
Json old_version(const Json& list, const ModelVersion& version, std::size_t /*at*/) {
  for (const Json& old : list)
    if (member(old, "label") == version.label) return old;
  return {};
}

/// A history only grows, so that a change keeps its place.
Json old_change(const Json& list, const VersionChange& /*change*/, std::size_t at) {
  return list.is_array() && at < list.size() ? list[at] : Json();
}

void write_models(Json& models, const VersionTable& table) {
  Json old = std::exchange(models, Json::object());
  if (!old.is_object()) old = Json::object();
  for (const auto& item : old.items())  // those that stay keep their order
    if (table.contains(item.key())) models[item.key()] = std::move(item.value());
  for (const auto& [name, model] : table) {
    Json& object = models[name];
    write_texts<VersionedModel>(object, model_fields, model);
    write_list<ModelVersion>(object["versions"], version_fields, model.versions, old_version);
    write_list<VersionChange>(object["history"], change_fields, model.history, old_change);
  }
}

}  // namespace

Result<VersionTable> read_version_table(std::string_view text, const std::string& file) {
  const auto refused = [&file](const std::string& wrong) {
    return Error{.kind = ErrorKind::invalid_request,
                 .message = "The version file \"" + file + "\" cannot be used: " + wrong +
                            "; correct it, or name another file.",
                 .code = "invalid_version_file"};
  };
  Json document;
  if (const std::string wrong = parse(text, document); !wrong.empty()) return refused(wrong);
  const Json& form = document.is_object() ? member(document, form_name) : document;
  if (!form.is_number_unsigned() || form.get<std::uint64_t>() == 0)
    return refused(std::string("it is JSON without \"") + form_name +
                   "\": 1, so of something else");
  if (form.get<std::uint64_t>() > newest_form)
    return Error{.kind = ErrorKind::unsupported,
                 .message = "The version file \"" + file + "\" has form " + form.dump() +
                            ", which this release cannot read; use a newer one.",
                 .code = "newer_version_file"};
  VersionTable table;
  if (const std::string wrong = read_models(member(document, "models"), table); !wrong.empty())
    return refused(wrong);
  return table;
}

Result<std::string> write_version_table(const VersionTable& table, std::string_view old_text) {
  Json document = old_text.empty() ? Json{{form_name, newest_form}} : Json::parse(old_text);
  write_models(document["models"], table);
  try {
    return document.dump(2) + '\n';
  } catch (const Json::exception&) {
    return Error{.kind = ErrorKind::invalid_request,
                 .message =
                     "A text of a version is not UTF-8, so that no file can keep it; correct "
                     "it."};
  }
}

}  // namespace FineTuning::internal
