// 2 GB from a file through a socket, and how much memory that takes.

#include "http/curl_transport.hpp"
#include "http/files.hpp"
#include "support/catch.hpp"
#include "support/exchange.hpp"
#include "support/folder.hpp"
#include "support/loopback_server.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

using namespace FineTuning;
using namespace FineTuning::internal;
using namespace FineTuning::test;

namespace {

/// The bytes of a body that are not 0, by their places.
using Marks = std::map<std::uint64_t, char>;

constexpr std::uint64_t gigabyte = 1ULL << 30U;
constexpr std::uint64_t size = 2 * gigabyte + 1;

const Marks marks{{0, 'a'},        {65'535, 'b'},           {65'536, 'c'},  {gigabyte - 1, 'd'},
                  {gigabyte, 'e'}, {2 * gigabyte - 1, 'f'}, {size - 1, 'g'}};

/// A file of zeros, which take no room, and a few marks.
std::string sparse_file(const Folder& folder) {
  const std::string path = folder.write("large.jsonl", "");
  std::filesystem::resize_file(path, size);
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  for (const auto& [place, mark] : marks) {
    file.seekp(static_cast<std::streamoff>(place));
    file.put(mark);
  }
  REQUIRE(file.flush());
  return path;
}

/// Adds the marks of a piece. Most pieces have none, which is found out fast.
void collect(Marks& found, std::uint64_t place, std::string_view piece) {
  static const std::array<char, 1U << 20U> zeros{};
  const bool is_zero =
      piece.size() <= zeros.size() && std::memcmp(piece.data(), zeros.data(), piece.size()) == 0;
  if (is_zero) return;
  for (std::size_t at = 0; at < piece.size(); ++at)
    if (piece[at] != 0) found.emplace(place + at, piece[at]);
}

/// The most memory that the process has had since reset(), in bytes.
class PeakMemory {
 public:
  static void reset() {
    std::ofstream file("/proc/self/clear_refs");
    REQUIRE((file << "5" << std::flush));
  }
  static std::uint64_t get() {
    std::ifstream file("/proc/self/status");
    for (std::string name; file >> name; std::getline(file, name))
      if (name == "VmHWM:") {
        std::uint64_t kilobytes = 0;
        file >> kilobytes;
        return kilobytes * 1024;
      }
    return UINT64_MAX;
  }
};

}  // namespace

TEST_CASE("a file of 2 GB is sent in a few megabytes of memory", "[large_body]") {
  const Folder folder;
  const std::string path = sparse_file(folder);
  std::uint64_t arrived = 0;
  Marks found;
  LoopbackServer server([&](LoopbackServer::Connection& connection) {
    const std::string head = connection.read_head();
    connection.read_body(head, [&](std::string_view piece) {
      collect(found, arrived, piece);
      arrived += piece.size();
    });
    connection.send(answer("ok"));
  });
  const auto transport = curl_transport({});

  PeakMemory::reset();
  const std::uint64_t before = PeakMemory::get();
  const http::Exchange exchange{
      .method = "PUT", .url = server.url(), .source = FileSource::open(path).value()};
  REQUIRE(was_answered(perform(*transport, exchange), "ok"));
  const std::uint64_t after = PeakMemory::get();

  CHECK(arrived == size);
  CHECK(found == marks);
  INFO(before << " bytes before, " << after << " bytes after");
  CHECK(after - before < 32U << 20U);
}
