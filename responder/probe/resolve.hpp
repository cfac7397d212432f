#pragma once

#include "protocols/route.hpp"
#include "responder/probe/host_port.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace thence::probe {

/// The service to look up under a name.
struct Service {
  std::optional<std::string> srv;  ///< `_stun._udp`, looked up if the user gave no port (RFC 8489 §8); nothing: never
  std::uint16_t port = 0;          ///< if neither the user nor SRV gives one
};

/// The transport addresses of a server: a literal address as given; otherwise from SRV, otherwise the addresses of the
/// name. Names are resolved as the system is configured (c-ares: hosts file, resolv.conf). SRV is not looked up for a
/// name in the hosts file. Of several SRV records, the one with the lowest priority, then the highest weight, whose
/// target has an address is taken. IPv4 addresses come first.
/// @throws Failure (no answer) when no address is found in time
std::vector<Endpoint> resolve(const HostPort& host, const Service& service,
                              std::chrono::milliseconds timeout = std::chrono::seconds(10));

}  // namespace thence::probe
