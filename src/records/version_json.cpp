// Version files: {"finetuning_versions":1,"models":{"legal_assistant":{"current":"v2",..}}}. What
// is read is checked whole, since people edit these files and merge them. What is written keeps the
// members that others have added, and the order of all.

#include "records/version_json.hpp"

#include "json/fields.hpp"
#include "json/writer.hpp"
#include "patterns/version_names.hpp"
#include "time/calendar.hpp"

#include <FineTuning/days.hpp>
#include <FineTuning/internal/errors.hpp>
#include <FineTuning/internal/text.hpp>
#include <FineTuning/model.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace FineTuning::internal {
namespace {

constexpr std::string_view form_name = "finetuning_versions";
constexpr std::uint64_t newest_form = 1;

using Kind = VersionChange::Kind;

// ---- reading

JsonResult read_label(const JsonValue& value, std::string& to) {
  JsonResult read = read_text(value, to);
  if (!read) return read;
  if (!is_version_name(to)) return unlike(value, fmt::format("a label of {}", version_name_rule));
  if (!is_version_alias(to)) return {};
  return JsonFault{.problem = fmt::format("is {}, which has a meaning of its own", in_quotes(to))};
}

JsonResult read_spec(const JsonValue& value, std::string& to) {
  JsonResult read = read_text(value, to);
  if (read && to.empty()) return JsonFault{.problem = "is empty; write a spec"};
  if (read && std::any_of(to.begin(), to.end(), is_in_no_id))
    return JsonFault{.problem =
                         fmt::format("is {}, with characters that no model id has", in_quotes(to))};
  return read;
}

/// An empty text means an unknown day or moment.
JsonResult read_version_day(const JsonValue& value, ModelVersion& to) {
  return value == "" ? JsonResult() : into<read_day, &ModelVersion::day>(value, to);
}

JsonResult read_when(const JsonValue& value, VersionChange& to) {
  to.when = parse_moment(value.is_string() ? value.characters() : "");
  if (to.when || value == "") return {};
  return unlike(value, "a moment as 2026-11-25T17:54:21Z");
}

JsonResult read_what(const JsonValue& value, VersionChange& to) {
  JsonResult read = read_text(value, to.raw_what);
  to.what = enum_from<Kind>(to.raw_what).value_or(Kind::other);
  if (to.what != Kind::other) to.raw_what.clear();
  return read;
}

JsonResult read_version(const JsonValue& value, ModelVersion& to) {
  using Field = JsonField<ModelVersion>;
  constexpr std::array fields{
      Field{"label", into<read_label, &ModelVersion::label>, Presence::required},
      Field{"model", into<read_spec, &ModelVersion::model>, Presence::required},
      Field{"note", into<read_text, &ModelVersion::note>}, Field{"day", read_version_day}};
  return read_object(value, to, fields, ignore_other);
}

JsonResult read_change(const JsonValue& value, VersionChange& to) {
  using Field = JsonField<VersionChange>;
  constexpr std::array fields{Field{"when", read_when}, Field{"what", read_what},
                              Field{"label", into<read_text, &VersionChange::label>},
                              Field{"from", into<read_text, &VersionChange::from>},
                              Field{"note", into<read_text, &VersionChange::note>}};
  return read_object(value, to, fields, ignore_other);
}

/// Whether the labels of a model fit together.
JsonResult check_labels(const VersionedModel& model) {
  std::set<std::string_view> labels{""};
  for (std::size_t at = 0; at < model.versions.size(); ++at)
    if (const std::string& label = model.versions[at].label; !labels.insert(label).second)
      return within("versions",
                    within(at, within("label", {.problem = fmt::format(
                                                    "is {}, like an earlier version's", label)})));
  constexpr std::array places{std::pair{"current", &VersionedModel::current},
                              std::pair{"previous", &VersionedModel::previous},
                              std::pair{"stable", &VersionedModel::stable}};
  for (const auto& [name, label] : places)
    if (!labels.contains(model.*label))
      return within(name, {.problem = fmt::format("is {}, which is not the label of a version",
                                                  in_quotes(model.*label))});
  return {};
}

JsonResult read_model(const JsonValue& value, VersionedModel& to) {
  using Field = JsonField<VersionedModel>;
  constexpr std::array fields{
      Field{"current", into<read_text, &VersionedModel::current>},
      Field{"previous", into<read_text, &VersionedModel::previous>},
      Field{"stable", into<read_text, &VersionedModel::stable>},
      Field{"versions", into<list_of<read_version>, &VersionedModel::versions>},
      Field{"history", into<list_of<read_change>, &VersionedModel::history>}};
  JsonResult read = read_object(value, to, fields, ignore_other);
  return read ? check_labels(to) : read;
}

JsonResult read_named_model(std::string_view name, const JsonValue& value, VersionTable& to) {
  if (!is_version_name(name))
    return within(name, {.problem = fmt::format("is not a name of {}", version_name_rule)});
  JsonResult read = read_model(value, to[std::string(name)]);
  return read ? read : within(name, std::move(read).error());
}

JsonResult read_models(const JsonValue& value, VersionTable& to) {
  return read_object(value, to, {}, read_named_model);
}

JsonResult read_table(const JsonValue& value, VersionTable& to) {
  constexpr std::array fields{JsonField<VersionTable>{"models", read_models}};
  return read_object(value, to, fields, ignore_other);
}

// ---- writing

std::string json_quoted(std::string_view text) {
  JsonWriter out;
  out.string(text);
  return out.take();
}

using Members = std::vector<std::pair<std::string_view, std::string>>;

/// An object, whose values are JSON: the members of the old one, which may be null, in their order,
/// those of ours with their new values, and behind them what is new.
std::string merged(const JsonValue& old, Members ours) {
  JsonWriter out;
  out.begin_object();
  for (const auto& [name, value] : old.members()) {
    const auto own = std::find_if(ours.begin(), ours.end(), [&name = name](const auto& member) {
      return name == member.first;
    });
    out.key(name.characters()).raw(own == ours.end() ? compact_json(value) : own->second);
    if (own != ours.end()) ours.erase(own);
  }
  for (const auto& [name, json] : ours) out.key(name).raw(json);
  out.end_object();
  return out.take();
}

std::string json_of(const ModelVersion& version, const JsonValue& old) {
  return merged(old, {{"label", json_quoted(version.label)},
                      {"model", json_quoted(version.model)},
                      {"note", json_quoted(version.note)},
                      {"day", json_quoted(version.day ? day_text(*version.day) : "")}});
}

std::string json_of(const VersionChange& change, const JsonValue& old) {
  const bool is_known = change.what != Kind::other;
  return merged(old, {{"when", json_quoted(change.when ? moment_text(*change.when) : "")},
                      {"what", json_quoted(is_known ? to_string(change.what) : change.raw_what)},
                      {"label", json_quoted(change.label)},
                      {"from", json_quoted(change.from)},
                      {"note", json_quoted(change.note)}});
}

/// A version keeps the members of the one with its label.
std::string json_of(const std::vector<ModelVersion>& versions, const JsonValue& old) {
  std::map<std::string, const JsonValue*> old_versions;
  for (const JsonValue& version : old) old_versions[text_of(version, "label")] = &version;
  JsonWriter out;
  out.begin_array();
  for (const ModelVersion& version : versions) {
    const auto at = old_versions.find(version.label);
    out.raw(json_of(version, at == old_versions.end() ? no_json() : *at->second));
  }
  out.end_array();
  return out.take();
}

/// A history only grows, so that a change keeps its place.
std::string json_of(const std::vector<VersionChange>& history, const JsonValue& old) {
  auto at = old.begin();
  JsonWriter out;
  out.begin_array();
  for (const VersionChange& change : history) {
    const bool is_old = at != old.end();
    out.raw(json_of(change, is_old ? *at : no_json()));
    if (is_old) ++at;
  }
  out.end_array();
  return out.take();
}

std::string json_of(const VersionedModel& model, const JsonValue& old) {
  return merged(old, {{"current", json_quoted(model.current)},
                      {"previous", json_quoted(model.previous)},
                      {"stable", json_quoted(model.stable)},
                      {"versions", json_of(model.versions, find_or_null(old, "versions"))},
                      {"history", json_of(model.history, find_or_null(old, "history"))}});
}

/// Names that stay keep their order.
std::string json_of(const VersionTable& table, const JsonValue& old) {
  std::set<std::string_view> written;
  JsonWriter out;
  out.begin_object();
  for (const auto& [name, model] : old.members())
    if (const auto at = table.find(name.characters()); at != table.end()) {
      out.key(at->first).raw(json_of(at->second, model));
      written.insert(at->first);
    }
  for (const auto& [name, model] : table)
    if (!written.contains(name)) out.key(name).raw(json_of(model, no_json()));
  out.end_object();
  return out.take();
}

/// Behind the string that begins at `from`.
std::size_t end_of_string(std::string_view json, std::size_t from) {
  std::size_t at = from + 1;
  while (json[at] != '"') at += json[at] == '\\' ? 2 : 1;
  return at + 1;
}

/// JSON without white space between its parts, on lines that people can read and compare.
std::string on_lines(std::string_view json) {
  std::string text;
  std::size_t level = 0;
  const auto begin_line = [&] { text.append("\n").append(2 * level, ' '); };
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    const char next = at + 1 < json.size() ? json[at + 1] : '\0';
    if (c == '"') {
      const std::size_t end = end_of_string(json, at);
      text += json.substr(at, end - at);
      at = end - 1;
    } else if ((c == '{' && next == '}') || (c == '[' && next == ']')) {
      text += c;
      text += next;
      ++at;
    } else if (c == '{' || c == '[') {
      text += c;
      ++level;
      begin_line();
    } else if (c == '}' || c == ']') {
      --level;
      begin_line();
      text += c;
    } else {
      text += c;
      if (c == ':') text += ' ';
      if (c == ',') begin_line();
    }
  }
  return text;
}

}  // namespace

