// Records that $GENERATE makes.

#include "protocols/dns/text/generate.hpp"

#include "tests/unit/protocols/dns/text/zone_text.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace generate_test {

using dns_zone_text::apex;
using dns_zone_text::read_text;
using dns_zone_text::Seen;
using testing::ElementsAre;
using testing::SizeIs;
using testing::StartsWith;
using namespace thence::dns;

namespace {

/// What `$GENERATE` makes, or the mistake.
std::vector<std::string> generated(const std::string& arguments) {
  auto seen = read_text("$TTL 9\n$GENERATE " + arguments + "\n");
  return seen.mistakes.empty() ? seen.records : seen.mistakes;
}

}  // namespace

TEST(Generate, MakesARecordANumber) {
  EXPECT_THAT(generated("1-2 h$ A 192.0.2.$"), ElementsAre("h1.t. 9 A 192.0.2.1", "h2.t. 9 A 192.0.2.2"));
  EXPECT_THAT(generated("0-10/4 h$ 60 IN A 192.0.2.$"),
              ElementsAre("h0.t. 60 A 192.0.2.0", "h4.t. 60 A 192.0.2.4", "h8.t. 60 A 192.0.2.8"));
  EXPECT_THAT(generated("7-7 h IN 1m TXT ${0,3,d}-${-8}-${200,0,x}-${200,4,X}-${1,0,o} $$ \\$ \\\\"),
              ElementsAre("h.t. 60 TXT \"007--1-cf-00CF-10\" \"$\" \"$\" \"\\\""));
  EXPECT_THAT(generated("2147483647-2147483647 h TXT $"), ElementsAre("h.t. 9 TXT \"2147483647\""));
  EXPECT_THAT(generated("1-1 @ TXT $"), ElementsAre("t. 9 TXT \"1\""));
}

// What named-checkzone 9.18 makes of these.
TEST(Generate, CountsInTheBasesOfBind) {
  const auto number = [](const std::string& written, const std::string& value) {
    return generated(value + "-" + value + " h TXT " + written + "x");
  };
  EXPECT_THAT(number("${0,1,n}", "18"), ElementsAre("h.t. 9 TXT \"2.1x\""));
  EXPECT_THAT(number("${0,3,n}", "18"), ElementsAre("h.t. 9 TXT \"2.1x\""));
  EXPECT_THAT(number("${0,4,n}", "18"), ElementsAre("h.t. 9 TXT \"2.1.x\""));
  EXPECT_THAT(number("${0,5,n}", "18"), ElementsAre("h.t. 9 TXT \"2.1.0x\""));
  EXPECT_THAT(number("${0,8,N}", "171"), ElementsAre("h.t. 9 TXT \"B.A.0.0.x\""));
  EXPECT_THAT(number("${-17,4,x}", "16"), ElementsAre("h.t. 9 TXT \"ffffffffx\""));
  EXPECT_THAT(number("${-17,0,o}", "16"), ElementsAre("h.t. 9 TXT \"37777777777x\""));
  EXPECT_THAT(number("${-17,2,n}", "16"), ElementsAre("h.t. 9 TXT \"f.f.f.f.f.f.f.fx\""));
  EXPECT_THAT(number("${-301,3}", "300"), ElementsAre("h.t. 9 TXT \"-01x\""));
}

TEST(Generate, DataMayBeInQuotesOrNot) {
  EXPECT_THAT(generated("1-1 h TXT \"a b $\""), ElementsAre("h.t. 9 TXT \"a\" \"b\" \"1\"")) << "as in BIND";
  EXPECT_THAT(generated("1-1 h TXT \"a b $\" c"), ElementsAre("h.t. 9 TXT \"a b 1\" \"c\""));
  EXPECT_THAT(generated("1-1 h MX \"10 m$\""), SizeIs(1));
  EXPECT_THAT(generated("1-1 h MX 10 m$"), SizeIs(1));
  EXPECT_THAT(generated("1-1 h PTR ( m$ ) ; a comment"), ElementsAre("h.t. 9 PTR m1.t."));
}

TEST(Generate, WhatIsWrongIsToldOnceAtItsLine) {
  const auto wrong = [](const std::string& arguments, const std::string& message) {
    EXPECT_THAT(generated(arguments), ElementsAre(StartsWith("0:2: " + message))) << arguments;
  };
  for (const auto* const range : {"2-1", "1", "1-", "-1-1", "1-2/0", "1-2/", "1-2/x", "x-2", "1-2-3", "0-2147483648",
                                  "2147483648-2147483648", "18446744073709551616-18446744073709551617"}) {
    wrong(std::string(range) + " h A 192.0.2.1", "'" + std::string(range) + "' is not a range");
  }
  for (const auto* const number : {"${", "${}", "${a}", "${1", "${1,}", "${1,2,}", "${1,2,z}", "${1,2,d,}", "${1,-2}",
                                   "${1,256}", "${,3}", "${2147483648}"}) {
    wrong(std::string("1-1 h TXT ") + number, "'${' without what belongs behind it");
  }
  wrong("1-2 h TXT ${2147483646}", "an offset that leads above 2147483647");
  for (const auto* const words : {"", "1-2", "1-2 h", "1-2 h TXT", "1-2 h 60 IN TXT"}) {
    wrong(words, *words == '\0' ? "'' is not a range" : "too few words");
  }
  wrong("1-300 h A 192.0.2.$", "'192.0.2.256' is not the data of A");
  wrong("0-9 ${0,64} A 192.0.2.1", "'" + std::string(64, '0') + "' is not a domain name");
  wrong("0-9 h CH A 192.0.2.1", "a record of another class");
}

TEST(Generate, TheNumberOfRecordsIsBounded) {
  Seen seen;
  read_zone_text("$GENERATE 1-60 a$ 9 A 192.0.2.1\n$GENERATE 1-41 b$ 9 A 192.0.2.1\n$GENERATE 1-40 c$ 9 A 192.0.2.1\n",
                 apex, seen.reader(), 100);
  EXPECT_THAT(seen.records, SizeIs(100));
  EXPECT_THAT(seen.mistakes, ElementsAre(StartsWith("0:2: more than 100 records of $GENERATE in a zone")));
  EXPECT_THAT(generated("0-2147483647 h$ A 192.0.2.1"), ElementsAre(StartsWith("0:2: more than 16000000 records")));
}

}  // namespace generate_test
