// What is found in a zone. Its data are the example of RFC 4592 §2.2.1, with a redirection (RFC 6672) besides.

#include "protocols/dns/zone/zone.hpp"

#include "protocols/dns/text/zone_file.hpp"
#include "protocols/dns/zone/zone_builder.hpp"

#include <array>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace zone_test {

using namespace thence::dns;

Name name(const std::string& text) { return Name::parse(text, Name()).value(); }

Zone example() {
  const auto apex = name("example.");
  ZoneBuilder builder(
      apex, [](Place, Gravity gravity, const std::string& said) { EXPECT_EQ(gravity, Gravity::warning) << said; });
  for (const auto* const text :
       {"example. 3600 SOA ns.example.com. h.example.com. 1 2 3 4 300", "example. 3600 NS ns.example.com.",
        "*.example. 3600 TXT \"this is a wildcard\"", "*.example. 3600 MX 10 host1.example.",
        "sub.*.example. 3600 TXT \"this is not a wildcard\"", "host1.example. 3600 A 192.0.2.1",
        "_ssh._tcp.host1.example. 3600 SRV 0 0 22 host1.example.",
        "_ssh._tcp.host2.example. 3600 SRV 0 0 22 host1.example.", "subdel.example. 3600 NS ns.example.com.",
        "below.subdel.example. 3600 A 192.0.2.2", "old.example. 3600 DNAME new.example."}) {
    Record record;
    EXPECT_EQ(read_record(text, apex, record), std::nullopt) << text;
    builder.add(record, {});
  }
  return std::move(builder).build().value();
}

const Zone zone = example();

/// `KIND NODE LABELS`
std::string match(const std::string& asked) {
  const auto found = zone.match(name(asked));
  const std::string kind =
      std::array{"found", "wildcard", "delegated", "redirected", "absent"}[static_cast<std::size_t>(found.kind)];
  Name node;
  if (found.kind != Match::Kind::absent) node.assign(found.node.name());
  return kind + ' ' + node.text() + ' ' + std::to_string(found.labels);
}

TEST(Rfc4592Section221, WhatExistsIsFoundAndNoWildcardCoversIt) {
  EXPECT_EQ(match("example."), "found example. 0");
  EXPECT_EQ(match("host1.example."), "found host1.example. 0");
  EXPECT_EQ(match("HOST1.Example."), "found host1.example. 0");
  EXPECT_EQ(match("*.example."), "found *.example. 0");
  EXPECT_EQ(match("sub.*.example."), "found sub.*.example. 0");
  EXPECT_EQ(match("_tcp.host2.example."), "found _tcp.host2.example. 0") << "an empty non-terminal";
}

TEST(Rfc4592Section221, OtherNamesAreOfTheWildcardAtTheirClosestEncloser) {
  EXPECT_EQ(match("host3.example."), "wildcard *.example. 1");
  EXPECT_EQ(match("foo.bar.example."), "wildcard *.example. 2");
}

TEST(Rfc4592Section221, WhereTheClosestEncloserHasNoWildcardThereIsNothing) {
  EXPECT_EQ(match("_telnet._tcp.host1.example."), "absent . 1");
  EXPECT_EQ(match("ghost.*.example."), "absent . 1");
}

TEST(Rfc1034Section432, AtACutAndBelowTheZoneIsDelegated) {
  EXPECT_EQ(match("subdel.example."), "delegated subdel.example. 0");
  EXPECT_EQ(match("host.subdel.example."), "delegated subdel.example. 1");
  EXPECT_EQ(match("below.subdel.example."), "delegated subdel.example. 1");
  const auto glue = zone.find(name("below.subdel.example.").wire());
  ASSERT_TRUE(glue);
  EXPECT_TRUE(glue.is_hidden());
  EXPECT_TRUE(zone.find(name("subdel.example.").wire()).is_cut());
  EXPECT_FALSE(zone.apex_node().is_cut());
}

TEST(Rfc6672Section32, BelowADnameNamesAreRedirected) {
  EXPECT_EQ(match("old.example."), "found old.example. 0");
  EXPECT_EQ(match("a.b.old.example."), "redirected old.example. 2");
}

TEST(Zone, HasTheRecordsOfANameByType) {
  const auto wildcard = zone.find(name("*.example.").wire());
  ASSERT_TRUE(wildcard);
  EXPECT_EQ(wildcard.find(type::mx).count, 1);
  EXPECT_EQ(wildcard.first().type, type::mx) << "the lowest type";
  EXPECT_FALSE(wildcard.find(type::a));
  EXPECT_EQ(wildcard.all().size(), 2U);
  EXPECT_TRUE(zone.apex_node().has_wildcard());
  EXPECT_FALSE(zone.find(name("none.example.").wire()));
  EXPECT_EQ(zone.find_covering(name("none.example.")), wildcard);
}

TEST(Rfc2308Section3, TheSoaOfADenialHasTheLowerOfItsTtlAndItsMinimum) {
  const auto soa = zone.negative_soa();
  EXPECT_EQ(soa.type, type::soa);
  EXPECT_EQ(thence::load32(soa.records.data() + 6), 300U);
  EXPECT_EQ(thence::load32(zone.apex_node().find(type::soa).records.data() + 6), 3600U);
}

TEST(Zone, WithoutSignaturesProvesNothing) {
  EXPECT_FALSE(zone.has_nsec());
  EXPECT_FALSE(zone.has_nsec3());
}

}  // namespace zone_test
