#pragma once

#include "protocols/route.hpp"
#include "responder/probe/host_port.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace thence::probe {

/// What to look for under a name.
struct Service {
  std::optional<std::string>
      srv;                 ///< `_stun._udp`, asked for where the user gave no port (RFC 8489 §8); nothing: never
  std::uint16_t port = 0;  ///< where neither the user nor SRV says one
};

/// The transport addresses of a server: a literal address as it is; else what SRV names, else the addresses of the
/// name. Names are looked up as the system's configuration says (c-ares: hosts file, resolv.conf); for a name in the
/// hosts file SRV is not asked for. Of several SRV records the one of the lowest priority and highest weight is taken
/// whose target has an address. IPv4 comes first.
/// @throws Failure (no answer) when there is no address, or none in time
std::vector<Endpoint> resolve(const HostPort& host, const Service& service,
                              std::chrono::milliseconds timeout = std::chrono::seconds(10));

}  // namespace thence::probe
