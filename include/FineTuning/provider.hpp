#pragma once

// What the library knows of a provider, as a value, and how an id is read with it.

#include <FineTuning/capability.hpp>
#include <FineTuning/internal/scan.hpp>
#include <FineTuning/model_id.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace FineTuning {

/// The protocol that a provider speaks.
enum class Dialect : std::uint8_t {
  none,         ///< The library reads its ids and does not talk to it.
  openai_chat,  ///< POST /chat/completions, as many speak it.
  gemini,       ///< generateContent, of the Gemini API and of Vertex AI.
  cohere_chat,  ///< POST /v2/chat.
};

/// What a provider means by an HTTP status to which others give no meaning, or another one.
struct StatusMeaning {
  int status = 0;                     ///< As in 498.
  ErrorKind kind = ErrorKind::other;  ///< Whatever the body of the refusal calls it.
};

/// What differs between the speakers of one dialect. A provider that differs in nothing says
/// nothing.
struct Accent {
  std::string_view max_tokens = "max_tokens";           ///< How it spells ChatRequest::max_tokens.
  bool asks_for_stream_usage = false;                   ///< A stream tells its usage only if asked.
  bool documents = false;                               ///< Takes ChatRequest::documents.
  std::string_view request_id_header = "x-request-id";  ///< Carries Error::request_id.
  /// The member of an answer, and of a chunk of one, that holds what the provider adds to the
  /// dialect: the "id" of the request, "usage", and "error" in a stream. Empty: none.
  std::string_view additions{};
  /// Statuses of its own. The rows must outlive the Accent and its copies.
  std::span<const StatusMeaning> statuses{};
};

/// How a key is shown to the provider: the header's name and what stands before the key.
struct KeyHeader {
  std::string_view name = "Authorization";  ///< Of the header.
  std::string_view prefix = "Bearer ";      ///< Directly before the key, with its space.
};

/// The project and region that a cloud's bare model names are looked up in.
struct Place {
  std::string_view project{};   ///< Its id, as "my-project".
  std::string_view location{};  ///< As "us-central1".
};

/// How URLs are made by a provider that writes the model into them. A function that is null is not
/// needed there. All of them return text that is safe in a URL, or the Error that says why not.
struct Addressing {
  /// Scheme and host, where they depend on the model's region.
  Result<std::string> (*base_url)(const ModelId&, const Place&) = nullptr;
  /// Path and query of a chat call.
  Result<std::string> (*chat_path)(const ModelId&, const Place&, bool stream) = nullptr;
  /// The path to GET for the endpoint behind a name that cannot be called itself; empty where the
  /// model can be called as it is.
  Result<std::string> (*lookup_path)(const ModelId&, const Place&) = nullptr;
};

/// For a provider whose ids have no form to read: nothing is a fine-tune, as far as one can tell.
constexpr Result<ModelId, IdError> read_opaque_id(std::string_view text) {
  return ModelId{.text = text, .kind = ModelId::Kind::base};
}
/// For such a provider: no form tells its ids from those of others.
constexpr bool recognizes_nothing(std::string_view) { return false; }

/// Everything the library knows of one provider. A value: no state, nothing virtual, and no address
/// from a source file, so that reading an id needs no library at link time.
struct Provider {
  std::string_view name;   ///< The prefix of a spec, as in "openai:gpt-4o".
  std::string_view title;  ///< As its makers write it; for messages.
  /// What OpenTelemetry's conventions for generative AI call it (gen_ai.provider.name); empty: they
  /// say what `name` says, or nothing.
  std::string_view telemetry_name{};

