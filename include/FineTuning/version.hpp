#pragma once

// The version of the library: CMake and the package files read it from here.

#include <string_view>

namespace FineTuning {

/// Raised by incompatible changes, from 1.0 on.
inline constexpr int version_major = 0;
/// Raised by additions; before 1.0 also by incompatible changes.
inline constexpr int version_minor = 2;
/// Raised by fixes.
inline constexpr int version_patch = 0;

/// The three numbers above as text.
inline constexpr std::string_view version = "0.2.0";

}  // namespace FineTuning
