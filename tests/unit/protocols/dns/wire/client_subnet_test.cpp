// The subnet that a query comes from (RFC 7871).

#include "protocols/dns/wire/client_subnet.hpp"

#include "tests/unit/protocols/dns/asking.hpp"
#include "tests/unit/protocols/dns/edns_options.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace client_subnet_test {

using dns_asking::hex;
using dns_asking::opt;
using dns_asking::option;
using dns_asking::Query;
using dns_asking::unhex;
using dns_edns_options::Options;
using testing::HasSubstr;
using testing::Not;
using thence::dns::read_client_subnet;

namespace {

using Rfc7871 = Options;

}  // namespace

TEST_F(Rfc7871, AClientSubnetIsEchoedWithScope0) {
  EXPECT_EQ(echo("00011800c00002"), "00011800c00002");
  EXPECT_EQ(echo("00012000c0000201"), "00012000c0000201");
  EXPECT_EQ(echo("0002380020010db8000000"), "0002380020010db8000000");
  EXPECT_EQ(echo("0002800020010db8000000000000000000000001"), "0002800020010db8000000000000000000000001");
  EXPECT_EQ(echo("00011700c00002"), "00011700c00002");
  EXPECT_EQ(echo("00010100"
                 "80"),
            "0001010080");
  EXPECT_EQ(server.counter("with-client-subnet"), 6U);
}

TEST_F(Rfc7871, WithoutAnAddressTheFamilyDoesNotMatter) {
  for (const auto* const none : {"00000000", "00010000", "00020000"}) EXPECT_EQ(echo(none), none);
}

TEST_F(Rfc7871, AMalformedClientSubnetIsAFormatError) {
  const std::vector<std::string> malformed{
      "",                    // no fields
      "000118",              // cut off
      "00030000",            // an unknown family
      "00000800",            // a prefix of no family
      "0000080001",          // an address of no family
      "01010000",            // a family of two octets
      "00011818c00002",      // a scope in a query
      "00011800c000",        // fewer octets than the prefix has
      "00011800c0000201",    // more octets
      "00011700c00003",      // a bit behind the prefix
      "00012100c000020100",  // more bits than IPv4 has
      "0002810020010db8000000000000000000000001"
      "00",  // more bits than IPv6 has
  };
  for (const auto& each : malformed) EXPECT_EQ(echo(each), "FORMERR") << each;
  EXPECT_EQ(server.outcome(), "formerr");
}

TEST_F(Rfc7871, AClientSubnetIsEchoedInErrorsAndInClassInOnly) {
  EXPECT_THAT(ask(option(8, unhex("00011800c00002")), {.name = "elsewhere"}), HasSubstr("option 8 00011800c00002\n"));
  EXPECT_THAT(ask(option(8, unhex("00011800c00002")), {.name = "id.server", .type = "TXT", .rr_class = 3}),
              Not(HasSubstr("option 8")));
}

TEST_F(Rfc7871, AQueryHasThePrefix) {
  const auto subnet = read_client_subnet(unhex("0002380020010db8000000"));
  ASSERT_TRUE(subnet);
  EXPECT_EQ(subnet->family, thence::dns::ClientSubnet::ipv6);
  EXPECT_EQ(subnet->source, 56);
  EXPECT_EQ(hex(subnet->address), "20010db8000000000000000000000000");

  const auto message =
      Query{.name = "www.t", .additional = {opt(1232, 0, false, option(8, unhex("00011800c00002")))}}.wire();
  thence::dns::Query query;
  ASSERT_EQ(thence::dns::read(message, query), thence::dns::Reading::query);
  EXPECT_EQ(query.edns->client_subnet->source, 24);
}

}  // namespace client_subnet_test
