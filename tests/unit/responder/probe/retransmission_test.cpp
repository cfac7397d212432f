#include "responder/probe/retransmission.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace retransmission_test {

using std::chrono::milliseconds;
using testing::ElementsAre;
using namespace thence;
using namespace thence::probe;

TEST(ProbeRetransmission, Rfc8489Section621) {
  const auto whole = retransmission();
  EXPECT_THAT(whole.sent, ElementsAre(milliseconds(0), milliseconds(500), milliseconds(1500), milliseconds(3500),
                                      milliseconds(7500), milliseconds(15500), milliseconds(31500)));
  EXPECT_EQ(whole.given_up, milliseconds(39500));
  const auto cut = retransmission(milliseconds(1500));
  EXPECT_THAT(cut.sent, ElementsAre(milliseconds(0), milliseconds(500)));
  EXPECT_EQ(cut.given_up, milliseconds(1500));
}

}  // namespace retransmission_test
