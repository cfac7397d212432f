#include "protocols/dns/wire/network_order.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace network_order_test {

TEST(NetworkOrder, TheMostSignificantOctetIsFirst) {
  std::array<std::uint8_t, 6> octets{0, 1, 2, 0xff, 0xfe, 0};
  EXPECT_EQ(thence::load16(octets.data() + 1), 0x0102);
  EXPECT_EQ(thence::load16(octets.data() + 3), 0xfffe);
  EXPECT_EQ(thence::load32(octets.data() + 1), 0x0102fffeU);
  EXPECT_EQ(thence::load32(octets.data() + 2), 0x02fffe00U);
  thence::store16(octets.data(), 0xabcd);
  thence::store32(octets.data() + 2, 0xdeadbeef);
  EXPECT_EQ(octets, (std::array<std::uint8_t, 6>{0xab, 0xcd, 0xde, 0xad, 0xbe, 0xef}));
}

TEST(NetworkOrder, OctetsAreTheBytesOfAMessage) {
  const std::array<std::byte, 3> bytes{std::byte{0}, std::byte{0x7f}, std::byte{0xff}};
  const auto octets = thence::dns::octets_of(bytes);
  EXPECT_EQ(std::vector(octets.begin(), octets.end()), (std::vector<std::uint8_t>{0, 0x7f, 0xff}));
}

}  // namespace network_order_test
