// The section `zones:`, and what is said about mistakes in it and in zone files.

#include "protocols/dns/settings/zone_settings.hpp"

#include "tests/unit/protocols/dns/zone_files.hpp"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zone_settings_test {

using dns_zone_files::soa;
using dns_zone_files::ZoneFiles;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

namespace {

/// Mistakes in a configuration alone.
using Settings = ZoneFiles;

}  // namespace

TEST_F(Settings, AZoneNeedsRecordsOrAFile) {
  EXPECT_THAT(read("zones: [{ name: t }]"),
              ElementsAre("t.yaml:1:9: zones[0]: a zone without data; allowed: records, file, or both"));
}

TEST_F(Settings, AMissingZoneFileNamesTheReason) {
  EXPECT_THAT(read("zones: [{ name: t, file: none.zone }]"),
              ElementsAre("t.yaml:1:26: zones[0].file: 'none.zone' cannot be read: No such file or directory; allowed: "
                          "a zone file"));
  EXPECT_THAT(read("zones: [{ name: t, file: . }]"),
              ElementsAre("t.yaml:1:26: zones[0].file: '.' cannot be read: Is a directory; allowed: a zone file"));
}

TEST_F(Settings, ARecordNamesItsPlace) {
  const auto problems_of = [&](const std::string& record) {
    const auto lines = read("zones:\n- name: t\n  records:\n  - '@ 1 SOA n h 1 1 1 1 1'\n  - \"" + record + "\"\n");
    return lines.size() == 1 ? lines[0] : std::to_string(lines.size()) + " problems";
  };
  constexpr auto place = "t.yaml:5:5: zones[0].records[1]: ";
  EXPECT_THAT(problems_of("www A 192.0.2.256"), StartsWith(std::string(place) + "'192.0.2.256' is not the data of A"));
  EXPECT_THAT(problems_of("www A"), StartsWith(std::string(place) + "no data"));
  EXPECT_THAT(problems_of("www"), StartsWith(std::string(place) + "no type"));
  EXPECT_THAT(problems_of(""), StartsWith(std::string(place) + "no owner"));
  EXPECT_THAT(problems_of(" 60 A 192.0.2.1"), StartsWith(std::string(place) + "no owner"));
  EXPECT_THAT(problems_of("www 60 B 192.0.2.1"), StartsWith(std::string(place) + "'B' is not a type of record"));
  EXPECT_THAT(problems_of("www 60 ANY x"), StartsWith(std::string(place) + "'ANY' is not a type of record"));
  EXPECT_THAT(problems_of("www 60 OPT \\\\# 0"), StartsWith(std::string(place) + "'OPT' is not a type of record"));
  EXPECT_THAT(problems_of("www 60 CH A 192.0.2.1"), StartsWith(std::string(place) + "a record of another class"));
  EXPECT_THAT(problems_of("www 2147483648 A 192.0.2.1"), StartsWith(std::string(place) + "'2147483648' is not a TTL"));
  EXPECT_THAT(problems_of("a..b 60 A 192.0.2.1"), StartsWith(std::string(place) + "'a..b' is not a domain name"));
  EXPECT_THAT(problems_of("www 60 TXT \\0"), StartsWith(std::string(place) + "an octet 0 stands in the text"));
  EXPECT_THAT(problems_of("www 60 PTR " + std::string(70'000, 'x')),
              StartsWith(std::string(place) + "data longer than"));
  EXPECT_THAT(problems_of("www 60 A 192.0.2.1 192.0.2.2"), StartsWith(std::string(place) + "'192.0.2.1 192.0.2.2'"));
}

TEST_F(Settings, ATextInRecordsIsOneRecordAsInAZoneFile) {
  const auto problems_of = [&](const std::string& record) {
    return read("zones:\n- name: t\n  records:\n  - '@ 1 SOA n h 1 1 1 1 1'\n  - \"" + record + "\"\n");
  };
  const std::string place = "t.yaml:5:5: zones[0].records[1]: ";
  EXPECT_THAT(problems_of("a 60 MX ( 10\\n m ) ; a comment"), IsEmpty());
  EXPECT_EQ(ask("a.t", "MX"), "NOERROR aa\nanswer a.t. 60 IN MX 10 m.t.\n");
  EXPECT_THAT(problems_of("a 60 MX 10 m\\n"), IsEmpty());
  EXPECT_THAT(problems_of("a 60 A 192.0.2.1\\nb 60 A 192.0.2.2"),
              ElementsAre(place + "more than one record; allowed: one"));
  EXPECT_THAT(problems_of("a 60 A 192.0.2.1\\nb"), ElementsAre(place + "more than one record; allowed: one"));
  EXPECT_THAT(problems_of("a 60 MX ( 10 m"), ElementsAre(StartsWith(place + "a parenthesis is never closed")));
  EXPECT_THAT(problems_of("a 60 MX 10 m )"), ElementsAre(StartsWith(place + "a parenthesis was never opened")));
  EXPECT_THAT(problems_of("a 60 TXT 'x\\\"y'\\n"), ElementsAre(StartsWith(place + "a quote is not closed")));
  EXPECT_THAT(problems_of("$TTL 60 A 192.0.2.1"), ElementsAre(StartsWith(place + "a directive stands here")));
}

TEST_F(Settings, ADynamicNameMustBeOneThatTheZoneAnswersFor) {
  EXPECT_THAT(read("zones:\n"
                   "- name: t\n"
                   "  records:\n"
                   "  - '@ 1 SOA n h 1 1 1 1 1'\n"
                   "  - 'sub 1 NS n'\n"
                   "  - 'alias 1 CNAME n'\n"
                   "  dynamic:\n"
                   "    alias: self\n"
                   "    sub: self\n"
                   "    below.sub: client\n"
                   "    elsewhere.: self\n"
                   "    a..b: self\n"),
              ElementsAre(HasSubstr("t.yaml:8:12: zones[0].dynamic.alias: alias.t. has a CNAME record"),
                          HasSubstr("t.yaml:9:10: zones[0].dynamic.sub: sub.t. is delegated"),
                          HasSubstr("t.yaml:10:16: zones[0].dynamic.below.sub: below.sub.t. is delegated"),
                          HasSubstr("t.yaml:11:17: zones[0].dynamic.elsewhere.: elsewhere. is out of the zone"),
                          HasSubstr("t.yaml:12:11: zones[0].dynamic.a..b: 'a..b' is not a domain name")));
  EXPECT_THAT(read("zones: [{ name: t, records: ['@ 1 SOA n h 1 1 1 1 1'], dynamic: { a: self, A: client } }]"),
              ElementsAre(HasSubstr("a.t. is named twice")));
}

TEST_F(ZoneFiles, AFileAndRecordsMakeOneZone) {
  EXPECT_THAT(problems(soa, ", records: ['www 60 A 192.0.2.1'], dynamic: { me: client }"), IsEmpty());
  EXPECT_EQ(ask("www.example.test"), "NOERROR aa\nanswer www.example.test. 60 IN A 192.0.2.1\n");
}

TEST_F(ZoneFiles, EveryMistakeInAFileNamesItsLine) {
  EXPECT_THAT(
      problems("@ 1 SOA ns1 hostmaster ( 1 2 3 4 5\n"
               "  )\n"
               "a 1 A 192.0.2.300\n"
               "b 1 A ( \n"
               "  192.0.2.1\n"
               "  ) )\n"
               "$TTL never\n"
               "$INCLUDE other.zone\n"
               "$GENERATE 9-1 h$ A 192.0.2.$\n"
               "$ORIGIN\n"
               "c 1 TXT \"open\n"
               "d.elsewhere. 1 A 192.0.2.1\n"
               "e 1 A (\n"),
      ElementsAre(HasSubstr("t.zone:3: '192.0.2.300' is not the data of A"),
                  HasSubstr("t.zone:4: a parenthesis was never opened"), HasSubstr("t.zone:7: no TTL after $TTL"),
                  HasSubstr("t.zone:8: 'other.zone' cannot be read: No such file or directory"),
                  HasSubstr("t.zone:9: '9-1' is not a range"), HasSubstr("t.zone:10: no domain name after $ORIGIN"),
                  HasSubstr("t.zone:11: a quote is not closed on its line"),
                  HasSubstr("t.zone:13: a parenthesis is never closed")));
}

TEST_F(ZoneFiles, ManyMistakesOfAnyKindDoNotFillTheScreen) {
  std::string unreadable;
  std::string bad_address = soa;
  std::string senseless = soa;
  std::string each_kind;
  for (int i = 0; i < 1000; ++i) {
    unreadable += "this is prose\n";
    bad_address += "a 1 A 192\n";
    senseless.append("a").append(std::to_string(i)).append(" 1 SOA n h 1 1 1 1 1\n");
  }
  for (int i = 0; i < 40; ++i) {
    each_kind.append("this is prose\nb 1 A 192\na").append(std::to_string(i)).append(" 1 SOA n h 1 1 1 1 1\n");
  }
  for (const auto& text : {unreadable, bad_address, senseless, soa + each_kind}) {
    const auto lines = problems(text);
    EXPECT_EQ(lines.size(), 100U) << text.substr(0, 70);
    EXPECT_EQ(std::ranges::count_if(
                  lines, [](const auto& line) { return line.find("so many mistakes") != std::string::npos; }),
              1);
  }
  EXPECT_THAT(problems(unreadable).back(), StartsWith("t.zone:100: so many mistakes"));
}

}  // namespace zone_settings_test
