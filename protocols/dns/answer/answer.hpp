#pragma once

#include "protocols/dns/answer/circumstances.hpp"
#include "protocols/dns/wire/message_writer.hpp"
#include "protocols/dns/zone/nsec3_chain.hpp"
#include "protocols/dns/zone/zone.hpp"

namespace thence::dns {

/// What was found out about the name asked or, at the end of a chain of aliases, about the last one (RFC 6604 §3).
enum class Finding : std::uint8_t {
  data,
  nodata,
  nxdomain,
  referral,
  too_long,  ///< a DNAME led to a name of more than 255 octets (RFC 6672 §2.2)
};

struct Answered {
  Finding finding;
  bool by_subnet;  ///< the client subnet of the query matters for the records (RFC 7871 §7.2.1)
};

/// Answers a query from the zone that its name is within, as RFC 1034 §4.3.2 and RFC 6672 §3.2 have it: records, NODATA
/// or NXDOMAIN with the SOA (RFC 2308), or a referral with glue; with signatures and proofs where they are asked for
/// (RFC 4035 §3.1) and the zone has them. What does not fit is left out and marks the reply as truncated.
Answered answer(const Zone& zone, const Circumstances& asked, Nsec3Hasher& hash, MessageWriter& reply) noexcept;

}  // namespace thence::dns
