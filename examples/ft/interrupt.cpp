// SIGINT as a stop. A signal's handler may do next to nothing, and a stop runs callbacks: so the
// handler writes a byte to a pipe, and a thread at its other end requests the stop.

#include "interrupt.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace ft {
namespace {

constexpr char interrupted = 'i';
constexpr char over = 'o';

std::array<int, 2> ends{};  // of the pipe; a handler can reach nothing but globals

void write_byte(char byte) { static_cast<void>(!write(ends[1], &byte, 1)); }

void on_signal(int /*number*/) {
  const int before = errno;
  write_byte(interrupted);
  errno = before;
}

char read_byte() {
  char byte = over;
  while (read(ends[0], &byte, 1) < 0 && errno == EINTR) continue;
  return byte;
}

}  // namespace

Interrupt::Interrupt() {
  if (pipe(ends.data()) != 0) throw std::runtime_error("there is no pipe for signals");
  watcher_ = std::thread([this] {
    while (read_byte() == interrupted) source_.request_stop();
  });
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigaction(SIGINT, &action, &before_);
}

Interrupt::~Interrupt() {
  sigaction(SIGINT, &before_, nullptr);
  write_byte(over);
  watcher_.join();
  for (const int end : ends) close(end);
}

}  // namespace ft
