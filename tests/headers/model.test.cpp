// Specs: which provider a model goes to, and which model it was tuned from.

#include "support/catch.hpp"

#include <FineTuning/model.hpp>

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

using namespace FineTuning;

namespace {

Model model(std::string_view spec) { return Model::from(spec).value(); }

/// What a refused spec has to say, whole sentences with the advice and without control characters.
void check_message(const Error& error) {
  CHECK(error.message.size() > 20);
  CHECK(error.message.back() == '.');
  CHECK(error.message.size() < 400);
  for (const char c : error.message) CHECK((c >= ' ' && c <= '~'));
}

// The slices of a temporary's parts would point to nothing.
template <class T>
concept has_parts = requires(T&& value) {
  std::forward<T>(value).parts();
};
static_assert(has_parts<const Model&> && !has_parts<Model>);

}  // namespace

TEST_CASE("a spec is a provider's name, a colon and an id", "[model]") {
  struct Case {
    std::string_view spec;
    std::string_view provider;
    std::string_view id;
    bool fine_tuned;
  };
  for (const Case& expected : {
           Case{"openai:ft:gpt-4:org:legal:id1", "openai", "ft:gpt-4:org:legal:id1", true},
           Case{"openai:gpt-4", "openai", "gpt-4", false},
           Case{"openai:ft:gpt-4-0613:myorg:legal-assistant:abc123", "openai",
                "ft:gpt-4-0613:myorg:legal-assistant:abc123", true},
           Case{"vertex:projects/my-project/locations/us-central1/models/custom-gemini-123",
                "vertex", "projects/my-project/locations/us-central1/models/custom-gemini-123",
                true},
           Case{"cohere:custom-rag-assistant", "cohere", "custom-rag-assistant", true},
           Case{"together:myorg/fine-tuned-llama-70b", "together", "myorg/fine-tuned-llama-70b",
                true},
           Case{"groq:llama-3.1-8b-instant", "groq", "llama-3.1-8b-instant", false},
           Case{"groq:openai/gpt-oss-20b", "groq", "openai/gpt-oss-20b", false},
           Case{"local:llama3:8b", "local", "llama3:8b", false},
           Case{"local:ft:gpt-4:org:legal:id1", "local", "ft:gpt-4:org:legal:id1", false},
           Case{"mistral:ft:open-mistral-7b:587a6b29:20240514:7e773925", "mistral",
                "ft:open-mistral-7b:587a6b29:20240514:7e773925", true},
           Case{"azure:my-deployment", "azure", "my-deployment", false},
           Case{"fireworks:accounts/acct/models/out#acct/dep", "fireworks",
                "accounts/acct/models/out#acct/dep", true},

           // The two services of one family: the form says which.
           Case{"google:projects/p/locations/l/models/m", "vertex",
                "projects/p/locations/l/models/m", true},
           Case{"google:publishers/google/models/gemini-2.5-flash", "vertex",
                "publishers/google/models/gemini-2.5-flash", false},
           Case{"google:4965075652664360960", "vertex", "4965075652664360960", true},
           Case{"vertex:tunedModels/my-model", "google", "tunedModels/my-model", true},
           Case{"google:tunedModels/my-model", "google", "tunedModels/my-model", true},
           Case{"google:gemini-2.5-flash", "google", "gemini-2.5-flash", false},
           Case{"vertex:gemini-2.5-flash", "vertex", "gemini-2.5-flash", false},
           Case{"vertex:models/gemini-2.5-flash", "vertex", "models/gemini-2.5-flash", false},
           Case{"google:models/gemini-2.5-flash", "google", "models/gemini-2.5-flash", false},
           Case{"google:vertex_ai/projects/p/locations/l/models/m", "vertex",
                "vertex_ai/projects/p/locations/l/models/m", true},
           Case{"vertex:1234567890", "vertex", "1234567890", true},

           // Without the name: the form, then the tables.
           Case{"ft:gpt-4:org:legal:id1", "openai", "ft:gpt-4:org:legal:id1", true},
           Case{"openai/ft:gpt-4:org:legal:id1", "openai", "openai/ft:gpt-4:org:legal:id1", true},
           Case{"mistral::ft:open-mistral-7b:587a6b29:20240514:7e773925", "mistral",
                "mistral::ft:open-mistral-7b:587a6b29:20240514:7e773925", true},
           Case{"davinci:ft-personal-2023-04-28-18-40-02", "openai",
                "davinci:ft-personal-2023-04-28-18-40-02", true},
           Case{"projects/p/locations/l/endpoints/1", "vertex",
                "projects/p/locations/l/endpoints/1", true},
           Case{"arn:aws:bedrock:us-east-1:1:imported-model/x", "bedrock",
                "arn:aws:bedrock:us-east-1:1:imported-model/x", true},
           Case{"adarsh/Qwen3-8B:tone:ft-1", "together", "adarsh/Qwen3-8B:tone:ft-1", true},
           Case{"someone@example.com/Qwen3-8B-aabbccdd", "together",
                "someone@example.com/Qwen3-8B-aabbccdd", true},
           Case{"gpt-4", "openai", "gpt-4", false},
           Case{"models/gemini-2.5-flash", "google", "models/gemini-2.5-flash", false},
           Case{"gemini-2.5-flash", "google", "gemini-2.5-flash", false},
           Case{"command-r", "cohere", "command-r", false},
           Case{"llama-3.1-8b-instant", "groq", "llama-3.1-8b-instant", false},

           // An unusual form is not refused: the service decides.
           Case{"openai:ft:invalid", "openai", "ft:invalid", false},
           Case{"vertex:projects/p", "vertex", "projects/p", false},
       }) {
    INFO(expected.spec);
    const auto read = Model::from(expected.spec);
    REQUIRE(read);
    CHECK(read->provider() == expected.provider);
    CHECK(read->id() == expected.id);
    CHECK(read->parts().text == expected.id);
    CHECK(read->parts().provider == expected.provider);
    CHECK(read->is_fine_tuned() == expected.fine_tuned);
    CHECK(read->spec() == std::string(expected.provider) + ':' + std::string(expected.id));
    CHECK(*Model::from(read->spec()) == *read);
  }
}

