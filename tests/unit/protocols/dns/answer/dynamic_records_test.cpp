// Names that tell the address asked, or who asked.

#include "tests/unit/protocols/dns/asking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using dns_asking::opt;
using dns_asking::option;
using dns_asking::Responder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using thence::Interface;

namespace {

constexpr auto zones = R"(
zones:
  - name: thence.test
    records:
      - "@ 300 SOA ns1 hostmaster 1 3600 600 86400 300"
      - "@ 300 NS ns1"
      - "who 60 CNAME me"
      - "me 60 MX 10 mail"
      - "me 60 A 192.0.2.99"
      - "sub 60 NS ns1"
    dynamic:
      self: self
      me: client
      ns1: self
      "*.here": self
      "@": client
)";

boost::asio::ip::address address(const char* text) { return boost::asio::ip::make_address(text); }

Interface interface(unsigned index, const char* name, std::vector<thence::InterfaceAddress> addresses) {
  return {index, name, true, std::move(addresses)};
}

std::string nodata(unsigned ttl) {
  return "NOERROR aa\nauthority thence.test. " + std::to_string(ttl) +
         " IN SOA ns1.thence.test. hostmaster.thence.test. 1 3600 600 86400 300\n";
}

class DynamicNames : public testing::Test {
 protected:
  DynamicNames() { server.set_interfaces({interface(1, "eth1", {{address("192.0.2.53"), 24}})}); }

  std::string ask(const std::string& name, const std::string& type) {
    return server.ask({.name = name, .type = type, .local = "192.0.2.53", .peer = "198.51.100.7"});
  }
  std::string ask6(const std::string& name, const std::string& type) {
    return server.ask({.name = name, .type = type, .local = "2001:db8::53", .peer = "2001:db8:1::7"});
  }

  Responder server{zones};
};

}  // namespace

TEST_F(DynamicNames, SelfIsTheAddressAsked) {
  EXPECT_EQ(ask("self.thence.test", "A"), "NOERROR aa\nanswer self.thence.test. 0 IN A 192.0.2.53\n");
  EXPECT_EQ(ask("self.thence.test", "TXT"), "NOERROR aa\nanswer self.thence.test. 0 IN TXT \"192.0.2.53:53 eth1\"\n");
  EXPECT_EQ(ask6("self.thence.test", "AAAA"), "NOERROR aa\nanswer self.thence.test. 0 IN AAAA 2001:db8::53\n");
  EXPECT_EQ(ask6("self.thence.test", "TXT"),
            "NOERROR aa\nanswer self.thence.test. 0 IN TXT \"[2001:db8::53]:53 eth1\"\n");
}

TEST_F(DynamicNames, ClientIsWhoAskedAndItsTextHasThePort) {
  EXPECT_EQ(ask("me.thence.test", "A"), "NOERROR aa\nanswer me.thence.test. 0 IN A 198.51.100.7\n");
  EXPECT_EQ(ask("me.thence.test", "TXT"), "NOERROR aa\nanswer me.thence.test. 0 IN TXT \"198.51.100.7:4000\"\n");
  EXPECT_EQ(ask6("me.thence.test", "AAAA"), "NOERROR aa\nanswer me.thence.test. 0 IN AAAA 2001:db8:1::7\n");
  EXPECT_EQ(ask6("me.thence.test", "TXT"), "NOERROR aa\nanswer me.thence.test. 0 IN TXT \"[2001:db8:1::7]:4000\"\n");
}

TEST_F(DynamicNames, TheOtherFamilyIsNodataThatIsNotRemembered) {
  EXPECT_EQ(ask("self.thence.test", "AAAA"), nodata(0));
  EXPECT_EQ(server.outcome(), "nodata");
  EXPECT_EQ(ask6("me.thence.test", "A"), nodata(0));
  EXPECT_EQ(ask("any.here.thence.test", "AAAA"), nodata(0));
  EXPECT_EQ(ask6("who.thence.test", "A"), "NOERROR aa\nanswer who.thence.test. 60 IN CNAME me.thence.test.\n" +
                                              nodata(0).substr(std::string("NOERROR aa\n").size()));
}

