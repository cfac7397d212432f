#pragma once

#include "protocols/dns/message_writer.hpp"
#include "protocols/dns/zone.hpp"
#include "protocols/route.hpp"

namespace thence::dns {

/// What was found out about the name asked or, at the end of a chain of aliases, about the last one (RFC 6604 §3).
enum class Finding : std::uint8_t { data, nodata, nxdomain, referral };

/// Answers a query from the zone that its name is within, as RFC 1034 §4.3.2 has it: records, NODATA or NXDOMAIN with
/// the SOA (RFC 2308), or a referral with glue. What does not fit is left out and marks the reply as truncated.
Finding answer(const Zone& zone, const Query& query, const Route& route, MessageWriter& reply) noexcept;

}  // namespace thence::dns
