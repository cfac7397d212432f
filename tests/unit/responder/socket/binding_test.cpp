#include "responder/socket/binding.hpp"

#include "protocols/arrival_filter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace binding_test {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace thence;
namespace ip = boost::asio::ip;

namespace {

// Indexes that no interface has here, so that no name stands in for them.
const InterfaceTable host{{
    {1, "lo", true, {{ip::make_address("127.0.0.1"), 8}, {ip::make_address("::1"), 128}}},
    {90002, "eth0", true, {{ip::make_address("192.0.2.1"), 24}, {ip::make_address("fe80::1"), 64}}},
    {90003,
     "eth1",
     true,
     {{ip::make_address("192.0.2.1"), 24},
      {ip::make_address("fe80::1"), 64},
      {ip::make_address("2001:db8::1"), 64, false}}},
}};

std::vector<std::string> texts(const std::vector<Binding>& bindings) {
  std::vector<std::string> all;
  all.reserve(bindings.size());
  for (const auto& each : bindings) all.push_back(text(each));
  return all;
}

config::Listener listener(config::GlobList interfaces = {}, config::PrefixList addresses = {}) {
  config::Listener made;
  made.port = 53;
  made.interfaces = std::move(interfaces);
  made.addresses = std::move(addresses);
  return made;
}

}  // namespace

TEST(Binding, ASocketAnAddressIsForEachUsableAddressOnce) {
  EXPECT_THAT(texts(address_bindings(listener(), Transport::udp, {}, host)),
              ElementsAre("udp 127.0.0.1:53", "udp [::1]:53", "udp 192.0.2.1:53", "udp [fe80::1%90002]:53",
                          "udp [fe80::1%90003]:53"));
}

TEST(Binding, ASocketAnAddressFollowsInterfacesAddressesAndFamilies) {
  EXPECT_THAT(texts(address_bindings(listener({{"eth*"}, {"eth0"}}), Transport::tcp, {}, host)),
              ElementsAre("tcp 192.0.2.1:53", "tcp [fe80::1%90003]:53"));
  EXPECT_THAT(texts(address_bindings(listener({}, {{}, {*config::Prefix::parse("::/0")}}), Transport::udp, {}, host)),
              ElementsAre("udp 127.0.0.1:53", "udp 192.0.2.1:53"));
  EXPECT_THAT(address_bindings(listener({{"eth1"}, {}}), Transport::udp, {.ipv4 = false, .ipv6 = false}, host),
              IsEmpty());
}

TEST(Binding, AnAddressOnLoIsBoundForRequestsThroughOtherInterfaces) {
  const InterfaceTable with_vip{{
      {90001, "lo", true, {{ip::make_address("127.0.0.1"), 8}, {ip::make_address("203.0.113.53"), 32}}, true},
      {90002, "eth0", true, {{ip::make_address("192.0.2.1"), 24}}},
      {90003, "virbr0", true, {{ip::make_address("198.51.100.1"), 24}}},
  }};
  EXPECT_THAT(texts(address_bindings(listener({{"*"}, {"lo", "virbr0"}}), Transport::udp, {}, with_vip)),
              ElementsAre("udp 203.0.113.53:53", "udp 192.0.2.1:53"));
  EXPECT_THAT(texts(address_bindings(listener({{"eth0"}, {}}), Transport::udp, {}, with_vip)),
              ElementsAre("udp 203.0.113.53:53", "udp 192.0.2.1:53"));
  EXPECT_THAT(
      texts(address_bindings(listener({{"eth0"}, {}}), Transport::udp, {}, with_vip, Addresses::all_that_arrive)),
      ElementsAre("udp 203.0.113.53:53", "udp 192.0.2.1:53", "udp 198.51.100.1:53"));
}

TEST(Binding, OfADeviceHasItsIndexOnceItIsThere) {
  auto of_device = listener();
  of_device.device = "eth0";
  const auto wildcards = wildcard_bindings(of_device, Transport::udp, {}, host);
  EXPECT_THAT(texts(wildcards), ElementsAre("udp 0.0.0.0%eth0:53", "udp [::]%eth0:53"));
  EXPECT_EQ(wildcards.front().device_index, 90002U);
  EXPECT_THAT(texts(address_bindings(of_device, Transport::tcp, {}, host)),
              ElementsAre("tcp 192.0.2.1%eth0:53", "tcp [fe80::1%90002]%eth0:53"));
  of_device.device = "eth9";
  EXPECT_EQ(wildcard_bindings(of_device, Transport::udp, {}, host).front().device_index, 0U);
  EXPECT_THAT(address_bindings(of_device, Transport::tcp, {}, host), IsEmpty());
}

TEST(Binding, CoversWhatItsSocketCanBeAskedOn) {
  const auto wildcards = wildcard_bindings(listener(), Transport::udp, {});
  ASSERT_EQ(wildcards.size(), 2U);
  EXPECT_TRUE(wildcards[0].covers(ip::make_address("192.0.2.1"), 90002));
  EXPECT_FALSE(wildcards[0].covers(ip::make_address("::1"), 1));
  const auto own = address_bindings(listener({{"eth1"}, {}}), Transport::udp, {}, host);
  EXPECT_TRUE(own[0].covers(ip::make_address("192.0.2.1"), 90002));
  EXPECT_TRUE(own[1].covers(ip::make_address("fe80::1"), 90003));
  EXPECT_FALSE(own[1].covers(ip::make_address("fe80::1"), 90002));
}

}  // namespace binding_test
