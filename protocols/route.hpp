#pragma once

#include "config/transport.hpp"

#include <cstdint>

#include <boost/asio/ip/udp.hpp>

namespace thence {

/// A transport address: IP address and port, of any transport. IPv4 is always IPv4 here, never v4-mapped IPv6.
using Endpoint = boost::asio::ip::udp::endpoint;

/// Where a request came from and where it arrived. A reply starts out with the same route; the socket reverses it.
struct Route {
  Endpoint peer;                ///< who asked: the reflexive transport address (RFC 8489 §3)
  Endpoint local;               ///< the address and port asked: the source of the reply
  std::uint32_t interface = 0;  ///< index of the arrival interface; 0 where the system did not say
  Transport transport = Transport::udp;

  friend bool operator==(const Route&, const Route&) = default;
};

}  // namespace thence
