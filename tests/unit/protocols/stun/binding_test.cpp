#include "protocols/stun/binding.hpp"

#include "tests/unit/protocols/stun/messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace stun_messages;
using thence::Transport;
using thence::stun::Outcome;

namespace {

const Octets xor_mapped = hex("00200008 0001a147e112a643");  // 192.0.2.1:32853
const Octets mapped = hex("00010008 00018055c0000201");
const Octets success = message(0x0101, modern_id, {xor_mapped});
const Octets classic_success = message(0x0101, classic_id, {mapped});
const Octets error_420 = attribute(0x0009, joined({hex("00000414"), text("Unknown Attribute")}));
const Octets classic_error_420 = attribute(0x0009, joined({hex("00000414"), text("Unknown Attribute   ")}));

Octets refusal(const Octets& types) { return message(0x0111, modern_id, {error_420, attribute(0x000a, types)}); }
Octets classic_refusal(const Octets& types) {
  return message(0x0111, classic_id, {classic_error_420, attribute(0x000a, types)});
}

void expect_answer(const Octets& message, Outcome outcome, const Octets& reply, Transport transport = Transport::udp) {
  const auto answer = ask(message, endpoint("192.0.2.1", 32853), transport);
  EXPECT_EQ(answer.outcome, outcome);
  EXPECT_EQ(answer.reply, reply);
}

void expect_silence(const Octets& message, Outcome outcome) {
  expect_answer(message, outcome, {});
  if (message.size() >= 8) expect_answer(message, outcome, {}, Transport::tcp);
}

}  // namespace

TEST(StunBinding, Rfc8489Section63ARequestGetsItsSource) {
  expect_answer(request(), Outcome::success, success);
  expect_answer(request(), Outcome::success, success, Transport::tcp);
}

TEST(StunBinding, Rfc8489Section631TheSameRequestGetsTheSameReply) {
  const auto first = ask(request());
  ask(classic_request());
  EXPECT_EQ(ask(request()).reply, first.reply);
}

TEST(StunBinding, Rfc8489Section142TheFamilyIsThatOfTheSource) {
  EXPECT_EQ(ask(request(), endpoint("255.255.255.254", 65535)).reply,
            message(0x0101, modern_id, {hex("00200008 0001deed deed5bbc")}));
  EXPECT_EQ(ask(request(), endpoint("::1", 1)).reply,
            message(0x0101, modern_id, {hex("00200014 00022113 2112a442 b7e7a701bc34d686fa87dfaf")}));
}

