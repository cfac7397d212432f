#include "responder/probe/comparison.hpp"

#include <gtest/gtest.h>

namespace comparison_test {

using boost::asio::ip::make_address;
using namespace thence;
using namespace thence::probe;

TEST(ProbeComparison, SaysWhatDiffers) {
  const Endpoint one(make_address("192.0.2.1"), 1000);
  EXPECT_EQ(compare(one, one), Comparison::same);
  EXPECT_EQ(compare(one, Endpoint(one.address(), 1001)), Comparison::other_port);
  EXPECT_EQ(compare(one, Endpoint(make_address("192.0.2.2"), 1000)), Comparison::other_address);
  EXPECT_EQ(compare(one, {}), Comparison::unknown);
  EXPECT_EQ(compare({}, one), Comparison::unknown);
}

TEST(ProbeComparison, ReadsWhoAsked) {
  EXPECT_EQ(read_client_text({"hello", "192.0.2.1:1000"}), Endpoint(make_address("192.0.2.1"), 1000));
  EXPECT_EQ(read_client_text({"[2001:db8::1]:1000"}), Endpoint(make_address("2001:db8::1"), 1000));
  EXPECT_EQ(read_client_text({"192.0.2.1", "host:53", ""}), std::nullopt);
}

}  // namespace comparison_test
