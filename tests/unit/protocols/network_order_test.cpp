#include "protocols/network_order.hpp"

#include <array>

#include <gtest/gtest.h>

namespace network_order_test {

namespace {

TEST(NetworkOrder, TheMostSignificantOctetComesFirst) {
  const std::array<std::uint8_t, 9> octets{0, 1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(thence::load16(&octets[1]), 0x0102);
  EXPECT_EQ(thence::load32(&octets[1]), 0x01020304U);
  EXPECT_EQ(thence::load64(&octets[1]), 0x0102030405060708U);
  const auto bytes = std::as_bytes(std::span(octets));
  EXPECT_EQ((thence::load16(bytes.subspan<1, 2>())), 0x0102);
  EXPECT_EQ((thence::load32(bytes.subspan<1, 4>())), 0x01020304U);
}

TEST(NetworkOrder, WhatIsStoredIsLoaded) {
  std::array<std::byte, 9> bytes{};
  const std::span all(bytes);
  thence::store16(all.subspan<1, 2>(), 0xfedc);
  thence::store32(all.subspan<3, 4>(), 0xba987654);
  EXPECT_EQ(bytes[1], std::byte{0xfe});
  EXPECT_EQ((thence::load32(all.subspan<3, 4>())), 0xba987654U);
}

TEST(StunIntegers, Rfc8489Section5AreBigEndian) {
  std::array<std::byte, 6> octets{std::byte{0x21}, std::byte{0x12}, std::byte{0xa4},
                                  std::byte{0x42}, std::byte{0xff}, std::byte{0xfe}};
  const std::span all(octets);
  EXPECT_EQ((thence::load16(all.first<2>())), 0x2112);
  EXPECT_EQ((thence::load16(all.last<2>())), 0xfffe);
  EXPECT_EQ((thence::load32(all.first<4>())), 0x2112a442U);
  thence::store16(all.first<2>(), 0xabcd);
  thence::store32(all.last<4>(), 0xdeadbeef);
  const std::array<std::byte, 6> expected{std::byte{0xab}, std::byte{0xcd}, std::byte{0xde},
                                          std::byte{0xad}, std::byte{0xbe}, std::byte{0xef}};
  EXPECT_EQ(octets, expected);
}

}  // namespace

}  // namespace network_order_test
