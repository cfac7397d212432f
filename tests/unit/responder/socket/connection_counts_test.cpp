#include "responder/socket/connection_counts.hpp"

#include <gtest/gtest.h>

namespace connection_counts_test {

using namespace thence;

namespace {

boost::asio::ip::address address(const char* text) { return boost::asio::ip::make_address(text); }

}  // namespace

TEST(ConnectionCounts, AnIpv6ClientIsA64AndItsSiteA48) {
  ConnectionCounts counts;
  counts.add(address("2001:db8:1:1::1"));
  counts.add(address("2001:db8:1:1:ffff::1"));
  counts.add(address("2001:db8:1:2::1"));
  counts.add(address("2001:db8:2:1::1"));
  EXPECT_EQ(counts.of_client(address("2001:db8:1:1::9")), 2U);
  EXPECT_EQ(counts.of_client(address("2001:db8:1:3::9")), 0U);
  EXPECT_EQ(counts.of_site(address("2001:db8:1:3::9")), 3U);
  EXPECT_TRUE(same_site(address("2001:db8:1:1::1"), address("2001:db8:1:ffff::")));
  EXPECT_FALSE(same_site(address("2001:db8:1:1::1"), address("2001:db8:2:1::1")));
}

TEST(ConnectionCounts, AnIpv4AddressIsBoth) {
  ConnectionCounts counts;
  counts.add(address("192.0.2.1"));
  counts.add(address("192.0.2.2"));
  EXPECT_EQ(counts.of_client(address("192.0.2.1")), 1U);
  EXPECT_EQ(counts.of_site(address("192.0.2.1")), 1U);
  EXPECT_FALSE(same_site(address("192.0.2.1"), address("192.0.2.2")));
}

TEST(ConnectionCounts, CountDownToNone) {
  ConnectionCounts counts;
  for (int i = 0; i < 2; ++i) counts.add(address("2001:db8::1"));
  counts.remove(address("2001:db8::2"));
  EXPECT_EQ(counts.of_client(address("2001:db8::1")), 1U);
  counts.remove(address("2001:db8::1"));
  counts.remove(address("2001:db8::1"));
  EXPECT_EQ(counts.of_client(address("2001:db8::1")), 0U);
  EXPECT_EQ(counts.of_site(address("2001:db8::1")), 0U);
}

}  // namespace connection_counts_test
