#pragma once

// The seam between the library and the network: one HTTP exchange, and who listens to it. A test
// implements Transport with one function; so does a program that brings its own HTTP.

#include <FineTuning/export.hpp>
#include <FineTuning/internal/scan.hpp>
#include <FineTuning/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// One exchange between the library and the network, which a caller's Transport can perform.
namespace FineTuning::http {

/// Names and values, in the order in which they are sent or have arrived.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// The value of a header, its name in any case; empty if there is none.
[[nodiscard]] inline std::string_view find_header(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (internal::equal_ignoring_case(key, name)) return value;
  return {};
}

/// A request body too large for memory, read in pieces. Used by one exchange at a time; read() is
/// called on the thread of perform().
///
/// The library calls rewind() before each attempt. A transport reads on from the current position
/// and never rewinds, so that it cannot send a request twice by itself.
class FINETUNING_EXPORT BodySource {
 public:
  BodySource() = default;
  BodySource(const BodySource&) = delete;
  BodySource& operator=(const BodySource&) = delete;
  virtual ~BodySource() = default;

  /// Its whole length in bytes, announced before the body.
  [[nodiscard]] virtual std::uint64_t size() const noexcept = 0;
  /// Goes back to the first byte; false if that cannot be done.
  [[nodiscard]] virtual bool rewind() noexcept = 0;
  /// Writes the next bytes to the buffer and returns how many: at least one, and at most as many as
  /// fit; 0 at the end. Empty if they cannot be read. A stop request waits until it returns.
  [[nodiscard]] virtual std::optional<std::size_t> read(std::span<char> buffer) noexcept = 0;
  /// What errors call it, such as the name of a file.
  [[nodiscard]] virtual std::string name() const { return "the body"; }
};

/// What is sent, and how long it may take. Everything has been checked: no part can inject another.
struct Exchange {
  std::string method = "POST";  ///< GET, POST, PUT, PATCH or DELETE.
  std::string url{};            ///< Whole, with its query.
  Headers headers{};            ///< All but those that the transport has to make (Host, lengths).
  std::string body{};           ///< Any method may have one, and none needs one.
  std::shared_ptr<BodySource> source{};         ///< If not null, sent instead of `body`.
  std::chrono::milliseconds connect_timeout{};  ///< 0: no limit, as for the others.
  /// From the start (with a source: from the end of the body) to the head of the answer.
  std::chrono::milliseconds first_byte_timeout{};
  /// Between two pieces of the answer (with a source: of the body, too).
  std::chrono::milliseconds idle_timeout{};
  std::chrono::milliseconds total_timeout{};  ///< From the start to the end of the answer.
};

/// The head of an answer. Any status: an answer arrived.
struct Head {
  int status = 0;     ///< As 200 or 404.
  Headers headers{};  ///< As they arrived.
};

/// How far an exchange got.
enum class Phase : std::uint8_t {
  resolving,   ///< Looking up the host's address.
  connecting,  ///< To that address, or to a proxy.
  tls,         ///< Agreeing on TLS and checking who the server is.
  sending,     ///< The request.
  waiting,     ///< For the head of the answer.
  receiving,   ///< The body of the answer.
};

/// Why no whole answer arrived.
struct Failure {
  /// What ended it.
  enum class Kind : std::uint8_t {
    request,    ///< Its method is not one of the five, or its source did not give its body.
    network,    ///< The server could not be reached, or the connection broke.
    tls,        ///< The server could not prove who it is.
    timed_out,  ///< One of the limits of the Exchange.
    stopped,    ///< The listener or the stop token.
  };
  Kind kind = Kind::network;     ///< What ended it.
  Phase phase = Phase::waiting;  ///< How far it had got.
  /// Part of the request had been handed to the network. Say false only if that is certain: such a
  /// request is sent again, and may be billed again.
  bool may_have_reached_server = true;
  std::string message{};  ///< What went wrong, or which limit ran out; no secret, no URL.
};

/// What a listener wants next.
enum class Flow : std::uint8_t {
  go_on,   ///< The next piece.
  finish,  ///< Nothing more: the rest is awaited for a moment, so that the connection can be kept.
  stop,    ///< End the exchange and close its connection at once.
};

/// Receives the answer: its head, then its body in pieces, on the thread of perform().
class FINETUNING_EXPORT Listener {
 public:
  Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  virtual ~Listener() = default;

  /// Called once, before any piece. Valid during the call.
  virtual Flow on_head(const Head& head) noexcept = 0;
  /// The piece is valid during the call.
  virtual Flow on_body(std::string_view piece) noexcept = 0;
};

/// Performs one exchange. Implementations are safe to use from several threads at once.
class FINETUNING_EXPORT Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  /// Sends the exchange and passes the answer to the listener, as soon as there is one, even if the
  /// body has not been sent whole; a Failure if the answer did not arrive whole. A stop request
  /// ends it soon, whatever it waits for.
  virtual Result<void, Failure> perform(const Exchange& exchange, Listener& listener,
                                        const std::stop_token& stop) = 0;
};

}  // namespace FineTuning::http
