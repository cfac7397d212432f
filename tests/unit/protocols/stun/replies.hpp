#pragma once

// Replies to Binding requests of 192.0.2.1:32853.

#include "tests/unit/protocols/stun/messages.hpp"

#include <gtest/gtest.h>

namespace stun_replies {

using namespace stun_messages;
using thence::Transport;
using thence::stun::Outcome;

inline const Octets xor_mapped = hex("00200008 0001a147e112a643");  // 192.0.2.1:32853

inline const Octets mapped = hex("00010008 00018055c0000201");

inline const Octets success = message(0x0101, modern_id, {xor_mapped});

inline const Octets classic_success = message(0x0101, classic_id, {mapped});

inline const Octets error_420 = attribute(0x0009, joined({hex("00000414"), text("Unknown Attribute")}));

inline const Octets classic_error_420 = attribute(0x0009, joined({hex("00000414"), text("Unknown Attribute   ")}));

inline Octets refusal(const Octets& types) { return message(0x0111, modern_id, {error_420, attribute(0x000a, types)}); }

inline Octets classic_refusal(const Octets& types) {
  return message(0x0111, classic_id, {classic_error_420, attribute(0x000a, types)});
}

inline void expect_answer(const Octets& message, Outcome outcome, const Octets& reply,
                          Transport transport = Transport::udp) {
  const auto answer = ask(message, endpoint("192.0.2.1", 32853), transport);
  EXPECT_EQ(answer.outcome, outcome);
  EXPECT_EQ(answer.reply, reply);
}

inline void expect_silence(const Octets& message, Outcome outcome) {
  expect_answer(message, outcome, {});
  if (message.size() >= 8) expect_answer(message, outcome, {}, Transport::tcp);
}

}  // namespace stun_replies
