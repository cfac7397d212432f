#include "responder/host/host_families.hpp"
#include "responder/host/socket_options.hpp"

#include <cerrno>
#include <limits>
#include <new>
#include <vector>

#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace thence::socket_options {

namespace {

std::error_code set(Socket socket, int level, int option, int value) noexcept {
  if (::setsockopt(socket, level, option, &value, sizeof value) == 0) return {};
  return {errno, std::system_category()};
}

std::error_code last_error() noexcept { return {errno, std::system_category()}; }

/// The address family of a socket.
std::error_code get_domain(Socket socket, int& domain) noexcept {
  socklen_t size = sizeof domain;
  return ::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 ? std::error_code() : last_error();
}

sock_filter statement(unsigned code, std::uint32_t value) noexcept {
  return {static_cast<std::uint16_t>(code), 0, 0, value};
}

/// Of a packet, beside its octets.
std::uint32_t ancillary(int which) noexcept { return static_cast<std::uint32_t>(SKF_AD_OFF + which); }

}  // namespace

std::error_code share_port(Socket socket) noexcept { return set(socket, SOL_SOCKET, SO_REUSEPORT, 1); }

std::error_code transparent(Socket socket) noexcept {
  int domain = 0;
  if (auto error = get_domain(socket, domain)) return error;
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

std::error_code bind_to_device(Socket socket, std::uint32_t interface) noexcept {
  return set(socket, SOL_SOCKET, SO_BINDTOIFINDEX, static_cast<int>(interface));
}

std::error_code ignore_path_mtu(Socket udp) noexcept {
  int domain = 0;
  int only_ipv6 = 0;
  socklen_t size = sizeof only_ipv6;
  if (auto error = get_domain(udp, domain)) return error;
  if (domain == AF_INET) return set(udp, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT);
  if (auto error = set(udp, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT)) return error;
  if (::getsockopt(udp, IPPROTO_IPV6, IPV6_V6ONLY, &only_ipv6, &size) != 0) return last_error();
  if (only_ipv6 != 0) return {};
  const auto error = set(udp, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT);
  return error && !host_families().ipv4 ? std::error_code() : error;
}

std::error_code steer(Socket member, std::uint32_t others, std::span<const Steered> steered) noexcept try {
  std::vector<sock_filter> program;
  program.reserve(2 * steered.size() + 4);
  program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, ancillary(SKF_AD_IFINDEX)));
  for (const auto& each : steered) {
    auto compare = statement(BPF_JMP | BPF_JEQ | BPF_K, each.interface);
    compare.jf = 1;
    program.push_back(compare);
    program.push_back(statement(BPF_RET | BPF_K, each.number));
  }
  program.push_back(statement(BPF_LD | BPF_W | BPF_ABS, ancillary(SKF_AD_RANDOM)));
  program.push_back(statement(BPF_ALU | BPF_MOD | BPF_K, others));
  program.push_back(statement(BPF_RET | BPF_A, 0));
  const sock_fprog given{static_cast<std::uint16_t>(program.size()), program.data()};
  if (::setsockopt(member, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &given, sizeof given) == 0) return {};
  return last_error();
} catch (const std::bad_alloc&) {
  return std::make_error_code(std::errc::not_enough_memory);
}

std::error_code stop_listening(Socket listening) noexcept {
  return ::shutdown(listening, SHUT_RD) == 0 ? std::error_code() : last_error();
}

std::optional<std::size_t> unacknowledged(Socket connection) noexcept {
  int octets = 0;
  // The same number as SIOCOUTQ, whose header is not meant for programs.
  if (::ioctl(connection, TIOCOUTQ, &octets) != 0 || octets < 0) return std::nullopt;
  return static_cast<std::size_t>(octets);
}

}  // namespace thence::socket_options
