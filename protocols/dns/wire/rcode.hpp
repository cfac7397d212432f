#pragma once

#include <cstdint>

namespace thence::dns {

/// Response codes; those above 15 need EDNS (RFC 6895 §2.3).
enum class Rcode : std::uint16_t {
  noerror = 0,
  formerr = 1,
  servfail = 2,
  nxdomain = 3,
  notimp = 4,
  refused = 5,
  yxdomain = 6,
  badvers = 16,
  badcookie = 23,
};

}  // namespace thence::dns
