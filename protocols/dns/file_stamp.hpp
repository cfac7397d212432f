#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace thence::dns {

/// What tells one state of a file from another without reading it.
struct FileStamp {
  std::filesystem::path file;
  std::int64_t modified = 0;  ///< nanoseconds since 1970
  std::uint64_t size = 0;     ///< octets
  std::uint64_t inode = 0;

  /// @return nothing where there is no such file or it is out of reach
  static std::optional<FileStamp> of(const std::filesystem::path& file);

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

}  // namespace thence::dns