TEST_CASE("a spec that is not a model is refused with the exact name and a sentence", "[model]") {
  struct Case {
    std::string spec;
    std::string_view code;
  };
  for (const Case& refused : {
           Case{"", "empty_model_id"},
           Case{"openai:", "empty_model_id"},
           Case{"openai:gpt-4 turbo", "invalid_characters"},
           Case{"openai:ft:gpt-4:org:suffix:id@#$%", "invalid_characters"},
           Case{"openai:gpt-4\r\nX-Header: 1", "invalid_characters"},
           Case{"vertex:projects/p/locations/l/models/m?x", "invalid_characters"},
           Case{"openai:" + std::string(513, 'x'), "model_id_too_long"},
           Case{"llama3:8b", "unknown_provider"},
           Case{"nobody:gpt-4", "unknown_provider"},
           Case{"OpenAI:gpt-4", "unknown_provider"},
           Case{"custom-rag-assistant", "unknown_provider"},
           Case{"adarsh/llama3.1:ft-q4", "unknown_provider"},
           Case{"@cf/meta/llama-2-7b-chat-fp16", "unknown_provider"},

           // No id of any provider.
           Case{"no such model", "invalid_characters"},
           Case{"nobody:gpt-4\r\nX-Header: 1", "invalid_characters"},
           Case{"no-such-model\x01\xFF", "invalid_characters"},
           Case{std::string(513, 'x'), "model_id_too_long"},
           Case{"no such model\x01\xFF" + std::string(1000, 'x'), "model_id_too_long"},
       }) {
    INFO(refused.spec);
    const auto read = Model::from(refused.spec);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::invalid_model);
    CHECK(read.error().code == refused.code);
    check_message(read.error());
  }
}

TEST_CASE("a name that no provider has is named, with those that there are", "[model]") {
  const auto message = [](std::string_view spec, std::span<const Provider> own = {}) {
    return Model::from(spec, own).error().message;
  };
  const std::string unknown = message("OpenAI:gpt-4");
  CHECK(unknown.find("no provider \"OpenAI\"") != std::string::npos);
  for (const Provider* provider : providers::all)
    CHECK(unknown.find(provider->name) != std::string::npos);

  const std::array<Provider, 2> own{Provider{.name = "acme", .title = "Acme"},
                                    Provider{.name = "groq", .title = "A proxy of Groq"}};
  const std::string with_own = message("nobody:gpt-4", own);
  CHECK(with_own.find("acme, groq, ") != std::string::npos);
  CHECK(with_own.find("groq") == with_own.rfind("groq"));

  for (const std::string_view spec : {"llama3:8b", "gpt-99", ":gpt-4", "user/model:latest"})
    CHECK(message(spec).find("no provider") == std::string::npos);
}

