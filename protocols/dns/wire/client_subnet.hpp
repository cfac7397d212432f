#pragma once

#include "protocols/dns/wire/network_order.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <boost/asio/ip/address.hpp>

namespace thence::dns {

/// The network that a query comes from, as stated by the resolver that sent it (EDNS Client Subnet, RFC 7871 §6).
struct ClientSubnet {
  /// Address families (IANA "Address Family Numbers").
  enum Family : std::uint16_t { none = 0, ipv4 = 1, ipv6 = 2 };

  std::uint16_t family = none;
  std::uint8_t source = 0;                 ///< SOURCE PREFIX-LENGTH: bits of the address that are known; 0: no address
  std::array<std::uint8_t, 16> address{};  ///< from its first octet; 0 after the known bits

  /// The address, 0 after the known bits. Only for IPv4 or IPv6.
  boost::asio::ip::address network() const noexcept;

  /// Whether the option of a response is about this one of the query: all of its fields that are not 0 are the same
  /// (RFC 7871 §7.3).
  bool is_answered_by(const ClientSubnet& answered) const noexcept;

  /// Octets of the address in the option.
  std::size_t address_size() const noexcept { return (source + 7U) / 8U; }
};

/// Octets of the longest option's data.
inline constexpr std::size_t longest_client_subnet = 20;

/// Reads the data of an option of a query.
/// @return nothing if it is malformed, which is a FORMERR (RFC 7871 §7.2.1): a family other than IPv4, IPv6, or 0
///         without an address (§7.1.2); a scope other than 0; too many or too few octets for the prefix, or bits set
///         after it
std::optional<ClientSubnet> read_client_subnet(Octets data) noexcept;

/// Reads the data of an option of a response, which may have any scope.
/// @return nothing if it is malformed
std::optional<ClientSubnet> read_answered_subnet(Octets data) noexcept;

/// Writes the option data of a reply: that of the query with scope 0, which means that the answer is the same for
/// everybody (RFC 7871 §7.2.1).
/// @param at room for longest_client_subnet octets
/// @return octets written
std::size_t write_client_subnet(std::uint8_t* at, const ClientSubnet& subnet) noexcept;

/// Sets the scope of a written option: the number of address bits that the answer is valid for.
inline void set_scope(std::uint8_t* data, std::uint8_t bits) noexcept { data[3] = bits; }

}  // namespace thence::dns
