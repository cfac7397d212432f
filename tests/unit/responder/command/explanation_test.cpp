#include "responder/command/explanation.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace explanation_test {

using boost::asio::ip::make_address;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

constexpr auto views = R"(
dns:
  zones: [{ name: e.test, records: ["@ 1 SOA n h 1 1 1 1 1", "@ 1 NS n", "n 1 A 192.0.2.1"] }]
  views:
    - { name: friends, match: { clients: [203.0.113.7] }, zones: [e.test] }
    - { name: inside, match: { interfaces: ["lan*"] }, zones: [e.test] }
    - { name: outside }
)";

/// A router whose address within is asked from outside as well.
std::string explain(const std::string& listeners, const std::string& request) {
  thence::InterfaceTable interfaces{{{1, "lo", true, {{make_address("127.0.0.1"), 8}}},
                                     {2, "lan1", true, {{make_address("10.0.0.1"), 24}}},
                                     {3, "lan2", true, {{make_address("10.0.1.1"), 24}}},
                                     {4, "wan", true, {{make_address("192.0.2.1"), 24}, {make_address("fe80::1"), 64}}},
                                     {5, "down", false, {}}}};
  const auto snapshot = thence::load(thence::config::Document::parse("t.yaml", "listeners: " + listeners + views));
  return thence::explanation(snapshot, thence::read_supposition(request + ",name=n.e.test", interfaces), interfaces);
}

constexpr auto everywhere = "[{ port: 53, protocols: [dns, stun] }]";
constexpr auto inside =
    "[{ port: 53, protocols: [dns], interfaces: ['lan*'], addresses: ['!10.0.1.1'], families: [ipv4] }]";

}  // namespace

TEST(Explanation, WhereTheArrivalInterfaceDecidesItIsOfEach) {
  EXPECT_EQ(explain(everywhere, "local=10.0.1.1,client=203.0.113.9"),
            "arriving on lan2, lan1:\n"
            "view friends does not match: client 203.0.113.9 is not within 203.0.113.7/32\n"
            "view inside matches: interface lan2 is one of lan*\n"
            "zone e.test. has the name\n"
            "n.e.test. A: NOERROR\n"
            "  answer: n.e.test. 1 IN A 192.0.2.1\n"
            "arriving on wan:\n"
            "view friends does not match: client 203.0.113.9 is not within 203.0.113.7/32\n"
            "view inside does not match: interface wan is not one of lan*\n"
            "view outside matches: it matches all requests\n"
            "n.e.test. A: REFUSED, extended error 18 (Prohibited)\n");
}

TEST(Explanation, WhereItDoesNotItIsOne) {
  EXPECT_THAT(explain(everywhere, "local=10.0.0.1,client=203.0.113.7"), StartsWith("view friends matches: "));
  EXPECT_THAT(explain(everywhere, "interface=wan,local=10.0.0.1,client=203.0.113.9"), Not(HasSubstr("arriving on")));
  EXPECT_THAT(explain(everywhere, "local=fe80::1,client=fe80::9"), HasSubstr("interface wan is not one of lan*"));
  EXPECT_THAT(explain(everywhere, "local=10.0.0.1,client=192.0.2.1"), HasSubstr("interface lo is not one of lan*"))
      << "what the host asks itself";
}

TEST(Explanation, TheListenersComeFirst) {
  EXPECT_EQ(explain(inside, "interface=wan,local=10.0.0.1,client=203.0.113.9"),
            "DNS on port 53: interface wan is not served; no reply\n");
  EXPECT_EQ(explain(inside, "interface=wan,local=10.0.0.1,client=203.0.113.9,transport=tcp"),
            "DNS on port 53: interface wan is not served; a reset\n");
  EXPECT_EQ(explain(inside, "interface=lan1,local=10.0.1.1,client=203.0.113.9"),
            "DNS on port 53: local address 10.0.1.1 is not served; no reply\n");
  EXPECT_EQ(explain(inside, "interface=lan1,local=fd00::1,client=fd00::9"),
            "DNS on port 53: IPv6 is not served; no reply\n");
  EXPECT_EQ(explain("[{ port: 53, protocols: [dns], transports: [udp] }]",
                    "interface=lan1,local=10.0.0.1,client=203.0.113.9,transport=tcp"),
            "DNS on port 53: tcp is not served; a reset\n");
  EXPECT_EQ(explain("[{ port: 3478, protocols: [stun] }]", "interface=lan1,local=10.0.0.1,client=203.0.113.9"),
            "DNS has no listener there\n");
  EXPECT_THAT(explain(inside, "local=10.0.0.1,client=203.0.113.9"),
              HasSubstr("arriving on wan:\nDNS on port 53: interface wan is not served; no reply\n"));
}

TEST(Explanation, APortSelectsTheListener) {
  constexpr auto two = "[{ port: 53, protocols: [dns], interfaces: [lan1] }, { port: 5300, protocols: [dns] }]";
  const std::string request = "interface=wan,local=10.0.0.1,client=203.0.113.9";
  EXPECT_THAT(explain(two, request), HasSubstr("view outside matches"));
  EXPECT_EQ(explain(two, request + ",port=53"), "DNS on port 53: interface wan is not served; no reply\n");
  EXPECT_EQ(explain(two, request + ",port=54"), "DNS has no listener there\n");
}

}  // namespace explanation_test
