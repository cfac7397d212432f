// Names that tell the address asked, or who asked.

#include "tests/unit/protocols/dns/asking.hpp"
#include "tests/unit/protocols/dns/on_a_host.hpp"

#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dynamic_records_test {

using dns_asking::opt;
using dns_asking::option;
using dns_asking::Responder;
using dns_on_a_host::address;
using dns_on_a_host::host_zones;
using dns_on_a_host::interface;
using dns_on_a_host::OnAHost;
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

/// Addresses in the order in which Linux lists them: the newest first.
std::vector<Interface> with_passing_addresses() {
  return {interface(1, "eth1",
                    {{address("2001:db8::dead"), 64, true, false},
                     {address("2001:db8::bad"), 64, false, true},
                     {address("2001:db8::53"), 64},
                     {address("2001:db8::54"), 64},
                     {address("192.0.2.53"), 24},
                     {address("192.0.2.99"), 24, true, false}})};
}

constexpr auto zones_of_passing_addresses = R"(
zones:
  - name: thence.test
    records: ["@ 300 SOA ns1 hostmaster 1 3600 600 86400 300", "@ 300 NS ns1"]
    dynamic:
      ns1: self
      own: { interface: eth1 }
      self-all: { tell: self, all: true }
      own-all: { interface: eth1, all: true }
  - { name: 192.in-addr.arpa, records: ["@ 300 SOA ns1 h 1 1 1 1 1", "@ 300 NS n."], reverse: "*.host.example" }
  - name: ip6.arpa
    records: ["@ 300 SOA ns1 h 1 1 1 1 1", "@ 300 NS n."]
    reverse: { name: "*.host.example", all: true }
)";

std::string reverse_name(const std::string& digits) {
  std::string name;
  for (const char digit : digits) name = std::string{digit, '.'} + name;
  return name + "ip6.arpa";
}

class PassingAddresses : public testing::Test {
 protected:
  PassingAddresses() { server.set_interfaces(with_passing_addresses()); }

  /// The addresses of an answer, in order.
  std::vector<std::string> told(const std::string& name, const std::string& type, const std::string& local) {
    std::vector<std::string> found;
    std::istringstream lines(server.ask({.name = name, .type = type, .local = local}));
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("answer ")) found.push_back(line.substr(line.rfind(' ') + 1));
    }
    return found;
  }

  Responder server{zones_of_passing_addresses};
};

TEST_F(PassingAddresses, AreNotToldByDefault) {
  for (const auto* const name : {"ns1.thence.test", "own.thence.test"}) {
    EXPECT_THAT(told(name, "AAAA", "192.0.2.53"), ElementsAre("2001:db8::53", "2001:db8::54")) << name;
    EXPECT_THAT(told(name, "A", "2001:db8::53"), ElementsAre("192.0.2.53")) << name;
  }
  EXPECT_THAT(told("53.2.0.192.in-addr.arpa", "PTR", "192.0.2.53"), ElementsAre("eth1.host.example."));
  EXPECT_THAT(told("99.2.0.192.in-addr.arpa", "PTR", "192.0.2.53"), IsEmpty());
  EXPECT_EQ(server.outcome(), "nxdomain");
}

TEST_F(PassingAddresses, AreToldWhereTheyAreAsked) {
  EXPECT_THAT(told("ns1.thence.test", "AAAA", "2001:db8::dead"), ElementsAre("2001:db8::dead"));
}

TEST_F(PassingAddresses, ComeLastWhereAllAreWantedButForThoseThatCannotBeUsed) {
  for (const auto* const name : {"self-all.thence.test", "own-all.thence.test"}) {
    EXPECT_THAT(told(name, "AAAA", "192.0.2.53"), ElementsAre("2001:db8::53", "2001:db8::54", "2001:db8::dead"))
        << name;
  }
  const std::string network = "20010db8000000000000000000000";
  EXPECT_THAT(told(reverse_name(network + "053"), "PTR", "192.0.2.53"), ElementsAre("eth1.host.example."));
  EXPECT_THAT(told(reverse_name("20010db800000000000000000000dead"), "PTR", "192.0.2.53"),
              ElementsAre("eth1.host.example."));
  EXPECT_THAT(told(reverse_name(network + "bad"), "PTR", "192.0.2.53"), IsEmpty()) << "it is another host's";
}

TEST_F(PassingAddresses, NoNameTellsWhatTheListenerExcludes) {
  thence::config::Listener listener;
  listener.port = 53;
  listener.protocols = {"dns"};
  listener.addresses.excluded = {{address("2001:db8::53"), 128}, {address("192.0.2.53"), 32}};
  server.set_listeners({listener});
  for (const auto* const name : {"ns1.thence.test", "own.thence.test"}) {
    EXPECT_THAT(told(name, "AAAA", "192.0.2.99"), ElementsAre("2001:db8::54")) << name;
  }
  EXPECT_THAT(told("own-all.thence.test", "A", "192.0.2.99"), ElementsAre("192.0.2.99"));
  EXPECT_THAT(told("53.2.0.192.in-addr.arpa", "PTR", "192.0.2.99"), IsEmpty());
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

}  // namespace dynamic_records_test
