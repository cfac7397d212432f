#pragma once

#include "config/settings.hpp"
#include "protocols/interface_table.hpp"
#include "protocols/route.hpp"
#include "responder/host/host_families.hpp"
#include "responder/host/socket_options.hpp"

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

/// How a port is shared with other sockets of this process.
enum class Share : std::uint8_t {
  first,    ///< not until it is bound, so that a port in use is found; open to siblings from then on
  sibling,  ///< shared with a first socket of this process
};

/// What a socket is bound to. Two sockets of one worker never have the same.
struct Binding {
  Transport transport = Transport::udp;
  Family family = Family::ipv4;
  boost::asio::ip::address address;  ///< unspecified: the wildcard; a link-local one has its interface as scope id
  std::uint16_t port = 0;
  bool transparent = false;  ///< serves addresses that the host does not have

  bool wildcard() const noexcept { return address.is_unspecified(); }

  /// Whether a local address is one that this socket sees requests for, and can send from.
  bool covers(const boost::asio::ip::address& local, std::uint32_t interface) const noexcept;

  friend bool operator==(const Binding&, const Binding&) = default;
  friend bool operator<(const Binding& a, const Binding& b) noexcept;
};

/// The wildcard sockets of a listener's transport on a host; none when the host has none of its families.
std::vector<Binding> wildcard_bindings(const config::Listener& listener, Transport transport, HostFamilies host);

/// A socket for each of the host's addresses that a listener serves, and which can be bound now.
std::vector<Binding> address_bindings(const config::Listener& listener, Transport transport, HostFamilies host,
                                      const InterfaceTable& interfaces);

/// Such as `udp 0.0.0.0:53`.
std::string text(const Binding& binding);

/// Opens and binds a socket or an acceptor.
/// @param before_bind sets further options
/// @throws boost::system::system_error with what the system said
template <typename Socket, typename BeforeBind>
void bind(Socket& socket, const Binding& binding, Share share, BeforeBind before_bind) {
  const typename Socket::endpoint_type local(binding.address, binding.port);
  const auto check = [](std::error_code error) {
    if (error) throw boost::system::system_error(error);
  };
  socket.open(local.protocol());
  if (binding.family != Family::ipv4) socket.set_option(boost::asio::ip::v6_only(binding.family == Family::ipv6));
  if (binding.transparent) check(socket_options::transparent(socket.native_handle()));
  before_bind();
  if (share == Share::sibling) check(socket_options::share_port(socket.native_handle()));
  socket.bind(local);
  if (share == Share::first) check(socket_options::share_port(socket.native_handle()));
  socket.native_non_blocking(true);
}

}  // namespace thence
