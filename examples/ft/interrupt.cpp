// SIGINT as a stop. A signal's handler may do next to nothing, and a stop runs callbacks: so the
// handler writes a byte to a pipe, and a thread at its other end requests the stop.

#include "interrupt.hpp"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <stdexcept>

namespace ft {
namespace {

constexpr char interrupted = 'i';
constexpr char over = 'o';

std::atomic<int> write_end = -1;  // of the pipe; a handler reaches nothing but globals
static_assert(std::atomic<int>::is_always_lock_free);

void write_byte(char byte) { static_cast<void>(!write(write_end, &byte, 1)); }

void on_signal(int /*number*/) {
  const int before = errno;
  write_byte(interrupted);
  errno = before;
}

char read_byte(int read_end) {
  char byte = over;
  while (read(read_end, &byte, 1) < 0 && errno == EINTR) continue;
  return byte;
}

}  // namespace

Interrupt::Interrupt() {
  if (pipe(ends_.data()) != 0) throw std::runtime_error("there is no pipe for signals");
  write_end = ends_[1];
  watcher_ = std::thread([this] {
    while (read_byte(ends_[0]) == interrupted) source_.request_stop();
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
  for (const int end : ends_) close(end);
}

}  // namespace ft
