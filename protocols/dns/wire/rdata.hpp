#pragma once

#include "protocols/dns/wire/message.hpp"
#include "protocols/dns/wire/name.hpp"
#include "protocols/dns/wire/network_order.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace thence::dns {

/// Octets of a <character-string> (RFC 1035 §3.3), at most.
inline constexpr std::size_t longest_string = 255;

/// Whether record data has valid uncompressed domain names where its type has names, and the right fields after them.
/// True for types without names.
bool has_sound_names(std::uint16_t type, Octets rdata) noexcept;

/// Compares the data of two records of one type in canonical order (RFC 4034 §6.3): as octets, but ignoring letter case
/// in domain names of the types in RFC 4034 §6.2 as amended by RFC 6840 §5.1.
std::strong_ordering compare_rdata(std::uint16_t type, Octets a, Octets b) noexcept;

/// The names in record data that may be compressed in a message: only in types of RFC 1035, which all software knows
/// (RFC 3597 §4).
struct CompressibleNames {
  std::size_t offset = 0;  ///< octets before the first
  std::size_t count = 0;   ///< adjacent names; 0: no name of the type may be compressed
};

constexpr CompressibleNames compressible_names(std::uint16_t type) noexcept {
  switch (type) {
    case type::ns:
    case type::cname:
    case type::ptr:
      return {0, 1};
    case type::soa:
      return {0, 2};
    case type::mx:
      return {2, 1};
    default:
      return {};
  }
}

/// Replaces the apex at the end of compressible names by a compression pointer to the question. A message has the apex
/// at the end of its question; the pointer is adjusted when the message is written.
std::vector<std::uint8_t> compress_rdata(std::uint16_t type, Octets rdata, const Name& apex);

/// Reverses compress_rdata().
std::vector<std::uint8_t> expand_rdata(std::uint16_t type, Octets rdata, const Name& apex);

/// The offset of the name in the data of a type for which addresses are additional data (RFC 1035 §3.3, RFC 2782, RFC
/// 9460 §4.1).
/// @return nothing for other types
constexpr std::optional<std::size_t> target_offset(std::uint16_t type) noexcept {
  switch (type) {
    case type::ns:
      return 0;
    case type::mx:
    case type::svcb:
    case type::https:
      return 2;
    case type::srv:
      return 6;
    default:
      return std::nullopt;
  }
}

}  // namespace thence::dns
