#include "http/files.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <random>
#include <string>
#include <system_error>
#include <utility>

namespace FineTuning::internal {
namespace {

namespace fs = std::filesystem;

Error file_error(std::string message) {
  return {.kind = ErrorKind::other, .message = std::move(message), .code = "file_error"};
}

/// Streams say only that they failed; errno says why, if they leave it there.
std::string reason_of(int number) {
  return number == 0 ? "for a reason that the system does not state"
                     : std::generic_category().message(number);
}

Error cannot_read(const fs::path& path, int reason) {
  return file_error(
      fmt::format("The file \"{}\" cannot be read ({}); name a file that this program may read.",
                  path.string(), reason_of(reason)));
}

Error cannot_write(const fs::path& path, const std::string& reason) {
  return file_error(fmt::format(
      "The file \"{}\" cannot be written ({}); see that its folder exists and has room, and that "
      "this program may write there. No file of that name was made or changed.",
      path.string(), reason));
}

Error not_a_file(const fs::path& path, const fs::file_status& status) {
  return file_error(fs::is_directory(status)
                        ? fmt::format("\"{}\" is a folder; name a file.", path.string())
                        : fmt::format("\"{}\" is not a regular file; name one.", path.string()));
}

/// A name that no other download into the folder has.
fs::path part_beside(const fs::path& path) {
  std::random_device random;
  fs::path part = path;
  part += fmt::format(".{:08x}{:08x}.part", random(), random());
  return part;
}

}  // namespace

// ---- from a file

FileSource::FileSource(fs::path path, std::ifstream stream, std::uint64_t size)
    : path_(std::move(path)), stream_(std::move(stream)), size_(size) {}

Result<std::shared_ptr<FileSource>> FileSource::open(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found)
    return file_error(fmt::format("There is no file \"{}\"; check its path.", path.string()));
  if (status.type() == fs::file_type::none) return cannot_read(path, error.value());
  if (!fs::is_regular_file(status)) return not_a_file(path, status);
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return cannot_read(path, errno);
  const std::streamoff size = stream.seekg(0, std::ios::end).tellg();
  if (size < 0 || !stream.seekg(0)) return cannot_read(path, errno);
  return std::shared_ptr<FileSource>(
      new FileSource(path, std::move(stream), static_cast<std::uint64_t>(size)));
}

bool FileSource::rewind() noexcept {
  stream_.clear();
  stream_.seekg(0);
  return static_cast<bool>(stream_);
}

std::optional<std::size_t> FileSource::read(std::span<char> buffer) noexcept {
  stream_.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
  if (stream_.bad()) return std::nullopt;
  return static_cast<std::size_t>(stream_.gcount());
}

std::string FileSource::name() const { return fmt::format("the file \"{}\"", path_.string()); }

// ---- to a file

FileSink::FileSink(fs::path path, fs::path part)
    : path_(std::move(path)), part_(std::move(part)), stream_(part_, std::ios::binary) {}

Result<std::unique_ptr<FileSink>> FileSink::create(const fs::path& path) {
  if (path.empty()) return file_error("The file for an answer has no name; give its path.");
  std::error_code error;
  fs::path file = path;
  const fs::file_status old = fs::status(path, error);
  if (fs::exists(old)) {
    if (!fs::is_regular_file(old)) return not_a_file(path, old);
    file = fs::canonical(path, error);  // a symbolic link stays one: what it leads to is replaced
    if (error) return cannot_write(path, error.message());
  }
  error.clear();  // of a file that is not there
  errno = 0;
  std::unique_ptr<FileSink> sink(new FileSink(file, part_beside(file)));
  if (!sink->stream_) return cannot_write(path, reason_of(errno));
  if (!fs::exists(old)) return sink;
  sink->mode_ = old.permissions();
  constexpr fs::perms as_written = fs::perms::owner_read | fs::perms::owner_write;
  fs::permissions(sink->part_, *sink->mode_ | as_written, error);
  if (error) return cannot_write(path, error.message());
  return sink;
}

FileSink::~FileSink() {
  stream_.close();
  std::error_code ignored;
  fs::remove(part_, ignored);
}

Result<void> FileSink::write(std::string_view piece) {
  errno = 0;
  stream_.write(piece.data(), static_cast<std::streamsize>(piece.size()));
  if (!stream_) return cannot_write(path_, reason_of(errno));
  return {};
}

bool FileSink::restart() {
  stream_.close();
  stream_.clear();
  stream_.open(part_, std::ios::binary | std::ios::trunc);
  return stream_.is_open();
}

Result<void> FileSink::finish() {
  errno = 0;
  stream_.close();
  if (!stream_) return cannot_write(path_, reason_of(errno));
  std::error_code error;
  if (mode_) fs::permissions(part_, *mode_, error);
  if (!error) fs::rename(part_, path_, error);
  if (error) return cannot_write(path_, error.message());
  return {};
}

}  // namespace FineTuning::internal
