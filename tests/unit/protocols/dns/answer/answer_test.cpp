// What is answered from a zone, a test for each rule, named after the RFC that has it.

#include "tests/unit/protocols/dns/asking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace answer_test {

using dns_asking::Query;
using dns_asking::Responder;
using testing::HasSubstr;
using testing::Not;

namespace {

constexpr auto zones = R"(
zones:
  - name: example.test
    records:
      - "@ 3600 SOA ns1 hostmaster 1 3600 600 86400 300"
      - "@ 3600 NS ns1"
      - "ns1 3600 A 192.0.2.1"
      - "www 60 A 192.0.2.10"
      - "www 60 A 192.0.2.11"
      - "www 60 AAAA 2001:db8::10"
      - "www 60 TXT \"a text\""
      - "deep.down.empty 60 A 192.0.2.12"
      - "alias 60 CNAME www"
      - "alias2 60 CNAME alias"
      - "away 60 CNAME www.elsewhere.test."
      - "nowhere 60 CNAME missing"
      - "untyped 60 CNAME ns1"
      - "loop 60 CNAME pool"
      - "pool 60 CNAME loop"
      - "own 60 CNAME own"
      - "into 60 CNAME host.sub"
      - "*.wild 60 A 192.0.2.20"
      - "*.wild 60 CAA 0 issue \"ca.test\""
      - "there.wild 60 TXT \"not the wildcard\""
      - "below.gap.wild 60 TXT \"makes gap.wild an empty non-terminal\""
      - "*.chain 60 CNAME next.chain"
      - "sub 300 NS ns.sub"
      - "sub 300 NS ns1"
      - "sub 300 NS ns.elsewhere.test."
      - "sub 300 DS 12345 13 2 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
      - "ns.sub 300 A 192.0.2.30"
      - "ns.sub 300 AAAA 2001:db8::30"
      - "unsigned 300 NS ns1"
      - "strange 60 TYPE65280 \\# 3 abcdef"
  - name: child.example.test
    records:
      - "@ 60 SOA ns1 hostmaster 7 3600 600 86400 900"
      - "@ 60 NS ns1.example.test."
      - "www 60 A 192.0.2.40"
)";

constexpr auto soa =
    "authority example.test. 300 IN SOA ns1.example.test. hostmaster.example.test. 1 3600 600 86400 300\n";

class Answers : public testing::Test {
 protected:
  std::string ask(const std::string& name, const std::string& type = "A") {
    return server.ask({.name = name, .type = type});
  }

  Responder server{zones};
};

using Rfc1034 = Answers;
using Rfc1035 = Answers;
using Rfc2181 = Answers;
using Rfc2308 = Answers;
using Rfc3597 = Answers;
using Rfc4035 = Answers;
using Rfc4343 = Answers;
using Rfc4592 = Answers;
using Rfc5452 = Answers;
using Rfc6604 = Answers;
using Rfc8482 = Answers;
using Rfc9471 = Answers;

}  // namespace

TEST_F(Rfc1034, ARecordSetIsAnsweredWithAuthority) {
  EXPECT_EQ(ask("www.example.test"),
            "NOERROR aa\n"
            "answer www.example.test. 60 IN A 192.0.2.10\n"
            "answer www.example.test. 60 IN A 192.0.2.11\n");
  EXPECT_EQ(server.outcome(), "noerror");
  EXPECT_EQ(ask("www.example.test", "TXT"), "NOERROR aa\nanswer www.example.test. 60 IN TXT \"a text\"\n");
}

TEST_F(Rfc1034, TheApexHasRecordsLikeAnyName) {
  EXPECT_EQ(ask("example.test", "NS"),
            "NOERROR aa\n"
            "answer example.test. 3600 IN NS ns1.example.test.\n"
            "additional ns1.example.test. 3600 IN A 192.0.2.1\n");
  EXPECT_THAT(ask("example.test", "SOA"), HasSubstr("answer example.test. 3600 IN SOA ns1.example.test. "));
}

