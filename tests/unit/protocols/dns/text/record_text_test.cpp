// Records in presentation format: what their data is in octets, by the RFC of each type.

#include "protocols/dns/text/zone_file.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ldns/ldns.h>

using testing::HasSubstr;
using testing::StartsWith;
using namespace thence::dns;

namespace {

const Name apex = *Name::parse("example.com", Name());

std::string hex(const std::vector<std::uint8_t>& octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const auto octet : octets) (text += digits[octet >> 4U]) += digits[octet & 0xFU];
  return text;
}

/// @return the data in hexadecimal digits, or what is wrong
std::string data_of(const std::string& type_and_data) {
  Record record;
  const auto problem = read_record("x 9 " + type_and_data, apex, record);
  return problem ? *problem : hex(record.rdata);
}

/// A record as ldns writes it, from its octets.
std::string text_of(const Record& record) {
  std::vector<std::uint8_t> wire(record.owner.wire().begin(), record.owner.wire().end());
  const std::array<std::uint32_t, 5> fields{record.type, 1, record.ttl >> 16U, record.ttl & 0xFFFFU,
                                            static_cast<std::uint32_t>(record.rdata.size())};
  for (const auto field : fields) {
    wire.push_back(static_cast<std::uint8_t>(field >> 8U));
    wire.push_back(static_cast<std::uint8_t>(field));
  }
  wire.insert(wire.end(), record.rdata.begin(), record.rdata.end());
  ldns_rr* read = nullptr;
  std::size_t at = 0;
  if (ldns_wire2rr(&read, wire.data(), wire.size(), &at, LDNS_SECTION_ANSWER) != LDNS_STATUS_OK) return "unreadable";
  const std::unique_ptr<ldns_rr, decltype(&ldns_rr_free)> owned(read, ldns_rr_free);
  const std::unique_ptr<char, decltype(&std::free)> text(ldns_rr2str(read), std::free);
  return text == nullptr ? "unwritten" : text.get();
}

struct Sample {
  const char* text;
  const char* hex = nullptr;  ///< from the RFC, where it has an example
};

