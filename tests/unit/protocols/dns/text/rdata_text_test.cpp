// The data of records as people write it, by the RFC of each type.

#include "protocols/dns/text/rdata_text.hpp"

#include "tests/unit/protocols/dns/text/record_data.hpp"
#include "tests/unit/protocols/dns/zone_files.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rdata_text_test {

using dns_record_data::data_of;
using dns_zone_files::soa;
using dns_zone_files::ZoneFiles;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using namespace thence::dns;

TEST_F(ZoneFiles, ANumberThatDoesNotFitItsFieldIsAMistake) {
  for (const auto& [record, word] : std::vector<std::pair<std::string, std::string>>{
           {"SRV 1 2 70000 t", "70000"},
           {"SRV -1 2 443 t", "-1"},
           {"SRV 1 2 4x3 t", ""},
           {"MX 70000 m", "70000"},
           {"MX +1 m", "+1"},
           {"CAA 256 issue \"ca.test\"", "256"},
           {"DS 65537 13 2 ab", "65537"},
           {"DS 1 256 2 ab", "256"},
           {"DS 1 13 258 ab", "258"},
           {"TLSA 300 0 0 ab", "300"},
           {"TLSA 0 300 0 ab", "300"},
           {"TLSA 0 0 300 ab", "300"},
           {"NAPTR 70000 1 s x \"\" .", "70000"},
           {"NAPTR 1 70000 s x \"\" .", "70000"},
           {"URI 70000 1 \"https://t\"", "70000"},
           {"HTTPS 65537 .", "65537"},
           {"HTTPS 1 . port=70000", "port=70000"},
           {"SVCB 1 . alpn=h2 port=-1", "port=-1"},
           {"DNSKEY 65793 3 13 abcd", "65793"},
           {"CERT 65537 1 13 abcd", "65537"},
           {"IPSECKEY 300 1 2 192.0.2.1 abcd", "300"},
           {"IPSECKEY 10 1 258 192.0.2.1 abcd", "258"},
           {"RRSIG A 13 300 60 20300101000000 20200101000000 1 t. abcd", "300"},
           {"RRSIG A 13 3 4294967300 20300101000000 20200101000000 1 t. abcd", "4294967300"},
           {"RRSIG TYPE65537 13 3 60 20300101000000 20200101000000 1 t. abcd", "TYPE65537"},
           {"NSEC b A TYPE65537", "TYPE65537"},
       }) {
    const auto lines = problems(soa + ("a 60 " + record + "\n"));
    ASSERT_EQ(lines.size(), 1U) << record;
    EXPECT_THAT(lines[0], StartsWith("t.zone:2: '" + word)) << record;
  }
  EXPECT_THAT(problems("@ 1 SOA n h 4294967299 1 1 1 1\n"),
              ElementsAre("t.zone:1: '4294967299' is not a number that fits; allowed: 0 to 4294967295"));
  EXPECT_THAT(problems("@ 1 SOA n h 1 1 1 99999999999 1\n"), ElementsAre(StartsWith("t.zone:1: '99999999999'")));
  EXPECT_THAT(problems("@ 1 SOA n h 1 1 1 9999w 1\n"), ElementsAre(StartsWith("t.zone:1: '9999w'")));
}

TEST_F(ZoneFiles, TheLargestNumbersFit) {
  const std::string dates = "20300101000000 20200101000000";
  EXPECT_THAT(problems("@ 1 SOA n h 4294967295 1w 1d 4294967295 0\n"
                       "a 60 SRV 65535 65535 65535 t\na 60 MX 0 m\na 60 MX 65535 m\na 60 CAA 255 issue \"ca.test\"\n"
                       "a 60 DS 65535 255 255 ab\na 60 DS 1 ECDSAP256SHA256 2 ab\na 60 TLSA 255 255 255 ab\n"
                       "a 60 TLSA PKIX-TA Cert SHA2-256 ab\na 60 HTTPS 65535 .\na 60 URI 65535 65535 \"x\"\n"
                       "a 60 CERT PKIX 65535 RSASHA256 abcd\na 60 IPSECKEY 255 1 255 192.0.2.1 abcd\n"
                       "a 60 NSEC b A TYPE65535\n"
                       "a 60 NSEC3 1 0 65535 ab 2t7b4g4vsa5smi47k61mv5bv1a22bojr\n"
                       "a 60 RRSIG TYPE65535 13 255 4294967295 " +
                       dates +
                       " 65535 t. abcd\n"
                       "a 60 RRSIG A 13 3 60 1893456000 1577836800 1 t. abcd\n"
                       "a 60 MX \\# 3 000a 00\n"),
              IsEmpty());
}

