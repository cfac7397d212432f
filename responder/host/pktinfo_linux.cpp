#include "responder/host/address.hpp"
#include "responder/host/host_families.hpp"
#include "responder/host/pktinfo.hpp"

#include <cerrno>
#include <cstring>
#include <string>

#include <netinet/in.h>
#include <sys/socket.h>

namespace thence::pktinfo {

namespace {

namespace ip = boost::asio::ip;

static_assert(alignof(cmsghdr) <= alignof(std::max_align_t));

std::error_code last_error() noexcept { return {errno, std::system_category()}; }

template <typename Value>
std::error_code get(Socket socket, int level, int option, Value& value) noexcept {
  socklen_t size = sizeof value;
  return ::getsockopt(socket, level, option, &value, &size) == 0 ? std::error_code() : last_error();
}

std::error_code set(Socket socket, int level, int option, int value) noexcept {
  return ::setsockopt(socket, level, option, &value, sizeof value) == 0 ? std::error_code() : last_error();
}

struct Families {
  bool ipv4 = false;
  bool ipv6 = false;
};

/// The address families of the datagrams that a socket can receive.
std::error_code families(Socket socket, Families& seen) noexcept {
  int type = 0;
  int domain = 0;
  int only_ipv6 = 0;
  if (auto error = get(socket, SOL_SOCKET, SO_TYPE, type)) return error;
  if (auto error = get(socket, SOL_SOCKET, SO_DOMAIN, domain)) return error;
  if (domain != AF_INET && domain != AF_INET6) return Error::socket_family;
  if (type != SOCK_DGRAM && type != SOCK_RAW) return Error::socket_type;
  if (domain == AF_INET6) {
    if (auto error = get(socket, IPPROTO_IPV6, IPV6_V6ONLY, only_ipv6)) return error;
  }
  seen.ipv6 = domain == AF_INET6;
  // A raw IPv6 socket never receives IPv4, whatever IPV6_V6ONLY says.
  seen.ipv4 = !seen.ipv6 || (type == SOCK_DGRAM && only_ipv6 == 0);
  return {};
}

/// The last control message of a kind. Copied out, because its data need not be aligned.
template <typename Info>
std::optional<Info> find(msghdr& message, int level, int type) noexcept {
  std::optional<Info> found;
  const auto* const end = static_cast<const std::byte*>(message.msg_control) + message.msg_controllen;
  for (auto* each = CMSG_FIRSTHDR(&message); each != nullptr; each = CMSG_NXTHDR(&message, each)) {
    if (each->cmsg_level != level || each->cmsg_type != type || each->cmsg_len < CMSG_LEN(sizeof(Info))) continue;
    if (each->cmsg_len > static_cast<std::size_t>(end - reinterpret_cast<const std::byte*>(each))) break;
    std::memcpy(&found.emplace(), CMSG_DATA(each), sizeof(Info));
  }
  return found;
}

ip::address_v4 from(const in_addr& address) noexcept { return ip::address_v4(ntohl(address.s_addr)); }

ip::address from(const in6_addr& address) noexcept {
  ip::address_v6::bytes_type bytes;
  std::memcpy(bytes.data(), &address, bytes.size());
  return unmapped(ip::address_v6(bytes));
}

template <typename Info>
std::size_t put(std::span<std::byte> control, int level, int type, const Info& info) noexcept {
  cmsghdr header{};
  header.cmsg_len = CMSG_LEN(sizeof info);
  header.cmsg_level = level;
  header.cmsg_type = type;
  std::memcpy(control.data(), &header, sizeof header);
  std::memcpy(control.data() + CMSG_LEN(0), &info, sizeof info);
  return CMSG_SPACE(sizeof info);
}

}  // namespace

std::error_code enable(Socket socket, bool on) noexcept {
  Families seen;
  if (auto error = families(socket, seen)) return error;
  if (seen.ipv6) {
    if (auto error = set(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO, on ? 1 : 0)) return error;
  }
  if (seen.ipv4) {
    const auto error = set(socket, IPPROTO_IP, IP_PKTINFO, on ? 1 : 0);
    // On a host without IPv4, a dual-stack socket never receives an IPv4 datagram.
    if (error && !(seen.ipv6 && !host_families().ipv4)) return error;
  }
  return {};
}

bool enabled(Socket socket, std::error_code& error) noexcept {
  Families seen;
  error = families(socket, seen);
  int ipv6 = 1;
  int ipv4 = 1;
  if (!error && seen.ipv6) error = get(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO, ipv6);
  if (!error && seen.ipv4) {
    error = get(socket, IPPROTO_IP, IP_PKTINFO, ipv4);
    if (error && seen.ipv6 && !host_families().ipv4) {
      error.clear();
      ipv4 = 1;
    }
  }
  return !error && ipv6 != 0 && ipv4 != 0;
}

std::optional<Arrival> read(std::span<const std::byte> control) noexcept {
  msghdr message{};
  message.msg_control = const_cast<std::byte*>(control.data());
  message.msg_controllen = control.size();
  // A dual-stack socket reports both for an IPv4 datagram, and only IP_PKTINFO has a source address for broadcasts.
  if (const auto info = find<in_pktinfo>(message, IPPROTO_IP, IP_PKTINFO)) {
    return Arrival{from(info->ipi_spec_dst), from(info->ipi_addr), static_cast<std::uint32_t>(info->ipi_ifindex)};
  }
  if (const auto info = find<in6_pktinfo>(message, IPPROTO_IPV6, IPV6_PKTINFO)) {
    const auto address = from(info->ipi6_addr);
    return Arrival{address, address, info->ipi6_ifindex};
  }
  return std::nullopt;
}

std::size_t write(std::span<std::byte> control, const ip::address& source, std::uint32_t interface) noexcept {
  if (source.is_v4()) {
    in_pktinfo info{};
    info.ipi_ifindex = static_cast<int>(interface);
    info.ipi_spec_dst.s_addr = htonl(source.to_v4().to_uint());
    return put(control, IPPROTO_IP, IP_PKTINFO, info);
  }
  in6_pktinfo info{};
  const auto bytes = source.to_v6().to_bytes();
  std::memcpy(&info.ipi6_addr, bytes.data(), bytes.size());
  info.ipi6_ifindex = interface;
  return put(control, IPPROTO_IPV6, IPV6_PKTINFO, info);
}

std::uint32_t arrival_interface(Socket connection) noexcept {
  int domain = 0;
  if (get(connection, SOL_SOCKET, SO_DOMAIN, domain)) return 0;
  // A connection keeps the interface of its first segment; IP_PKTOPTIONS and IPV6_2292PKTOPTIONS return it in the form
  // of control messages.
  const auto shown = [&](int level, int enable_option, int options) -> std::uint32_t {
    alignas(cmsghdr) std::byte control[control_size];
    socklen_t size = sizeof control;
    if (set(connection, level, enable_option, 1) || ::getsockopt(connection, level, options, control, &size) != 0) {
      return 0;
    }
    const auto arrival = read({control, size});
    return arrival ? arrival->interface : 0;
  };
  const auto interface = domain == AF_INET6 ? shown(IPPROTO_IPV6, IPV6_RECVPKTINFO, IPV6_2292PKTOPTIONS) : 0;
  return interface != 0 ? interface : shown(IPPROTO_IP, IP_PKTINFO, IP_PKTOPTIONS);
}

const std::error_category& error_category() noexcept {
  struct Category final : std::error_category {
    const char* name() const noexcept override { return "pktinfo"; }
    std::string message(int value) const override {
      return static_cast<Error>(value) == Error::socket_type
                 ? "packet information exists on datagram and raw sockets only"
                 : "packet information exists on IPv4 and IPv6 sockets only";
    }
  };
  static const Category category;
  return category;
}

}  // namespace thence::pktinfo
