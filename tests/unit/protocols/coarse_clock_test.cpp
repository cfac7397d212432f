#include "protocols/coarse_clock.hpp"

#include <ctime>

#include <gtest/gtest.h>

namespace coarse_clock_test {

namespace {

/// The exact time of a clock, in microseconds.
std::uint64_t exact(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(now.tv_nsec) / 1'000;
}

/// As far as a clock that ticks may be behind, and a busy machine may take between two lines.
constexpr double tolerance = 1'000'000;

TEST(CoarseClock, OneTellsTheTimeOfDayAndTheOtherIsNeverSet) {
  const auto wall = static_cast<double>(thence::coarse_wall_clock());
  const auto monotonic = static_cast<double>(thence::coarse_monotonic_clock());
  EXPECT_NEAR(wall, static_cast<double>(exact(CLOCK_REALTIME)), tolerance);
  EXPECT_NEAR(monotonic, static_cast<double>(exact(CLOCK_MONOTONIC)), tolerance);
}

TEST(CoarseClock, ThoseOfAProtocolAreThese) {
  const thence::Clocks clocks;
  EXPECT_EQ(clocks.wall, thence::coarse_wall_clock);
  EXPECT_EQ(clocks.monotonic, thence::coarse_monotonic_clock);
}

TEST(CoarseClock, SecondsOfATimestampWrapAround) {
  EXPECT_EQ(thence::seconds_of(1'999'999), 1U);
  EXPECT_EQ(thence::seconds_of((std::uint64_t{1} << 32U) * 1'000'000 + 7'000'000), 7U);
}

}  // namespace

}  // namespace coarse_clock_test
