#include "responder/dispatch/traffic_table.hpp"

#include <gtest/gtest.h>

namespace traffic_table_test {

using namespace thence;
namespace ip = boost::asio::ip;

namespace {

constexpr std::size_t protocols = 2;

Interface interface(std::uint32_t index, const std::vector<std::string>& addresses) {
  Interface made{index, "i" + std::to_string(index), true, {}};
  for (const auto& each : addresses) made.addresses.push_back({ip::make_address(each), 24});
  return made;
}

Route route(const std::string& local, std::uint32_t at, Transport transport = Transport::udp) {
  return {{}, {ip::make_address(local), 53}, at, transport};
}

/// @return the row of an interface and address; the last one plus one where there is none
std::size_t row_of(const TrafficTable& table, std::uint32_t index, const ip::address& address) {
  std::size_t row = 0;
  while (row < table.rows().size() && !(table.rows()[row].interface == index && table.rows()[row].address == address)) {
    ++row;
  }
  return row;
}

std::uint64_t requests(const TrafficTable& table, std::size_t row) {
  return table.traffic(row, 0, Transport::udp).requests;
}

}  // namespace

TEST(TrafficTable, EachAddressOfEachInterfaceHasItsOwnCounts) {
  TrafficTable table(protocols);
  table.update(InterfaceTable({interface(2, {"10.0.0.1", "fe80::1"}), interface(3, {"10.0.0.1", "fe80::1"})}));
  ++table.traffic(route("10.0.0.1", 2), 0).requests;
  table.traffic(route("10.0.0.1", 3), 0).requests += 2;
  table.traffic(route("10.0.0.1", 3), 1).requests += 4;
  table.traffic(route("10.0.0.1", 3, Transport::tcp), 1).requests += 8;
  table.dropped(route("fe80::1", 3)) = 16;
  const auto second = row_of(table, 2, ip::make_address("10.0.0.1"));
  const auto third = row_of(table, 3, ip::make_address("10.0.0.1"));
  EXPECT_EQ(requests(table, second), 1U);
  EXPECT_EQ(requests(table, third), 2U);
  EXPECT_EQ(table.traffic(third, 1, Transport::udp).requests, 4U);
  EXPECT_EQ(table.traffic(third, 1, Transport::tcp).requests, 8U);
  EXPECT_EQ(table.rows()[row_of(table, 3, ip::make_address("fe80::1"))].dropped, 16U);
}

TEST(TrafficTable, WhatTheHostDoesNotHaveIsCountedByItsInterfaceAlone) {
  TrafficTable table(protocols);
  table.update(InterfaceTable({interface(2, {"10.0.0.1"})}));
  for (unsigned i = 0; i < 70'000; ++i) {
    ++table.traffic({{}, {ip::address_v4(0xC6330000U + i), 53}, 2, Transport::udp}, 0).requests;
  }
  ++table.traffic(route("10.0.0.9", 9), 0).requests;
  EXPECT_EQ(table.rows().size(), 3U);
  EXPECT_EQ(requests(table, row_of(table, 2, {})), 70'000U);
  EXPECT_EQ(requests(table, 0), 1U);
}

TEST(TrafficTable, AnAddressThatIsAskedByAnotherInterfaceIsCountedWhereItStands) {
  TrafficTable table(protocols);
  table.update(InterfaceTable({interface(1, {"10.0.0.9"}), interface(2, {"10.0.0.1"}), interface(3, {"10.0.0.9"})}));
  ++table.traffic(route("10.0.0.9", 2), 0).requests;
  ++table.traffic(route("10.0.0.9", 3), 0).requests;
  EXPECT_EQ(requests(table, row_of(table, 1, ip::make_address("10.0.0.9"))), 1U);
  EXPECT_EQ(requests(table, row_of(table, 3, ip::make_address("10.0.0.9"))), 1U);
}

TEST(TrafficTable, WhatStaysKeepsItsCountsAndWhatGoesLosesNone) {
  TrafficTable table(protocols);
  table.update(InterfaceTable({interface(2, {"10.0.0.1", "10.0.0.2"}), interface(3, {"10.0.0.3"})}));
  table.traffic(route("10.0.0.1", 2), 0).requests = 1;
  table.traffic(route("10.0.0.2", 2), 0).requests = 2;
  table.traffic(route("10.0.0.3", 3), 0).requests = 4;
  table.unsent(route("10.0.0.3", 3)) = 8;
  table.update(InterfaceTable({interface(2, {"10.0.0.0", "10.0.0.2"})}));
  EXPECT_EQ(requests(table, row_of(table, 2, ip::make_address("10.0.0.2"))), 2U);
  EXPECT_EQ(requests(table, row_of(table, 2, ip::make_address("10.0.0.0"))), 0U);
  EXPECT_EQ(requests(table, 0), 5U);
  EXPECT_EQ(table.rows()[0].unsent, 8U);
}

TEST(TrafficTable, IsBoundedWhateverTheHostHas) {
  std::vector<std::string> addresses;
  for (unsigned i = 0; i < 5'000; ++i) addresses.push_back(ip::address_v4(0x0A000000U + i).to_string());
  std::vector<Interface> interfaces;
  for (std::uint32_t i = 1; i < 3'000; ++i) interfaces.push_back(interface(i, {}));
  interfaces.push_back(interface(3'000, addresses));
  TrafficTable table(protocols);
  table.update(InterfaceTable(interfaces));
  EXPECT_LE(table.rows().size(), bound_on_addresses + 2);
  for (const auto& each : addresses) ++table.traffic(route(each, 3'000), 0).requests;
  std::uint64_t sum = 0;
  for (std::size_t row = 0; row < table.rows().size(); ++row) sum += requests(table, row);
  EXPECT_EQ(sum, 5'000U);
}

}  // namespace traffic_table_test
