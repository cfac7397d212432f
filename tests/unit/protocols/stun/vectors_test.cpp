/// The test vectors of RFC 5769 and of RFC 8489 appendix B.1.

#include "tests/unit/protocols/stun/vectors.hpp"

#include "protocols/stun/fingerprint.hpp"
#include "protocols/stun/mapped_address.hpp"
#include "protocols/stun/message.hpp"
#include "protocols/stun/message_integrity.hpp"
#include "tests/unit/protocols/stun/integrity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vectors_test {

using stun_vectors::request_2_1;
using stun_vectors::request_2_4;
using stun_vectors::response_2_2;
using stun_vectors::response_2_3;
using namespace stun_messages;
using namespace thence::stun;

namespace {

// RFC 8489 appendix B.1 as its erratum 6268 has it: the RFC prints a length of 0x9c and leaves out PASSWORD-ALGORITHM.
// The HMAC that it prints is that of the message so printed, so the key is not in doubt.
const Octets request_b_1_start = joined({
    hex("00010090 2112a442 78ad3433c6ad72c029da412e"),
    hex("001e0020 4a3cf38fef6992bda952c6780417da0f 24819415569e60b205c46e41407f1704"),
    hex("00150029"),
    text("obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA"),
    hex("000000"),
    hex("0014000b"),
    text("example.org"),
    hex("00"),
});
const Octets request_b_1 = joined({
    request_b_1_start,
    hex("001d0004 00020000"),
    hex("001c0020 b5c7bf005b6c52a21c51c5e892f81924 136296cb927c43149309278cc6518e65"),
});

const Octets short_term_key = text("VOkJxbRl1RmTxUk/WvJxBt");
const std::string long_term_text = "マトリックス:example.org:TheMatrIX";
const Octets md5_key = hash("MD5", long_term_text);
const Octets sha256_key = hash("SHA256", long_term_text);

struct Keyed {
  Octets message;
  Octets key;
};
const std::vector<Keyed> keyed{{request_2_1, short_term_key},
                               {response_2_2, short_term_key},
                               {response_2_3, short_term_key},
                               {request_2_4, md5_key},
                               {request_b_1, sha256_key}};

/// Whether a message has an integrity that holds.
bool authentic(MessageIntegrity& integrity, const Octets& octets, const Octets& key) {
  const auto message = Message::read(octets);
  if (!message) return false;
  for (const auto type : {AttributeType::message_integrity_sha256, AttributeType::message_integrity}) {
    if (const auto attribute = message->find(type)) return integrity.holds(*message, *attribute, key);
  }
  return false;
}

std::vector<std::pair<unsigned, Octets>> attributes_of(const Octets& octets) {
  std::vector<std::pair<unsigned, Octets>> attributes;
  const auto message = Message::read(octets);
  if (!message) return attributes;
  for (const Attribute each : *message) {
    attributes.emplace_back(static_cast<unsigned>(each.type), Octets(each.value.begin(), each.value.end()));
  }
  return attributes;
}

}  // namespace

TEST(StunVectors, Rfc5769Section21RequestIsReadAsWritten) {
  const auto message = Message::read(request_2_1);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->message_class(), MessageClass::request);
  EXPECT_EQ(message->method(), binding);
  EXPECT_FALSE(message->classic());
  EXPECT_TRUE(std::ranges::equal(message->id(), modern_id));
  EXPECT_EQ(attributes_of(request_2_1), (std::vector<std::pair<unsigned, Octets>>{
                                            {0x8022, text("STUN test client")},
                                            {0x0024, hex("6e0001ff")},
                                            {0x8029, hex("932ff9b151263b36")},
                                            {0x0006, text("evtj:h6vY")},
                                            {0x0008, hex("9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2")},
                                            {0x8028, hex("e57a3bcf")},
                                        }));
}

TEST(StunVectors, Rfc5769Section24RequestIsReadAsWritten) {
  EXPECT_EQ(attributes_of(request_2_4), (std::vector<std::pair<unsigned, Octets>>{
                                            {0x0006, hex("e3839ee38388e383aae38383e382afe382b9")},
                                            {0x0015, text("f//499k954d6OL34oL9FSTvy64sA")},
                                            {0x0014, text("example.org")},
                                            {0x0008, hex("f67024656dd64a3e02b8e0712e85c9a28ca89666")},
                                        }));
}

TEST(StunVectors, Rfc5769Section22And23ResponsesAreWrittenAsPrinted) {
  for (const auto& [vector, address] :
       {std::pair{response_2_2, "192.0.2.1"}, std::pair{response_2_3, "2001:db8:1234:5678:11:2233:4455:6677"}}) {
    Octets buffer(256, std::byte{0xee});
    MessageWriter writer(buffer, MessageClass::success, Message::read(vector)->id());
    // The vectors pad with a blank; the value is 11 octets long.
    const auto software = writer.add(AttributeType{0x8022}, 11);
    std::ranges::copy(text("test vector"), software.begin());
    buffer[35] = std::byte{' '};
    add_xor_address(writer, AttributeType::xor_mapped_address, endpoint(address, 32853));
    MessageIntegrity().add(writer, AttributeType::message_integrity, short_term_key);
    add_fingerprint(writer);
    EXPECT_THAT(writer.message(), testing::ElementsAreArray(vector));
  }
}

