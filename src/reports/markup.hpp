#pragma once

// Text that somebody else wrote, made fit for XML and HTML.

#include "json/text.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace FineTuning::internal {

/// The text with everything replaced that XML 1.0 cannot hold (section 2.2) or that is no UTF-8,
/// and escaped so that it is a text in an element or an attribute between double quotes. C1
/// controls are replaced, too: terminals obey some of them.
[[nodiscard]] std::string escaped(std::string_view text);

/// The same of the first `size` bytes or so, with a note of how many are left out.
[[nodiscard]] std::string escaped(std::string_view text, std::size_t size);

}  // namespace FineTuning::internal
