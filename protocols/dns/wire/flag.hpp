#pragma once

#include <cstdint>

/// Bits of the second word of the header (RFC 1035 §4.1.1).
namespace thence::dns::flag {
inline constexpr std::uint16_t response = 0x8000;
inline constexpr std::uint16_t opcode = 0x7800;
inline constexpr std::uint16_t authoritative = 0x0400;
inline constexpr std::uint16_t truncated = 0x0200;
inline constexpr std::uint16_t recursion_desired = 0x0100;
inline constexpr std::uint16_t recursion_available = 0x0080;
inline constexpr std::uint16_t authentic_data = 0x0020;     // AD (RFC 4035 §3.2.3)
inline constexpr std::uint16_t checking_disabled = 0x0010;  // CD
}  // namespace thence::dns::flag
