#pragma once

#include "protocols/dns/network_order.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace thence::dns {

/// Octets that an OPT record without options takes in a message.
inline constexpr std::size_t opt_size = 11;

/// The largest datagram that is sent, and the size that is offered: what crosses an IPv6 path of 1280 octets whole.
inline constexpr std::uint16_t largest_datagram = 1232;

/// What an OPT record says (RFC 6891 §6.1), but for its options.
struct Edns {
  std::uint16_t payload = 0;  ///< octets of the largest datagram that the sender takes
  std::uint8_t version = 0;
  bool dnssec_ok = false;  ///< DO (RFC 3225)
};

/// Reads the fields CLASS and TTL of an OPT record.
Edns read_opt(std::uint16_t rr_class, std::uint32_t ttl) noexcept;

/// Whether the RDATA of an OPT record of version 0 is a list of options (RFC 6891 §6.1.2). All of them are unknown ones
/// and are ignored.
bool are_options(Octets rdata) noexcept;

/// Writes the OPT record of a reply, opt_size octets: version 0, the size that is offered here, and the DO of the query
/// (RFC 3225 §3).
/// @param rcode of the reply, 12 bits; the upper 8 go here
void write_opt(std::uint8_t* at, const Edns& query, std::uint16_t rcode) noexcept;

/// Octets that a reply over UDP may take (RFC 6891 §6.2.3-6.2.5).
std::size_t datagram_limit(const std::optional<Edns>& query) noexcept;

}  // namespace thence::dns
