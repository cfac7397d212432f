#include "responder/probe/binding_response.hpp"

#include "responder/probe/binding_request.hpp"
#include "tests/unit/protocols/stun/messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace binding_response_test {

using testing::ElementsAre;
using namespace stun_messages;
using namespace thence::probe;

namespace {

thence::stun::MessageId id_of(const Octets& id) { return std::span(id).first<16>(); }

Octets response(std::initializer_list<Octets> attributes) { return message(0x0101, modern_id, attributes); }
Octets error(std::initializer_list<Octets> attributes) { return message(0x0111, modern_id, attributes); }

// 192.0.2.1:32853, as in RFC 5769 §2.2.
const Octets xor_mapped = attribute(0x0020, hex("0001 a147 e112a643"));
const Octets mapped = attribute(0x0001, hex("0001 8055 c0000202"));

std::optional<BindingResponse> read(const Octets& octets) { return read_binding_response(octets, id_of(modern_id)); }

}  // namespace

TEST(ProbeBindingResponse, XorMappedAddressComesBeforeMappedAddress) {
  const auto both = read(response({mapped, xor_mapped}));
  ASSERT_TRUE(both);
  EXPECT_EQ(both->reflexive, endpoint("192.0.2.1", 32853));
  EXPECT_EQ(both->mapped, endpoint("192.0.2.2", 32853));
  EXPECT_TRUE(both->success());
  const auto old = read(response({mapped}));
  ASSERT_TRUE(old);
  EXPECT_EQ(old->reflexive, endpoint("192.0.2.2", 32853));
}

TEST(ProbeBindingResponse, TheAttributesOfRfc5780AreRead) {
  const auto read_back = read(response({xor_mapped, attribute(0x802b, hex("0001 0d96 c6336407")),
                                        attribute(0x802c, hex("0001 0d97 c6336408")), attribute(0x0026, Octets(12))}));
  ASSERT_TRUE(read_back);
  EXPECT_EQ(read_back->response_origin, endpoint("198.51.100.7", 3478));
  EXPECT_EQ(read_back->other_address, endpoint("198.51.100.8", 3479));
  EXPECT_EQ(read_back->padding, 12);
}

TEST(ProbeBindingResponse, AnErrorHasACodeAReasonAndWhatWasUnknown) {
  const auto refused = read(
      error({attribute(0x0009, joined({hex("00000414"), text("Un\x1bknown")})), attribute(0x000a, hex("0003 0027"))}));
  ASSERT_TRUE(refused);
  EXPECT_FALSE(refused->success());
  EXPECT_EQ(refused->error, 420);
  EXPECT_EQ(refused->reason, "Un?known") << "what a server says does not command the terminal";
  EXPECT_THAT(refused->unknown_attributes, ElementsAre(0x0003, 0x0027));
}

TEST(ProbeBindingResponse, WhatIsNoResponseToTheRequestIsNotTaken) {
  EXPECT_FALSE(read({}));
  EXPECT_FALSE(read(Octets(20)));
  EXPECT_FALSE(read(request({xor_mapped}))) << "a request";
  EXPECT_FALSE(read(message(0x0011, modern_id, {xor_mapped}))) << "an indication";
  EXPECT_FALSE(read(message(0x0103, modern_id, {xor_mapped}))) << "another method";
  EXPECT_FALSE(read(message(0x0101, classic_id, {xor_mapped}))) << "another id";
  auto octets = response({xor_mapped});
  octets[19] ^= std::byte{1};
  EXPECT_FALSE(read(octets)) << "the last octet of the id";
  octets = response({xor_mapped});
  octets.pop_back();
  EXPECT_FALSE(read(octets)) << "cut short";
}

TEST(ProbeBindingResponse, AResponseThatSaysNothingIsNotTaken) {
  EXPECT_FALSE(read(response({}))) << "no address";
  EXPECT_FALSE(read(response({attribute(0x0020, hex("0001 a147"))}))) << "an address cut short";
  EXPECT_FALSE(read(response({attribute(0x0020, hex("0003 a147 e112a643"))}))) << "a family that does not exist";
  EXPECT_FALSE(read(error({}))) << "no code";
  EXPECT_FALSE(read(error({attribute(0x0009, hex("00000214"))}))) << "code 220";
  EXPECT_FALSE(read(error({attribute(0x0009, hex("00000464"))}))) << "code 4 and 100";
  EXPECT_FALSE(read(error({attribute(0x0009, hex("0004"))}))) << "a code cut short";
}

TEST(ProbeBindingResponse, Rfc8489Section633AttributesThatHaveToBeUnderstoodAre) {
  EXPECT_FALSE(read(response({xor_mapped, attribute(0x7ffe)})));
  EXPECT_TRUE(read(response({xor_mapped, attribute(0xfffe)}))) << "an optional one";
}

TEST(ProbeBindingResponse, FingerprintIsChecked) {
  const auto good = fingerprinted(response({xor_mapped}));
  EXPECT_TRUE(read(good));
  auto bad = good;
  bad.back() ^= std::byte{1};
  EXPECT_FALSE(read(bad));
}

}  // namespace binding_response_test
