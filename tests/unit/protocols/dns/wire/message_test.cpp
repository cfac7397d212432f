// How messages are read and bounded: EDNS, truncation, and what must never be answered or never crash.

#include "tests/unit/protocols/dns/asking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using dns_asking::Octets;
using dns_asking::opt;
using dns_asking::Query;
using dns_asking::Responder;
using testing::HasSubstr;
using testing::StartsWith;
using thence::Transport;
using thence::Verdict;

namespace {

/// `big` has so many addresses that 512 octets, or 1232, cannot hold them.
std::string zones() {
  std::string yaml = "zones: [{ name: t, records: ['@ 9 SOA ns h 1 1 1 1 1', 'www 9 A 192.0.2.1'";
  for (int i = 0; i < 40; ++i) yaml += ", 'medium 9 A 192.0.2." + std::to_string(i) + "'";
  for (int i = 0; i < 100; ++i) yaml += ", 'big 9 A 192.0.2." + std::to_string(i) + "'";
  return yaml + ", 'to-big 9 CNAME big'] }]";
}

class Messages : public testing::Test {
 protected:
  std::string send(const Octets& message) {
    const auto endpoint = thence::Endpoint(boost::asio::ip::make_address("192.0.2.53"), 53);
    const auto reply = server.reply_to(message, {endpoint, endpoint, 0, Transport::udp});
    return reply.empty() ? "nothing" : dns_asking::text_of(reply);
  }

  Responder server{zones()};
};

using Rfc1035Message = Messages;
using Rfc2181Truncation = Messages;
using Rfc6891 = Messages;
using Rfc7766 = Messages;
using Rfc8906 = Messages;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_F(Rfc6891, AReplyToEdnsCarriesEdnsAndNoOtherReplyDoes) {
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(4096)}}),
            "NOERROR aa\nedns 1232\nanswer www.t. 9 IN A 192.0.2.1\n");
  EXPECT_EQ(server.ask({.name = "www.t"}), "NOERROR aa\nanswer www.t. 9 IN A 192.0.2.1\n");
  EXPECT_EQ(server.ask({.name = "elsewhere", .additional = {opt(1232)}}), "REFUSED\nedns 1232\noption 15 0014\n");
}

TEST_F(Rfc6891, AnUnknownVersionIsBadversWithEmptySections) {
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(1232, 1)}}), "BADVERS\nedns 1232\n");
  EXPECT_EQ(server.outcome(), "badvers");
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(1232, 255)}}), "BADVERS\nedns 1232\n");
}

TEST_F(Rfc6891, TwoOptsAreAFormatError) {
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(1232), opt(1232)}}), "FORMERR\nedns 1232\n");
}

TEST_F(Rfc6891, AnOptOfAnotherNameThanTheRootIsAFormatError) {
  Octets named{1, 'x'};
  dns_asking::add(named, opt(1232));
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {named}}), "FORMERR\nedns 1232\n");
}

TEST_F(Rfc6891, UnknownOptionsAreIgnored) {
  const Octets option{0xFF, 0xF0, 0, 2, 1, 2, 0xFF, 0xF1, 0, 0};
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(1232, 0, false, option)}}),
            "NOERROR aa\nedns 1232\nanswer www.t. 9 IN A 192.0.2.1\n");
}

TEST_F(Rfc6891, ABrokenListOfOptionsIsAFormatErrorWithEdns) {
  for (const auto& broken : {Octets{0}, Octets{0, 3, 0}, Octets{0, 3, 0, 5, 1}, Octets{0, 3, 0, 1, 1, 0, 3, 0, 1}}) {
    EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(4096, 0, true, broken)}}), "FORMERR\nedns 1232 do\n");
    EXPECT_EQ(server.outcome(), "formerr");
  }
}

TEST_F(Rfc6891, WhatAnotherVersionHasForOptionsIsNotJudged) {
  for (const auto& strange : {Octets{0, 3, 0}, Octets{0, 3, 0, 5, 1}}) {
    EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(1232, 1, false, strange)}}), "BADVERS\nedns 1232\n");
  }
}

TEST_F(Rfc6891, TheSizeOfTheClientIsHonouredUpTo1232Octets) {
  const Query query{.name = "medium.t"};
  EXPECT_LE(server.reply_to(query).size(), 512U);
  EXPECT_THAT(server.ask(query), StartsWith("NOERROR aa tc\n"));
  const auto medium = [&](unsigned payload) { return server.ask({.name = "medium.t", .additional = {opt(payload)}}); };
  // Header, question, 40 records and the OPT take 12 + 14 + 640 + 11 octets.
  EXPECT_THAT(medium(676), StartsWith("NOERROR aa tc\n"));
  EXPECT_EQ(count(medium(677), "answer"), 40U);
  EXPECT_THAT(medium(0), StartsWith("NOERROR aa tc\n")) << "less than 512 means 512";
  EXPECT_THAT(server.ask({.name = "big.t", .additional = {opt(65535)}}), StartsWith("NOERROR aa tc\n"));
}

