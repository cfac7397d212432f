// When an upstream is asked in its turn, when after the others, and how often somebody finds out.

#include "protocols/dns/forward/upstream_health.hpp"

#include <gtest/gtest.h>

namespace upstream_health_test {

using thence::dns::UpstreamHealth;
using Standing = thence::dns::UpstreamHealth::Standing;

namespace {

constexpr std::uint64_t second = 1'000'000;

TEST(Health, BeginsWithAnUpstreamThatIsUp) {
  EXPECT_EQ(UpstreamHealth().standing(0), Standing::up);
  EXPECT_TRUE(UpstreamHealth().knows_edns(0));
}

TEST(Health, GoesDownForASecondAtFirst) {
  UpstreamHealth health;
  health.failed(10 * second, false);
  EXPECT_FALSE(health.is_up());
  EXPECT_EQ(health.standing(11 * second - 1), Standing::down);
  EXPECT_EQ(health.standing(11 * second), Standing::due);
  health.answered();
  EXPECT_EQ(health.standing(11 * second), Standing::up);
}

TEST(Health, CountsFailuresAtTheSameTimeOnce) {
  UpstreamHealth health;
  for (int i = 0; i < 100; ++i) health.failed(10 * second, false);
  EXPECT_EQ(health.standing(11 * second), Standing::due);
}

TEST(Health, LetsOneQueryFindOut) {
  UpstreamHealth health;
  health.failed(10 * second, false);
  health.begin_trial(11 * second);
  EXPECT_EQ(health.standing(11 * second), Standing::down);
  EXPECT_EQ(health.standing(17 * second), Standing::due) << "should nothing have become of it";
}

TEST(Health, BacksOffForUpToAMinute) {
  UpstreamHealth health;
  std::uint64_t now = 10 * second;
  health.failed(now, false);
  for (const std::uint64_t seconds : {1U, 2U, 4U, 8U, 16U, 32U, 60U, 60U}) {
    EXPECT_EQ(health.standing(now + seconds * second - 1), Standing::down);
    now += seconds * second;
    ASSERT_EQ(health.standing(now), Standing::due) << seconds;
    health.begin_trial(now);
    health.failed(now, true);
  }
  health.answered();
  health.failed(now, false);
  EXPECT_EQ(health.standing(now + second), Standing::due) << "from the beginning again";
}

TEST(Health, RemembersForTenMinutesWhoDoesNotKnowEdns) {
  UpstreamHealth health;
  health.does_not_know_edns(10 * second);
  EXPECT_FALSE(health.knows_edns(69 * second));
  EXPECT_TRUE(health.knows_edns(70 * second));
}

}  // namespace

}  // namespace upstream_health_test
