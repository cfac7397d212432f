#pragma once

#include <cstdint>

namespace thence {

/// A clock: the current time in microseconds. Passed by value, so that tests can supply their own.
using Clock = std::uint64_t (*)() noexcept;

// The system's clocks at its last tick, a few milliseconds ago at most; read without a system call.

/// The time of day, since 1970. It can be set, even backwards, so use it only for times that others read.
std::uint64_t coarse_wall_clock() noexcept;

/// Time since an arbitrary moment. It is never set: use it for durations.
std::uint64_t coarse_monotonic_clock() noexcept;

/// For protocols that need both.
struct Clocks {
  Clock wall = coarse_wall_clock;
  Clock monotonic = coarse_monotonic_clock;
};

/// Seconds modulo 2^32, as in a four-octet timestamp.
inline std::uint32_t seconds_of(std::uint64_t microseconds) noexcept {
  return static_cast<std::uint32_t>(microseconds / 1'000'000U);
}

}  // namespace thence
