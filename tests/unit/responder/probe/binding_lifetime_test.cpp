#include "responder/probe/binding_lifetime.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace binding_lifetime_test {

using std::chrono::seconds;
using namespace thence;
using namespace thence::probe;

TEST(ProbeBindingLifetime, WaitsAreWholeSecondsUpToTheLongest) {
  using testing::ElementsAre;
  EXPECT_THAT(waits_between(seconds(0), seconds(3), 16), ElementsAre(seconds(1), seconds(2), seconds(3)));
  EXPECT_THAT(waits_between(seconds(10), seconds(30), 4),
              ElementsAre(seconds(15), seconds(20), seconds(25), seconds(30)));
  EXPECT_THAT(waits_between(seconds(29), seconds(30), 16), ElementsAre(seconds(30)));
}

}  // namespace binding_lifetime_test
