#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

struct stat;

namespace thence::dns {

/// A file as it was when it was read. Whether it has changed since can be told without reading it.
struct FileStamp {
  std::filesystem::path file;
  std::int64_t modified = 0;  ///< nanoseconds since the epoch
  std::uint64_t size = 0;     ///< octets
  std::uint64_t inode = 0;    ///< 0 where the file could not be read: no file that is there has that stamp

  /// @return the stamp of a file as it is now; nothing where it is not there
  static std::optional<FileStamp> of(const std::filesystem::path& file);
  /// @param status of that file, which is open
  static FileStamp of(const std::filesystem::path& file, const struct stat& status);

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

}  // namespace thence::dns
