#pragma once

// A table of versions as the JSON text of a version file, both ways.

#include <FineTuning/registry.hpp>
#include <FineTuning/result.hpp>

#include <string>
#include <string_view>

namespace FineTuning::internal {

/// Reads the text of a version file. The error says which file, and what is wrong where.
Result<VersionTable> parse_version_table(std::string_view text, const std::string& file);

/// The text of a version file with what the table says in place of what `old_text` says; members
/// that are not the library's stay. `old_text` is one that can be read, or empty. Fails if a
/// text of the table is not UTF-8.
Result<std::string> write_version_table(const VersionTable& table, std::string_view old_text);

}  // namespace FineTuning::internal
