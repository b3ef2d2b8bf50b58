#pragma once

// A server on a loopback port that follows a script byte by byte: for all that no proper HTTP
// server would do.

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace FineTuning::test {

/// Moves the bytes of one connection.
class Wire {
 public:
  Wire() = default;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  virtual ~Wire() = default;

  /// The number of bytes read; 0 when the connection has ended.
  virtual std::size_t read(char* buffer, std::size_t size) = 0;
  /// False when the connection has ended.
  virtual bool write(std::string_view bytes) = 0;
};

class LoopbackServer {
 public:
  /// One accepted connection. Every function returns when the client closes, and when the server is
  /// destroyed.
  class Connection {
   public:
    /// Counted from 0.
    [[nodiscard]] std::size_t number() const { return number_; }
    /// The next request, head and body; empty when there are no more.
    std::string read_request();
    /// Its head only: the body stays unread.
    std::string read_head();
    /// The body that belongs to a head that was read, in pieces that are valid during the call;
    /// keeps nothing of it. How many bytes arrived.
    std::uint64_t read_body(const std::string& head,
                            const std::function<void(std::string_view)>& on_piece);
    /// False when the client has closed.
    bool send(std::string_view bytes);
    void send_for_ever(std::string_view bytes);
    /// Waits until the client closes. What it still sends is kept as a request.
    void hold();
    /// Reads nothing more, not even that the client closes: waits until the server is destroyed.
    void stop_reading();
    /// Makes the end of the script a reset in place of a close.
    void reset();
    /// Waits until the server has read so many requests on all connections.
    void wait_for_requests(std::size_t count);

   private:
    friend class LoopbackServer;
    Connection(LoopbackServer& server, std::size_t number, int socket);
    bool receive();
    std::string take(std::size_t size);
    std::string read_to_blank_line();

    LoopbackServer& server_;
    std::size_t number_;
    int socket_;
    std::unique_ptr<Wire> wire_;
    std::string unread_;
  };

  /// Runs for each connection in a thread of its own; the connection closes when it returns.
  using Script = std::function<void(Connection&)>;
  /// Null if there is no connection (after a handshake that failed).
  using MakeWire = std::function<std::unique_ptr<Wire>(int socket)>;

  explicit LoopbackServer(Script script);
  LoopbackServer(Script script, MakeWire make_wire);
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  ~LoopbackServer();

  /// "http://127.0.0.1:40123"
  [[nodiscard]] std::string url(std::string_view scheme = "http") const;
  /// How many connections have been accepted.
  [[nodiscard]] std::size_t connections() const;
  /// All requests byte for byte, in the order in which they were read.
  [[nodiscard]] std::vector<std::string> requests() const;
  /// False when it does not come to that within half a minute.
  [[nodiscard]] bool wait_for_requests(std::size_t count) const;
  /// The same for connections that have been accepted and have ended.
  [[nodiscard]] bool wait_for_closed(std::size_t count) const;

 private:
  template <class Condition>
  bool wait_for(Condition condition) const;
  void accept_all();
  void serve(int socket, std::size_t number);
  void record(std::string request);

  Script script_;
  MakeWire make_wire_;
  int listener_ = -1;
  std::array<int, 2> wake_{};  // a pipe; closing its second end ends accept_all()
  unsigned port_ = 0;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> requests_;
  std::list<int> open_;
  std::size_t accepted_ = 0;
  std::size_t closed_ = 0;
  bool ending_ = false;

  std::vector<std::jthread> serving_;
  std::jthread accepting_;
};

/// Answers every request of every connection with these bytes.
LoopbackServer::Script answer_each(std::string bytes);

/// A whole answer of known length. `headers` are lines with their CRLF.
std::string answer(std::string_view body, std::string_view status = "200 OK",
                   std::string_view headers = "");

/// The head of an answer in chunks, and one chunk; the empty one ends the answer.
std::string chunked_head(std::string_view headers = "");
std::string chunk(std::string_view bytes);

/// The values of a header of a request, its name in any case.
std::vector<std::string> header_values(std::string_view request, std::string_view name);

/// What follows the head of a request.
std::string_view body_of(std::string_view request);

}  // namespace FineTuning::test
