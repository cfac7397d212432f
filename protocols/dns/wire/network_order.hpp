#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace thence::dns {

/// Octets of a message, of a name or of a record, as they are on the wire.
using Octets = std::span<const std::uint8_t>;

inline Octets octets_of(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

/// Numbers in network byte order (RFC 1035 §2.3.2). The caller knows that the octets are there.
inline std::uint16_t load16(const std::uint8_t* at) noexcept { return static_cast<std::uint16_t>(at[0] << 8U | at[1]); }

inline std::uint32_t load32(const std::uint8_t* at) noexcept {
  return std::uint32_t{load16(at)} << 16U | load16(at + 2);
}

inline void store16(std::uint8_t* at, std::uint16_t value) noexcept {
  at[0] = static_cast<std::uint8_t>(value >> 8U);
  at[1] = static_cast<std::uint8_t>(value);
}

inline void store32(std::uint8_t* at, std::uint32_t value) noexcept {
  store16(at, static_cast<std::uint16_t>(value >> 16U));
  store16(at + 2, static_cast<std::uint16_t>(value));
}

}  // namespace thence::dns
