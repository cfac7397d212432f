#pragma once

#include <cstdint>

namespace thence::dns {

/// A clock: microseconds since 1970, as they are now. A value, so that tests bring their own time.
using Clock = std::uint64_t (*)() noexcept;

/// The system's clock as of its last tick, some milliseconds ago at most: read without a system call.
std::uint64_t coarse_clock() noexcept;

/// Seconds since 1970 modulo 2^32, as server cookies have them (RFC 9018 §4.3).
inline std::uint32_t seconds_of(std::uint64_t microseconds) noexcept {
  return static_cast<std::uint32_t>(microseconds / 1'000'000U);
}

}  // namespace thence::dns
