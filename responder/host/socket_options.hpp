#pragma once

#include <system_error>

#include <boost/asio/ip/udp.hpp>

/// Options of sockets that Asio has no words for. Each system has a source file of its own, socket_options_SYSTEM.cpp.
/// Each returns what the system said.
namespace thence::socket_options {

using Socket = boost::asio::ip::udp::socket::native_handle_type;

/// Lets other sockets of this user bind the same address and port (Linux: SO_REUSEPORT).
std::error_code share_port(Socket socket) noexcept;

/// Lets a socket of any type receive what is sent to, and send from, addresses that are not configured on the host. To
/// be called before bind.
/// Linux: EPERM without CAP_NET_ADMIN or CAP_NET_RAW
std::error_code transparent(Socket socket) noexcept;

/// Lets a dual-stack UDP socket get what is sent to the IPv4 multicast groups that the host has joined, as an IPv4 one
/// does by itself.
std::error_code receive_ipv4_groups(Socket socket) noexcept;

/// Lets a listening TCP socket get no handshakes any more, as it is bound to an interface that no host has. Those that
/// have begun come to their end, and can be accepted. Not for a socket that shares its address and port with one that
/// goes on: this one would be offered handshakes still, and drop them.
/// Linux: EPERM where it is bound to an interface already, as for a link-local address
std::error_code end_handshakes(Socket listening) noexcept;

}  // namespace thence::socket_options
