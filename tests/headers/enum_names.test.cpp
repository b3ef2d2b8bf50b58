// The names of enumerators, and the way back, at compile time.

#include <FineTuning/FineTuning.hpp>

#include <array>
#include <cstddef>
#include <string_view>

using namespace FineTuning;

namespace {

enum class Nameless { one };

/// Every value up to the last has a name that leads back to it; no other value has one.
template <class E>
constexpr bool has_names_up_to(E last, std::size_t count) {
  for (std::size_t at = 0; at < count; ++at) {
    const auto value = static_cast<E>(at);
    if (to_string(value).empty() || enum_from<E>(to_string(value)) != value) return false;
  }
  return static_cast<std::size_t>(last) + 1 == count && to_string(static_cast<E>(count)).empty() &&
         to_string(static_cast<E>(255)).empty();
}

static_assert(has_names_up_to(Capability::fine_tuning, all_capabilities.size()));
static_assert(has_names_up_to(Complexity::complex, 2));
static_assert(has_names_up_to(ErrorKind::other, 22));
static_assert(has_names_up_to(Facts::Source::user_row, 4));
static_assert(has_names_up_to(FinishReason::other, 6));
static_assert(has_names_up_to(IdError::not_fine_tuned, 5));
static_assert(has_names_up_to(ModelId::BaseSource::assumed, 3));
static_assert(has_names_up_to(ModelId::Kind::unknown, 4));
static_assert(has_names_up_to(Outcome::not_run, 4));
static_assert(has_names_up_to(ResponseFormat::Type::json_schema, 3));
static_assert(has_names_up_to(Role::tool, 4));
static_assert(has_names_up_to(Support::unknown, 3));
static_assert(has_names_up_to(TraceEvent::Kind::chosen, 4));
static_assert(has_names_up_to(VersionChange::Kind::other, 5));

// A name is read as it is spelt.
static_assert(enum_from<ErrorKind>("rate_limited") == ErrorKind::rate_limited);
static_assert(enum_from<Role>("assistant") == Role::assistant);
static_assert(!enum_from<ErrorKind>("Rate_Limited") && !enum_from<ErrorKind>("rate"));
static_assert(!enum_from<ErrorKind>("") && !enum_from<Role>("developer"));

static_assert(NamedEnum<ErrorKind> && !NamedEnum<Nameless> && !NamedEnum<int>);

}  // namespace
