// ft as a terminal sees it: what it prints, where, and with which exit status.

#include "support/catch.hpp"
#include "support/environment.hpp"
#include "support/folder.hpp"
#include "support/ft_terminal.hpp"
#include "support/program.hpp"

#include <ft/ft.hpp>

#include <sstream>
#include <streambuf>
#include <string>
#include <string_view>
#include <vector>

using namespace FineTuning;
using ft::Json;
using test::Environment;
using test::Folder;
using test::is_sentence;
using test::Ran;

namespace {

Ran run(const std::vector<std::string>& words, const std::string& input = "") {
  return test::run_ft(words, input);
}

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

/// A request that is in order, with some members changed.
std::string body_with(std::string_view change) {
  Json body =
      Json::parse(R"({"model":"openai:gpt-4o","messages":[{"role":"user","content":"Hello"}]})");
  body.merge_patch(Json::parse(change));
  return body.dump();
}

/// Takes nothing, as a full disk.
class Full : public std::streambuf {};

}  // namespace

// ft inspect.

TEST_CASE("inspect prints one object a line with the names of the contract", "[ft]") {
  const struct {
    const char* spec;
    std::vector<const char*> values;  // "" is null; fine_tuned follows from the kind
  } cases[] = {
      {"openai:ft:gpt-4o-mini-2024-07-18:acme:support:AbC123:ckpt-step-88",
       {"ft:gpt-4o-mini-2024-07-18:acme:support:AbC123:ckpt-step-88", "openai", "checkpoint",
        "gpt-4o-mini-2024-07-18", "id", "acme", "support", "AbC123", "ckpt-step-88", ""}},
      {"ft:gpt-4:org:id",
       {"ft:gpt-4:org:id", "openai", "fine_tuned", "gpt-4", "id", "org", "", "id", "", ""}},
      {"google:tunedModels/legal-u3b7m",
       {"tunedModels/legal-u3b7m", "google", "fine_tuned", "", "", "", "", "legal-u3b7m", "", ""}},
      {"google:projects/my-project/locations/us-central1/models/custom-gemini-123",
       {"projects/my-project/locations/us-central1/models/custom-gemini-123", "vertex",
        "fine_tuned", "gemini-pro", "assumed", "my-project", "", "custom-gemini-123", "",
        "us-central1"}},
      {"cohere:custom-rag-assistant",
       {"custom-rag-assistant", "cohere", "fine_tuned", "command", "assumed", "", "",
        "custom-rag-assistant", "", ""}},
      {"together:myorg/fine-tuned-llama-70b",
       {"myorg/fine-tuned-llama-70b", "together", "fine_tuned", "fine-tuned-llama-70b", "id",
        "myorg", "", "myorg/fine-tuned-llama-70b", "", ""}},
      {"groq:llama-3.1-8b-instant",
       {"llama-3.1-8b-instant", "groq", "base", "", "", "", "", "", "", ""}},
      {"local:my-tuned-llama", {"my-tuned-llama", "local", "base", "", "", "", "", "", "", ""}},
      {"mistral:ft:open-mistral-7b:587a6b29:20240514:7e773925",
       {"ft:open-mistral-7b:587a6b29:20240514:7e773925", "mistral", "fine_tuned", "open-mistral-7b",
        "id", "587a6b29", "", "7e773925", "", ""}},
      {"azure:gpt-4o-mini-2024-07-18.ft-0e208cf33a6a466994aff31a08aba678",
       {"gpt-4o-mini-2024-07-18.ft-0e208cf33a6a466994aff31a08aba678", "azure", "fine_tuned",
        "gpt-4o-mini-2024-07-18", "id", "", "", "0e208cf33a6a466994aff31a08aba678", "", ""}},
      {"fireworks:accounts/acme/models/law-7b",
       {"accounts/acme/models/law-7b", "fireworks", "fine_tuned", "", "", "acme", "", "law-7b", "",
        ""}},
      {"bedrock:arn:aws:bedrock:us-east-1:123456789012:custom-model/"
       "amazon.titan-text-express-v1:0:8k/abcdefghijkl",
       {"arn:aws:bedrock:us-east-1:123456789012:custom-model/amazon.titan-text-express-v1:0:8k/"
        "abcdefghijkl",
        "bedrock", "fine_tuned", "amazon.titan-text-express-v1:0:8k", "id", "123456789012", "",
        "abcdefghijkl", "", "us-east-1"}},
      {"no-such-model", {"no-such-model", "", "unknown", "", "", "", "", "", "", ""}},
  };
  constexpr const char* names[] = {"id",          "provider",     "kind",   "base_model",
                                   "base_source", "organization", "suffix", "fine_tune_id",
                                   "checkpoint",  "location"};
  for (const auto& [spec, values] : cases) {
    CAPTURE(spec);
    const Ran ran = run({"inspect", "--json", spec});
    CHECK(ran.status == 0);
    CHECK(ran.err.empty());
    REQUIRE(ran.lines().size() == 1);
    const Json line = ran.lines()[0];
    CHECK(keys_of(line) == std::vector<std::string>{"id", "provider", "kind", "fine_tuned",
                                                    "base_model", "base_source", "organization",
                                                    "suffix", "fine_tune_id", "checkpoint",
                                                    "location", "facts"});
    for (std::size_t i = 0; i < values.size(); ++i) {
      CAPTURE(names[i]);
      CHECK(line[names[i]] == (*values[i] == '\0' ? Json() : Json(values[i])));
    }
    CHECK(line["fine_tuned"] == (line["kind"] != "base" && line["kind"] != "unknown"));
  }
}

