#pragma once

#include "config/reader.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

/// Files for tests, and what settings say of them.
namespace stun_files {

/// A file that lives as long as the test.
class File {
 public:
  explicit File(const std::string& content)
      : path_(std::filesystem::temp_directory_path() / ("thence-users-" + std::to_string(::getpid()))) {
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~File() { std::filesystem::remove(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// The mistakes, a line each, with FILE for that name.
inline std::string told(const thence::config::Problems& problems, const std::string& file) {
  std::string lines;
  for (const auto& problem : problems.sorted()) lines += problem.text() + '\n';
  for (auto at = lines.find(file); !file.empty() && at != std::string::npos; at = lines.find(file)) {
    lines.replace(at, file.size(), "FILE");
  }
  return lines;
}

}  // namespace stun_files
