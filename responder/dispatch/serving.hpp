#pragma once

#include "config/settings.hpp"
#include "protocols/arrival_filter.hpp"
#include "responder/dispatch/dispatch.hpp"

#include <array>

namespace thence {

/// How the sockets of one listener serve on one worker.
struct Serving {
  const ServedProtocols& over(Transport transport) const noexcept { return protocols[number(transport)]; }

  std::array<ServedProtocols, all_transports.size()> protocols;  ///< by transport: those that speak over it
  ArrivalFilter filter;
  config::Egress egress = config::Egress::route;
  bool broadcast = false;  ///< answer requests that were sent to broadcast and multicast addresses
};

}  // namespace thence
