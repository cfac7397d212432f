// `thence check --explain`: what a request would get, in words.

#include "tests/unit/protocols/dns/asking.hpp"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace explain_test {

using testing::HasSubstr;

namespace {

constexpr auto settings = R"(
client-subnet: { trusted: [10.0.0.53] }
zones: [{ name: example.com, records: ["@ 300 SOA n h 1 1 1 1 60", "@ 300 NS n.", "www 60 A 192.0.2.1"], dynamic: { me: self } }]
forward:
  - { zone: corp.example, to: [10.9.9.9, "[2001:db8::9]:5353"], from: asked, clients: [10.0.0.0/8] }
views:
  - { name: enemies, match: { clients: [192.0.2.66] }, access: drop }
  - { name: far, match: { subnets: [203.0.113.0/24] } }
  - { name: lan, match: { interfaces: ["lan*"], transports: [udp] }, zones: [example.com], forward: [corp.example] }
  - { name: all, zones: [example.com] }
)";

std::string explain(const std::string& yaml, const std::string& client, std::map<std::string, std::string> details,
                    thence::Transport transport = thence::Transport::udp) {
  thence::config::Problems problems;
  const auto document = thence::config::Document::parse("t.yaml", yaml);
  const auto service = thence::dns::plugin.load(thence::config::Cursor(document, problems), nullptr);
  const auto address = [](const std::string& text) { return boost::asio::ip::make_address(text); };
  const thence::InterfaceTable interfaces({{1, "lan0", true, {{address("10.0.0.1"), 24}}}});
  return service->explain({{{address(client), 4000}, {address("10.0.0.1"), 53}, 1, transport}, std::move(details)},
                          interfaces, {});
}

}  // namespace

TEST(Explain, SaysWhichViewServesAndWhyNotThoseBefore) {
  EXPECT_EQ(explain(settings, "10.9.8.7", {{"name", "me.example.com"}}),
            "view enemies does not match: client 10.9.8.7 is not within 192.0.2.66/32\n"
            "view far does not match: no client subnet from a trusted client\n"
            "view lan matches: interface lan0 is one of lan*; the transport is udp\n"
            "zone example.com. has the name\n"
            "me.example.com. A: NOERROR\n"
            "  answer: me.example.com. 0 IN A 10.0.0.1\n");
}

TEST(Explain, SaysWhoWouldBeAsked) {
  EXPECT_THAT(explain(settings, "10.9.8.7", {{"name", "x.corp.example"}, {"type", "MX"}}),
              HasSubstr("forward of corp.example. has the name\n"
                        "x.corp.example. MX: asked of 10.9.9.9:53, then [2001:db8::9]:5353, from the address asked, "
                        "10.0.0.1\n"));
  EXPECT_THAT(explain(settings, "192.0.2.7", {{"name", "x.corp.example"}}),
              HasSubstr("forward of corp.example. has the name\nx.corp.example. A: REFUSED, extended error 18"));
}

TEST(Explain, NoTransferIsAskedOfOthers) {
  EXPECT_THAT(explain(settings, "10.9.8.7", {{"name", "x.corp.example"}, {"type", "AXFR"}}),
              HasSubstr("x.corp.example. AXFR: REFUSED, extended error 18"));
}

/// For DS the parent side speaks (RFC 4035 §3.1.4.1), where there is one that knows the name and may be asked.
TEST(Explain, WhoSpeaksForDs) {
  constexpr auto yaml = R"(
zones:
  - { name: example.com, records: ["@ 1 SOA n. h. 1 1 1 1 1", "@ 1 NS n.", "cut 1 NS n.cut", "n.cut 1 A 192.0.2.1"] }
forward:
  - { zone: ".", to: [10.9.9.9], clients: [10.0.0.0/8] }
  - { zone: corp.example.com, to: [10.9.9.8] }
  - { zone: cut.example.com, to: [10.9.9.8] }
  - { zone: fwd.test, to: [10.9.9.8] }
)";
  const auto ask = [&](const char* client, const char* name) {
    return explain(yaml, client, {{"name", name}, {"type", "DS"}});
  };
  EXPECT_THAT(ask("10.9.8.7", "corp.example.com"), HasSubstr("forward of corp.example.com. has the name"));
  EXPECT_THAT(ask("10.9.8.7", "cut.example.com"), HasSubstr("zone example.com. has the name"));
  EXPECT_THAT(ask("10.9.8.7", "example.com"), HasSubstr("zone example.com. has the name"));
  EXPECT_THAT(ask("10.9.8.7", "fwd.test"), HasSubstr("forward of . has the name"));
  EXPECT_THAT(ask("192.0.2.7", "fwd.test"), HasSubstr("forward of fwd.test. has the name"));
}

TEST(Explain, SaysWhatIsNotServed) {
  EXPECT_THAT(explain(settings, "10.9.8.7", {{"name", "elsewhere"}}),
              HasSubstr("elsewhere. A: REFUSED, extended error 18 (Prohibited)\n"));
  EXPECT_THAT(explain(settings, "192.0.2.66", {{"name", "www.example.com"}}),
              HasSubstr("view enemies matches: client 192.0.2.66 is within 192.0.2.66/32; its access is drop\n"
                        "www.example.com. A: no reply\n"));
  EXPECT_THAT(explain(settings, "10.0.0.53", {{"name", "www.example.com"}, {"subnet", "203.0.113.128/25"}}),
              HasSubstr("view far matches: client subnet 203.0.113.128/25 is within 203.0.113.0/24\n"
                        "www.example.com. A for 203.0.113.128/25: REFUSED, extended error 18"));
  EXPECT_THAT(explain(settings, "10.9.8.7", {{"name", "www.example.com"}}, thence::Transport::tcp),
              HasSubstr("view lan does not match: the transport is tcp\nview all matches: it matches all requests\n"));
}

TEST(Explain, WithoutViewsThereIsNothingToSayOfThem) {
  EXPECT_EQ(explain("zones: []", "10.9.8.7", {{"name", "x"}}),
            "x. A: REFUSED, extended error 20 (Not Authoritative)\n");
}

TEST(Explain, EachMistakeIsNamed) {
  const auto mistake = [](std::map<std::string, std::string> details) -> std::string {
    try {
      explain(settings, "10.9.8.7", std::move(details));
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(mistake({}), "name is missing; allowed: name= and the name that is asked");
  EXPECT_EQ(mistake({{"name", "a..b"}}), "name=a..b cannot be read; allowed: a domain name");
  EXPECT_THAT(mistake({{"name", "a"}, {"type", "NOPE"}}), HasSubstr("type=NOPE cannot be read"));
  EXPECT_THAT(mistake({{"name", "a"}, {"subnet", "10.0.0.1/8"}}), HasSubstr("subnet=10.0.0.1/8 cannot be read"));
  EXPECT_THAT(mistake({{"nam", "a"}}), HasSubstr("nam is not known; allowed: interface, local, client"));
}

}  // namespace explain_test
