// The Gemini API's names, and Vertex AI's names when google is asked.

#include "support/id_cases.hpp"

using namespace FineTuning;

namespace {

constexpr auto assumed = ModelId::BaseSource::assumed;

// The contract's example, which is the guide's.
constexpr auto custom_gemini = parse_model_id(
    "projects/my-project/locations/us-central1/models/custom-gemini-123", providers::google);
static_assert(custom_gemini && custom_gemini->provider == "google" &&
              custom_gemini->base_model == "gemini-pro" && custom_gemini->base_source == assumed &&
              custom_gemini->organization == "my-project" && custom_gemini->suffix.empty() &&
              custom_gemini->fine_tune_id == "custom-gemini-123");
static_assert(is_fine_tuned("projects/PROJ/locations/LOC/models/MODEL", providers::google));
static_assert(is_fine_tuned("tunedModels/my-tuned-model"));

}  // namespace

TEST_CASE("the Gemini API's tuned models are read", "[google]") {
  check_read(providers::google,
             {
                 {"tunedModels/az2mb0bpw6i", "", "", "", "az2mb0bpw6i"},
                 {"tunedModels/sentence-translator-u3b7m", "", "", "", "sentence-translator-u3b7m"},
                 {"tunedModels/my-tuned-model", "", "", "", "my-tuned-model"},
                 {"tunedModels/generate-num-1896", "", "", "", "generate-num-1896"},
                 {"tunedModels/generatenum5443-ekrw7ie9wis23zbeogbw6jq8", "", "", "",
                  "generatenum5443-ekrw7ie9wis23zbeogbw6jq8"},
                 {"tunedModels/testdatasetexamples-model-j0fpgpaksvri", "", "", "",
                  "testdatasetexamples-model-j0fpgpaksvri"},
                 {"tunedModels/1234567890123456789", "", "", "", "1234567890123456789"},
                 {"tunedModels/behavioral-interview--dbnow66ey5gn", "", "", "",
                  "behavioral-interview--dbnow66ey5gn"},
                 {"tunedModels/My_Model_7", "", "", "", "My_Model_7"},
                 {"tunedModels/gemini-1.5-flash", "", "", "", "gemini-1.5-flash"},
                 {"gemini/tunedModels/my_model", "", "", "", "my_model"},
                 {"google/tunedModels/my-model-abc", "", "", "", "my-model-abc"},
                 {"googleai/tunedModels/my-model-abc", "", "", "", "my-model-abc"},
                 {"tunedModels/copy-of-copy-of-increment-abc123", "", "", "",
                  "copy-of-copy-of-increment-abc123"},
             });
}

TEST_CASE("google reads Vertex's names too", "[google]") {
  check_parsed(providers::google,
               {
                   {"projects/p/locations/us-central1/endpoints/4095574160837705728", "", "p", "",
                    "4095574160837705728", "", "us-central1"},
                   {"projects/p/locations/l/models/my-gemini-1.5-pro-002-v1@3",
                    "gemini-1.5-pro-002", "p", "", "my-gemini-1.5-pro-002-v1", "", "l", assumed},
                   {"endpoints/1234", "", "", "", "1234"},

                   // A guess is the same whichever of the two is asked.
                   {"projects/p/locations/l/models/gemini-1.0-pro-002-x", "gemini-1.0-pro-002", "p",
                    "", "gemini-1.0-pro-002-x", "", "l", assumed},
               });
}

TEST_CASE("the Gemini API's base models are not fine-tunes", "[google]") {
  check_refused(providers::google,
                {{"models/gemini-1.5-flash-001-tuning", IdError::not_fine_tuned},
                 {"models/gemini-2.5-flash", IdError::not_fine_tuned},
                 {"gemini-2.5-flash", IdError::not_fine_tuned},
                 {"publishers/google/models/gemini-2.5-flash", IdError::not_fine_tuned},
                 {"google/gemini-2.5-flash:batch", IdError::not_fine_tuned},
                 {"google/gemma-3-27b-it:free", IdError::not_fine_tuned},
                 {"models/gemini-1.5-flash-8b-exp-0924", IdError::not_fine_tuned},
                 {"tunedModels/", IdError::invalid_format},
                 {"tunedModels/..", IdError::invalid_format},
                 {"tunedModels/a/b", IdError::invalid_format},
                 {"models/", IdError::invalid_format},
                 {"projects/p/locations/l", IdError::invalid_format},
                 {"tunedModels/a?b", IdError::invalid_characters}});
}
