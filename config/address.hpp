#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <boost/asio/ip/address.hpp>

namespace thence::config {

/// IPv6 alone: fe80::/10, which each interface has for itself.
inline bool is_link_local(const boost::asio::ip::address& address) noexcept {
  return address.is_v6() && address.to_v6().is_link_local();
}

inline bool is_v4_mapped(const boost::asio::ip::address& address) noexcept {
  return address.is_v6() && address.to_v6().is_v4_mapped();
}

/// IPv4 as IPv4: what a dual-stack socket shows as a v4-mapped address.
inline boost::asio::ip::address unmapped(const boost::asio::ip::address& address) {
  return is_v4_mapped(address) ? make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()) : address;
}

/// The address alone, without its interface.
inline boost::asio::ip::address without_scope(const boost::asio::ip::address& address) noexcept {
  return address.is_v4() ? address : boost::asio::ip::address_v6(address.to_v6().to_bytes());
}

/// Reads a unicast address without a scope. IPv4 is never v4-mapped IPv6 here.
/// @return nothing where the text is none
std::optional<boost::asio::ip::address> parse_unicast(std::string_view text);

/// What counts as one client where each may have so much: an IPv4 address, or the /64 that one IPv6 host may take its
/// addresses from.
boost::asio::ip::address client_of(const boost::asio::ip::address& peer) noexcept;

/// From where a unicast address can be reached.
enum class Scope : std::uint8_t {
  loopback,
  link,         ///< RFC 4291 §2.5.6, RFC 3927
  private_use,  ///< RFC 1918, RFC 6598, RFC 4193
  global,
};

Scope scope_of(const boost::asio::ip::address& address) noexcept;

}  // namespace thence::config
