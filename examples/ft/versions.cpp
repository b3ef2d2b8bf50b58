// ft versions: lists, adds, promotes and rolls back the versions of a registry's file, and looks
// for names that say nothing.

#include "ft.hpp"

#include <fmt/chrono.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <ostream>
#include <utility>

namespace ft {
namespace {

using namespace FineTuning;

/// What the actions share: the words behind the action, the registry, and where answers go.
struct Job {
  const Arguments& arguments;
  std::span<const std::string> words;
  VersionRegistry registry;
  const Streams& streams;

  [[nodiscard]] bool json() const { return arguments.has("--json"); }
  [[nodiscard]] int report(const Error& error) const { return ft::report(error, json(), streams); }
};

std::string file_of(const Arguments& arguments) {
  if (arguments.has("--file")) return arguments.value("--file");
  const char* const file = std::getenv("FINETUNING_VERSIONS");
  return file != nullptr && *file != '\0' ? file : "models.json";
}

std::string text_of(const std::optional<std::chrono::year_month_day>& day) {
  return day ? day_text(*day) : std::string();
}

std::string when_of(const VersionChange& change) {
  if (!change.when) return {};
  const std::tm utc = fmt::gmtime(std::chrono::system_clock::to_time_t(*change.when));
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", utc);
}

std::string what_of(const VersionChange& change) {
  const bool is_known = change.what != VersionChange::Kind::other;
  return is_known ? std::string(to_string(change.what)) : change.raw_what;
}

/// The last day of a version's model, as far as the library knows.
std::string end_of(const ModelVersion& version) {
  const Result<Model> model = Model::from(version.model);
  return text_of(model ? ends_on(*model) : std::nullopt);
}

Json as_json(const std::string& name, const VersionedModel& model, const ModelVersion& version) {
  const std::string end = end_of(version);
  return {{"name", name},
          {"label", version.label},
          {"model", version.model},
          {"current", version.label == model.current},
          {"previous", version.label == model.previous},
          {"stable", version.label == model.stable},
          {"ends_on", end.empty() ? Json() : Json(end)},
          {"day", text_of(version.day)},
          {"note", version.note}};
}

/// The places that a version has, when it ends, and its note: what follows its model on its line.
std::string remarks_on(const VersionedModel& model, const ModelVersion& version) {
  std::string remarks;
  const auto remark = [&remarks](const std::string& text) {
    remarks += fmt::format("{}{}", remarks.empty() ? "" : ", ", text);
  };
  if (version.label == model.current) remark("current");
  if (version.label == model.previous) remark("previous");
  if (version.label == model.stable) remark("stable");
  if (const std::string end = end_of(version); !end.empty())
    remark(fmt::format("last day {}", end));
  if (!version.note.empty()) remark(printable(version.note));
  return remarks;
}

void print_model(const std::string& name, const VersionedModel& model, const Job& job) {
  std::ostream& out = job.streams.out;
  if (!job.json()) fmt::print(out, "{}\n", printable(name));
  std::size_t widest_label = 0;
  std::size_t widest_model = 0;
  for (const ModelVersion& version : model.versions) {
    widest_label = std::max(widest_label, version.label.size());
    widest_model = std::max(widest_model, version.model.size());
  }
  for (const ModelVersion& version : model.versions)
    if (job.json())
      print_line(as_json(name, model, version), out);
    else
      fmt::print(out, "  {:<{}}  {:<{}}  {:<10}  {}\n", printable(version.label), widest_label,
                 printable(version.model), widest_model, text_of(version.day),
                 remarks_on(model, version));
}

Json as_json(const std::string& name, const VersionChange& change) {
  return {{"name", name},          {"when", when_of(change)}, {"what", what_of(change)},
          {"label", change.label}, {"from", change.from},     {"note", change.note}};
}

std::string sentence_of(const VersionChange& change) {
  std::string text = fmt::format("{}  {} {}", when_of(change), what_of(change), change.label);
  if (!change.from.empty()) text += fmt::format(" (was {})", change.from);
  if (!change.note.empty()) text += fmt::format(": {}", change.note);
  return printable(std::move(text));
}

/// Oldest first.
void print_history(const std::string& name, const VersionedModel& model, const Job& job) {
  for (const VersionChange& change : model.history)
    if (job.json())
      print_line(as_json(name, change), job.streams.out);
    else
      fmt::print(job.streams.out, "  {}\n", sentence_of(change));
}

void say_no_versions(const Job& job) {
  fmt::print(job.streams.err, "ft: {} has no versions yet; add one with ft versions add.\n",
             file_of(job.arguments));
}

int list(Job& job) {
  const Result<VersionTable> table = job.registry.table();
  if (!table) return job.report(table.error());
  if (job.words.empty()) {
    if (table->empty()) say_no_versions(job);
    for (const auto& [name, model] : *table) print_model(name, model, job);
    return success;
  }
  const auto at = table->find(job.words[0]);
  if (at == table->end()) return job.report(job.registry.versions(job.words[0]).error());
  print_model(at->first, at->second, job);
  print_history(at->first, at->second, job);
  return success;
}

/// Says which version was changed, and how its model stands now.
int show(const Result<ModelVersion>& version, std::string_view what, Job& job) {
  if (!version) return job.report(version.error());
  const std::string& name = job.words[0];
  if (!job.json()) {
    fmt::print(job.streams.out, "{} {} {}: {}\n", name, version->label, what, version->model);
    return success;
  }
  const Result<VersionTable> table = job.registry.table();
  if (!table) return job.report(table.error());
  const auto at = table->find(name);
  print_line(as_json(name, at == table->end() ? VersionedModel() : at->second, *version),
             job.streams.out);
  return success;
}

/// The model alone, for a program that asks it.
int get(Job& job) {
  const Result<ModelVersion> version =
      job.registry.get(job.words[0], job.words.size() > 1 ? job.words[1] : "current");
  if (!version) return job.report(version.error());
  if (job.json())
    print_line({{"name", job.words[0]}, {"label", version->label}, {"model", version->model}},
               job.streams.out);
  else
    fmt::print(job.streams.out, "{}\n", version->model);
  return success;
}

/// A model that the library does not know is kept, since a program may bring a provider of its own:
/// but it may be mistyped.
int add(Job& job) {
  const int status = show(job.registry.add(job.words[0], {.label = job.words[1],
                                                          .model = job.words[2],
                                                          .note = job.arguments.value("--note")}),
                          "is added", job);
  const Result<Model> model = Model::from(job.words[2]);
  if (status == success && !model)
    fmt::print(job.streams.err, "ft: It is added, but ft itself could not ask it. {}\n",
               printable(model.error().message));
  return status;
}

int promote(Job& job) {
  const std::string note = job.arguments.value("--note");
  if (job.arguments.has("--stable"))
    return show(job.registry.mark_stable(job.words[0], job.words[1], note), "is stable", job);
  return show(job.registry.promote(job.words[0], job.words[1], note), "is current", job);
}

int roll_back(Job& job) {
  return show(job.registry.rollback(job.words[0], "previous", job.arguments.value("--note")),
              "is current", job);
}

/// The names and specs to look at: the words, and what the registry has under them; without words,
/// all that it has.
std::vector<std::string> texts_to_lint(const VersionTable& table,
                                       std::span<const std::string> words) {
  std::vector<std::string> texts(words.begin(), words.end());
  for (const auto& [name, model] : table) {
    if (words.empty())
      texts.push_back(name);
    else if (std::ranges::find(words, name) == words.end())
      continue;
    for (const ModelVersion& version : model.versions) texts.push_back(version.model);
  }
  return texts;
}

int lint(Job& job) {
  const Result<VersionTable> table = job.registry.table();
  if (!table) return job.report(table.error());
  if (job.words.empty() && table->empty()) say_no_versions(job);
  int status = success;
  for (const std::string& text : texts_to_lint(*table, job.words)) {
    const std::optional<std::string> advice = advice_on_name(text);
    if (!advice) continue;
    status = failure;
    if (job.json())
      print_line({{"name", text}, {"advice", *advice}}, job.streams.out);
    else
      fmt::print(job.streams.out, "{}\n", *advice);
  }
  return status;
}

struct Action {
  std::string_view name;
  std::size_t fewest;  ///< Words behind it.
  std::size_t most;
  std::string_view wants;
  std::string_view options;  ///< That it takes beside --file and --json.
  int (*run)(Job&);
};
constexpr std::size_t any_number = std::string::npos;
constexpr std::array actions{
    Action{"list", 0, 1, "at most the name of a model", "", list},
    Action{"get", 1, 2, "a name and, if it is not the current one, a label", "", get},
    Action{"add", 3, 3, "a name, a label and a model", "--note", add},
    Action{"promote", 2, 2, "a name and a label", "--note --stable", promote},
    Action{"rollback", 1, 1, "a name", "--note", roll_back},
    Action{"lint", 0, any_number, "names and models", "", lint}};

}  // namespace

int versions(const Arguments& arguments, const Streams& streams) {
  const std::string name = arguments.rest.empty() ? "" : arguments.rest.front();
  const auto* const action = std::ranges::find(actions, name, &Action::name);
  if (action == actions.end())
    return misuse("versions", "Say list, get, add, promote, rollback or lint.", streams);
  const auto words = std::span(arguments.rest).subspan(1);
  if (words.size() < action->fewest || words.size() > action->most)
    return misuse("versions", fmt::format("{} takes {}.", name, action->wants), streams);
  for (const std::string_view option : {"--note", "--stable"})
    if (arguments.has(option) && action->options.find(option) == std::string_view::npos)
      return misuse("versions", fmt::format("{} has no option {}.", name, option), streams);
  Job job{.arguments = arguments,
          .words = words,
          .registry = VersionRegistry(json_version_store(file_of(arguments))),
          .streams = streams};
  return action->run(job);
}

}  // namespace ft
