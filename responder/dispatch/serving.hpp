#pragma once

#include "config/settings.hpp"
#include "protocols/arrival_filter.hpp"
#include "responder/dispatch/dispatch.hpp"

namespace thence {

/// How the sockets of one listener serve on one worker.
struct Serving {
  Port port;
  ArrivalFilter filter;
  config::Egress egress = config::Egress::route;
  bool broadcast = false;  ///< answer requests that were sent to broadcast and multicast addresses
};

}  // namespace thence
