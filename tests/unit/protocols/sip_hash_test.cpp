#include "protocols/sip_hash.hpp"

#include <numeric>

#include <gtest/gtest.h>

namespace sip_hash_test {

namespace {

TEST(SipHash, TheExampleOfItsAuthors) {
  ASSERT_TRUE(thence::SipHash::is_available());
  thence::SipHash::Key key{};
  std::iota(key.begin(), key.end(), std::uint8_t{0});
  std::array<std::uint8_t, 15> message{};
  std::iota(message.begin(), message.end(), std::uint8_t{0});
  thence::SipHash hash;
  const thence::SipHash::Value expected{0xe5, 0x45, 0xbe, 0x49, 0x61, 0xca, 0x29, 0xa1};
  EXPECT_EQ(hash(key, message), expected);
  EXPECT_NE(hash({}, message), expected) << "another key";
  EXPECT_EQ(hash(key, message), expected) << "each time";
}

}  // namespace

}  // namespace sip_hash_test
