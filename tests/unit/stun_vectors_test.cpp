/// The test vectors of RFC 5769.

#include "protocols/stun/fingerprint.hpp"
#include "protocols/stun/mapped_address.hpp"
#include "protocols/stun/message.hpp"
#include "stun_messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace stun_messages;
using namespace thence::stun;

namespace {

const Octets request_2_1 = joined({
    hex("00010058 2112a442 b7e7a701bc34d686fa87dfae"),
    hex("80220010"),
    text("STUN test client"),
    hex("00240004 6e0001ff"),
    hex("80290008 932ff9b151263b36"),
    hex("00060009"),
    text("evtj:h6vY   "),
    hex("00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"),
    hex("80280004 e57a3bcf"),
});

const Octets response_2_2 = joined({
    hex("0101003c 2112a442 b7e7a701bc34d686fa87dfae"),
    hex("8022000b"),
    text("test vector "),
    hex("00200008 0001a147e112a643"),
    hex("00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7"),
    hex("80280004 c07d4c96"),
});

const Octets response_2_3 = joined({
    hex("01010048 2112a442 b7e7a701bc34d686fa87dfae"),
    hex("8022000b"),
    text("test vector "),
    hex("00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9"),
    hex("00080014 a382954e4be67bf11784c97c8292c275bfe3ed41"),
    hex("80280004 c8fb0b4c"),
});

const Octets request_2_4 = joined({
    hex("00010060 2112a442 78ad3433c6ad72c029da412e"),
    hex("00060012 e3839ee38388e383aae38383e382afe382b9 0000"),
    hex("0015001c"),
    text("f//499k954d6OL34oL9FSTvy64sA"),
    hex("0014000b"),
    text("example.org"),
    hex("00"),
    hex("00080014 f67024656dd64a3e02b8e0712e85c9a28ca89666"),
});

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

TEST(StunVectors, Rfc5769FingerprintsHold) {
  for (const auto& vector : {request_2_1, response_2_2, response_2_3}) {
    const auto message = Message::read(vector);
    ASSERT_TRUE(message);
    ASSERT_TRUE(message->has_fingerprint());
    EXPECT_TRUE(fingerprint_holds(*message));

    auto damaged = vector;
    damaged[25] ^= std::byte{0x20};
    ASSERT_TRUE(Message::read(damaged));
    EXPECT_FALSE(fingerprint_holds(*Message::read(damaged)));
  }
  EXPECT_FALSE(Message::read(request_2_4)->has_fingerprint());
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
    const auto integrity = writer.add(AttributeType::message_integrity, 20);
    std::ranges::copy(Message::read(vector)->find(AttributeType::message_integrity)->value, integrity.begin());
    add_fingerprint(writer);
    EXPECT_THAT(writer.message(), testing::ElementsAreArray(vector));
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
