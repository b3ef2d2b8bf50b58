#pragma once

// What the library knows of a provider, as a value, and how an id is parsed with it.

#include <FineTuning/capability.hpp>
#include <FineTuning/internal/scan.hpp>
#include <FineTuning/model_id.hpp>
#include <FineTuning/result.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace FineTuning {

/// The protocol that a provider speaks.
enum class Dialect : std::uint8_t {
  none,         ///< The library parses its ids and does not talk to it.
  openai_chat,  ///< POST /chat/completions, as many speak it.
  gemini,       ///< generateContent, of the Gemini API and of Vertex AI.
  cohere_chat,  ///< POST /v2/chat.
};

/// What a provider means by an HTTP status that is not standard, or that it uses in its own way.
struct StatusMeaning {
  int status = 0;                     ///< As in 498.
  ErrorKind kind = ErrorKind::other;  ///< Whatever the body of the refusal calls it.
};

/// What differs between the speakers of one dialect. The defaults fit one that does not differ.
struct Accent {
  std::string_view max_tokens = "max_tokens";           ///< How it spells ChatRequest::max_tokens.
  bool asks_for_stream_usage = false;                   ///< A stream says its usage only if asked.
  bool documents = false;                               ///< Takes ChatRequest::documents.
  std::string_view request_id_header = "x-request-id";  ///< Carries Error::request_id.
  /// The member of an answer, and of a chunk of one, that holds what the provider adds to the
  /// dialect: the "id" of the request, "usage", and "error" in a stream. Empty: none.
  std::string_view additions{};
  /// Statuses of its own. The rows must outlive the Accent and its copies.
  std::span<const StatusMeaning> statuses{};
};

/// How a key is sent to the provider: the header's name and what precedes the key.
struct KeyHeader {
  std::string_view name = "Authorization";  ///< The header's name.
  std::string_view prefix = "Bearer ";      ///< Directly before the key, with its space.
};

/// The project and region that a cloud's bare model names are looked up in.
struct Place {
  std::string_view project{};   ///< Its id, as "my-project".
  std::string_view location{};  ///< As "us-central1".
};

/// How URLs are made for a provider that has the model in them. A function that it does not need is
/// null. All of them return text that is safe in a URL, or the Error that says why not.
struct Addressing {
  /// Scheme and host, if they depend on the model's region.
  Result<std::string> (*base_url)(const ModelId&, const Place&) = nullptr;
  /// Path and query of a chat call.
  Result<std::string> (*chat_path)(const ModelId&, const Place&, bool stream) = nullptr;
  /// The path to GET for the endpoint behind a name that cannot be called itself; empty if the
  /// model can be called as it is.
  Result<std::string> (*lookup_path)(const ModelId&, const Place&) = nullptr;
};

/// For a provider whose ids have no form to parse: as far as one can tell, each is a base model's.
constexpr Result<ModelId, IdError> parse_opaque_id(std::string_view text) {
  return ModelId{.text = text, .kind = ModelId::Kind::base};
}
/// For such a provider: no form tells its ids from those of others.
constexpr bool recognizes_nothing(std::string_view) { return false; }

/// Everything the library knows of one provider. A value: no state, nothing virtual, and no address
/// from a source file, so that reading an id needs no library at link time.
struct Provider {
  std::string_view name;   ///< The prefix of a spec, as in "openai:gpt-4o".
  std::string_view title;  ///< As its makers write it; for messages.
  /// What OpenTelemetry's conventions for generative AI call it (gen_ai.provider.name); empty if
  /// that is its `name`, or if they do not know it.
  std::string_view telemetry_name{};

  // Its ids.
  /// Parses an id of this provider, of a fine-tune or not; ModelId::kind says which. (It may also
  /// fail with not_fine_tuned for a base model.) ModelId::text and provider need not be set.
  Result<ModelId, IdError> (*parse_id)(std::string_view) = parse_opaque_id;
  /// True if the text has a form that tells this provider's ids from those of others.
  bool (*recognizes)(std::string_view) = recognizes_nothing;
  std::string_view refused_characters = "@#";  ///< Besides those that no id has.
  std::size_t max_id_length = 512;             ///< Bytes.
  /// What routers put in front of its ids, with '|' between: "vertex_ai/|vertex_ai/gemini/".
  std::string_view routing_prefixes{};
  /// Providers of one family parse each other's ids: an id goes to the one whose form it has.
  std::string_view family{};
  /// What is known of its models. The rows must outlive the Provider and its copies.
  std::span<const ModelRow> models{};
  /// Base models known by name only; needed to split the ids of their fine-tunes.
  std::span<const std::string_view> other_models{};

  // Its chat.
  Dialect dialect = Dialect::none;       ///< The protocol that it speaks.
  Accent accent{};                       ///< Where it differs from others that speak it.
  std::string_view base_url{};           ///< Empty: the user has to give it.
  std::string_view chat_path{};          ///< What follows the base URL.
  Addressing addressing{};               ///< For those that write the model into the URL.
  std::string_view key_variable{};       ///< The environment variable that holds the key.
  KeyHeader key_header{};                ///< How the key is sent.
  bool key_is_optional = false;          ///< Can be called without a key.
  std::string_view project_variable{};   ///< The environment variable of Place::project.
  std::string_view location_variable{};  ///< The environment variable of Place::location.
  /// The day on which it stopped serving all fine-tunes, if it has.
  std::optional<std::chrono::year_month_day> fine_tunes_ended_on{};
  /// A sentence on why it may refuse a fine-tune that exists (401, 403, 404, 503), and what to do.
  std::string_view fine_tune_advice{};

