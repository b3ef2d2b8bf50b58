// Fireworks' names of models, and of models at a deployment.

#include "support/id_cases.hpp"

using namespace FineTuning;

namespace {

constexpr auto at_deployment =
    parse_model_id("accounts/acct/models/out#accounts/acct/deployments/d1", providers::fireworks);
static_assert(at_deployment && at_deployment->organization == "acct" &&
              at_deployment->fine_tune_id == "out" && at_deployment->base_model.empty() &&
              at_deployment->text == "accounts/acct/models/out#accounts/acct/deployments/d1");

}  // namespace

TEST_CASE("Fireworks' tuned models are read, the deployment left on", "[fireworks]") {
  check_read(providers::fireworks,
             {
                 {"accounts/my-account/models/my-ft", "", "my-account", "", "my-ft"},
                 {"accounts/acct/models/out", "", "acct", "", "out"},
                 {"accounts/acct/models/OTHER_v1.2", "", "acct", "", "OTHER_v1.2"},
                 {"accounts/pyroworks/deployedModels/nemotron-nano-3-30b-a3b-fmyofb76", "",
                  "pyroworks", "", "nemotron-nano-3-30b-a3b-fmyofb76"},
                 {"accounts/acct/models/out#acct/dep-123", "", "acct", "", "out"},
                 {"accounts/pyroworks/models/emb#accounts/pyroworks/deployments/airbnbemb", "",
                  "pyroworks", "", "emb"},
                 {"fireworks_ai/accounts/acct/models/out", "", "acct", "", "out"},
                 {"fireworks_ai/accounts/acct/models/out#acct/d", "", "acct", "", "out"},
                 {"fireworks/accounts/acct/models/out", "", "acct", "", "out"},
                 {"fireworks::accounts/xxxxxx-xxxxxx/models/xxxxxxxxxxxxxxxx", "", "xxxxxx-xxxxxx",
                  "", "xxxxxxxxxxxxxxxx"},
                 {"accounts/acme-87e44d/models/debatecards-70b-ft-3epoch-dpo-v2", "", "acme-87e44d",
                  "", "debatecards-70b-ft-3epoch-dpo-v2"},
             });
}

TEST_CASE("Fireworks' own models and deployments are not fine-tunes", "[fireworks]") {
  check_refused(
      providers::fireworks,
      {
          {"accounts/fireworks/models/llama-v3p3-70b-instruct", IdError::not_fine_tuned},
          {"accounts/fireworks/models/kimi-k2-instruct-0905", IdError::not_fine_tuned},
          {"accounts/fireworks/models/qwen3-8b", IdError::not_fine_tuned},
          {"accounts/fireworks/models/qwen3-8b#accounts/me/deployments/d", IdError::not_fine_tuned},
          {"fireworks::accounts/fireworks/models/deepseek-v3", IdError::not_fine_tuned},
          {"accounts/yi-01-ai/models/yi-large", IdError::not_fine_tuned},
          {"accounts/cogito/models/cogito-671b-v2-p1", IdError::not_fine_tuned},
          {"accounts/sentientfoundation/models/dobby-unhinged-llama-3-3-70b-new",
           IdError::not_fine_tuned},
          {"accounts/perplexity/models/r1-1776", IdError::not_fine_tuned},
          {"accounts/stability/models/sd3", IdError::not_fine_tuned},
          {"accounts/test-acct/deployments/dep-123", IdError::not_fine_tuned},
          {"qwen3-8b", IdError::not_fine_tuned},
          {"accounts/", IdError::invalid_format},
          {"accounts/acct/models", IdError::invalid_format},
          {"accounts/acct/models/", IdError::invalid_format},
          {"accounts//models/m", IdError::invalid_format},
          {"accounts/acct/datasets/d", IdError::invalid_format},
          {"accounts/acct/models/m/extra", IdError::invalid_format},
          {"accounts/acct/models/#acct/dep", IdError::invalid_format},
          {"accounts/acct/models/m@1", IdError::invalid_characters},
      });
}
