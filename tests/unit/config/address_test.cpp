#include "config/address.hpp"

#include <gtest/gtest.h>

namespace address_test {

using namespace thence::config;
using boost::asio::ip::make_address;

namespace {

TEST(Addresses, HaveAScope) {
  for (const auto* const each : {"127.0.0.1", "127.255.255.254", "::1"}) {
    EXPECT_EQ(scope_of(make_address(each)), Scope::loopback) << each;
  }
  for (const auto* const each : {"169.254.0.1", "169.254.255.254", "fe80::1", "febf::1"}) {
    EXPECT_EQ(scope_of(make_address(each)), Scope::link) << each;
  }
  for (const auto* const each : {"10.0.0.1", "10.255.255.254", "172.16.0.1", "172.31.255.254", "192.168.0.1",
                                 "100.64.0.1", "100.127.255.254", "fc00::1", "fdff::1"}) {
    EXPECT_EQ(scope_of(make_address(each)), Scope::private_use) << each;
  }
  for (const auto* const each :
       {"9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "100.63.255.255",
        "100.128.0.0", "169.253.255.255", "169.255.0.0", "2001:db8::1", "fbff::1", "fe00::1", "fec0::1"}) {
    EXPECT_EQ(scope_of(make_address(each)), Scope::global) << each;
  }
}

TEST(Addresses, OfOneClientAreOneHostsOwn) {
  EXPECT_EQ(client_of(make_address("192.0.2.9")), make_address("192.0.2.9"));
  EXPECT_EQ(client_of(make_address("2001:db8:1:2:3:4:5:6")), make_address("2001:db8:1:2::"));
}

TEST(Addresses, AreIpv4WhereADualStackSocketShowsThemMapped) {
  EXPECT_EQ(unmapped(make_address("::ffff:192.0.2.9")), make_address("192.0.2.9"));
  EXPECT_EQ(unmapped(make_address("192.0.2.9")), make_address("192.0.2.9"));
  EXPECT_EQ(unmapped(make_address("2001:db8::9")), make_address("2001:db8::9"));
}

}  // namespace

}  // namespace address_test
