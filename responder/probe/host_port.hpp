#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/ip/address.hpp>

namespace thence::probe {

/// A server as the user gives it: a name or a literal address, optionally with a port.
struct HostPort {
  std::string host;                                 ///< as given, without brackets and port
  std::optional<boost::asio::ip::address> literal;  ///< the address, if `host` is one
  std::optional<std::uint16_t> port;                ///< 1 to 65535

  friend bool operator==(const HostPort&, const HostPort&) = default;
};

/// Reads HOST[:PORT]: `stun.example.org`, `192.0.2.1:3478`, `2001:db8::1`, `[2001:db8::1]:3478`, `fe80::1%eth0`. An
/// IPv6 address with a port must be in brackets (RFC 5952 §6).
/// @throws Failure (usage)
HostPort read_host_port(std::string_view text);

/// Reads an address. A link-local IPv6 address may be followed by % and its interface.
/// @return nothing when the text is not an address
/// @throws Failure (usage) when there is no such interface
std::optional<boost::asio::ip::address> read_literal(const std::string& text);

}  // namespace thence::probe
