#include "responder/socket/group_source.hpp"

#include <gtest/gtest.h>

namespace group_source_test {

using namespace thence;
namespace ip = boost::asio::ip;

namespace {

InterfaceTable host() {
  const auto own = [](const char* address, std::uint8_t bits, bool usable = true) {
    return InterfaceAddress{ip::make_address(address), bits, usable, true};
  };
  return InterfaceTable({
      {1, "lo", true, {own("127.0.0.1", 8)}},
      {2,
       "lan0",
       true,
       {own("10.0.0.1", 24), own("10.1.0.1", 16), own("fe80::1", 64), own("2001:db8:9::1", 64, false),
        own("2001:db8:1::1", 64), own("2001:db8:2::1", 64)}},
      {3, "empty", true, {}},
  });
}

std::string source(std::uint32_t interface, const char* preferred, const char* peer) {
  const auto chosen = group_source(host(), interface, ip::make_address(preferred), ip::make_address(peer));
  return chosen ? chosen->to_string() : "none";
}

}  // namespace

TEST(GroupSource, TheKernelsProposalWhenItStandsOnTheArrivalInterface) {
  EXPECT_EQ(source(2, "10.1.0.1", "10.0.0.9"), "10.1.0.1");
}

TEST(GroupSource, NeverAnAddressOfAnotherInterface) { EXPECT_EQ(source(2, "127.0.0.1", "192.0.2.9"), "10.0.0.1"); }

TEST(GroupSource, TheSubnetOfThePeerFirst) {
  EXPECT_EQ(source(2, "0.0.0.0", "10.1.3.9"), "10.1.0.1");
  EXPECT_EQ(source(2, "::", "2001:db8:2::9"), "2001:db8:2::1");
}

TEST(GroupSource, LinkLocalIsAnsweredFromLinkLocal) {
  EXPECT_EQ(source(2, "::", "fe80::9%2"), "fe80::1");
  EXPECT_EQ(source(2, "::", "2001:db8:7::9"), "2001:db8:1::1") << "and the tentative address is not used";
}

TEST(GroupSource, NothingWhereNoAddressFits) {
  EXPECT_EQ(source(3, "0.0.0.0", "10.0.0.9"), "none");
  EXPECT_EQ(source(9, "0.0.0.0", "10.0.0.9"), "none");
  EXPECT_EQ(source(1, "::", "2001:db8::9"), "none");
}

}  // namespace group_source_test
