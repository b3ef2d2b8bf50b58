// Azure OpenAI's ids: the base is everything before the last ".ft-".

#include "support/id_cases.hpp"

using namespace FineTuning;

namespace {

constexpr auto with_all_parts = parse_model_id(
    "gpt-35-turbo-0613.ft-acaad371be7f43589c32caba9d31b07f-rnc:ckpt-step-10", providers::azure);
static_assert(with_all_parts && with_all_parts->kind == ModelId::Kind::checkpoint &&
              with_all_parts->base_model == "gpt-35-turbo-0613" &&
              with_all_parts->suffix == "rnc" &&
              with_all_parts->fine_tune_id == "acaad371be7f43589c32caba9d31b07f" &&
              with_all_parts->checkpoint == "ckpt-step-10");

}  // namespace

TEST_CASE("Azure's ids are read with and without suffix and checkpoint", "[azure]") {
  check_read(
      providers::azure,
      {
          {"gpt-35-turbo-0125.ft-b044a9d3cf9c4228b5d393567f693b83", "gpt-35-turbo-0125", "", "",
           "b044a9d3cf9c4228b5d393567f693b83"},
          {"gpt-4o-mini-2024-07-18.ft-f8838e7c6d4a4cbe882a002815758510", "gpt-4o-mini-2024-07-18",
           "", "", "f8838e7c6d4a4cbe882a002815758510"},
          {"gpt-35-turbo-0125.ft-0ab3f80e4f2242929258fff45b56a9ce", "gpt-35-turbo-0125", "", "",
           "0ab3f80e4f2242929258fff45b56a9ce"},
          {"curie.ft-72a2792ef7d24ba7b82c7fe4a37e379f", "curie", "", "",
           "72a2792ef7d24ba7b82c7fe4a37e379f"},
          {"gpt-35-turbo-0613.ft-72a2792ef7d24ba7b82c7fe4a37e379f:ckpt-step-10",
           "gpt-35-turbo-0613", "", "", "72a2792ef7d24ba7b82c7fe4a37e379f", "ckpt-step-10"},
          {"gpt-4o-mini-2024-07-18.ft-0e208cf33a6a466994aff31a08aba678", "gpt-4o-mini-2024-07-18",
           "", "", "0e208cf33a6a466994aff31a08aba678"},
          {"gpt-35-turbo-0613.ft-acaad371be7f43589c32caba9d31b07f-rnc", "gpt-35-turbo-0613", "",
           "rnc", "acaad371be7f43589c32caba9d31b07f"},
          {"ftchkpt-e559c011ecc04fc68eaa339d8227d02d", "", "", "", "",
           "ftchkpt-e559c011ecc04fc68eaa339d8227d02d"},

          // A base with dots, alone and with everything behind it.
          {"gpt-4.1-2025-04-14.ft-10e748779e5040e0869db0b9e4995c82", "gpt-4.1-2025-04-14", "", "",
           "10e748779e5040e0869db0b9e4995c82"},
          {"gpt-4.1-mini-2025-04-14.ft-071a9d9c59ec4d088d1a3e56707d7361-aoai_ft.1:ckpt-step-9",
           "gpt-4.1-mini-2025-04-14", "", "aoai_ft.1", "071a9d9c59ec4d088d1a3e56707d7361",
           "ckpt-step-9"},

          // Odd ones: placeholders, capitals, a name in the place of the hash.
          {"davinci-002.ft-0123456789abcdefghijklmnopqrstuv", "davinci-002", "", "",
           "0123456789abcdefghijklmnopqrstuv"},
          {"gpt-4o-mini-2024-07-18.ft-abc123", "gpt-4o-mini-2024-07-18", "", "", "abc123"},
          {"GPT-4o.ft-0AB3F80E4F2242929258FFF45B56A9CE-X", "GPT-4o", "", "X",
           "0AB3F80E4F2242929258FFF45B56A9CE"},
          {"gpt-35-turbo-0613.ft-customer-service", "gpt-35-turbo-0613"},

          {"azure/gpt-4o.ft-0ab3f80e4f2242929258fff45b56a9ce", "gpt-4o", "", "",
           "0ab3f80e4f2242929258fff45b56a9ce"},
          {"azure_ai/gpt-4.1-2025-04-14.ft-b044a9d3cf9c4228b5d393567f693b83", "gpt-4.1-2025-04-14",
           "", "", "b044a9d3cf9c4228b5d393567f693b83"},
          {"azure::gpt-4o-mini-2024-07-18.ft-b044a9d3cf9c4228b5d393567f693b83",
           "gpt-4o-mini-2024-07-18", "", "", "b044a9d3cf9c4228b5d393567f693b83"},

          // A suffix with a mark of its own, and a tuned model that was tuned again.
          {"gpt-4.1-nano-2025-04-14.ft-b044a9d3cf9c4228b5d393567f693b83-my.ft-model",
           "gpt-4.1-nano-2025-04-14", "", "my.ft-model", "b044a9d3cf9c4228b5d393567f693b83"},
          {"gpt-4o.ft-0ab3f80e4f2242929258fff45b56a9ce.ft-b044a9d3cf9c4228b5d393567f693b83",
           "gpt-4o.ft-0ab3f80e4f2242929258fff45b56a9ce", "", "",
           "b044a9d3cf9c4228b5d393567f693b83"},

          // Bases of other publishers.
          {"Ministral-3B.ft-b044a9d3cf9c4228b5d393567f693b83", "Ministral-3B", "", "",
           "b044a9d3cf9c4228b5d393567f693b83"},
          {"gpt-oss-20b.ft-b044a9d3cf9c4228b5d393567f693b83-x", "gpt-oss-20b", "", "x",
           "b044a9d3cf9c4228b5d393567f693b83"},
          {"gpt-4o-2024-08-06.ft-d93dda6110004b4da3472d96f4dd4777-ft", "gpt-4o-2024-08-06", "",
           "ft", "d93dda6110004b4da3472d96f4dd4777"},
      });
}

TEST_CASE("a mark inside a file's name or before a tag makes no fine-tune", "[azure]") {
  for (const std::string_view text :
       {"my.ft-model.gguf", "model.ft-v2/checkpoint-500", "llama.ft-q4:latest",
        "gpt-4o.ft-b044a9d3cf9c4228b5d393567f693b83:latest", ".ft-model"}) {
    INFO(text);
    CHECK_FALSE(is_fine_tuned(text));
    CHECK_FALSE(is_fine_tuned(text, providers::azure));
  }
}

TEST_CASE("an Azure deployment or a broken id is not a fine-tune", "[azure]") {
  check_refused(
      providers::azure,
      {{"my-deployment", IdError::not_fine_tuned},
       {"gpt-4o-2024-11-20", IdError::not_fine_tuned},
       {"code-davinci-fine-tune-002", IdError::not_fine_tuned},
       {"ftchkpt-", IdError::not_fine_tuned},
       {"gpt-4o.ft-", IdError::invalid_format},
       {"gpt-4o.ft-:ckpt-step-1", IdError::invalid_format},
       {"gpt-4o.ft-abc123:latest", IdError::invalid_format},
       {"my.ft-model.gguf", IdError::not_fine_tuned},
       {"gpt-4o-mini-2024-07-18-ft-0e208cf33a6a466994aff31a08aba678", IdError::not_fine_tuned},
       {".ft-0ab3f80e4f2242929258fff45b56a9ce", IdError::invalid_format},
       {"gpt-4o.ft-0ab3@", IdError::invalid_characters}});
}