TEST_CASE("inspect prints facts with the names of the contract, null for what is unknown", "[ft]") {
  const Json known = run({"inspect", "--json", "ft:gpt-4o-mini:org:custom:id"}).lines()[0]["facts"];
  CHECK(keys_of(known) == std::vector<std::string>{"source",
                                                   "price_source",
                                                   "model_id",
                                                   "context_window",
                                                   "max_output",
                                                   "capabilities",
                                                   "input_usd_per_mtok",
                                                   "cached_input_usd_per_mtok",
                                                   "output_usd_per_mtok",
                                                   "base_input_usd_per_mtok",
                                                   "base_cached_input_usd_per_mtok",
                                                   "base_output_usd_per_mtok",
                                                   "ft_input_usd_per_mtok",
                                                   "ft_cached_input_usd_per_mtok",
                                                   "ft_output_usd_per_mtok",
                                                   "training_usd_per_mtok",
                                                   "deprecated_on",
                                                   "retired_on",
                                                   "replacement",
                                                   "checked"});
  CHECK(keys_of(known["capabilities"]) ==
        std::vector<std::string>{"chat", "streaming", "tools", "parallel_tools", "vision",
                                 "audio_in", "pdf_in", "json_mode", "json_schema", "reasoning",
                                 "system_prompt", "fine_tuning"});
  CHECK(known["source"] == "fine_tuned_row");
  CHECK(known["model_id"] == "gpt-4o-mini-2024-07-18");
  CHECK(known["context_window"] == 128000);
  CHECK(known["capabilities"]["tools"] == "yes");
  CHECK(known["input_usd_per_mtok"] == 0.3);
  CHECK(known["retired_on"] == "2027-01-14");
  CHECK(known["deprecated_on"].is_null());

  const Json assumed =
      run({"inspect", "--json", "cohere:custom-rag-assistant"}).lines()[0]["facts"];
  CHECK(keys_of(assumed) == keys_of(known));
  CHECK(assumed["context_window"].is_null());
  CHECK(assumed["retired_on"] == "2025-09-15");  // the day on which all fine-tunes of Cohere ended
  CHECK(assumed["input_usd_per_mtok"].is_null());
  CHECK(assumed["capabilities"]["tools"] == "unknown");
  CHECK(run({"inspect", "--json", "local:mine"}).lines()[0]["facts"].is_null());
}

