#include "responder/probe/binding_transaction.hpp"

#include <gtest/gtest.h>

namespace binding_transaction_test {

using namespace thence;
using namespace thence::probe;

Endpoint endpoint(const char* address, unsigned long scope = 0, std::uint16_t port = 3478) {
  auto made = boost::asio::ip::make_address(address);
  if (scope > 0) {
    made = boost::asio::ip::address_v6(made.to_v6().to_bytes(), static_cast<boost::asio::ip::scope_id_type>(scope));
  }
  return {made, port};
}

TEST(ProbeBindingTransaction, TheInterfaceOfALinkLocalAddressDoesNotMatter) {
  EXPECT_TRUE(same_endpoint(endpoint("fe80::1", 2), endpoint("fe80::1", 3)));
  EXPECT_TRUE(same_endpoint(endpoint("192.0.2.1"), endpoint("192.0.2.1")));
  EXPECT_FALSE(same_endpoint(endpoint("fe80::1", 2), endpoint("fe80::2", 2)));
  EXPECT_FALSE(same_endpoint(endpoint("192.0.2.1"), endpoint("192.0.2.1", 0, 3479)));
}

TEST(ProbeBindingTransaction, AnOutcomeIsSuccessRefusalOrSilence) {
  BindingOutcome outcome{.asked = endpoint("192.0.2.1")};
  EXPECT_FALSE(outcome.success() || outcome.refused() || outcome.silent()) << "nobody has asked";
  outcome.tried = true;
  EXPECT_TRUE(outcome.silent());
  outcome.response = BindingResponse{};
  EXPECT_TRUE(outcome.success() && !outcome.refused() && !outcome.silent());
  outcome.response->error = 420;
  EXPECT_TRUE(!outcome.success() && outcome.refused() && !outcome.silent());
}

TEST(ProbeBindingTransaction, SaysWhyThereIsNoAnswer) {
  EXPECT_EQ(reason({}), "timed out");
  EXPECT_EQ(reason(make_error_code(boost::system::errc::connection_refused)), "Connection refused");
  BindingResponse refusal;
  refusal.error = 420;
  EXPECT_EQ(error_text(refusal), "420");
  refusal.reason = "Unknown Attribute";
  EXPECT_EQ(error_text(refusal), "420 Unknown Attribute");
}

}  // namespace binding_transaction_test