TEST_F(ZoneFiles, ANameInTheDataIsOneOfUpTo255Octets) {
  const std::string label(62, 'x');
  // The origin takes 14 octets, three labels 189, another as many as it has letters and one.
  const auto name = [&](std::size_t letters) {
    return label + '.' + label + '.' + label + '.' + std::string(letters, 'y');
  };
  EXPECT_THAT(problems(soa + ("a 60 NS " + name(51) + "\nb 60 MX 1 " + name(51) + "\n")), IsEmpty());
  for (const auto* const type : {"NS", "CNAME", "PTR", "MX 1", "SRV 1 2 3", "HTTPS 1", "NSEC", "RP ."}) {
    EXPECT_THAT(problems(soa + (std::string("a 60 ") + type + " " + name(52) + "\n")),
                ElementsAre("t.zone:2: a name in the data is longer than 255 octets; allowed: a shorter one"));
  }
}

TEST_F(ZoneFiles, DataWithABrokenNameIsAMistake) {
  for (const auto* const record : {"NS \\# 2 c00c", "MX \\# 4 000ac00c", "MX \\# 4 000a0000", "SRV \\# 5 0000000000",
                                   "PTR \\# 3 000000", "SOA \\# 21 000000000000000000000000000000000000000000"}) {
    EXPECT_THAT(problems(std::string(soa) + "a 60 " + record + "\n"), testing::Contains(HasSubstr("t.zone:2: ")))
        << record;
  }
}

TEST_F(ZoneFiles, RecordsOfManyTypesComeBackAsTheyWereWritten) {
  const std::vector<std::string> records = {
      "svc 60 IN HTTPS 1 . alpn=h2,h3 port=8443 ipv4hint=192.0.2.1",
      "svc2 60 IN SVCB 2 target.example.test. alpn=h2 key65400=abc",
      R"(caa 60 IN CAA 0 issue "ca.example.net; policy=ev")",
      "srv 60 IN SRV 1 2 443 target.example.test.",
      "loc 60 IN LOC 52 22 23.000 N 04 53 32.000 E -2m 0.00m 10000m 10m",
      "sshfp 60 IN SSHFP 4 2 123456789abcdef67890123456789abcdef67890123456789abcdef123456789",
      R"(naptr 60 IN NAPTR 100 50 "s" "http" "" _http._tcp.example.test.)",
      R"(type 60 IN TYPE65280 \# 4 deadbeef)",
      R"(hinfo 60 IN HINFO "cpu" "os")",
      "ptr 60 IN PTR host.example.test.",
  };
  std::string text = soa;
  for (const auto& record : records) text += record + "\n";
  ASSERT_THAT(problems(text), IsEmpty());
  for (const auto& record : records) {
    const auto owner = record.substr(0, record.find(' '));
    const auto rest = record.substr(owner.size());
    const auto type = rest.substr(7, rest.find(' ', 7) - 7);
    const auto name = owner + ".example.test";
    EXPECT_EQ(ask(name, type), std::string("NOERROR aa\nanswer ").append(name).append(".").append(rest).append("\n"));
  }
}

