#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/ip/address.hpp>

namespace thence::probe {

/// A server as a user names it: a name or a literal address, perhaps with a port.
struct HostPort {
  std::string host;                                 ///< as given, without brackets and port
  std::optional<boost::asio::ip::address> literal;  ///< the address, where `host` is one
  std::optional<std::uint16_t> port;                ///< 1 to 65535

  friend bool operator==(const HostPort&, const HostPort&) = default;
};

/// Reads HOST[:PORT]: `stun.example.org`, `192.0.2.1:3478`, `2001:db8::1`, `[2001:db8::1]:3478`, `fe80::1%eth0`. An
/// IPv6 address takes a port only in brackets (RFC 5952 §6).
/// @throws Failure (usage)
HostPort read_host_port(std::string_view text);

/// An address, IPv6 with its interface behind % where it is link-local.
/// @return nothing when the text is no address
/// @throws Failure (usage) when there is no such interface
std::optional<boost::asio::ip::address> read_literal(const std::string& text);

}  // namespace thence::probe