TEST_F(DynamicNames, AnotherTypeIsNodataForEveryRequest) { EXPECT_EQ(ask("self.thence.test", "MX"), nodata(300)); }

TEST_F(DynamicNames, AnyIsTheAddress) {
  EXPECT_EQ(ask("self.thence.test", "ANY"), "NOERROR aa\nanswer self.thence.test. 0 IN A 192.0.2.53\n");
  EXPECT_EQ(ask6("self.thence.test", "ANY"), "NOERROR aa\nanswer self.thence.test. 0 IN AAAA 2001:db8::53\n");
}

TEST_F(DynamicNames, StandInForAddressesAndTextOfTheNameAndForNothingElse) {
  EXPECT_EQ(ask("me.thence.test", "A"), "NOERROR aa\nanswer me.thence.test. 0 IN A 198.51.100.7\n");
  EXPECT_EQ(ask("me.thence.test", "MX"), "NOERROR aa\nanswer me.thence.test. 60 IN MX 10 mail.thence.test.\n");
  EXPECT_EQ(ask("thence.test", "A"), "NOERROR aa\nanswer thence.test. 0 IN A 198.51.100.7\n");
  EXPECT_EQ(ask("thence.test", "NS"),
            "NOERROR aa\n"
            "answer thence.test. 300 IN NS ns1.thence.test.\n"
            "additional ns1.thence.test. 0 IN A 192.0.2.53\n");
}

TEST_F(DynamicNames, AWildcardAndAnAliasLeadToThem) {
  EXPECT_EQ(ask("any.here.thence.test", "A"), "NOERROR aa\nanswer any.here.thence.test. 0 IN A 192.0.2.53\n");
  EXPECT_EQ(ask("who.thence.test", "A"),
            "NOERROR aa\n"
            "answer who.thence.test. 60 IN CNAME me.thence.test.\n"
            "answer me.thence.test. 0 IN A 198.51.100.7\n");
}

TEST_F(DynamicNames, MayBeTheAddressOfANameServer) {
  EXPECT_EQ(ask("x.sub.thence.test", "A"),
            "NOERROR\n"
            "authority sub.thence.test. 60 IN NS ns1.thence.test.\n"
            "additional ns1.thence.test. 0 IN A 192.0.2.53\n");
}

TEST_F(DynamicNames, TheLongestTextFits) {
  const auto reply = server.ask({.name = "me.thence.test",
                                 .type = "TXT",
                                 .additional = {opt(1232)},
                                 .peer = "2001:db8:1111:2222:3333:4444:5555:6666"});
  EXPECT_THAT(reply, HasSubstr("\"[2001:db8:1111:2222:3333:4444:5555:6666]:4000\""));
}

TEST_F(DynamicNames, TheExampleAsksForTheFirstSelf) {
  EXPECT_EQ(server.example("192.0.2.53"), "dig @192.0.2.53 -p 5300 self.thence.test");
  EXPECT_EQ(server.example("2001:db8::53"), "dig @2001:db8::53 -p 5300 self.thence.test AAAA");
  EXPECT_EQ(Responder("zones: [{ name: t, records: ['@ 1 SOA n h 1 1 1 1 1'] }]").example("192.0.2.53"),
            "dig @192.0.2.53 -p 5300 t SOA");
  EXPECT_EQ(server.example("192.0.2.53", thence::Transport::tcp), "dig @192.0.2.53 -p 5300 +tcp self.thence.test");
  EXPECT_EQ(Responder("{}").example("192.0.2.53"), "dig @192.0.2.53 -p 5300 . SOA");
}

