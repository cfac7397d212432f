#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace thence::stun {

/// Integers in network byte order (RFC 8489 §5), at any alignment. The compilers make one load or store of each.

constexpr std::uint16_t load16(std::span<const std::byte, 2> from) noexcept {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(from[0]) << 8U | std::to_integer<unsigned>(from[1]));
}

constexpr std::uint32_t load32(std::span<const std::byte, 4> from) noexcept {
  return std::uint32_t{load16(from.first<2>())} << 16U | load16(from.last<2>());
}

constexpr void store16(std::span<std::byte, 2> to, std::uint16_t value) noexcept {
  to[0] = static_cast<std::byte>(value >> 8U);
  to[1] = static_cast<std::byte>(value);
}

constexpr void store32(std::span<std::byte, 4> to, std::uint32_t value) noexcept {
  store16(to.first<2>(), static_cast<std::uint16_t>(value >> 16U));
  store16(to.last<2>(), static_cast<std::uint16_t>(value));
}

}  // namespace thence::stun
