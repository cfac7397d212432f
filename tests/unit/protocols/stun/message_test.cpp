#include "protocols/stun/message.hpp"

#include "tests/unit/protocols/stun/messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace message_test {

using namespace stun_messages;
using namespace thence::stun;

namespace {

std::vector<unsigned> types_of(const Octets& octets) {
  std::vector<unsigned> types;
  const auto message = Message::read(octets);
  EXPECT_TRUE(message);
  if (!message) return types;
  for (const Attribute each : *message) types.push_back(static_cast<unsigned>(each.type));
  return types;
}

const Octets integrity = attribute(0x0008, Octets(20));
const Octets integrity_sha256 = attribute(0x001c, Octets(32));
const Octets fingerprint = attribute(0x8028, Octets(4));

}  // namespace

TEST(StunMessage, Rfc8489Section5TheFirstTwoBitsAreZero) {
  EXPECT_TRUE(Message::read(message(0x3fff, modern_id)));
  EXPECT_FALSE(Message::read(message(0x4000, modern_id)));
  EXPECT_FALSE(Message::read(message(0x8000, modern_id)));
  EXPECT_FALSE(Message::read(message(0xc001, modern_id)));
}

TEST(StunMessage, Rfc8489Section5TheHeaderIs20Octets) {
  const auto whole = request();
  ASSERT_EQ(whole.size(), 20);
  EXPECT_TRUE(Message::read(whole));
  for (std::size_t size = 0; size < 20; ++size) EXPECT_FALSE(Message::read(std::span(whole).first(size))) << size;
}

TEST(StunMessage, Rfc8489Section5TheLengthIsAMultipleOf4AndThatOfTheDatagram) {
  const auto whole = request({attribute(0x8022, text("abcd"))});
  EXPECT_TRUE(Message::read(whole));
  for (unsigned length = 0; length < 0x100; ++length) {
    auto changed = whole;
    changed[3] = static_cast<std::byte>(length);
    EXPECT_EQ(Message::read(changed).has_value(), length == 8) << length;
  }
  for (unsigned surplus = 1; surplus < 4; ++surplus) {
    auto longer = whole;
    longer.resize(whole.size() + surplus);
    EXPECT_FALSE(Message::read(longer)) << surplus;
    longer[3] = static_cast<std::byte>(8 + surplus);
    EXPECT_FALSE(Message::read(longer)) << surplus;
  }
}

TEST(StunMessage, Rfc8489Section5TypeIsMethodAndClass) {
  const auto expect = [](std::uint32_t type, MessageClass message_class, unsigned method) {
    const auto octets = message(type, modern_id);
    const auto read = Message::read(octets);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->message_class(), message_class);
    EXPECT_EQ(read->method(), method);
  };
  expect(0x0001, MessageClass::request, binding);
  expect(0x0011, MessageClass::indication, binding);
  expect(0x0101, MessageClass::success, binding);
  expect(0x0111, MessageClass::error, binding);
  expect(0x0003, MessageClass::request, 0x0003);
  expect(0x3eef, MessageClass::request, 0x3eef);
  expect(0x3fff, MessageClass::error, 0x3eef);
}

TEST(StunMessage, Rfc8489Section14AnAttributeDoesNotOverrunTheMessage) {
  for (unsigned length = 0; length <= 0x20; ++length) {
    auto octets = request({attribute(0x8022, Octets(12))});
    octets[23] = static_cast<std::byte>(length);
    // A shorter one leaves zeros: empty attributes of type 0.
    EXPECT_EQ(Message::read(octets).has_value(), length <= 12) << length;
  }
  auto octets = request({attribute(0x8022, Octets(12))});
  octets[22] = octets[23] = std::byte{0xff};
  EXPECT_FALSE(Message::read(octets));
}

