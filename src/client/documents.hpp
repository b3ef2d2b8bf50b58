#pragma once

// What the documents have to be that an answer may quote.

#include <FineTuning/message.hpp>
#include <FineTuning/provider.hpp>

#include <vector>

namespace FineTuning::internal {

/// Whether the provider can be given these documents.
[[nodiscard]] Result<void> check_documents(const std::vector<Document>& documents,
                                           const Provider& provider);

}  // namespace FineTuning::internal
