#include "config/problems.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace problems_test {

using testing::ElementsAre;
using thence::config::Invalid;
using thence::config::printable;
using thence::config::Problem;
using thence::config::Problems;
using thence::config::Severity;

TEST(Problem, HasATextWithWhatIsKnown) {
  EXPECT_EQ((Problem{"t.yaml", 3, 5, "dns.zones", "is empty"}).text(), "t.yaml:3:5: dns.zones: is empty");
  EXPECT_EQ((Problem{"t.zone", 3, 0, "", "no type"}).text(), "t.zone:3: no type");
  EXPECT_EQ((Problem{"t.zone", 0, 5, "", "no SOA record"}).text(), "t.zone: no SOA record");
  EXPECT_EQ((Problem{"t.yaml", 1, 1, "k", "m", Severity::partial}).text(), "t.yaml:1:1: k: m");
  EXPECT_EQ((Problem{"t.yaml", 1, 1, "k", "m", Severity::warning}).text(), "t.yaml:1:1: warning: k: m");
  EXPECT_EQ((Problem{"t.yaml", 1, 1, "k", "m", Severity::note}).text(), "t.yaml:1:1: note: k: m");
}

TEST(Problem, ControlCharactersDoNotReachTheTerminal) {
  EXPECT_EQ(printable("a\nb\x1b[1m\x7f\xc3\xa9"), "a\\x0ab\\x1b[1m\\x7f\xc3\xa9");
  EXPECT_EQ((Problem{"t.yaml", 1, 1, "k\r", "m\t", Severity::fatal}).text(), "t.yaml:1:1: k\\x0d: m\\x09");
  EXPECT_EQ((Problem{"t\x1b.yaml", 1, 1, "k\x9b", "m\xc2\x9b"}).text(), "t\\x1b.yaml:1:1: k\\x9b: m\\xc2\\x9b");
}

TEST(Problems, AreSortedByPlaceEachOnce) {
  Problems problems;
  EXPECT_TRUE(problems.empty());
  const Problem tenth{"t.yaml", 10, 1, "", "b"};
  const Problem second{"t.yaml", 2, 9, "", "c"};
  for (const auto& each : {tenth, second, tenth}) problems.add(each);
  EXPECT_EQ(problems.count(), 3U);
  EXPECT_THAT(problems.sorted(), ElementsAre(second, tenth));
}

TEST(Problems, KnowHowSevereTheWorstIs) {
  Problems problems;
  EXPECT_FALSE(problems.any(Severity::note));
  problems.add({"t.yaml", 1, 1, "", "m", Severity::warning});
  EXPECT_TRUE(problems.any(Severity::note));
  EXPECT_TRUE(problems.any(Severity::warning));
  EXPECT_FALSE(problems.any(Severity::partial));
}

TEST(Problems, AreALineEachWhenAConfigurationIsRefused) {
  Problems problems;
  problems.add({"t.yaml", 2, 1, "b", "second"});
  problems.add({"t.yaml", 1, 1, "a", "first"});
  EXPECT_STREQ(Invalid(problems).what(), "t.yaml:1:1: a: first\nt.yaml:2:1: b: second");
}

}  // namespace problems_test
