#include "responder/host/address.hpp"
#include "responder/socket/inherited_sockets.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>

#include <fcntl.h>
#include <net/if.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

namespace thence {

namespace {

int option(int descriptor, int level, int name) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(descriptor, level, name, &value, &size) == 0 ? value : -1;
}

/// @return nothing for any other kind of socket
std::optional<Binding> read_binding(int descriptor) {
  const int family = option(descriptor, SOL_SOCKET, SO_DOMAIN);
  const int type = option(descriptor, SOL_SOCKET, SO_TYPE);
  const bool tcp = type == SOCK_STREAM && option(descriptor, SOL_SOCKET, SO_ACCEPTCONN) == 1;
  if ((family != AF_INET && family != AF_INET6) || (type != SOCK_DGRAM && !tcp)) return std::nullopt;
  Endpoint bound;
  auto size = static_cast<socklen_t>(bound.capacity());
  if (::getsockname(descriptor, bound.data(), &size) != 0) return std::nullopt;
  // A connected socket receives only from its peer.
  sockaddr_storage peer{};
  socklen_t peer_size = sizeof peer;
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &peer_size) == 0) return std::nullopt;
  Binding binding;
  binding.transport = tcp ? Transport::tcp : Transport::udp;
  binding.family = family == AF_INET                                    ? Family::ipv4
                   : option(descriptor, IPPROTO_IPV6, IPV6_V6ONLY) == 0 ? Family::dual_stack
                                                                        : Family::ipv6;
  binding.address = bound.address();
  // A socket bound to a specific IPv6 address never receives IPv4, even with IPV6_V6ONLY off.
  if (binding.family == Family::dual_stack && !binding.wildcard()) binding.family = Family::ipv6;
  binding.port = bound.port();
  // The scope ID of a link-local address says it already.
  if (!is_link_local(binding.address)) {
    std::array<char, IFNAMSIZ> device{};
    auto device_size = static_cast<socklen_t>(device.size());
    if (::getsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, device.data(), &device_size) == 0 && device_size > 0) {
      binding.device = device.data();
      binding.device_index = static_cast<std::uint32_t>(std::max(0, option(descriptor, SOL_SOCKET, SO_BINDTOIFINDEX)));
    }
  }
  binding.transparent = option(descriptor, family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6,
                               family == AF_INET ? IP_TRANSPARENT : IPV6_TRANSPARENT) == 1;
  return binding;
}

}  // namespace

InheritedSockets InheritedSockets::take() {
  InheritedSockets taken;
  const int count = ::sd_listen_fds(1);
  for (int i = 0; i < count; ++i) {
    const int descriptor = SD_LISTEN_FDS_START + i;
    const auto binding = read_binding(descriptor);
    if (!binding) {
      throw std::runtime_error("inherited socket " + std::to_string(i) +
                               " is neither an unconnected UDP socket nor a listening TCP socket over IPv4 or IPv6");
    }
    taken.all_.push_back({descriptor, *binding});
  }
  return taken;
}

void InheritedSockets::close() noexcept {
  for (const auto& each : all_) ::close(each.descriptor);
}

InheritedSockets::Descriptor InheritedSockets::duplicate(Descriptor descriptor) {
  const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) throw boost::system::system_error(errno, boost::system::system_category());
  return copy;
}

}  // namespace thence
