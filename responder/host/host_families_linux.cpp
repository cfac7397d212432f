#include "responder/host/host_families.hpp"

#include <cerrno>

#include <sys/socket.h>
#include <unistd.h>

namespace thence {

namespace {

bool can_make_socket(int family) noexcept {
  const int probe = ::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return errno != EAFNOSUPPORT;
  ::close(probe);
  return true;
}

}  // namespace

HostFamilies host_families() noexcept { return {can_make_socket(AF_INET), can_make_socket(AF_INET6)}; }

}  // namespace thence