/// By type, in the order of their numbers.
const std::vector<Sample> samples{
    {"A 192.0.2.1", "c0000201"},
    {"NS ns.other.", "026e73056f7468657200"},
    {"MD m"},
    {"MF m"},
    {"CNAME c"},
    {"SOA ns Host\\.master 4294967295 1h 600 2w 300"},
    {"MB m"},
    {"MG m"},
    {"MR m"},
    {"NULL \\# 2 0102", "0102"},
    {"WKS 192.0.2.1 tcp smtp 80"},
    {"PTR p"},
    {"HINFO \"PC AT\" Linux"},
    {"MINFO a b"},
    {"MX 65535 m"},
    {"TXT \"a b\" c \"\" \\001\\255", "0361206201630002 01ff"},
    {"RP a b"},
    {"AFSDB 1 a"},
    {"X25 311061700956"},
    {"ISDN 150862028003217 004"},
    {"RT 10 r"},
    {"NSAP 0x47000580005a0000000001e133ffffff00016100", "47000580005a0000000001e133ffffff00016100"},
    {"NSAP-PTR foo.bar.", "03666f6f0362617200"},
    {"SIG TYPE65280 1 3 3600 20300101000000 20200101000000 2143 foo.nil. AQID"},
    {"KEY 512 255 1 AQMF"},
    {"PX 10 a b"},
    {"GPOS -32.6882 116.8652 10.0"},
    {"AAAA 2001:db8::1", "20010db8000000000000000000000001"},
    {"LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m"},
    {"EID \\# 4 e32c6f78"},
    {"NIMLOC \\# 4 e32c6f78"},
    {"SRV 0 5 5060 sip"},
    {"NAPTR 100 10 \"\" \"\" \"!^urn:cid:.+@([^\\\\.]+\\\\.)(.*)$!\\\\2!i\" ."},
    {"KX 10 k"},
    {"CERT PGP 0 0 AQID"},
    {"CERT 65535 12179 253 AQID", "ffff2f93fd010203"},
    {"DNAME d"},
    {"APL 1:192.168.32.0/21 !1:192.168.38.0/28 2:ff00::/8", "00011503c0a82000011c83c0a82600020801ff"},
    {"APL", ""},
    {"DS 60485 5 1 ( 2BB183AF5F22588179A53B0A 98631FAD1A292118 )", "ec4505012bb183af5f22588179a53b0a98631fad1a292118"},
    {"SSHFP 2 1 123456789abcdef67890123456789abcdef67890", "0201123456789abcdef67890123456789abcdef67890"},
    {"IPSECKEY 10 1 2 192.0.2.38 AQID", "0a0102c0000226010203"},
    {"IPSECKEY 10 0 2 . AQID", "0a0002010203"},
    {"IPSECKEY 10 2 2 2001:db8:0:8002::2000:1 AQID", "0a020220010db8000080020000000020000001010203"},
    {"IPSECKEY 10 3 2 My.gw. AQID", "0a0302024d7902677700010203"},
    {"IPSECKEY 10 1 0 192.0.2.38", "0a0100c0000226"},
    {"IPSECKEY 10 3 0 My.gw.", "0a0300024d7902677700"},
    {"RRSIG A 5 3 86400 20300322173103 20200220173103 2642 example.com. oJB1"},
    {"RRSIG TYPE65280 5 3 86400 1900000000 1800000000 2642 example.com. oJB1"},
    {"NSEC host.example.com. A MX RRSIG NSEC TYPE1234",
     "04686f7374076578616d706c6503636f6d000006400100000003041b000000000000000000000000000000000000000000000000000020"},
    {"NSEC host.example.com."},
    {"DNSKEY 256 3 5 AQPS"},
    {"DNSKEY 256 3 RSASHA1 AQPS", "010003050103d2"},
    {"DHCID AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=",
     "000201636fc0b8271c82825bb1ac5c41cf5351aa69b4febd94e8f17cdb95000da48c40"},
    {"NSEC3 1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY NS SOA NSEC3PARAM RRSIG",
     "0101000c04aabbccdd14174eb2409fe28bcb4887a1836f957f0a8425e27b000722010000000290"},
    {"NSEC3 1 1 12 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR"},
    {"NSEC3PARAM 1 0 12 aabbccdd", "0100000c04aabbccdd"},
    {"NSEC3PARAM 1 0 0 -", "0100000000"},
    {"TLSA 0 0 1 d2ab de24", "000001d2abde24"},
    {"SMIMEA 3 1 1 d2ab de24", "030101d2abde24"},
    {"HIP 2 200100107B1A74DF365639CC39F1D578 AwEAAbdx rvs.example.com. rvs2"},
    {"NINFO \"zone status\" ok", "0b7a6f6e6520737461747573026f6b"},
    {"RKEY 0 1 5 AQID", "00000105010203"},
    {"TALINK a b"},
    {"CDS 0 0 0 00", "0000000000"},
    {"CDNSKEY 0 3 0 AA==", "0000030000"},
    {"OPENPGPKEY AQID BAUG", "010203040506"},
    {"CSYNC 66 3 A NS AAAA", "000000420003000460000008"},
    {"CSYNC 66 3", "000000420003"},
    {"ZONEMD 2018031500 1 241 FEBE3D4CE2EC2FFA4BA99D46CD", "7848b78c01f1febe3d4ce2ec2ffa4ba99d46cd"},
    {"SVCB 1 foo alpn=h2,h3 port=8443"},
    {"HTTPS 1 . ech=AQID ipv4hint=192.0.2.1 ipv6hint=2001:db8::1 no-default-alpn alpn=h3 key65280=a"},
    {"SPF \"v=spf1 -all\""},
    {"NID 10 0014:4fff:ff20:ee64", "000a00144fffff20ee64"},
    {"L32 10 10.1.2.0", "000a0a010200"},
    {"L64 10 2001:0DB8:1140:1000", "000a20010db811401000"},
    {"LP 10 l64-subnet1.example.com."},
    {"EUI48 00-00-5e-00-53-2a", "00005e00532a"},
    {"EUI64 00-00-5e-ef-10-00-00-2a", "00005eef1000002a"},
    {"URI 10 1 \"ftp://ftp1.example.com/public\""},
    {"CAA 0 issue \"ca1.example.net; account=230123\""},
    {"AVC \"app-name:x\""},
    {"AMTRELAY 10 0 1 203.0.113.15", "0a01cb00710f"},
    {"AMTRELAY 10 0 2 2001:db8::15", "0a0220010db8000000000000000000000015"},
    {"AMTRELAY 128 1 3 Amt.example.", "808303416d74076578616d706c6500"},
    {"AMTRELAY 10 1 0 .", "0a80"},
    {"RESINFO qnamemin exterr=15-17 infourl=https://resolver.example.com/guide"},
    {"WALLET BTC x"},
    {"TA 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"},
    {"DLV 60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"},
    {"TYPE65280 \\# 3 abcdef", "abcdef"},
};

}  // namespace

