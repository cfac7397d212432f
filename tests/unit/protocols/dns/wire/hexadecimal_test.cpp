#include "protocols/dns/wire/hexadecimal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hexadecimal_test {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using thence::dns::read_hexadecimal;

TEST(Hexadecimal, PairsOfDigitsAreOctets) {
  EXPECT_THAT(read_hexadecimal("00ff7Fa0"), Optional(ElementsAre(0x00, 0xff, 0x7f, 0xa0)));
  EXPECT_THAT(read_hexadecimal("0123456789abcdefABCDEF"),
              Optional(ElementsAre(0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xab, 0xcd, 0xef)));
  EXPECT_THAT(read_hexadecimal(""), Optional(IsEmpty()));
}

TEST(Hexadecimal, AnythingElseIsNotRead) {
  for (const auto* const text : {"0", "000", "0g", "g0", "/0", ":0", "@0", "`0", " 0", "0x", "+1", "-1"}) {
    EXPECT_EQ(read_hexadecimal(text), std::nullopt) << text;
  }
}

}  // namespace hexadecimal_test
