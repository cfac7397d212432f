#pragma once

#include "protocols/dns/wire/client_subnet.hpp"
#include "protocols/dns/wire/network_order.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace thence::dns {

/// Octets that an OPT record without options takes in a message.
inline constexpr std::size_t opt_size = 11;

/// Octets of OPTION-CODE and OPTION-LENGTH (RFC 6891 §6.1.2).
inline constexpr std::size_t option_head = 4;

/// The largest datagram that is sent, and the size that is offered: what crosses an IPv6 path of 1280 octets whole.
inline constexpr std::uint16_t largest_datagram = 1232;

/// Numbers of options that mean something here (IANA "DNS EDNS0 Option Codes (OPT)"). All others are ignored: among
/// them Padding, as nothing here is encrypted (RFC 7830 §6), and edns-tcp-keepalive (RFC 7828), but that a forwarder
/// keeps these two to itself.
namespace option {
inline constexpr std::uint16_t nsid = 3;             // RFC 5001
inline constexpr std::uint16_t client_subnet = 8;    // RFC 7871
inline constexpr std::uint16_t cookie = 10;          // RFC 7873
inline constexpr std::uint16_t keepalive = 11;       // RFC 7828
inline constexpr std::uint16_t padding = 12;         // RFC 7830
inline constexpr std::uint16_t extended_error = 15;  // RFC 8914
}  // namespace option

/// Why a reply says no (RFC 8914 §4).
enum class ExtendedError : std::uint16_t {
  other = 0,               ///< none of those below; its text says what
  stale_answer = 3,        ///< upstreams fail, and this was right some time ago (RFC 8767)
  cached_error = 13,       ///< upstreams failed a moment ago, and are not asked again yet (RFC 9520)
  prohibited = 18,         ///< this server does not do that, whatever the name
  stale_nxdomain = 19,     ///< as stale_answer
  not_authoritative = 20,  ///< it does not serve that name
  not_supported = 21,      ///< it does not know that kind of request
  no_reachable = 22,       ///< no upstream answers
  network_error = 23,      ///< an upstream cannot be reached, or says nothing of use
  invalid_data = 24,       ///< it should serve that name, and has no valid data
};

/// What an OPT record says (RFC 6891 §6.1). Of several options of a kind the first one counts (RFC 7873 §5.2).
struct Edns {
  std::uint16_t payload = 0;  ///< octets of the largest datagram that the sender takes
  std::uint8_t version = 0;
  bool dnssec_ok = false;        ///< DO (RFC 3225)
  bool nsid = false;             ///< the server's identifier is asked for (RFC 5001 §2.1)
  std::optional<Octets> cookie;  ///< the data of the COOKIE option, as it is; part of the message
  std::optional<ClientSubnet> client_subnet;
  Octets options;  ///< all of them as they are; part of the message
};

/// Reads the fields CLASS and TTL of an OPT record.
Edns read_opt(std::uint16_t rr_class, std::uint32_t ttl) noexcept;

/// Reads the RDATA of an OPT record of version 0.
/// @param edns gets what the options say, as far as they can be read
/// @return whether they are a list of options (RFC 6891 §6.1.2) without a malformed one; whether a cookie is one, only
///         the server knows
bool read_options(Octets rdata, Edns& edns) noexcept;

/// Calls a function with the code and with all octets of each option of a list.
template <typename Function>
void for_each_option(Octets options, const Function& function) noexcept {
  while (options.size() >= option_head) {
    const std::size_t size = std::min(options.size(), option_head + load16(options.data() + 2));
    function(load16(options.data()), options.first(size));
    options = options.subspan(size);
  }
}

/// Writes what an OPT record of a reply has in front of its options, opt_size octets: version 0, the size that is
/// offered here, and the DO of the query (RFC 3225 §3).
/// @param rcode of the reply, 12 bits; the upper 8 go here
/// @param options octets of the options that follow
void write_opt(std::uint8_t* at, const Edns& query, std::uint16_t rcode, std::size_t options) noexcept;

/// Octets that a reply over UDP may take (RFC 6891 §6.2.3-6.2.5).
std::size_t datagram_limit(const std::optional<Edns>& query) noexcept;

}  // namespace thence::dns
