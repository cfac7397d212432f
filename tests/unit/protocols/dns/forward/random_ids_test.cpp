#include "protocols/dns/forward/random_ids.hpp"

#include <cstdint>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace random_ids_test {

using thence::dns::RandomIds;

std::vector<std::uint16_t> some(RandomIds& ids, std::size_t count) {
  std::vector<std::uint16_t> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(ids.next());
  return all;
}

TEST(RandomIds, AreSpreadOverAll16Bits) {
  RandomIds ids;
  const auto all = some(ids, 4096);
  // Of 4096 draws out of 65536, some 3971 differ, give or take 11.
  EXPECT_GT(std::set(all.begin(), all.end()).size(), 3900U);
  std::uint16_t ones = 0;
  std::uint16_t zeros = 0;
  for (const auto each : all) {
    ones = static_cast<std::uint16_t>(ones | each);
    zeros = static_cast<std::uint16_t>(zeros | static_cast<std::uint16_t>(~each));
  }
  EXPECT_EQ(ones, 0xFFFF);
  EXPECT_EQ(zeros, 0xFFFF);
}

TEST(RandomIds, OfTwoAreNotTheSame) {
  RandomIds one;
  RandomIds other;
  EXPECT_NE(some(one, 256), some(other, 256));
}

}  // namespace random_ids_test
