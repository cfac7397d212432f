#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <system_error>

#include <boost/asio/ip/udp.hpp>

/// Socket options that Asio does not provide. Each system has its own source file, socket_options_SYSTEM.cpp. A
/// function that sets something returns the system's error.
namespace thence::socket_options {

using Socket = boost::asio::ip::udp::socket::native_handle_type;

/// Lets other sockets of this user bind the same address and port (Linux: SO_REUSEPORT).
std::error_code share_port(Socket socket) noexcept;

/// Lets a socket of any type receive at, and send from, addresses that are not configured on the host. Call before
/// bind.
/// Linux: EPERM without CAP_NET_ADMIN or CAP_NET_RAW
std::error_code transparent(Socket socket) noexcept;

/// Lets a dual-stack UDP socket receive datagrams for the IPv4 multicast groups that the host has joined, as an IPv4
/// socket does by default.
std::error_code receive_ipv4_groups(Socket socket) noexcept;

/// Stops new handshakes on a listening TCP socket by binding it to an interface that does not exist. Handshakes already
/// in progress complete and can be accepted. Not for a socket that shares its address and port with one that stays
/// open: the kernel would still offer it handshakes, and it would drop them.
/// Linux: EPERM if it is already bound to an interface, as for a link-local address
std::error_code end_handshakes(Socket listening) noexcept;

/// Receives only what arrives at an interface or, if it is a VRF, at its ports, and sends only from there (Linux:
/// SO_BINDTOIFINDEX). What is sent to one of the interface's addresses from this host arrives at it, too.
/// Linux: EPERM if the socket is bound to another one already, ENODEV if there is none with that index
std::error_code bind_to_device(Socket socket, std::uint32_t interface) noexcept;

/// Takes no notice of an ICMP message that says that a path needs smaller packets, as anybody can forge one: a UDP
/// datagram larger than the outgoing interface's MTU is fragmented, others are not, and routers may fragment IPv4 on
/// the way (Linux: IP_PMTUDISC_OMIT, IPV6_PMTUDISC_OMIT). A dual-stack socket gets it for both families. Not for TCP,
/// which needs these messages and checks them.
std::error_code ignore_path_mtu(Socket udp) noexcept;

/// Which listening TCP socket of those that share an address and port gets the connections of an interface.
struct Steered {
  std::uint32_t interface = 0;
  std::uint32_t number = 0;  ///< of the socket in the order in which they began to listen
};

/// Chooses, for each new connection, among all listening TCP sockets that share the address and port of one of them:
/// that of the interface where its first segment came in, and otherwise one of the first `others`, at random. What this
/// host sends to itself comes in at lo, whichever interface has the address (Linux: SO_ATTACH_REUSEPORT_CBPF).
std::error_code steer(Socket member, std::uint32_t others, std::span<const Steered> steered) noexcept;

/// Ends listening on a TCP socket, for all its duplicates; connections that wait to be accepted are reset. The last of
/// the sockets that share its address and port takes its number.
std::error_code stop_listening(Socket listening) noexcept;

/// Octets sent on a TCP connection that the peer has not acknowledged, sent or still waiting to be (Linux: SIOCOUTQ).
/// @return nothing if the system does not say
std::optional<std::size_t> unacknowledged(Socket connection) noexcept;

}  // namespace thence::socket_options