namespace {

constexpr auto host_zones = R"(
zones:
  - name: thence.test
    records:
      - "@ 300 SOA ns1 hostmaster 1 3600 600 86400 300"
      - "@ 300 NS ns1"
      - "gw 60 TXT kept"
    dynamic:
      self: self
      me: { tell: client, subnet: true, ttl: 7 }
      who: whoami
      "*.who": whoami
      ns1: { interface: eth2 }
      gw: { interface: eth2, ttl: 1 }
      none: { interface: wg0 }
      web: { nearest: [198.51.100.5, 192.0.2.5, "2001:db8:1::5", 192.0.2.6] }
      mine: { nearest: [198.51.100.5, 192.0.2.5, "2001:db8:1::5", 192.0.2.6], only: true, ttl: 10 }
  - name: 192.in-addr.arpa
    records:
      - "@ 300 SOA ns1.thence.test. hostmaster 1 3600 600 86400 300"
      - "@ 300 NS ns1.thence.test."
      - "53.2.0 60 TXT beside"
      - "54.2.0 60 PTR fixed.example."
      - "*.0 60 PTR other.example."
    reverse: "*.host.example"
  - name: 8.b.d.0.1.0.0.2.ip6.arpa
    records: ["@ 300 SOA ns1.thence.test. hostmaster 1 3600 600 86400 300"]
    reverse: { name: router.example.com, ttl: 9 }
)";

/// A host with three interfaces, asked through eth1 at its address.
class OnAHost : public testing::Test {
 protected:
  OnAHost() { server.set_interfaces(interfaces()); }

  static std::vector<Interface> interfaces() {
    return {
        interface(1, "eth1",
                  {{address("192.0.2.53"), 24},
                   {address("192.0.2.54"), 24},
                   {address("2001:db8::53"), 64},
                   {address("2001:db8::99"), 64, false},
                   {address("fe80::1"), 64}}),
        interface(2, "eth2", {{address("198.51.100.1"), 24}, {address("2001:db8:1::1"), 64}, {address("fe80::2"), 64}}),
        interface(3, "lo", {{address("127.0.0.1"), 8}, {address("::1"), 128}, {address("10.9.9.9"), 32}})};
  }

  std::string ask(const std::string& name, const std::string& type, const std::string& local = "192.0.2.53") {
    return server.ask({.name = name, .type = type, .local = local});
  }

  /// The records of a reply without errors, a line each.
  static std::string answer(const std::string& records) { return "NOERROR aa\n" + records; }

  Responder server{host_zones};
};

std::string arpa_nodata(unsigned ttl, const std::string& zone, const std::string& status = "NOERROR") {
  return status + " aa\nauthority " + zone + ". " + std::to_string(ttl) + " IN SOA ns1.thence.test. hostmaster." +
         zone + ". 1 3600 600 86400 300\n";
}

constexpr auto v4_zone = "192.in-addr.arpa";
constexpr auto v6_zone = "8.b.d.0.1.0.0.2.ip6.arpa";

}  // namespace

TEST_F(OnAHost, SelfHasTheAddressesOfTheOtherFamilyThatStandBeside) {
  EXPECT_EQ(ask("self.thence.test", "AAAA"), answer("answer self.thence.test. 0 IN AAAA 2001:db8::53\n"));
  EXPECT_EQ(ask("self.thence.test", "A", "2001:db8::53"), answer("answer self.thence.test. 0 IN A 192.0.2.53\n"
                                                                 "answer self.thence.test. 0 IN A 192.0.2.54\n"));
}

TEST_F(OnAHost, SelfKnowsTheInterfaceOfAnAddressThatWasAskedThroughAnother) {
  EXPECT_EQ(ask("self.thence.test", "AAAA", "198.51.100.1"),
            answer("answer self.thence.test. 0 IN AAAA 2001:db8:1::1\n"));
  EXPECT_EQ(ask("self.thence.test", "TXT", "198.51.100.1"),
            answer("answer self.thence.test. 0 IN TXT \"198.51.100.1:53 eth1\"\n"));
}

TEST_F(OnAHost, LoopbackStandsBesideLoopbackOnly) {
  EXPECT_EQ(ask("self.thence.test", "AAAA", "127.0.0.1"), answer("answer self.thence.test. 0 IN AAAA ::1\n"));
  EXPECT_EQ(ask("self.thence.test", "AAAA", "10.9.9.9"), nodata(0));
}