TEST_CASE("a base model is found for every provider whose ids tell it", "[model]") {
  struct Case {
    std::string_view spec;
    std::string_view base;
  };
  for (const Case& expected : {
           Case{"openai:ft:gpt-4-0613:myorg:custom:abc123", "openai:gpt-4-0613"},
           Case{"openai:ft:gpt-4o-mini:org::id:ckpt-step-8", "openai:gpt-4o-mini"},
           Case{"openai:ada:ft-personal-2023-08-11-22-08-21", "openai:ada"},
           Case{"openai/ft:gpt-3.5:org:simple:id", "openai:gpt-3.5"},
           Case{"google:projects/my-project/locations/us-central1/models/custom-gemini-123",
                "vertex:gemini-pro"},
           Case{"vertex:projects/p/locations/l/models/gemini-2.5-flash-x@1",
                "vertex:gemini-2.5-flash"},
           Case{"cohere:custom-rag-assistant", "cohere:command"},
           Case{"together:myorg/fine-tuned-llama-70b", "together:fine-tuned-llama-70b"},
           Case{"together:acct/Meta-Llama-3.1-8B-Instruct-Reference-x-417bfc68",
                "together:meta-llama/Meta-Llama-3.1-8B-Instruct-Reference"},
           Case{"together:acct/Qwen/Qwen2.5-7B-Instruct-32162631",
                "together:Qwen/Qwen2.5-7B-Instruct"},
           Case{"together:acct/Qwen2.5-7B-Instruct:suffix:ft-1",
                "together:Qwen/Qwen2.5-7B-Instruct"},
           Case{"together:acct/qwen2.5-7b-instruct-x-417bfc68",
                "together:Qwen/Qwen2.5-7B-Instruct"},
           Case{"together:acct/qwen/qwen2.5-7b-instruct-32162631",
                "together:Qwen/Qwen2.5-7B-Instruct"},
           Case{"together:acct/Qwen3.5-4B-x-417bfc68", "together:Qwen/Qwen3.5-4B"},
           Case{"together:acct/new-model-417bfc68", "together:new-model"},
           Case{"openai:davinci:ft-personal", "openai:davinci"},
           Case{"azure:gpt-4.1-2025-04-14.ft-10e748779e5040e0869db0b9e4995c82",
                "azure:gpt-4.1-2025-04-14"},
           Case{"mistral:ft:classifier:ministral-3b-latest:2bec22ef:20250702:a2707cf5",
                "mistral:ministral-3b-latest"},
           Case{"bedrock:arn:aws:bedrock:us-east-1:1:custom-model/amazon.nova-lite-v1:0:300k/x",
                "bedrock:amazon.nova-lite-v1:0:300k"},
       }) {
    INFO(expected.spec);
    const Model tuned = model(expected.spec);
    const auto base = tuned.base();
    REQUIRE(base);
    CHECK(base->spec() == expected.base);
    CHECK_FALSE(base->is_fine_tuned());
    CHECK(get_base_model(tuned).value() == base->id());
  }
}

TEST_CASE("a model without a base says why", "[model]") {
  struct Case {
    std::string_view spec;
    ErrorKind kind;
    std::string_view code;
  };
  for (const Case& expected : {
           Case{"openai:gpt-4", ErrorKind::not_fine_tuned, "not_fine_tuned"},
           Case{"groq:llama-3.1-8b-instant", ErrorKind::not_fine_tuned, "not_fine_tuned"},
           Case{"local:anything", ErrorKind::not_fine_tuned, "not_fine_tuned"},
           Case{"openai:ft:invalid", ErrorKind::invalid_model, "invalid_format"},
           Case{"google:tunedModels/my-model", ErrorKind::not_found, "unknown_base_model"},
           Case{"vertex:projects/p/locations/l/endpoints/1", ErrorKind::not_found,
                "unknown_base_model"},
           Case{"cohere:acb944bb-fb49-4c29-a15b-e6a245a7bdf9-ft", ErrorKind::not_found,
                "unknown_base_model"},
           Case{"fireworks:accounts/acct/models/out", ErrorKind::not_found, "unknown_base_model"},
           Case{"azure:ftchkpt-e559c011ecc04fc68eaa339d8227d02d", ErrorKind::not_found,
                "unknown_base_model"},
       }) {
    INFO(expected.spec);
    const auto base = get_base_model(model(expected.spec));
    REQUIRE_FALSE(base);
    CHECK(base.error().kind == expected.kind);
    CHECK(base.error().code == expected.code);
    check_message(base.error());
    CHECK_FALSE(model(expected.spec).base());
  }
}

TEST_CASE("equal models have one hash, so that they can be keys", "[model]") {
  std::unordered_map<Model, int> calls;
  ++calls[model("openai:gpt-4o")];
  ++calls[model("gpt-4o")];
  ++calls[model("groq:gpt-4o")];
  CHECK(calls.size() == 2);
  CHECK(calls.at(model("openai:gpt-4o")) == 2);
}

