// What is answered whatever the zones hold, and how much.

#include "protocols/dns/server.hpp"

#include "tests/unit/protocols/dns/asking.hpp"
#include "tests/unit/protocols/dns/messages.hpp"

#include <cstdint>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace server_test {

using dns_asking::Octets;
using dns_asking::opt;
using dns_asking::option;
using dns_asking::Query;
using dns_asking::Responder;
using dns_messages::count;
using dns_messages::Messages;
using testing::StartsWith;
using thence::Transport;
using thence::Verdict;

namespace {

using Rfc1035Message = Messages;
using Rfc6891 = Messages;
using Rfc7766 = Messages;
using Rfc8906 = Messages;

}  // namespace

TEST_F(Rfc6891, AnUnknownVersionIsBadversWithEmptySections) {
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(1232, 1)}}), "BADVERS\nedns 1232\n");
  EXPECT_EQ(server.outcome(), "badvers");
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(1232, 255)}}), "BADVERS\nedns 1232\n");
}

TEST_F(Rfc7766, OverTcpTheAnswerIsWhole) {
  const auto reply = server.ask({.name = "to-big.t", .transport = Transport::tcp});
  EXPECT_THAT(reply, StartsWith("NOERROR aa\n"));
  EXPECT_EQ(count(reply, "answer"), 101U);
}

TEST_F(Rfc7766, AMessageInAStreamStandsBehindItsLength) {
  const auto frame = [&](const Octets& stream) {
    return server.protocol().frame(Transport::tcp, std::as_bytes(std::span(stream)));
  };
  EXPECT_EQ(server.protocol().framing(Transport::tcp), thence::Framing::length_prefixed);
  EXPECT_EQ(frame({0, 29, 0, 0, 1, 0, 0, 1}), 2U + 29U);
  EXPECT_EQ(frame({0xFF, 0xFF, 0, 0, 1, 0, 0, 1}), 2U + 65535U);
  EXPECT_EQ(frame({0, 11, 0, 0, 1, 0, 0, 1}), 0U) << "shorter than a header";
  EXPECT_EQ(frame({0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42}), 0U) << "STUN";
}

TEST_F(Rfc8906, AnUnknownOpcodeIsNotImplemented) {
  for (const unsigned opcode : {1U, 2U, 3U, 4U, 5U, 15U}) {
    EXPECT_EQ(server.ask({.name = "www.t", .flags = opcode << 11U, .additional = {opt(1232)}}),
              "NOTIMPL\nedns 1232\noption 15 0015\n");
    EXPECT_EQ(server.outcome(), "notimp");
    EXPECT_EQ(server.action(), Verdict::Action::refuse);
  }
}

TEST_F(Rfc8906, AnUnknownTypeIsNodata) {
  EXPECT_THAT(server.ask({.name = "www.t", .type = "TYPE1000"}), StartsWith("NOERROR aa\nauthority t. 1 IN SOA"));
}

TEST_F(Rfc8906, AnotherClassAndTransfersAreRefused) {
  EXPECT_EQ(server.ask({.name = "www.t", .rr_class = 3}), "REFUSED\n");
  EXPECT_EQ(server.ask({.name = "www.t", .rr_class = 255}), "REFUSED\n");
  EXPECT_EQ(server.ask({.name = "t", .type = "AXFR", .transport = Transport::tcp}), "REFUSED\n");
  EXPECT_EQ(server.ask({.name = "t", .type = "IXFR"}), "REFUSED\n");
}

