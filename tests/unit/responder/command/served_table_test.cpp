#include "responder/command/served_table.hpp"

#include "responder/configuration/snapshot.hpp"
#include "responder/host/host_families.hpp"

#include <gtest/gtest.h>

namespace served_table_test {

using boost::asio::ip::make_address;
using thence::Interface;
using thence::InterfaceTable;

TEST(ServedTable, HasARowForEachAddressWithWhatIsServedThere) {
  const auto snapshot = thence::load(
      thence::config::Document::parse("t.yaml",
                                      "listeners:\n"
                                      "- { port: 5300, protocols: [dns] }\n"
                                      "- { port: 5301, protocols: [dns], transports: [tcp], families: [ipv4] }\n"
                                      "dns: {}\n"));
  const InterfaceTable interfaces{
      {{90001, "eth0", true, {{make_address("192.0.2.1"), 24}, {make_address("2001:db8::1"), 64}}}}};
  EXPECT_EQ(thence::served_table(snapshot, interfaces, {}),
            "INTERFACE  ADDRESS      SERVED                          TRY\n"
            "eth0       192.0.2.1    DNS 5300 udp+tcp, DNS 5301 tcp  dig @192.0.2.1 -p 5300 . SOA\n"
            "eth0       2001:db8::1  DNS 5300 udp+tcp                dig @2001:db8::1 -p 5300 . SOA\n");
}

}  // namespace served_table_test
