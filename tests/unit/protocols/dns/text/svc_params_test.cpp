// Parameters of SVCB and HTTPS records (RFC 9460).

#include "protocols/dns/text/svc_params.hpp"

#include "tests/unit/protocols/dns/text/record_data.hpp"
#include "tests/unit/protocols/dns/zone_files.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace svc_params_test {

using dns_record_data::data_of;
using dns_zone_files::soa;
using dns_zone_files::ZoneFiles;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace thence::dns;

TEST_F(ZoneFiles, Rfc9460ServiceParametersStandOnceAndMandatoryOnesAreThere) {
  const auto problems_of = [&](const std::string& params) {
    return problems(soa + ("a 60 HTTPS 1 . " + params + "\nb 60 SVCB 1 b " + params + "\n"));
  };
  EXPECT_THAT(problems_of("port=1 alpn=h2 mandatory=alpn,port"), IsEmpty());
  EXPECT_THAT(problems_of("alpn=h2 alpn=h3"), ElementsAre(HasSubstr("t.zone:2: "), HasSubstr("t.zone:3: ")));
  EXPECT_THAT(problems_of("mandatory=port alpn=h2"), ElementsAre(HasSubstr("t.zone:2: "), HasSubstr("t.zone:3: ")));
  EXPECT_THAT(problems_of("port=\"65535\" key65535=x"), IsEmpty());
  // alpn behind port; alpn twice; a value longer than the data; mandatory of itself.
  for (const auto* const params :
       {"17 0001 00 0003 0002 0001 0001 0003 026832", "17 0001 00 0001 0003 026832 0001 0003 026832",
        "8 0001 00 0003 0005 00", "9 0001 00 0000 0002 0000"}) {
    EXPECT_THAT(problems(soa + std::string("a 60 HTTPS \\# ") + params + "\n"), ElementsAre(HasSubstr("t.zone:2: ")))
        << params;
  }
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

}  // namespace svc_params_test
