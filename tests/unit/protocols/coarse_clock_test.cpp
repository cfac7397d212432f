#include "protocols/coarse_clock.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace coarse_clock_test {

TEST(CoarseClock, IsTheSystemsInMicroseconds) {
  const auto now =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch());
  EXPECT_NEAR(static_cast<double>(thence::coarse_clock()), static_cast<double>(now.count()), 1e6);
}

TEST(CoarseClock, GoesOn) {
  const auto began = thence::coarse_clock();
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (thence::coarse_clock() == began && std::chrono::steady_clock::now() < end) continue;
  EXPECT_GT(thence::coarse_clock(), began);
}

}  // namespace coarse_clock_test
