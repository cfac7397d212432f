#include "protocols/stun/fingerprint.hpp"

#include "tests/unit/protocols/stun/messages.hpp"
#include "tests/unit/protocols/stun/replies.hpp"
#include "tests/unit/protocols/stun/vectors.hpp"

#include <gtest/gtest.h>

namespace fingerprint_test {

using stun_replies::expect_answer;
using stun_replies::expect_silence;
using stun_replies::refusal;
using stun_replies::success;
using stun_vectors::request_2_1;
using stun_vectors::request_2_4;
using stun_vectors::response_2_2;
using stun_vectors::response_2_3;
using thence::Transport;
using thence::stun::Outcome;
using namespace stun_messages;
using namespace thence::stun;

TEST(StunBinding, Rfc8489Section147ARequestWithFingerprintGetsOneBack) {
  expect_answer(fingerprinted(request()), Outcome::success, fingerprinted(success));
  expect_answer(fingerprinted(request()), Outcome::success, fingerprinted(success), Transport::tcp);
  expect_answer(fingerprinted(request({attribute(0x0024)})), Outcome::unknown_attribute,
                fingerprinted(refusal(hex("0024"))));
}

TEST(StunBinding, Rfc8489Section147AWrongFingerprintIsDropped) {
  auto damaged = fingerprinted(request());
  damaged.back() ^= std::byte{1};
  expect_silence(damaged, Outcome::bad_fingerprint);
  // Over the message as it is, with the length from before FINGERPRINT was added.
  const auto early = big_endian(crc32(request()) ^ 0x5354554e, 4);
  expect_silence(request({attribute(0x8028, early)}), Outcome::bad_fingerprint);
  expect_silence(request({attribute(0x0024), attribute(0x8028, Octets(4))}), Outcome::bad_fingerprint);
}

// The CRC finds every change of one octet. Where the octet made the attribute a FINGERPRINT or kept it outside of the
// attribute before, what is left is a right message without one: that is answered as such.
TEST(StunBinding, Rfc8489Section147NoChangedOctetOfARequestWithFingerprintIsTakenForTheRequest) {
  const auto whole = fingerprinted(request({attribute(0x8022, text("client"))}));
  const std::size_t software_length_at = 23;
  const std::size_t fingerprint_type_at = whole.size() - 8;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (unsigned bits = 1; bits < 0x100; ++bits) {
      auto changed = whole;
      changed[at] ^= static_cast<std::byte>(bits);
      const auto octet = std::to_integer<unsigned>(changed[at]);
      Octets expected;
      if (at == fingerprint_type_at && octet < 0x80) {
        expected = refusal({changed[at], changed[at + 1]});
      } else if (at == fingerprint_type_at || at == fingerprint_type_at + 1 ||
                 (at == software_length_at && octet > 12 && octet <= 16)) {
        expected = success;
      }
      EXPECT_EQ(ask(changed).reply, expected) << at << ' ' << octet;
    }
  }
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

}  // namespace fingerprint_test
