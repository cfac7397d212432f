#include "protocols/dns/wire/network_order.hpp"

#include <array>
#include <cstdint>

#include <gtest/gtest.h>

namespace network_order_test {

TEST(NetworkOrder, TheMostSignificantOctetIsFirst) {
  std::array<std::uint8_t, 6> octets{0, 1, 2, 0xff, 0xfe, 0};
  EXPECT_EQ(thence::dns::load16(octets.data() + 1), 0x0102);
  EXPECT_EQ(thence::dns::load16(octets.data() + 3), 0xfffe);
  EXPECT_EQ(thence::dns::load32(octets.data() + 1), 0x0102fffeU);
  EXPECT_EQ(thence::dns::load32(octets.data() + 2), 0x02fffe00U);
  thence::dns::store16(octets.data(), 0xabcd);
  thence::dns::store32(octets.data() + 2, 0xdeadbeef);
  EXPECT_EQ(octets, (std::array<std::uint8_t, 6>{0xab, 0xcd, 0xde, 0xad, 0xbe, 0xef}));
}

}  // namespace network_order_test
