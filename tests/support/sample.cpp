// Reads the files below tests/data.

#include "support/sample.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace FineTuning::test {

std::string sample(std::string_view path) {
  std::ifstream file(std::filesystem::path(FINETUNING_TEST_DATA) / path, std::ios::binary);
  if (!file) throw std::runtime_error("There is no tests/data/" + std::string(path) + ".");
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace FineTuning::test
