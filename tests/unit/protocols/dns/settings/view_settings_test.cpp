// What a request gets depends on the view that it is in.

#include "tests/unit/protocols/dns/asking.hpp"
#include "tests/unit/temporary_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace view_settings_test {

using dns_asking::opt;
using dns_asking::option;
using dns_asking::Query;
using dns_asking::Responder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace {

constexpr auto settings = R"(
client-subnet: { trusted: [198.51.100.0/24] }
zones:
  - name: shared.test
    records: ["@ 300 SOA n h 1 1 1 1 60", "@ 300 NS n.", "www 60 A 192.0.2.1", "me 60 A 192.0.2.9"]
    dynamic: { me: client }
  - { name: outside.test, records: ["@ 300 SOA n h 1 1 1 1 60", "@ 300 NS n."] }
views:
  - { name: enemies, match: { clients: [198.51.100.66] }, access: drop }
  - { name: strangers, match: { clients: [198.51.100.67] }, access: refuse }
  - name: subnet
    match: { subnets: [203.0.113.0/24] }
    zones: [{ name: split.test, records: ["@ 300 SOA n h 2 1 1 1 60", "@ 300 NS n.", "www 60 A 10.0.0.2"] }]
  - name: lan
    match: { interfaces: ["lan*", "!lan9"], transports: [udp] }
    zones:
      - { name: shared.test, dynamic: { self: self } }
      - { name: split.test, records: ["@ 300 SOA n h 3 1 1 1 60", "@ 300 NS n.", "www 60 A 10.0.0.3"] }
  - name: world
    match: { interfaces: ["wan"], local: ["192.0.2.0/24", "!192.0.2.99"] }
    zones: [shared.test, outside.test]
chaos: { id: here }
)";

boost::asio::ip::address address(const char* text) { return boost::asio::ip::make_address(text); }

class Views : public testing::Test {
 protected:
  Views() { name_interfaces("lan0", "wan", "lan9"); }

  void name_interfaces(const char* first, const char* second, const char* third) {
    server.set_interfaces({{1, first, true, {{address("10.0.0.1"), 24}}},
                           {2, second, true, {{address("192.0.2.53"), 24}}},
                           {3, third, true, {{address("10.0.9.1"), 24}}}});
  }

  Responder server{settings};
};

constexpr auto lan = 1U;
constexpr auto wan = 2U;
constexpr auto lan9 = 3U;
constexpr auto refused = "REFUSED\nedns 1232\noption 15 0012\n";

}  // namespace

TEST_F(Views, TheSameNameHasAnotherAnswerOnAnotherInterface) {
  EXPECT_EQ(server.ask({.name = "www.split.test", .interface = lan}),
            "NOERROR aa\nanswer www.split.test. 60 IN A 10.0.0.3\n");
  EXPECT_EQ(server.ask({.name = "www.split.test", .additional = {opt(1232)}, .interface = wan}), refused);
  EXPECT_EQ(server.ask({.name = "www.shared.test", .interface = wan}),
            "NOERROR aa\nanswer www.shared.test. 60 IN A 192.0.2.1\n");
}

TEST_F(Views, WhatTheViewDoesNotHaveIsProhibited) {
  EXPECT_EQ(server.ask({.name = "outside.test", .additional = {opt(1232)}, .interface = lan}), refused);
  EXPECT_EQ(server.ask({.name = "elsewhere", .additional = {opt(1232)}, .interface = wan}), refused);
  EXPECT_EQ(server.outcome(), "refused");
}

TEST_F(Views, WhatNoViewMatchesIsProhibited) {
  EXPECT_EQ(server.ask({.name = "www.shared.test", .additional = {opt(1232)}, .interface = lan9}), refused);
  EXPECT_EQ(server.ask({.name = "www.shared.test", .additional = {opt(1232)}, .local = "192.0.2.99", .interface = wan}),
            refused);
  const auto by_tcp = server.ask(
      {.name = "www.split.test", .additional = {opt(1232)}, .transport = thence::Transport::tcp, .interface = lan});
  EXPECT_EQ(by_tcp, refused);
  EXPECT_EQ(server.ask({.name = "id.server", .type = "TXT", .rr_class = 3, .interface = lan9}), "REFUSED\n");
  EXPECT_THAT(server.ask({.name = "id.server", .type = "TXT", .rr_class = 3, .interface = lan}), HasSubstr("\"here\""));
}

TEST_F(Views, AViewMayAddDynamicNamesToAZoneOfAll) {
  EXPECT_EQ(server.ask({.name = "self.shared.test", .local = "10.0.0.1", .interface = lan}),
            "NOERROR aa\nanswer self.shared.test. 0 IN A 10.0.0.1\n");
  EXPECT_EQ(server.ask({.name = "me.shared.test", .interface = lan}),
            "NOERROR aa\nanswer me.shared.test. 0 IN A 198.51.100.7\n");
  EXPECT_EQ(server.ask({.name = "www.shared.test", .interface = lan}),
            "NOERROR aa\nanswer www.shared.test. 60 IN A 192.0.2.1\n");
  EXPECT_THAT(server.ask({.name = "self.shared.test", .interface = wan}), HasSubstr("NXDOMAIN"));
}

TEST_F(Views, AccessRefusesOrDrops) {
  EXPECT_EQ(server.reply_to({.name = "www.shared.test", .peer = "198.51.100.66", .interface = wan}).size(), 0U);
  EXPECT_EQ(server.action(), thence::Verdict::Action::drop);
  EXPECT_EQ(server.outcome(), "shut-out");
  EXPECT_EQ(
      server.ask({.name = "www.shared.test", .additional = {opt(1232)}, .peer = "198.51.100.67", .interface = wan}),
      refused);
}