TEST(Rfc3597Text, TheNumberOfOctetsIsThatOfTheDigits) {
  EXPECT_EQ(data_of("TYPE731 \\# 6 abcd ( ef 01 23 45 )"), "abcdef012345");
  EXPECT_EQ(data_of("TYPE62347 \\# 0"), "");
  EXPECT_EQ(data_of("A \\# 4 0A000001"), "0a000001");
  for (const auto* const wrong :
       {"TYPE731 \\# 6 abcdef0123", "TYPE731 \\# 1 abcd", "TYPE731 \\# 1 a", "TYPE731 \\# x ab", "TYPE731 \\# 1 zz",
        "TYPE731 \\# 1 -1", "TYPE731 \\# 2 0x00", "DS \\# 6 0000000z0000", "TYPE731 \\#", "TYPE731 abcd",
        "A \\# 3 0a0000", "A \\# 5 0a00000101", "MX \\# 4 000a016d", "TXT \\# 0", "TXT \\# 2 0561"}) {
    EXPECT_THAT(data_of(wrong), HasSubstr("is not the data of")) << wrong;
  }
}

TEST(Rfc1035Text, StringsAreWordsOrInQuotes) {
  EXPECT_EQ(data_of(R"(TXT "a"b"c" d)"),
            "016101620163"
            "0164");
  EXPECT_EQ(data_of(R"(TXT x="y z" w)"),
            "02783d"
            "0379207a"
            "0177");
  EXPECT_EQ(data_of(R"(TXT "" \"a\ b\" "\"")"),
            "00"
            "0522612062"
            "22"
            "0122");
  // More than 64 KiB of text, and the most octets of data that there are.
  std::string longest = "TXT";
  for (int i = 0; i < 255; ++i) longest += " \"" + std::string(255, 'x') + "\"";
  EXPECT_EQ(data_of(longest + " " + std::string(254, 'x')).size(), 2U * 65535);
  EXPECT_THAT(data_of(longest + " " + std::string(255, 'x')), StartsWith("more than 65535 octets of data"));
  std::string escapes = "TXT";
  for (int i = 0; i < 100; ++i) {
    escapes += ' ';
    for (int k = 0; k < 250; ++k) escapes += "\\200";
  }
  EXPECT_EQ(data_of(escapes).size(), 2U * 25'100);
  for (const std::string wrong : {"\\256", "\\1", "\\12x", "\"\\25\"", "x\\"}) {
    EXPECT_THAT(data_of("TXT " + wrong), HasSubstr("is not the data of TXT")) << wrong;
  }
  EXPECT_THAT(data_of("TXT " + std::string(256, 'x')), HasSubstr("is not the data of TXT"));
}

TEST(Rfc8659Text, TheValueIsAWordOrInQuotes) {
  const std::string issue = "00056973737565";
  EXPECT_EQ(data_of("CAA 0 issue \"ca1.example.net\""), issue + "6361312e6578616d706c652e6e6574");
  EXPECT_EQ(data_of("CAA 0 issue ca1.example.net"), issue + "6361312e6578616d706c652e6e6574");
  EXPECT_EQ(data_of("CAA 0 issue \";\""), issue + "3b");
  EXPECT_EQ(data_of("CAA 0 issue \"\""), issue);
  EXPECT_EQ(data_of("CAA 128 tbs Unknown"),
            "800374627355"
            "6e6b6e6f776e");
  EXPECT_EQ(data_of("CAA 0 issue \"" + std::string(1000, 'a') + "\"").size(), issue.size() + 2000);
  EXPECT_EQ(data_of("CAA \\# 8 000569737375653b"), issue + "3b");
  for (const auto* const wrong : {"256 issue x", "-1 issue x", "x issue x", "0 is-sue x", "0 \"issue\" x", "0 issue",
                                  "0 issue x y", "0 issue \"x\"y", "0 issue x\\"}) {
    EXPECT_THAT(data_of(std::string("CAA ") + wrong), HasSubstr("is not the data of CAA")) << wrong;
  }
}

TEST(Rfc8777Text, ARelayIsOfItsType) {
  for (const auto* const wrong : {"256 0 0 .", "10 2 0 .", "10 0 4 .", "10 0 1 ::1", "10 0 2 192.0.2.1", "10 0 0 x",
                                  "10 0 128 .", "10 0 3 a..b", "10 0 3", "10 0 1 192.0.2.1 x"}) {
    EXPECT_THAT(data_of(std::string("AMTRELAY ") + wrong), HasSubstr("is not the data of AMTRELAY")) << wrong;
  }
}

}  // namespace rdata_text_test
