#pragma once

#include "config/reader.hpp"
#include "tests/unit/temporary_file.hpp"

#include <string>

/// Files for tests, and what settings say of them.
namespace stun_files {

using File = TemporaryFile;

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
