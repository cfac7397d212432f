#include "protocols/stun/nonce.hpp"

#include "tests/unit/protocols/stun/messages.hpp"

#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nonce_test {

using namespace stun_messages;
using namespace std::chrono_literals;
using thence::stun::has_password_algorithms_bit;
using thence::stun::Nonce;
using thence::stun::Nonces;
using thence::stun::NonceSecret;

namespace {

const NonceSecret secret{{1, 2, 3}, 77};
const auto client = endpoint("192.0.2.1", 32853);
constexpr std::uint32_t made = 1000;

std::string string(const Nonce& nonce) { return {reinterpret_cast<const char*>(nonce.data()), nonce.size()}; }

}  // namespace

TEST(StunNonce, Rfc8489Section92StartsWithTheNonceCookie) {
  // Bits 0 and 1 of 24, the most significant first: c0 00 00.
  EXPECT_THAT(string(Nonces(secret, 600s).make(client, made)), testing::StartsWith("obMatJos2wAAA"));
}

TEST(StunNonce, Rfc8489Section1410IsShortAndFitForAQuotedString) {
  for (std::uint32_t now = 0; now < 1000; ++now) {
    const auto nonce = string(Nonces(secret, 600s).make(client, now * 4294967));
    EXPECT_LT(nonce.size(), 128);
    EXPECT_EQ(nonce.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"),
              std::string::npos);
  }
}

TEST(StunNonce, HoldsForItsLifetime) {
  Nonces nonces(secret, 600s);
  const auto nonce = nonces.make(client, made);
  EXPECT_TRUE(nonces.holds(nonce, client, made));
  EXPECT_TRUE(nonces.holds(nonce, client, made + 600));
  EXPECT_FALSE(nonces.holds(nonce, client, made + 601));
  EXPECT_FALSE(nonces.holds(nonce, client, made + 0x7fffffff));
  EXPECT_TRUE(nonces.holds(nonce, client, made - 1)) << "another worker's clock";
}

TEST(StunNonce, TimesAreSerialNumbers) {
  Nonces nonces(secret, 600s);
  for (const std::uint32_t before : {0xffffffffU, 0xffffffffU - 77, 0U - 77, 0x7fffffffU}) {
    EXPECT_TRUE(nonces.holds(nonces.make(client, before), client, before + 600));
    EXPECT_FALSE(nonces.holds(nonces.make(client, before), client, before + 601));
  }
}

TEST(StunNonce, Rfc8489Section924NoTwoClientsGetTheSame) {
  Nonces nonces(secret, 600s);
  std::set<Nonce> all;
  for (const auto& each : {client, endpoint("192.0.2.1", 32854), endpoint("192.0.2.2", 32853),
                           endpoint("::ffff:192.0.2.1", 32853), endpoint("2001:db8::1", 32853)}) {
    const auto nonce = nonces.make(each, made);
    EXPECT_TRUE(all.insert(nonce).second);
    EXPECT_TRUE(nonces.holds(nonce, each, made));
    EXPECT_EQ(nonces.holds(nonce, client, made), each == client);
  }
}

TEST(StunNonce, IsOfItsSecret) {
  Nonces nonces(secret, 600s);
  const auto nonce = nonces.make(client, made);
  EXPECT_TRUE(Nonces(secret, 600s).holds(nonce, client, made)) << "another worker";
  EXPECT_FALSE(Nonces({{1, 2, 4}, 77}, 600s).holds(nonce, client, made));
  EXPECT_NE(NonceSecret::make_up()->key, NonceSecret::make_up()->key);
}

TEST(StunNonce, WithAnyBitFlippedItDoesNotHold) {
  Nonces nonces(secret, 600s);
  const auto nonce = nonces.make(client, made);
  for (std::size_t bit = 0; bit < 8 * nonce.size(); ++bit) {
    auto flipped = nonce;
    flipped[bit / 8] ^= std::byte{1} << (bit % 8);
    EXPECT_FALSE(nonces.holds(flipped, client, made)) << bit;
  }
}

TEST(StunNonce, OfAnotherLengthItDoesNotHold) {
  Nonces nonces(secret, 600s);
  const auto nonce = nonces.make(client, made);
  Octets octets(nonce.begin(), nonce.end());
  for (std::size_t size = 0; size < octets.size(); ++size) {
    EXPECT_FALSE(nonces.holds(std::span(octets).first(size), client, made)) << size;
  }
  octets.push_back(std::byte{'A'});
  EXPECT_FALSE(nonces.holds(octets, client, made));
  EXPECT_FALSE(nonces.holds(text("obMatJos2wAAA                "), client, made));
}

TEST(StunNonce, Rfc8489Section92TheBitsOfANonceCookieAreRead) {
  EXPECT_TRUE(has_password_algorithms_bit(text("obMatJos2wAAA")));
  EXPECT_TRUE(has_password_algorithms_bit(text("obMatJos2gAAAf//499k954d6OL34oL9FSTvy64sA")));
  EXPECT_TRUE(has_password_algorithms_bit(text("obMatJos2////")));
  EXPECT_FALSE(has_password_algorithms_bit(text("obMatJos2QAAA")));
  EXPECT_FALSE(has_password_algorithms_bit(text("obMatJos2AAAA")));
  EXPECT_FALSE(has_password_algorithms_bit(text("obMatJos2gAA")));
  EXPECT_FALSE(has_password_algorithms_bit(text("obMatJos2g*AA")));
  EXPECT_FALSE(has_password_algorithms_bit(text("obMatJos1gAAA")));
  EXPECT_FALSE(has_password_algorithms_bit(text("f//499k954d6OL34oL9FSTvy64sA")));
  EXPECT_FALSE(has_password_algorithms_bit({}));
}

}  // namespace nonce_test
