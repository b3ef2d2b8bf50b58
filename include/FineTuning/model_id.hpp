#pragma once

// What the id of a model says: the shape that every provider's form of ids is parsed into.
//
// Two kinds of text name a model, everywhere in this library:
//
//   an id    what its provider calls it, and what goes on the wire: gpt-4o, ft:gpt-4o:acme::abc123,
//            projects/p/locations/l/endpoints/1. parse_model_id() and classify() take ids.
//   a spec   a provider's name, a colon and an id: openai:gpt-4o. Calls take specs
//            (ChatRequest::model), and Model::from() parses them. The name may be left out if the
//            id's form or a table of models shows whose it is, so that most ids are specs, too. A
//            spec with the name is not an id: classify("openai:gpt-4o") does not know it.

#include <FineTuning/enum_names.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace FineTuning {

/// Why a text is not the id of a fine-tuned model. The checks are made in this order.
enum class IdError : std::uint8_t {
  empty_model_id,      ///< There is no text.
  model_id_too_long,   ///< Longer than the provider's ids are (512 bytes unless it says otherwise).
  invalid_characters,  ///< Control characters, spaces, non-ASCII bytes, or others it never uses.
  invalid_format,      ///< It begins like one of the provider's forms, and the rest does not fit.
  not_fine_tuned,      ///< The provider's, but not a fine-tuned model's.
};

template <>
inline constexpr auto internal::enum_names<IdError> =
    std::to_array<std::string_view>({"empty_model_id", "model_id_too_long", "invalid_characters",
                                     "invalid_format", "not_fine_tuned"});

/// What a model id says; what it does not say is empty. The members are slices of the text that was
/// parsed, which must outlive them. (Two are not: `provider` is a view of Provider::name, and an
/// assumed base may be a literal.)
///
///     ft:gpt-4o-mini-2024-07-18:acme:support:AbC123:ckpt-step-88
///        |                      |    |       |      `- checkpoint
///        |                      |    |       `-------- fine_tune_id
///        |                      |    `---------------- suffix
///        |                      `--------------------- organization
///        `-------------------------------------------- base_model
struct ModelId {
  /// What the id is of.
  enum class Kind : std::uint8_t {
    base,        ///< A model as its provider trained it.
    fine_tuned,  ///< A model that somebody tuned.
    checkpoint,  ///< A fine-tuned model as it was part-way through its job.
    unknown,     ///< The library cannot tell.
  };
  /// Where ModelId::base_model comes from.
  enum class BaseSource : std::uint8_t {
    id,       ///< The id names its base.
    table,    ///< The id's text, split with the help of the table of known models.
    assumed,  ///< A guess: it gives capabilities, never a price or a date.
  };

  std::string_view text{};        ///< The whole id: what goes on the wire.
  std::string_view provider{};    ///< The provider that was asked, or whose form it has.
  Kind kind = Kind::unknown;      ///< What the id is of.
  std::string_view base_model{};  ///< The model that was tuned; empty for a base model itself.
  BaseSource base_source = BaseSource::id;  ///< Meaningless if base_model is empty.
  std::string_view organization{};          ///< The organisation, project or account that owns it.
  std::string_view suffix{};                ///< The name that its maker chose.
  std::string_view fine_tune_id{};          ///< The part that tells this fine-tune from all others.
  std::string_view checkpoint{};            ///< The whole field, as in "ckpt-step-80".
  std::string_view location{};              ///< The cloud region.

  /// True for a fine-tuned model and for a checkpoint of one.
  [[nodiscard]] constexpr bool is_fine_tuned() const noexcept {
    return kind == Kind::fine_tuned || kind == Kind::checkpoint;
  }

  /// Equal if every part reads the same, wherever its text is kept.
  friend constexpr bool operator==(const ModelId&, const ModelId&) noexcept = default;
};

template <>
inline constexpr auto internal::enum_names<ModelId::Kind> =
    std::to_array<std::string_view>({"base", "fine_tuned", "checkpoint", "unknown"});

template <>
inline constexpr auto internal::enum_names<ModelId::BaseSource> =
    std::to_array<std::string_view>({"id", "table", "assumed"});

}  // namespace FineTuning
