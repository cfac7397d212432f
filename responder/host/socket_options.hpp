#pragma once

#include <cstddef>
#include <optional>
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

/// Octets sent on a TCP connection that the peer has not acknowledged, sent or still waiting to be (Linux: SIOCOUTQ).
/// @return nothing if the system does not say
std::optional<std::size_t> unacknowledged(Socket connection) noexcept;

}  // namespace thence::socket_options
