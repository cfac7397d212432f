#include "protocols/dns/answer/bounded_text.hpp"

#include <string>

#include <gtest/gtest.h>

namespace bounded_text_test {

using boost::asio::ip::make_address;
using thence::dns::BoundedText;
using thence::dns::ClientSubnet;

TEST(BoundedText, IsPutTogether) {
  BoundedText text;
  text << "a=" << 4294967295U << " b=" << make_address("192.0.2.1") << " c=" << make_address("2001:DB8:0:0::1")
       << " d=" << thence::Endpoint(make_address("192.0.2.1"), 53)
       << " e=" << thence::Endpoint(make_address("::1"), 65535);
  EXPECT_EQ(text.view(), "a=4294967295 b=192.0.2.1 c=2001:db8::1 d=192.0.2.1:53 e=[::1]:65535");
  EXPECT_EQ(BoundedText().view(), "");
}

TEST(BoundedText, HasASubnetWithItsLength) {
  BoundedText text;
  text << ClientSubnet{.family = ClientSubnet::ipv4, .source = 24, .address = {192, 0, 2}} << " "
       << ClientSubnet{.family = ClientSubnet::ipv6, .source = 32, .address = {0x20, 0x01, 0x0d, 0xb8}};
  EXPECT_EQ(text.view(), "192.0.2.0/24 2001:db8::/32");
}

TEST(BoundedText, WhatFindsNoRoomIsLeftOut) {
  BoundedText text;
  text << std::string(767, 'x') << "yz" << 12U;
  EXPECT_EQ(text.view(), std::string(767, 'x') + "y");
  const BoundedText copy(text);
  EXPECT_EQ(copy.view(), text.view());
}

}  // namespace bounded_text_test
