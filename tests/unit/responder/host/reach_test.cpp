#include "responder/host/reach.hpp"

#include <string>

#include <gtest/gtest.h>

namespace reach_test {

using namespace thence;
using boost::asio::ip::make_address;

namespace {

// Indexes that no interface has here, so that no name stands in for them.
const InterfaceTable host{{
    {90001, "lo", true, {}, true},
    {90002, "eth0", true, {}},
    {90003, "red", true, {}},
    {90004, "eth1", true, {}, false, 90003},
}};

Reach reach_of(const config::Listener& listener, std::uint32_t interface, const char* address) {
  ArrivalFilter filter(listener.interfaces, listener.addresses);
  filter.update(host);
  return reach(listener, filter, host, *host.find(interface), make_address(address));
}

config::Listener listener(config::GlobList interfaces, std::string device = {}) {
  config::Listener made;
  made.interfaces = std::move(interfaces);
  made.device = std::move(device);
  return made;
}

}  // namespace

TEST(Reach, AnAddressMayBeAskedThroughOtherInterfacesThanItsOwn) {
  EXPECT_EQ(reach_of(listener({}), 90001, "203.0.113.53"), Reach::own);
  EXPECT_EQ(reach_of(listener({{"eth0"}, {}}), 90001, "203.0.113.53"), Reach::beyond);
  EXPECT_EQ(reach_of(listener({{"*"}, {"lo"}}), 90001, "2001:db8::53"), Reach::beyond);
  EXPECT_EQ(reach_of(listener({{"eth0"}, {}}), 90004, "198.51.100.1"), Reach::beyond);
  EXPECT_EQ(reach_of(listener({{"lo"}, {}}), 90002, "192.0.2.1"), Reach::none) << "nothing for it comes in at lo";
}

TEST(Reach, LoopbackAndLinkLocalAddressesAreAskedThroughTheirOwnOnly) {
  const auto all_but_lo = listener({{"*"}, {"lo"}});
  EXPECT_EQ(reach_of(all_but_lo, 90001, "127.0.0.1"), Reach::none);
  EXPECT_EQ(reach_of(all_but_lo, 90001, "::1"), Reach::none);
  EXPECT_EQ(reach_of(listener({{"eth0"}, {}}), 90004, "fe80::1"), Reach::none);
  EXPECT_EQ(reach_of(listener({{"eth1"}, {}}), 90004, "fe80::1"), Reach::own);
}

TEST(Reach, WhatIsExcludedIsOutOfReach) {
  auto some = listener({{"eth0"}, {}});
  some.addresses = {{}, {*config::Prefix::parse("203.0.113.0/24")}};
  EXPECT_EQ(reach_of(some, 90001, "203.0.113.53"), Reach::none);
}

TEST(Reach, ADeviceReceivesAtItselfAndAtItsPorts) {
  EXPECT_EQ(reach_of(listener({}, "eth0"), 90002, "192.0.2.1"), Reach::own);
  EXPECT_EQ(reach_of(listener({}, "eth0"), 90001, "127.0.0.1"), Reach::none);
  EXPECT_EQ(reach_of(listener({}, "eth0"), 90001, "203.0.113.53"), Reach::beyond);
  EXPECT_EQ(reach_of(listener({}, "red"), 90004, "198.51.100.1"), Reach::own);
  EXPECT_EQ(reach_of(listener({}, "red"), 90004, "fe80::1"), Reach::own);
  EXPECT_EQ(reach_of(listener({}, "not-there"), 90002, "192.0.2.1"), Reach::none);
}

}  // namespace reach_test
