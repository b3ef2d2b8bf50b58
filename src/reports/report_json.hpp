#pragma once

// How all reports are written as JSON.

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace FineTuning::internal {

/// Members stand in the order in which they are written.
using ReportJson = nlohmann::ordered_json;

template <class T>
ReportJson or_null(const std::optional<T>& value) {
  return value ? ReportJson(*value) : ReportJson();
}

/// One line. What models and services wrote may not be UTF-8: such bytes are replaced.
inline std::string dump(const ReportJson& json) {
  return json.dump(-1, ' ', false, ReportJson::error_handler_t::replace);
}

}  // namespace FineTuning::internal
