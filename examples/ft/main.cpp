// ft: looks at fine-tuned models and talks to them, from a command line.

#include "ft.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>

int main(int count, char** values) {
  std::ios::sync_with_stdio(false);
  const std::vector<std::string> words(values + std::min(count, 1), values + count);
  return ft::run(words, {.in = std::cin,
                         .out = std::cout,
                         .err = std::cerr,
                         .err_is_terminal = isatty(STDERR_FILENO) == 1});
}