TEST_CASE("an id that cannot be read is named and fails, without the provider it came with",
          "[ft]") {
  const std::string endless(513, 'a');
  const struct {
    std::vector<std::string> words;
    std::string id;
    const char* error;
  } cases[] = {
      {{""}, "", "empty_model_id"},
      {{"openai:"}, "", "empty_model_id"},
      {{"ft:invalid"}, "ft:invalid", "invalid_format"},
      {{"openai:ft:invalid"}, "ft:invalid", "invalid_format"},
      {{"ft:gpt-4:org:suffix:id@#$%"}, "ft:gpt-4:org:suffix:id@#$%", "invalid_characters"},
      {{"openai:ft:gpt-4:org:s x:id"}, "ft:gpt-4:org:s x:id", "invalid_characters"},
      {{"hello w\u00f6rld"}, "hello w\u00f6rld", "invalid_characters"},
      {{"a\tb"}, "a\tb", "invalid_characters"},
      {{"a\xff"}, "a\xff", "invalid_characters"},
      {{endless}, endless, "model_id_too_long"},
      {{"openai:" + endless}, endless, "model_id_too_long"},
      {{"--provider", "openai", "ft:invalid"}, "ft:invalid", "invalid_format"},
      {{"--provider=openai", "a b"}, "a b", "invalid_characters"},
      {{"--provider", "openai", ""}, "", "empty_model_id"},
  };
  for (const auto& [words, id, error] : cases) {
    CAPTURE(words);
    std::vector<std::string> json_words{"inspect", "--json"};
    json_words.insert(json_words.end(), words.begin(), words.end());
    const Ran json = run(json_words);
    CHECK(json.status == 1);
    CHECK(json.err.empty());
    const Json expected{{"id", id}, {"error", error}};
    CHECK(json.out == expected.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");

    std::vector<std::string> plain_words{"inspect"};
    plain_words.insert(plain_words.end(), words.begin(), words.end());
    const Ran plain = run(plain_words);
    CHECK(plain.status == 1);
    CHECK(plain.out.empty());
    CHECK(is_sentence(plain.err));
    CHECK(plain.err.size() < 400);
  }
}

TEST_CASE("inspect reads lines of any kind from standard input", "[ft]") {
  using namespace std::string_literals;
  const Ran ran = run({"inspect", "--json", "-", "groq:x"},
                      "ft:gpt-4:org:id\r\n\nft:invalid\na\0b\n\xff\xfe\ncohere:custom-x"s);
  CHECK(ran.status == 1);
  CHECK(ran.err.empty());
  const std::vector<Json> lines = ran.lines();
  REQUIRE(lines.size() == 7);
  CHECK(lines[0]["id"] == "ft:gpt-4:org:id");
  CHECK(lines[1] == Json{{"id", ""}, {"error", "empty_model_id"}});
  CHECK(lines[2] == Json{{"id", "ft:invalid"}, {"error", "invalid_format"}});
  CHECK(lines[3] == Json{{"id", "a\0b"s}, {"error", "invalid_characters"}});
  CHECK(lines[4] == Json{{"id", "\ufffd\ufffd"}, {"error", "invalid_characters"}});
  CHECK(lines[5]["provider"] == "cohere");
  CHECK(lines[6]["provider"] == "groq");
  CHECK(run({"inspect", "-"}, "").status == 0);
}

TEST_CASE("inspect tells a reader what the id says and what is unknown", "[ft]") {
  const Ran ran = run({"inspect", "ft:invalid", "vertex:projects/p/locations/l/models/gemini-x"});
  CHECK(ran.status == 1);
  CHECK(is_sentence(ran.err));
  CHECK(ran.err.find("\"ft:invalid\" cannot be read (invalid_format)") != std::string::npos);
  CHECK(ran.out.starts_with("projects/p/locations/l/models/gemini-x\n"));
  CHECK(ran.out.find("  organization                    p\n") != std::string::npos);
  CHECK(ran.out.find("  suffix") == std::string::npos);
  CHECK(ran.out.find("  input_usd_per_mtok              unknown\n") != std::string::npos);
  CHECK(run({"inspect", "no-such-model"}).out.find("  facts                           unknown\n") !=
        std::string::npos);
}

// The words.

TEST_CASE("wrong usage is reported on standard error with status 2", "[ft]") {
  const std::vector<std::vector<std::string>> cases{
      {},
      {"dance"},
      {"--json"},
      {"inspect"},
      {"inspect", "--json"},
      {"inspect", "--loudly", "x"},
      {"inspect", "--json=yes", "x"},
      {"inspect", "--provider"},
      {"inspect", "--provider", "nobody", "x"},
      {"chat"},
      {"chat", "--model", "openai:x"},
      {"chat", "hello"},
      {"chat", "--model", "openai:x", "two", "prompts"},
      {"chat", "--model", "openai:x", "--max-tokens", "many", "hello"},
      {"chat", "--model", "openai:x", "--max-tokens", "0", "hello"},
      {"chat", "--model", "openai:x", "--max-tokens", "1.9", "hello"},
      {"chat", "--model", "openai:x", "--max-tokens", "4294967296", "hello"},
  };
  for (const auto& words : cases) {
    CAPTURE(words);
    const Ran ran = run(words);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    CHECK_FALSE(ran.err.empty());
  }
}

TEST_CASE("who asks for help gets it on standard output", "[ft]") {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--help"},
                                             {"-h"},
                                             {"help"},
                                             {"inspect", "--help"},
                                             {"inspect", "-h"},
                                             {"chat", "--model", "openai:x", "--help"}}) {
    CAPTURE(words);
    const Ran ran = run(words);
    CHECK(ran.status == 0);
    CHECK(ran.out.find("Keys come from the environment") != std::string::npos);
    CHECK(ran.err.empty());
  }
  const std::string all = run({"help"}).out;
  for (const char* command : {"inspect", "chat", "compare", "evaluate", "versions", "stats"}) {
    CAPTURE(command);
    const std::string usage = run({command, "--help"}).out;
    CHECK(usage.starts_with(std::string("  ft ") + command + ' '));
    CHECK(usage.size() < all.size() / 2);
    CHECK(all.find(usage.substr(0, usage.find('\n'))) != std::string::npos);
  }
  for (const char* action : {"list", "get", "add", "promote", "rollback", "lint"}) {
    CAPTURE(action);
    CHECK(run({"versions", "--help"}).out.find(std::string("  ft versions ") + action + ' ') !=
          std::string::npos);
  }
  CHECK(run({"--version"}).out == "ft " + std::string(FineTuning::version) + "\n");
  CHECK(run({"inspect", "--json", "--", "--help"}).lines()[0]["id"] == "--help");
}

