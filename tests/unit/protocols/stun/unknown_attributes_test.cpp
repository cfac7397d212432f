#include "protocols/stun/unknown_attributes.hpp"

#include "tests/unit/protocols/stun/messages.hpp"
#include "tests/unit/protocols/stun/replies.hpp"

#include <cstdint>
#include <utility>

#include <gtest/gtest.h>

namespace unknown_attributes_test {

using stun_replies::classic_refusal;
using stun_replies::expect_answer;
using stun_replies::refusal;
using thence::Transport;
using thence::stun::Outcome;
using namespace stun_messages;

TEST(StunBinding, Rfc8489Section631AllUnknownRequiredTypesAreListedEachOnce) {
  expect_answer(request({attribute(0x0024, text("ab")), attribute(0x8022, text("optional")), attribute(0x7fff),
                         attribute(0x0024), attribute(0xc001), attribute(0x0000), attribute(0x7fff, text("again"))}),
                Outcome::unknown_attribute, refusal(hex("0024 7fff 0000")));
}

TEST(StunBinding, Rfc8489Section1413AnOddListIsPaddedOutsideItsLength) {
  const auto answer = ask(request({attribute(0x0024)}));
  EXPECT_EQ(answer.reply.size(), 20 + 28 + 8);
  EXPECT_EQ(answer.reply, refusal(hex("0024")));
}

TEST(StunBinding, Rfc8489Section631AsManyUnknownTypesAsAnyRequestHolds) {
  for (const auto& [octets, transport] : {std::pair{4096U, Transport::udp}, std::pair{65532U, Transport::tcp}}) {
    Octets attributes;
    Octets types;
    for (std::uint32_t type = 0x4000; attributes.size() < octets - 20; ++type) {
      const auto unknown = attribute(type);
      attributes.insert(attributes.end(), unknown.begin(), unknown.end());
      types.push_back(unknown[0]);
      types.push_back(unknown[1]);
    }
    const auto answer = ask(fingerprinted(request({Octets(attributes.begin(), attributes.end() - 8)})),
                            endpoint("192.0.2.1", 32853), transport, transport == Transport::udp ? 4096 : 65535);
    EXPECT_EQ(answer.outcome, Outcome::unknown_attribute);
    EXPECT_EQ(answer.reply, fingerprinted(refusal(Octets(types.begin(), types.end() - 4))));
  }
}

TEST(StunBinding, MoreUnknownTypesThanTheReplyHoldsAreCutOff) {
  Octets attributes;
  for (std::uint32_t type = 0x4000; type < 0x5000; ++type) {
    const auto unknown = attribute(type);
    attributes.insert(attributes.end(), unknown.begin(), unknown.end());
  }
  const auto answer = ask(fingerprinted(request({attributes})));
  EXPECT_EQ(answer.outcome, Outcome::unknown_attribute);
  Octets types;
  for (std::uint32_t type = 0x4000; types.size() < 4096 - 20 - 28 - 4 - 8; ++type) {
    types = joined({types, big_endian(type, 2)});
  }
  EXPECT_EQ(answer.reply, fingerprinted(refusal(types)));
  EXPECT_EQ(answer.reply.size(), 4096);
}

TEST(StunBinding, Rfc8489Section1831ReservedTypesAreUnknown) {
  expect_answer(request({attribute(0x0000), attribute(0x0002), attribute(0x0004), attribute(0x0005), attribute(0x0007),
                         attribute(0x000b)}),
                Outcome::unknown_attribute, refusal(hex("0000 0002 0004 0005 0007 000b")));
}

TEST(StunBinding, Rfc3489Section11210AnOddListRepeatsAType) {
  expect_answer(classic_request({attribute(0x0024)}), Outcome::unknown_attribute, classic_refusal(hex("0024 0024")));
  expect_answer(classic_request({attribute(0x0024), attribute(0x0025)}), Outcome::unknown_attribute,
                classic_refusal(hex("0024 0025")));
  expect_answer(classic_request({attribute(0x0024), attribute(0x0025), attribute(0x7000)}), Outcome::unknown_attribute,
                classic_refusal(hex("0024 0025 7000 7000")));
}

}  // namespace unknown_attributes_test
