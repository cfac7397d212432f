#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <boost/endian/conversion.hpp>

namespace thence {

// Integers in network byte order, at any alignment. Compilers turn each into one load or store.

/// The caller guarantees that the octets are there.
inline std::uint16_t load16(const std::uint8_t* from) noexcept { return boost::endian::load_big_u16(from); }
inline std::uint32_t load32(const std::uint8_t* from) noexcept { return boost::endian::load_big_u32(from); }
inline std::uint64_t load64(const std::uint8_t* from) noexcept { return boost::endian::load_big_u64(from); }
inline void store16(std::uint8_t* to, std::uint16_t value) noexcept { boost::endian::store_big_u16(to, value); }
inline void store32(std::uint8_t* to, std::uint32_t value) noexcept { boost::endian::store_big_u32(to, value); }

/// The type guarantees that the octets are there.
inline std::uint16_t load16(std::span<const std::byte, 2> from) noexcept {
  return load16(reinterpret_cast<const std::uint8_t*>(from.data()));
}
inline std::uint32_t load32(std::span<const std::byte, 4> from) noexcept {
  return load32(reinterpret_cast<const std::uint8_t*>(from.data()));
}
inline void store16(std::span<std::byte, 2> to, std::uint16_t value) noexcept {
  store16(reinterpret_cast<std::uint8_t*>(to.data()), value);
}
inline void store32(std::span<std::byte, 4> to, std::uint32_t value) noexcept {
  store32(reinterpret_cast<std::uint8_t*>(to.data()), value);
}

}  // namespace thence
