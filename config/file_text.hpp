#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace thence::config {

/// What a file holds, or why it cannot be read.
struct FileText {
  std::string text;
  std::string unreadable;  ///< such as `No such file or directory`; empty: it was read
};

/// Reads a file to its end, or its first `most` + 1 octets if it is longer, so that even a device that never ends is
/// read in bounded time and memory. A pipe is waited for.
FileText read_file_text(const std::filesystem::path& file, std::size_t most);

}  // namespace thence::config
