// Vertex AI's resource names.

#include "support/id_cases.hpp"

using namespace FineTuning;

namespace {

constexpr auto assumed = ModelId::BaseSource::assumed;

// The guide's form, asked of the provider that it stands for.
constexpr auto custom_gemini = parse_model_id(
    "projects/my-project/locations/us-central1/models/custom-gemini-123", providers::vertex);
static_assert(custom_gemini && custom_gemini->provider == "vertex" &&
              custom_gemini->base_model == "gemini-pro" && custom_gemini->base_source == assumed &&
              custom_gemini->organization == "my-project" &&
              custom_gemini->location == "us-central1" &&
              custom_gemini->fine_tune_id == "custom-gemini-123");
static_assert(is_fine_tuned("projects/my-project/locations/us-central1/models/custom-gemini-123"));
static_assert(is_fine_tuned("projects/PROJ/locations/LOC/models/MODEL"));

}  // namespace

TEST_CASE("Vertex's names of tuned models and of their endpoints are read", "[vertex]") {
  check_read(
      providers::vertex,
      {
          {"projects/801452371447/locations/us-central1/endpoints/4095574160837705728", "",
           "801452371447", "", "4095574160837705728", "", "us-central1"},
          {"projects/801452371447/locations/us-central1/models/9030969596621881344", "",
           "801452371447", "", "9030969596621881344", "", "us-central1"},
          {"projects/111111111111/locations/us-central1/endpoints/12345678901234567890", "",
           "111111111111", "", "12345678901234567890", "", "us-central1"},
          {"endpoints/1234", "", "", "", "1234"},

          // With a version or an alias.
          {"projects/p/locations/l/models/m@1", "", "p", "", "m", "", "l"},
          {"projects/p/locations/l/models/m@golden", "", "p", "", "m", "", "l"},
          {"projects/p/locations/l/models/m@1234", "", "p", "", "m", "", "l"},

          // Multi-region locations, and names that users chose.
          {"projects/p/locations/global/endpoints/1", "", "p", "", "1", "", "global"},
          {"projects/p/locations/us/endpoints/my-endpoint", "", "p", "", "my-endpoint", "", "us"},
          {"projects/p/locations/eu/models/My_model-1", "", "p", "", "My_model-1", "", "eu"},
          {"projects/acme.com:legacy/locations/me-west1/models/7", "", "acme.com:legacy", "", "7",
           "", "me-west1"},

          // A base that is guessed from the name: the longest that the table has.
          {"projects/p/locations/l/models/gemini-2.5-flash-tuned-12345", "gemini-2.5-flash", "p",
           "", "gemini-2.5-flash-tuned-12345", "", "l", assumed},
          {"projects/p/locations/l/models/x-gemini-2.5-flash-lite-x@2", "gemini-2.5-flash-lite",
           "p", "", "x-gemini-2.5-flash-lite-x", "", "l", assumed},
          {"projects/p/locations/l/models/gemini-9-tuned", "gemini-pro", "p", "", "gemini-9-tuned",
           "", "l", assumed},
          {"projects/gemini-team/locations/l/models/support", "", "gemini-team", "", "support", "",
           "l"},

          {"projects/p/locations/l/models/tuned-gemma-3-27b-it", "gemma-3-27b-it", "p", "",
           "tuned-gemma-3-27b-it", "", "l", assumed},
          {"projects/p/locations/l/models/gemini-2.0-flash-001-support", "gemini-2.0-flash-001",
           "p", "", "gemini-2.0-flash-001-support", "", "l", assumed},
          {"projects/google.com:my-proj/locations/us-east5/endpoints/99", "", "google.com:my-proj",
           "", "99", "", "us-east5"},

          {"vertex_ai/4965075652664360960", "", "", "", "4965075652664360960"},
          {"vertex_ai/gemini/4965075652664360960", "", "", "", "4965075652664360960"},
          {"vertex_ai/openai/4965075652664360960", "", "", "", "4965075652664360960"},
          {"gcp_vertex_gemini::projects/123/locations/us-central1/endpoints/4567", "", "123", "",
           "4567", "", "us-central1"},
          {"vertex_ai/projects/p/locations/l/endpoints/1", "", "p", "", "1", "", "l"},
      });
}

TEST_CASE("a bare number given to Vertex is an endpoint; elsewhere it has to be long", "[vertex]") {
  check_parsed(providers::vertex, {{"1234567890", "", "", "", "1234567890"},
                                   {"7", "", "", "", "7"},
                                   {"vertex_ai/1234567890", "", "", "", "1234567890"}});
  check_read(providers::vertex, {{"1234567890123456", "", "", "", "1234567890123456"}});
  CHECK_FALSE(is_fine_tuned("123456789012345"));
  CHECK_FALSE(is_fine_tuned("123456789012345", providers::google));
}

TEST_CASE("Vertex's names of base models, jobs and other things are not fine-tunes", "[vertex]") {
  check_refused(
      providers::vertex,
      {
          {"publishers/google/models/gemini-2.5-flash", IdError::not_fine_tuned},
          {"publishers/meta/models/llama3-2@llama-3.2-1b-instruct", IdError::not_fine_tuned},
          {"projects/p/locations/l/publishers/google/models/text-bison", IdError::not_fine_tuned},
          {"gemini-2.5-flash", IdError::not_fine_tuned},
          {"text-bison@002", IdError::not_fine_tuned},
          {"meta/llama-x", IdError::not_fine_tuned},
          {"models/gemini-2.5-flash", IdError::not_fine_tuned},
          {"vertex_ai/openai/gpt-oss-120b-maas", IdError::not_fine_tuned},
          {"publishers/anthropic/models/claude-sonnet-4-5@20250929", IdError::not_fine_tuned},
          {"projects/801452371447/locations/asia-southeast1/endpoints/"
           "mg-endpoint-ccc259a2-c268-4ca6-8713-3bcdaaaf5909",
           IdError::not_fine_tuned},
          {"endpoints/mg-endpoint-ccc259a2-c268-4ca6-8713-3bcdaaaf5909", IdError::not_fine_tuned},
          {"projects/801452371447/locations/us-central1/tuningJobs/4303478340632707072",
           IdError::not_fine_tuned},
          {"projects/p/locations/l/endpoints/openapi", IdError::not_fine_tuned},
          {"endpoints/openapi", IdError::not_fine_tuned},
          {"projects/677451147416/locations/us-central1/models/ICN3550918981390958592",
           IdError::not_fine_tuned},

          {"projects/p/locations/l/models/", IdError::invalid_format},
          {"projects/p/locations/l/models/@1", IdError::invalid_format},
          {"projects/p/locations/l/models/m/versions", IdError::invalid_format},
          {"projects/p/locations//models/m", IdError::invalid_format},
          {"projects/p/models/m", IdError::invalid_format},
          {"projects/p/locations/l/reasoningEngines/1", IdError::invalid_format},
          {"projects/p/locations/l/models/..", IdError::invalid_format},
          {"projects/../locations/l/models/m", IdError::invalid_format},
          {"projects/p/locations/l/models/..@1", IdError::invalid_format},
          {"projects/p/locations/l/models/a..b", IdError::invalid_format},
          {"publishers/../models/x", IdError::invalid_format},
          {"endpoints/", IdError::invalid_format},
          {"publishers/google", IdError::invalid_format},
          {"projects/p/locations/l/models/m?alt=sse", IdError::invalid_characters},
          {"projects/p/locations/l/models/m&x", IdError::invalid_characters},
          {"projects/p/locations/l/models/m#x", IdError::invalid_characters},
      });
}
