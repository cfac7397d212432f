#pragma once

#include "protocols/dns/wire/name.hpp"

#include <cstdint>
#include <vector>

namespace thence::dns {

/// A record of a zone, always of class IN.
struct Record {
  Name owner;
  std::uint16_t type = 0;
  std::uint32_t ttl = 0;  ///< seconds, up to 2^31 - 1 (RFC 2181 §8)
  std::vector<std::uint8_t> rdata;
};

}  // namespace thence::dns
