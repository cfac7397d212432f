#include "responder/host/host_interfaces.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/system/system_error.hpp>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

namespace thence {

namespace {

namespace asio = boost::asio;
namespace ip = boost::asio::ip;

constexpr int most_attempts = 10;  // to read the tables without an intervening change

[[noreturn]] void fail(const char* what) {
  throw boost::system::system_error(errno, boost::system::system_category(), what);
}

using Socket = std::shared_ptr<mnl_socket>;

Socket open_netlink() {
  Socket socket(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC), [](mnl_socket* open) {
    if (open != nullptr) mnl_socket_close(open);
  });
  if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0) fail("netlink");
  return socket;
}

using Interfaces = std::map<std::uint32_t, Interface>;

int add_link(const nlmsghdr* message, void* into) {
  const auto* const link = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(message));
  auto& interface = (*static_cast<Interfaces*>(into))[static_cast<std::uint32_t>(link->ifi_index)];
  interface.index = static_cast<std::uint32_t>(link->ifi_index);
  interface.up = (link->ifi_flags & IFF_UP) != 0;
  interface.loopback = (link->ifi_flags & IFF_LOOPBACK) != 0;
  const auto each_attribute = [](const nlattr* attribute, void* found) {
    auto& about = *static_cast<Interface*>(found);
    if (mnl_attr_get_type(attribute) == IFLA_IFNAME) about.name = mnl_attr_get_str(attribute);
    if (mnl_attr_get_type(attribute) == IFLA_MASTER) about.master = mnl_attr_get_u32(attribute);
    if (mnl_attr_get_type(attribute) == IFLA_MTU) about.mtu = mnl_attr_get_u32(attribute);
    return MNL_CB_OK;
  };
  return mnl_attr_parse(message, sizeof *link, each_attribute, &interface);
}

ip::address address_of(const nlattr* attribute, int family) {
  if (family == AF_INET) {
    ip::address_v4::bytes_type bytes{};
    if (mnl_attr_get_payload_len(attribute) == bytes.size()) {
      std::memcpy(bytes.data(), mnl_attr_get_payload(attribute), bytes.size());
    }
    return ip::address_v4(bytes);
  }
  ip::address_v6::bytes_type bytes{};
  if (mnl_attr_get_payload_len(attribute) == bytes.size()) {
    std::memcpy(bytes.data(), mnl_attr_get_payload(attribute), bytes.size());
  }
  return ip::address_v6(bytes);
}

int add_address(const nlmsghdr* message, void* into) {
  const auto* const header = static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(message));
  if (header->ifa_family != AF_INET && header->ifa_family != AF_INET6) return MNL_CB_OK;
  struct Attributes {
    const nlattr* address = nullptr;
    const nlattr* local = nullptr;
    std::uint32_t flags = 0;
  } attributes{nullptr, nullptr, header->ifa_flags};
  const auto each_attribute = [](const nlattr* attribute, void* found) {
    auto& all = *static_cast<Attributes*>(found);
    if (mnl_attr_get_type(attribute) == IFA_ADDRESS) all.address = attribute;
    if (mnl_attr_get_type(attribute) == IFA_LOCAL) all.local = attribute;
    if (mnl_attr_get_type(attribute) == IFA_FLAGS) all.flags = mnl_attr_get_u32(attribute);
    return MNL_CB_OK;
  };
  mnl_attr_parse(message, sizeof *header, each_attribute, &attributes);
  // On a point-to-point link, IFA_ADDRESS is the peer's address and IFA_LOCAL our own.
  const auto* const own = attributes.local != nullptr ? attributes.local : attributes.address;
  auto& interfaces = *static_cast<Interfaces*>(into);
  const auto interface = interfaces.find(header->ifa_index);
  if (own == nullptr || interface == interfaces.end()) return MNL_CB_OK;
  // For IPv4, the same bit means IFA_F_SECONDARY.
  const unsigned passing = IFA_F_DEPRECATED | (header->ifa_family == AF_INET6 ? IFA_F_TEMPORARY : 0U);
  interface->second.addresses.push_back({address_of(own, header->ifa_family), header->ifa_prefixlen,
                                         (attributes.flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == 0,
                                         (attributes.flags & passing) == 0});
  return MNL_CB_OK;
}

/// Dumps one table. @return false if it changed in the meantime
bool dump(mnl_socket* socket, std::uint16_t type, mnl_cb_t each, Interfaces& into) {
  alignas(nlmsghdr) std::array<char, 32768> buffer{};
  static std::uint32_t sequence = 0;
  auto* const request = mnl_nlmsg_put_header(buffer.data());
  request->nlmsg_type = type;
  request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request->nlmsg_seq = ++sequence;
  static_cast<rtgenmsg*>(mnl_nlmsg_put_extra_header(request, sizeof(rtgenmsg)))->rtgen_family = AF_UNSPEC;
  if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0) fail("netlink");
  for (;;) {
    const auto size = mnl_socket_recvfrom(socket, buffer.data(), buffer.size());
    if (size < 0) fail("netlink");
    const int state =
        mnl_cb_run(buffer.data(), static_cast<std::size_t>(size), sequence, mnl_socket_get_portid(socket), each, &into);
    if (state < 0 && errno == EINTR) return false;
    if (state < 0) fail("netlink");
    if (state == MNL_CB_STOP) return true;
  }
}

int open_notifications() {
  const int socket = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (socket < 0) fail("netlink");
  sockaddr_nl groups{};
  groups.nl_family = AF_NETLINK;
  groups.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&groups), sizeof groups) != 0) {
    ::close(socket);
    fail("netlink");
  }
  return socket;
}

/// @param reader created if null; kept only if its dumps were read to the end
InterfaceTable read_interfaces(Socket& reader) {
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    Interfaces found;
    const auto socket = reader ? std::exchange(reader, nullptr) : open_netlink();
    // An interrupted dump is incomplete; acting on it would close sockets for addresses that still exist.
    if (!dump(socket.get(), RTM_GETLINK, add_link, found)) continue;
    if (!dump(socket.get(), RTM_GETADDR, add_address, found)) continue;
    reader = socket;
    std::vector<Interface> interfaces;
    for (auto& [index, interface] : found) interfaces.push_back(std::move(interface));
    return InterfaceTable(std::move(interfaces));
  }
  throw boost::system::system_error(asio::error::interrupted, "netlink");
}

}  // namespace

InterfaceTable read_interfaces() {
  Socket reader;
  return read_interfaces(reader);
}

std::uint32_t interface_index(const std::string& name) noexcept { return ::if_nametoindex(name.c_str()); }

struct HostInterfaces::System {
  explicit System(asio::io_context& context) : notifications(context, open_notifications()) {}

  void drain() {
    std::array<char, 32768> unread{};
    while (::recv(notifications.native_handle(), unread.data(), unread.size(), 0) >= 0 || errno == ENOBUFS) {
    }
  }

  asio::posix::stream_descriptor notifications;
  // Kept open, because there may be no descriptor left when it is needed: a socket per address may have used them all.
  Socket reader;
};

HostInterfaces::HostInterfaces(asio::io_context& context) : system_(std::make_unique<System>(context)) {}

HostInterfaces::~HostInterfaces() = default;

InterfaceTable HostInterfaces::read() { return read_interfaces(system_->reader); }

void HostInterfaces::wait(std::function<void()> changed) {
  system_->notifications.async_wait(asio::posix::stream_descriptor::wait_read,
                                    [this, changed = std::move(changed)](boost::system::error_code error) {
                                      if (error) return;
                                      system_->drain();
                                      changed();
                                    });
}

}  // namespace thence
