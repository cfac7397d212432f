#pragma once

#include "protocols/route.hpp"

#include <cstddef>
#include <optional>

#include <boost/asio/ip/udp.hpp>
#include <boost/system/error_code.hpp>

/// What the system knows about the path to a server. Each system has its own source file, path_SYSTEM.cpp.
namespace thence::probe {

/// An ICMP error about a datagram that was sent.
struct PathError {
  Endpoint destination;  ///< the datagram's
  boost::system::error_code error;
};

/// Makes an open socket queue the ICMP errors for what it sends, and fragment datagrams larger than the path MTU
/// instead of setting "don't fragment".
void watch_path(boost::asio::ip::udp::socket& socket);

/// Takes the next queued error of a socket.
/// @return nothing when there is none
std::optional<PathError> take_path_error(boost::asio::ip::udp::socket& socket);

/// The link MTU of the route to a server, in octets; 0: unknown.
std::size_t link_mtu(const boost::asio::ip::address& from, const Endpoint& server);

}  // namespace thence::probe
