#pragma once

// Tables of ids and what they should be read as, and the checks that go through them.

#include "support/catch.hpp"

#include <FineTuning/providers.hpp>

#include <initializer_list>
#include <string_view>

/// The id of a fine-tuned model, and its parts.
struct FineTuneCase {
  std::string_view text;
  std::string_view base_model{};
  std::string_view organization{};
  std::string_view suffix{};
  std::string_view fine_tune_id{};
  std::string_view checkpoint{};
  std::string_view location{};
  FineTuning::ModelId::BaseSource base_source = FineTuning::ModelId::BaseSource::id;
};

/// A text that is not the id of a fine-tuned model, and why.
struct RefusedCase {
  std::string_view text;
  FineTuning::IdError why;
};

inline void check_parts(const FineTuning::ModelId& id, const FineTuneCase& expected,
                        const FineTuning::Provider& provider) {
  using Kind = FineTuning::ModelId::Kind;
  CHECK(id.text == expected.text);
  CHECK(id.provider == provider.name);
  CHECK(id.kind == (expected.checkpoint.empty() ? Kind::fine_tuned : Kind::checkpoint));
  CHECK(id.base_model == expected.base_model);
  if (!expected.base_model.empty()) CHECK(id.base_source == expected.base_source);
  CHECK(id.organization == expected.organization);
  CHECK(id.suffix == expected.suffix);
  CHECK(id.fine_tune_id == expected.fine_tune_id);
  CHECK(id.checkpoint == expected.checkpoint);
  CHECK(id.location == expected.location);
}

/// The ids are read so when the provider is given.
inline void check_parsed(const FineTuning::Provider& provider,
                         std::initializer_list<FineTuneCase> cases) {
  for (const FineTuneCase& expected : cases) {
    INFO(expected.text);
    const auto id = FineTuning::parse_model_id(expected.text, provider);
    REQUIRE(id);
    check_parts(*id, expected, provider);
  }
}

/// The ids are read so when the provider is given, and when it is not.
inline void check_read(const FineTuning::Provider& provider,
                       std::initializer_list<FineTuneCase> cases) {
  check_parsed(provider, cases);
  for (const FineTuneCase& expected : cases) {
    INFO(expected.text);
    check_parts(FineTuning::classify(expected.text), expected, provider);
  }
}

inline void check_refused(const FineTuning::Provider& provider,
                          std::initializer_list<RefusedCase> cases) {
  for (const RefusedCase& refused : cases) {
    INFO(refused.text);
    const auto id = FineTuning::parse_model_id(refused.text, provider);
    REQUIRE_FALSE(id);
    CHECK(to_string(id.error()) == to_string(refused.why));
  }
}
