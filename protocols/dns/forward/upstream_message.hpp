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

/// Octets of options that are passed on to an upstream, at most.
inline constexpr std::size_t most_options = 1024;

/// Octets that those options of a list take which are meant for who answers in the end. Cookie, NSID, padding and
/// keepalive are between two neighbours and stay behind (RFC 7873 §5.2, RFC 5001 §2.1, RFC 7830 §6, RFC 7828 §3.2.1).
/// @param options a list that is whole, as read_options() checks it
std::size_t forwarded_options_size(Octets options) noexcept;
/// Copies them, as many whole ones as there is room for.
/// @return octets that were copied
std::size_t copy_forwarded_options(Octets options, std::span<std::uint8_t> to) noexcept;

/// Writes the query for an upstream: RD, AD and CD as the client has them, its question, and where the client has EDNS
/// an OPT of our size with DO and the options that are passed on. The id is 0; the OPT stands at the end.
std::vector<std::uint8_t> write_upstream_query(const Query& query);

/// The same query without the OPT, for an upstream that does not know EDNS.
std::vector<std::uint8_t> without_opt(Octets upstream_query);

/// What an answer of an upstream says. A part of its message, which has been checked as far as it is used here.
struct UpstreamAnswer {
  std::uint16_t flags = 0;                ///< second word of the header
  std::uint16_t rcode = 0;                ///< all 12 bits
  std::array<std::uint16_t, 3> counts{};  ///< records of the sections, the OPT not counted
  Octets records{};                       ///< all between the question and the OPT or the end
  bool has_opt = false;
  Octets options{};  ///< of the OPT: a list that is whole
};

/// Takes an upstream's message apart. What follows its OPT is left out: it could not be moved up to its place, as
/// compression pointers might point to it.
/// @param question what was asked, in octets; the answer may only differ in letter case
/// @return nothing where it is no answer to that question, or is broken
std::optional<UpstreamAnswer> read_upstream_answer(Octets message, Octets question) noexcept;

/// Seconds for which an answer may be kept: the lowest TTL of its answer section, or as RFC 2308 §5 has it where that
/// has nothing of the type asked; at most a day. 0: not at all, as for everything but NOERROR and NXDOMAIN, what was
/// truncated, and a denial without SOA.
std::uint32_t lifetime_of(const UpstreamAnswer& answer, std::uint16_t type) noexcept;

/// Counts the TTLs of records down, to 0 at least.
/// @param records whole ones, as an UpstreamAnswer has them
void count_down(std::span<std::uint8_t> records, std::uint32_t seconds) noexcept;
/// Sets all of them to a value.
void set_ttls(std::span<std::uint8_t> records, std::uint32_t ttl) noexcept;

}  // namespace thence::dns
