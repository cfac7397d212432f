#include "protocols/endpoint_text.hpp"

#include <cstdint>

#include <gtest/gtest.h>

namespace endpoint_text_test {

TEST(Rfc5952Section6, AnIpv6AddressIsInBracketsBeforeItsPort) {
  const auto text = [](const char* address, std::uint16_t port) {
    return thence::text(thence::Endpoint(boost::asio::ip::make_address(address), port));
  };
  EXPECT_EQ(text("192.0.2.1", 53), "192.0.2.1:53");
  EXPECT_EQ(text("2001:DB8:0:0:1::1", 80), "[2001:db8::1:0:0:1]:80");
}

}  // namespace endpoint_text_test
