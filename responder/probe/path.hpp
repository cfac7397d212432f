#pragma once

#include "protocols/route.hpp"

#include <cstddef>
#include <optional>

#include <boost/asio/ip/udp.hpp>
#include <boost/system/error_code.hpp>

/// What the system knows of the path to a server. Each system has a source file of its own, path_SYSTEM.cpp.
namespace thence::probe {

/// An ICMP error about a datagram that was sent.
struct PathError {
  Endpoint destination;  ///< of that datagram
  boost::system::error_code error;
};

/// Has an open socket keep the ICMP errors about what it sends, and send what is larger than the path in fragments,
/// without "don't fragment".
void watch_path(boost::asio::ip::udp::socket& socket);

/// Takes the next error that a socket has kept.
/// @return nothing when there is none
std::optional<PathError> take_path_error(boost::asio::ip::udp::socket& socket);

/// Octets that a link takes at once toward a server, by its route; 0: unknown.
std::size_t link_mtu(const boost::asio::ip::address& from, const Endpoint& server);

}  // namespace thence::probe
