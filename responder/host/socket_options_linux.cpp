#include "responder/host/host_families.hpp"
#include "responder/host/socket_options.hpp"

#include <cerrno>
#include <limits>

#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace thence::socket_options {

namespace {

std::error_code set(Socket socket, int level, int option, int value) noexcept {
  if (::setsockopt(socket, level, option, &value, sizeof value) == 0) return {};
  return {errno, std::system_category()};
}

}  // namespace

std::error_code share_port(Socket socket) noexcept { return set(socket, SOL_SOCKET, SO_REUSEPORT, 1); }

std::error_code transparent(Socket socket) noexcept {
  int domain = 0;
  socklen_t size = sizeof domain;
  if (::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0) return {errno, std::system_category()};
  if (domain == AF_INET6) {
    if (auto error = set(socket, IPPROTO_IPV6, IPV6_TRANSPARENT, 1)) return error;
  }
  const auto error = set(socket, IPPROTO_IP, IP_TRANSPARENT, 1);
  return error && domain == AF_INET6 && !host_families().ipv4 ? std::error_code() : error;
}

std::error_code receive_ipv4_groups(Socket socket) noexcept { return set(socket, IPPROTO_IP, IP_MULTICAST_ALL, 1); }

std::error_code end_handshakes(Socket listening) noexcept {
  return set(listening, SOL_SOCKET, SO_BINDTOIFINDEX, std::numeric_limits<int>::max());
}

std::optional<std::size_t> unacknowledged(Socket connection) noexcept {
  int octets = 0;
  // The same number as SIOCOUTQ, whose header is not meant for programs.
  if (::ioctl(connection, TIOCOUTQ, &octets) != 0 || octets < 0) return std::nullopt;
  return static_cast<std::size_t>(octets);
}

}  // namespace thence::socket_options
