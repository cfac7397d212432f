// What is checked of a zone as a whole.

#include "protocols/dns/zone/zone_builder.hpp"

#include "tests/unit/protocols/dns/zone_files.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zone_builder_test {

using dns_zone_files::soa;
using dns_zone_files::ZoneFiles;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(ZoneFiles, AZoneThatMakesNoSenseNamesItsLine) {
  EXPECT_THAT(problems(""), ElementsAre("t.zone: no SOA record at example.test.; allowed: exactly one"));
  EXPECT_THAT(problems("@ 1 NS ns1\nwww 1 A 192.0.2.1\n"), ElementsAre(HasSubstr("t.zone: no SOA record")));
  EXPECT_THAT(problems(std::string(soa) + "@ 1 SOA ns2 h 1 1 1 1 1\nsub 1 SOA n h 1 1 1 1 1\n"),
              ElementsAre(HasSubstr("t.zone:2: a second SOA record"),
                          HasSubstr("t.zone:3: a SOA record at sub.example.test.")));
  EXPECT_THAT(problems(std::string(soa) + "a 1 CNAME b\na 1 TXT x\nc 1 CNAME d\nc 1 CNAME e\n"),
              ElementsAre(HasSubstr("t.zone:2: a CNAME record and other data (TXT) at a.example.test."),
                          HasSubstr("t.zone:5: a second CNAME record at c.example.test.")));
  EXPECT_THAT(problems(std::string(soa) + "a 1 DNAME b\nx.a 1 TXT x\nc 1 DNAME d\nc 1 DNAME e\n"),
              ElementsAre(HasSubstr("t.zone:3: x.a.example.test. is below a DNAME record"),
                          HasSubstr("t.zone:5: a second DNAME record at c.example.test.")));
  EXPECT_THAT(problems(std::string(soa) + "a 1 NS \\# 2 c00c\n"), ElementsAre(HasSubstr("t.zone:2: ")));
}

TEST_F(ZoneFiles, WhatIsServedAllTheSameIsAWarning) {
  EXPECT_THAT(warnings(std::string(soa) + "d.elsewhere. 1 A 192.0.2.1\n@ 1 NS ns.elsewhere.\n"),
              ElementsAre(HasSubstr("t.zone:2: ")));
  EXPECT_THAT(warnings(soa), ElementsAre(HasSubstr("no NS record at example.test.")));
  EXPECT_THAT(warnings(std::string(soa) + "@ 1 NS ns1\n"),
              ElementsAre(HasSubstr("ns1.example.test. of example.test. has no address")));
  EXPECT_THAT(warnings(std::string(soa) + "@ 1 NS ns1\nns1 1 A 192.0.2.1\n"), IsEmpty());
  EXPECT_THAT(warnings(std::string(soa) + "@ 1 NS ns1\n*  1 A 192.0.2.1\n"), IsEmpty());
  EXPECT_THAT(warnings(std::string(soa) + "@ 1 NS x.\nsub 1 NS ns.sub\n"), ElementsAre(HasSubstr("t.zone:3: ")));
  EXPECT_THAT(warnings(std::string(soa) + "@ 1 NS x.\nsub 1 NS ns.other\nother 1 NS x.\n"), IsEmpty());
}

TEST_F(ZoneFiles, ManyIterationsOfNsec3AreAWarning) {
  const auto with = [](const std::string& iterations) {
    const std::string hash = "0123456789abcdefghijklmnopqrstuv";
    return std::string(soa) + "@ 1 NS x.\n@ 1 NSEC3PARAM 1 0 " + iterations + " -\n" + hash + " 1 NSEC3 1 0 " +
           iterations + " - " + hash + " SOA NS NSEC3PARAM\n";
  };
  EXPECT_THAT(warnings(with("0")), IsEmpty());
  EXPECT_THAT(warnings(with("50")), IsEmpty());
  EXPECT_THAT(warnings(with("51")), ElementsAre(HasSubstr("NSEC3 records with 51 iterations")));
  EXPECT_THAT(warnings(with("2500")), ElementsAre(HasSubstr("; allowed: 0 (RFC 9276 §3.1)")));
  EXPECT_THAT(problems(with("2501")), ElementsAre(HasSubstr("2501 iterations; allowed: up to 2500")));
}

}  // namespace zone_builder_test
