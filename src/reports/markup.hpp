#pragma once

// Text that somebody else wrote, made fit for XML and HTML.

#include "json/text.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace FineTuning::internal {

/// The text, escaped for an element and for an attribute between double quotes. Everything is
/// replaced that XML 1.0 cannot hold (section 2.2) or that is not UTF-8; C1 controls are too,
/// because terminals obey some of them.
[[nodiscard]] std::string escaped(std::string_view text);

/// The same of the first `size` bytes or so, with a note of how many are left out.
[[nodiscard]] std::string escaped(std::string_view text, std::size_t size);

}  // namespace FineTuning::internal