TEST_F(Rfc1035Message, OnASharedPortAllButStunIsClaimed) {
  const auto claims = [&](const Octets& payload) {
    return server.protocol().claims(std::as_bytes(std::span(payload)));
  };
  EXPECT_TRUE(claims(Query{.name = "www.t"}.wire()));
  EXPECT_TRUE(claims(Query{.name = "www.t", .questions = 2}.wire())) << "FORMERR, as on a port of its own";
  EXPECT_TRUE(claims(Query{.name = "www.t", .questions = 0x2112}.wire()));
  EXPECT_TRUE(claims({0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0}));
  EXPECT_FALSE(claims({0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0}));
  EXPECT_FALSE(claims({0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
  EXPECT_FALSE(claims({0, 1, 0, 0, 9, 8, 7, 6, 5, 4, 3, 2, 1, 2, 3, 4, 5, 6, 7, 8})) << "RFC 3489";
  EXPECT_TRUE(claims({0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 3, 2, 1, 2, 3, 4, 5, 6, 7, 8})) << "one question, nothing else";
  EXPECT_TRUE(claims({0, 1, 0, 4, 9, 8, 7, 6, 5, 4, 3, 2, 1, 2, 3, 4, 5, 6, 7, 8})) << "not as long as STUN would say";
  EXPECT_FALSE(claims({}));
}

TEST(Rfc1035Probe, AnyResponderAnswersAProbe) {
  for (const auto* const yaml : {"{}", "zones: [{ name: ., records: ['@ 9 SOA ns h 1 1 1 1 1'] }]"}) {
    Responder server(yaml);
    const auto probe = thence::dns::plugin.probe(0x0123456789abcdefU);
    const auto* const octets = reinterpret_cast<const std::uint8_t*>(probe.data());
    const auto endpoint = thence::Endpoint(boost::asio::ip::make_address("192.0.2.53"), 53);
    const auto reply = server.reply_to(Octets(octets, octets + probe.size()), {endpoint, endpoint, 0, Transport::udp});
    EXPECT_TRUE(thence::dns::plugin.answers(probe, std::as_bytes(std::span(reply))));
    EXPECT_FALSE(thence::dns::plugin.answers(probe, probe)) << "an echo is no answer";
    EXPECT_FALSE(
        thence::dns::plugin.answers(thence::dns::plugin.probe(0x1123456789abcdefU), std::as_bytes(std::span(reply))));
  }
}

namespace {

constexpr std::uint64_t second = 1'000'000;
constexpr std::uint64_t start = 1'700'000'000 * second;

std::uint64_t now_us = 0;
std::uint64_t test_clock() noexcept { return now_us; }

std::uint64_t time_of_day = 0;
std::uint64_t wall_clock() noexcept { return time_of_day; }

constexpr auto zones = "zones: [{ name: t, records: ['@ 9 SOA ns h 1 1 1 1 1', 'www 9 A 192.0.2.1'] }]\n";

/// A server that answers one query a second and says something to every second one over that.
class Limited : public testing::Test {
 protected:
  Limited() { now_us = start; }

  std::string ask(const Query& query = {.name = "www.t"}) {
    const auto reply = server.reply_to(query);
    return reply.empty() ? "nothing" : dns_asking::text_of(reply);
  }

  Responder server{std::string("rate-limit: { per-second: 1, slip: 2 }\n") + zones, test_clock};
};

using RateLimitReplies = Limited;
const std::string answer = "NOERROR aa\nanswer www.t. 9 IN A 192.0.2.1\n";
const auto with_client_cookie = opt(1232, 0, false, option(10, Octets(8, 1)));

}  // namespace

TEST_F(RateLimitReplies, OverTheLimitEverySecondReplyIsAnEmptyOneThatIsTruncated) {
  EXPECT_EQ(ask(), answer);
  EXPECT_EQ(ask(), "nothing");
  EXPECT_EQ(server.outcome(), "limited");
  EXPECT_EQ(server.action(), Verdict::Action::drop);
  EXPECT_EQ(ask(), "NOERROR tc\n");
  EXPECT_EQ(server.outcome(), "slipped");
  EXPECT_EQ(server.action(), Verdict::Action::reply);
  EXPECT_EQ(ask({.name = "www.t", .additional = {opt(1232)}}), "nothing");
  EXPECT_EQ(ask({.name = "www.t", .additional = {opt(1232)}}), "NOERROR tc\nedns 1232\n");
  EXPECT_EQ(ask({.name = "www.t", .peer = "203.0.113.1"}), answer) << "another prefix";
  now_us += second;
  EXPECT_EQ(ask(), answer);
}

TEST_F(RateLimitReplies, AClientWithACookieIsToldToComeWithAServerCookie) {
  const Query query{.name = "www.t", .additional = {with_client_cookie}};
  EXPECT_THAT(ask(query), StartsWith("NOERROR aa\n"));
  EXPECT_EQ(ask(query), "nothing");
  const auto reply = ask(query);
  EXPECT_THAT(reply, StartsWith("BADCOOKIE\nedns 1232\noption 10 0101010101010101"));
  EXPECT_EQ(server.outcome(), "badcookie");
  // With the cookie that came with it the client is answered, however often it asks.
  const auto cookie = dns_asking::unhex(reply.substr(reply.find("option 10 ") + 10, 48));
  for (int i = 0; i < 10; ++i) {
    EXPECT_THAT(ask({.name = "www.t", .additional = {opt(1232, 0, false, option(10, cookie))}}),
                StartsWith("NOERROR aa\n"));
  }
  // A bad one does not help.
  EXPECT_EQ(ask({.name = "www.t", .additional = {opt(1232, 0, false, option(10, Octets(24, 1)))}}), "nothing");
  EXPECT_THAT(ask({.name = "www.t", .additional = {opt(1232, 0, false, option(10, Octets(24, 1)))}}),
              StartsWith("BADCOOKIE\n"));
}

TEST_F(RateLimitReplies, TcpAndLoopbackAreExempt) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(ask({.name = "www.t", .transport = Transport::tcp}), answer);
    EXPECT_EQ(ask({.name = "www.t", .peer = "127.0.0.1"}), answer);
    EXPECT_EQ(ask({.name = "www.t", .peer = "127.9.9.9"}), answer);
    EXPECT_EQ(ask({.name = "www.t", .local = "::1", .peer = "::1"}), answer);
  }
  EXPECT_EQ(ask({.name = "www.t"}), answer) << "which took nothing from anybody";
}

TEST_F(RateLimitReplies, ErrorsCountAsWellAndAreNeverSlipped) {
  const Query broken{.name = "www.t", .questions = 2};
  EXPECT_EQ(ask(broken), "FORMERR\n");
  for (int i = 0; i < 4; ++i) EXPECT_EQ(ask(broken), "nothing");
  EXPECT_EQ(server.outcome(), "limited");
}

TEST_F(RateLimitReplies, WhatIsNeverAnsweredTakesNothing) {
  EXPECT_EQ(ask({.name = "www.t", .flags = 0x8000}), "nothing");
  EXPECT_EQ(server.outcome(), "response");
  EXPECT_EQ(ask(), answer);
}

TEST(RateLimitClock, TheTimeOfDayMayBeSetAndMattersNot) {
  now_us = 7 * second;
  time_of_day = start;
  Responder server(std::string("rate-limit: { per-second: 1, slip: 0 }\n") + zones,
                   thence::Clocks{wall_clock, test_clock});
  const auto is_answered = [&] { return !server.reply_to(Query{.name = "www.t"}).empty(); };
  EXPECT_TRUE(is_answered());
  EXPECT_FALSE(is_answered());
  for (const auto set : {start - 3600 * second, start + 3600 * second}) {
    time_of_day = set;
    EXPECT_FALSE(is_answered());
  }
  now_us += second;
  EXPECT_TRUE(is_answered());
}

TEST(RateLimitOff, WithoutTheKeyThereIsNoLimit) {
  now_us = start;
  Responder server(zones, test_clock);
  for (int i = 0; i < 10000; ++i) ASSERT_EQ(server.reply_to(Query{.name = "www.t"}).empty(), false);
}

}  // namespace server_test
