#pragma once

#include "protocols/dns/wire/message.hpp"
#include "protocols/dns/wire/network_order.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace thence::dns {

/// Most octets of options that are passed on to an upstream.
inline constexpr std::size_t most_options = 1024;

/// Octets of the options in a list that are meant for the final server. Cookie, NSID, padding and keepalive are
/// hop-by-hop and not passed on (RFC 7873 §5.2, RFC 5001 §2.1, RFC 7830 §6, RFC 7828 §3.2.1).
/// @param options a well-formed list, as checked by read_options()
std::size_t forwarded_options_size(Octets options) noexcept;
/// Copies those options, as many whole ones as fit.
/// @return octets copied
std::size_t copy_forwarded_options(Octets options, std::span<std::uint8_t> to) noexcept;

/// Writes the query for an upstream: the client's RD, AD, CD and question and, if the client uses EDNS, an OPT with our
/// size, DO and the options that are passed on. The id is 0; the OPT comes last.
std::vector<std::uint8_t> write_upstream_query(const Query& query);

/// The same query without the OPT, for an upstream without EDNS.
std::vector<std::uint8_t> without_opt(Octets upstream_query);

/// An upstream's answer: a view of its message, which has been validated as far as it is used here.
struct UpstreamAnswer {
  std::uint16_t flags = 0;                ///< second word of the header
  std::uint16_t rcode = 0;                ///< all 12 bits
  std::array<std::uint16_t, 3> counts{};  ///< records of the sections, without the OPT
  Octets records{};                       ///< everything between the question and the OPT or the end
  bool has_opt = false;
  Octets options{};  ///< of the OPT: a well-formed list
};

/// Parses an upstream's message. Records after its OPT are left out: they could not be moved up, as compression
/// pointers might refer to them.
/// @param question the question asked, in wire form; the answer may differ only in letter case
/// @return nothing if it does not answer that question or is malformed
std::optional<UpstreamAnswer> read_upstream_answer(Octets message, Octets question) noexcept;

/// Whether an answer is about the client subnet of the query. One that is not must be dropped: it may be forged (RFC
/// 7871 §7.3, §11.2). An answer without that option is, and so is any to a query without it.
bool is_about(const UpstreamAnswer& answer, const std::optional<ClientSubnet>& asked) noexcept;

/// Seconds that an answer may be cached: the lowest TTL of its answer section or, if that has nothing of the type
/// asked, the time of RFC 2308 §5; at most a day. 0: not at all, which holds for RCODEs other than NOERROR and
/// NXDOMAIN, truncated answers, and denials without SOA.
std::uint32_t lifetime_of(const UpstreamAnswer& answer, std::uint16_t type) noexcept;

/// Reduces the TTLs of records, stopping at 0.
/// @param records complete ones, as in UpstreamAnswer
void count_down(std::span<std::uint8_t> records, std::uint32_t seconds) noexcept;
/// Sets all TTLs to a value.
void set_ttls(std::span<std::uint8_t> records, std::uint32_t ttl) noexcept;

}  // namespace thence::dns
