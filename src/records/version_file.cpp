// The store of versions in a file. A new file takes the place of the old one in one step, and
// whoever makes one holds a lock on a second file, which nobody replaces.

#include "records/version_json.hpp"

#include <FineTuning/internal/errors.hpp>
#include <FineTuning/registry.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace FineTuning {

using namespace internal;
namespace {

/// Says what could not be done with a file, and why: a reason is a value of errno.
Error file_error(const std::string& file, std::string_view what, int reason,
                 std::string_view remedy) {
  return {.kind = ErrorKind::other,
          .message = fmt::format("The file \"{}\" cannot be {} ({}); {}", file, what,
                                 std::generic_category().message(reason), remedy),
          .code = "version_file_error"};
}

Error cannot_read(const std::string& file, int reason) {
  return file_error(file, "read", reason, "name a file that this program may read.");
}

Error cannot_write(const std::string& file, int reason) {
  return file_error(file, "written", reason,
                    "see that there is room, and that this program may write in its folder. What "
                    "was in the file before is still there.");
}

/// Calls a function of the system again if a signal interrupted it.
template <class F>
auto uninterrupted(F call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

/// An open file, or none; closed with its last owner.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ != -1) ::close(number_);
  }

  [[nodiscard]] explicit operator bool() const { return number_ != -1; }
  [[nodiscard]] int operator*() const { return number_; }

 private:
  int number_;
};

Descriptor open_file(const std::string& file, int flags, mode_t mode = 0) {
  return Descriptor(uninterrupted([&] { return ::open(file.c_str(), flags | O_CLOEXEC, mode); }));
}

/// The file that a path leads to, so that a symbolic link is not replaced by a file.
std::string follow_links(const std::string& path) {
  constexpr int most = 40;  // as many as the system follows
  std::filesystem::path file = path;
  for (int links = 0; links < most; ++links) {
    std::error_code is_no_link;
    const std::filesystem::path target = std::filesystem::read_symlink(file, is_no_link);
    if (is_no_link) break;
    file = file.parent_path() / target;  // an absolute target stands alone
  }
  return file.string();
}

/// A file as it was found.
struct Contents {
  std::string text;
  struct stat status {};
};

/// Reads a file; empty if there is none.
Result<std::optional<Contents>> read_contents(const std::string& file) {
  const Descriptor descriptor = open_file(file, O_RDONLY | O_NONBLOCK);  // a pipe would wait
  if (!descriptor && errno == ENOENT) return std::optional<Contents>();
  Contents contents;
  if (!descriptor || ::fstat(*descriptor, &contents.status) != 0) return cannot_read(file, errno);
  if (S_ISDIR(contents.status.st_mode)) return cannot_read(file, EISDIR);
  if (!S_ISREG(contents.status.st_mode)) return cannot_read(file, EINVAL);
  std::array<char, 65536> piece{};
  for (;;) {
    const ssize_t size =
        uninterrupted([&] { return ::read(*descriptor, piece.data(), piece.size()); });
    if (size < 0) return cannot_read(file, errno);
    if (size == 0) return std::optional(std::move(contents));
    contents.text.append(piece.data(), static_cast<std::size_t>(size));
  }
}

/// Holds a lock until it is destroyed, or the process is.
class Lock {
 public:
  explicit Lock(Descriptor file) : file_(std::move(file)) {}
  Lock(Lock&&) = default;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  Lock& operator=(Lock&&) = delete;
  ~Lock() {
    // Closing it would not do if another thread has made a child process meanwhile.
    if (file_) ::flock(*file_, LOCK_UN);
  }

 private:
  Descriptor file_;
};

Descriptor open_lock_file(const std::string& file) {
  constexpr int flags = O_NONBLOCK | O_NOFOLLOW;
  constexpr mode_t for_all = 0666;  // less what the umask takes away
  Descriptor own = open_file(file, flags | O_RDWR | O_CREAT, for_all);
  if (own || errno != EACCES) return own;
  return open_file(file, flags | O_RDONLY);  // another user's: on most file systems that will do
}

