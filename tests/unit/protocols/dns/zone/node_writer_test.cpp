// What is checked of the records of one name, and how they become RRsets.

#include "protocols/dns/zone/node_writer.hpp"

#include "tests/unit/protocols/dns/zone_files.hpp"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace node_writer_test {

using dns_zone_files::soa;
using dns_zone_files::ZoneFiles;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(ZoneFiles, AnRRsetThatFitsNoMessageIsAMistake) {
  std::string text = soa;
  for (int i = 0; i < 300; ++i) text += "a 1 TXT \"" + std::to_string(i) + std::string(240, 'x') + "\"\n";
  EXPECT_THAT(problems(text), ElementsAre(HasSubstr("t.zone:2: the TXT records of a.example.test. take ")));
}

TEST_F(ZoneFiles, Rfc4035SignaturesKeepTheTtlOfWhatTheySign) {
  const std::string rest = " 20300101000000 20200101000000 1 example.test. abcd";
  ASSERT_THAT(problems(soa + ("a 60 A 192.0.2.1\na 9 TXT x\na 60 RRSIG A 13 3 60" + rest + "\na 9 RRSIG TXT 13 3 9" +
                              rest + "\na 70 RRSIG A 13 3 60" + rest + "\n")),
              IsEmpty());
  EXPECT_EQ(ask("a.example.test", "RRSIG"), "NOERROR aa\nanswer a.example.test. 60 IN RRSIG A 13 3 60" + rest +
                                                "\nanswer a.example.test. 9 IN RRSIG TXT 13 3 9" + rest + "\n");
}

TEST_F(ZoneFiles, Rfc4034RecordsThatDifferInTheLetterCaseOfNamesAreOne) {
  const std::string text = std::string(soa) +
                           "@ 300 SOA NS1 hostMaster 1 3600 600 86400 300\n"
                           "a 60 NS x\na 60 NS X\nb 60 CNAME x\nb 60 CNAME X\nc 60 PTR x\nc 60 PTR X\n"
                           "c 60 MX 16705 x\nc 60 MX 24929 x\nc 60 MX 24929 X\n"
                           "c 60 SRV 1 2 3 x\nc 60 SRV 1 2 3 X\n"
                           "c 60 NAPTR 1 2 s Http \"\" x\nc 60 NAPTR 1 2 s http \"\" x\nc 60 NAPTR 1 2 s http \"\" X\n"
                           "c 60 TXT x\nc 60 TXT X\n";
  ASSERT_THAT(problems(text), IsEmpty());
  const auto answers = [&](const std::string& type) {
    const auto reply = ask("c.example.test", type);
    return std::ranges::count(reply, '\n') - 1;
  };
  EXPECT_EQ(answers("PTR"), 1);
  EXPECT_EQ(answers("MX"), 2) << "0x4141 and 0x6161 are no letters";
  EXPECT_EQ(answers("SRV"), 1);
  EXPECT_EQ(answers("NAPTR"), 2);
  EXPECT_EQ(answers("TXT"), 2);
}

TEST_F(ZoneFiles, Rfc4592AWildcardIsNotDelegated) {
  EXPECT_THAT(problems(std::string(soa) + "*.a 60 NS ns1\n"),
              ElementsAre("t.zone:2: an NS record at the wildcard *.a.example.test., which has no meaning (RFC 4592 "
                          "§4.2); allowed: NS records at other names"));
}

}  // namespace node_writer_test