TEST(Rfc6891Size, LessThan512Means512) {
  std::string yaml = "zones: [{ name: t, records: ['@ 9 SOA ns h 1 1 1 1 1'";
  for (int i = 0; i < 29; ++i) yaml += ", 'a 9 A 192.0.2." + std::to_string(i) + "'";
  Responder server(yaml + "] }]");
  EXPECT_EQ(count(server.ask({.name = "a.t", .additional = {opt(100)}}), "answer"), 29U);
}

TEST(Rfc3225, DnssecOkIsCopied) {
  Responder server(zones());
  EXPECT_THAT(server.ask({.name = "www.t", .additional = {opt(1232, 0, true)}}), HasSubstr("edns 1232 do\n"));
}

TEST_F(Rfc2181Truncation, OnlyWholeRRsetsAreSent) {
  EXPECT_EQ(server.ask({.name = "big.t"}), "NOERROR aa tc\n");
  EXPECT_EQ(server.outcome(), "truncated");
  EXPECT_EQ(server.ask({.name = "to-big.t"}), "NOERROR aa tc\nanswer to-big.t. 9 IN CNAME big.t.\n");
}

TEST_F(Rfc7766, OverTcpTheAnswerIsWhole) {
  const auto reply = server.ask({.name = "to-big.t", .transport = Transport::tcp});
  EXPECT_THAT(reply, StartsWith("NOERROR aa\n"));
  EXPECT_EQ(count(reply, "answer"), 101U);
}

TEST_F(Rfc7766, AMessageInAStreamStandsBehindItsLength) {
  const auto frame = [&](const Octets& stream) {
    return server.protocol().frame(thence::Transport::tcp, std::as_bytes(std::span(stream)));
  };
  EXPECT_EQ(server.protocol().framing(thence::Transport::tcp), thence::Framing::length_prefixed);

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

TEST_F(Rfc1035Message, AResponseIsNeverAnswered) {
  EXPECT_EQ(send(Query{.name = "www.t", .flags = 0x8000}.wire()), "nothing");
  EXPECT_EQ(server.outcome(), "response");
}

TEST_F(Rfc1035Message, LessThanAHeaderIsNotAnswered) {
  const auto whole = Query{.name = "www.t"}.wire();
  for (std::size_t size = 0; size < 12; ++size) {
    EXPECT_EQ(send(Octets(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))), "nothing");
    EXPECT_EQ(server.outcome(), "malformed");
  }
}

TEST_F(Rfc1035Message, EveryCutOffQueryIsAFormatError) {
  const auto whole = Query{.name = "www.t", .additional = {opt(1232, 0, true, {0xFD, 0xE9, 0, 2, 1, 2})}}.wire();
  for (std::size_t size = 12; size < whole.size(); ++size) {
    EXPECT_THAT(send(Octets(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))), StartsWith("FORMERR"));
    EXPECT_EQ(server.outcome(), "formerr");
  }
  EXPECT_THAT(send(whole), StartsWith("NOERROR"));
}

TEST_F(Rfc1035Message, OctetsBehindTheMessageAreAFormatError) {
  auto message = Query{.name = "www.t"}.wire();
  message.push_back(0);
  EXPECT_THAT(send(message), StartsWith("FORMERR"));
}

TEST_F(Rfc1035Message, OtherCountsOfQuestionsThanOneAreAFormatError) {
  for (const unsigned questions : {0U, 2U, 0xFFFFU}) {
    EXPECT_EQ(server.ask({.name = "www.t", .questions = questions}), "FORMERR\n");
  }
}

TEST_F(Rfc1035Message, AQuestionWithAPointerOrABadLabelIsAFormatError) {
  const Octets header{0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0};
  for (const auto& name : {Octets{0xC0, 12}, Octets{1, 'a', 0xC0, 12}, Octets{0x40, 'a', 0}, Octets{0x80, 0}}) {
    auto message = header;
    dns_asking::add(message, name);
    dns_asking::add(message, {0, 1, 0, 1});
    EXPECT_EQ(send(message), "FORMERR\n");
  }
}

TEST_F(Rfc1035Message, ANameOf255OctetsIsTheLongest) {
  const auto name_of = [](std::size_t last) {
    const std::string label(63, 'x');
    return label + '.' + label + '.' + label + '.' + std::string(last, 'y') + '.' + "t";
  };
  // Three labels of 64 octets, one of `last` + 1, `t` and the root.
  EXPECT_THAT(send(Query{.name = name_of(59)}.wire()), StartsWith("NXDOMAIN"));
  EXPECT_EQ(send(Query{.name = name_of(60)}.wire()), "FORMERR\n");
}

TEST_F(Rfc1035Message, ANameOf127LabelsIsTheOneWithMost) {
  std::string name;
  for (int i = 0; i < 126; ++i) name += "x.";
  EXPECT_THAT(send(Query{.name = name + "t"}.wire()), StartsWith("NXDOMAIN"));
  EXPECT_EQ(send(Query{.name = name + "x.t"}.wire()), "FORMERR\n");
}

TEST_F(Rfc1035Message, OtherRecordsInAQueryAreSkipped) {
  Octets record{0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4};
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {record, opt(1232)}}),
            "NOERROR aa\nedns 1232\nanswer www.t. 9 IN A 192.0.2.1\n");
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
