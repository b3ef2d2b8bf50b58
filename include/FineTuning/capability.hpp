#pragma once

// What a model can do, and the row of facts that a provider's table has for it.

#include <FineTuning/enum_names.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace FineTuning {

/// What a model may be able to do.
enum class Capability : std::uint8_t {
  chat,            ///< Answers a conversation.
  streaming,       ///< Streams its answer.
  tools,           ///< Asks for functions to be called.
  parallel_tools,  ///< Asks for several of them at once.
  vision,          ///< Takes images.
  audio_in,        ///< Takes sound.
  pdf_in,          ///< Takes PDF files.
  json_mode,       ///< Answers in JSON if asked to.
  json_schema,     ///< Answers in JSON that follows a schema.
  reasoning,       ///< Thinks before it answers.
  system_prompt,   ///< Follows messages of Role::system.
  fine_tuning,     ///< Can be tuned.
};

/// Every capability, in order.
inline constexpr std::array all_capabilities{
    Capability::chat,           Capability::streaming,     Capability::tools,
    Capability::parallel_tools, Capability::vision,        Capability::audio_in,
    Capability::pdf_in,         Capability::json_mode,     Capability::json_schema,
    Capability::reasoning,      Capability::system_prompt, Capability::fine_tuning,
};

template <>
inline constexpr auto internal::enum_names<Capability> = std::to_array<std::string_view>(
    {"chat", "streaming", "tools", "parallel_tools", "vision", "audio_in", "pdf_in", "json_mode",
     "json_schema", "reasoning", "system_prompt", "fine_tuning"});

/// Whether a model can do something. What no source states is unknown, never no.
enum class Support : std::uint8_t { no, yes, unknown };

template <>
inline constexpr auto internal::enum_names<Support> = std::to_array<std::string_view>({"no", "yes",
                                                                                       "unknown"});

/// What is known of each capability of one model.
class Capabilities {
 public:
  /// Nothing is known.
  constexpr Capabilities() { support_.fill(Support::unknown); }

  /// One letter per capability, in the order of all_capabilities: y, n or ? (unknown). Any other
  /// letter or length does not compile.
  consteval Capabilities(const char (&letters)[all_capabilities.size() + 1]) {
    for (std::size_t at = 0; at < support_.size(); ++at) support_[at] = support_of(letters[at]);
  }

  /// Whether the model can do that; unknown until set.
  [[nodiscard]] constexpr Support operator[](Capability capability) const noexcept {
    return support_[static_cast<std::size_t>(capability)];
  }
  /// Replaces what was known of one capability.
  constexpr void set(Capability capability, Support support) noexcept {
    support_[static_cast<std::size_t>(capability)] = support;
  }

  /// Equal if they say the same of every capability.
  friend constexpr bool operator==(const Capabilities&, const Capabilities&) noexcept = default;

 private:
  static consteval Support support_of(char letter) {
    switch (letter) {
      case 'y': return Support::yes;
      case 'n': return Support::no;
      case '?': return Support::unknown;
      default: throw "a capability is y, n or ?";
    }
  }

  std::array<Support, all_capabilities.size()> support_{};
};

/// Prices in USD per million tokens; empty if they are unknown.
struct Prices {
  std::optional<double> input{};         ///< Of what is sent, except for its cached part.
  std::optional<double> cached_input{};  ///< Of input that the provider had cached.
  std::optional<double> output{};        ///< Of the answer, with its reasoning.

  /// True if at least one of them is known.
  [[nodiscard]] constexpr bool known() const noexcept { return input || cached_input || output; }

  /// Equal if each of them is: the same price, or unknown in both.
  friend constexpr bool operator==(const Prices&, const Prices&) noexcept = default;
};

/// One row of a provider's table: a model, and what differs for its fine-tunes. What is unknown is
/// empty.
struct ModelRow {
  std::string_view model_id{};                    ///< As the provider writes it in a request.
  std::string_view alias{};                       ///< Another name of the same model.
  std::optional<std::uint32_t> context_window{};  ///< Tokens.
  std::optional<std::uint32_t> max_output{};      ///< Tokens.
  Capabilities capabilities{};                    ///< Its own; its fine-tunes have the same.
  Prices prices{};                                ///< Of calls of the model itself.
  Prices fine_tuned_prices{};                     ///< Of calls of its fine-tunes.
  std::optional<double> training_usd_per_mtok{};  ///< USD per million trained tokens.
  std::optional<std::chrono::year_month_day> retired_on{};  ///< The day it stops.
  /// The day its fine-tunes stop, if that is another one.
  std::optional<std::chrono::year_month_day> fine_tuned_retired_on{};
  std::optional<std::chrono::year_month_day> deprecated_on{};  ///< The day its end was announced.
  std::string_view replacement{};  ///< The model that its provider names in its place.
  /// The day the row was last compared with its sources.
  std::optional<std::chrono::year_month_day> checked{};

  /// True if the model has this name.
  [[nodiscard]] constexpr bool is_called(std::string_view name) const noexcept {
    return !name.empty() && (name == model_id || name == alias);
  }

  /// Equal if every member is.
  friend constexpr bool operator==(const ModelRow&, const ModelRow&) noexcept = default;
};

}  // namespace FineTuning
