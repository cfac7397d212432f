#include "responder/run/status_report.hpp"

#include "responder/configuration/registry.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace status_report_test {

using namespace thence;
using boost::asio::ip::make_address;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

const InterfaceTable host{{{90001, "eth0", true, {{make_address("192.0.2.1"), 24}, {make_address("fe80::1"), 64}}}}};

Route route(const char* local, std::uint32_t interface, Transport transport = Transport::udp) {
  return {{make_address("192.0.2.9"), 4000}, {make_address(local), 53}, interface, transport};
}

/// Of a worker to which nothing has happened yet.
WorkerReport report() {
  WorkerReport made{Counters(), TrafficTable(plugins().size()), std::vector<LatencyHistogram>(plugins().size()),
                    std::vector<std::vector<Measure>>(plugins().size())};
  made.traffic.update(host);
  return made;
}

class StatusReport : public testing::Test {
 protected:
  Status status(const std::vector<WorkerReport>& reports) const { return status_of(snapshot_, host, {}, reports); }

  const std::size_t dns_ = plugin_index("dns");
  const Snapshot snapshot_ = load(config::Document::parse("t.yaml",
                                                          "listeners:\n"
                                                          "- { port: 53, protocols: [dns], families: [ipv4] }\n"
                                                          "dns: { views: [{ name: inside }] }\n"));
};

}  // namespace

TEST_F(StatusReport, SaysWhatIsServedWhere) {
  const auto all = status({report()});
  EXPECT_EQ(all.workers, 1U);
  ASSERT_EQ(all.addresses.size(), 2U) << "others only where something happened to them";
  EXPECT_EQ(all.addresses[0].interface, "eth0");
  EXPECT_EQ(all.addresses[0].address, "192.0.2.1");
  ASSERT_EQ(all.addresses[0].served.size(), 1U);
  EXPECT_EQ(all.addresses[0].served[0].port, 53);
  EXPECT_THAT(all.addresses[0].served[0].protocols, ElementsAre("dns"));
  EXPECT_EQ(all.addresses[0].served[0].transports, Transports::all());
  EXPECT_THAT(all.addresses[0].views, ElementsAre("dns inside"));
  EXPECT_EQ(all.addresses[1].address, "fe80::1%90001");
  EXPECT_THAT(all.addresses[1].served, IsEmpty());
}

TEST_F(StatusReport, AddsUpWhatTheWorkersHaveCounted) {
  auto one = report();
  auto other = report();
  one.counters["udp.received"].value = 5;
  other.counters["udp.received"].value = 7;
  other.counters["udp.answered"].value = 3;
  one.traffic.traffic(route("192.0.2.1", 90001), dns_) = {1, 2, 3};
  other.traffic.traffic(route("192.0.2.1", 90001), dns_) = {10, 20, 30};
  other.traffic.traffic(route("192.0.2.1", 90001, Transport::tcp), dns_) = {100, 200, 300};
  one.traffic.dropped(route("192.0.2.1", 90001)) = 4;
  other.traffic.unsent(route("192.0.2.1", 90001)) = 6;
  one.latency[dns_].add(std::chrono::microseconds(2), 1);
  other.latency[dns_].add(std::chrono::microseconds(2), 2);
  auto all = status({one, other});
  EXPECT_EQ(all.workers, 2U);
  EXPECT_EQ(all.counters["udp.received"], 12U);
  EXPECT_EQ(all.counters["udp.answered"], 3U);
  auto& address = all.addresses.at(0);
  const auto& udp = address.traffic[{"dns", Transport::udp}];
  EXPECT_EQ(udp.requests, 11U);
  EXPECT_EQ(udp.replies, 22U);
  EXPECT_EQ(udp.dropped, 33U);
  EXPECT_EQ((address.traffic[{"dns", Transport::tcp}].requests), 100U);
  EXPECT_EQ(address.dropped, 4U);
  EXPECT_EQ(address.unsent, 6U);
  EXPECT_EQ(all.latency["dns"].counts[1], 3U);
  EXPECT_DOUBLE_EQ(all.latency["dns"].seconds, 0.000'006);
}

TEST_F(StatusReport, WhatTheHostHasNotIsOther) {
  auto one = report();
  one.traffic.traffic(route("203.0.113.1", 7), dns_).requests = 9;
  auto all = status({one});
  ASSERT_EQ(all.addresses.size(), 3U);
  const auto other = std::ranges::find(all.addresses, "other", &AddressStatus::address);
  ASSERT_NE(other, all.addresses.end());
  EXPECT_EQ(other->interface, "other");
  EXPECT_EQ((other->traffic[{"dns", Transport::udp}].requests), 9U);
}

}  // namespace status_report_test
