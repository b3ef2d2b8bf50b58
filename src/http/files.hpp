#pragma once

// Bodies from and to files. Gigabytes pass in pieces, and no file that is not whole has the name of
// one that is.

#include "http/body_sink.hpp"

#include <FineTuning/http.hpp>
#include <FineTuning/result.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace FineTuning::internal {

/// The body of a request, read from a file. The file stays open: every attempt sends the same one,
/// even if another takes its name meanwhile.
class FileSource final : public http::BodySource {
 public:
  [[nodiscard]] static Result<std::shared_ptr<FileSource>> open(const std::filesystem::path& path);

  [[nodiscard]] std::uint64_t size() const noexcept override { return size_; }
  [[nodiscard]] bool rewind() noexcept override;
  [[nodiscard]] std::optional<std::size_t> read(std::span<char> buffer) noexcept override;

  /// As in: the file "data.jsonl"
  [[nodiscard]] std::string name() const override;

 private:
  FileSource(std::filesystem::path path, std::ifstream stream, std::uint64_t size);

  std::filesystem::path path_;
  std::ifstream stream_;
  std::uint64_t size_;  ///< When it was opened: the server is told.
};

/// The body of an answer, written to a file: beside it at first, and in its place once it is whole.
/// What stands there until then stays as it is. A process that is killed leaves NAME.RANDOM.part
/// behind; a machine that loses its power may lose the file. A new file has the mode of the old
/// one.
class FileSink final : public BodySink {
 public:
  /// The folder has to exist, and a file that stands there has to be a regular one.
  [[nodiscard]] static Result<std::unique_ptr<FileSink>> create(const std::filesystem::path& path);
  /// Removes what was written, unless finish() has put it in its place.
  ~FileSink() override;

  [[nodiscard]] Result<void> write(std::string_view piece) override;
  /// Puts the file in its place.
  [[nodiscard]] Result<void> finish() override;
  [[nodiscard]] bool restart() override;

 private:
  FileSink(std::filesystem::path path, std::filesystem::path part);

  std::filesystem::path path_;
  std::filesystem::path part_;  ///< Where it is written; removed at the end, if it is there.
  std::optional<std::filesystem::perms> mode_;  ///< Of the file that it replaces.
  std::ofstream stream_;
};

}  // namespace FineTuning::internal
