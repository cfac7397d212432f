#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace thence::config {

/// A host and its port, as text.
struct HostPortText {
  std::string_view host;              ///< without brackets; not validated
  std::optional<std::uint16_t> port;  ///< 1 to 65535
  bool bracketed = false;             ///< the host can then only be an IPv6 address
};

/// Splits `HOST`, `HOST:PORT`, `IPV6`, `[IPV6]` or `[IPV6]:PORT`. Only a bracketed IPv6 address can have a port (RFC
/// 3986 §3.2.2).
/// @throws std::invalid_argument saying what is wrong with it
HostPortText split_host_port(std::string_view text);

}  // namespace thence::config
