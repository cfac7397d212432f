#pragma once

#include "config/transport.hpp"

#include <cstdint>

#include <boost/asio/ip/udp.hpp>

namespace thence {

/// A transport address: IP address and port, for any transport. Never v4-mapped IPv6.
using Endpoint = boost::asio::ip::udp::endpoint;

/// Where a request came from and where it arrived. Its reply starts out with the same route; the socket reverses it.
struct Route {
  Endpoint peer;                ///< the client: its reflexive transport address (RFC 8489 §3)
  Endpoint local;               ///< the address and port the request was sent to: the source of the reply
  std::uint32_t interface = 0;  ///< index of the arrival interface; 0 if the system did not report it
  Transport transport = Transport::udp;
  /// Whether a proxy that is trusted has said who the client is and where it sent to. The reply then leaves from where
  /// the proxy sent to, whatever the protocol makes of its route.
  bool proxied = false;

  friend bool operator==(const Route&, const Route&) = default;
};

}  // namespace thence
