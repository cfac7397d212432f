#include "responder/admin/metric_family.hpp"

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace metric_family_test {

using prometheus::MetricType;
using thence::admin::MetricFamily;

TEST(MetricFamily, CountersWithTheSameLabelsAreAddedUp) {
  MetricFamily family("requests", "Requests", MetricType::Counter);
  EXPECT_TRUE(family.empty());
  family.add({{"protocol", "stun"}}, 5);
  family.add({{"protocol", "dns"}}, 1);
  family.add({{"protocol", "stun"}}, 2);
  EXPECT_FALSE(family.empty());
  const auto made = std::move(family).family();
  ASSERT_EQ(made.metric.size(), 2U);
  EXPECT_EQ(made.metric[0].label[0].value, "dns") << "in the order of the values";
  EXPECT_EQ(made.metric[0].counter.value, 1);
  EXPECT_EQ(made.metric[1].counter.value, 7);
}

TEST(MetricFamily, OfGaugesWithTheSameLabelsTheGreatestHolds) {
  MetricFamily family("up", "Whether", MetricType::Gauge);
  family.add({}, -3);
  EXPECT_EQ(MetricFamily(family).family().metric.at(0).gauge.value, -3);
  family.add({}, 2);
  family.add({}, 1);
  EXPECT_EQ(std::move(family).family().metric.at(0).gauge.value, 2);
}

TEST(MetricFamily, NamesHaveTheCharactersThatTheyMayHave) {
  const auto name_of = [](const char* name) { return MetricFamily(name, "", MetricType::Gauge).family().name; };
  EXPECT_EQ(name_of("thence_dns_total9"), "thence_dns_total9");
  EXPECT_EQ(name_of("udp.dropped-by:x\xC3"), "udp_dropped_by_x_");
  EXPECT_EQ(name_of("9lives"), "_9lives");
  EXPECT_EQ(name_of(""), "_");
}

TEST(MetricFamily, LabelsAndHelpMayBeOfAnyText) {
  MetricFamily family("m", "a\\b\xff", MetricType::Gauge);
  family.add({{"in terface", "eth\xff\n"}}, 1);
  const auto made = std::move(family).family();
  EXPECT_EQ(made.help, "a\\\\b\\\\xff");
  EXPECT_EQ(made.metric.at(0).label.at(0).name, "in_terface");
  EXPECT_EQ(made.metric.at(0).label.at(0).value, "eth\\xff\\x0a");
}

}  // namespace metric_family_test
