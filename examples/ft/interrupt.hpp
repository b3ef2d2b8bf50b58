#pragma once

// Ending a long command by Ctrl-C without losing what it has.

#include <array>
#include <csignal>
#include <stop_token>
#include <thread>

namespace ft {

/// While it lives, the first SIGINT requests a stop, and a second one ends the process as ever.
/// Only one at a time may live.
class Interrupt {
 public:
  Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt();

  [[nodiscard]] std::stop_token stop() const { return source_.get_token(); }
  void request_stop() { source_.request_stop(); }

 private:
  std::stop_source source_;
  std::array<int, 2> ends_{};  ///< Of the pipe: to read from, to write to.
  struct sigaction before_ {};
  std::thread watcher_;
};

}  // namespace ft