TEST_F(Rfc1034, AnAliasIsFollowedWithinTheZone) {
  EXPECT_EQ(ask("alias2.example.test", "AAAA"),
            "NOERROR aa\n"
            "answer alias2.example.test. 60 IN CNAME alias.example.test.\n"
            "answer alias.example.test. 60 IN CNAME www.example.test.\n"
            "answer www.example.test. 60 IN AAAA 2001:db8::10\n");
  EXPECT_EQ(ask("away.example.test"), "NOERROR aa\nanswer away.example.test. 60 IN CNAME www.elsewhere.test.\n");
}

TEST_F(Rfc1034, AnAliasIsNotFollowedWhenItIsAskedFor) {
  EXPECT_EQ(ask("alias2.example.test", "CNAME"),
            "NOERROR aa\nanswer alias2.example.test. 60 IN CNAME alias.example.test.\n");
}

TEST_F(Rfc1034, ALoopOfAliasesEnds) {
  EXPECT_EQ(ask("loop.example.test"),
            "NOERROR aa\n"
            "answer loop.example.test. 60 IN CNAME pool.example.test.\n"
            "answer pool.example.test. 60 IN CNAME loop.example.test.\n");
  EXPECT_EQ(ask("own.example.test"), "NOERROR aa\nanswer own.example.test. 60 IN CNAME own.example.test.\n");
}

TEST(Rfc1034Chain, ALongChainOfAliasesIsCutOff) {
  std::string yaml = "zones: [{ name: t, records: ['@ 1 SOA ns h 1 1 1 1 1'";
  for (int i = 0; i < 40; ++i) yaml += ", 'a" + std::to_string(i) + " 1 CNAME a" + std::to_string(i + 1) + "'";
  Responder server(yaml + "] }]");
  const auto reply = server.ask({.name = "a0.t", .transport = thence::Transport::tcp});
  EXPECT_THAT(reply, HasSubstr("answer a15.t. 1 IN CNAME a16.t."));
  EXPECT_THAT(reply, Not(HasSubstr("answer a16.t.")));
  EXPECT_THAT(reply, testing::StartsWith("NOERROR aa\n"));
}

TEST_F(Rfc6604, TheLastNameOfAChainDecides) {
  EXPECT_EQ(ask("nowhere.example.test"),
            std::string("NXDOMAIN aa\nanswer nowhere.example.test. 60 IN CNAME missing.example.test.\n") + soa);
  EXPECT_EQ(server.outcome(), "nxdomain");
  EXPECT_EQ(ask("untyped.example.test", "AAAA"),
            std::string("NOERROR aa\nanswer untyped.example.test. 60 IN CNAME ns1.example.test.\n") + soa);
  EXPECT_EQ(server.outcome(), "nodata");
}

TEST_F(Rfc1034, AnAliasIntoADelegationEndsInAReferral) {
  EXPECT_EQ(ask("into.example.test"),
            "NOERROR aa\n"
            "answer into.example.test. 60 IN CNAME host.sub.example.test.\n"
            "authority sub.example.test. 300 IN NS ns.sub.example.test.\n"
            "authority sub.example.test. 300 IN NS ns.elsewhere.test.\n"
            "authority sub.example.test. 300 IN NS ns1.example.test.\n"
            "additional ns.sub.example.test. 300 IN A 192.0.2.30\n"
            "additional ns.sub.example.test. 300 IN AAAA 2001:db8::30\n"
            "additional ns1.example.test. 3600 IN A 192.0.2.1\n");
}

TEST_F(Rfc1034, AtAndBelowACutIsAReferralWithoutAuthority) {
  const std::string referral =
      "NOERROR\n"
      "authority sub.example.test. 300 IN NS ns.sub.example.test.\n"
      "authority sub.example.test. 300 IN NS ns.elsewhere.test.\n"
      "authority sub.example.test. 300 IN NS ns1.example.test.\n"
      "additional ns.sub.example.test. 300 IN A 192.0.2.30\n"
      "additional ns.sub.example.test. 300 IN AAAA 2001:db8::30\n"
      "additional ns1.example.test. 3600 IN A 192.0.2.1\n";
  EXPECT_EQ(ask("host.sub.example.test"), referral);
  EXPECT_EQ(server.outcome(), "referral");
  EXPECT_EQ(ask("sub.example.test", "NS"), referral);
  EXPECT_EQ(ask("sub.example.test", "TXT"), referral);
  EXPECT_EQ(ask("a.b.c.sub.example.test"), referral);
  EXPECT_EQ(ask("ns.sub.example.test"), referral) << "glue is not an answer";
}

