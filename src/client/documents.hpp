#pragma once

// Requests whose answers quote documents: what such documents have to be.

#include <FineTuning/message.hpp>
#include <FineTuning/provider.hpp>

#include <optional>
#include <vector>

namespace FineTuning::internal {

/// Why the provider cannot be given these documents; empty where it can.
[[nodiscard]] std::optional<Error> check_documents(const std::vector<Document>& documents,
                                                   const Provider& provider);

}  // namespace FineTuning::internal
