#include "protocols/stun/alternate_address.hpp"

#include <string>

#include <gtest/gtest.h>

namespace alternate_address_test {

using namespace thence;
using thence::stun::AlternateAddresses;

namespace {

boost::asio::ip::address address(const std::string& text) { return boost::asio::ip::make_address(text); }

Interface interface(std::uint32_t index, std::initializer_list<const char*> addresses, bool up = true) {
  Interface made{index, "i" + std::to_string(index), up, {}};
  for (const auto* const each : addresses) made.addresses.push_back({address(each), 24});
  return made;
}

class AlternateAddress : public testing::Test {
 protected:
  void update(std::vector<Interface> interfaces) { alternates_.update(InterfaceTable(std::move(interfaces))); }

  /// "none" where there is no alternate.
  std::string of(const std::string& asked, std::uint32_t link = 0) const {
    const auto* const found = alternates_.find(address(asked), link);
    return found == nullptr ? "none" : found->to_string();
  }

  AlternateAddresses alternates_{{}, {}};
};

}  // namespace

TEST_F(AlternateAddress, Rfc5780Section6IsRelativeToTheAddressAsked) {
  update({interface(2, {"192.0.2.1"}), interface(3, {"198.51.100.1"})});
  EXPECT_EQ(of("192.0.2.1"), "198.51.100.1");
  EXPECT_EQ(of("198.51.100.1"), "192.0.2.1");
  EXPECT_EQ(of("203.0.113.1"), "none");
}

TEST_F(AlternateAddress, PrefersAnotherInterface) {
  update({interface(2, {"192.0.2.1", "192.0.2.2"}), interface(3, {"198.51.100.1"})});
  EXPECT_EQ(of("192.0.2.1"), "198.51.100.1");
  EXPECT_EQ(of("192.0.2.2"), "198.51.100.1");
  EXPECT_EQ(of("198.51.100.1"), "192.0.2.1");
  update({interface(2, {"192.0.2.1", "192.0.2.2", "192.0.2.3"})});
  EXPECT_EQ(of("192.0.2.1"), "192.0.2.2");
  EXPECT_EQ(of("192.0.2.2"), "192.0.2.1");
  EXPECT_EQ(of("192.0.2.3"), "192.0.2.1");
}

TEST_F(AlternateAddress, IsOfTheSameFamilyAndScope) {
  update({interface(2, {"192.0.2.1", "10.0.0.1", "2001:db8::1", "fd00::1"})});
  for (const auto* const each : {"192.0.2.1", "10.0.0.1", "2001:db8::1", "fd00::1"})
    EXPECT_EQ(of(each), "none") << each;
  update({interface(2, {"192.0.2.1", "10.0.0.1", "2001:db8::1", "fd00::1"}),
          interface(3, {"192.168.0.1", "100.64.0.1", "2001:db8::2", "fc00::2", "172.16.0.1"})});
  EXPECT_EQ(of("192.0.2.1"), "none");
  EXPECT_EQ(of("10.0.0.1"), "192.168.0.1");
  EXPECT_EQ(of("100.64.0.1"), "10.0.0.1");
  EXPECT_EQ(of("172.16.0.1"), "10.0.0.1");
  EXPECT_EQ(of("2001:db8::1"), "2001:db8::2");
  EXPECT_EQ(of("fd00::1"), "fc00::2");
}

TEST_F(AlternateAddress, OfALinkLocalAddressIsOnTheSameLink) {
  update({interface(2, {"fe80::1", "fe80::2", "169.254.0.1"}), interface(3, {"fe80::1", "fe80::3", "169.254.0.2"})});
  EXPECT_EQ(of("fe80::1", 2), "fe80::2");
  EXPECT_EQ(of("fe80::1", 3), "fe80::3");
  EXPECT_EQ(of("fe80::2", 2), "fe80::1");
  EXPECT_EQ(of("fe80::2", 3), "none");
  EXPECT_EQ(of("169.254.0.1"), "none");
}

TEST_F(AlternateAddress, StaysWhileBothExist) {
  update({interface(2, {"192.0.2.1", "192.0.2.2"})});
  EXPECT_EQ(of("192.0.2.1"), "192.0.2.2");
  // Not even for another interface.
  const auto more = [](std::initializer_list<const char*> first) {
    return std::vector{interface(1, {"203.0.113.1"}), interface(2, first), interface(3, {"198.51.100.1"})};
  };
  update(more({"192.0.2.0", "192.0.2.1", "192.0.2.2"}));
  EXPECT_EQ(of("192.0.2.1"), "192.0.2.2");
  EXPECT_EQ(of("192.0.2.2"), "192.0.2.1");
  EXPECT_EQ(of("192.0.2.0"), "203.0.113.1");
  AlternateAddresses next{{}, {}};
  next.follow(alternates_);
  next.update(InterfaceTable(more({"192.0.2.0", "192.0.2.1", "192.0.2.2"})));
  EXPECT_EQ(next.find(address("192.0.2.1"), 0)->to_string(), "192.0.2.2");
  update(more({"192.0.2.1"}));
  EXPECT_EQ(of("192.0.2.1"), "203.0.113.1");
  EXPECT_EQ(of("192.0.2.2"), "none");
  update({});
  EXPECT_EQ(of("192.0.2.1"), "none");
}

TEST_F(AlternateAddress, IsNeverTheAddressItselfWhichAnotherInterfaceMayHaveToo) {
  update({interface(2, {"192.0.2.1"}), interface(3, {"192.0.2.1"})});
  EXPECT_EQ(of("192.0.2.1"), "none");
  EXPECT_FALSE(alternates_.any());
  update({interface(2, {"192.0.2.1"}), interface(3, {"192.0.2.1", "192.0.2.2"})});
  EXPECT_EQ(of("192.0.2.1"), "192.0.2.2");
  EXPECT_EQ(of("192.0.2.2"), "192.0.2.1");
}

TEST_F(AlternateAddress, IsNoneThatIsDeprecatedOrTemporary) {
  auto passing = interface(2, {"2001:db8::dead", "2001:db8::1"});
  passing.addresses[0].lasting = false;
  update({passing});
  EXPECT_EQ(of("2001:db8::1"), "none");
  EXPECT_EQ(of("2001:db8::dead"), "2001:db8::1");
  update({passing, interface(3, {"2001:db8::3"})});
  EXPECT_EQ(of("2001:db8::3"), "2001:db8::1");
}

TEST_F(AlternateAddress, IsUpAndUsable) {
  auto tentative = interface(4, {"192.0.2.4"});
  tentative.addresses[0].usable = false;
  update({interface(2, {"192.0.2.1"}), interface(3, {"192.0.2.3"}, false), tentative});
  EXPECT_EQ(of("192.0.2.1"), "none");
}

TEST_F(AlternateAddress, AllOfTheIPv4LoopbackNetworkIsThere) {
  update({interface(1, {"127.0.0.1", "::1"})});
  EXPECT_EQ(of("127.0.0.1"), "127.0.0.2");
  EXPECT_EQ(of("127.0.0.2"), "127.0.0.1");
  EXPECT_EQ(of("127.1.2.3"), "127.0.0.1");
  EXPECT_EQ(of("::1"), "none");
  EXPECT_FALSE(alternates_.any());
  update({interface(1, {"127.0.0.1"}, false)});
  EXPECT_EQ(of("127.0.0.1"), "none");
}

TEST_F(AlternateAddress, AnAdvertisedAddressHasThePublicScope) {
  alternates_ = AlternateAddresses({}, {{address("10.0.0.5"), address("203.0.113.7")}});
  update({interface(2, {"10.0.0.5", "10.0.0.6"}), interface(3, {"192.0.2.1"})});
  EXPECT_EQ(of("10.0.0.5"), "192.0.2.1");
  EXPECT_EQ(of("192.0.2.1"), "10.0.0.5");
  EXPECT_EQ(of("10.0.0.6"), "none");
  EXPECT_TRUE(alternates_.any());
}

TEST_F(AlternateAddress, GivenPairsAreTheOnlyOnes) {
  alternates_ =
      AlternateAddresses({{address("192.0.2.1"), address("10.0.0.1")}, {address("::1"), address("fd00::1")}}, {});
  update({interface(1, {"::1", "127.0.0.1"}), interface(2, {"192.0.2.1", "192.0.2.2", "10.0.0.1"})});
  EXPECT_EQ(of("192.0.2.1"), "10.0.0.1");
  EXPECT_EQ(of("10.0.0.1"), "192.0.2.1");
  EXPECT_EQ(of("192.0.2.2"), "none");
  EXPECT_EQ(of("127.0.0.1"), "none");
  EXPECT_EQ(of("::1"), "none") << "the other one is not there";
  update({interface(2, {"192.0.2.1"}), interface(3, {"10.0.0.1"}, false)});
  EXPECT_EQ(of("192.0.2.1"), "none") << "the other one's interface is down";
  EXPECT_FALSE(alternates_.any());
  alternates_ = AlternateAddresses({{address("127.0.0.3"), address("127.0.0.4")}}, {});
  update({interface(1, {"127.0.0.1"})});
  EXPECT_EQ(of("127.0.0.3"), "127.0.0.4");
  EXPECT_EQ(of("127.0.0.1"), "none");
  EXPECT_TRUE(alternates_.any());
}

}  // namespace alternate_address_test
