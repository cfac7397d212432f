#include "protocols/dns/view/zone_table.hpp"

#include "tests/unit/protocols/dns/asking.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zone_table_test {

TEST(ZoneTable, ChoosesTheLongestOfThousandsOfZones) {
  std::string yaml = "zones:\n";
  for (int i = 0; i < 3000; ++i) {
    const auto number = std::to_string(i);
    yaml.append("- { name: z").append(number).append(i % 2 == 0 ? ".test" : ".deep.er.test");
    yaml.append(", records: ['@ ").append(number).append(" SOA n h 1 1 1 1 1'] }\n");
  }
  dns_asking::Responder server(yaml);
  for (int i = 0; i < 3000; ++i) {
    const auto apex = "z" + std::to_string(i) + (i % 2 == 0 ? ".test" : ".deep.er.test");
    EXPECT_THAT(server.ask({.name = apex, .type = "SOA"}),
                testing::StartsWith("NOERROR aa\nanswer " + apex + ". " + std::to_string(i) + " IN SOA"));
  }
  EXPECT_EQ(server.ask({.name = "z.deep.er.test"}), "REFUSED\n");
}

}  // namespace zone_table_test
