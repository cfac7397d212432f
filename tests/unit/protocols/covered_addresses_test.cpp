#include "protocols/covered_addresses.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace covered_addresses_test {

using thence::CoveredAddresses;
using thence::config::Listener;
using thence::config::Prefix;

namespace {

boost::asio::ip::address address(const std::string& text) { return boost::asio::ip::make_address(text); }

Listener listener(std::uint16_t port, const std::vector<std::string>& included,
                  const std::vector<std::string>& excluded = {}, const std::string& protocol = "dns") {
  Listener made;
  made.port = port;
  made.protocols = {protocol};
  for (const auto& each : included) made.addresses.included.push_back(Prefix::parse(each).value());
  for (const auto& each : excluded) made.addresses.excluded.push_back(Prefix::parse(each).value());
  return made;
}

TEST(CoveredAddresses, AreThoseOfTheListenersOfThePortAndProtocol) {
  const CoveredAddresses covered({listener(53, {"10.0.0.1", "2001:db8::/64"}), listener(5353, {}, {"10.0.0.1"}),
                                  listener(53, {"192.0.2.1"}, {}, "stun")},
                                 "dns");
  EXPECT_TRUE(covered.covers(address("10.0.0.1"), 53));
  EXPECT_TRUE(covered.covers(address("2001:db8::1"), 53));
  EXPECT_FALSE(covered.covers(address("10.0.0.2"), 53));
  EXPECT_FALSE(covered.covers(address("192.0.2.1"), 53));
  EXPECT_FALSE(covered.covers(address("10.0.0.1"), 5353));
  EXPECT_TRUE(covered.covers(address("10.0.0.2"), 5353));
}

TEST(CoveredAddresses, AreAllWhereThereIsNoListener) {
  EXPECT_TRUE(CoveredAddresses().covers(address("10.0.0.1"), 53));
  EXPECT_TRUE(CoveredAddresses({listener(53, {"10.0.0.1"})}, "dns").covers(address("192.0.2.1"), 54));
}

TEST(CoveredAddresses, AreUpToTheListenerOfTheFamily) {
  auto four = listener(53, {"10.0.0.1"});
  four.ipv6 = false;
  auto six = listener(53, {"2001:db8::1"});
  six.ipv4 = false;
  for (const auto& both : {CoveredAddresses({four, six}, "dns"), CoveredAddresses({six, four}, "dns")}) {
    EXPECT_TRUE(both.covers(address("10.0.0.1"), 53));
    EXPECT_TRUE(both.covers(address("2001:db8::1"), 53));
    EXPECT_FALSE(both.covers(address("10.0.0.2"), 53));
    EXPECT_FALSE(both.covers(address("2001:db8::2"), 53));
  }
  EXPECT_FALSE(CoveredAddresses({four}, "dns").covers(address("2001:db8::1"), 53)) << "it is not in the only list";
  four.addresses = {};
  EXPECT_TRUE(CoveredAddresses({four}, "dns").covers(address("2001:db8::1"), 53));
  six.addresses = {};
  EXPECT_TRUE(CoveredAddresses({four, six}, "dns").covers(address("2001:db8::9"), 53));
}

}  // namespace

}  // namespace covered_addresses_test
