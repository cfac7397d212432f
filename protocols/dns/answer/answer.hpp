#pragma once

#include "protocols/dns/answer/circumstances.hpp"
#include "protocols/dns/wire/message_writer.hpp"
#include "protocols/dns/zone/nsec3_chain.hpp"
#include "protocols/dns/zone/zone.hpp"

namespace thence::dns {

/// What was found for the query name or, after a chain of aliases, for the last name (RFC 6604 §3).
enum class Finding : std::uint8_t {
  data,
  nodata,
  nxdomain,
  referral,
  too_long,  ///< a DNAME led to a name of more than 255 octets (RFC 6672 §2.2)
};

struct Answered {
  Finding finding;
  bool by_subnet;  ///< the records depend on the query's client subnet (RFC 7871 §7.2.1)
};

/// Answers a query from the zone that contains its name (RFC 1034 §4.3.2, RFC 6672 §3.2): records, NODATA or NXDOMAIN
/// with the SOA (RFC 2308), or a referral with glue; with signatures and proofs if requested (RFC 4035 §3.1) and
/// present in the zone. What does not fit is left out and sets TC.
Answered answer(const Zone& zone, const Circumstances& asked, Nsec3Hasher& hash, MessageWriter& reply) noexcept;

}  // namespace thence::dns
