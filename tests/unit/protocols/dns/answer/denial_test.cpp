// Answers from zones that were signed elsewhere, and redirections, a test for each rule, named after the RFC that has
// it. The signatures are made up: validators judge real ones in tests/conformance.

#include "tests/unit/protocols/dns/asking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace denial_test {

using dns_asking::opt;
using dns_asking::Responder;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

std::string signature(const std::string& owner, const std::string& type, int labels) {
  return "  - '" + owner + " 60 RRSIG " + type + " 13 " + std::to_string(labels) +
         " 60 20300101000000 20200101000000 1 t. abcd'\n";
}

std::string record(const std::string& text) { return "  - '" + text + "'\n"; }

/// Names in canonical order: the apex, `*.w`, `a`, `cut`, `deep.empty`, `safe`, `w`.
std::string nsec_zone() {
  std::string zone = "zones:\n- name: t\n  records:\n";
  zone += record("@ 60 SOA n.u. h 1 1 1 1 60") + signature("@", "SOA", 1);
  zone += record("@ 60 NS n.u.") + record("@ 60 NSEC a NS SOA RRSIG NSEC") + signature("@", "NSEC", 1);
  zone += record("a 60 A 192.0.2.1") + signature("a", "A", 2);
  zone += record("a 60 NSEC cut A RRSIG NSEC") + signature("a", "NSEC", 2);
  zone += record("cut 60 NS n.cut") + record("n.cut 60 A 192.0.2.2");
  zone += record("cut 60 NSEC deep.empty NS RRSIG NSEC") + signature("cut", "NSEC", 2);
  zone += record("deep.empty 60 A 192.0.2.3") + signature("deep.empty", "A", 3);
  zone += record("deep.empty 60 NSEC safe A RRSIG NSEC") + signature("deep.empty", "NSEC", 3);
  zone += record("safe 60 NS n.u.") + record("safe 60 DS 1 13 2 ab") + signature("safe", "DS", 2);
  zone += record("safe 60 NSEC *.w NS DS RRSIG NSEC") + signature("safe", "NSEC", 2);
  zone += record("*.w 60 A 192.0.2.4") + signature("*.w", "A", 2);
  zone += record("*.w 60 NSEC @ A RRSIG NSEC") + signature("*.w", "NSEC", 2);
  return zone;
}

class Signed : public testing::Test {
 protected:
  std::string ask(const std::string& name, const std::string& type = "A", bool dnssec_ok = true) {
    return server.ask({.name = name, .type = type, .additional = {opt(1232, 0, dnssec_ok)}});
  }

  Responder server{nsec_zone()};
};

using Rfc3225Signed = Signed;
using Rfc4035Signed = Signed;

}  // namespace

TEST_F(Rfc4035Signed, AnAnswerHasItsSignature) {
  const auto reply = ask("a.t");
  EXPECT_THAT(reply, HasSubstr("answer a.t. 60 IN A 192.0.2.1\nanswer a.t. 60 IN RRSIG A 13 2 60 "));
  EXPECT_THAT(reply, HasSubstr("edns 1232 do\n"));
  EXPECT_THAT(reply, Not(HasSubstr("NSEC")));
}

TEST_F(Rfc3225Signed, WithoutDoThereIsNothingOfDnssec) {
  for (const auto* const name : {"a.t", "b.t", "empty.t", "x.w.t", "cut.t", "safe.t"}) {
    const auto reply = ask(name, "A", false);
    EXPECT_THAT(reply, Not(HasSubstr("RRSIG"))) << name;
    EXPECT_THAT(reply, Not(HasSubstr("NSEC"))) << name;
    EXPECT_THAT(reply, Not(HasSubstr(" DS "))) << name;
  }
}

TEST_F(Rfc4035Signed, NodataIsProvenByTheNsecOfTheName) {
  const auto reply = ask("a.t", "TXT");
  EXPECT_THAT(reply, HasSubstr("authority t. 60 IN SOA "));
  EXPECT_THAT(reply, HasSubstr("authority t. 60 IN RRSIG SOA "));
  EXPECT_THAT(reply, HasSubstr("authority a.t. 60 IN NSEC cut.t. "));
  EXPECT_THAT(reply, HasSubstr("authority a.t. 60 IN RRSIG NSEC "));
}