  // Its ids.
  /// Takes an id of this provider apart; base models and what is neither have their kinds. (To
  /// answer not_fine_tuned for a base model is as good.)
  Result<ModelId, IdError> (*read_id)(std::string_view) = read_opaque_id;
  /// True where the text has a form that tells this provider's ids from those of others.
  bool (*recognizes)(std::string_view) = recognizes_nothing;
  std::string_view refused_characters = "@#";  ///< Beyond those that no id has.
  std::size_t max_id_length = 512;             ///< Bytes.
  /// What routers put in front of its ids, with '|' between: "vertex_ai/|vertex_ai/gemini/".
  std::string_view routing_prefixes{};
  /// Providers of one family read each other's ids: an id goes to the one whose form it has.
  std::string_view family{};
  /// What is known of its base models. The rows must outlive the Provider and its copies.
  std::span<const ModelRow> models{};
  /// Base models that nothing but the name is known of; ids of their fine-tunes are read by them.
  std::span<const std::string_view> other_models{};

  // Its chat.
  Dialect dialect = Dialect::none;         ///< The protocol that it speaks.
  Accent accent{};                         ///< Where it differs from others that speak it.
  std::string_view base_url{};             ///< Empty: the user has to name it.
  std::string_view chat_path{};            ///< Below the base URL.
  Addressing addressing{};                 ///< For those that write the model into the URL.
  std::string_view key_variable{};         ///< The environment variable that holds the key.
  KeyHeader key_header{};                  ///< How the key is shown.
  bool key_is_optional = false;            ///< Without a key it is asked without one.
  std::string_view project_variable{};     ///< The environment variable of Place::project.
  std::string_view location_variable{};    ///< The environment variable of Place::location.
  std::string_view fine_tunes_ended_on{};  ///< YYYY-MM-DD, where it stopped serving all of them.
  /// A sentence on why it may refuse a fine-tune that is there (401, 403, 404, 503), and what to
  /// do.
  std::string_view fine_tune_advice{};

  /// Equal where the names are: a name stands for one provider.
  friend constexpr bool operator==(const Provider& a, const Provider& b) noexcept {
    return a.name == b.name;
  }
  /// A provider equals its name.
  friend constexpr bool operator==(const Provider& a, std::string_view b) noexcept {
    return a.name == b;
  }
};

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

/// What keeps a text from being an id of the provider, whatever its form.
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

/// `text` behind a routing prefix, where one of the provider's forms follows; else `text`.
constexpr std::string_view without_routing_prefix(std::string_view text, const Provider& provider) {
  return behind_prefix(text, provider.routing_prefixes, [&provider](std::string_view rest) {
    if (provider.recognizes(rest)) return true;
    const Result<ModelId, IdError> id = provider.read_id(rest);
    return id && id->is_fine_tuned();
  });
}

/// Whether the text has one of the provider's forms, behind a routing prefix or without.
constexpr bool has_form_of(std::string_view text, const Provider& provider) {
  return provider.recognizes(without_routing_prefix(text, provider));
}

}  // namespace internal

/// Takes any id of the provider apart, a base model's too. The result's views are slices of `text`.
[[nodiscard]] constexpr Result<ModelId, IdError> read_model_id(std::string_view text,
                                                               const Provider& provider) {
  if (const std::optional<IdError> fault = internal::find_fault(text, provider)) return *fault;
  Result<ModelId, IdError> id = provider.read_id(internal::without_routing_prefix(text, provider));
  if (!id && id.error() == IdError::not_fine_tuned) id = read_opaque_id(text);
  if (id) {
    id->text = text;
    id->provider = provider.name;
  }
  return id;
}

/// Takes the id of a fine-tuned model apart. What its service would issue is read tolerantly: an
/// odd length, case or character does not matter where the skeleton is right.
[[nodiscard]] constexpr Result<ModelId, IdError> parse_model_id(std::string_view text,
                                                                const Provider& provider) {
  Result<ModelId, IdError> id = read_model_id(text, provider);
  if (id && !id->is_fine_tuned()) return IdError::not_fine_tuned;
  return id;
}

/// Whether `text` is a fine-tuned model (or a checkpoint of one) of this provider.
[[nodiscard]] constexpr bool is_fine_tuned(std::string_view text, const Provider& provider) {
  return parse_model_id(text, provider).has_value();
}

}  // namespace FineTuning
