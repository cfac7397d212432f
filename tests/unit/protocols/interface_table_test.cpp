#include "protocols/interface_table.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace interface_table_test {

using boost::asio::ip::make_address;
using testing::ElementsAre;
using thence::Interface;
using thence::InterfaceTable;

const InterfaceTable host{{{7, "eth0", true, {{make_address("192.0.2.1"), 24}, {make_address("fe80::1"), 64}}},
                           {1, "lo", true, {{make_address("127.0.0.1"), 8}}},
                           {3, "wg0", false, {{make_address("10.0.0.1"), 32}}}}};

TEST(InterfaceTable, IsInTheOrderOfTheIndexes) {
  std::vector<std::string> names;
  for (const auto& each : host) names.push_back(each.name);
  EXPECT_THAT(names, ElementsAre("lo", "wg0", "eth0"));
}

TEST(InterfaceTable, TheSmallestMtuIsOfThoseThatLeadToOtherHosts) {
  EXPECT_EQ(host.smallest_mtu(), 65535U) << "it is unknown";
  const InterfaceTable with_mtu{{{1, "lo", true, {}, true, 0, 576},
                                 {2, "eth0", true, {}, false, 0, 1500},
                                 {3, "wg0", true, {}, false, 0, 1420},
                                 {4, "down", false, {}, false, 0, 600}}};
  EXPECT_EQ(with_mtu.smallest_mtu(), 1420U);
}

TEST(InterfaceTable, FindsByIndex) {
  ASSERT_NE(host.find(7), nullptr);
  EXPECT_EQ(host.find(7)->name, "eth0");
  EXPECT_EQ(host.name(3), "wg0");
  for (const std::uint32_t none : {0U, 2U, 8U}) {
    EXPECT_EQ(host.find(none), nullptr) << none;
    EXPECT_EQ(host.name(none), "?") << none;
  }
  EXPECT_EQ(InterfaceTable().find(1), nullptr);
}

TEST(InterfaceTable, KnowsTheAddressesOfTheHost) {
  for (const auto* const own : {"192.0.2.1", "fe80::1", "10.0.0.1", "127.0.0.1", "127.9.9.9", "::1"}) {
    EXPECT_TRUE(host.is_local(make_address(own))) << own;
  }
  for (const auto* const other : {"192.0.2.2", "fe80::2", "0.0.0.0"}) {
    EXPECT_FALSE(host.is_local(make_address(other))) << other;
  }
}

}  // namespace interface_table_test