TEST_F(Rfc4035Signed, AnEmptyNonTerminalIsProvenByTheNameBefore) {
  EXPECT_THAT(ask("empty.t"), HasSubstr("authority cut.t. 60 IN NSEC deep.empty.t. "));
}

TEST_F(Rfc4035Signed, AnAbsentNameIsProvenWithTheWildcardThatIsNotThere) {
  const auto reply = ask("b.t");
  EXPECT_THAT(reply, StartsWith("NXDOMAIN aa\n"));
  EXPECT_THAT(reply, HasSubstr("authority a.t. 60 IN NSEC cut.t. "));
  EXPECT_THAT(reply, HasSubstr("authority t. 60 IN NSEC a.t. ")) << "no *.t";
}

TEST_F(Rfc4035Signed, AWildcardAnswersWithAProofThatNoNameIsCloser) {
  const auto reply = ask("x.w.t");
  EXPECT_THAT(reply, HasSubstr("answer x.w.t. 60 IN A 192.0.2.4\nanswer x.w.t. 60 IN RRSIG A 13 2 60 "));
  EXPECT_THAT(reply, HasSubstr("authority *.w.t. 60 IN NSEC t. "));
  EXPECT_THAT(reply, Not(HasSubstr("SOA ")));
  EXPECT_THAT(ask("x.w.t", "TXT"), HasSubstr("authority *.w.t. 60 IN NSEC t. ")) << "NODATA";
}

TEST_F(Rfc4035Signed, AReferralHasTheDsOrAProofThatThereIsNone) {
  const auto safe = ask("www.safe.t");
  EXPECT_THAT(safe, HasSubstr("authority safe.t. 60 IN DS "));
  EXPECT_THAT(safe, HasSubstr("authority safe.t. 60 IN RRSIG DS "));
  EXPECT_THAT(safe, Not(HasSubstr("NSEC")));
  const auto cut = ask("www.cut.t");
  EXPECT_THAT(cut, HasSubstr("authority cut.t. 60 IN NSEC deep.empty.t. "));
  EXPECT_THAT(cut, Not(HasSubstr("RRSIG NS ")));
  EXPECT_THAT(cut, HasSubstr("additional n.cut.t. 60 IN A 192.0.2.2\n"));
  EXPECT_THAT(ask("cut.t", "DS"), HasSubstr("authority cut.t. 60 IN NSEC deep.empty.t. "));
}

TEST(Rfc4035Dynamic, ADynamicNameIsNoneOfASignedZone) {
  EXPECT_THROW(Responder{nsec_zone() + "  dynamic: { self: self }\n"}, thence::config::Invalid);
}