TEST_CASE("a model owns its text and what it needs of its provider", "[model]") {
  std::string spec = "openai:ft:gpt-4o-mini-2024-07-18:acme:support:AbC12345";
  Model first = Model::from(spec).value();
  spec.assign(spec.size(), '?');
  const Model copy = first;
  const Model moved = std::move(first);
  first = model("groq:llama-3.1-8b-instant");
  CHECK(copy == moved);
  CHECK_FALSE(copy == first);
  CHECK(copy.parts().base_model == "gpt-4o-mini-2024-07-18");
  CHECK(moved.parts().suffix == "support");
  CHECK(copy.parts().text.data() == copy.spec().data() + std::string_view("openai:").size());
}

TEST_CASE("a caller's own provider is asked first and outlives the list it came in", "[model]") {
  const auto read = [](std::string_view spec) {
    const std::vector<Provider> own{
        {.name = "acme",
         .title = "Acme",
         .parse_id = [](std::string_view text) -> Result<ModelId, IdError> {
           const bool tuned = text.starts_with("tuned-");
           return ModelId{.text = text,
                          .kind = tuned ? ModelId::Kind::fine_tuned : ModelId::Kind::base,
                          .base_model = tuned ? text.substr(6) : std::string_view{}};
         }},
        {.name = "groq", .title = "A proxy of Groq", .base_url = "https://proxy.example/v1"},
    };
    return Model::from(spec, own).value();
  };
  const Model tuned = read("acme:tuned-small");
  CHECK(tuned.provider() == "acme");
  CHECK(tuned.is_fine_tuned());
  CHECK(tuned.base()->spec() == "acme:small");
  CHECK(tuned.base()->provider() == tuned.provider());

  CHECK(read("groq:llama-3.1-8b-instant").provider().base_url == "https://proxy.example/v1");
  CHECK(read("llama-3.1-8b-instant").provider().base_url == "https://proxy.example/v1");
  CHECK(read("openai:gpt-4").provider().base_url == providers::openai.base_url);
  CHECK(read("gpt-4").provider() == "openai");
  CHECK_FALSE(Model::from("acme:tuned-small"));
}

TEST_CASE("a model that was moved away is empty and can be given another value", "[model]") {
  Model first = model("openai:ft:gpt-4o-mini-2024-07-18:acme:support:AbC12345");
  const Model second = std::move(first);
  CHECK(first.id().size() <= second.id().size());  // NOLINT(bugprone-use-after-move)
  CHECK_FALSE(first.is_fine_tuned());
  first = second;
  CHECK(first.id() == second.id());
}

TEST_CASE("a caller's own provider reads its forms and its table before the library", "[model]") {
  constexpr std::array<ModelRow, 1> rows{ModelRow{.model_id = "gpt-4", .alias = "acme-large"}};
  const std::vector<Provider> own{
      {.name = "acme",
       .title = "Acme",
       .parse_id = [](std::string_view text) -> Result<ModelId, IdError> {
         if (!text.starts_with("ft:")) return IdError::not_fine_tuned;
         return ModelId{.text = text, .kind = ModelId::Kind::fine_tuned, .base_model = "small"};
       },
       .recognizes = [](std::string_view text) { return text.starts_with("ft:"); },
       .models = rows},
  };
  for (const std::string_view id : {"ft:gpt-4:org:legal:id1", "gpt-4", "acme-large"}) {
    INFO(id);
    const Model read = Model::from(id, own).value();
    CHECK(read.provider() == "acme");
    CHECK(read.id() == id);
  }
  CHECK(Model::from("gpt-4o", own)->provider() == "openai");

  // A base model that its reader refuses is a model all the same.
  const Model base = Model::from("acme:small", own).value();
  CHECK(base.parts().kind == ModelId::Kind::base);
  CHECK(base.base().error().kind == ErrorKind::not_fine_tuned);
  CHECK(Model::from("acme:ft:x", own)->base()->spec() == "acme:small");
}

TEST_CASE("a caller's own provider joins a family, and stands in for one of it", "[model]") {
  const std::vector<Provider> own{
      {.name = "tuner",
       .title = "Tuner",
       .recognizes = [](std::string_view text) { return text.starts_with("tunedModels/mine-"); },
       .family = providers::google.family},
      {.name = "vertex", .title = "A proxy of Vertex", .base_url = "https://proxy.example"},
  };
  CHECK(Model::from("vertex:x", own)->provider().base_url == "https://proxy.example");
  CHECK(Model::from("google:endpoints/1", own)->provider().base_url == "https://proxy.example");
  CHECK(Model::from("google:tunedModels/mine-1", own)->provider() == "google");  // its form too
  CHECK(Model::from("endpoints/1", own)->provider().base_url == "https://proxy.example");
  CHECK(Model::from("tunedModels/mine-1", own)->provider() == "tuner");
  CHECK(Model::from("tuner:tunedModels/mine-1", own)->provider() == "tuner");
  CHECK(Model::from("tuner:tunedModels/other", own)->provider() == "google");
}
