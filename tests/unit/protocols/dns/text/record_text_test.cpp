// Records in presentation format.

#include "protocols/dns/text/zone_file.hpp"
#include "tests/unit/protocols/dns/text/record_data.hpp"
#include "tests/unit/protocols/dns/zone_files.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ldns/ldns.h>

namespace record_text_test {

using dns_record_data::apex;
using dns_record_data::data_of;
using dns_record_data::hex;
using dns_zone_files::soa;
using dns_zone_files::ZoneFiles;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using namespace thence::dns;

namespace {

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

TEST_F(ZoneFiles, ANumberOfATypeIsOneOf16Bits) {
  for (const auto* const type : {"TYPE65537", "TYPE1x", "TYPE-1", "TYPE", "TYPE+1", "TYPE0", "TYPE255"}) {
    EXPECT_THAT(problems(std::string(soa) + "a 60 " + type + " \\# 4 c0000201\n"),
                ElementsAre(StartsWith(std::string("t.zone:2: '") + type + "' is not a type of record")));
  }
  EXPECT_THAT(problems(std::string(soa) + "a 60 type1 \\# 4 c0000201\n"), IsEmpty());
  EXPECT_EQ(ask("a.example.test"), "NOERROR aa\nanswer a.example.test. 60 IN A 192.0.2.1\n");
}

TEST_F(ZoneFiles, AnOwnerIsNotQuoted) {
  EXPECT_THAT(problems(std::string(soa) + "\"a\" 60 A 192.0.2.1\nb\"c 60 A 192.0.2.1\"\n"),
              ElementsAre(HasSubstr("t.zone:2: '\"a\"' is not a domain name"), HasSubstr("t.zone:3: ")));
  EXPECT_THAT(problems(std::string(soa) + "\\\"a\\\" 60 A 192.0.2.1\n"), IsEmpty());
}

}  // namespace record_text_test
