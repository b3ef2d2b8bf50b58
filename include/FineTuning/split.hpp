#pragma once

// Divides callers among arms by weight and leaves each of them in its arm: to roll a new model out,
// or to compare two on real traffic.

#include <FineTuning/export.hpp>
#include <FineTuning/responder.hpp>
#include <FineTuning/result.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace FineTuning {

/// A hash that gives the same number for the same text and seed on every machine and in every
/// release. Called from several threads at once.
using StableHash = std::uint64_t (*)(std::string_view text, std::uint64_t seed);

/// FNV-1a of 64 bits (draft-eastlake-fnv) that starts at its offset basis XOR the seed; then the
/// finaliser of MurmurHash3, which spreads every bit over all others. Not secure against someone
/// who searches for a key that lands in a chosen arm.
[[nodiscard]] constexpr std::uint64_t stable_hash(std::string_view text,
                                                  std::uint64_t seed = 0) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325U ^ seed;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  hash = (hash ^ (hash >> 33U)) * 0xff51afd7ed558ccdU;
  hash = (hash ^ (hash >> 33U)) * 0xc4ceb9fe1a85ec53U;
  return hash ^ (hash >> 33U);
}

namespace internal {

/// -log2(fraction / 2^64) with 26 bits after the binary point, so from 1 to 2^32; 0 counts as 1.
/// Integers only, because std::log2 may differ between machines in its last bit: squaring a number
/// from [1, 2) doubles its logarithm, whose next bit is then whether the square has reached 2.
[[nodiscard]] constexpr std::uint64_t negative_log2(std::uint64_t fraction) noexcept {
  constexpr int bits = 26;
  if (fraction == 0) fraction = 1;
  const int zeros = std::countl_zero(fraction);
  std::uint64_t mantissa = (fraction << static_cast<unsigned>(zeros)) >> 32U;  // 1 is 2^31
  auto log2 = static_cast<std::uint64_t>(63 - zeros);
  for (int bit = 0; bit < bits; ++bit) {
    mantissa *= mantissa;
    const std::uint64_t reached_two = mantissa >> 63U;
    mantissa >>= 31U + reached_two;
    log2 = (log2 << 1U) | reached_two;
  }
  return (std::uint64_t{64} << static_cast<unsigned>(bits)) - log2;
}

}  // namespace internal

/// The share of the keys that an arm gets: its weight divided by the sum of all weights.
struct Share {
  std::string_view name{};   ///< Part of the assignment: an arm with another name gets other keys.
  std::uint32_t weight = 0;  ///< 0: no keys.
};

/// The index of the arm that a key is assigned to; empty if no arm has a weight. `arms` are Shares
/// or anything else with the same members, each with a name of its own.
///
/// Weighted rendezvous hashing: every arm draws a number u in (0, 1) from the hash of the salt, the
/// key and its name, and the greatest weight / -log2(u) wins; of equal ones, the first. So an
/// assignment depends on nothing else, and raising the weight of an arm, or adding an arm, moves
/// keys to that arm only, never away from it and never between others. Shares are exact to about
/// 10^-8.
template <class Arms>
[[nodiscard]] constexpr std::optional<std::size_t> choose_arm(const Arms& arms,
                                                              std::string_view key,
                                                              std::string_view salt = {},
                                                              StableHash hash = stable_hash) {
  const std::uint64_t seed = hash(key, hash(salt, 0));
  std::optional<std::size_t> best;
  std::uint64_t best_weight = 0;
  std::uint64_t best_distance = 0;
  for (std::size_t i = 0; i < arms.size(); ++i) {
    const std::uint64_t weight = std::uint32_t{arms[i].weight};  // no wider types
    if (weight == 0) continue;
    const std::uint64_t distance = internal::negative_log2(hash(arms[i].name, seed));
    // weight / distance compared without dividing; below 2^32 times at most 2^32 fits 64 bits.
    if (best && weight * best_distance <= best_weight * distance) continue;
    best = i;
    best_weight = weight;
    best_distance = distance;
  }
  return best;
}

/// One of the responders that a Split chooses from.
struct SplitArm {
  std::string name{};        ///< Unique among the arms; part of the assignment, as in Share.
  std::uint32_t weight = 0;  ///< Its share of the callers; 0: none of them.
  Responder responder{};     ///< What answers, for example a with_model().
};

/// How a Split assigns.
struct SplitOptions {
  /// Another salt is another assignment, independent of the first. Give every experiment and every
  /// rollout its own; otherwise the same callers are the first to try each.
  std::string salt{};
  StableHash hash = stable_hash;  ///< Not null; another hash is another assignment, too.
};

/// Asks one of its arms, chosen by choose_arm() for ChatRequest::key. A request without a key is
/// assigned by the text of its first user message, so that a conversation stays where it began.
///
/// Why not at random: a draw for every request would show one person two models in turn, could not
/// say later who saw which, and would take the new model away from some when its percentage is
/// raised.
///
/// Fails with invalid_request if no arm has a weight or two arms have the same name; otherwise
/// returns what the arm returns. Traces `chosen`. Holds no mutable state: safe to use from several
/// threads at once if its arms are.
class FINETUNING_EXPORT Split {
 public:
  /// A split of arms with different names.
  explicit Split(std::vector<SplitArm> arms, SplitOptions options = {});

  /// Asks the arm of the request.
  Result<ChatResponse> operator()(const ChatRequest& request,
                                  const CallContext& context = {}) const;

  /// The name of the arm that a key is assigned to. Does not ask it.
  [[nodiscard]] Result<std::string> arm_of(std::string_view key) const;

  /// The name of the arm that would answer a request. Does not ask it.
  [[nodiscard]] Result<std::string> pick(const ChatRequest& request) const;

 private:
  [[nodiscard]] Result<std::size_t> index_of(std::string_view key) const;

  std::vector<SplitArm> arms_;
  SplitOptions options_;
  Result<void> checked_;  ///< Whether the arms can be chosen from.
};

/// A rolling deployment: `percentage` of the callers get the arm "new", the others "current".
/// Raising it moves callers from "current" to "new" only. Fails with invalid_request if it is not
/// from 0 to 100.
[[nodiscard]] FINETUNING_EXPORT Result<Split> roll_out(Responder current_model, Responder new_model,
                                                       int percentage, SplitOptions options = {});

}  // namespace FineTuning
