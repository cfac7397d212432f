#pragma once

#include "protocols/route.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace thence {

/// The header that a proxy puts in front of a datagram or a stream: version 2 of the PROXY protocol, as the
/// documentation of HAProxy specifies it ("The PROXY protocol", §2.2).
struct ProxyHeader {
  /// The connection that the proxy took, as its client sees it.
  struct Addresses {
    Endpoint client;
    Endpoint local;  ///< where the client sent to

    /// The route of a request that arrived by that of the proxy.
    Route of(Route arrival) const noexcept {
      arrival.peer = client;
      arrival.local = local;
      arrival.proxied = true;
      return arrival;
    }
  };

  std::size_t size = 0;                ///< octets, up to the message behind it
  std::optional<Addresses> addresses;  ///< nothing for LOCAL: the proxy speaks for itself, as for a health check
};

/// Octets of a header at most: 16 that are always there, addresses and TLVs.
constexpr std::size_t longest_proxy_header = 4096;

/// How many octets the header has. No message of DNS or STUN begins like one.
/// @return 0 if it is none, or a longer one than is taken; nothing if it takes more octets to tell
std::optional<std::size_t> proxy_header_size(std::span<const std::byte> stream) noexcept;

/// Reads a header. Addresses of a proxied connection must be IPv4 or IPv6, of unicast, with ports; a v4-mapped one is
/// IPv4.
/// @param octets at least all of the header
/// @return nothing if it is none, or says of whom it speaks in no such way
std::optional<ProxyHeader> read_proxy_header(std::span<const std::byte> octets) noexcept;

}  // namespace thence
