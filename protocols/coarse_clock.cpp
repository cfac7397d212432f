#include "protocols/coarse_clock.hpp"

#include <ctime>

namespace thence {

namespace {

std::uint64_t microseconds_of(clockid_t clock) noexcept {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000U + static_cast<std::uint64_t>(now.tv_nsec) / 1'000U;
}

}  // namespace

std::uint64_t coarse_wall_clock() noexcept { return microseconds_of(CLOCK_REALTIME_COARSE); }

std::uint64_t coarse_monotonic_clock() noexcept { return microseconds_of(CLOCK_MONOTONIC_COARSE); }

}  // namespace thence
