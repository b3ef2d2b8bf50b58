// Runs a command, every provider played by the sandbox:
//
//     sandbox COMMAND [WORD]...
//
// The command finds keys and addresses in its environment, as any program with the library does.
// With sh for a command they are there to try things by hand.

#include "accounts.hpp"

#include <sys/wait.h>

#include <cctype>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>

namespace {

using namespace FineTuning;

void set(std::string_view variable, const std::string& value) {
  if (!variable.empty()) setenv(std::string(variable).c_str(), value.c_str(), 1);
}

void set_environment(const examples::Sandbox& sandbox) {
  for (const auto& [name, account] : examples::accounts_at(sandbox)) {
    std::string prefix;
    for (const char c : name) prefix += static_cast<char>(std::toupper(c));
    set(prefix + "_BASE_URL", account.base_url);
    const Provider* const provider = find_provider(name);
    set(provider->key_variable, account.api_key);
    set(provider->project_variable, account.project);
    set(provider->location_variable, account.location);
  }
}

/// A word as a shell has to read it.
std::string in_quotes(std::string_view word) {
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "' ";
}

}  // namespace

int main(int count, char** words) try {
  if (count < 2) {
    std::cerr << "sandbox: Write a command behind it, as in: sandbox build/demo/examples/03_ask\n";
    return 2;
  }
  const examples::Sandbox sandbox;
  set_environment(sandbox);
  std::string command;
  for (int at = 1; at < count; ++at) command += in_quotes(words[at]);
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
} catch (const std::exception& unforeseen) {
  std::cerr << "sandbox: " << unforeseen.what() << '\n';
  return 1;
}
