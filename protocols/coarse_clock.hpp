#pragma once

#include <cstdint>

namespace thence {

/// A clock: microseconds, as they are now. A value, so that tests bring their own time.
using Clock = std::uint64_t (*)() noexcept;

// The clocks of the system as of its last tick, some milliseconds ago at most: read without a system call.

/// The time of day, since 1970. It is set now and then, back as well, so it is only for times that others read.
std::uint64_t coarse_wall_clock() noexcept;

/// Since some moment in the past. It is never set: the clock for durations.
std::uint64_t coarse_monotonic_clock() noexcept;

/// What a protocol goes by that needs both.
struct Clocks {
  Clock wall = coarse_wall_clock;
  Clock monotonic = coarse_monotonic_clock;
};

/// Seconds modulo 2^32: how a timestamp of four octets has them.
inline std::uint32_t seconds_of(std::uint64_t microseconds) noexcept {
  return static_cast<std::uint32_t>(microseconds / 1'000'000U);
}

}  // namespace thence
