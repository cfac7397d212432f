#include "protocols/dns/measures.hpp"

#include "config/reader.hpp"
#include "protocols/dns/settings/settings.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace measures_test {

using boost::asio::ip::make_address;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using thence::dns::Settings;
using thence::dns::views_at;

Settings settings(const std::string& yaml) {
  thence::config::Problems problems;
  const auto document = thence::config::Document::parse("t.yaml", yaml);
  return thence::dns::read_settings(thence::config::Cursor(document, problems));
}

/// `name{label=value,...} value`, a text each.
std::vector<std::string> zone_measures(const std::string& yaml) {
  std::vector<std::string> all;
  for (const auto& each : thence::dns::zone_measures(settings(yaml))) {
    std::string labels;
    for (const auto& [name, value] : each.labels) labels += (labels.empty() ? "" : ",") + name + '=' + value;
    all.push_back(each.name + '{' + labels + "} " + std::to_string(static_cast<long>(each.value)));
  }
  return all;
}

TEST(ZoneMeasures, AreTheSerialsAndHowManyZonesThereAre) {
  EXPECT_THAT(zone_measures("zones:\n"
                            "- { name: a.test, records: ['@ 1 SOA n h 4294967295 1 1 1 1'] }\n"
                            "- { name: b.test, records: ['@ 1 SOA n h 7 1 1 1 1'] }\n"
                            "- { name: broken.test, file: /none }\n"
                            "views: [{ name: v, zones: [{ name: c.test, records: ['@ 1 SOA n h 9 1 1 1 1'] }] }]\n"),
              UnorderedElementsAre("zone_serial{zone=a.test.,view=} 4294967295", "zone_serial{zone=b.test.,view=} 7",
                                   "zone_serial{zone=c.test.,view=v} 9", "zones{} 3", "zones_broken{} 1"));
  EXPECT_THAT(zone_measures("{}"), ElementsAre("zones{} 0", "zones_broken{} 0"));
}

TEST(ZoneMeasures, AreOfAThousandZonesAtMost) {
  std::string yaml = "zones:\n";
  for (int i = 0; i < 1001; ++i) {
    yaml += "- { name: z" + std::to_string(i) + ".test, records: ['@ 1 SOA n h 1 1 1 1 1'] }\n";
  }
  const auto all = zone_measures(yaml);
  EXPECT_EQ(all.size(), 1002U);
  EXPECT_EQ(all[999], "zone_serial{zone=z999.test.,view=} 1");
  EXPECT_EQ(all[1000], "zones{} 1001");
}

TEST(ViewsAt, AreThoseThatMayServeWhatArrivesThere) {
  const thence::InterfaceTable interfaces{{{1, "eth0", true, {}}, {2, "eth1", true, {}}}};
  const auto viewed = settings(
      "views:\n"
      "- { name: inside, match: { interfaces: [eth0] } }\n"
      "- { name: vip, match: { local: [192.0.2.1], clients: [10.0.0.0/8] } }\n"
      "- { name: rest }\n");
  EXPECT_THAT(views_at(viewed, make_address("192.0.2.1"), 1, interfaces), ElementsAre("inside", "vip", "rest"));
  EXPECT_THAT(views_at(viewed, make_address("192.0.2.2"), 1, interfaces), ElementsAre("inside", "rest"));
  EXPECT_THAT(views_at(viewed, make_address("192.0.2.2"), 2, interfaces), ElementsAre("rest"));
  EXPECT_THAT(views_at(viewed, {}, 2, interfaces), ElementsAre("vip", "rest")) << "of any address";
  EXPECT_THAT(views_at(settings("{}"), make_address("192.0.2.1"), 1, interfaces), IsEmpty());
}

}  // namespace measures_test
