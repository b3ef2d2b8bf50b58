// Cohere's ids: custom names, the uuids that it issued, and the hashes before them.

#include "support/id_cases.hpp"

using namespace FineTuning;

namespace {

// The contract's example, which is the guide's.
constexpr auto assistant = parse_model_id("custom-rag-assistant", providers::cohere);
static_assert(assistant && assistant->provider == "cohere" && assistant->base_model == "command" &&
              assistant->base_source == ModelId::BaseSource::assumed &&
              assistant->organization.empty() && assistant->suffix.empty() &&
              assistant->fine_tune_id == "custom-rag-assistant");
static_assert(is_fine_tuned("custom-model-name", providers::cohere));
static_assert(is_fine_tuned("custom-MODEL", providers::cohere));
static_assert(!is_fine_tuned("custom-rag-assistant"));  // anybody's name

// As its API calls the model; what goes on the wire keeps the -ft.
constexpr auto issued =
    parse_model_id("acb944bb-fb49-4c29-a15b-e6a245a7bdf9-ft", providers::cohere);
static_assert(issued && issued->fine_tune_id == "acb944bb-fb49-4c29-a15b-e6a245a7bdf9" &&
              issued->text == "acb944bb-fb49-4c29-a15b-e6a245a7bdf9-ft");

}  // namespace

TEST_CASE("Cohere's issued ids are read", "[cohere]") {
  check_read(providers::cohere, {
                                    {"acb944bb-fb49-4c29-a15b-e6a245a7bdf9-ft", "", "", "",
                                     "acb944bb-fb49-4c29-a15b-e6a245a7bdf9"},
                                    {"26db2994-cf88-4243-898d-31258411c120-ft", "", "", "",
                                     "26db2994-cf88-4243-898d-31258411c120"},
                                    {"9f22e08a-f1ab-4cee-9524-607dcb08c954-ft", "", "", "",
                                     "9f22e08a-f1ab-4cee-9524-607dcb08c954"},
                                    {"b2c94ac3-7a74-4de7-a11a-9808a3b8ef59-ft", "", "", "",
                                     "b2c94ac3-7a74-4de7-a11a-9808a3b8ef59"},
                                    {"ccc2a8dd-bac5-4482-8d5e-ddf19e847823-ft", "", "", "",
                                     "ccc2a8dd-bac5-4482-8d5e-ddf19e847823"},
                                    {"504b1b30-4927-464d-9d4c-412f9771775b-ft", "", "", "",
                                     "504b1b30-4927-464d-9d4c-412f9771775b"},
                                    {"eeba7d8c-61bd-42cd-a6b5-e31db27403cc-ft", "", "", "",
                                     "eeba7d8c-61bd-42cd-a6b5-e31db27403cc"},
                                    {"382b43d-small-ft", "", "", "", "382b43d-small"},
                                    {"b10aefe-small-ft", "", "", "", "b10aefe-small"},
                                    {"4592b41-small-ft", "", "", "", "4592b41-small"},
                                    {"4592b41-medium-ft", "", "", "", "4592b41-medium"},
                                    {"ACB944BB-fb49-4c29-a15b-e6a245a7bdf9-ft", "", "", "",
                                     "ACB944BB-fb49-4c29-a15b-e6a245a7bdf9"},
                                    {"cohere/acb944bb-fb49-4c29-a15b-e6a245a7bdf9-ft", "", "", "",
                                     "acb944bb-fb49-4c29-a15b-e6a245a7bdf9"},
                                    {"cohere_chat/acb944bb-fb49-4c29-a15b-e6a245a7bdf9-ft", "", "",
                                     "", "acb944bb-fb49-4c29-a15b-e6a245a7bdf9"},
                                    {"0f2f14e-large-ft", "", "", "", "0f2f14e-large"},
                                });
}

TEST_CASE("a routing prefix before a custom name is stepped over", "[cohere]") {
  check_parsed(providers::cohere, {{"cohere/custom-rag-assistant", "command", "", "",
                                    "custom-rag-assistant", "", "", ModelId::BaseSource::assumed}});
}

TEST_CASE("Cohere's base models and labels are not fine-tunes", "[cohere]") {
  check_refused(providers::cohere,
                {
                    {"command-r-08-2024", IdError::not_fine_tuned},
                    {"chat-ft", IdError::not_fine_tuned},
                    {"4592b41-ft", IdError::not_fine_tuned},
                    {"4592b41--ft", IdError::not_fine_tuned},
                    {"4592b41-chat-1-ft", IdError::not_fine_tuned},
                    {"cohere/command-r", IdError::not_fine_tuned},
                    {"casehold-rerank-ft", IdError::not_fine_tuned},
                    {"fee37446-7fc7-42f9-a026-c6ba2fcc422d", IdError::not_fine_tuned},  // an object
                    {"acb944bb_fb49-4c29-a15b-e6a245a7bdf9-ft", IdError::not_fine_tuned},
                    {"Custom-rag", IdError::not_fine_tuned},
                    {"custom-", IdError::invalid_format},
                    {"custom-rag assistant", IdError::invalid_characters},
                    {"custom-rag@2", IdError::invalid_characters},
                });
}
