#include "protocols/dns/wire/rrset.hpp"

#include <array>
#include <cstdint>

#include <gtest/gtest.h>

namespace rrset_test {

TEST(Rfc1035Section414, APointerHasTwoOnesAndThePosition) {
  EXPECT_EQ(thence::dns::pointer_to(12), 0xC00C);
  EXPECT_EQ(thence::dns::pointer_to(0x3FFF), 0xFFFF);
}

TEST(Rfc1035Section413, ARecordHasItsOwnerTypeClassTtlAndLength) {
  std::array<std::uint8_t, thence::dns::record_head> octets{};
  thence::dns::write_record_head(octets.data(), 28, 0x01020304, 16);
  EXPECT_EQ(octets, (std::array<std::uint8_t, 12>{0xC0, 0x0C, 0, 28, 0, 1, 1, 2, 3, 4, 0, 16}));
}

TEST(RRset, WithoutRecordsIsNone) {
  thence::dns::RRset rrset;
  EXPECT_FALSE(rrset);
  rrset.count = 1;
  EXPECT_TRUE(rrset);
}

}  // namespace rrset_test
