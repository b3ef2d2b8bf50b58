#pragma once

// Whether a call without an answer has cost something all the same.

#include <FineTuning/error.hpp>

namespace FineTuning::internal {

/// An error that came with an answer, or instead of one whose fate nobody knows.
inline bool may_be_billed(const Error& error) {
  return error.outcome_unknown || (error.http_status >= 200 && error.http_status < 300);
}

}  // namespace FineTuning::internal
