#pragma once

// A model that can be asked: an id and the provider it goes to, owned.

#include <FineTuning/internal/text.hpp>
#include <FineTuning/providers.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace FineTuning {

namespace internal {

inline Error id_error(IdError why, std::string_view text, const Provider& provider) {
  const std::string id = in_quotes(text);
  std::string message;
  switch (why) {
    case IdError::empty_model_id: message = "The model id is empty; name a model."; break;
    case IdError::model_id_too_long:
      message = "The model id " + id + " is longer than the " +
                std::to_string(provider.max_id_length) + " bytes an id can have; shorten it.";
      break;
    case IdError::invalid_characters:
      message = "The model id " + id + " has characters that no id of " +
                std::string(provider.title) + " has; copy it again.";
      break;
    case IdError::invalid_format:
      message = "The model id " + id + " does not go on as ids of " + std::string(provider.title) +
                " do; compare it with the one that the provider gave.";
      break;
    case IdError::not_fine_tuned:
      message = "The model " + id + " is not a fine-tuned model.";
      break;
  }
  return {
      .kind = why == IdError::not_fine_tuned ? ErrorKind::not_fine_tuned : ErrorKind::invalid_model,
      .message = std::move(message),
      .code = std::string(to_string(why))};
}

/// Every name that a spec can begin with.
inline std::string provider_names(std::span<const Provider> own_providers) {
  std::string names;
  for (const Provider& own : own_providers) names += std::string(own.name) + ", ";
  for (const Provider* shipped : providers::all)
    if (std::find(own_providers.begin(), own_providers.end(), *shipped) == own_providers.end())
      names += std::string(shipped->name) + ", ";
  names.resize(names.size() - std::string_view(", ").size());
  return names;
}

/// Why no provider can be told: the text is no id of anybody's, it begins with a name that nobody
/// has, or it says nothing.
inline Error unknown_provider_error(std::string_view spec,
                                    std::span<const Provider> own_providers) {
  constexpr Provider nobody{.name = "", .title = "any provider", .refused_characters = ""};
  if (const std::optional<IdError> fault = find_fault(spec, nobody))
    return id_error(*fault, spec, nobody);
  const std::size_t colon = spec.find(':');
  const bool has_name = colon != std::string_view::npos && colon > 0 &&
                        std::all_of(spec.begin(), spec.begin() + colon, is_letter);
  return {.kind = ErrorKind::invalid_model,
          .message = has_name ? "There is no provider " + in_quotes(spec.substr(0, colon)) +
                                    "; write one of " + provider_names(own_providers) +
                                    " in front, as in openai:gpt-4o."
                              : "The model " + in_quotes(spec) +
                                    " does not tell its provider; write it in front, as in "
                                    "openai:gpt-4o.",
          .code = "unknown_provider"};
}

}  // namespace internal

/// A model that can be asked. A value: it owns its text, and copies are independent.
class Model {
 public:
  /// Reads a spec: a provider's name, a colon and an id ("openai:gpt-4o", "vertex:projects/..").
  /// Without the name, the id's form or the table decides; a base model that several providers have
  /// goes to the first of them in providers::all. Providers of the caller's own come before those
  /// of the library, and one with the name of the library's stands in for it; what their views
  /// point to must outlive the Model.
  ///
  /// Fails with invalid_model where no provider can be told or the text can be no id. An id of an
  /// unusual form is not refused: the service decides.
  [[nodiscard]] static Result<Model> from(std::string_view spec,
                                          std::span<const Provider> own_providers = {}) {
    const std::size_t colon = spec.find(':');
    if (colon != std::string_view::npos && spec.substr(colon, 2) != "::")
      if (const Provider* named = find(spec.substr(0, colon), own_providers)) {
        const std::string_view id = spec.substr(colon + 1);
        return make(id, of_family(id, *named, own_providers));
      }
    if (const Provider* told = told_by(spec, own_providers)) return make(spec, *told);
    return internal::unknown_provider_error(spec, own_providers);
  }

