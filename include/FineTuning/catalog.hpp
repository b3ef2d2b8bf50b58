#pragma once

// Rows that a program adds to the tables of models, or puts over theirs.

#include <FineTuning/capability.hpp>
#include <FineTuning/export.hpp>
#include <FineTuning/provider.hpp>
#include <FineTuning/result.hpp>

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace FineTuning {

class Catalog;

/// Reads a JSON array of rows, each an object with `provider`, `model_id` and any of these: alias,
/// context_window, max_output, capabilities {"tools":"yes",..}, input_usd_per_mtok,
/// cached_input_usd_per_mtok, output_usd_per_mtok, the three with ft_ in front for its fine-tunes,
/// training_usd_per_mtok, deprecated_on, retired_on, ft_retired_on, replacement, checked. Days are
/// written YYYY-MM-DD, and null leaves a member unset. The facts of a base model as to_json(Facts)
/// writes them make a row once their provider is added: what they say of sources and base_ prices
/// is ignored.
///
/// A row for a model that is in the table, under any of its names, overrides only the members it
/// sets. Fails with invalid_request, and says which row and name, if one is wrong or two rows have
/// one name.
[[nodiscard]] FINETUNING_EXPORT Result<Catalog> parse_catalog(std::string_view text);

/// Rows that a program adds to the tables of the library, or puts over theirs. Copies share the
/// rows; safe to read from several threads at once.
class Catalog {
 public:
  /// No rows.
  Catalog() = default;

  /// This catalog's row for a model id, a base's or a fine-tune's; null if it has none. It lives as
  /// long as this catalog or a copy of it.
  [[nodiscard]] const ModelRow* find(std::string_view id, const Provider& provider) const& {
    if (rows_ == nullptr) return nullptr;
    for (const Entry& entry : rows_->entries)
      if (provider == entry.provider && entry.row.is_called(id)) return &entry.row;
    return nullptr;
  }
  [[nodiscard]] const ModelRow* find(std::string_view, const Provider&) const&& = delete;

 private:
  friend Result<Catalog> parse_catalog(std::string_view text);

  struct Entry {
    std::string_view provider;
    ModelRow row;
  };
  struct Rows {
    std::deque<std::string> texts;  // what the rows' views point into
    std::vector<Entry> entries;
  };

  std::shared_ptr<const Rows> rows_;
};

}  // namespace FineTuning
