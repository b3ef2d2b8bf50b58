// Bodies from and to files: what is sent of a file that changes, and that no file is taken for a
// whole one that is not.

#include "http/files.hpp"

#include "http/curl_transport.hpp"
#include "support/catch.hpp"
#include "support/exchange.hpp"
#include "support/folder.hpp"
#include "support/loopback_server.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace FineTuning;
using namespace FineTuning::internal;
using namespace FineTuning::test;
namespace fs = std::filesystem;
using Names = std::vector<std::string>;

namespace {

Names names_in(const Folder& folder) {
  Names names;
  for (const auto& entry : fs::directory_iterator(folder.path()))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What is left of a source, read in pieces; empty if it failed.
std::optional<std::string> read_all(http::BodySource& source) {
  std::string text;
  std::array<char, 3> piece{};
  while (const std::optional<std::size_t> size = source.read(piece)) {
    if (*size == 0) return text;
    text.append(piece.data(), *size);
  }
  return std::nullopt;
}

/// A sentence that names the file.
void check_error(const Error& error, const std::string& name, const std::string& part) {
  INFO(error.message);
  CHECK(error.code == "file_error");
  CHECK(error.message.find('"' + name + '"') != std::string::npos);
  CHECK(error.message.find(part) != std::string::npos);
  CHECK(error.message.ends_with('.'));
}

/// While it lives, the process has the rights of nobody.
class AsNobody {
 public:
  AsNobody() { REQUIRE((user_ != 0 || ::seteuid(nobody) == 0)); }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
  ~AsNobody() { static_cast<void>(::seteuid(user_)); }

 private:
  static constexpr uid_t nobody = 65534;
  uid_t user_ = ::geteuid();
};

/// While it lives, no file gets longer. That does what a full disk does: write() takes less, then
/// none.
class FullDisk {
 public:
  explicit FullDisk(rlim_t size) {
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    const rlimit limit{.rlim_cur = size, .rlim_max = before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_before_);
  }

 private:
  rlimit before_{};
  void (*signal_before_)(int) = std::signal(SIGXFSZ, SIG_IGN);
};

/// Writes the body of an answer to a file.
class Download final : public http::Listener {
 public:
  explicit Download(FileSink& sink) : sink_(sink) {}

  http::Flow on_head(const http::Head& /*head*/) noexcept override { return http::Flow::go_on; }
  http::Flow on_body(std::string_view piece) noexcept override {
    return sink_.write(piece) ? http::Flow::go_on : http::Flow::stop;
  }

 private:
  FileSink& sink_;
};

}  // namespace

// ---- from a file

TEST_CASE("a file is read whole, and again after a rewind", "[files]") {
  const Folder folder;
  const std::string text = GENERATE(std::string(), std::string("ab"),
                                    std::string("\0\r\n\xFF\x1A", 5), std::string(100'000, 'x'));
  const auto source = FileSource::open(folder.write("data.jsonl", text)).value();
  CHECK(source->size() == text.size());
  CHECK(read_all(*source) == text);
  REQUIRE(source->rewind());
  CHECK(read_all(*source) == text);
}

TEST_CASE("a file is sent as the body of a request", "[files]") {
  const Folder folder;
  const std::string text = GENERATE(std::string(), std::string(200'000, 'x'));
  LoopbackServer server(answer_each(answer("ok")));
  const auto source = FileSource::open(folder.write("data.jsonl", text)).value();
  const http::Exchange exchange{.method = "PUT", .url = server.url(), .source = source};
  const auto transport = curl_transport({});
  for (int attempt = 0; attempt < 2; ++attempt) {
    REQUIRE(source->rewind());
    CHECK(was_answered(perform(*transport, exchange), "ok"));
    CHECK(body_of(server.requests().back()) == text);
  }
  CHECK(header_values(server.requests().at(0), "Content-Length") ==
        Names{std::to_string(text.size())});
}

TEST_CASE("a file that cannot be read is an error that says so", "[files]") {
  const Folder folder;
  const std::string absent = folder.path() + "/absent.jsonl";
  check_error(FileSource::open(absent).error(), absent, "There is no file");
  const std::string below_a_file = folder.write("data.jsonl", "{}") + "/x";
  check_error(FileSource::open(below_a_file).error(), below_a_file, "There is no file");
  check_error(FileSource::open(folder.path()).error(), folder.path(), "is a folder");
  const std::string pipe = folder.path() + "/pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  check_error(FileSource::open(pipe).error(), pipe, "is not a regular file");
  check_error(FileSource::open("").error(), "", "There is no file");

  const std::string secret = folder.write("secret.jsonl", "{}");
  REQUIRE(::chmod(secret.c_str(), 0) == 0);
  REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
  const AsNobody nobody;
  check_error(FileSource::open(secret).error(), secret, "(Permission denied)");
}

TEST_CASE("a file that changes its length while it is sent is not sent whole", "[files]") {
  struct Case {
    std::uintmax_t size;
    std::string fault;
  };
  const Case cases[] = {
      {0, "ended before its last byte"},
      {199'999, "ended before its last byte"},
      {200'001, "is longer than it said at first"},
      {1U << 20U, "is longer than it said at first"},
  };
  for (const Case& changed : cases) {
    INFO(changed.size);
    const Folder folder;
    const std::string path = folder.write("data.jsonl", std::string(200'000, 'x'));
    LoopbackServer server(answer_each(answer("ok")));
    const auto source = FileSource::open(path).value();
    fs::resize_file(path, changed.size);
    const http::Exchange exchange{.url = server.url(), .source = source};
    const Exchanged outcome = perform(*curl_transport({}), exchange);
    REQUIRE(outcome.failure);
    CHECK(outcome.failure->kind == http::Failure::Kind::request);
    CHECK(outcome.failure->message == "the file \"" + path + "\" " + changed.fault);
    CHECK(outcome.heads.empty());
    CHECK(server.wait_for_closed(1));

    fs::resize_file(path, 200'000);
    REQUIRE(source->rewind());
    CHECK(was_answered(perform(*curl_transport({}), exchange), "ok"));
  }
}

TEST_CASE("every attempt sends the file that was opened", "[files]") {
  const Folder folder;
  const std::string path = folder.write("data.jsonl", "the old one");
  const auto source = FileSource::open(path).value();
  fs::rename(folder.write("new.jsonl", "another one"), path);
  CHECK(read_all(*source) == "the old one");
  fs::remove(path);
  REQUIRE(source->rewind());
  CHECK(read_all(*source) == "the old one");
}

TEST_CASE("a file may be larger than 4 GB", "[files]") {
  const Folder folder;
  const std::string path = folder.write("large.jsonl", "");
  constexpr std::uintmax_t size = (5ULL << 30U) + 7;
  fs::resize_file(path, size);
  const auto source = FileSource::open(path).value();
  CHECK(source->size() == size);
}

// ---- to a file

TEST_CASE("a new file in the place of an old one has its mode", "[files]") {
  const Folder folder;
  const std::string path = folder.write("result.jsonl", "old");
  for (const unsigned mode : {0600U, 0644U, 0440U}) {
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    const auto sink = FileSink::create(path).value();
    REQUIRE(sink->write("a beginning"));
    REQUIRE(sink->restart());
    REQUIRE(sink->write("new"));
    REQUIRE(sink->finish());
    CHECK(fs::status(path).permissions() == static_cast<fs::perms>(mode));
  }
}

TEST_CASE("a file has its name once it is whole", "[files]") {
  const Folder folder;
  const std::string path = folder.path() + "/result.jsonl";
  const auto sink = FileSink::create(path).value();
  const std::string text("first \0 line\r\n", 14);
  REQUIRE(sink->write(text));
  REQUIRE(sink->write(""));
  REQUIRE(sink->write("second line"));
  CHECK_FALSE(fs::exists(path));
  REQUIRE(sink->finish());
  CHECK(text_of(path) == text + "second line");
  CHECK(names_in(folder) == Names{"result.jsonl"});
}

TEST_CASE("a file that is not finished leaves nothing, and what was there before", "[files]") {
  const Folder folder;
  const std::string path = folder.write("result.jsonl", "from before");
  {
    const auto sink = FileSink::create(path).value();
    REQUIRE(sink->write(std::string(100'000, 'x')));
    CHECK(text_of(path) == "from before");
    CHECK(names_in(folder).size() == 2);
  }
  CHECK(text_of(path) == "from before");
  CHECK(names_in(folder) == Names{"result.jsonl"});
}

TEST_CASE("a file that begins again has nothing of what was written before", "[files]") {
  const Folder folder;
  const std::string path = folder.path() + "/result.jsonl";
  const auto sink = FileSink::create(path).value();
  REQUIRE(sink->restart());
  REQUIRE(sink->write(std::string(100'000, 'x')));
  REQUIRE(sink->restart());
  REQUIRE(sink->write("all of it"));
  REQUIRE(sink->finish());
  CHECK(text_of(path) == "all of it");
  CHECK(names_in(folder) == Names{"result.jsonl"});
}

TEST_CASE("a file that was there is replaced, also behind a symbolic link", "[files]") {
  const Folder folder;
  const std::string path = folder.write("result.jsonl", "from before, and longer");
  const std::string link = folder.path() + "/link.jsonl";
  fs::create_symlink("result.jsonl", link);
  const auto sink = FileSink::create(GENERATE_COPY(path, link)).value();
  REQUIRE(sink->write("new"));
  REQUIRE(sink->finish());
  CHECK(text_of(path) == "new");
  CHECK(fs::is_symlink(link));
  CHECK(names_in(folder) == Names{"link.jsonl", "result.jsonl"});
}

TEST_CASE("of two downloads to one name the file has all of one", "[files]") {
  const Folder folder;
  const std::string path = folder.path() + "/result.jsonl";
  const auto first = FileSink::create(path).value();
  const auto second = FileSink::create(path).value();
  REQUIRE(first->write("first"));
  REQUIRE(second->write("second"));
  REQUIRE(first->write(" whole"));
  REQUIRE(first->finish());
  CHECK(text_of(path) == "first whole");
  REQUIRE(second->finish());
  CHECK(text_of(path) == "second");
  CHECK(names_in(folder) == Names{"result.jsonl"});
}

TEST_CASE("if no file can be written, the error says so before anything is asked for", "[files]") {
  const Folder folder;
  const std::string no_folder = folder.path() + "/absent/result.jsonl";
  check_error(FileSink::create(no_folder).error(), no_folder, "(No such file or directory)");
  check_error(FileSink::create(folder.path()).error(), folder.path(), "is a folder");
  CHECK(FileSink::create("").error().code == "file_error");
  check_error(FileSink::create("/dev/null").error(), "/dev/null", "is not a regular file");

  const std::string path = folder.path() + "/result.jsonl";
  REQUIRE(::chmod(folder.path().c_str(), 0555) == 0);
  {
    const AsNobody nobody;
    check_error(FileSink::create(path).error(), path, "(Permission denied)");
  }
  REQUIRE(::chmod(folder.path().c_str(), 0700) == 0);
  CHECK(names_in(folder).empty());
}

TEST_CASE("a disk that takes no more is an error, and nothing of the file stays", "[files]") {
  const Folder folder;
  const std::string path = folder.write("result.jsonl", "from before");
  SECTION("of the write") {
    const auto sink = FileSink::create(path).value();
    const FullDisk full(100'000);
    REQUIRE(sink->write(std::string(90'000, 'x')));
    check_error(sink->write(std::string(90'000, 'x')).error(), path, "(File too large)");
    CHECK_FALSE(sink->write("and more"));
    CHECK_FALSE(sink->finish());
  }
  SECTION("of the end, if a part was not yet written") {
    const auto sink = FileSink::create(path).value();
    const FullDisk full(1);
    REQUIRE(sink->write("some"));
    check_error(sink->finish().error(), path, "(File too large)");
    CHECK_FALSE(sink->finish());
  }
  CHECK(text_of(path) == "from before");
  CHECK(names_in(folder) == Names{"result.jsonl"});
}

TEST_CASE("a folder that has taken the name meanwhile stays", "[files]") {
  const Folder folder;
  const std::string path = folder.path() + "/result.jsonl";
  {
    const auto sink = FileSink::create(path).value();
    fs::create_directory(path);
    check_error(sink->finish().error(), path, "(Is a directory)");
  }
  CHECK(fs::is_directory(path));
  CHECK(names_in(folder) == Names{"result.jsonl"});
}

TEST_CASE("an answer goes to a file in pieces, and one that is cut to none", "[files]") {
  const Folder folder;
  const std::string path = folder.path() + "/result.jsonl";
  const std::string text(1U << 20U, 'x');
  const bool is_cut = GENERATE(false, true);
  LoopbackServer server([&](LoopbackServer::Connection& connection) {
    connection.read_request();
    const std::string bytes = answer(text);
    connection.send(is_cut ? bytes.substr(0, bytes.size() - 1) : bytes);
  });
  {
    const auto sink = FileSink::create(path).value();
    Download download(*sink);
    const auto outcome = curl_transport({})->perform(get(server.url()), download, {});
    CHECK(outcome.has_value() != is_cut);
    if (outcome) REQUIRE(sink->finish());
  }
  CHECK(names_in(folder) == (is_cut ? Names{} : Names{"result.jsonl"}));
  if (!is_cut) CHECK(text_of(path) == text);
}
