#include "protocols/stun/message_integrity.hpp"

#include "protocols/stun/fingerprint.hpp"
#include "tests/unit/protocols/stun/integrity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace message_integrity_test {

using namespace stun_messages;
using namespace thence::stun;

namespace {

const Octets key = text("secret");
constexpr auto sha1 = AttributeType::message_integrity;
constexpr auto sha256 = AttributeType::message_integrity_sha256;

bool holds(const Octets& octets, AttributeType type, const Octets& with = key) {
  MessageIntegrity integrity;
  const auto message = Message::read(octets);
  EXPECT_TRUE(message);
  const auto attribute = message->find(type);
  EXPECT_TRUE(attribute);
  return integrity.holds(*message, *attribute, with);
}

Octets written(AttributeType type, const Octets& with) {
  Octets buffer(256, std::byte{0xee});
  MessageWriter writer(buffer, MessageClass::request, MessageId(modern_id));
  std::ranges::copy(text("abc"), writer.add(AttributeType::software, 3).begin());
  MessageIntegrity().add(writer, type, with);
  return {writer.message().begin(), writer.message().end()};
}

const Octets plain = request({attribute(0x8022, text("abc"))});

}  // namespace

TEST(StunMessageIntegrity, Rfc8489Section145IsAnHmacWithSha1UpToIt) {
  EXPECT_TRUE(holds(with_sha1(plain, key), sha1));
  EXPECT_FALSE(holds(with_sha1(plain, text("Secret")), sha1));
  EXPECT_EQ(written(sha1, key), with_sha1(plain, key));
}

TEST(StunMessageIntegrity, Rfc8489Section146IsAnHmacWithSha256UpToIt) {
  EXPECT_TRUE(holds(with_sha256(plain, key), sha256));
  EXPECT_FALSE(holds(with_sha256(plain, text("Secret")), sha256));
  EXPECT_EQ(written(sha256, key), with_sha256(plain, key));
}

TEST(StunMessageIntegrity, Rfc8489Section146MayBeCutTo16OctetsInMultiplesOf4) {
  for (std::size_t size = 0; size <= 32; ++size) {
    EXPECT_EQ(holds(with_sha256(plain, key, size), sha256), size >= 16 && size % 4 == 0) << size;
  }
  // Nor with a length that ends before the padding.
  for (const std::size_t size : {17U, 18U, 19U}) {
    auto value = hmac("SHA256", key, announcing(plain, 4 + size));
    value.resize(size);
    EXPECT_FALSE(holds(joined({announcing(plain, 24), attribute(0x001c, value)}), sha256)) << size;
  }
  for (std::size_t size = 33; size <= 40; ++size) EXPECT_FALSE(holds(with_sha256(plain, key, size), sha256)) << size;
}

TEST(StunMessageIntegrity, Rfc8489Section145Has20Octets) {
  for (std::size_t size = 0; size <= 40; ++size) {
    const auto covered = announcing(plain, attribute(0x0008, Octets(size)).size());
    auto value = hmac("SHA1", key, covered);
    value.resize(size);
    EXPECT_EQ(holds(joined({covered, attribute(0x0008, value)}), sha1), size == 20) << size;
  }
}

TEST(StunMessageIntegrity, Rfc8489Section145TheLengthEndsBehindIt) {
  // What follows is not covered, and the length that is hashed does not count it.
  EXPECT_TRUE(holds(fingerprinted(with_sha1(plain, key)), sha1));
  EXPECT_TRUE(holds(fingerprinted(with_sha256(plain, key)), sha256));
  const auto both = fingerprinted(with_sha256(with_sha1(plain, key), key));
  EXPECT_TRUE(holds(both, sha1));
  EXPECT_TRUE(holds(both, sha256));
  EXPECT_TRUE(fingerprint_holds(*Message::read(both)));
  // With the length as it is in the end it would not hold.
  const auto covered = announcing(plain, 24 + 8);
  EXPECT_FALSE(
      holds(fingerprinted(joined({announcing(plain, 24), attribute(0x0008, hmac("SHA1", key, covered))})), sha1));
}

TEST(StunMessageIntegrity, Rfc8489Section146CoversMessageIntegrity) {
  auto both = with_sha256(with_sha1(plain, key), key);
  both[plain.size() + 10] ^= std::byte{1};
  EXPECT_FALSE(holds(both, sha1));
  EXPECT_FALSE(holds(both, sha256));
}

TEST(StunMessageIntegrity, AnotherAttributeIsNone) {
  const auto octets = request({attribute(0x8022, hmac("SHA1", key, announcing(request(), 24)))});
  EXPECT_FALSE(holds(octets, AttributeType::software));
}

TEST(StunMessageIntegrity, AloneInAMessageItHolds) {
  EXPECT_TRUE(holds(with_sha1(request(), key), sha1));
  EXPECT_TRUE(holds(with_sha256(request(), key), sha256));
}

TEST(StunMessageIntegrity, KeysOfAnyLengthFollowEachOther) {
  MessageIntegrity integrity;
  for (const std::size_t size : {508U, 1U, 64U, 65U, 16U, 32U, 20U}) {
    const Octets each(size, std::byte{'k'});
    for (const auto& octets : {with_sha1(plain, each), with_sha256(plain, each)}) {
      const auto message = Message::read(octets);
      auto attribute = message->find(sha1);
      if (!attribute) attribute = message->find(sha256);
      EXPECT_TRUE(integrity.holds(*message, *attribute, each)) << size;
      EXPECT_FALSE(integrity.holds(*message, *attribute, key)) << size;
      EXPECT_TRUE(integrity.holds(*message, *attribute, each)) << size;
    }
  }
}

}  // namespace message_integrity_test
