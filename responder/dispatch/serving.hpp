#pragma once

#include "config/settings.hpp"
#include "protocols/arrival_filter.hpp"
#include "responder/dispatch/dispatch.hpp"

#include <array>

namespace thence {

/// How one listener's sockets serve on one worker.
struct Serving {
  const ServedProtocols& over(Transport transport) const noexcept { return protocols[number(transport)]; }

  std::array<ServedProtocols, all_transports.size()> protocols;  ///< for each transport, those that speak it
  ArrivalFilter filter;
  config::Egress egress = config::Egress::route;
  bool broadcast = false;      ///< whether to answer requests sent to broadcast and multicast addresses
  config::PrefixList proxies;  ///< peers whose PROXY headers are believed, and required
};

}  // namespace thence
