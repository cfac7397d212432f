#include "config/file_text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace thence::config {

FileText read_file_text(const std::filesystem::path& file, std::size_t most) {
  constexpr std::size_t piece_size = std::size_t{64} << 10U;
  FileText read;
  std::array<char, piece_size> piece;
  std::ifstream stream(file, std::ios::binary);
  while (stream && read.text.size() <= most) {
    stream.read(piece.data(), static_cast<std::streamsize>(std::min(piece.size(), most + 1 - read.text.size())));
    read.text.append(piece.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (!stream.is_open() || stream.bad()) read.unreadable = std::strerror(errno);
  return read;
}

}  // namespace thence::config
