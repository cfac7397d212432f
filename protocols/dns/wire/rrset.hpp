#pragma once

#include "protocols/dns/wire/message.hpp"
#include "protocols/dns/wire/network_order.hpp"

#include <cstddef>
#include <cstdint>

namespace thence::dns {

/// Octets before the RDATA of a record whose owner is a compression pointer.
inline constexpr std::size_t record_head = 12;

/// A compression pointer (RFC 1035 §4.1.4).
/// @param position of the name in the message, below 0x4000
inline std::uint16_t pointer_to(std::size_t position) noexcept {
  return static_cast<std::uint16_t>(0xC000U | position);
}

/// The records of one owner and type, encoded as in a reply. The owner of each is a compression pointer to the
/// question, which is right if the owner is the query name.
struct RRset {
  std::uint16_t type = 0;
  std::uint16_t count = 0;  ///< 0: there is none
  Octets records;

  explicit operator bool() const noexcept { return count != 0; }
};

/// Writes the part of a record before the RDATA: owner, TYPE, class IN, TTL in seconds, RDLENGTH.
inline void write_record_head(std::uint8_t* at, std::uint16_t type, std::uint32_t ttl,
                              std::uint16_t rdlength) noexcept {
  store16(at, pointer_to(header_size));
  store16(at + 2, type);
  store16(at + 4, class_in);
  store32(at + 6, ttl);
  store16(at + 10, rdlength);
}

}  // namespace thence::dns