TEST_F(Rfc4035, TheParentAnswersForDs) {
  EXPECT_THAT(ask("sub.example.test", "DS"),
              testing::StartsWith("NOERROR aa\nanswer sub.example.test. 300 IN DS 12345 13 2 "));
  EXPECT_EQ(ask("unsigned.example.test", "DS"), std::string("NOERROR aa\n") + soa);
  EXPECT_THAT(ask("host.sub.example.test", "DS"), testing::StartsWith("NOERROR\nauthority sub.example.test."));
}

TEST_F(Rfc4035, TheParentAnswersForDsWhenTheChildIsServedToo) {
  EXPECT_EQ(ask("child.example.test", "DS"), std::string("NXDOMAIN aa\n") + soa);
  EXPECT_THAT(ask("example.test", "DS"), HasSubstr("authority example.test. 300 IN SOA")) << "no parent here";
}

TEST_F(Rfc1034, TheLongestApexWins) {
  EXPECT_EQ(ask("www.child.example.test"), "NOERROR aa\nanswer www.child.example.test. 60 IN A 192.0.2.40\n");
  EXPECT_THAT(ask("no.child.example.test"), HasSubstr("authority child.example.test. 60 IN SOA"));
}

TEST(Rfc1034Root, TheRootCanBeAZone) {
  Responder server("zones: [{ name: ., records: ['@ 9 SOA ns h 1 1 1 1 1', 'test 9 A 192.0.2.1', '@ 9 NS ns'] }]");
  EXPECT_EQ(server.ask({.name = "test"}), "NOERROR aa\nanswer test. 9 IN A 192.0.2.1\n");
  EXPECT_EQ(server.ask({.name = "", .type = "NS"}), "NOERROR aa\nanswer . 9 IN NS ns.\n");
  EXPECT_EQ(server.ask({.name = "a.b.c"}), "NXDOMAIN aa\nauthority . 1 IN SOA ns. h. 1 1 1 1 1\n");
}

TEST_F(Rfc2308, NegativeAnswersCarryTheSoaWithTheLowerOfTtlAndMinimum) {
  EXPECT_EQ(ask("missing.example.test"), std::string("NXDOMAIN aa\n") + soa);
  EXPECT_EQ(server.outcome(), "nxdomain");
  EXPECT_EQ(ask("a.b.c.d.e.f.missing.example.test"), std::string("NXDOMAIN aa\n") + soa);
  EXPECT_EQ(ask("ns1.example.test", "AAAA"), std::string("NOERROR aa\n") + soa);
  EXPECT_EQ(server.outcome(), "nodata");
  EXPECT_EQ(ask("missing.child.example.test"),
            "NXDOMAIN aa\n"
            "authority child.example.test. 60 IN SOA ns1.child.example.test. hostmaster.child.example.test. "
            "7 3600 600 86400 900\n");
}

TEST_F(Rfc2308, AnEmptyNonTerminalIsNodata) {
  EXPECT_EQ(ask("empty.example.test"), std::string("NOERROR aa\n") + soa);
  EXPECT_EQ(ask("down.empty.example.test"), std::string("NOERROR aa\n") + soa);
  EXPECT_EQ(ask("up.empty.example.test"), std::string("NXDOMAIN aa\n") + soa);
}

TEST_F(Rfc4592, AWildcardAnswersInTheNameThatWasAsked) {
  EXPECT_EQ(ask("anything.wild.example.test"), "NOERROR aa\nanswer anything.wild.example.test. 60 IN A 192.0.2.20\n");
  EXPECT_EQ(ask("a.b.c.wild.example.test"), "NOERROR aa\nanswer a.b.c.wild.example.test. 60 IN A 192.0.2.20\n");
  EXPECT_EQ(ask("*.wild.example.test"), "NOERROR aa\nanswer *.wild.example.test. 60 IN A 192.0.2.20\n");
  EXPECT_EQ(ask("anything.wild.example.test", "TXT"), std::string("NOERROR aa\n") + soa);
}