TEST_CASE("an output that cannot be written is a failure", "[ft]") {
  Full full;
  std::istringstream in;
  std::ostringstream err;
  const std::vector<std::string> words{"inspect", "groq:x"};
  std::ostream out(&full);
  CHECK(ft::run(words, {in, out, err}) == 1);
  CHECK(is_sentence(err.str()));

  // An exception where none is expected is a failure, too.
  err.str("");
  std::ostream throwing(&full);
  throwing.exceptions(std::ios::badbit);
  CHECK(ft::run(words, {in, throwing, err}) == 1);
  CHECK(is_sentence(err.str()));
}

// ft chat.

TEST_CASE("a dry run prints what would be sent, without its secrets", "[ft]") {
  const Environment environment({{"OPENAI_API_KEY", "sk-verysecret"},
                                 {"GEMINI_API_KEY", "AIza-verysecret"},
                                 {"GOOGLE_ACCESS_TOKEN", "ya29-verysecret"},
                                 {"COHERE_API_KEY", "co-verysecret"},
                                 {"TOGETHER_API_KEY", "to-verysecret"},
                                 {"GROQ_API_KEY", "gsk-verysecret"},
                                 {"LOCAL_API_KEY", "lo-verysecret"},
                                 {"LOCAL_BASE_URL", "http://127.0.0.1:1/v1"}});
  const struct {
    const char* model;
    const char* url;
    const char* header;
    const char* limit;  // where the body has --max-tokens
  } cases[] = {
      {"openai:gpt-4o", "https://api.openai.com/v1/chat/completions", "Authorization",
       "/max_completion_tokens"},
      {"google:tunedModels/x",
       "https://generativelanguage.googleapis.com/v1beta/tunedModels/x:generateContent",
       "x-goog-api-key", "/generationConfig/maxOutputTokens"},
      {"vertex:projects/p/locations/us-central1/endpoints/7",
       "https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/"
       "endpoints/7:generateContent",
       "Authorization", "/generationConfig/maxOutputTokens"},
      {"cohere:custom-x", "https://api.cohere.com/v2/chat", "Authorization", "/max_tokens"},
      {"together:o/m", "https://api.together.ai/v1/chat/completions", "Authorization",
       "/max_tokens"},
      {"groq:m", "https://api.groq.com/openai/v1/chat/completions", "Authorization",
       "/max_completion_tokens"},
      {"local:m", "http://127.0.0.1:1/v1/chat/completions", "Authorization", "/max_tokens"},
  };
  for (const auto& [model, url, header, limit] : cases) {
    CAPTURE(model);
    const Ran ran = run({"chat", "--dry-run", "--model", model, "--max-tokens", "9", "--system",
                         "Be brief.", "Hello"});
    CHECK(ran.status == 0);
    CHECK(ran.err.empty());
    CHECK(ran.out.find("verysecret") == std::string::npos);
    REQUIRE(ran.lines().size() == 1);
    const Json line = ran.lines()[0];
    CHECK(keys_of(line) == std::vector<std::string>{"method", "url", "headers", "body"});
    CHECK(line["method"] == "POST");
    CHECK(line["url"] == url);
    CHECK(line["headers"][header].get<std::string>().find("[redacted]") != std::string::npos);
    CHECK(line["body"].at(Json::json_pointer(limit)) == 9);
    CHECK(line["body"].dump().find("Be brief.") != std::string::npos);
  }
}

