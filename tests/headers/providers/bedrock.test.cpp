// Bedrock's ARNs: the base stands inside, with colons of its own.

#include "support/id_cases.hpp"

#include <string>

using namespace FineTuning;

namespace {

constexpr auto nova = parse_model_id(
    "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-micro-v1:0:128k/w10vam0yqppc",
    providers::bedrock);
static_assert(nova && nova->base_model == "amazon.nova-micro-v1:0:128k" &&
              nova->fine_tune_id == "w10vam0yqppc" && nova->organization == "123456789012" &&
              nova->location == "us-east-1");

}  // namespace

TEST_CASE("Bedrock's custom models are read in every partition", "[bedrock]") {
  check_read(
      providers::bedrock,
      {
          {"arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.titan-text-express-v1:0:8k/"
           "ly16hhi765j4",
           "amazon.titan-text-express-v1:0:8k", "123456789012", "", "ly16hhi765j4", "",
           "us-east-1"},
          {"arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.titan-text-lite-v1:0:4k/"
           "2ytyyx8nid0h",
           "amazon.titan-text-lite-v1:0:4k", "123456789012", "", "2ytyyx8nid0h", "", "us-east-1"},
          {"arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-pro-v1:0:300k/"
           "e4oo8js4bjz5",
           "amazon.nova-pro-v1:0:300k", "123456789012", "", "e4oo8js4bjz5", "", "us-east-1"},
          {"arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-2-lite-v1:0:256k/"
           "x7wfvyx885l9",
           "amazon.nova-2-lite-v1:0:256k", "123456789012", "", "x7wfvyx885l9", "", "us-east-1"},
          {"arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:custom-model/anthropic.claude/abc",
           "anthropic.claude", "123456789012", "", "abc", "", "us-gov-west-1"},
          {"arn:aws-cn:bedrock:cn-north-1:123456789012:custom-model/meta.llama3-8b-instruct-v1:0/"
           "MyModel",
           "meta.llama3-8b-instruct-v1:0", "123456789012", "", "MyModel", "", "cn-north-1"},
          {"arn:aws:bedrock:us-west-2::custom-model/meta.llama3-8b-instruct-v1:0/MyModel",
           "meta.llama3-8b-instruct-v1:0", "", "", "MyModel", "", "us-west-2"},

          // Cut short: one of the two is missing.
          {"arn:aws:bedrock:us-east-1:123456789012:custom-model/abc123def456", "", "123456789012",
           "", "abc123def456", "", "us-east-1"},
          {"arn:aws:bedrock:eu-central-1:111122223333:custom-model/amazon.nova-lite-v1:0",
           "amazon.nova-lite-v1:0", "111122223333", "", "", "", "eu-central-1"},

          // The base is not in the name.
          {"arn:aws:bedrock:us-east-1:111122223333:custom-model-deployment/dep000000001", "",
           "111122223333", "", "dep000000001", "", "us-east-1"},
          {"arn:aws:bedrock:us-east-1:123456789012:custom-model/imported/abcdefghijkl", "",
           "123456789012", "", "abcdefghijkl", "", "us-east-1"},
          {"arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl", "", "123456789012",
           "", "abcdefghijkl", "", "us-east-1"},

          {"bedrock/arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdefghijkl",
           "", "123456789012", "", "abcdefghijkl", "", "us-east-1"},
          {"bedrock/llama/arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl", "",
           "123456789012", "", "abcdefghijkl", "", "us-east-1"},
          {"bedrock/converse/"
           "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-lite-v1:0:300k/x",
           "amazon.nova-lite-v1:0:300k", "123456789012", "", "x", "", "us-east-1"},
          {"qwen2/arn:aws:bedrock:us-east-1:123456789012:imported-model/test-qwen2", "",
           "123456789012", "", "test-qwen2", "", "us-east-1"},
          {"aws_bedrock::arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abc", "",
           "123456789012", "", "abc", "", "us-east-1"},
          {"arn:aws:bedrock:us-east-1:111122223333:custom-model/meta.llama2-70b-v1:0:4k/"
           "k09t52jlvdza",
           "meta.llama2-70b-v1:0:4k", "111122223333", "", "k09t52jlvdza", "", "us-east-1"},
      });
}

TEST_CASE("Bedrock's base models, profiles and provisioned models are not fine-tunes",
          "[bedrock]") {
  check_refused(
      providers::bedrock,
      {
          {"arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0:300k",
           IdError::not_fine_tuned},
          {"arn:aws:bedrock:us-east-1:123456789012:provisioned-model/8fxff74qyhs3",
           IdError::not_fine_tuned},
          {"arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0",
           IdError::not_fine_tuned},
          {"arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl",
           IdError::not_fine_tuned},
          {"bedrock/converse/arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/"
           "heol2zyy5v48",
           IdError::not_fine_tuned},
          {"bedrock/converse/us.meta.llama3-3-70b-instruct-v1:0", IdError::not_fine_tuned},
          {"us.amazon.nova-lite-v1:0", IdError::not_fine_tuned},
          {"meta.llama3-1-8b-instruct-v1:0:128k", IdError::not_fine_tuned},
          {"my-custom-model", IdError::not_fine_tuned},
          {"arn:aws:sagemaker:us-east-1:123456789012:endpoint/e", IdError::invalid_format},
          {"arn:aws:bedrock", IdError::invalid_format},
          {"arn:aws:bedrock:us-east-1:123456789012:custom-model", IdError::invalid_format},
          {"arn:aws:bedrock:us-east-1:123456789012:custom-model/", IdError::invalid_format},
          {"arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.nova-lite-v1:0/",
           IdError::invalid_format},
          {"arn:aws:bedrock::123456789012:custom-model/amazon.nova-lite-v1:0/abc",
           IdError::invalid_format},
          {"arn:aws:bedrock:us-east-1:1:custom-model/a.b/c d", IdError::invalid_characters},
      });
}

TEST_CASE("Bedrock's ARNs may be longer than other ids", "[bedrock]") {
  const std::string arn = "arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.x/";
  CHECK(is_fine_tuned(arn + std::string(2048 - arn.size(), 'a')));
  CHECK_FALSE(is_fine_tuned(arn + std::string(2049 - arn.size(), 'a')));
}
