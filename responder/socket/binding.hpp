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
  dual_stack,  ///< IPv6, and IPv4 as v4-mapped addresses
};

/// How a port is shared with this process's other sockets.
enum class Share : std::uint8_t {
  first,    ///< only after bind, so that a port already in use is detected; siblings may then join
  sibling,  ///< shared with a first socket of this process
};

/// What a socket is bound to. Unique among a worker's sockets.
struct Binding {
  Transport transport = Transport::udp;
  Family family = Family::ipv4;
  boost::asio::ip::address address;  ///< unspecified: wildcard; a link-local address has its interface as scope ID
  std::uint16_t port = 0;
  bool transparent = false;  ///< serves addresses that are not configured on the host
  std::string device{};      ///< the interface or VRF that it is bound to from the start; empty: none
  std::uint32_t device_index = 0;
  std::uint32_t arrival = 0;  ///< TCP: the interface whose connections it gets and keeps there; 0: those of all others

  bool wildcard() const noexcept { return address.is_unspecified(); }

  /// Whether this socket receives requests for a local address, and can send from it.
  bool covers(const boost::asio::ip::address& local, std::uint32_t interface) const noexcept;

  friend bool operator==(const Binding&, const Binding&) = default;
  friend bool operator<(const Binding& a, const Binding& b) noexcept;
};

/// A listener's wildcard sockets for a transport; empty if the host has none of the listener's families.
/// @param interfaces where the listener's device is looked up; what is not there has the index 0
std::vector<Binding> wildcard_bindings(const config::Listener& listener, Transport transport, HostFamilies host,
                                       const InterfaceTable& interfaces = {});

/// Which addresses get a socket each.
enum class Addresses : std::uint8_t {
  of_its_interfaces,  ///< those of the interfaces that the listener serves and, as they belong to no link, those on lo
  all_that_arrive,    ///< all that requests can ask through these interfaces, as a wildcard serves them
};

/// One socket for each of the host's addresses that the listener serves and that can be bound now; none while there is
/// no such device.
std::vector<Binding> address_bindings(const config::Listener& listener, Transport transport, HostFamilies host,
                                      const InterfaceTable& interfaces, Addresses which = Addresses::of_its_interfaces);

/// Such as `udp 0.0.0.0:53`, or `udp 0.0.0.0%eth1:53` with a device.
std::string text(const Binding& binding);

/// Opens and binds a socket or an acceptor.
/// @param before_bind sets further options
/// @throws boost::system::system_error with the system's error
template <typename Socket, typename BeforeBind>
void bind(Socket& socket, const Binding& binding, Share share, BeforeBind before_bind) {
  const typename Socket::endpoint_type local(binding.address, binding.port);
  const auto check = [](std::error_code error) {
    if (error) throw boost::system::system_error(error);
  };
  socket.open(local.protocol());
  if (binding.family != Family::ipv4) socket.set_option(boost::asio::ip::v6_only(binding.family == Family::ipv6));
  if (binding.device_index != 0) check(socket_options::bind_to_device(socket.native_handle(), binding.device_index));
  if (binding.transparent) check(socket_options::transparent(socket.native_handle()));
  before_bind();
  if (share == Share::sibling) check(socket_options::share_port(socket.native_handle()));
  socket.bind(local);
  if (share == Share::first) check(socket_options::share_port(socket.native_handle()));
  socket.native_non_blocking(true);
}

}  // namespace thence
