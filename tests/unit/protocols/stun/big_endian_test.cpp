#include "protocols/stun/big_endian.hpp"

#include "tests/unit/protocols/stun/messages.hpp"

#include <gtest/gtest.h>

namespace big_endian_test {

using stun_messages::hex;

TEST(StunIntegers, Rfc8489Section5AreBigEndian) {
  auto octets = hex("2112a442fffe");
  const std::span all(octets);
  EXPECT_EQ(thence::stun::load16(all.first<2>()), 0x2112);
  EXPECT_EQ(thence::stun::load16(all.last<2>()), 0xfffe);
  EXPECT_EQ(thence::stun::load32(all.first<4>()), 0x2112a442U);
  thence::stun::store16(all.first<2>(), 0xabcd);
  thence::stun::store32(all.last<4>(), 0xdeadbeef);
  EXPECT_EQ(octets, hex("abcddeadbeef"));
}

}  // namespace big_endian_test
