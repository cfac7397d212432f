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

/// Whether the data of a record has uncompressed domain names where its type has them, and what stands behind them.
/// True of types without names.
bool has_sound_names(std::uint16_t type, Octets rdata) noexcept;

/// Compares the data of two records of one type in canonical order (RFC 4034 §6.3): as octets, but without regard to
/// letter case in domain names, for the types of RFC 4034 §6.2 as RFC 6840 §5.1 has it.
std::strong_ordering compare_rdata(std::uint16_t type, Octets a, Octets b) noexcept;

/// How the names stand in data whose names may be compressed in a message: types of RFC 1035, known to all readers (RFC
/// 3597 §4).
struct CompressibleNames {
  std::size_t offset = 0;  ///< octets in front of the first
  std::size_t count = 0;   ///< one behind another; 0: no name of the type may be compressed
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

/// Puts a compression pointer to the question for an ending that is the apex, in the names that may be compressed. A
/// message has the apex at the end of its question, and the pointer is set right when it is written.
std::vector<std::uint8_t> compress_rdata(std::uint16_t type, Octets rdata, const Name& apex);

/// The data that was compressed so.
std::vector<std::uint8_t> expand_rdata(std::uint16_t type, Octets rdata, const Name& apex);

/// Where the name stands in the data of a type for which addresses are additional data (RFC 1035 §3.3, RFC 2782, RFC
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
