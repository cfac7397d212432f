// Names that tell the address asked, or who asked.

#include "dns_asking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using dns_asking::opt;
using dns_asking::Responder;
using testing::HasSubstr;

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
  EXPECT_EQ(ask("self.thence.test", "TXT"), "NOERROR aa\nanswer self.thence.test. 0 IN TXT \"192.0.2.53\"\n");
  EXPECT_EQ(ask6("self.thence.test", "AAAA"), "NOERROR aa\nanswer self.thence.test. 0 IN AAAA 2001:db8::53\n");
  EXPECT_EQ(ask6("self.thence.test", "TXT"), "NOERROR aa\nanswer self.thence.test. 0 IN TXT \"2001:db8::53\"\n");
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
  EXPECT_EQ(ask6("self.thence.test", "A"), nodata(0));
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
