#include "protocols/dns/text/file_stamp.hpp"

#include <sys/stat.h>

namespace thence::dns {

std::optional<FileStamp> FileStamp::of(const std::filesystem::path& file) {
  struct stat status;
  return ::stat(file.c_str(), &status) == 0 ? std::optional(of(file, status)) : std::nullopt;
}

FileStamp FileStamp::of(const std::filesystem::path& file, const struct stat& status) {
  constexpr std::int64_t nanoseconds = 1'000'000'000;
  return {file, status.st_mtim.tv_sec * nanoseconds + status.st_mtim.tv_nsec,
          static_cast<std::uint64_t>(status.st_size), status.st_ino};
}

}  // namespace thence::dns
