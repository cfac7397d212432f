#include "responder/host/address.hpp"

#include <gtest/gtest.h>

namespace address_test {

using boost::asio::ip::make_address;
using namespace thence;

TEST(Address, ThatIsMappedIsShownAsIpv4) {
  EXPECT_EQ(unmapped(make_address("::ffff:192.0.2.1")), make_address("192.0.2.1"));
  EXPECT_EQ(unmapped(make_address("192.0.2.1")), make_address("192.0.2.1"));
  EXPECT_EQ(unmapped(make_address("::192.0.2.1")), make_address("::192.0.2.1"));
}

TEST(Address, OnlyALinkLocalOneHasAScope) {
  EXPECT_TRUE(is_link_local(make_address("fe80::1")));
  EXPECT_TRUE(is_link_local(make_address("febf::1")));
  EXPECT_FALSE(is_link_local(make_address("fec0::1")));
  EXPECT_FALSE(is_link_local(make_address("169.254.0.1"))) << "IPv4 has no scopes";
  const auto scoped = with_scope(make_address("fe80::1"), 7);
  EXPECT_EQ(scoped.to_v6().scope_id(), 7U);
  EXPECT_EQ(without_scope(scoped), make_address("fe80::1"));
  EXPECT_EQ(with_scope(make_address("2001:db8::1"), 7), make_address("2001:db8::1"));
  EXPECT_EQ(with_scope(make_address("192.0.2.1"), 7), make_address("192.0.2.1"));
}

}  // namespace address_test