TEST(StunVectors, Rfc5769AndRfc8489AppendixB1IntegritiesHold) {
  MessageIntegrity integrity;
  for (const auto& [message, key] : keyed) EXPECT_TRUE(authentic(integrity, message, key)) << message.size();
}

TEST(StunVectors, Rfc8489AppendixB1AsPrintedHasTheHmacOfItsWrongLength) {
  auto printed = request_b_1_start;
  printed[3] = std::byte{0x9c};
  EXPECT_EQ(hmac("SHA256", sha256_key, printed),
            hex("e4686c8f0edeb59013e07090010a93ef ccbccc544c0a45d9f830aa6d6f735a01"));
}

TEST(StunVectors, Rfc8489AppendixB1IsWrittenAsTheErratumHasIt) {
  Octets buffer(256, std::byte{0xee});
  MessageWriter writer(buffer, MessageClass::request, Message::read(request_b_1)->id());
  for (const auto& [type, value] : attributes_of(request_b_1)) {
    if (type != 0x001c) std::ranges::copy(value, writer.add(AttributeType(type), value.size()).begin());
  }
  MessageIntegrity().add(writer, AttributeType::message_integrity_sha256, sha256_key);
  EXPECT_THAT(writer.message(), testing::ElementsAreArray(request_b_1));
}

TEST(StunVectors, WithAnotherKeyNoIntegrityHolds) {
  MessageIntegrity integrity;
  for (const auto& [message, key] : keyed) {
    for (std::size_t bit = 0; bit < 8 * key.size(); ++bit) {
      auto other = key;
      other[bit / 8] ^= std::byte{1} << (bit % 8);
      EXPECT_FALSE(authentic(integrity, message, other)) << bit;
    }
    EXPECT_FALSE(authentic(integrity, message, {}));
  }
}

// What is behind the integrity is not covered: FINGERPRINT, whose bits only the CRC protects.
TEST(StunVectors, WithAnyBitFlippedNoIntegrityHoldsOrTheFingerprintDoesNot) {
  MessageIntegrity integrity;
  for (const auto& [message, key] : keyed) {
    const auto covered = message.size() - (Message::read(message)->has_fingerprint() ? fingerprint_size : 0);
    for (std::size_t bit = 0; bit < 8 * message.size(); ++bit) {
      auto flipped = message;
      flipped[bit / 8] ^= std::byte{1} << (bit % 8);
      if (bit / 8 < covered) {
        EXPECT_FALSE(authentic(integrity, flipped, key)) << bit;
        continue;
      }
      const auto read = Message::read(flipped);
      EXPECT_FALSE(read && read->has_fingerprint() && fingerprint_holds(*read)) << bit;
    }
  }
}

// The same, and more than one bit of the octet.
TEST(StunVectors, WithAnyOctetChangedNoIntegrityHolds) {
  MessageIntegrity integrity;
  for (const auto& [message, key] : keyed) {
    const auto covered = message.size() - (Message::read(message)->has_fingerprint() ? fingerprint_size : 0);
    for (std::size_t at = 0; at < covered; ++at) {
      for (const unsigned bits : {0xffU, 0x55U, 0x03U, 0x14U}) {
        auto changed = message;
        changed[at] ^= static_cast<std::byte>(bits);
        EXPECT_FALSE(authentic(integrity, changed, key)) << at;
      }
    }
  }
}

TEST(StunVectors, CutShortNothingIsAuthentic) {
  MessageIntegrity integrity;
  for (const auto& [message, key] : keyed) {
    for (std::size_t size = 0; size < message.size(); ++size) {
      const Octets start(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_FALSE(authentic(integrity, start, key)) << size;
    }
  }
}

TEST(StunVectors, Rfc5769RequestFromTheAddressOfTheVectorGetsItsMappedAddress) {
  const auto v4 = ask(request(), endpoint("192.0.2.1", 32853));
  EXPECT_EQ(v4.outcome, Outcome::success);
  EXPECT_EQ(v4.reply, message(0x0101, modern_id, {hex("00200008 0001a147e112a643")}));

  const auto v6 = ask(request(), endpoint("2001:db8:1234:5678:11:2233:4455:6677", 32853));
  EXPECT_EQ(v6.outcome, Outcome::success);
  EXPECT_EQ(v6.reply, message(0x0101, modern_id, {hex("00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9")}));
}

// PRIORITY is of ICE (RFC 8445 §16.1), which a server on its own does not speak: comprehension-required and unknown.
TEST(StunVectors, Rfc5769Section21RequestIsRefusedForPriority) {
  const auto answer = ask(request_2_1);
  EXPECT_EQ(answer.outcome, Outcome::unknown_attribute);
  EXPECT_EQ(answer.reply,
            fingerprinted(message(0x0111, modern_id,
                                  {attribute(0x0009, joined({hex("00000414"), text("Unknown Attribute")})),
                                   attribute(0x000a, hex("0024"))})));
}

TEST(StunVectors, Rfc5769Section24RequestIsAnsweredWithoutCheckingItsCredentials) {
  const auto answer = ask(request_2_4);
  EXPECT_EQ(answer.outcome, Outcome::success);
  EXPECT_EQ(answer.reply,
            message(0x0101, hex("2112a442 78ad3433c6ad72c029da412e"), {hex("00200008 0001a147e112a643")}));
}

}  // namespace vectors_test
