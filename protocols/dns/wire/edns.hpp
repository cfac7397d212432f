#pragma once

#include "protocols/dns/wire/client_subnet.hpp"
#include "protocols/dns/wire/network_order.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace thence::dns {

/// Octets of an OPT record without options.
inline constexpr std::size_t opt_size = 11;

/// Octets of OPTION-CODE and OPTION-LENGTH (RFC 6891 §6.1.2).
inline constexpr std::size_t option_head = 4;

/// The largest datagram that is sent, and the advertised size: it fits an IPv6 path MTU of 1280 octets without
/// fragmentation.
inline constexpr std::uint16_t largest_datagram = 1232;

/// Codes of options known here (IANA "DNS EDNS0 Option Codes (OPT)"). All others are ignored. So are Padding, as
/// nothing here is encrypted (RFC 7830 §6), and edns-tcp-keepalive (RFC 7828), except that they are not forwarded.
namespace option {
inline constexpr std::uint16_t nsid = 3;             // RFC 5001
inline constexpr std::uint16_t client_subnet = 8;    // RFC 7871
inline constexpr std::uint16_t cookie = 10;          // RFC 7873
inline constexpr std::uint16_t keepalive = 11;       // RFC 7828
inline constexpr std::uint16_t padding = 12;         // RFC 7830
inline constexpr std::uint16_t extended_error = 15;  // RFC 8914
}  // namespace option

/// Extended DNS Errors (RFC 8914 §4).
enum class ExtendedError : std::uint16_t {
  other = 0,               ///< none of those below; the text explains
  stale_answer = 3,        ///< upstreams failed, and this answer has expired (RFC 8767)
  cached_error = 13,       ///< upstreams failed recently and are not asked again yet (RFC 9520)
  prohibited = 18,         ///< not done by this server, whatever the name
  stale_nxdomain = 19,     ///< as stale_answer
  not_authoritative = 20,  ///< this server does not serve that name
  not_supported = 21,      ///< unknown kind of request
  no_reachable = 22,       ///< no upstream answered
  network_error = 23,      ///< an upstream was unreachable, or gave no usable answer
  invalid_data = 24,       ///< this server should serve that name, but has no valid data
};

/// The content of an OPT record (RFC 6891 §6.1). Of several options with one code the first counts (RFC 7873 §5.2).
struct Edns {
  std::uint16_t payload = 0;  ///< octets of the largest datagram that the sender accepts
  std::uint8_t version = 0;
  bool dnssec_ok = false;        ///< DO (RFC 3225)
  bool nsid = false;             ///< the server's identifier is requested (RFC 5001 §2.1)
  std::optional<Octets> cookie;  ///< the raw data of the COOKIE option; points into the message
  std::optional<ClientSubnet> client_subnet;
  Octets options;  ///< all options, raw; points into the message
};

/// Reads the fields CLASS and TTL of an OPT record.
Edns read_opt(std::uint16_t rr_class, std::uint32_t ttl) noexcept;

/// Reads the RDATA of an OPT record of version 0.
/// @param edns filled in as far as the options can be read
/// @return whether it is a list of options (RFC 6891 §6.1.2), none of them malformed. Cookies are left for the server
///         to check
bool read_options(Octets rdata, Edns& edns) noexcept;

/// Calls a function with the code and all octets of each option of a list.
template <typename Function>
void for_each_option(Octets options, const Function& function) noexcept {
  while (options.size() >= option_head) {
    const std::size_t size = std::min(options.size(), option_head + load16(options.data() + 2));
    function(load16(options.data()), options.first(size));
    options = options.subspan(size);
  }
}

/// Writes the part of a reply's OPT record before its options, opt_size octets: version 0, our advertised size, and the
/// query's DO (RFC 3225 §3).
/// @param rcode of the reply, 12 bits, of which the OPT holds the upper 8
/// @param options octets of the options that follow
void write_opt(std::uint8_t* at, const Edns& query, std::uint16_t rcode, std::size_t options) noexcept;

/// The largest reply over UDP, in octets (RFC 6891 §6.2.3-6.2.5).
std::size_t datagram_limit(const std::optional<Edns>& query) noexcept;

}  // namespace thence::dns
