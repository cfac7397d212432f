#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace thence::config {

/// The parts of a host with a port, as text.
struct HostPortText {
  std::string_view host;              ///< without brackets; what it is has not been looked at
  std::optional<std::uint16_t> port;  ///< 1 to 65535
  bool bracketed = false;             ///< so that the host can only be an IPv6 address
};

/// Takes `HOST`, `HOST:PORT`, `IPV6`, `[IPV6]` or `[IPV6]:PORT` apart: an IPv6 address has a port only where it is in
/// brackets (RFC 3986 §3.2.2).
/// @throws std::invalid_argument saying what is wrong with it
HostPortText split_host_port(std::string_view text);

}  // namespace thence::config