TEST_F(OnAHost, ClientTellsTheSubnetWhereThereIsOne) {
  const auto subnet = option(8, dns_asking::unhex("000118007b0c2d"));
  const auto ask_with = [&](const dns_asking::Octets& options) {
    return server.ask({.name = "me.thence.test", .type = "TXT", .additional = {opt(1232, 0, false, options)}});
  };
  EXPECT_EQ(ask_with(subnet),
            "NOERROR aa\nedns 1232\noption 8 000118187b0c2d\n"
            "answer me.thence.test. 7 IN TXT \"198.51.100.7:4000\"\n"
            "answer me.thence.test. 7 IN TXT \"123.12.45.0/24\"\n");
  EXPECT_EQ(ask_with({}), "NOERROR aa\nedns 1232\nanswer me.thence.test. 7 IN TXT \"198.51.100.7:4000\"\n");
  const auto no_prefix = option(8, dns_asking::unhex("00010000"));
  EXPECT_EQ(ask_with(no_prefix),
            "NOERROR aa\nedns 1232\noption 8 00010000\nanswer me.thence.test. 7 IN TXT \"198.51.100.7:4000\"\n");
}

TEST_F(OnAHost, WhoamiTellsAllThatIsKnown) {
  EXPECT_EQ(ask("who.thence.test", "TXT"),
            answer("answer who.thence.test. 0 IN TXT \"client=198.51.100.7:4000 local=192.0.2.53:53 interface=eth1 "
                   "transport=udp edns=none subnet=none cookie=none\"\n"
                   "answer who.thence.test. 0 IN TXT "
                   R"("{\"client\":\"198.51.100.7\",\"client-port\":4000,\"local\":\"192.0.2.53\",)"
                   R"(\"local-port\":53,\"interface\":\"eth1\",\"transport\":\"udp\",\"edns\":null,)"
                   R"(\"subnet\":null,\"cookie\":null}")"
                   "\n"));
}

