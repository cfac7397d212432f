#include "responder/dispatch/status.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace status_test {

using namespace thence;

TEST(LatencyHistogram, ABucketHoldsWhatIsAtMostItsBound) {
  using namespace std::chrono_literals;
  LatencyHistogram histogram;
  for (const auto each : {0ns, 1ns, 1'000ns, 1'001ns, 2'000ns, 2'001ns, 4'000ns}) histogram.add(each, 1);
  histogram.add(1h, 2);
  EXPECT_EQ(histogram.counts[0], 3U);
  EXPECT_EQ(histogram.counts[1], 2U);
  EXPECT_EQ(histogram.counts[2], 2U);
  EXPECT_EQ(histogram.counts[LatencyHistogram::buckets], 2U);
  EXPECT_EQ(LatencyHistogram::bound(2), 4us);
  EXPECT_NEAR(histogram.seconds, 7200.0, 0.1);
}

}  // namespace status_test