TEST_F(Rfc4592, AWildcardCoversNoNameThatExists) {
  EXPECT_EQ(ask("wild.example.test"), std::string("NOERROR aa\n") + soa) << "the wildcard's parent";
  EXPECT_EQ(ask("there.wild.example.test"), std::string("NOERROR aa\n") + soa);
  EXPECT_EQ(ask("gap.wild.example.test"), std::string("NOERROR aa\n") + soa) << "an empty non-terminal";
  EXPECT_EQ(ask("other.gap.wild.example.test"), std::string("NXDOMAIN aa\n") + soa);
  EXPECT_EQ(ask("x.there.wild.example.test"), std::string("NXDOMAIN aa\n") + soa);
}

TEST(Rfc4592Encloser, IsFoundAtEveryDepth) {
  // 20 labels below the apex; a wildcard at each, with its depth.
  std::string yaml = "zones: [{ name: t, records: ['@ 1 SOA n h 1 1 1 1 1', '* 1 TXT 0'";
  std::string name;
  for (int depth = 1; depth <= 20; ++depth) {
    name = "x" + (name.empty() ? "" : "." + name);
    yaml.append(", '*.").append(name).append(" 1 TXT ").append(std::to_string(depth)).append("'");
  }
  Responder server(yaml + "] }]");
  name = "t";
  for (int depth = 0; depth <= 20; ++depth, name.insert(0, "x.")) {
    for (const auto* const above :
         {"no.", "x.no.", "no.no.no.no.no.no.no.no.no.no.no.no.no.no.no.no.no.no.no.no.no."}) {
      EXPECT_EQ(server.ask({.name = above + name, .type = "TXT", .transport = thence::Transport::tcp}),
                "NOERROR aa\nanswer " + (above + name) + ". 1 IN TXT \"" + std::to_string(depth) + "\"\n");
    }
  }
}

TEST_F(Rfc4592, AWildcardMayBeAnAlias) {
  EXPECT_EQ(ask("any.chain.example.test"),
            "NOERROR aa\n"
            "answer any.chain.example.test. 60 IN CNAME next.chain.example.test.\n"
            "answer next.chain.example.test. 60 IN CNAME next.chain.example.test.\n");
}

TEST_F(Rfc4343, LetterCaseDoesNotMatter) {
  EXPECT_EQ(ask("WwW.ExAmPlE.TeSt", "AAAA"), "NOERROR aa\nanswer WwW.ExAmPlE.TeSt. 60 IN AAAA 2001:db8::10\n");
}

TEST_F(Rfc5452, TheQuestionIsEchoedOctetForOctet) {
  const Query query{.name = "wWw.eXample.TEST"};
  const auto asked = query.wire();
  const auto reply = server.reply_to(query);
  ASSERT_GT(reply.size(), asked.size());
  EXPECT_TRUE(std::equal(asked.begin() + 12, asked.end(), reply.begin() + 12));
  EXPECT_EQ(reply[0], 0x12);
  EXPECT_EQ(reply[1], 0x34);
}

TEST_F(Rfc1035, RecursionDesiredIsCopiedAndRecursionIsNotOffered) {
  EXPECT_EQ(server.reply_to({.name = "www.example.test", .flags = 0x0100})[2], 0x85);
  EXPECT_EQ(server.reply_to({.name = "www.example.test", .flags = 0x0000})[2], 0x84);
  // AD and CD say something about validation, which an authoritative server does not do (RFC 4035 §3.1.6).
  EXPECT_EQ(server.reply_to({.name = "www.example.test", .flags = 0x0030})[3], 0x00);
}

TEST_F(Rfc1035, NamesInRecordsPointIntoTheQuestion) {
  // Header, question, SOA; `ns1` and `hostmaster` in front of a pointer, and five numbers.
  EXPECT_EQ(server.reply_to({.name = "missing.example.test"}).size(), 12U + 26U + 12U + (4U + 2U) + (11U + 2U) + 20U);
}

