#include "config/prefix.hpp"

#include <gtest/gtest.h>

namespace prefix_test {

using boost::asio::ip::make_address;
using thence::config::masked;
using thence::config::Prefix;
using thence::config::PrefixList;

TEST(Prefix, IsReadWithAndWithoutALength) {
  EXPECT_EQ(Prefix::parse("10.0.0.0/8"), (Prefix{make_address("10.0.0.0"), 8}));
  EXPECT_EQ(Prefix::parse("0.0.0.0/0"), (Prefix{make_address("0.0.0.0"), 0}));
  EXPECT_EQ(Prefix::parse("192.0.2.1"), (Prefix{make_address("192.0.2.1"), 32}));
  EXPECT_EQ(Prefix::parse("2001:db8::/33"), (Prefix{make_address("2001:db8::"), 33}));
  EXPECT_EQ(Prefix::parse("2001:db8::1"), (Prefix{make_address("2001:db8::1"), 128}));
}

TEST(Prefix, WhatIsNoneIsNotRead) {
  for (const auto* const text :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8x", "10.0.0.0/8/8", "10.0.0/8",
        "eth0", "::/129", "fe80::1%lo", "::ffff:192.0.2.1", "::ffff:192.0.2.0/120"}) {
    EXPECT_EQ(Prefix::parse(text), std::nullopt) << text;
  }
}

TEST(Prefix, HasNoBitsBehindThoseThatCount) {
  EXPECT_EQ(Prefix::parse("10.0.0.1/8"), std::nullopt);
  EXPECT_EQ(Prefix::parse("2001:db8::8000:0:0:0/64"), std::nullopt);
  EXPECT_NE(Prefix::parse("2001:db8::8000:0:0:0/65"), std::nullopt);
  EXPECT_EQ(masked(make_address("192.0.2.255"), 25), make_address("192.0.2.128"));
  EXPECT_EQ(masked(make_address("192.0.2.255"), 0), make_address("0.0.0.0"));
  EXPECT_EQ(masked(make_address("2001:db8:ffff::1"), 33), make_address("2001:db8:8000::"));
}

TEST(Prefix, CoversTheAddressesOfItsFamilyThatBeginAsItDoes) {
  const auto ipv4 = *Prefix::parse("192.0.2.128/25");
  EXPECT_TRUE(ipv4.covers(make_address("192.0.2.128")));
  EXPECT_TRUE(ipv4.covers(make_address("192.0.2.255")));
  EXPECT_FALSE(ipv4.covers(make_address("192.0.2.127")));
  EXPECT_FALSE(ipv4.covers(make_address("192.0.3.128")));
  const auto all_ipv6 = *Prefix::parse("::/0");
  EXPECT_TRUE(all_ipv6.covers(make_address("2001:db8::1")));
  EXPECT_FALSE(all_ipv6.covers(make_address("192.0.2.1")));
}

TEST(Prefix, IsWrittenWithItsLength) {
  EXPECT_EQ(Prefix::parse("192.0.2.1")->text(), "192.0.2.1/32");
  EXPECT_EQ(Prefix::parse("2001:DB8::/32")->text(), "2001:db8::/32");
}

TEST(PrefixList, CoversWhatIsIncludedAndNotExcluded) {
  EXPECT_TRUE(PrefixList().empty());
  EXPECT_TRUE(PrefixList().covers(make_address("::1")));
  const PrefixList list{{*Prefix::parse("10.0.0.0/8"), *Prefix::parse("fd00::/8")}, {*Prefix::parse("10.1.0.0/16")}};
  EXPECT_FALSE(list.empty());
  EXPECT_TRUE(list.covers(make_address("10.2.0.1")));
  EXPECT_TRUE(list.covers(make_address("fd12::1")));
  EXPECT_FALSE(list.covers(make_address("10.1.0.1")));
  EXPECT_FALSE(list.covers(make_address("192.0.2.1")));
  const PrefixList all_but{{}, {*Prefix::parse("10.0.0.0/8")}};
  EXPECT_FALSE(all_but.covers(make_address("10.0.0.1")));
  EXPECT_TRUE(all_but.covers(make_address("2001:db8::1")));
}

}  // namespace prefix_test
