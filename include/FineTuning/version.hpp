#pragma once

// The version of the library: CMake and the package files read it from here.

#include <string_view>

namespace FineTuning {

inline constexpr int version_major = 0;  ///< From 1 on: a change that callers have to follow.
inline constexpr int version_minor = 2;  ///< New things; before 1.0 also changes to follow.
inline constexpr int version_patch = 0;  ///< Corrections.

/// The three numbers above as text.
inline constexpr std::string_view version = "0.2.0";

}  // namespace FineTuning