TEST_F(OnAHost, WhoamiTellsOfEdnsAndIsLongInTwoStrings) {
  const auto options = option(8, dns_asking::unhex("0002400020010db811112222"));
  auto with_cookie = options;
  dns_asking::add(with_cookie, option(10, dns_asking::unhex("0011223344556677")));
  const auto reply = server.ask({.name = "a.who.thence.test",
                                 .type = "TXT",
                                 .additional = {opt(1400, 0, false, with_cookie)},
                                 .transport = thence::Transport::tcp,
                                 .local = "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff",
                                 .peer = "2001:db8:1111:2222:3333:4444:5555:6666"});
  EXPECT_THAT(reply, HasSubstr("transport=tcp edns=1400 subnet=2001:db8:1111:2222::/64 cookie=client\""));
  EXPECT_THAT(reply, HasSubstr(R"(\"edns\":1400,\"subnet\":\"2001:db8:1111:2222::/64)"));
  EXPECT_THAT(reply, HasSubstr(R"(\"cookie\":\"client\"}")"));
  EXPECT_THAT(reply, HasSubstr("option 8 0002404020010db811112222"));
}

TEST_F(OnAHost, WhoamiEscapesAnInterfaceOfAnyName) {
  server.set_interfaces({interface(1, "a\"b\\\xC3", {{address("192.0.2.53"), 24}})});
  EXPECT_THAT(ask("who.thence.test", "TXT"), HasSubstr(R"(\"interface\":\"a\\u0022b\\u005c\\u00c3\")"));
}

TEST_F(OnAHost, WhoamiInTheFormOfCoreDns) {
  const std::string beside =
      "additional who.thence.test. 0 IN A 198.51.100.7\n"
      "additional _udp.who.thence.test. 0 IN SRV 0 0 4000 .\n";
  for (const auto* const type : {"A", "AAAA", "SRV", "MX"}) EXPECT_EQ(ask("who.thence.test", type), answer(beside));
  EXPECT_EQ(server.ask({.name = "x.who.thence.test",
                        .type = "AAAA",
                        .transport = thence::Transport::tcp,
                        .local = "2001:db8::53",
                        .peer = "2001:db8:1::7"}),
            answer("additional x.who.thence.test. 0 IN AAAA 2001:db8:1::7\n"
                   "additional _tcp.x.who.thence.test. 0 IN SRV 0 0 4000 .\n"));
  EXPECT_THAT(ask("who.thence.test", "ANY"), HasSubstr("answer who.thence.test. 0 IN TXT \"client="));
}

TEST_F(OnAHost, AnInterfacesAddressesFollowIt) {
  EXPECT_EQ(ask("gw.thence.test", "A"), answer("answer gw.thence.test. 1 IN A 198.51.100.1\n"));
  EXPECT_EQ(ask("gw.thence.test", "AAAA"), answer("answer gw.thence.test. 1 IN AAAA 2001:db8:1::1\n"));
  EXPECT_EQ(ask("gw.thence.test", "TXT"), answer("answer gw.thence.test. 60 IN TXT \"kept\"\n"));
  EXPECT_EQ(ask("thence.test", "NS"), answer("answer thence.test. 300 IN NS ns1.thence.test.\n"
                                             "additional ns1.thence.test. 5 IN A 198.51.100.1\n"
                                             "additional ns1.thence.test. 5 IN AAAA 2001:db8:1::1\n"));
  auto changed = interfaces();
  changed[1].addresses = {{address("203.0.113.1"), 24}, {address("203.0.113.2"), 24}, {address("203.0.113.1"), 25}};
  server.set_interfaces(changed);
  EXPECT_EQ(ask("gw.thence.test", "A"),
            answer("answer gw.thence.test. 1 IN A 203.0.113.1\nanswer gw.thence.test. 1 IN A 203.0.113.2\n"));
  EXPECT_EQ(ask("gw.thence.test", "AAAA"), nodata(1));
  changed[1].up = false;
  server.set_interfaces(changed);
  EXPECT_EQ(ask("gw.thence.test", "A"), nodata(1));
  EXPECT_EQ(ask("none.thence.test", "A"), nodata(5));
  EXPECT_EQ(ask("none.thence.test", "MX"), nodata(300));
}

TEST_F(OnAHost, AnyIsOneOfWhatThereIs) {
  EXPECT_EQ(ask("gw.thence.test", "ANY"), answer("answer gw.thence.test. 1 IN A 198.51.100.1\n"));
  EXPECT_EQ(ask("gw.thence.test", "ANY", "2001:db8::53"), answer("answer gw.thence.test. 1 IN AAAA 2001:db8:1::1\n"));
  server.set_interfaces({});
  EXPECT_EQ(ask("gw.thence.test", "ANY"), answer("answer gw.thence.test. 60 IN TXT \"kept\"\n"));
  EXPECT_EQ(ask("none.thence.test", "ANY"), nodata(5));
}

TEST_F(OnAHost, NoMoreAddressesThanThereIsRoomFor) {
  std::vector<thence::InterfaceAddress> many;
  for (int i = 0; i < 300; ++i) many.push_back({address(("2001:db8::" + std::to_string(i + 1)).c_str()), 64});
  server.set_interfaces({interface(2, "eth2", many)});
  const auto reply = server.ask({.name = "gw.thence.test", .type = "AAAA", .transport = thence::Transport::tcp});
  EXPECT_EQ(std::count(reply.begin(), reply.end(), '\n'), 1 + 64);
}

TEST_F(OnAHost, NearestFirst) {
  const std::string near = "answer web.thence.test. 60 IN A 192.0.2.5\nanswer web.thence.test. 60 IN A 192.0.2.6\n";
  const std::string far = "answer web.thence.test. 60 IN A 198.51.100.5\n";
  EXPECT_EQ(ask("web.thence.test", "A"), answer(near + far));
  EXPECT_EQ(server.ask({.name = "web.thence.test", .interface = 2}), answer(far + near));
  EXPECT_EQ(server.ask({.name = "web.thence.test", .interface = 3}), answer(far + near));
  EXPECT_EQ(server.ask({.name = "web.thence.test", .interface = 0}), answer(far + near));
  EXPECT_EQ(ask("web.thence.test", "AAAA"), answer("answer web.thence.test. 60 IN AAAA 2001:db8:1::5\n"));
}

TEST_F(OnAHost, NearestAlone) {
  EXPECT_EQ(ask("mine.thence.test", "A"),
            answer("answer mine.thence.test. 10 IN A 192.0.2.5\nanswer mine.thence.test. 10 IN A 192.0.2.6\n"));
  EXPECT_EQ(server.ask({.name = "mine.thence.test", .interface = 2}),
            answer("answer mine.thence.test. 10 IN A 198.51.100.5\n"));
  // None is near: all are told, in both families.
  EXPECT_THAT(server.ask({.name = "mine.thence.test", .interface = 3}), HasSubstr("198.51.100.5"));
  EXPECT_THAT(ask("mine.thence.test", "AAAA"), HasSubstr("2001:db8:1::5"));
}

TEST_F(OnAHost, ReverseNamesOfItsAddresses) {
  EXPECT_EQ(ask("53.2.0.192.in-addr.arpa", "PTR"),
            answer("answer 53.2.0.192.in-addr.arpa. 60 IN PTR eth1.host.example.\n"));
  EXPECT_EQ(ask("53.2.0.192.in-addr.arpa", "TXT"), answer("answer 53.2.0.192.in-addr.arpa. 60 IN TXT \"beside\"\n"));
  EXPECT_EQ(ask("53.2.0.192.in-addr.arpa", "ANY"), answer("answer 53.2.0.192.in-addr.arpa. 60 IN TXT \"beside\"\n"));
  EXPECT_EQ(ask("3.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "PTR"),
            answer("answer 3.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. 9 IN PTR "
                   "router.example.com.\n"));
}

TEST_F(OnAHost, ReverseNamesOfOthers) {
  // Records of the zone come first, a wildcard does not.
  EXPECT_EQ(ask("54.2.0.192.in-addr.arpa", "PTR"),
            answer("answer 54.2.0.192.in-addr.arpa. 60 IN PTR fixed.example.\n"));
  EXPECT_EQ(ask("77.2.0.192.in-addr.arpa", "PTR"), arpa_nodata(60, v4_zone, "NXDOMAIN"));
  EXPECT_EQ(ask("1.1.0.192.in-addr.arpa", "PTR"), answer("answer 1.1.0.192.in-addr.arpa. 60 IN PTR other.example.\n"));
  // The names in between exist as long as the address does.
  EXPECT_EQ(ask("0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "PTR"), arpa_nodata(9, v6_zone));
  EXPECT_EQ(ask("f.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "PTR"), arpa_nodata(9, v6_zone, "NXDOMAIN"));
  EXPECT_EQ(ask("x.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "PTR"), arpa_nodata(300, v6_zone, "NXDOMAIN"));
  EXPECT_EQ(ask("1.53.2.0.192.in-addr.arpa", "PTR"), arpa_nodata(300, v4_zone, "NXDOMAIN"));
  EXPECT_EQ(ask("3.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "A"),
            arpa_nodata(9, v6_zone));
}

TEST_F(OnAHost, AnAddressThatGoesTakesItsNameAlong) {
  server.set_interfaces({interface(1, "eth1", {{address("192.0.7.1"), 24}})});
  EXPECT_EQ(ask("3.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "PTR"),
            arpa_nodata(9, v6_zone, "NXDOMAIN"));
  EXPECT_EQ(ask("1.7.0.192.in-addr.arpa", "PTR"),
            answer("answer 1.7.0.192.in-addr.arpa. 60 IN PTR eth1.host.example.\n"));
}

TEST(Advertise, SelfShowsWhatTheWorldCallsTheAddress) {
  Responder server(
      host_zones, nullptr,
      {{address("192.0.2.53"), address("203.0.113.7")}, {address("2001:db8::53"), address("2001:db8:7::7")}});
  server.set_interfaces({interface(1, "eth1", {{address("192.0.2.53"), 24}, {address("2001:db8::53"), 64}})});
  const auto ask = [&](const char* type) {
    return server.ask({.name = "self.thence.test", .type = type, .local = "192.0.2.53"});
  };
  EXPECT_THAT(ask("A"), HasSubstr("0 IN A 203.0.113.7\n"));
  EXPECT_THAT(ask("AAAA"), HasSubstr("0 IN AAAA 2001:db8:7::7\n"));
  EXPECT_THAT(ask("TXT"), HasSubstr("\"203.0.113.7:53 eth1\""));
}

namespace {

/// What is wrong with a zone of these further settings, a line each.
std::vector<std::string> mistakes(const std::string& settings, const std::string& name = "t") {
  thence::config::Problems problems;
  const auto document = thence::config::Document::parse(
      "t.yaml", "zones: [{ name: " + name + ", " + settings + ", records: ['@ 1 SOA n h 1 1 1 1 1', '@ 1 NS n.'] }]");
  thence::dns::plugin.load(thence::config::Cursor(document, problems));
  std::vector<std::string> lines;
  for (const auto& each : problems.sorted()) lines.push_back(each.text());
  return lines;
}

}  // namespace

TEST(DynamicSettings, EachMistakeIsNamed) {
  const auto dynamic = [](const std::string& what) { return mistakes("dynamic: { x: " + what + " }"); };
  EXPECT_THAT(dynamic("{ ttl: 5 }"), ElementsAre(HasSubstr("exactly one of tell, interface, nearest")));
  EXPECT_THAT(dynamic("{ tell: self, interface: lo }"), ElementsAre(HasSubstr("exactly one of")));
  EXPECT_THAT(dynamic("{ tell: self, subnet: true }"), ElementsAre(HasSubstr("dynamic.x.subnet: means nothing here")));
  EXPECT_THAT(dynamic("{ interface: lo, only: true }"), ElementsAre(HasSubstr("dynamic.x.only: means nothing here")));
  EXPECT_THAT(dynamic("{ interface: '' }"), ElementsAre(HasSubstr("dynamic.x.interface: is empty")));
  EXPECT_THAT(dynamic("{ nearest: [] }"), ElementsAre(HasSubstr("0 addresses; allowed: 1 to 64")));
  EXPECT_THAT(dynamic("{ nearest: [10.0.0.1, 10.0.0.1] }"), ElementsAre(HasSubstr("nearest[1]: named twice")));
  EXPECT_THAT(dynamic("{ nearest: [eth0] }"), ElementsAre(HasSubstr("'eth0' is no address")));
  EXPECT_THAT(dynamic("{ tell: self, ttl: 2147483648 }"), ElementsAre(HasSubstr("a number from 0 to 2147483647")));
  EXPECT_THAT(dynamic("{ tell: self, colour: red }"), ElementsAre(HasSubstr("unknown key")));
  EXPECT_THAT(dynamic("[self]"), ElementsAre(HasSubstr("a list stands here; allowed: self, client, whoami")));
}

TEST(DynamicSettings, ReverseNamesNeedAZoneForThem) {
  EXPECT_THAT(mistakes("reverse: h.t"), ElementsAre(HasSubstr("zones[0].reverse: t. has no names of addresses")));
  EXPECT_THAT(mistakes("reverse: a..b", "10.in-addr.arpa"),
              ElementsAre(HasSubstr("zones[0].reverse: 'a..b' is not a domain name")));
  EXPECT_THAT(mistakes("reverse: { name: '*.h.t', ttl: 9 }", "10.in-addr.arpa"), IsEmpty());
}

TEST(DynamicSettings, ASignedZoneHasNone) {
  const auto in_signed = [](const std::string& what) {
    thence::config::Problems problems;
    const auto document = thence::config::Document::parse(
        "t.yaml", "zones: [{ name: 10.in-addr.arpa, " + what +
                      ", records: ['@ 1 SOA n. h. 1 1 1 1 1', '@ 1 NS n.', '@ 1 NSEC @ SOA NS NSEC'] }]");
    thence::dns::plugin.load(thence::config::Cursor(document, problems));
    return problems.empty() ? "" : problems.sorted().front().text();
  };
  EXPECT_THAT(in_signed("dynamic: { x: whoami }"), HasSubstr("a dynamic name in a signed zone"));
  EXPECT_THAT(in_signed("reverse: h.t"), HasSubstr("zones[0].reverse: a dynamic name in a signed zone"));
  EXPECT_EQ(in_signed("dynamic: {}"), "");
}