TEST_CASE("a call that cannot be made is an error where the user looks for it", "[ft]") {
  const Environment environment;
  const Ran plain = run({"chat", "--model", "openai:gpt-4o", "Hello"});
  CHECK(plain.status == 1);
  CHECK(plain.out.empty());
  CHECK(is_sentence(plain.err));
  CHECK(plain.err.find("OPENAI_API_KEY") != std::string::npos);
  const Ran json = run({"chat", "--json", "--model", "openai:gpt-4o", "Hello"});
  CHECK(json.status == 1);
  CHECK(json.err.empty());
  CHECK(json.lines().at(0)["error"]["kind"] == "authentication");
}

TEST_CASE("a request comes from a file or from standard input, and options go before it", "[ft]") {
  const Environment environment;
  const Folder folder;
  const std::string body = body_with(R"({"max_tokens":5,"stream":true,"user":"u"})");
  const Json sent =
      run({"chat", "--dry-run", "--request", folder.write("body.json", body)}).lines().at(0);
  CHECK(sent["body"]["model"] == "gpt-4o");
  CHECK(sent["body"]["max_completion_tokens"] == 5);
  CHECK(sent["body"]["stream"] == true);
  CHECK(sent["body"]["user"] == "u");
  CHECK(run({"chat", "--dry-run", "--request", "-"}, body).lines().at(0) == sent);

  const Json changed = run({"chat", "--dry-run", "--request", "-", "--model", "groq:m",
                            "--max-tokens", "7", "--system", "Be brief.", "And then?"},
                           body)
                           .lines()
                           .at(0);
  CHECK(changed["body"]["model"] == "m");
  CHECK(changed["body"]["max_completion_tokens"] == 7);
  REQUIRE(changed["body"]["messages"].size() == 3);
  CHECK(changed["body"]["messages"][0]["content"] == "Be brief.");
  CHECK(changed["body"]["messages"][2]["content"] == "And then?");
}