namespace {

const thence::dns::Nsec3Parameters unsalted{};

std::string base32hex(const thence::dns::Nsec3Hash& hash) {
  std::string text;
  for (std::size_t bit = 0; bit < hash.size() * 8; bit += 5) {
    unsigned value = 0;
    for (std::size_t i = bit; i < bit + 5; ++i) value = value << 1U | (unsigned{hash[i / 8]} >> (7 - i % 8) & 1U);
    text += "0123456789abcdefghijklmnopqrstuv"[value];
  }
  return text;
}

std::string hashed(const std::string& name) {
  thence::dns::Nsec3Hasher hash;
  return base32hex(hash(dns_asking::wire_name(name), unsalted));
}

/// The names t, a.t, empty.t, deep.empty.t, w.t and *.w.t, and the delegation cut.t, which opted out.
std::string nsec3_zone() {
  std::vector<std::string> chain;
  for (const auto* const name : {"t", "a.t", "empty.t", "deep.empty.t", "w.t", "*.w.t"}) chain.push_back(hashed(name));
  std::sort(chain.begin(), chain.end());
  std::string zone = "zones:\n- name: t\n  records:\n";
  zone += record("@ 60 SOA n.u. h 1 1 1 1 60") + record("@ 60 NS n.u.") + record("@ 0 NSEC3PARAM 1 0 0 -");
  zone += record("a 60 A 192.0.2.1") + record("deep.empty 60 A 192.0.2.2") + record("*.w 60 A 192.0.2.3");
  zone += record("cut 60 NS n.u.");
  for (std::size_t i = 0; i < chain.size(); ++i) {
    zone += record(chain[i] + " 60 NSEC3 1 1 0 - " + chain[(i + 1) % chain.size()] + " A RRSIG");
    zone += signature(chain[i], "NSEC3", 2);
  }
  return zone;
}

class Rfc5155Signed : public testing::Test {
 protected:
  std::string ask(const std::string& name, const std::string& type = "A") {
    return server.ask({.name = name, .type = type, .additional = {opt(1232, 0, true)}});
  }
  static std::string owner(const std::string& name) { return "authority " + hashed(name) + ".t. 60 IN NSEC3 "; }
  /// The owner of the record that covers an absent name, in the authority section.
  static std::string covering(const std::string& name) {
    std::string last;
    std::string before;
    for (const auto* const each : {"t", "a.t", "empty.t", "deep.empty.t", "w.t", "*.w.t"}) {
      const auto hash = hashed(each);
      if (hash > last) last = hash;
      if (hash < hashed(name) && hash > before) before = hash;
    }
    return "authority " + (before.empty() ? last : before) + ".t. 60 IN NSEC3 ";
  }

  Responder server{nsec3_zone()};
};

}  // namespace

TEST_F(Rfc5155Signed, NodataIsProvenByTheHashOfTheName) {
  for (const auto* const name : {"a.t", "empty.t"}) {
    const auto reply = ask(name, "TXT");
    EXPECT_THAT(reply, StartsWith("NOERROR aa\n"));
    EXPECT_THAT(reply, HasSubstr(owner(name))) << name;
  }
  EXPECT_THAT(ask("a.t", "TXT"), HasSubstr(" IN RRSIG NSEC3 "));
}

TEST_F(Rfc5155Signed, AnAbsentNameIsProvenByItsClosestEncloserAndTwoThatCover) {
  const auto reply = ask("x.y.a.t");
  EXPECT_THAT(reply, StartsWith("NXDOMAIN aa\n"));
  EXPECT_THAT(reply, HasSubstr(owner("a.t"))) << "the closest encloser";
  EXPECT_THAT(reply, HasSubstr(covering("y.a.t"))) << "the next closer name";
  EXPECT_THAT(reply, HasSubstr(covering("*.a.t"))) << "the wildcard";
}

TEST_F(Rfc5155Signed, AWildcardAnswersWithAProofThatNoNameIsCloser) {
  EXPECT_THAT(ask("x.w.t"), HasSubstr(covering("x.w.t")));
  const auto nodata = ask("x.w.t", "TXT");
  EXPECT_THAT(nodata, HasSubstr(owner("w.t")));
  EXPECT_THAT(nodata, HasSubstr(covering("x.w.t")));
  EXPECT_THAT(nodata, HasSubstr(owner("*.w.t")));
}

TEST_F(Rfc5155Signed, ADelegationThatOptedOutIsProvenByItsClosestEncloser) {
  for (const auto& [name, type] : {std::pair("www.cut.t", "A"), std::pair("cut.t", "DS")}) {
    const auto reply = ask(name, type);
    EXPECT_THAT(reply, HasSubstr(owner("t"))) << name;
    EXPECT_THAT(reply, HasSubstr(covering("cut.t"))) << name;
  }
}

TEST_F(Rfc5155Signed, TheOwnersOfItsRecordsAreNoNamesOfTheZone) {
  EXPECT_THAT(ask(hashed("a.t") + ".t", "NSEC3"), StartsWith("NXDOMAIN aa\n"));
}

