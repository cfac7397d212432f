// The values are those of RFC 5769 §2.2 and §2.3: 192.0.2.1 and 2001:db8:1234:5678:11:2233:4455:6677, port 32853.

#include "protocols/stun/mapped_address.hpp"

#include "tests/unit/protocols/stun/messages.hpp"

#include <gtest/gtest.h>

namespace mapped_address_test {

using namespace stun_messages;
using namespace thence::stun;

const auto ipv4 = endpoint("192.0.2.1", 32853);
const auto ipv6 = endpoint("2001:db8:1234:5678:11:2233:4455:6677", 32853);
const Octets xored_ipv4 = hex("0001 a147 e112a643");
const Octets xored_ipv6 = hex("0002 a147 0113a9faa5d3f179bc25f4b5bed2b9d9");
const Octets plain_ipv4 = hex("0001 8055 c0000201");
const Octets plain_ipv6 = hex("0002 8055 20010db8123456780011223344556677");

MessageId id() { return std::span(modern_id).first<16>(); }

auto read_xor(const Octets& value) { return read_xor_address({AttributeType::xor_mapped_address, value}, id()); }
auto read_plain(const Octets& value) { return read_address({AttributeType::mapped_address, value}); }

TEST(StunMappedAddress, Rfc8489Section142IsReadWithTheIdOfItsMessage) {
  EXPECT_EQ(read_xor(xored_ipv4), ipv4);
  EXPECT_EQ(read_xor(xored_ipv6), ipv6);
}

TEST(StunMappedAddress, Rfc8489Section141IsReadAsItStands) {
  EXPECT_EQ(read_plain(plain_ipv4), ipv4);
  EXPECT_EQ(read_plain(plain_ipv6), ipv6);
  EXPECT_EQ(read_plain(hex("ff01 8055 c0000201")), ipv4) << "the first octet is ignored";
}

TEST(StunMappedAddress, OfAnotherLengthThanItsFamilyIsNone) {
  for (const auto* const wrong :
       {"", "0001 80", "0001 8055", "0001 8055 c00002", "0001 8055 c000020100", "0002 8055 c0000201",
        "0000 8055 c0000201", "0003 8055 c0000201", "0001 8055 20010db8123456780011223344556677"}) {
    EXPECT_FALSE(read_plain(hex(wrong))) << wrong;
    EXPECT_FALSE(read_xor(hex(wrong))) << wrong;
  }
}

TEST(StunMappedAddress, IsWrittenAsItIsRead) {
  const auto written = [](const auto& add) {
    Octets buffer(100);
    MessageWriter writer(buffer, MessageClass::success, id());
    add(writer);
    return Octets(writer.message().begin() + header_size, writer.message().end());
  };
  EXPECT_EQ(written([](auto& to) { add_xor_address(to, AttributeType::xor_mapped_address, ipv4); }),
            attribute(0x0020, xored_ipv4));
  EXPECT_EQ(written([](auto& to) { add_xor_address(to, AttributeType::xor_mapped_address, ipv6); }),
            attribute(0x0020, xored_ipv6));
  EXPECT_EQ(written([](auto& to) { add_address(to, AttributeType::mapped_address, ipv4); }),
            attribute(0x0001, plain_ipv4));
  EXPECT_EQ(written([](auto& to) { add_address(to, AttributeType::other_address, ipv6); }),
            attribute(0x802C, plain_ipv6));
}

}  // namespace mapped_address_test
