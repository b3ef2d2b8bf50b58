#pragma once

// Runs a program of the examples as a shell would.

#include <sys/wait.h>

#include <cstdio>
#include <stdexcept>
#include <string>

namespace FineTuning::test {

struct Ended {
  int status = 0;
  std::string out;
};

/// Runs a program with the words behind it, quoted for a shell if they need it.
inline Ended run_program(const std::string& name, const std::string& words = "") {
  const std::string command = FINETUNING_PROGRAMS "/" + name + " " + words;
  std::FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("No shell runs " + command);
  Ended ended;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) ended.out += static_cast<char>(c);
  const int status = pclose(pipe);
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ended;
}

}  // namespace FineTuning::test
