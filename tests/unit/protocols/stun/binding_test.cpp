#include "protocols/stun/binding.hpp"

#include "tests/unit/protocols/stun/messages.hpp"
#include "tests/unit/protocols/stun/replies.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace binding_test {

using stun_replies::classic_refusal;
using stun_replies::classic_success;
using stun_replies::expect_answer;
using stun_replies::expect_silence;
using stun_replies::refusal;
using stun_replies::success;
using thence::Transport;
using thence::stun::Outcome;
using namespace stun_messages;

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

TEST(StunBinding, Rfc8489Section63OptionalTypesAreIgnored) {
  expect_answer(request({attribute(0x8000), attribute(0x8022, text("x")), attribute(0xffff, text("yz"))}),
                Outcome::success, success);
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

}  // namespace binding_test
