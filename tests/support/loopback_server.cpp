// A server on a loopback port that follows a script.

#include "support/loopback_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <utility>

namespace FineTuning::test {
namespace {

class PlainWire final : public Wire {
 public:
  explicit PlainWire(int socket) : socket_(socket) {}

  std::size_t read(char* buffer, std::size_t size) override {
    return static_cast<std::size_t>(std::max<ssize_t>(::recv(socket_, buffer, size, 0), 0));
  }
  bool write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), 0);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

 private:
  int socket_;
};

/// A write to a connection that the client has closed is an error of that write. The process does
/// not ignore the signal, because the library has to live without that.
void block_broken_pipe_signal() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

std::uint64_t content_length(std::string_view head) {
  const std::vector<std::string> lengths = header_values(head, "Content-Length");
  return lengths.empty() ? 0 : std::stoull(lengths.front());
}

sockaddr* generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

}  // namespace

// ---- one connection

LoopbackServer::Connection::Connection(LoopbackServer& server, std::size_t number, int socket)
    : server_(server), number_(number), socket_(socket), wire_(server.make_wire_(socket)) {}

bool LoopbackServer::Connection::receive() {
  std::array<char, 65536> buffer;
  const std::size_t size = wire_->read(buffer.data(), buffer.size());
  unread_.append(buffer.data(), size);
  return size > 0;
}

std::string LoopbackServer::Connection::take(std::size_t size) {
  std::string taken = unread_.substr(0, size);
  unread_.erase(0, size);
  return taken;
}

std::string LoopbackServer::Connection::read_to_blank_line() {
  std::size_t end = std::string::npos;
  while ((end = unread_.find("\r\n\r\n")) == std::string::npos)
    if (!receive()) return take(unread_.size());
  return take(end + 4);
}

std::string LoopbackServer::Connection::read_head() {
  std::string head = read_to_blank_line();
  if (!head.empty()) server_.record(head);
  return head;
}

std::string LoopbackServer::Connection::read_request() {
  std::string request = read_to_blank_line();
  if (request.empty()) return request;
  const std::uint64_t length = content_length(request);
  while (unread_.size() < length && receive()) {
  }
  request += take(length);
  server_.record(request);
  return request;
}

std::uint64_t LoopbackServer::Connection::read_body(
    const std::string& head, const std::function<void(std::string_view)>& on_piece) {
  const std::uint64_t length = content_length(head);
  std::uint64_t size = 0;
  while (size < length && (!unread_.empty() || receive())) {
    on_piece(unread_);
    size += unread_.size();
    unread_.clear();
  }
  return size;
}

bool LoopbackServer::Connection::send(std::string_view bytes) { return wire_->write(bytes); }

void LoopbackServer::Connection::send_for_ever(std::string_view bytes) {
  while (send(bytes)) {
  }
}

void LoopbackServer::Connection::hold() {
  while (receive()) {
  }
  if (!unread_.empty()) server_.record(take(unread_.size()));
}

void LoopbackServer::Connection::stop_reading() {
  static_cast<void>(server_.wait_for([] { return false; }));
}

void LoopbackServer::Connection::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void LoopbackServer::Connection::wait_for_requests(std::size_t count) {
  static_cast<void>(server_.wait_for_requests(count));
}

// ---- the server

LoopbackServer::LoopbackServer(Script script)
    : LoopbackServer(std::move(script),
                     [](int socket) { return std::make_unique<PlainWire>(socket); }) {}

LoopbackServer::LoopbackServer(Script script, MakeWire make_wire)
    : script_(std::move(script)), make_wire_(std::move(make_wire)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
  if (listener_ < 0 || ::bind(listener_, generic(address), size) != 0 ||
      ::listen(listener_, SOMAXCONN) != 0 ||
      ::getsockname(listener_, generic(address), &size) != 0 || ::pipe(wake_.data()) != 0)
    throw std::runtime_error("There is no loopback port for a test's server.");
  port_ = ntohs(address.sin_port);
  accepting_ = std::jthread([this] { accept_all(); });
}

LoopbackServer::~LoopbackServer() {
  ::close(wake_[1]);
  accepting_.join();
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
  }
  changed_.notify_all();
  serving_.clear();
  ::close(wake_[0]);
  ::close(listener_);
}

void LoopbackServer::accept_all() {
  block_broken_pipe_signal();  // the threads that serve inherit it
  std::array<pollfd, 2> ready{{{.fd = listener_, .events = POLLIN, .revents = 0},
                               {.fd = wake_[0], .events = POLLIN, .revents = 0}}};
  while (::poll(ready.data(), ready.size(), -1) >= 0 && ready[1].revents == 0) {
    const int socket = ::accept(listener_, nullptr, nullptr);
    if (socket < 0) continue;
    const std::lock_guard lock(mutex_);
    open_.push_back(socket);
    serving_.emplace_back([this, socket, number = accepted_++] { serve(socket, number); });
  }
}

void LoopbackServer::serve(int socket, std::size_t number) {
  {
    Connection connection(*this, number, socket);
    if (connection.wire_) script_(connection);
  }
  {
    const std::lock_guard lock(mutex_);
    open_.remove(socket);
    ::close(socket);
    ++closed_;
  }
  changed_.notify_all();
}

void LoopbackServer::record(std::string request) {
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
  }
  changed_.notify_all();
}

template <class Condition>
bool LoopbackServer::wait_for(Condition condition) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::seconds(30), [&] { return ending_ || condition(); });
  return condition();
}

std::string LoopbackServer::url(std::string_view scheme) const {
  return std::string(scheme) + "://127.0.0.1:" + std::to_string(port_);
}

std::size_t LoopbackServer::connections() const {
  const std::lock_guard lock(mutex_);
  return accepted_;
}

std::vector<std::string> LoopbackServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

bool LoopbackServer::wait_for_requests(std::size_t count) const {
  return wait_for([&] { return requests_.size() >= count; });
}

bool LoopbackServer::wait_for_closed(std::size_t count) const {
  return wait_for([&] { return closed_ >= count; });
}

// ---- what is sent, and what was read

LoopbackServer::Script answer_each(std::string bytes) {
  return [bytes = std::move(bytes)](LoopbackServer::Connection& connection) {
    while (!connection.read_request().empty()) connection.send(bytes);
  };
}

std::string answer(std::string_view body, std::string_view status, std::string_view headers) {
  std::string text = "HTTP/1.1 ";
  text.append(status).append("\r\nContent-Length: ").append(std::to_string(body.size()));
  return text.append("\r\n").append(headers).append("\r\n").append(body);
}

std::string chunked_head(std::string_view headers) {
  std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";
  return text.append(headers).append("\r\n");
}

std::string chunk(std::string_view bytes) {
  std::array<char, 24> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  return std::string(size.data()).append(bytes).append("\r\n");
}

std::vector<std::string> header_values(std::string_view request, std::string_view name) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  };
  std::vector<std::string> values;
  std::string_view head = request.substr(0, request.find("\r\n\r\n"));
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(line.size() + 2, head.size()));
    const std::size_t colon = std::min(line.find(':'), line.size());
    if (!std::equal(name.begin(), name.end(), line.begin(),
                    line.begin() + static_cast<std::ptrdiff_t>(colon), same))
      continue;
    std::string_view value = line.substr(std::min(colon + 1, line.size()));
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    values.emplace_back(value);
  }
  return values;
}

std::string_view body_of(std::string_view request) {
  const std::size_t end = request.find("\r\n\r\n");
  return end == std::string_view::npos ? std::string_view() : request.substr(end + 4);
}

}  // namespace FineTuning::test
