#include "config/problems.hpp"

#include <algorithm>

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

TEST(Problems, AreKeptUpToABoundForEachSeverity) {
  Problems problems;
  for (int line = 1; line <= 1005; ++line) problems.add({"t.yaml", line, 1, "", "m", Severity::note});
  for (int line = 1; line <= 3; ++line) problems.add({"t.yaml", line, 1, "", "worse", Severity::partial});
  const auto sorted = problems.sorted();
  ASSERT_EQ(sorted.size(), 1004U);
  EXPECT_EQ(sorted.back().text(), "t.yaml: note: 5 more like these are left out");
  EXPECT_EQ(std::ranges::count(sorted, Severity::partial, &Problem::severity), 3);
  EXPECT_EQ(problems.count(), 1008U);
  EXPECT_FALSE(problems.any(Severity::fatal));
}

TEST(Problems, AreNeverLong) {
  Problems problems;
  problems.add(
      {"t.yaml", 1, 1, std::string(5000, 'k'), "'" + std::string(1 << 20U, 'x') + "' is wrong; allowed: a, b"});
  const auto text = problems.sorted().front().text();
  EXPECT_LT(text.size(), 2500U);
  EXPECT_THAT(text, testing::HasSubstr(": 'xxx"));
  EXPECT_THAT(text, testing::EndsWith("xxx' is wrong; allowed: a, b"));
}

TEST(Problems, WhatIsShortenedKeepsItsCharactersWhole) {
  std::string accents;
  for (int i = 0; i < 1000; ++i) accents += "\xc3\xa9";
  for (std::size_t most = 300; most < 304; ++most) {
    const auto shorter = thence::config::shortened(accents, most);
    EXPECT_LT(shorter.size(), most + 30);
    EXPECT_EQ(shorter[shorter.find(' ') - 1], '\xa9');
    EXPECT_EQ(shorter[shorter.rfind(' ') + 1], '\xc3');
  }
  EXPECT_EQ(thence::config::shortened("short"), "short");
}

}  // namespace problems_test
