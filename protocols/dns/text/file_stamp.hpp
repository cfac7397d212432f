#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

struct stat;

namespace thence::dns {

/// The state of a file when it was read, for detecting changes without reading it again.
struct FileStamp {
  std::filesystem::path file;
  std::int64_t modified = 0;  ///< nanoseconds since the epoch
  std::uint64_t size = 0;     ///< octets
  std::uint64_t inode = 0;    ///< 0 if the file could not be read: no existing file has that stamp

  /// @return the current stamp of a file; nothing if it does not exist
  static std::optional<FileStamp> of(const std::filesystem::path& file);
  /// @param status fstat() of the open file
  static FileStamp of(const std::filesystem::path& file, const struct stat& status);

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

}  // namespace thence::dns