  /// Equal if the names are: a name stands for one provider.
  friend constexpr bool operator==(const Provider& a, const Provider& b) noexcept {
    return a.name == b.name;
  }
  /// A provider equals its name.
  friend constexpr bool operator==(const Provider& a, std::string_view b) noexcept {
    return a.name == b;
  }
};

/// Parses the id of a fine-tuned model (an id, not a spec: without "openai:"). Parsing is lenient:
/// odd lengths, case and characters are accepted if the structure is right. The views of the result
/// are slices of `text`, except that ModelId::provider and an assumed base are the provider's.
[[nodiscard]] constexpr Result<ModelId, IdError> parse_model_id(std::string_view text,
                                                                const Provider& provider);

/// What an id (not a spec) of the provider says, of a base model's too; kind is `unknown` if it
/// cannot be parsed, and parse_model_id() says why.
[[nodiscard]] constexpr ModelId classify(std::string_view text, const Provider& provider);

/// True if `text` is the id (not the spec) of a fine-tuned model of this provider, or of a
/// checkpoint of one.
[[nodiscard]] constexpr bool is_fine_tuned(std::string_view text, const Provider& provider) {
  return parse_model_id(text, provider).has_value();
}

// ---- how an id is parsed

namespace internal {

constexpr bool is_in_no_id(char c) { return c <= ' ' || c > '~'; }  // char may be signed: < 0 too

/// Whether there is a character that no id has, or one that no id of this provider has. (Looks at
/// every character and searches for each refused one: compilers turn both into steps of many
/// bytes.)
constexpr bool has_invalid_character(std::string_view text, const Provider& provider) {
  unsigned char highest = 0;
  for (const char c : text) highest = std::max(highest, static_cast<unsigned char>(c - '!'));
  return highest > '~' - '!' ||
         std::any_of(provider.refused_characters.begin(), provider.refused_characters.end(),
                     [text](char c) { return text.find(c) != std::string_view::npos; });
}

/// Why the text cannot be an id of the provider, whatever its form; empty if it can.
constexpr std::optional<IdError> find_fault(std::string_view text, const Provider& provider) {
  if (text.empty()) return IdError::empty_model_id;
  if (text.size() > provider.max_id_length) return IdError::model_id_too_long;
  if (has_invalid_character(text, provider)) return IdError::invalid_characters;
  return std::nullopt;
}

/// `text` behind the first of the prefixes (with '|' between) that leaves what `accepts` takes, or
/// behind a "word::", as gateways write it; else `text`.
template <class Accepts>
constexpr std::string_view behind_prefix(std::string_view text, std::string_view prefixes,
                                         Accepts accepts) {
  if (text.find('/') == std::string_view::npos) prefixes = {};  // they end in one
  while (!prefixes.empty()) {
    std::string_view rest = text;
    if (take_prefix(rest, take_until(prefixes, '|')) && accepts(rest)) return rest;
  }
  std::string_view rest = text;
  while (!rest.empty() && (is_lower(rest.front()) || rest.front() == '_')) rest.remove_prefix(1);
  if (rest.size() < text.size() && take_prefix(rest, "::") && accepts(rest)) return rest;
  return text;
}

/// `text` behind a routing prefix, if one of the provider's forms follows it; else `text`.
constexpr std::string_view without_routing_prefix(std::string_view text, const Provider& provider) {
  return behind_prefix(text, provider.routing_prefixes, [&provider](std::string_view rest) {
    if (provider.recognizes(rest)) return true;
    const Result<ModelId, IdError> id = provider.parse_id(rest);
    return id && id->is_fine_tuned();
  });
}

/// Whether the text has one of the provider's forms, behind a routing prefix or without.
constexpr bool has_form_of(std::string_view text, const Provider& provider) {
  return provider.recognizes(without_routing_prefix(text, provider));
}

/// Parses any id of the provider, a base model's too.
constexpr Result<ModelId, IdError> parse_any_id(std::string_view text, const Provider& provider) {
  if (const std::optional<IdError> fault = find_fault(text, provider)) return *fault;
  Result<ModelId, IdError> id = provider.parse_id(without_routing_prefix(text, provider));
  if (!id && id.error() == IdError::not_fine_tuned) id = parse_opaque_id(text);
  if (id) {
    id->text = text;
    id->provider = provider.name;
  }
  return id;
}

}  // namespace internal

constexpr Result<ModelId, IdError> parse_model_id(std::string_view text, const Provider& provider) {
  Result<ModelId, IdError> id = internal::parse_any_id(text, provider);
  if (id && !id->is_fine_tuned()) return IdError::not_fine_tuned;
  return id;
}

constexpr ModelId classify(std::string_view text, const Provider& provider) {
  return internal::parse_any_id(text, provider)
      .value_or(ModelId{.text = text, .provider = provider.name});
}

}  // namespace FineTuning
