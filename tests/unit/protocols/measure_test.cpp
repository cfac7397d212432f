#include "protocols/measure.hpp"

#include <gtest/gtest.h>

namespace measure_test {

TEST(Measure, GrowsWhereItsNameSaysTotal) {
  EXPECT_TRUE((thence::Measure{"upstream_queries_total", "", {}, 1}).grows());
  EXPECT_FALSE((thence::Measure{"total_zones", "", {}, 1}).grows());
}

}  // namespace measure_test
