#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <boost/asio/ip/address.hpp>

namespace thence::config {

/// Only IPv6 addresses, fe80::/10: each interface has its own.
inline bool is_link_local(const boost::asio::ip::address& address) noexcept {
  return address.is_v6() && address.to_v6().is_link_local();
}

inline bool is_v4_mapped(const boost::asio::ip::address& address) noexcept {
  return address.is_v6() && address.to_v6().is_v4_mapped();
}

/// Turns the v4-mapped addresses that a dual-stack socket reports back into IPv4.
inline boost::asio::ip::address unmapped(const boost::asio::ip::address& address) {
  return is_v4_mapped(address) ? make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()) : address;
}

/// The address without its scope id.
inline boost::asio::ip::address without_scope(const boost::asio::ip::address& address) noexcept {
  return address.is_v4() ? address : boost::asio::ip::address_v6(address.to_v6().to_bytes());
}

/// Reads a unicast address without a scope id. Rejects v4-mapped IPv6.
/// @return nothing if the text is no such address
std::optional<boost::asio::ip::address> parse_unicast(std::string_view text);

/// What counts as one client for per-client limits: an IPv4 address, or the /64 from which one IPv6 host may take its
/// addresses.
boost::asio::ip::address client_of(const boost::asio::ip::address& peer) noexcept;

/// Where a unicast address can be reached from.
enum class Scope : std::uint8_t {
  loopback,
  link,         ///< RFC 4291 §2.5.6, RFC 3927
  private_use,  ///< RFC 1918, RFC 6598, RFC 4193
  global,
};

Scope scope_of(const boost::asio::ip::address& address) noexcept;

}  // namespace thence::config