TEST_CASE("a request file that cannot be read is an error", "[ft]") {
  const Environment environment;
  const Folder folder;
  for (const std::string& name : {folder.path(), folder.path() + "/none.json"}) {
    CAPTURE(name);
    const Ran plain = run({"chat", "--request", name});
    CHECK(plain.status == 1);
    CHECK(plain.out.empty());
    CHECK(plain.err == "ft: The file " + name + " cannot be read; name one that can.\n");
    const Ran json = run({"chat", "--json", "--request", name});
    CHECK(json.status == 1);
    CHECK(json.err.empty());
    CHECK(json.lines().at(0)["error"]["kind"] == "invalid_request");
  }
  for (const std::string& body : {std::string(), std::string("{}"), body_with(R"({"seed":"x"})"),
                                  body_with(R"({"documents":[{"content":"x"}]})")}) {
    CAPTURE(body);
    const Ran ran = run({"chat", "--request", "-"}, body);
    CHECK(ran.status == 1);
    CHECK(is_sentence(ran.err));
  }
}

#ifdef FINETUNING_SANDBOX

TEST_CASE("the sandbox answers for every provider, plain and streamed, as text and as JSON",
          "[ft]") {
  const Environment environment;
  const std::string answer = "Clause 4 applies \u2014 \u201cHello\u201d raises no objection.";
  for (const std::string model :
       {"openai:ft:gpt-4:o::1", "google:tunedModels/x", "vertex:projects/p/locations/l/models/7",
        "vertex:gemini-2.5-flash", "cohere:custom-x", "together:o/m", "groq:m", "local:m"}) {
    CAPTURE(model);
    const std::vector<std::string> words{"chat", "--sandbox", "--model", model, "Hello"};
    const auto with = [&words](std::vector<std::string> more) {
      more.insert(more.begin(), words.begin(), words.end());
      return run(more);
    };
    for (const Ran& ran : {with({}), with({"--stream"})}) {
      CHECK(ran.status == 0);
      CHECK(ran.out == answer + "\n");
      CHECK(ran.err.empty());
    }
    for (const Ran& ran : {with({"--json"}), with({"--json", "--stream"})}) {
      CHECK(ran.status == 0);
      CHECK(ran.err.empty());
      std::vector<Json> lines = ran.lines();
      const Json whole = lines.back();
      lines.pop_back();
      CHECK(keys_of(whole) == std::vector<std::string>{"content", "tool_calls", "finish_reason",
                                                       "usage", "cost_usd", "latency_ms", "model",
                                                       "id", "attempts"});
      CHECK(keys_of(whole["usage"]) ==
            std::vector<std::string>{"input_tokens", "output_tokens", "total_tokens"});
      CHECK(whole["content"] == answer);
      CHECK(whole["tool_calls"] == Json::array());
      CHECK(whole["finish_reason"] == "stop");
      CHECK(whole["attempts"] == 1);
      CHECK(whole["latency_ms"].is_number_unsigned());
      std::string text;
      for (const Json& line : lines) {
        CHECK(keys_of(line) == std::vector<std::string>{"text"});
        text += line["text"];
      }
      CHECK(text == (lines.empty() ? "" : answer));
    }
    CHECK(with({"--json", "--stream"}).lines().size() > 5);
  }
}

