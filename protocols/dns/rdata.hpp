#pragma once

#include "protocols/dns/network_order.hpp"

#include <compare>
#include <cstdint>

namespace thence::dns {

/// Whether the data of a record has uncompressed domain names where its type has them, and what stands behind them.
/// True of types without names.
bool has_sound_names(std::uint16_t type, Octets rdata) noexcept;

/// Compares the data of two records of one type in canonical order (RFC 4034 §6.3): as octets, but without regard to
/// letter case in domain names, for the types of RFC 4034 §6.2 as RFC 6840 §5.1 has it.
std::strong_ordering compare_rdata(std::uint16_t type, Octets a, Octets b) noexcept;

}  // namespace thence::dns
