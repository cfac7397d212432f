// What a view is matched by, and what is said about it.

#include "protocols/dns/view/view_match.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace view_match_test {

using boost::asio::ip::make_address;
using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;
using thence::Transport;
using thence::config::Prefix;
using thence::dns::ClientSubnet;
using thence::dns::read_view_match;
using thence::dns::ViewMatch;
using thence::dns::ViewRequest;
using thence::dns::why;
using thence::dns::why_not;

namespace {

/// Reads `match:`, and adds what is wrong with it to the problems.
ViewMatch read(const std::string& yaml, std::vector<std::string>& problems) {
  thence::config::Problems found;
  const auto document = thence::config::Document::parse("t.yaml", "match: " + yaml);
  auto map = thence::config::Cursor(document, found).map();
  auto match = read_view_match(map["match"]);
  for (const auto& each : found.sorted()) problems.push_back(each.text());
  return match;
}

ViewMatch match(const std::string& yaml) {
  std::vector<std::string> problems;
  auto match = read(yaml, problems);
  EXPECT_THAT(problems, IsEmpty());
  return match;
}

ClientSubnet subnet(const Prefix& network) {
  ClientSubnet subnet{.family = network.address.is_v4() ? ClientSubnet::ipv4 : ClientSubnet::ipv6,
                      .source = static_cast<std::uint8_t>(network.length)};
  const auto put = [&](const auto& octets) { std::ranges::copy(octets, subnet.address.begin()); };
  network.address.is_v4() ? put(network.address.to_v4().to_bytes()) : put(network.address.to_v6().to_bytes());
  return subnet;
}

ClientSubnet subnet(const std::string& network) { return subnet(Prefix::parse(network).value()); }

}  // namespace

TEST(ViewMatch, IsReadWithAllItsKeys) {
  const auto all =
      match(R"({ interfaces: ["lan*", "!lan9"], local: [192.0.2.0/24], clients: [10.0.0.0/8, "!10.9.0.0/16"],
                              subnets: ["2001:db8::/32"], transports: [tcp] })");
  EXPECT_THAT(all.interfaces.included, ElementsAre("lan*"));
  EXPECT_THAT(all.interfaces.excluded, ElementsAre("lan9"));
  EXPECT_THAT(all.local.included, ElementsAre(Prefix::parse("192.0.2.0/24")));
  EXPECT_THAT(all.clients.excluded, ElementsAre(Prefix::parse("10.9.0.0/16")));
  EXPECT_THAT(all.subnets.included, ElementsAre(Prefix::parse("2001:db8::/32")));
  EXPECT_EQ(all.transports, thence::Transports{thence::Transport::tcp});
  EXPECT_EQ(match("{}"), ViewMatch());
  EXPECT_EQ(match("~"), ViewMatch());
}

TEST(ViewMatch, TellsMistakes) {
  std::vector<std::string> problems;
  read(R"({ client: [10.0.0.0/8], local: [10.0.0.1/8], transports: [sctp] })", problems);
  EXPECT_THAT(problems, ElementsAre(HasSubstr("match.client: unknown key, did you mean 'clients'?"),
                                    HasSubstr("match.local[0]: '10.0.0.1/8' is no prefix"),
                                    HasSubstr("match.transports[0]: 'sctp'")));
}

TEST(ViewFinder, SaysWhyNot) {
  const auto said = [](const std::string& yaml, const ViewRequest& request) { return why_not(match(yaml), request); };
  ViewRequest request{.interface = "eth1", .local = make_address("192.0.2.53"), .client = make_address("10.9.0.1")};
  EXPECT_EQ(said("{}", request), std::nullopt);
  EXPECT_THAT(said("{ interfaces: ['lan*', wg0] }", request), Optional(Eq("interface eth1 is not one of lan*, wg0")));
  EXPECT_THAT(said("{ interfaces: ['!eth*'] }", request), Optional(Eq("interface eth1 is excluded by !eth*")));
  EXPECT_THAT(said("{ local: ['2001:db8::/32'] }", request),
              Optional(Eq("local address 192.0.2.53 is not within 2001:db8::/32")));
  EXPECT_THAT(said("{ clients: [10.0.0.0/8, '!10.9.0.0/16'] }", request),
              Optional(Eq("client 10.9.0.1 is excluded by !10.9.0.0/16")));
  EXPECT_THAT(said("{ clients: [10.1.0.0/16, 10.2.0.0/16, 10.3.0.0/16, 10.4.0.0/16, 10.5.0.0/16] }", request),
              Optional(Eq("client 10.9.0.1 is not within 10.1.0.0/16, 10.2.0.0/16, 10.3.0.0/16, 10.4.0.0/16 and 1 "
                          "more")));
  EXPECT_THAT(said("{ transports: [tcp] }", request), Optional(Eq("the transport is udp")));
  EXPECT_THAT(said("{ subnets: [203.0.113.0/24] }", request), Optional(Eq("no client subnet from a trusted client")));
  request.subnet = subnet("0.0.0.0/0");
  EXPECT_THAT(said("{ subnets: [203.0.113.0/24] }", request), Optional(Eq("the client subnet has no address")));
  request.subnet = subnet("203.0.112.0/23");
  EXPECT_THAT(said("{ subnets: [203.0.113.0/24] }", request),
              Optional(Eq("client subnet 203.0.112.0/23 is not within 203.0.113.0/24")));
  EXPECT_THAT(said("{ subnets: ['!203.0.113.0/24'] }", request),
              Optional(Eq("client subnet 203.0.112.0/23 is excluded by !203.0.113.0/24")));
  request.interface = "?";
  EXPECT_THAT(said("{ interfaces: ['!lan9'], transports: [tcp] }", request),
              Optional(Eq("the arrival interface is unknown")));
}

TEST(ViewFinder, SaysWhy) {
  const ViewRequest request{.interface = "lan0",
                            .local = make_address("192.0.2.53"),
                            .client = make_address("10.1.0.1"),
                            .subnet = subnet("10.0.0.0/8"),
                            .transport = Transport::tcp};
  EXPECT_EQ(why(match("{}"), request), "it matches all requests");
  EXPECT_EQ(why(match(R"({ interfaces: ["lan*", "wg0"], local: ["!192.0.2.54"], clients: [10.0.0.0/8, 10.1.0.0/16,
                           11.0.0.0/8], subnets: [10.0.0.0/9, 10.128.0.0/9], transports: [tcp] })"),
                request),
            "interface lan0 is one of lan*; local address 192.0.2.53 is not excluded; client 10.1.0.1 is within "
            "10.0.0.0/8, 10.1.0.0/16; client subnet 10.0.0.0/8 is within 10.0.0.0/9, 10.128.0.0/9; the transport is "
            "tcp");
}

}  // namespace view_match_test
