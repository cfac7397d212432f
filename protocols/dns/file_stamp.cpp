#include "protocols/dns/file_stamp.hpp"

#include <sys/stat.h>

namespace thence::dns {

std::optional<FileStamp> FileStamp::of(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return std::nullopt;
  constexpr std::int64_t nanoseconds = 1'000'000'000;
  return FileStamp{file, found.st_mtim.tv_sec * nanoseconds + found.st_mtim.tv_nsec,
                   static_cast<std::uint64_t>(found.st_size), found.st_ino};
}

}  // namespace thence::dns