namespace {

constexpr auto redirected = R"(
zones:
- name: t
  records:
    - "@ 60 SOA n.u. h 1 1 1 1 60"
    - "@ 60 NS n.u."
    - "old 30 DNAME new"
    - "old 30 A 192.0.2.9"
    - "www.new 60 A 192.0.2.1"
    - "away 30 DNAME elsewhere."
    - "round 30 DNAME x.round"
    - "long 30 DNAME abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
)";

class Rfc6672 : public testing::Test {
 protected:
  std::string ask(const std::string& name, const std::string& type = "A") {
    return server.ask({.name = name, .type = type});
  }
  Responder server{redirected};
};

}  // namespace

TEST_F(Rfc6672, ANameBelowIsRedirectedByAnAlias) {
  EXPECT_EQ(ask("www.old.t"),
            "NOERROR aa\n"
            "answer old.t. 30 IN DNAME new.t.\n"
            "answer www.old.t. 30 IN CNAME www.new.t.\n"
            "answer www.new.t. 60 IN A 192.0.2.1\n");
  EXPECT_EQ(ask("a.b.away.t"),
            "NOERROR aa\n"
            "answer away.t. 30 IN DNAME elsewhere.\n"
            "answer a.b.away.t. 30 IN CNAME a.b.elsewhere.\n");
  EXPECT_THAT(ask("none.old.t"), StartsWith("NXDOMAIN aa\n"));
}

TEST_F(Rfc6672, TheOwnerItselfIsNotRedirected) {
  EXPECT_EQ(ask("old.t"), "NOERROR aa\nanswer old.t. 30 IN A 192.0.2.9\n");
  EXPECT_EQ(ask("old.t", "DNAME"), "NOERROR aa\nanswer old.t. 30 IN DNAME new.t.\n");
}

TEST_F(Rfc6672, AResultThatIsTooLongIsYxdomain) {
  const std::string label(60, 'x');
  const auto reply = ask(label + '.' + label + '.' + label + ".long.t");
  EXPECT_THAT(reply, StartsWith("YXDOMAIN aa\n"));
  EXPECT_THAT(reply, HasSubstr(" IN DNAME "));
  EXPECT_THAT(reply, Not(HasSubstr("CNAME")));
  EXPECT_EQ(server.outcome(), "yxdomain");
}

TEST_F(Rfc6672, ARedirectionIntoItselfEnds) {
  const auto reply = ask("a.round.t");
  const std::string dname = "answer round.t. 30 IN DNAME x.round.t.\n";
  EXPECT_THAT(reply, HasSubstr(dname + "answer a.round.t. 30 IN CNAME a.x.round.t.\n"));
  EXPECT_EQ(reply.find(dname), reply.rfind(dname)) << "the record stands there once";
}

TEST(Rfc1034Additional, TheAddressesOfNamesInAnAnswerComeWithIt) {
  Responder server(R"(
zones:
- name: t
  records:
    - "@ 60 SOA n.u. h 1 1 1 1 60"
    - "@ 60 NS n.u."
    - "@ 60 MX 1 mail"
    - "@ 60 MX 2 mail.elsewhere."
    - "mail 60 A 192.0.2.1"
    - "mail 60 AAAA 2001:db8::1"
    - "_s._tcp 60 SRV 1 1 1 mail"
    - "_s._tcp 60 SRV 1 1 2 mail"
    - "two 60 MX 1 a.any"
    - "two 60 MX 2 b.any"
    - "*.any 60 A 192.0.2.3"
    - "svc 60 HTTPS 1 ."
    - "svc 60 A 192.0.2.2"
)");
  const std::string mail = "additional mail.t. 60 IN A 192.0.2.1\nadditional mail.t. 60 IN AAAA 2001:db8::1\n";
  EXPECT_EQ(server.ask({.name = "t", .type = "MX"}),
            "NOERROR aa\nanswer t. 60 IN MX 1 mail.t.\nanswer t. 60 IN MX 2 mail.elsewhere.\n" + mail);
  EXPECT_EQ(server.ask({.name = "_s._tcp.t", .type = "SRV"}),
            "NOERROR aa\nanswer _s._tcp.t. 60 IN SRV 1 1 1 mail.t.\nanswer _s._tcp.t. 60 IN SRV 1 1 2 mail.t.\n" + mail)
      << "each address once";
  EXPECT_THAT(server.ask({.name = "two.t", .type = "MX"}),
              HasSubstr("additional a.any.t. 60 IN A 192.0.2.3\nadditional b.any.t. 60 IN A 192.0.2.3\n"));
  EXPECT_THAT(server.ask({.name = "svc.t", .type = "HTTPS"}), HasSubstr("additional svc.t. 60 IN A 192.0.2.2\n"));
}