Result<VersionTable> parse_version_table(std::string_view text, const std::string& file) {
  const auto refused = [&file](std::string_view wrong) {
    return invalid_request(
        fmt::format("The version file \"{}\" cannot be used: {}; correct it, or name another file.",
                    file, wrong),
        "invalid_version_file");
  };
  const JsonDocument document(text);
  if (const JsonResult is_json = check_json(document); !is_json)
    return refused(is_json.error().text());
  const JsonValue& form = find_or_null(*document, form_name);
  const std::uint64_t number = number_of<std::uint64_t>(form).value_or(0);
  if (number == 0)
    return refused(fmt::format("it is JSON of another kind, without \"{}\": 1", form_name));
  if (number > newest_form)
    return Error{.kind = ErrorKind::unsupported,
                 .message = fmt::format("The version file \"{}\" has form {}, which this release "
                                        "cannot read; use a newer one.",
                                        file, number),
                 .code = "newer_version_file"};
  VersionTable table;
  JsonResult read = check_members(*document);
  if (read) read = read_table(*document, table);
  if (!read) return refused(read.error().text());
  return table;
}

Result<std::string> write_version_table(const VersionTable& table, std::string_view old_text) {
  const JsonDocument document(old_text);
  const JsonValue& old = document ? *document : no_json();
  const std::string json = merged(old, {{form_name, fmt::to_string(newest_form)},
                                        {"models", json_of(table, find_or_null(old, "models"))}});
  if (is_utf8(json)) return on_lines(json) + '\n';
  return invalid_request("A text of a version is not UTF-8, so no file can store it; correct it.");
}

}  // namespace FineTuning::internal
