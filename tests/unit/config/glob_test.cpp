#include "config/glob.hpp"

#include <gtest/gtest.h>

namespace glob_test {

using thence::config::GlobList;

TEST(GlobList, ThatIsEmptyCoversEveryName) {
  EXPECT_TRUE(GlobList().empty());
  EXPECT_TRUE(GlobList().covers("eth0"));
  EXPECT_TRUE(GlobList().covers(""));
}

TEST(GlobList, CoversWhatOneOfItsGlobsMatchesWhole) {
  const GlobList list{{"eth*", "wg?", "br[0-3]"}, {}};
  EXPECT_FALSE(list.empty());
  for (const auto* const name : {"eth", "eth0", "eth0.100", "wg1", "br3"}) EXPECT_TRUE(list.covers(name)) << name;
  for (const auto* const name : {"", "Eth0", "xeth0", "wg", "wg10", "br4"}) EXPECT_FALSE(list.covers(name)) << name;
}

TEST(GlobList, WhatIsExcludedIsNotCovered) {
  const GlobList all_but{{}, {"docker*"}};
  EXPECT_FALSE(all_but.empty());
  EXPECT_TRUE(all_but.covers("eth0"));
  EXPECT_FALSE(all_but.covers("docker0"));
  const GlobList some{{"eth*"}, {"eth1"}};
  EXPECT_TRUE(some.covers("eth0"));
  EXPECT_FALSE(some.covers("eth1"));
  EXPECT_FALSE(some.covers("wg0"));
}

}  // namespace glob_test