TEST(Rfc5155Parameters, OnlyThoseWithoutFlagsAndWithRecordsCount) {
  const auto chain = [](const std::string& flags, const std::string& salt) {
    return "zones:\n- name: t\n  records:\n" + record("@ 60 SOA n.u. h 1 1 1 1 60") + record("@ 60 NS n.u.") +
           record("@ 0 NSEC3PARAM 1 " + flags + " 0 -") + record("@ 0 NSEC3PARAM 1 0 0 " + salt) +
           record(hashed("t") + " 60 NSEC3 1 0 0 - " + hashed("t") + " SOA NS");
  };
  const auto ask = [](const std::string& zone) {
    Responder server{zone};
    return server.ask({.name = "x.t", .additional = {opt(1232, 0, true)}});
  };
  EXPECT_THAT(ask(chain("0", "AA")), HasSubstr(" IN NSEC3 1 0 0 "));
  EXPECT_THAT(ask(chain("1", "AA")), Not(HasSubstr(" IN NSEC3 ")));
}

TEST(Rfc9471Many, AReferralHasTheAddressesOfAllItsServers) {
  std::string zone = "zones:\n- name: t\n  records:\n" + record("@ 60 SOA n.u. h 1 1 1 1 60") + record("@ 60 NS n.u.");
  for (int i = 0; i < 40; ++i) {
    const auto server = "n" + std::to_string(i) + ".cut";
    zone += record("cut 60 NS " + server) + record(server + " 60 A 192.0.2.1");
  }
  Responder server{zone};
  const auto reply = server.ask({.name = "x.cut.t", .transport = thence::Transport::tcp});
  std::size_t count = 0;
  for (auto at = reply.find("additional n"); at != std::string::npos; at = reply.find("additional n", at + 1)) ++count;
  EXPECT_EQ(count, 40U);
}

TEST(Rfc2181Additional, AnAddressStandsOnceWhereOthersOfTheNameDoNotFit) {
  std::string zone = "zones:\n- name: t\n  records:\n" + record("@ 60 SOA n.u. h 1 1 1 1 60") + record("@ 60 NS n.u.");
  zone += record("m 60 MX 1 mail") + record("m 60 MX 2 mail") + record("mail 60 A 192.0.2.1");
  for (int i = 1; i < 21; ++i) zone += record("mail 60 AAAA 2001:db8::" + std::to_string(i));
  Responder server{zone};
  const std::string address = "additional mail.t. 60 IN A 192.0.2.1\n";
  const auto reply = server.ask({.name = "m.t", .type = "MX"});
  EXPECT_THAT(reply, HasSubstr(address));
  EXPECT_EQ(reply.find(address), reply.rfind(address));
}

TEST(Rfc4035Size, RecordsFitAMessageWithTheirSignatures) {
  std::string zone = "zones:\n- name: t\n  records:\n" + record("@ 60 SOA n.u. h 1 1 1 1 60");
  for (int i = 0; i < 250; ++i) zone += record("a 60 TXT " + std::to_string(i) + std::string(230, 'x'));
  EXPECT_NO_THROW(Responder{zone});
  std::string signed_zone = zone;
  for (int i = 0; i < 2; ++i) {
    signed_zone += record("a 60 RRSIG TXT 13 2 60 20300101000000 20200101000000 " + std::to_string(i) + " t. " +
                          std::string(4000, 'A'));
  }
  EXPECT_THROW(Responder{signed_zone}, thence::config::Invalid);
}

}  // namespace denial_test
