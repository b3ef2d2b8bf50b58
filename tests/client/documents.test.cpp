// Requests with documents for the answer to quote.

#include "support/catch.hpp"

#include <FineTuning/chat.hpp>
#include <FineTuning/providers.hpp>

#include <string>
#include <vector>

using namespace FineTuning;

namespace {

Document document(std::string content, std::string id = "") {
  return {.content = std::move(content), .id = std::move(id)};
}

}  // namespace

TEST_CASE("documents are added to a request, and the rest of it stays", "[rag]") {
  const Result<ChatRequest> request = build_rag_options(
      {document("We offer gym memberships.", "benefits"), document(std::string(500'000, 'x'))},
      {.model = "cohere:custom-rag-assistant",
       .messages = {Message::user("Which perks are there?")},
       .max_tokens = 200},
      providers::cohere);
  REQUIRE(request.has_value());
  REQUIRE(request->documents.size() == 2);
  CHECK(request->documents[0].id == "benefits");
  CHECK(request->documents[1].content.size() == 500'000);
  CHECK(request->model == "cohere:custom-rag-assistant");
  CHECK(request->messages.size() == 1);
  CHECK(request->max_tokens == 200U);
  CHECK(build_rag_options(std::vector<Document>(100, document("text")), {}, providers::cohere)
            .has_value());
}

TEST_CASE("documents that no answer can quote are refused, and the message says which", "[rag]") {
  struct Case {
    std::vector<Document> documents;
    std::string message;
  };
  const std::vector<Case> cases{
      {{}, "There are no documents to quote; give at least one."},
      {std::vector<Document>(101, document("text")),
       "101 documents are too many; give the 100 that matter most."},
      {{document("text"), document("", "faq")},
       "Document 2 of 2 (faq) is empty; leave it out or give its content."},
      {{document("text"), document(std::string(500'001, 'x')), document("text")},
       "Document 2 of 3 has 500001 bytes, and 500000 is the most; cut it into several."},
  };
  for (const auto& [documents, message] : cases) {
    const Result<ChatRequest> request = build_rag_options(documents, {}, providers::cohere);
    REQUIRE_FALSE(request.has_value());
    CHECK(request.error().kind == ErrorKind::invalid_request);
    CHECK(request.error().message == message);
  }
}

TEST_CASE("a provider that takes no documents is named", "[rag]") {
  for (const Provider* provider : providers::all) {
    const Result<ChatRequest> request = build_rag_options({document("text")}, {}, *provider);
    INFO(provider->name);
    REQUIRE(request.has_value() == provider->accent.documents);
    if (request) continue;
    CHECK(request.error().kind == ErrorKind::unsupported);
    CHECK(request.error().message ==
          std::string(provider->title) + " takes no documents; put their text into a message.");
  }
}
