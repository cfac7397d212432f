#include "responder/probe/binding_request.hpp"

#include "responder/probe/binding_response.hpp"
#include "tests/unit/protocols/stun/messages.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace binding_request_test {

using namespace stun_messages;
using namespace thence::probe;

namespace {

thence::stun::MessageId id_of(const Octets& id) { return std::span(id).first<16>(); }

Octets response(std::initializer_list<Octets> attributes) { return message(0x0101, modern_id, attributes); }

// 192.0.2.1:32853, as in RFC 5769 §2.2.
const Octets xor_mapped = attribute(0x0020, hex("0001 a147 e112a643"));

}  // namespace

TEST(ProbeBindingRequest, HasWhatIsWished) {
  TransactionId id{};
  std::copy(modern_id.begin(), modern_id.end(), id.begin());
  EXPECT_EQ(binding_request(id), request());
  EXPECT_EQ(binding_request(id, {.change = {.address = true, .port = true}}),
            request({attribute(0x0003, hex("00000006"))}));
  EXPECT_EQ(binding_request(id, {.change = {.address = false, .port = true}}),
            request({attribute(0x0003, hex("00000002"))}));
  EXPECT_EQ(binding_request(id, {.response_port = 0x1234}), request({attribute(0x0027, hex("12340000"))}));
  EXPECT_EQ(binding_request(id, {.padding = 1500}), request({attribute(0x0026, Octets(1500))}));
  EXPECT_EQ(binding_request(id, {.ballast = 8}), request({attribute(0xfffe, Octets(8))}));
  EXPECT_TRUE(is_binding_request(binding_request(id), id_of(modern_id)));
  EXPECT_FALSE(is_binding_request(response({xor_mapped}), id_of(modern_id)));
}

TEST(ProbeBindingRequest, IdsDifferAndHaveTheCookie) {
  const auto one = new_transaction_id();
  EXPECT_NE(one, new_transaction_id());
  EXPECT_TRUE(thence::stun::has_magic_cookie(binding_request(one)));
}

}  // namespace binding_request_test
