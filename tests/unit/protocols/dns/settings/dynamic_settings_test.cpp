// What is said about mistakes in `dynamic:` and `reverse:`.

#include "protocols/dns/settings/dynamic_settings.hpp"

#include "tests/unit/protocols/dns/asking.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dynamic_settings_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

/// What is wrong with a zone of these further settings, a line each.
std::vector<std::string> mistakes(const std::string& settings, const std::string& name = "t") {
  thence::config::Problems problems;
  const auto document = thence::config::Document::parse(
      "t.yaml", "zones: [{ name: " + name + ", " + settings + ", records: ['@ 1 SOA n h 1 1 1 1 1', '@ 1 NS n.'] }]");
  thence::dns::plugin.load(thence::config::Cursor(document, problems), nullptr);
  std::vector<std::string> lines;
  for (const auto& each : problems.sorted()) lines.push_back(each.text());
  return lines;
}

}  // namespace

TEST(DynamicSettings, EachMistakeIsNamed) {
  const auto dynamic = [](const std::string& what) { return mistakes("dynamic: { x: " + what + " }"); };
  EXPECT_THAT(dynamic("{ ttl: 5 }"), ElementsAre(HasSubstr("exactly one of tell, interface, nearest")));
  EXPECT_THAT(dynamic("{ tell: self, interface: lo }"), ElementsAre(HasSubstr("exactly one of")));
  EXPECT_THAT(dynamic("{ tell: self, subnet: true }"), ElementsAre(HasSubstr("dynamic.x.subnet: means nothing here")));
  EXPECT_THAT(dynamic("{ interface: lo, only: true }"), ElementsAre(HasSubstr("dynamic.x.only: means nothing here")));
  EXPECT_THAT(dynamic("{ tell: client, all: true }"), ElementsAre(HasSubstr("dynamic.x.all: means nothing here")));
  EXPECT_THAT(dynamic("{ nearest: [10.0.0.1], all: true }"), ElementsAre(HasSubstr("all: means nothing here")));
  EXPECT_THAT(dynamic("{ tell: self, all: true }"), IsEmpty());
  EXPECT_THAT(dynamic("{ interface: lo, all: true }"), IsEmpty());
  EXPECT_THAT(dynamic("{ interface: '' }"), ElementsAre(HasSubstr("dynamic.x.interface: is empty")));
  EXPECT_THAT(dynamic("{ nearest: [] }"), ElementsAre(HasSubstr("0 addresses; allowed: 1 to 64")));
  EXPECT_THAT(dynamic("{ nearest: [10.0.0.1, 10.0.0.1] }"), ElementsAre(HasSubstr("nearest[1]: named twice")));
  EXPECT_THAT(dynamic("{ nearest: [eth0] }"), ElementsAre(HasSubstr("'eth0' is no address")));
  EXPECT_THAT(dynamic("{ tell: self, ttl: 2147483648 }"), ElementsAre(HasSubstr("a number from 0 to 2147483647")));
  EXPECT_THAT(dynamic("{ tell: self, colour: red }"), ElementsAre(HasSubstr("unknown key")));
  EXPECT_THAT(dynamic("[self]"), ElementsAre(HasSubstr("a list stands here; allowed: self, client, whoami")));
}

TEST(DynamicSettings, ReverseNamesNeedAZoneForThem) {
  EXPECT_THAT(mistakes("reverse: h.t"), ElementsAre(HasSubstr("zones[0].reverse: t. has no names of addresses")));
  EXPECT_THAT(mistakes("reverse: a..b", "10.in-addr.arpa"),
              ElementsAre(HasSubstr("zones[0].reverse: 'a..b' is not a domain name")));
  EXPECT_THAT(mistakes("reverse: { name: '*.h.t', ttl: 9 }", "10.in-addr.arpa"), IsEmpty());
  EXPECT_THAT(mistakes("reverse: { name: '*.h.t', all: true }", "10.in-addr.arpa"), IsEmpty());
}

TEST(DynamicSettings, ASignedZoneHasNone) {
  const auto in_signed = [](const std::string& what) {
    thence::config::Problems problems;
    const auto document = thence::config::Document::parse(
        "t.yaml", "zones: [{ name: 10.in-addr.arpa, " + what +
                      ", records: ['@ 1 SOA n. h. 1 1 1 1 1', '@ 1 NS n.', '@ 1 NSEC @ SOA NS NSEC'] }]");
    thence::dns::plugin.load(thence::config::Cursor(document, problems), nullptr);
    return problems.empty() ? "" : problems.sorted().front().text();
  };
  EXPECT_THAT(in_signed("dynamic: { x: whoami }"), HasSubstr("a dynamic name in a signed zone"));
  EXPECT_THAT(in_signed("reverse: h.t"), HasSubstr("zones[0].reverse: a dynamic name in a signed zone"));
  EXPECT_EQ(in_signed("dynamic: {}"), "");
}

}  // namespace dynamic_settings_test