/// Takes the lock on a file, which is made if there is none. Waits in short steps, since no
/// other way to wait for a lock of a file ends by itself.
Result<Lock> take_lock(const std::string& file, std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds step(1);
  const auto begin = std::chrono::steady_clock::now();
  Descriptor descriptor = open_lock_file(file);
  while (!descriptor || ::flock(*descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (!descriptor || (errno != EWOULDBLOCK && errno != EINTR))
      return file_error(file, "locked", errno,
                        "see that its folder exists, that this program may write in it, and that "
                        "its file system has locks.");
    const auto waited = std::chrono::steady_clock::now() - begin;
    if (std::chrono::floor<std::chrono::milliseconds>(waited) >= patience)
      return Error{.kind = ErrorKind::timed_out,
                   .message = fmt::format("The file \"{}\" stayed locked for {} ms; see which "
                                          "program updates the versions all that time.",
                                          file, patience.count()),
                   .code = "version_file_error"};
    std::this_thread::sleep_for(step);
  }
  return Lock(std::move(descriptor));
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size =
        uninterrupted([&] { return ::write(descriptor, text.data(), text.size()); });
    if (size < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

/// Makes a file with the text, the mode and as far as possible the owner of the old one, and waits
/// until the disk has it.
bool write_new(const std::string& file, std::string_view text, const std::optional<Contents>& old) {
  constexpr mode_t for_all = 0666;  // less what the umask takes away
  constexpr mode_t for_owner = 0600;
  const Descriptor descriptor =
      open_file(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, old ? for_owner : for_all);
  if (!descriptor) return false;
  if (old) {
    constexpr mode_t all_bits = 07777;
    constexpr mode_t group_bits = 0070;
    constexpr auto same = static_cast<uid_t>(-1);
    const struct stat& was = old->status;
    // Only root gives a file to another user; who is in a group may give it to that. What one group
    // may do is not for another.
    const bool has_group = ::fchown(*descriptor, was.st_uid, was.st_gid) == 0 ||
                           ::fchown(*descriptor, same, was.st_gid) == 0;
    const mode_t kept = was.st_mode & (has_group ? all_bits : all_bits & ~group_bits);
    if (::fchmod(*descriptor, kept) != 0) return false;
  }
  return write_all(*descriptor, text) && uninterrupted([&] { return ::fsync(*descriptor); }) == 0;
}

/// Puts a new file in the place of the old one, or the first one there. The caller holds the lock,
/// so that a file of the name of the new one is what a killed writer has left.
Result<void> replace_file(const std::string& file, std::string_view text,
                          const std::optional<Contents>& old) {
  if (old && ::faccessat(AT_FDCWD, file.c_str(), W_OK, AT_EACCESS) != 0)
    return cannot_write(file, errno);
  const std::string parent = std::filesystem::path(file).parent_path().string();
  const Descriptor folder = open_file(parent.empty() ? "." : parent, O_RDONLY | O_DIRECTORY);
  if (!folder) return cannot_write(file, errno);

  const std::string new_file = file + ".new";
  ::unlink(new_file.c_str());
  if (!write_new(new_file, text, old) || std::rename(new_file.c_str(), file.c_str()) != 0) {
    const int reason = errno;
    ::unlink(new_file.c_str());
    return cannot_write(file, reason);
  }
  if (uninterrupted([&] { return ::fsync(*folder); }) == 0 || errno == EINVAL) return {};
  Error error = file_error(file, "made safe", errno,
                           "the change is in it, and may be lost if the machine stops now.");
  error.outcome_unknown = true;
  return error;
}

Result<VersionTable> table_of(const std::optional<Contents>& contents, const std::string& file) {
  return contents ? parse_version_table(contents->text, file) : VersionTable();
}

Error no_path() {
  return invalid_request("The version file has no name; give its path.", "version_file_error");
}

class JsonVersionStore : public VersionStore {
 public:
  JsonVersionStore(std::string path, std::chrono::milliseconds patience)
      : path_(std::move(path)), patience_(patience) {}

  Result<VersionTable> load() override {
    if (path_.empty()) return no_path();
    return read_contents(path_).and_then(
        [this](const std::optional<Contents>& contents) { return table_of(contents, path_); });
  }

  Result<void> update(const std::function<Result<void>(VersionTable&)>& change) override {
    if (path_.empty()) return no_path();
    const std::string file = follow_links(path_);
    const Result<Lock> lock = take_lock(file + ".lock", patience_);
    if (!lock) return lock.error();
    const Result<std::optional<Contents>> old = read_contents(file);
    if (!old) return old.error();
    Result<VersionTable> table = table_of(*old, file);
    if (!table) return std::move(table).error();
    if (Result<void> changed = change(*table); !changed) return changed;

    const std::string_view old_text = *old ? std::string_view((*old)->text) : "";
    const Result<std::string> text = write_version_table(*table, old_text);
    if (!text) return text.error();
    return *text == old_text ? Result<void>() : replace_file(file, *text, *old);
  }

 private:
  const std::string path_;
  const std::chrono::milliseconds patience_;
};

}  // namespace

std::shared_ptr<VersionStore> json_version_store(std::string path,
                                                 std::chrono::milliseconds patience) {
  return std::make_shared<JsonVersionStore>(std::move(path), patience);
}

}  // namespace FineTuning