TEST(StunMessage, Rfc8489Section14ThePaddingIsNotOfTheValueAndMayBeAnything) {
  const auto octets = joined({hex("0001000c"), modern_id, hex("80220001 41ffffff"), hex("80230000")});
  const auto read = Message::read(octets);
  ASSERT_TRUE(read);
  EXPECT_THAT((*read->begin()).value, testing::ElementsAre(std::byte{0x41}));
  EXPECT_THAT(types_of(octets), testing::ElementsAre(0x8022, 0x8023));
}

TEST(StunMessage, Rfc8489Section14TheFirstOccurrenceCounts) {
  const auto octets = request({attribute(0x8022, text("a")), attribute(0x0003, text("1234")), attribute(0x0003)});
  const auto read = Message::read(octets);
  ASSERT_TRUE(read);
  EXPECT_THAT(read->find(AttributeType::change_request)->value, testing::ElementsAreArray(text("1234")));
  EXPECT_FALSE(read->find(AttributeType::username));
}

TEST(StunMessage, Rfc8489Section145AfterMessageIntegrityOnlySha256AndFingerprintCount) {
  EXPECT_THAT(types_of(request({attribute(0x0006), integrity, attribute(0x7f00), attribute(0x0014), integrity_sha256,
                                attribute(0x0015), integrity, fingerprint})),
              testing::ElementsAre(0x0006, 0x0008, 0x001c, 0x8028));
  EXPECT_THAT(types_of(request({integrity, attribute(0x7f00)})), testing::ElementsAre(0x0008));
}

TEST(StunMessage, Rfc8489Section146AfterSha256OnlyFingerprintCounts) {
  EXPECT_THAT(
      types_of(request({attribute(0x0006), integrity_sha256, integrity, attribute(0x7f00, text("1")), fingerprint})),
      testing::ElementsAre(0x0006, 0x001c, 0x8028));
}

TEST(StunMessage, Rfc8489Section147FingerprintIsLastAndOf4Octets) {
  EXPECT_TRUE(Message::read(request({fingerprint}))->has_fingerprint());
  EXPECT_TRUE(Message::read(request({attribute(0x8022), fingerprint}))->has_fingerprint());
  EXPECT_FALSE(Message::read(request({fingerprint, attribute(0x8022)})));
  EXPECT_FALSE(Message::read(request({fingerprint, fingerprint})));
  for (const std::size_t length : {0U, 1U, 2U, 3U, 5U, 8U}) {
    EXPECT_FALSE(Message::read(request({attribute(0x8028, Octets(length))}))) << length;
  }
}

TEST(StunMessage, AValueThatLooksLikeAFingerprintIsNone) {
  const auto octets = request({attribute(0x8022, fingerprint)});
  EXPECT_FALSE(Message::read(octets)->has_fingerprint());
}

TEST(StunMessage, Rfc5389Section122WithoutTheCookieItIsClassic) {
  const auto modern = request();
  const auto classic = classic_request();
  EXPECT_FALSE(Message::read(modern)->classic());
  EXPECT_TRUE(Message::read(classic)->classic());
  EXPECT_TRUE(std::ranges::equal(Message::read(classic)->id(), classic_id));
}

TEST(StunMessageWriter, IsAWholeMessageAfterEachStep) {
  Octets buffer(64, std::byte{0xee});
  const auto id = Octets(modern_id);
  MessageWriter writer(buffer, MessageClass::error, MessageId(id));
  EXPECT_THAT(writer.message(), testing::ElementsAreArray(message(0x0111, modern_id)));
  EXPECT_EQ(writer.room(), 44);
  writer.add(AttributeType{0x8022}, 0);
  EXPECT_THAT(writer.message(), testing::ElementsAreArray(message(0x0111, modern_id, {attribute(0x8022)})));
  std::ranges::copy(text("abcde"), writer.add(AttributeType{0x8023}, 5).begin());
  EXPECT_THAT(writer.message(), testing::ElementsAreArray(
                                    message(0x0111, modern_id, {attribute(0x8022), attribute(0x8023, text("abcde"))})));
  EXPECT_EQ(writer.room(), 28);
  EXPECT_EQ(buffer[36], std::byte{0xee});
}

}  // namespace message_test
