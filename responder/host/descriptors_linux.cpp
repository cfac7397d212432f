#include "responder/host/descriptors.hpp"

#include <algorithm>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace thence::descriptors {

namespace {

constexpr std::size_t most_reserved = 64;

std::size_t limit() noexcept {
  rlimit now{};
  return ::getrlimit(RLIMIT_NOFILE, &now) == 0 ? now.rlim_cur : RLIM_INFINITY;
}

}  // namespace

std::size_t reserve() noexcept { return std::min(limit() / 4, most_reserved); }

bool is_reserved(Socket opened) noexcept {
  // A new descriptor is always the lowest free one.
  return static_cast<std::size_t>(opened) >= limit() - reserve();
}

Socket lowest(Socket opened) noexcept {
  const int other = ::fcntl(opened, F_DUPFD_CLOEXEC, 0);
  if (other < 0) return opened;
  ::close(std::max(opened, other));
  return std::min(opened, other);
}

void close(Socket opened) noexcept { ::close(opened); }

}  // namespace thence::descriptors
