// The section `dns:` of a configuration as a whole.

#include "tests/unit/protocols/dns/asking.hpp"
#include "tests/unit/protocols/dns/zone_files.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace settings_test {

using dns_zone_files::ZoneFiles;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

namespace {

/// Mistakes in a configuration alone.
using Settings = ZoneFiles;

}  // namespace

TEST_F(Settings, NothingConfiguredIsNoMistake) {
  EXPECT_THAT(read("{}"), IsEmpty());
  EXPECT_EQ(ask("example.test"), "REFUSED\n");
}

TEST_F(Settings, EveryMistakeIsNamedWithItsPlace) {
  EXPECT_THAT(
      read("zone: 1\n"
           "zones:\n"
           "  - name: a..b\n"
           "  - records: ['@ SOA n h 1 1 1 1 1']\n"
           "  - name: nothing.test\n"
           "  - { name: x.test, records: ['@ 1 SOA n h 1 1 1 1 1', 'www A 192.0.2.256'], colour: red }\n"
           "  - { name: X.test., records: ['@ 1 SOA n h 1 1 1 1 1'], dynamic: { me: klient } }\n"),
      ElementsAre(
          "t.yaml:1:1: zone: unknown key, did you mean 'zones'?; allowed: zones, views, forward, client-subnet, nsid, "
          "cookies, chaos, rate-limit, forwarding",
          "t.yaml:3:11: zones[0].name: 'a..b' is not a domain name; allowed: such as example.com",
          "t.yaml:4:5: zones[1].name: is missing; allowed: a text",
          "t.yaml:5:5: zones[2]: a zone without data; allowed: records, file, or both",
          StartsWith("t.yaml:6:56: zones[3].records[1]: '192.0.2.256' is not the data of A: "),
          "t.yaml:6:78: zones[3].colour: unknown key; allowed: name, records, file, dynamic, reverse",
          "t.yaml:7:13: zones[4].name: a second zone x.test.; allowed: each zone once",
          "t.yaml:7:73: zones[4].dynamic.me: 'klient' is not known, did you mean 'client'?; allowed: "
          "self, client, whoami"));
}

TEST_F(Settings, AMistakeIsToldOnce) {
  constexpr auto soa_only = "records: ['@ 1 SOA n h 1 1 1 1 1']";
  EXPECT_THAT(read("zones: [{ name: t, records: [{ a: b }] }]"),
              ElementsAre("t.yaml:1:30: zones[0].records[0]: a mapping stands here; allowed: a text"));
  EXPECT_THAT(read("zones: [{ name: t, records: [~] }]"), ElementsAre(HasSubstr("records[0]: is missing")));
  EXPECT_THAT(read(std::string("zones: [{ name: [a], ") + soa_only + " }]"),
              ElementsAre("t.yaml:1:17: zones[0].name: a list stands here; allowed: a text"));
  EXPECT_THAT(read(std::string("zones: [{ name: '', ") + soa_only + " }]"),
              ElementsAre("t.yaml:1:17: zones[0].name: '' is not a domain name; allowed: such as example.com"));
  EXPECT_THAT(read("zones: [{ name: t, file: '' }]"),
              ElementsAre("t.yaml:1:26: zones[0].file: is empty; allowed: a file name"));
  EXPECT_THAT(read("zones: [{ name: t, file: [a] }]"),
              ElementsAre("t.yaml:1:26: zones[0].file: a list stands here; allowed: a file name"));
}

}  // namespace settings_test
