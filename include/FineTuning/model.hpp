#pragma once

// A model that can be asked: an id and the provider it goes to, owned.

#include <FineTuning/error.hpp>
#include <FineTuning/export.hpp>
#include <FineTuning/internal/id_errors.hpp>
#include <FineTuning/internal/rows.hpp>
#include <FineTuning/internal/text.hpp>
#include <FineTuning/model_id.hpp>
#include <FineTuning/provider.hpp>
#include <FineTuning/providers.hpp>
#include <FineTuning/result.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace FineTuning {

/// A model that can be asked. A value: it owns its text, and copies are independent.
class Model {
 public:
  /// Parses a spec: a provider's name, a colon and an id ("openai:gpt-4o", "vertex:projects/..").
  /// Without the name, the id's form or a table of models decides; a base model that several
  /// providers have goes to the first of them in providers::all. Providers of the caller's own come
  /// before those of the library, and one with the name of the library's replaces it; what their
  /// views point to must outlive the Model.
  ///
  /// Fails with invalid_model if the provider cannot be told, or if the text cannot be an id. An id
  /// of an unusual form is not refused: the service decides.
  [[nodiscard]] static Result<Model> from(std::string_view spec,
                                          std::span<const Provider> own_providers = {}) {
    const std::size_t colon = spec.find(':');
    if (colon != std::string_view::npos && spec.substr(colon, 2) != "::")
      if (const Provider* named = find(spec.substr(0, colon), own_providers)) {
        const std::string_view id = spec.substr(colon + 1);
        return make(id, of_family(id, *named, own_providers));
      }
    if (const Provider* provider = provider_of_id(spec, own_providers))
      return make(spec, *provider);
    return internal::unknown_provider_error(spec, own_providers);
  }

  /// The provider it goes to: a copy that this object owns.
  [[nodiscard]] const Provider& provider() const noexcept { return provider_; }
  /// What goes on the wire: a slice of this object's text, empty if that was moved away.
  [[nodiscard]] std::string_view id() const noexcept {
    std::string_view id = spec_;
    id.remove_prefix(std::min(id.size(), provider_.name.size() + 1));
    return id;
  }
  /// "provider:id"; from(spec()) gives the same model. Like id(), it lasts as long as this object:
  /// copy what a temporary returns.
  [[nodiscard]] const std::string& spec() const noexcept { return spec_; }

  /// What the id says: slices of this object's text (and a view of Provider::name). Its kind is
  /// unknown if the id cannot be parsed.
  [[nodiscard]] ModelId parts() const& { return classify(id(), provider_); }
  ModelId parts() && = delete;  // the slices would outlive the text

  /// True for a fine-tuned model and for a checkpoint of one, as far as the id says.
  [[nodiscard]] bool is_fine_tuned() const { return parts().is_fine_tuned(); }

  /// The model that this one was tuned from. Fails with not_fine_tuned for a base model, and with
  /// not_found if the id does not say.
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

  /// Equal if the specs are.
  friend bool operator==(const Model& a, const Model& b) { return a.spec_ == b.spec_; }

 private:
  Model(const Provider& provider, std::string_view id)
      : provider_(provider), spec_(std::string(provider.name) + ':' + std::string(id)) {}

  static const Provider* find(std::string_view name, std::span<const Provider> own_providers) {
    for (const Provider& provider : own_providers)
      if (provider.name == name) return &provider;
    return find_provider(name);
  }

  /// The provider whose form an id has, or whose table has it; null if there is none.
  static const Provider* provider_of_id(std::string_view id,
                                        std::span<const Provider> own_providers) {
    for (const Provider& own : own_providers)
      if (internal::has_form_of(id, own) || internal::find_row(id, own.models)) return &own;
    return find(classify(id).provider, own_providers);
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
    const Result<ModelId, IdError> parts = internal::parse_any_id(id, provider);
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

/// {"id":..,"provider":..,"kind":"fine_tuned","fine_tuned":true,"base_model":..,"base_source":"id",
/// "organization":..,"suffix":..,"fine_tune_id":..,"checkpoint":..,"location":..}, with null for
/// what the id does not say. Bytes that are not UTF-8 are replaced.
[[nodiscard]] FINETUNING_EXPORT std::string to_json(const ModelId& id);

}  // namespace FineTuning

/// @cond
/// Hashes the spec, so that equal models have one hash.
template <>
struct std::hash<FineTuning::Model> {
  /// The hash of model.spec().
  [[nodiscard]] std::size_t operator()(const FineTuning::Model& model) const noexcept {
    return std::hash<std::string>()(model.spec());
  }
};
/// @endcond