TEST_F(Rfc3597, RecordsOfUnknownTypesAreAnswered) {
  EXPECT_EQ(ask("strange.example.test", "TYPE65280"),
            "NOERROR aa\nanswer strange.example.test. 60 IN TYPE65280 \\# 3 abcdef\n");
  EXPECT_EQ(ask("www.example.test", "TYPE65281"), std::string("NOERROR aa\n") + soa);
}

TEST_F(Rfc8482, AnyIsAnsweredWithOneRRset) {
  EXPECT_EQ(ask("www.example.test", "ANY"),
            "NOERROR aa\n"
            "answer www.example.test. 60 IN A 192.0.2.10\n"
            "answer www.example.test. 60 IN A 192.0.2.11\n");
  EXPECT_EQ(ask("alias.example.test", "ANY"), "NOERROR aa\nanswer alias.example.test. 60 IN CNAME www.example.test.\n");
  EXPECT_EQ(ask("empty.example.test", "ANY"), std::string("NOERROR aa\n") + soa);
}

TEST(Rfc4592Glue, AWildcardMayBeTheAddressOfANameServer) {
  Responder server(
      "zones: [{ name: t, records: ['@ 9 SOA ns h 1 1 1 1 1', 'sub 9 NS a.servers', '*.servers 9 A 192.0.2.1'] }]");
  EXPECT_EQ(server.ask({.name = "x.sub.t"}),
            "NOERROR\nauthority sub.t. 9 IN NS a.servers.t.\nadditional a.servers.t. 9 IN A 192.0.2.1\n");
}

TEST(Rfc2181Ttl, RecordsOfOneSetShareTheLowestTtlAndStandOnce) {
  Responder server(
      "zones: [{ name: t, records: ['@ 9 SOA ns h 1 1 1 1 1', 'a 90 A 192.0.2.1', 'a 30 A 192.0.2.2', "
      "'A 60 A 192.0.2.1'] }]");
  EXPECT_EQ(server.ask({.name = "a.t"}), "NOERROR aa\nanswer a.t. 30 IN A 192.0.2.1\nanswer a.t. 30 IN A 192.0.2.2\n");
}

TEST_F(Rfc1034, ANameOutOfTheZonesIsRefused) {
  EXPECT_EQ(ask("www.elsewhere.test"), "REFUSED\n");
  EXPECT_EQ(server.outcome(), "refused");
  EXPECT_EQ(server.action(), thence::Verdict::Action::refuse);
  EXPECT_EQ(ask("test"), "REFUSED\n");
  EXPECT_EQ(ask("notexample.test"), "REFUSED\n") << "equal octets at the end are no common label";
}

TEST(Rfc9471Glue, AReferralWithoutRoomForItsGlueIsTruncated) {
  std::string yaml = "zones: [{ name: t, records: ['@ 9 SOA ns h 1 1 1 1 1'";
  for (int i = 0; i < 10; ++i) {
    const auto server = "server-number-" + std::to_string(i) + ".sub";
    yaml.append(", 'sub 9 NS ").append(server).append("'");
    yaml.append(", '").append(server).append(" 9 A 192.0.2.1'");
    yaml.append(", '").append(server).append(" 9 AAAA 2001:db8::1'");
  }
  Responder server(yaml + "] }]");
  const auto cut = server.ask({.name = "x.sub.t"});
  EXPECT_THAT(cut, testing::StartsWith("NOERROR tc\nauthority sub.t. 9 IN NS server-number-0.sub.t.\n"));
  EXPECT_EQ(server.outcome(), "truncated");
  const auto whole = server.ask({.name = "x.sub.t", .transport = thence::Transport::tcp});
  EXPECT_THAT(whole, testing::StartsWith("NOERROR\nauthority"));
  EXPECT_THAT(whole, HasSubstr("additional server-number-9.sub.t. 9 IN AAAA 2001:db8::1\n"));
}

}  // namespace answer_test
