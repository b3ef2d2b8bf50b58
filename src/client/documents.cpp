// Requests whose answers quote documents.

#include "client/documents.hpp"

#include <FineTuning/chat.hpp>
#include <FineTuning/internal/errors.hpp>

#include <fmt/format.h>

#include <utility>

namespace FineTuning::internal {

namespace {

constexpr std::size_t most_documents = 100;
constexpr std::size_t longest_document = 500'000;  // bytes

/// "Document 3 of 7 (faq)", as a message names it.
std::string name_of(const std::vector<Document>& documents, std::size_t index) {
  const std::string& id = documents[index].id;
  return fmt::format("Document {} of {}{}", index + 1, documents.size(),
                     id.empty() ? id : fmt::format(" ({})", id));
}

}  // namespace

Result<void> check_documents(const std::vector<Document>& documents, const Provider& provider) {
  if (!provider.accent.documents)
    return Error{.kind = ErrorKind::unsupported,
                 .message = fmt::format("{} takes no documents; put their text into a message.",
                                        provider.title)};
  if (documents.empty())
    return invalid_request("There are no documents to quote; give at least one.");
  if (documents.size() > most_documents)
    return invalid_request(fmt::format("{} documents are too many; give the {} that matter most.",
                                       documents.size(), most_documents));
  for (std::size_t index = 0; index < documents.size(); ++index) {
    const std::size_t size = documents[index].content.size();
    if (size == 0)
      return invalid_request(
          fmt::format("{} is empty; leave it out or give its content.", name_of(documents, index)));
    if (size > longest_document)
      return invalid_request(
          fmt::format("{} has {} bytes, and {} is the most; cut it into several.",
                      name_of(documents, index), size, longest_document));
  }
  return {};
}

}  // namespace FineTuning::internal

namespace FineTuning {

Result<ChatRequest> build_rag_options(std::vector<Document> documents, ChatRequest request,
                                      const Provider& provider) {
  if (Result<void> valid = internal::check_documents(documents, provider); !valid)
    return std::move(valid).error();
  request.documents = std::move(documents);
  return request;
}

}  // namespace FineTuning
