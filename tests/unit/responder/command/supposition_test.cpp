#include "responder/command/supposition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace supposition_test {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

namespace {

boost::asio::ip::address address(const char* text) { return boost::asio::ip::make_address(text); }

thence::InterfaceTable host() {
  return thence::InterfaceTable(
      {{1, "lo", true, {{address("127.0.0.1"), 8}}}, {7, "eth0", true, {{address("10.0.0.1"), 24}}}});
}

std::string mistake(const std::string& text) {
  auto interfaces = host();
  try {
    thence::read_supposition(text, interfaces);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST(Supposition, HasARouteAndDetails) {
  auto interfaces = host();
  const auto supposed =
      thence::read_supposition("interface=eth0,local=10.0.0.9,client=10.9.8.7,transport=tcp,name=a,x=y=z", interfaces);
  EXPECT_EQ(supposed.route,
            (thence::Route{{address("10.9.8.7"), 40000}, {address("10.0.0.9"), 53}, 7, thence::Transport::tcp}));
  EXPECT_THAT(supposed.details, UnorderedElementsAre(std::pair("name", "a"), std::pair("x", "y=z")));
  EXPECT_EQ(interfaces, host());
}

TEST(Supposition, WithoutAnInterfaceItIsTheOneOfTheAddress) {
  auto interfaces = host();
  EXPECT_EQ(thence::read_supposition("local=10.0.0.1,client=10.9.8.7", interfaces).route.interface, 7U);
  EXPECT_EQ(thence::read_supposition("local=10.0.0.2,client=10.9.8.7", interfaces).route.interface, 0U);
}

TEST(Supposition, KnowsWhatWasNamed) {
  auto interfaces = host();
  const auto named = thence::read_supposition("local=10.0.0.1,client=10.9.8.7,interface=lo,port=5300", interfaces);
  EXPECT_TRUE(named.names_interface && named.names_port);
  EXPECT_EQ(named.route.local.port(), 5300);
  const auto unnamed = thence::read_supposition("local=10.0.0.1,client=10.9.8.7", interfaces);
  EXPECT_FALSE(unnamed.names_interface || unnamed.names_port);
}

TEST(Supposition, AnInterfaceThatTheHostLacksIsMadeUp) {
  auto interfaces = host();
  const auto supposed = thence::read_supposition("interface=wg0,local=2001:db8::1,client=2001:db8::2", interfaces);
  EXPECT_EQ(interfaces.name(supposed.route.interface), "wg0");
  EXPECT_EQ(interfaces.find(supposed.route.interface)->addresses.front().address, address("2001:db8::1"));
}

TEST(Supposition, EachMistakeIsNamed) {
  EXPECT_THAT(mistake(""), HasSubstr("'' is no KEY=VALUE"));
  EXPECT_THAT(mistake("local=10.0.0.1"), HasSubstr("client is missing; allowed: client= and an IPv4 or IPv6 address"));
  EXPECT_THAT(mistake("local=10.0.0,client=10.0.0.1"), HasSubstr("local=10.0.0 is no address"));
  EXPECT_THAT(mistake("local=10.0.0.1,client=::1"), HasSubstr("of different families"));
  EXPECT_THAT(mistake("local=10.0.0.1,client=10.0.0.2,transport=sctp"), HasSubstr("transport=sctp is not known"));
  for (const auto* const port : {"0", "65536", "53x", ""}) {
    EXPECT_THAT(mistake("local=10.0.0.1,client=10.0.0.2,port=" + std::string(port)), HasSubstr(" is no port")) << port;
  }
  EXPECT_THAT(mistake("local=10.0.0.1,local=10.0.0.2"), HasSubstr("local stands there twice"));
}

}  // namespace supposition_test
