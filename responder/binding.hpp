#pragma once

#include "config/settings.hpp"
#include "protocols/route.hpp"
#include "responder/host_families.hpp"
#include "responder/pktinfo.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/system/system_error.hpp>

namespace thence {

enum class Family : std::uint8_t {
  ipv4,
  ipv6,        ///< IPv6 only
  dual_stack,  ///< IPv6 and, as v4-mapped addresses, IPv4
};

/// How a port is shared with the sockets of other workers.
enum class Share : std::uint8_t {
  alone,    ///< the port is this socket's only
  first,    ///< as alone until it is bound, so that a port in use is found; open to siblings from then on
  sibling,  ///< shared with a first socket of this process
};

/// What a wildcard socket is bound to, and how its replies leave.
struct Binding {
  Family family = Family::ipv4;
  std::uint16_t port = 0;
  Share share = Share::alone;
  config::Egress egress = config::Egress::route;
  bool transparent = false;
  bool broadcast = false;

  boost::asio::ip::address address() const {
    if (family == Family::ipv4) return boost::asio::ip::address_v4::any();
    return boost::asio::ip::address_v6::any();
  }

  /// Whether requests to broadcast and multicast addresses are this socket's: unlike unicast ones, every socket that
  /// shares the port gets a copy.
  bool takes_groups() const noexcept { return share != Share::sibling; }

  /// Whether a local address is of a family that this binding serves.
  bool covers(const boost::asio::ip::address& local) const noexcept {
    return family == Family::dual_stack || (family == Family::ipv4) == local.is_v4();
  }
};

/// The bindings of a listener on a host; none when the host has none of its families.
std::vector<Binding> bindings(const config::Listener& listener, HostFamilies host, Share share);

/// Lets other sockets of this user bind the same address and port (SO_REUSEPORT).
/// @throws boost::system::system_error
void share_port(pktinfo::Socket socket);

/// Opens and binds a socket or an acceptor.
/// @param before_bind sets further options
/// @throws boost::system::system_error with what the system said
template <typename Socket, typename BeforeBind>
void bind(Socket& socket, const Binding& binding, BeforeBind before_bind) {
  const typename Socket::endpoint_type local(binding.address(), binding.port);
  socket.open(local.protocol());
  if (binding.family != Family::ipv4) socket.set_option(boost::asio::ip::v6_only(binding.family == Family::ipv6));
  if (binding.transparent) {
    if (const auto error = pktinfo::transparent(socket.native_handle())) throw boost::system::system_error(error);
  }
  before_bind();
  if (binding.share == Share::sibling) share_port(socket.native_handle());
  socket.bind(local);
  if (binding.share == Share::first) share_port(socket.native_handle());
  socket.native_non_blocking(true);
}

}  // namespace thence