  /// Whom it goes to: a copy of the facts that this object owns.
  [[nodiscard]] const Provider& provider() const noexcept { return provider_; }
  /// What goes on the wire: a slice of this object's text, empty where that was moved away.
  [[nodiscard]] std::string_view id() const noexcept {
    std::string_view id = spec_;
    id.remove_prefix(std::min(id.size(), provider_.name.size() + 1));
    return id;
  }
  /// "provider:id"; from(spec()) gives the same model. As id(), it lasts as long as this object:
  /// copy what a temporary returns.
  [[nodiscard]] const std::string& spec() const noexcept { return spec_; }

  /// The id, taken apart: slices of this object's text (and a view of Provider::name). Its kind is
  /// unknown where the id has no form that can be read.
  [[nodiscard]] ModelId parts() const& {
    return read_model_id(id(), provider_)
        .value_or(ModelId{.text = id(), .provider = provider_.name});
  }
  ModelId parts() && = delete;  // the slices would outlive the text

  /// True for a fine-tuned model and for a checkpoint of one, as far as the id says.
  [[nodiscard]] bool is_fine_tuned() const { return parts().is_fine_tuned(); }

  /// The model that this one was tuned from. Fails with not_fine_tuned for a base model, and with
  /// not_found where the id does not say.
  [[nodiscard]] Result<Model> base() const {
    return base_id().and_then([this](std::string&& id) { return make(id, provider_); });
  }

  /// The id of base(), as its provider writes it.
  [[nodiscard]] Result<std::string> base_id() const {
    const Result<ModelId, IdError> parts = parse_model_id(id(), provider_);
    if (!parts) return internal::id_error(parts.error(), id(), provider_);
    if (parts->base_model.empty())
      return Error{.kind = ErrorKind::not_found,
                   .message = "The id " + internal::in_quotes(id()) +
                              " does not say which model it was tuned from; look it up at " +
                              std::string(provider_.title) + ".",
                   .code = "unknown_base_model"};
    if (parts->base_source == ModelId::BaseSource::table)
      return std::string(internal::full_name(parts->base_model, provider_));
    return std::string(parts->base_model);
  }

  /// Equal where the specs are.
  friend bool operator==(const Model& a, const Model& b) { return a.spec_ == b.spec_; }

 private:
  Model(const Provider& provider, std::string_view id)
      : provider_(provider), spec_(std::string(provider.name) + ':' + std::string(id)) {}

  static const Provider* find(std::string_view name, std::span<const Provider> own_providers) {
    for (const Provider& provider : own_providers)
      if (provider.name == name) return &provider;
    return find_provider(name);
  }

  /// The provider that a text without a provider's name is for; null where it does not tell.
  static const Provider* told_by(std::string_view text, std::span<const Provider> own_providers) {
    for (const Provider& own : own_providers)
      if (internal::has_form_of(text, own) || internal::find_row(text, own.models)) return &own;
    return find(classify(text).provider, own_providers);
  }

  static const Provider& of_family(std::string_view id, const Provider& named,
                                   std::span<const Provider> own_providers) {
    if (named.family.empty() || internal::has_form_of(id, named)) return named;
    const auto takes = [&](const Provider& other) {
      return other.family == named.family && internal::has_form_of(id, other);
    };
    for (const Provider& own : own_providers)
      if (takes(own)) return own;
    for (const Provider* shipped : providers::all)
      if (takes(*shipped)) return *find(shipped->name, own_providers);
    return named;
  }

  static Result<Model> make(std::string_view id, const Provider& provider) {
    const Result<ModelId, IdError> parts = read_model_id(id, provider);
    if (!parts && parts.error() != IdError::invalid_format)
      return internal::id_error(parts.error(), id, provider);
    return Model(provider, id);
  }

  Provider provider_;
  std::string spec_;
};

/// The id of the model that `model` was tuned from; fails as Model::base() does.
[[nodiscard]] inline Result<std::string> get_base_model(const Model& model) {
  return model.base_id();
}

}  // namespace FineTuning
