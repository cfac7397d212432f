// The reverse names of the host's own addresses.

#include "protocols/dns/zone/reverse.hpp"

#include "tests/unit/protocols/dns/asking.hpp"
#include "tests/unit/protocols/dns/on_a_host.hpp"

#include <string>

#include <gtest/gtest.h>

namespace reverse_test {

using dns_on_a_host::address;
using dns_on_a_host::interface;
using dns_on_a_host::OnAHost;

namespace {

std::string arpa_nodata(unsigned ttl, const std::string& zone, const std::string& status = "NOERROR") {
  return status + " aa\nauthority " + zone + ". " + std::to_string(ttl) + " IN SOA ns1.thence.test. hostmaster." +
         zone + ". 1 3600 600 86400 300\n";
}

constexpr auto v4_zone = "192.in-addr.arpa";
constexpr auto v6_zone = "8.b.d.0.1.0.0.2.ip6.arpa";

}  // namespace

TEST_F(OnAHost, ReverseNamesOfItsAddresses) {
  EXPECT_EQ(ask("53.2.0.192.in-addr.arpa", "PTR"),
            answer("answer 53.2.0.192.in-addr.arpa. 60 IN PTR eth1.host.example.\n"));
  EXPECT_EQ(ask("53.2.0.192.in-addr.arpa", "TXT"), answer("answer 53.2.0.192.in-addr.arpa. 60 IN TXT \"beside\"\n"));
  EXPECT_EQ(ask("53.2.0.192.in-addr.arpa", "ANY"), answer("answer 53.2.0.192.in-addr.arpa. 60 IN TXT \"beside\"\n"));
  EXPECT_EQ(ask("3.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "PTR"),
            answer("answer 3.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. 9 IN PTR "
                   "router.example.com.\n"));
}

TEST_F(OnAHost, ReverseNamesOfOthers) {
  // Records of the zone come first, a wildcard does not.
  EXPECT_EQ(ask("54.2.0.192.in-addr.arpa", "PTR"),
            answer("answer 54.2.0.192.in-addr.arpa. 60 IN PTR fixed.example.\n"));
  EXPECT_EQ(ask("77.2.0.192.in-addr.arpa", "PTR"), arpa_nodata(60, v4_zone, "NXDOMAIN"));
  EXPECT_EQ(ask("1.1.0.192.in-addr.arpa", "PTR"), answer("answer 1.1.0.192.in-addr.arpa. 60 IN PTR other.example.\n"));
  // The names in between exist as long as the address does.
  EXPECT_EQ(ask("0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "PTR"), arpa_nodata(9, v6_zone));
  EXPECT_EQ(ask("f.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "PTR"), arpa_nodata(9, v6_zone, "NXDOMAIN"));
  EXPECT_EQ(ask("x.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "PTR"), arpa_nodata(300, v6_zone, "NXDOMAIN"));
  EXPECT_EQ(ask("1.53.2.0.192.in-addr.arpa", "PTR"), arpa_nodata(300, v4_zone, "NXDOMAIN"));
  EXPECT_EQ(ask("3.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "A"),
            arpa_nodata(9, v6_zone));
}

TEST_F(OnAHost, AnAddressThatGoesTakesItsNameAlong) {
  server.set_interfaces({interface(1, "eth1", {{address("192.0.7.1"), 24}})});
  EXPECT_EQ(ask("3.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "PTR"),
            arpa_nodata(9, v6_zone, "NXDOMAIN"));
  EXPECT_EQ(ask("1.7.0.192.in-addr.arpa", "PTR"),
            answer("answer 1.7.0.192.in-addr.arpa. 60 IN PTR eth1.host.example.\n"));
}

}  // namespace reverse_test