TEST_CASE("the sandbox answers a request file with tools, documents and images", "[ft]") {
  const Environment environment;
  const Json tools = Json::parse(R"([{"type":"function","function":{"name":"weather",
      "parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}])");
  Json body = Json::parse(body_with(R"({"messages":[{"role":"user","content":"Use a tool."}]})"));
  body["messages"][0]["content"] = "Please use a tool.";
  body["tools"] = tools;
  const Ran called = run({"chat", "--sandbox", "--request", "-"}, body.dump());
  CHECK(called.status == 0);
  CHECK(called.out == "\nweather({\"city\":\"Oslo\"})\n");
  const Json call =
      run({"chat", "--sandbox", "--json", "--request", "-"}, body.dump()).lines().at(0);
  REQUIRE(call["tool_calls"].size() == 1);
  CHECK(keys_of(call["tool_calls"][0]) == std::vector<std::string>{"id", "name", "arguments"});
  CHECK(call["finish_reason"] == "tool_calls");

  const std::string quoted = body_with(R"({"model":"cohere:custom-x","documents":
      [{"content":"Clause 4 is short.","title":"contract","id":"c"}]})");
  const Json cited = run({"chat", "--sandbox", "--json", "--request", "-"}, quoted).lines().at(0);
  REQUIRE(cited["citations"].size() == 1);
  CHECK(cited["citations"][0]["text"] == "Clause 4");
}

TEST_CASE("what the sandbox refuses or breaks off is an error after the text so far", "[ft]") {
  const Environment environment;
  const Ran refused = run({"chat", "--sandbox", "--model", "openai:fail-401", "Hello"});
  CHECK(refused.status == 1);
  CHECK(refused.out.empty());
  CHECK(is_sentence(refused.err));
  const Ran cut = run({"chat", "--sandbox", "--stream", "--model", "openai:cut", "Hello"});
  CHECK(cut.status == 1);
  CHECK(cut.out == "Clause 4\n");
  CHECK(is_sentence(cut.err));
  const Ran json =
      run({"chat", "--sandbox", "--stream", "--json", "--model", "openai:cut", "Hello"});
  CHECK(json.status == 1);
  CHECK(json.err.empty());
  CHECK(json.lines().size() == 3);
  CHECK(json.lines().back()["error"]["kind"] == "interrupted_stream");
}

TEST_CASE("a dry run takes the sandbox, too", "[ft]") {
  const Environment environment;
  const Ran ran = run({"chat", "--dry-run", "--sandbox", "--model", "local:x", "Hello"});
  CHECK(ran.status == 0);
  CHECK(ran.lines().at(0)["url"].get<std::string>().starts_with("http://127.0.0.1:"));
}

#else

TEST_CASE("a build without the sandbox says so", "[ft]") {
  const Ran ran = run({"chat", "--sandbox", "--model", "openai:x", "Hello"});
  CHECK(ran.status == 1);
  CHECK(is_sentence(ran.err));
}

#endif

TEST_CASE("the program itself reads and writes where a shell expects it", "[ft]") {
  const Environment environment;
  const auto piped = test::run_program("ft", "inspect --json - < /dev/null");
  CHECK(piped.status == 0);
  CHECK(piped.out.empty());
  const auto failed = test::run_program("ft", "inspect --json ft:invalid");
  CHECK(failed.status == 1);
  CHECK(failed.out == "{\"id\":\"ft:invalid\",\"error\":\"invalid_format\"}\n");
  CHECK(test::run_program("ft", "2> /dev/null").status == 2);
  CHECK(test::run_program("ft", "inspect - < / 2> /dev/null").status == 1);
  CHECK(test::run_program("ft", "inspect ft:invalid 2>&1 > /dev/null").out ==
        "ft: The model id \"ft:invalid\" cannot be read (invalid_format); compare it with the one "
        "that the provider gave.\n");
}
