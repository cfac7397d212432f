#include "responder/configuration/served_addresses.hpp"

#include "responder/configuration/snapshot.hpp"
#include "responder/host/host_families.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace served_addresses_test {

using boost::asio::ip::make_address;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace thence;

// Indexes that no interface has here, so that no name stands in for them.
const InterfaceTable host{{
    {90001,
     "eth0",
     true,
     {{make_address("192.0.2.1"), 24}, {make_address("2001:db8::1"), 64, false}, {make_address("fe80::1"), 64}}},
    {90002, "eth1", true, {{make_address("198.51.100.1"), 24}}},
    {90003, "down", false, {{make_address("203.0.113.1"), 24}}},
}};

Snapshot snapshot(const std::string& yaml) { return load(config::Document::parse("t.yaml", yaml)); }

/// `INTERFACE ADDRESS PORT...`, a text each.
std::vector<std::string> addresses(const Snapshot& of, HostFamilies families = {}) {
  std::vector<std::string> all;
  for (const auto& each : served_addresses(of, host, families)) {
    all.push_back(each.interface + ' ' + each.address.to_string());
    for (const auto* const listener : each.listeners) all.back() += ' ' + std::to_string(listener->port);
  }
  return all;
}

TEST(ServedAddresses, AreTheUsableOnesOfInterfacesThatAreUp) {
  EXPECT_THAT(addresses(snapshot("listeners: [{ port: 53, protocols: [dns] }]")),
              ElementsAre("eth0 192.0.2.1 53", "eth0 fe80::1%90001 53", "eth1 198.51.100.1 53"));
}

TEST(ServedAddresses, AreThoseThatAListenerCovers) {
  const auto filtered = snapshot(
      "listeners:\n"
      "- { port: 53, protocols: [dns], interfaces: [eth1] }\n"
      "- { port: 3478, protocols: [stun], addresses: [192.0.2.0/24, 198.51.100.0/24] }\n"
      "- { port: 54, protocols: [dns], families: [ipv6] }\n");
  EXPECT_THAT(addresses(filtered),
              ElementsAre("eth0 192.0.2.1 3478", "eth0 fe80::1%90001 54", "eth1 198.51.100.1 53 3478"));
  EXPECT_THAT(addresses(filtered, {.ipv4 = true, .ipv6 = false}),
              ElementsAre("eth0 192.0.2.1 3478", "eth1 198.51.100.1 53 3478"));
  EXPECT_THAT(addresses(filtered, {.ipv4 = false, .ipv6 = false}), IsEmpty());
}

TEST(ServedAddresses, AreThoseOnLoThatAreAskedThroughOthers) {
  const InterfaceTable with_vip{
      {{90000, "lo", true, {{make_address("127.0.0.1"), 8}, {make_address("203.0.113.53"), 32}}, true},
       {90001, "eth0", true, {{make_address("192.0.2.1"), 24}}}}};
  for (const auto* const interfaces : {"[eth0]", "['*', '!lo']"}) {
    const auto of =
        snapshot("listeners: [{ port: 53, protocols: [dns], interfaces: " + std::string(interfaces) + " }]");
    const auto served = served_addresses(of, with_vip, {});
    ASSERT_EQ(served.size(), 2U);
    EXPECT_EQ(served[0].address, make_address("203.0.113.53"));
    EXPECT_EQ(served[1].address, make_address("192.0.2.1"));
    EXPECT_TRUE(interfaces_serving(of, "dns", with_vip).is_local(make_address("203.0.113.53")));
  }
}

TEST(ServedAddresses, KnowTheViewsThatMayServeThem) {
  const auto viewed = snapshot(
      "listeners: [{ port: 53, protocols: [dns] }]\n"
      "dns: { views: [{ name: inside, match: { interfaces: [eth0] } }, { name: rest }] }\n");
  const auto served = served_addresses(viewed, host, {});
  ASSERT_EQ(served.size(), 3U);
  EXPECT_THAT(served[0].views, ElementsAre("dns inside", "dns rest"));
  EXPECT_THAT(served[2].views, ElementsAre("dns rest"));
}

TEST(ServedAddresses, KnowTheViewsOfOtherInterfacesWhereTheyAreOtherOnes) {
  const auto viewed = snapshot(
      "listeners: [{ port: 53, protocols: [dns], interfaces: ['eth*'] }]\n"
      "dns: { views: [{ name: inside, match: { interfaces: [eth0] } }, { name: rest }] }\n");
  const InterfaceTable many{{{90001, "eth0", true, {{make_address("192.0.2.1"), 24}, {make_address("fe80::1"), 64}}},
                             {90002, "eth1", true, {{make_address("198.51.100.1"), 24}}},
                             {90003, "eth2", true, {}},
                             {90004, "eth3", false, {}},
                             {90005, "wg0", true, {}}}};
  const auto served = served_addresses(viewed, many, {});
  ASSERT_EQ(served.size(), 3U);
  EXPECT_EQ(served[0].views_text(), "dns inside, dns rest; by eth1, eth2: dns rest");
  EXPECT_EQ(served[1].views_text(), "dns inside, dns rest") << "a link-local address is asked on its link only";
  EXPECT_EQ(served[2].views_text(), "dns rest; by eth0: dns inside, dns rest");
}

TEST(ServedAddresses, NameAFewInterfacesOnly) {
  const auto viewed = snapshot(
      "listeners: [{ port: 53, protocols: [dns] }]\n"
      "dns: { views: [{ name: inside, match: { interfaces: [eth0] } }] }\n");
  std::vector<Interface> many{{90000, "eth0", true, {{make_address("192.0.2.1"), 24}}}};
  for (std::uint32_t i = 1; i <= 20; ++i) many.push_back({90000 + i, "eth" + std::to_string(i), true, {}});
  const auto served = served_addresses(viewed, InterfaceTable(many), {});
  ASSERT_EQ(served.size(), 1U);
  EXPECT_THAT(served[0].views_text(), testing::StartsWith("dns inside; by eth1, eth2, "));
  EXPECT_THAT(served[0].views_text(), testing::EndsWith(", eth16 and 4 more: none"));
}

TEST(ServedAddresses, OfAProtocolAreThoseWhereItIsServedOverUdp) {
  const auto of_protocols = snapshot(
      "listeners:\n"
      "- { port: 53, protocols: [dns] }\n"
      "- { port: 3478, protocols: [stun], addresses: [192.0.2.1] }\n"
      "- { port: 3479, protocols: [stun], transports: [tcp] }\n");
  const auto stun = interfaces_serving(of_protocols, "stun", host);
  EXPECT_TRUE(stun.is_local(make_address("192.0.2.1")));
  EXPECT_FALSE(stun.is_local(make_address("198.51.100.1")));
  EXPECT_EQ(stun.name(90002), "eth1") << "an interface stays without its addresses";
  EXPECT_TRUE(interfaces_serving(of_protocols, "dns", host).is_local(make_address("198.51.100.1")));
}

TEST(ServedAddresses, AListenerIsSaidWithProtocolsPortAndTransports) {
  const auto said = [](const std::string& listener) {
    return served(snapshot("listeners: [" + listener + "]").settings.listeners.front());
  };
  EXPECT_EQ(said("{ port: 53, protocols: [dns] }"), "DNS 53 udp+tcp");
  EXPECT_EQ(said("{ port: 3478, protocols: [dns, stun], transports: [udp] }"), "DNS+STUN 3478 udp");
  EXPECT_EQ(said("{ port: 53, protocols: [dns], transports: [tcp] }"), "DNS 53 tcp");
}

}  // namespace served_addresses_test