TEST(Rfc3597Text, RecordsOfEveryTypeGoRound) {
  std::size_t known_to_library = 0;
  for (const auto& sample : samples) {
    Record record;
    const auto problem = read_record(std::string("x 9 ") + sample.text, apex, record);
    ASSERT_EQ(problem, std::nullopt) << sample.text;
    if (sample.hex != nullptr) {
      std::string expected(sample.hex);
      std::erase(expected, ' ');
      EXPECT_EQ(hex(record.rdata), expected) << sample.text;
    }
    // As it is written for any type, by number and by name.
    const auto generic = " \\# " + std::to_string(record.rdata.size()) + " " + hex(record.rdata);
    EXPECT_EQ(data_of("TYPE" + std::to_string(record.type) + generic), hex(record.rdata)) << sample.text;
    EXPECT_EQ(data_of("type" + std::to_string(record.type) + generic), hex(record.rdata)) << sample.text;
    EXPECT_EQ(data_of(type_text(record.type) + generic), hex(record.rdata)) << sample.text;
    // As another program writes it.
    const auto text = text_of(record);
    if (text.find(type_text(record.type)) != std::string::npos && record.type != 23) {
      Record again;
      EXPECT_EQ(read_record(text, apex, again), std::nullopt) << text;
      EXPECT_EQ(hex(again.rdata), hex(record.rdata)) << text;
      ++known_to_library;
    }
  }
  EXPECT_GT(known_to_library, 70U);
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

TEST(Rfc9460Text, TheVectorsOfItsAppendix) {
  const std::string target = "03666f6f076578616d706c6503636f6d00";
  const std::string org = "03666f6f076578616d706c65036f726700";
  EXPECT_EQ(data_of("HTTPS 0 foo.example.com."), "0000" + target);
  EXPECT_EQ(data_of("SVCB 1 ."), "000100");
  EXPECT_EQ(data_of("SVCB 16 foo.example.com. port=53"), "0010" + target + "000300020035");
  EXPECT_EQ(data_of("SVCB 1 foo.example.com. key667=hello"), "0001" + target + "029b000568656c6c6f");
  EXPECT_EQ(data_of(R"(SVCB 1 foo.example.com. key667="hello\210qoo")"),
            "0001" + target + "029b000968656c6c6fd2716f6f");
  EXPECT_EQ(data_of(R"(SVCB 1 foo.example.com. ipv6hint="2001:db8::1,2001:db8::53:1")"),
            "0001" + target + "0006002020010db800000000000000000000000120010db8000000000000000000530001");
  EXPECT_EQ(data_of(R"(SVCB 16 foo.example.org. (alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1))"),
            "0010" + org +
                "0000000400010004"
                "000100090268320568332d3139"
                "00040004c0000201");
  const auto escaped = "0010" + org + "0001000c08665c6f6f2c626172026832";
  EXPECT_EQ(data_of(R"(SVCB 16 foo.example.org. alpn="f\\\\oo\\,bar,h2")"), escaped);
  EXPECT_EQ(data_of(R"(SVCB 16 foo.example.org. alpn=f\\\092oo\092,bar,h2)"), escaped);
}

TEST(Rfc9460Text, WhatItsAppendixCallsWrong) {
  for (const auto* const params :
       {"key123=abc key123=def", "mandatory", "alpn", "port", "ipv4hint", "ipv6hint", "no-default-alpn=abc",
        "mandatory=key123", "mandatory=mandatory", "mandatory=key123,key123 key123=abc"}) {
    EXPECT_THAT(data_of(std::string("SVCB 1 foo.example.com. ") + params), HasSubstr("; allowed: ")) << params;
  }
}

TEST(Rfc9460Text, ValuesHaveTheFormOfTheirKeys) {
  EXPECT_EQ(data_of("SVCB 1 . key65280"),
            "000100"
            "ff000000");
  EXPECT_EQ(data_of("SVCB 1 . key65280="),
            "000100"
            "ff000000");
  EXPECT_EQ(data_of("SVCB 1 . port=\"53\" dohpath=/q{?dns}"),
            "000100"
            "000300020035"
            "000700082f717b3f646e737d");
  EXPECT_EQ(data_of("SVCB 1 . key3=\\000\\053 ohttp"),
            "000100"
            "000300020035"
            "00080000");
  for (const auto* const params : {"alpn=",
                                   "alpn=h2,",
                                   "alpn=,",
                                   "port=65536",
                                   "port=-1",
                                   "port=5x",
                                   "port=",
                                   "ech=",
                                   "ech=?",
                                   "ipv4hint=1.2.3",
                                   "ipv4hint=192.0.2.1,",
                                   "ipv6hint=::1::",
                                   "key65536=x",
                                   "key01=x",
                                   "key=x",
                                   "key3=x",
                                   "key1=h2",
                                   "ALPN=h2",
                                   "foo=x",
                                   "=x",
                                   "ohttp=x",
                                   "alpn=\"h2\"x",
                                   "alpn=\\300"}) {
    EXPECT_THAT(data_of(std::string("HTTPS 1 . ") + params), HasSubstr("; allowed: ")) << params;
  }
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

TEST(Rfc1035Text, ALabelThatIsAnAtSignIsNotTheOrigin) {
  const auto octets_of = [](const std::string& text) {
    Record record;
    EXPECT_EQ(read_record("x 9 " + text, apex, record), std::nullopt) << text;
    return hex(record.rdata);
  };
  const std::string origin = octets_of("PTR @");
  for (const std::string name : {"\\064", "\\@"}) {
    EXPECT_EQ(octets_of("PTR " + name), "0140" + origin) << name;
    EXPECT_EQ(octets_of("PTR " + name + ".W"), "01400157" + origin) << name;
    EXPECT_EQ(octets_of("MX 1 " + name + ".W."), "00010140015700") << name;
  }
}

TEST(Rfc3597Text, OctetsThatLackFieldsAreNotTheDataOfAKnownType) {
  for (const auto* const text :
       {"A \\# 0", "AAAA \\# 0", "DS \\# 0", "DS \\# 3 000108", "CAA \\# 0", "NSEC \\# 0", "LOC \\# 0", "HINFO \\# 0",
        "TLSA \\# 0", "URI \\# 0", "L64 \\# 0", "EUI48 \\# 0", "HTTPS \\# 0", "SVCB \\# 2 0001", "HTTPS \\# 2 0001"}) {
    Record record;
    EXPECT_NE(read_record(std::string("x 9 ") + text, apex, record), std::nullopt) << text;
  }
}
