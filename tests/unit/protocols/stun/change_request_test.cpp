#include "protocols/stun/change_request.hpp"

#include "tests/unit/protocols/stun/messages.hpp"
#include "tests/unit/protocols/stun/replies.hpp"

#include <gtest/gtest.h>

namespace change_request_test {

using stun_replies::expect_answer;
using stun_replies::refusal;
using stun_replies::success;
using thence::stun::AttributeType;
using thence::stun::ChangeRequest;
using thence::stun::Outcome;
using thence::stun::read_change_request;
using namespace stun_messages;

TEST(StunBinding, Rfc5780Section6AChangeIsRefusedAndNoChangeIsAnswered) {
  expect_answer(request({attribute(0x0003, hex("00000000"))}), Outcome::success, success);
  expect_answer(request({attribute(0x0003, hex("fffffff9"))}), Outcome::success, success);
  for (const auto* const flags : {"00000002", "00000004", "00000006"}) {
    expect_answer(request({attribute(0x0003, hex(flags))}), Outcome::unknown_attribute, refusal(hex("0003")));
  }
  // A value that cannot be read is not understood either.
  expect_answer(request({attribute(0x0003, hex("0000"))}), Outcome::unknown_attribute, refusal(hex("0003")));
}

TEST(StunBinding, Rfc8489Section14TheFirstChangeRequestCounts) {
  const auto none = attribute(0x0003, hex("00000000"));
  const auto both = attribute(0x0003, hex("00000006"));
  expect_answer(request({none, both}), Outcome::success, success);
  expect_answer(request({both, none, attribute(0x0024)}), Outcome::unknown_attribute, refusal(hex("0003 0024")));
}

TEST(StunChangeRequest, Rfc5780Section72HasTwoFlags) {
  const auto read = [](const char* value) {
    const auto octets = hex(value);
    return read_change_request({AttributeType::change_request, octets});
  };
  EXPECT_EQ(read("00000000"), (ChangeRequest{}));
  EXPECT_EQ(read("00000004"), (ChangeRequest{.address = true}));
  EXPECT_EQ(read("00000002"), (ChangeRequest{.port = true}));
  EXPECT_EQ(read("fffffff9"), (ChangeRequest{})) << "other flags are ignored";
  EXPECT_EQ(read("ffffffff"), (ChangeRequest{.address = true, .port = true}));
  EXPECT_EQ(read("000006"), std::nullopt);
  EXPECT_EQ(read("0000000600"), std::nullopt);
  EXPECT_FALSE(ChangeRequest{}.any());
  EXPECT_TRUE((ChangeRequest{.port = true}).any());
}

}  // namespace change_request_test