TEST_F(Views, TheSubnetCountsWhereTheClientIsTrusted) {
  const auto ask = [&](const char* peer, const char* subnet) {
    return server.ask({.name = "www.split.test",
                       .additional = {opt(1232, 0, false, option(8, dns_asking::unhex(subnet)))},
                       .peer = peer,
                       .interface = lan});
  };
  EXPECT_EQ(ask("198.51.100.7", "00011800cb0071"),
            "NOERROR aa\nedns 1232\noption 8 00011818cb0071\nanswer www.split.test. 60 IN A 10.0.0.2\n");
  EXPECT_EQ(ask("198.51.100.7", "00011800cb0072"),
            "NOERROR aa\nedns 1232\noption 8 00011818cb0072\nanswer www.split.test. 60 IN A 10.0.0.3\n");
  // A network that is only partly the view's is not; and the scope says how much of it counted.
  EXPECT_EQ(ask("198.51.100.7", "00011000cb00"),
            "NOERROR aa\nedns 1232\noption 8 00011010cb00\nanswer www.split.test. 60 IN A 10.0.0.3\n");
  EXPECT_EQ(ask("192.0.2.7", "00011800cb0071"),
            "NOERROR aa\nedns 1232\noption 8 00011800cb0071\nanswer www.split.test. 60 IN A 10.0.0.3\n");
}

TEST_F(Views, AnInterfaceThatIsRenamedIsInAnotherView) {
  name_interfaces("wan", "lan0", "lan9");
  EXPECT_THAT(server.ask({.name = "www.split.test", .interface = wan}), HasSubstr("10.0.0.3"));
  EXPECT_EQ(server.ask({.name = "www.split.test", .interface = lan}), "REFUSED\n");
}

namespace {

std::vector<std::string> problems_of(const std::string& yaml) {
  thence::config::Problems problems;
  const auto document = thence::config::Document::parse("t.yaml", yaml);
  thence::dns::plugin.load(thence::config::Cursor(document, problems), nullptr);
  std::vector<std::string> lines;
  for (const auto& each : problems.sorted()) lines.push_back(each.text());
  return lines;
}

constexpr auto zone_t = "zones: [{ name: t, records: ['@ 1 SOA n h 1 1 1 1 1', '@ 1 NS n.'] }]\n";

std::vector<std::string> with_t(const std::string& views) { return problems_of(zone_t + views); }

}  // namespace

TEST(ViewSettings, EachMistakeIsNamed) {
  EXPECT_THAT(with_t("views: []"), ElementsAre(HasSubstr("views: 0 views; allowed: 1 to 256")));
  EXPECT_THAT(with_t("views: [{ zones: [t] }]"), ElementsAre(HasSubstr("views[0].name: is missing")));
  EXPECT_THAT(with_t("views: [{ name: a, zones: [t] }, { name: a }]"),
              ElementsAre(HasSubstr("views[1].name: a second view 'a'")));
  EXPECT_THAT(with_t("views: [{ name: a, zones: [t, u] }]"),
              ElementsAre(HasSubstr("zones[1]: 'u' is none of dns.zones")));
  EXPECT_THAT(with_t("views: [{ name: a, zones: [t, T.] }]"), ElementsAre(HasSubstr("a second zone t.")));
  EXPECT_THAT(with_t("views: [{ name: a, zones: [t, { name: x }] }]"),
              ElementsAre(HasSubstr("zones[1]: a zone without data")));
  EXPECT_THAT(with_t("views: [{ name: a, zones: [t], access: deny }]"), ElementsAre(HasSubstr("'deny' is not known")));
  EXPECT_THAT(with_t("views: [{ name: a, zones: [t] }, { name: b, zones: [t], access: drop }]"),
              ElementsAre(HasSubstr("views[1].zones: nothing of this is answered")));
  EXPECT_THAT(with_t("views: [{ name: a, zones: [t], match: { subnets: [10.0.0.0/8] } }]"),
              ElementsAre(HasSubstr("that nobody is trusted to tell")));
  EXPECT_THAT(with_t("views: [{ name: a, zones: [t], colour: red }]"),
              ElementsAre(HasSubstr("views[0].colour: unknown key")));
}

TEST(ViewSettings, AZoneThatNoViewHasIsAWarning) {
  EXPECT_THAT(with_t("views: [{ name: a }]"), ElementsAre(HasSubstr("no view has the zone t.")));
  EXPECT_THAT(with_t("views: [{ name: a, zones: [{ name: t, dynamic: { x: self } }] }]"), IsEmpty());
}

TEST(ViewSettings, AMistakeInAZoneOfAllIsToldOnce) {
  EXPECT_THAT(problems_of("zones: [{ name: t, records: ['@ 1 SOA n h 1 1 1 1 1', 'x 1 A y'] }]\n"
                          "views: [{ name: a, zones: [{ name: t, dynamic: { x: self } }] }]"),
              ElementsAre(HasSubstr("zones[0].records[1]")));
}

TEST(ViewSettings, AsManyAsThereMayBe) {
  std::string views = "views:\n";
  for (int i = 0; i < 256; ++i) {
    views += "  - { name: v" + std::to_string(i) + ", match: { clients: [10.0." + std::to_string(i) +
             ".0/24] }, zones: [t] }\n";
  }
  EXPECT_THAT(with_t(views), IsEmpty());
  EXPECT_THAT(with_t(views + "  - { name: more }\n"), ElementsAre(HasSubstr("257 views")));
}

}  // namespace view_settings_test