TEST(StunBinding, Rfc8489Section63AMalformedMessageIsDropped) {
  expect_silence({}, Outcome::malformed);
  expect_silence(hex("0001"), Outcome::malformed);
  expect_silence(text("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), Outcome::malformed);
  auto longer = request();
  longer.resize(24);
  expect_silence(longer, Outcome::malformed);
  expect_silence(request({hex("80220008 00000000")}), Outcome::malformed);
}

TEST(StunBinding, Rfc8489Section63ResponsesIndicationsAndOtherMethodsAreDropped) {
  for (const auto& id : {modern_id, classic_id}) {
    expect_silence(message(0x0101, id), Outcome::response);
    expect_silence(message(0x0111, id), Outcome::response);
    expect_silence(message(0x0011, id), Outcome::indication);
    expect_silence(message(0x0003, id), Outcome::unknown_method);
    expect_silence(message(0x0002, id), Outcome::unknown_method);
    expect_silence(message(0x2001, id), Outcome::unknown_method);
    expect_silence(message(0x0000, id), Outcome::unknown_method);
  }
  expect_silence(success, Outcome::response);
}

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

TEST(StunBinding, Rfc8489Section63OptionalTypesAreIgnored) {
  expect_answer(request({attribute(0x8000), attribute(0x8022, text("x")), attribute(0xffff, text("yz"))}),
                Outcome::success, success);
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

TEST(StunBinding, Rfc8489Section12CredentialsAreKnownAndNotChecked) {
  expect_answer(request({attribute(0x0006, text("user")), attribute(0x001e, Octets(32)), attribute(0x0014, text("r")),
                         attribute(0x0015, text("n")), attribute(0x001d, Octets(4)), attribute(0x8002, Octets(4)),
                         attribute(0x0008, Octets(20)), attribute(0x001c, Octets(32))}),
                Outcome::success, success);
}

TEST(StunBinding, Rfc8489Section63KnownButUnexpectedTypesAreIgnored) {
  expect_answer(request({attribute(0x0001, Octets(8)), attribute(0x0009, Octets(4)), attribute(0x000a),
                         attribute(0x0020, Octets(8))}),
                Outcome::success, success);
}

TEST(StunBinding, Rfc8489Section145WhatFollowsMessageIntegrityIsNotLookedAt) {
  expect_answer(
      fingerprinted(request({attribute(0x0008, Octets(20)), attribute(0x0024), attribute(0x0003, hex("00000006"))})),
      Outcome::success, fingerprinted(success));
  expect_answer(request({attribute(0x001c, Octets(32)), attribute(0x0024)}), Outcome::success, success);
  expect_answer(request({attribute(0x0024), attribute(0x0008, Octets(20)), attribute(0x0025)}),
                Outcome::unknown_attribute, refusal(hex("0024")));
}

TEST(StunBinding, Rfc8489Section1831ReservedTypesAreUnknown) {
  expect_answer(request({attribute(0x0000), attribute(0x0002), attribute(0x0004), attribute(0x0005), attribute(0x0007),
                         attribute(0x000b)}),
                Outcome::unknown_attribute, refusal(hex("0000 0002 0004 0005 0007 000b")));
}

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

TEST(StunBinding, Rfc5389Section122AClassicRequestGetsItsIdAndMappedAddressOnly) {
  expect_answer(classic_request(), Outcome::success_classic, classic_success);
  EXPECT_EQ(ask(classic_request(), endpoint("2001:db8::1", 32853)).reply,
            message(0x0101, classic_id, {hex("00010014 00028055 20010db8000000000000000000000001")}));
  expect_answer(classic_request({attribute(0x0003, hex("00000000")), attribute(0x8022, text("x"))}),
                Outcome::success_classic, classic_success);
}

TEST(StunBinding, Rfc5389Section12AClassicRequestOverTcpIsDropped) {
  expect_answer(classic_request(), Outcome::malformed, {}, Transport::tcp);
}

TEST(StunBinding, Rfc3489Section11210AnOddListRepeatsAType) {
  expect_answer(classic_request({attribute(0x0024)}), Outcome::unknown_attribute, classic_refusal(hex("0024 0024")));
  expect_answer(classic_request({attribute(0x0024), attribute(0x0025)}), Outcome::unknown_attribute,
                classic_refusal(hex("0024 0025")));
  expect_answer(classic_request({attribute(0x0024), attribute(0x0025), attribute(0x7000)}), Outcome::unknown_attribute,
                classic_refusal(hex("0024 0025 7000 7000")));
}

TEST(StunBinding, Rfc5389Section122ClassicResponseAddressAndChangesAreRefused) {
  expect_answer(classic_request({attribute(0x0002, Octets(8))}), Outcome::unknown_attribute,
                classic_refusal(hex("0002 0002")));
  expect_answer(classic_request({attribute(0x0003, hex("00000006"))}), Outcome::unknown_attribute,
                classic_refusal(hex("0003 0003")));
}

TEST(StunBinding, Rfc3489Section112ClassicTypesOfResponsesAreIgnored) {
  expect_answer(
      classic_request({attribute(0x0001, Octets(8)), attribute(0x0004, Octets(8)), attribute(0x0005, Octets(8)),
                       attribute(0x0007, Octets(4)), attribute(0x000b, Octets(8)), attribute(0x0006, text("user")),
                       attribute(0x0008, Octets(20))}),
      Outcome::success_classic, classic_success);
}

std::uint64_t now_us = 0;
std::uint64_t test_clock() noexcept { return now_us; }

TEST(StunBinding, TheLimitGoesByAClockThatIsNeverSet) {
  thence::RateLimit limit(thence::RateLimitSettings{.per_second = 1});
  thence::stun::Usage usage{.limit = &limit};
  EXPECT_EQ(usage.clock, thence::coarse_monotonic_clock);
  usage.clock = test_clock;
  const auto message = request();
  const auto outcome = [&] {
    const thence::Request asked{message, {endpoint("192.0.2.1", 32853), endpoint("198.51.100.7", 3478), 2}};
    Octets buffer(4096);
    thence::Reply reply{buffer, 0, asked.route};
    return thence::stun::answer(asked, reply, usage);
  };
  now_us = 5'000'000;
  EXPECT_EQ(outcome(), Outcome::success);
  EXPECT_EQ(outcome(), Outcome::limited);
  now_us += 1'000'000;
  EXPECT_EQ(outcome(), Outcome::success);
}

TEST(StunBinding, AFingerprintOfAClassicRequestIsCheckedAndNotReturned) {
  expect_answer(fingerprinted(classic_request()), Outcome::success_classic, classic_success);
  expect_answer(classic_request({attribute(0x8028, Octets(4))}), Outcome::bad_fingerprint, {});
}
